/* Typed reading of a tree: what a scalar's text can mean. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/model/read.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define NAME_EXPECTED \
	"a name of up to 63 of a-z, 0-9, `_` and `-` that begins with a letter"

static int is_skipped(const struct node *n)
{
	return n == NULL || n->kind == NODE_BAD;
}

static int set_string(struct diag *d, const char *text, char **out)
{
	char *copy = read_copy(d, text, strlen(text));

	if (copy == NULL)
		return 0;
	free(*out);
	*out = copy;
	return 1;
}

int read_string(struct diag *d, const struct node *n, char **out)
{
	if (is_skipped(n))
		return 0;
	if (n->kind == NODE_SCALAR && *n->text)
		return set_string(d, n->text, out);
	read_mismatch(d, n, "text");
	return 0;
}

static int is_name(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n <= 63 && strchr(LOWER, *text) != NULL &&
	       strspn(text, LOWER DIGITS "_-") == n;
}

int read_name(struct diag *d, const struct node *n, char **out)
{
	if (is_skipped(n))
		return 0;
	if (n->kind == NODE_SCALAR && is_name(n->text))
		return set_string(d, n->text, out);
	read_mismatch(d, n, NAME_EXPECTED);
	return 0;
}

int read_name_key(struct diag *d, const struct node_key *key, char **out)
{
	if (!is_name(key->text))
		diag_error(d, key->at, "`%.60s`: expected %s",
		    strstr(key->text, "://") ? "..." : key->text,
		    NAME_EXPECTED);
	return set_string(d, key->text, out);
}

/* The core schema's booleans; what YAML 1.1 read as one gets a hint. */
int read_bool(struct diag *d, const struct node *n, int *out)
{
	static const char *const words[] = { "false", "true", "False", "True",
		"FALSE", "TRUE" };
	static const char *const old[] = { "no", "yes", "off", "on", "n", "y" };

	if (is_skipped(n))
		return 0;
	for (size_t i = 0; i < 6 && n->kind == NODE_SCALAR; i++) {
		if (n->plain && strcmp(n->text, words[i]) == 0) {
			*out = i & 1;
			return 1;
		}
		if (strcasecmp(n->text, old[i]) == 0 ||
		    strcmp(n->text, words[i]) == 0) {
			read_mismatch(d, n,
			    i & 1 ? "true or false (write `true`)"
				  : "true or false (write `false`)");
			return 0;
		}
	}
	read_mismatch(d, n, "true or false");
	return 0;
}

/* Digits only, with or without a sign; at most 18 of them. */
static int parse_int(const char *text, int64_t *out)
{
	const char *digits = text + (*text == '-' || *text == '+');
	size_t n = strlen(digits);
	int64_t value = 0;

	if (n == 0 || n > 18 || strspn(digits, DIGITS) != n)
		return 0;
	for (; *digits; digits++)
		value = 10 * value + (*digits - '0');
	*out = *text == '-' ? -value : value;
	return 1;
}

int read_int(struct diag *d, const struct node *n, int64_t least, int64_t most,
    int64_t *out)
{
	char expected[96];
	int64_t value;

	if (is_skipped(n))
		return 0;
	if (n->kind == NODE_SCALAR && n->plain && parse_int(n->text, &value) &&
	    value >= least && value <= most) {
		*out = value;
		return 1;
	}
	(void)snprintf(expected, sizeof(expected),
	    "a whole number from %lld to %lld%s", (long long)least,
	    (long long)most,
	    n->kind == NODE_SCALAR && !n->plain ? " without quotes" : "");
	read_mismatch(d, n, expected);
	return 0;
}

/* "12", "0.25", "-1.5": by hand, as strtod() depends on the locale.  Exact
 * division keeps it correctly rounded up to 15 digits. */
static int parse_number(const char *text, double *out)
{
	const char *p = text + (*text == '-' || *text == '+');
	size_t whole = strspn(p, DIGITS), part = 0;
	double value = 0, scale = 1;

	if (p[whole] == '.')
		part = strspn(p + whole + 1, DIGITS);
	if (whole == 0 || whole + part > 15 ||
	    strlen(p) != whole + part + (p[whole] == '.') ||
	    (p[whole] == '.' && part == 0))
		return 0;
	for (size_t i = 0; p[i]; i++) {
		if (p[i] == '.')
			continue;
		value = 10 * value + (p[i] - '0');
		if (i > whole)
			scale *= 10;
	}
	*out = (*text == '-' ? -value : value) / scale;
	return 1;
}

