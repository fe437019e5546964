/* Letters from templates. */
#include "engine/rights/letter.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "engine/base/mustache.h"
#include "engine/base/utf8.h"
#include "engine/base/zone.h"
#include "engine/model/diag.h"
#include "engine/rights/letter_parts.h"
#include "engine/rights/terms.h"
#include "schemas/embedded.h"

#define FOLDER   "schemas/letters/"
#define LONGEST  (256 << 10)
#define PARTIALS 16

const char *const letter_languages[] = { "en", "ja", "de", NULL };

static const char *const kinds[LETTER_KIND__MAX + 1] = { "receipt", "identity",
	"extension", "answer", "partial_answer", "refusal", "no_data",
	"rest_erased", "restricted", "lifting", NULL };

const char *letter_kind_name(enum letter_kind kind) { return kinds[kind]; }

enum status letter_kind_parse(const char *name, enum letter_kind *out)
{
	const char *near;

	for (int i = 0; i < LETTER_KIND__MAX; i++)
		if (strcmp(kinds[i], name) == 0) {
			*out = (enum letter_kind)i;
			return ST_OK;
		}
	near = diag_nearest(name, kinds);
	return fail(ST_USAGE,
	    "no letter is called `%s`%s%s%s: there are receipt, identity, "
	    "extension, answer, partial_answer, refusal, no_data, "
	    "rest_erased, restricted and lifting",
	    name, near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}

void letter_release(struct letter *l)
{
	free(l->subject);
	free(l->body);
	*l = (struct letter){ NULL, NULL };
}

/* ---- files ---- */

static enum status built_in(const char *name, struct buf *out)
{
	const struct embedded *e;
	char *path = str_format(FOLDER "%s", name);
	enum status st = ST_NOTFOUND;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (e = embedded; e->path; e++)
		if (strcmp(e->path, path) == 0) {
			buf_add(out, e->data, e->len);
			st = buf_status(out);
			break;
		}
	free(path);
	if (st == ST_NOTFOUND)
		return fail(st, "no letter template %s", name);
	return st;
}

/* "NAME.LANGUAGE.SUFFIX" of the installation's folder, or ours. */
static enum status read_file(const struct installation *in, const char *name,
    const char *language, const char *suffix, struct buf *out)
{
	const char *folder = in->config.requests.letters;
	char *file = str_format("%s.%s.%s", name, language, suffix);
	char *path = file && folder ? str_format("%s/%s", folder, file) : NULL;
	enum status st = ST_NOTFOUND;

	if (file == NULL || (folder && path == NULL))
		st = fail(ST_NOMEM, "out of memory");
	else if (path)
		st = file_read(path, LONGEST, out);
	if (st == ST_NOTFOUND)
		st = built_in(file, out);
	free(path);
	free(file);
	return st;
}

enum status letter_words(
    const struct installation *in, const char *language, json_t **out)
{
	struct buf b = BUF_INIT;
	json_error_t error;
	enum status st = read_file(in, "words", language, "json", &b);

	if (st == ST_OK &&
	    (*out = json_loadb(b.data, b.len, 0, &error)) == NULL)
		st = fail(ST_INVALID, "words.%s.json, line %d: %s", language,
		    error.line, error.text);
	buf_release(&b);
	return st;
}

/* ---- values ---- */

/* The word of a list of words.LANGUAGE.json; NULL for none. */
const char *letter_word(const json_t *words, const char *list, const char *code)
{
	return code ? json_string_value(
			  json_object_get(json_object_get(words, list), code))
		    : NULL;
}

/* As the language writes a day. */
enum status letter_put_day(
    const json_t *words, const char *name, int32_t day, json_t *o)
{
	const struct mustache m = { MUSTACHE_TEXT, MUSTACHE_REFUSE, NULL, NULL,
		NULL, NULL };
	struct civil c = civil_date(day);
	const char *month = json_string_value(json_array_get(
	    json_object_get(words, "months"), (size_t)c.month - 1));
	struct buf b = BUF_INIT;
	json_t *parts = NULL;
	enum status st;

	st = json_make(&parts, "{s:i, s:i, s:i, s:s?}", "day", c.day, "month",
	    c.month, "year", c.year, "month_name", month);
	if (st == ST_OK)
		st = mustache_render(&m, json_text(words, "date"), parts, &b);
	if (st == ST_OK)
		st = json_put(o, name, json_string(buf_text(&b)));
	json_decref(parts);
	buf_release(&b);
	return st;
}

static enum status put_days(struct installation *in, const struct request *r,
    const json_t *words, int64_t now, json_t *o)
{
	const struct clock_facts f = { r->law, r->received_day, r->notice_day,
		r->closed_day, r->stops, r->stop_count };
	struct holidays holidays = { NULL, 0 };
	int32_t today = zone_day(in->zone, now);
	struct clock_terms t;
	struct clock c;
	enum status st = terms_load(in, &holidays, &t);

	if (st != ST_OK)
		return st;
	c = clock_compute(&t, &f, today);
	holidays_release(&holidays);
	st = letter_put_day(words, "received", r->received_day, o);
	if (st == ST_OK)
		st = letter_put_day(words, "today", today, o);
	if (st == ST_OK)
		st = letter_put_day(words, "target", c.target, o);
	return st == ST_OK ? letter_put_day(words, "due", c.due, o) : st;
}

/* What whoever decided wrote for the person. */
static enum status put_note(
    struct installation *in, const struct request *r, json_t *o)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT note FROM request_event WHERE request = $1"
	    " AND action = 'request_decided' ORDER BY number DESC LIMIT 1",
	    ARGS(INT(r->number)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = json_put(o, "note",
		    db_text(s, 0) ? json_string(db_text(s, 0)) : json_null());
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* When a restriction will be lifted, and why. */
static enum status put_lifting(struct installation *in, const struct request *r,
    const json_t *words, json_t *o)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT lifts_at, reason FROM request_lifting WHERE request = $1"
	    " AND lifted_at IS NULL",
	    ARGS(INT(r->number)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = letter_put_day(
		    words, "lifts", zone_day(in->zone, db_int(s, 0)), o);
	if (st == ST_OK)
		st = json_put(o, "lifting_reason",
		    json_string(
			letter_word(words, "lifting_reasons", db_text(s, 1))));
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* Who signs: the first of those who answer for the data. */
const char *letter_signer(const struct installation *in, const char *language)
{
	const struct config *c = &in->config;

	return c->controller_count > 0
		   ? text_in(&c->controllers[0].title, language)
		   : c->installation;
}

/* Whom to complain to: whoever decided said so, or lethe.yml does. */
static const char *authority(const struct installation *in,
    const struct request *r, const char *language)
{
	const struct config *c = &in->config;

	if (r->authority)
		return r->authority;
	if (c->requests.authority)
		return c->requests.authority;
	return c->controller_count > 0
		   ? text_in(&c->controllers[0].authority, language)
		   : NULL;
}

static enum status values(struct installation *in, const struct request *r,
    const json_t *words, int64_t now, json_t **out)
{
	json_t *o = NULL;
	enum status st;

	st = json_make(&o, "{s:s, s:s?, s:s?, s:s?, s:b, s:b, s:n}", "case",
	    r->id, "type",
	    letter_word(words, "types", request_type_name(r->type)),
	    "extension_reason",
	    letter_word(words, "extension_reasons", r->extension_reason),
	    "reason", letter_word(words, "reasons", r->reason), "gdpr",
	    r->law != REQUEST_APPI, "appi", r->law != REQUEST_GDPR, "note");
	if (st == ST_OK)
		st = put_note(in, r, o);
	if (st == ST_OK)
		st = put_lifting(in, r, words, o);
	if (st == ST_OK)
		st = letter_put_items(in, r, words, o);
	if (st == ST_OK)
		st = letter_put_changes(in, r, o);
	if (st == ST_OK)
		st = put_days(in, r, words, now, o);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

/* ---- rendered ---- */

/* Partials that were read; each lives until the letter is done. */
struct texts {
	const struct installation *in;
	const char *language;
	struct buf list[PARTIALS];
	size_t count;
	enum status st;
};

static const char *partial(void *ctx, const char *name)
{
	struct texts *t = ctx;
	enum status st;

	if (strspn(name, "abcdefghijklmnopqrstuvwxyz_") != strlen(name) ||
	    t->count == PARTIALS) {
		t->st = fail(ST_INVALID,
		    "partial `%s`: a name of small letters, and %d of them",
		    name, PARTIALS);
		return NULL;
	}
	st = read_file(t->in, name, t->language, "txt", &t->list[t->count]);
	if (st != ST_OK) {
		t->st = st == ST_NOTFOUND ? ST_INVALID : st;
		return NULL;
	}
	return buf_text(&t->list[t->count++]);
}

static enum status render(const struct installation *in, const char *kind,
    const char *language, const json_t *data, struct buf *out)
{
	struct texts texts = { .in = in, .language = language };
	const struct mustache m = { MUSTACHE_TEXT, MUSTACHE_REFUSE, partial,
		&texts, NULL, NULL };
	struct buf text = BUF_INIT;
	enum status st = read_file(in, kind, language, "txt", &text);

	if (st == ST_OK)
		st = mustache_render(&m, buf_text(&text), data, out);
	if (st == ST_OK)
		st = texts.st;
	for (size_t i = 0; i < PARTIALS; i++)
		buf_release(&texts.list[i]);
	buf_release(&text);
	return st;
}

static enum status check_language(const char *language)
{
	const char *near;

	for (int i = 0; letter_languages[i]; i++)
		if (strcmp(letter_languages[i], language) == 0)
			return ST_OK;
	near = diag_nearest(language, letter_languages);
	return fail(ST_USAGE,
	    "no letters in the language `%.20s`%s%s%s: there are en, ja, de",
	    language, near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}

enum status letter_render(const struct installation *in, const char *name,
    const char *language, const json_t *data, struct letter *out)
{
	struct buf text = BUF_INIT;
	enum status st = render(in, name, language, data, &text);

	if (st == ST_OK)
		st = letter_parse(buf_text(&text), out);
	if (st == ST_INVALID)
		status_prefix("letter %s.%s: ", name, language);
	buf_release(&text);
	return st;
}

enum status letter_make(struct installation *in, const struct request *r,
    enum letter_kind kind, const char *language, int64_t now,
    struct letter *out)
{
	json_t *words = NULL, *data = NULL, *plan = NULL;
	json_t *recipients = NULL;
	enum status st;

	if ((st = check_language(language)) != ST_OK)
		return st;
	st = letter_words(in, language, &words);
	if (st == ST_OK)
		st = values(in, r, words, now, &data);
	if (st == ST_OK)
		st = json_put(data, "controller",
		    json_string(letter_signer(in, language)));
	if (st == ST_OK)
		st = letter_plan(in, r, words, language, &plan);
	if (st == ST_OK)
		st = json_put(data, "plan", plan);
	if (st == ST_OK && kind == LETTER_ANSWER)
		st = letter_recipients(in, r, words, language, &recipients);
	if (st == ST_OK)
		st = json_put(
		    data, "recipients", recipients ? recipients : json_null());
	if (st == ST_OK && authority(in, r, language))
		st = json_put(
		    data, "authority", json_string(authority(in, r, language)));
	if (st == ST_OK)
		st = letter_render(in, kinds[kind], language, data, out);
	json_decref(words);
	json_decref(data);
	return st;
}

enum status letter_parse(const char *text, struct letter *out)
{
	static const char head[] = "Subject: ";
	const char *end = strchr(text, '\n');
	struct letter l;

	if (!utf8_valid(text, strlen(text)))
		return fail(ST_INVALID, "it is not UTF-8");
	if (strncmp(text, head, strlen(head)) != 0 || end == NULL ||
	    end[1] != '\n' || memchr(text, '\r', strlen(text)))
		return fail(ST_INVALID,
		    "a letter begins with a line `Subject: ...` and an empty "
		    "line; lines end in LF");
	l.subject =
	    strndup(text + strlen(head), (size_t)(end - text) - strlen(head));
	l.body = strdup(end + 2);
	if (l.subject == NULL || l.body == NULL) {
		letter_release(&l);
		return fail(ST_NOMEM, "out of memory");
	}
	*out = l;
	return ST_OK;
}
