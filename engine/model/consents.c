/* Read the file of consents and preferences. */
#include "engine/model/consents.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/model/read.h"

static int has(char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return 1;
	return 0;
}

/* ---- notices ---- */

static void read_words(
    struct diag *d, const struct node *n, struct consent_notice *c)
{
	const struct node *dpv = node_get(n, "dpv");

	(void)read_text(d, read_required(d, n, "title"), &c->title);
	(void)read_text(d, read_required(d, n, "text"), &c->text);
	(void)read_text(d, read_required(d, n, "controller"), &c->controller);
	(void)read_text(d, read_required(d, n, "withdrawal"), &c->withdrawal);
	(void)read_one_or_more(d, dpv, &c->dpv, &c->dpv_count);
	for (size_t i = 0; i < c->dpv_count; i++)
		if (c->dpv[i][strspn(c->dpv[i],
			"abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0')
			read_mismatch(d, dpv,
			    "terms of the Data Privacy Vocabulary, such as "
			    "`DirectMarketing`");
}

static void read_basis(
    struct diag *d, const struct node *n, struct consent_notice *c)
{
	static const char *const bases[] = { "consent", "explicit_consent",
		NULL };
	int basis = 0;

	(void)read_word(d, n, bases, &basis);
	c->legal_basis = read_copy(d, bases[basis], strlen(bases[basis]));
}

static void read_notice(
    struct diag *d, const struct node *n, struct consent_notice *c)
{
	static const char *const keys[] = { "id", "version", "title", "text",
		"purposes", "dpv", "legal_basis", "controller", "recipients",
		"withdrawal", "valid", "ends", NULL };

	c->at = n->at;
	if (!read_map(d, n, keys))
		return;
	(void)read_name(d, read_required(d, n, "id"), &c->id);
	(void)read_int(
	    d, read_required(d, n, "version"), 1, 1000000, &c->version);
	read_words(d, n, c);
	(void)read_one_or_more(d, read_required(d, n, "purposes"), &c->purposes,
	    &c->purpose_count);
	read_basis(d, node_get(n, "legal_basis"), c);
	(void)read_one_or_more(
	    d, node_get(n, "recipients"), &c->recipients, &c->recipient_count);
	(void)read_some_period(d, node_get(n, "valid"), &c->valid);
	(void)read_one_or_more(d, node_get(n, "ends"), &c->ends, &c->end_count);
}

static void check_versions(struct diag *d, const struct consents *c)
{
	for (size_t i = 0; i < c->notice_count; i++)
		for (size_t k = 0; k < i; k++) {
			const struct consent_notice *a = &c->notices[k];
			const struct consent_notice *b = &c->notices[i];

			if (a->id && b->id && strcmp(a->id, b->id) == 0 &&
			    a->version == b->version)
				diag_error(d, b->at,
				    "notice `%s`: version %lld stands in line "
				    "%d already: a new text has a new version",
				    b->id, (long long)b->version, a->at.line);
		}
}

static void read_notices(
    struct diag *d, const struct node *n, struct consents *c)
{
	if (!n || !read_list_of(d, n, "a list of notices"))
		return;
	c->notices = read_array(d, n->count, sizeof(*c->notices));
	for (size_t i = 0; c->notices && i < n->count; i++)
		read_notice(d, &n->items[i], &c->notices[c->notice_count++]);
	check_versions(d, c);
}

/* ---- preferences ---- */

static void read_preference(
    struct diag *d, const struct node *n, struct preference *p)
{
	static const char *const keys[] = { "id", "title", "values", "initial",
		NULL };
	const struct node *initial = node_get(n, "initial");

	p->at = n->at;
	if (!read_map(d, n, keys))
		return;
	(void)read_name(d, read_required(d, n, "id"), &p->id);
	(void)read_text(d, read_required(d, n, "title"), &p->title);
	(void)read_strings(
	    d, read_required(d, n, "values"), &p->values, &p->value_count);
	(void)read_string(d, read_required(d, n, "initial"), &p->initial);
	if (p->values && p->initial &&
	    !has(p->values, p->value_count, p->initial))
		read_mismatch(d, initial, "one of `values`");
}

static void read_preferences(
    struct diag *d, const struct node *n, struct consents *c)
{
	if (!n || !read_list_of(d, n, "a list of preferences"))
		return;
	c->preferences = read_array(d, n->count, sizeof(*c->preferences));
	for (size_t i = 0; c->preferences && i < n->count; i++) {
		struct preference *p = &c->preferences[i];

		read_preference(d, &n->items[i], p);
		if (p->id && consents_preference(c, p->id))
			diag_error(
			    d, p->at, "preference `%s` stands twice", p->id);
		c->preference_count++;
	}
}

/* ---- the file ---- */

static void read_file(struct diag *d, const struct node *n, struct consents *c)
{
	static const char *const keys[] = { "retention", "notices",
		"preferences", NULL };

	if (!read_map(d, n, keys))
		return;
	(void)read_some_period(d, node_get(n, "retention"), &c->retention);
	read_notices(d, node_get(n, "notices"), c);
	read_preferences(d, node_get(n, "preferences"), c);
}

enum status consents_parse(const char *path, const char *bytes, size_t len,
    struct diag *d, struct consents *out)
{
	struct consents c = { 0 };
	struct node root = { 0 };
	size_t errors = d->errors;
	enum status st = node_parse(path, bytes, len, d, &root);

	if (st == ST_OK) {
		read_file(d, &root, &c);
		st = diag_status_since(d, errors);
	}
	node_release(&root);
	if (st == ST_OK)
		*out = c;
	else
		consents_release(&c);
	return st;
}

enum status consents_load(
    const char *path, struct diag *d, struct consents *out)
{
	struct buf bytes = BUF_INIT;
	enum status st = node_read_file(path, d, &bytes);

	if (st == ST_OK)
		st = consents_parse(path, bytes.data, bytes.len, d, out);
	buf_release(&bytes);
	return st;
}

static void release_notice(struct consent_notice *n)
{
	free(n->id);
	free(n->legal_basis);
	text_release(&n->title);
	text_release(&n->text);
	text_release(&n->controller);
	text_release(&n->withdrawal);
	read_free_strings(n->purposes, n->purpose_count);
	read_free_strings(n->dpv, n->dpv_count);
	read_free_strings(n->recipients, n->recipient_count);
	read_free_strings(n->ends, n->end_count);
}

void consents_release(struct consents *c)
{
	for (size_t i = 0; i < c->notice_count; i++)
		release_notice(&c->notices[i]);
	for (size_t i = 0; i < c->preference_count; i++) {
		free(c->preferences[i].id);
		free(c->preferences[i].initial);
		text_release(&c->preferences[i].title);
		read_free_strings(
		    c->preferences[i].values, c->preferences[i].value_count);
	}
	free(c->notices);
	free(c->preferences);
	*c = (struct consents){ 0 };
}

/* ---- looked up ---- */

const struct consent_notice *consents_notice(
    const struct consents *c, const char *id, int64_t version)
{
	const struct consent_notice *best = NULL, *n;

	for (size_t i = 0; i < c->notice_count; i++) {
		n = &c->notices[i];
		if (strcmp(n->id, id) != 0 ||
		    (version && n->version != version))
			continue;
		if (best == NULL || n->version > best->version)
			best = n;
	}
	return best;
}

const struct preference *consents_preference(
    const struct consents *c, const char *id)
{
	for (size_t i = 0; i < c->preference_count; i++)
		if (c->preferences[i].id &&
		    strcmp(c->preferences[i].id, id) == 0)
			return &c->preferences[i];
	return NULL;
}