int read_number(struct diag *d, const struct node *n, double above, double most,
    double *out)
{
	char expected[96];
	double value;

	if (is_skipped(n))
		return 0;
	if (n->kind == NODE_SCALAR && n->plain &&
	    parse_number(n->text, &value) && value > above && value <= most) {
		*out = value;
		return 1;
	}
	(void)snprintf(expected, sizeof(expected),
	    "a number over %g and up to %g", above, most);
	read_mismatch(d, n, expected);
	return 0;
}

static int read_period_of(struct diag *d, const struct node *n,
    const char *expected, int some, struct period *out)
{
	struct period p;

	if (is_skipped(n))
		return 0;
	if (n->kind == NODE_SCALAR && period_parse(n->text, &p) == ST_OK &&
	    (!some || p.months || p.days || p.seconds)) {
		*out = p;
		return 1;
	}
	read_mismatch(d, n, expected);
	return 0;
}

int read_period(struct diag *d, const struct node *n, struct period *out)
{
	return read_period_of(
	    d, n, "a period such as `P1Y`, `P4W` or `4 weeks`", 0, out);
}

int read_some_period(struct diag *d, const struct node *n, struct period *out)
{
	return read_period_of(d, n,
	    "a period over nothing, such as `P1M`, `PT24H` or `30 days`", 1,
	    out);
}

static void unknown_word(
    struct diag *d, const struct node *n, const char *const *words)
{
	const char *near =
	    n->kind == NODE_SCALAR ? diag_nearest(n->text, words) : NULL;
	struct buf expected = BUF_INIT;

	buf_adds(&expected, "one of ");
	for (size_t i = 0; words[i]; i++)
		buf_addf(&expected, "%s%s", i ? ", " : "", words[i]);
	if (near)
		buf_addf(&expected, " (did you mean `%s`?)", near);
	if (buf_status(&expected) == ST_OK)
		read_mismatch(d, n, buf_text(&expected));
	else
		diag_nomem(d);
	buf_release(&expected);
}

int read_word(
    struct diag *d, const struct node *n, const char *const *words, int *out)
{
	if (is_skipped(n))
		return 0;
	for (int i = 0; n->kind == NODE_SCALAR && words[i]; i++) {
		if (strcmp(words[i], n->text) != 0)
			continue;
		*out = i;
		return 1;
	}
	unknown_word(d, n, words);
	return 0;
}

/* Would YAML's core schema read it as something else than text? */
static int is_text(const struct node *n)
{
	static const char *const words[] = { "true", "True", "TRUE", "false",
		"False", "FALSE" };
	double number;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (n->plain && strcmp(n->text, words[i]) == 0)
			return 0;
	return *n->text && !(n->plain && parse_number(n->text, &number));
}

static int add_words(struct diag *d, const char *language, const struct node *n,
    struct text *out)
{
	struct text_item *item = &out->items[out->count];

	if (n->kind == NODE_BAD)
		return 0;
	if (n->kind != NODE_SCALAR || !is_text(n)) {
		read_mismatch(d, n, "text (in quotes if it is a number)");
		return 0;
	}
	*item = (struct text_item){ read_copy(d, language, strlen(language)),
		read_copy(d, n->text, strlen(n->text)) };
	out->count++;
	return item->language && item->words;
}

/* BCP 47 as far as we need it: "en", "pt-BR", "zh-Hant". */
static int is_language(const char *text)
{
	size_t n = strspn(text, LOWER);

	if (n < 2 || n > 3)
		return 0;
	if (text[n] == '\0')
		return 1;
	return text[n] == '-' &&
	       strspn(text + n + 1, LOWER DIGITS
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == strlen(text + n + 1) &&
	       strlen(text) <= 35;
}

int read_text(struct diag *d, const struct node *n, struct text *out)
{
	struct text text = { NULL, 0 };
	int ok = 1;

	if (is_skipped(n))
		return 0;
	if (n->kind == NODE_LIST || n->kind == NODE_NULL ||
	    (n->kind == NODE_MAP && n->count == 0)) {
		read_mismatch(d, n, "text, or a map from languages to text");
		return 0;
	}
	text.items = read_array(
	    d, n->kind == NODE_MAP ? n->count : 1, sizeof(*text.items));
	if (text.items == NULL)
		return 0;
	if (n->kind == NODE_SCALAR)
		ok = add_words(d, "", n, &text);
	for (size_t i = 0; n->kind == NODE_MAP && i < n->count; i++) {
		if (!is_language(n->keys[i].text)) {
			diag_error(d, n->keys[i].at,
			    "`%.60s`: expected a language such as `en` or "
			    "`ja`",
			    n->keys[i].text);
			ok = 0;
		} else if (!add_words(
			       d, n->keys[i].text, &n->items[i], &text)) {
			ok = 0;
		}
	}
	if (!ok) {
		text_release(&text);
		return 0;
	}
	text_release(out);
	*out = text;
	return 1;
}
