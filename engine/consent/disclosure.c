/* To whom what of a person was disclosed. */
#include "engine/consent/disclosure.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/utf8.h"
#include "engine/consent/deed.h"
#include "engine/holds/registry.h"
#include "engine/rights/held.h"
#include "engine/subjects/subjects.h"

#define CODE_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_-"

/* ---- one ---- */

static enum status check_text(const char *what, const char *text, int needed)
{
	if (text == NULL || *text == '\0')
		return needed ? fail(ST_USAGE, "%s is missing", what) : ST_OK;
	if (!utf8_valid(text, strlen(text)))
		return fail(ST_USAGE, "%s is not UTF-8", what);
	return ST_OK;
}

static enum status check(
    const struct rights_actor *by, const struct disclosure *d)
{
	enum status st = check_text("recipient", d->recipient, 1);

	if (st == ST_OK &&
	    strspn(d->recipient, CODE_LETTERS) != strlen(d->recipient))
		st = fail(ST_USAGE,
		    "recipient is a code of small letters, digits, _ and -: "
		    "what people call it goes into name");
	if (st == ST_OK)
		st = check_text("items", d->items, 1);
	if (st == ST_OK)
		st = check_text("basis", d->basis, 1);
	if (st == ST_OK)
		st = check_text("name", d->name, 0);
	if (st == ST_OK)
		st = check_text("acquired", d->acquired, 0);
	if (st == ST_OK && d->at > by->now)
		st = fail(ST_USAGE, "at lies ahead of now");
	return st;
}

enum status disclosure_insert(struct installation *in,
    const struct rights_actor *by, const struct disclosure *d, int64_t *number)
{
	char pseudonym[SUBJECT_TEXT], at[INSTANT_TEXT];
	int64_t subject = 0;
	enum status st = check(by, d);

	if (st == ST_OK)
		st = deed_subject(
		    in, d->identity, d->value, &subject, pseudonym);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO disclosure (subject, recipient, name, items,"
		    " basis, acquired, at, secret_until, recorded_at,"
		    " recorded_by)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		    ARGS(INT(subject), TEXT(d->recipient),
			TEXT(d->name && *d->name ? d->name : d->recipient),
			TEXT(d->items), TEXT(d->basis), TEXT(d->acquired),
			INT(d->at),
			d->secret_until ? INT(d->secret_until) : NIL,
			INT(by->now), TEXT(by->name)));
	if (st == ST_OK)
		st = db_one_int(in->control,
		    "SELECT max(number) FROM disclosure", NOARGS, 0, number);
	if (st != ST_OK)
		return st;
	civil_format_instant(d->at, at);
	return deed_note(in, by, "disclosure_recorded",
	    json_pack("{s:s, s:s, s:s, s:I, s:s}", "object", "disclosure",
		"subject", pseudonym, "recipient", d->recipient, "number",
		(json_int_t)*number, "at", at));
}

enum status disclosure_add(struct installation *in,
    const struct rights_actor *by, const struct disclosure *d, json_t **out)
{
	char at[INSTANT_TEXT];
	int64_t number = 0;
	enum status st = deed_begin(in);

	if (st == ST_OK)
		st = disclosure_insert(in, by, d, &number);
	st = deed_end(in, st);
	if (st != ST_OK)
		return st;
	civil_format_instant(d->at, at);
	return json_make(out, "{s:I, s:s, s:s}", "disclosure",
	    (json_int_t)number, "recipient", d->recipient, "at", at);
}

/* ---- the list ---- */

static json_t *instant(struct stmt *s, int col)
{
	char at[INSTANT_TEXT];

	if (db_val(s, col).type == VAL_NULL)
		return json_null();
	civil_format_instant(db_int(s, col), at);
	return json_string(at);
}

static enum status add_row(struct stmt *s, json_t *list)
{
	json_t *one = NULL;
	enum status st = json_make(&one,
	    "{s:s, s:s, s:s, s:s, s:s?, s:o, s:o, s:o, s:s}", "recipient",
	    db_text(s, 0), "name", db_text(s, 1), "items", db_text(s, 2),
	    "basis", db_text(s, 3), "acquired", db_text(s, 4), "at",
	    instant(s, 5), "secret_until", instant(s, 6), "recorded_at",
	    instant(s, 7), "recorded_by", db_text(s, 8));

	return st == ST_OK ? json_push(list, one) : st;
}

static enum status add_rows(struct installation *in, int64_t subject,
    enum disclosure_for whom, int64_t as_of, json_t *list)
{
	struct stmt *s = NULL;
	enum status st = db_query(in->control,
	    "SELECT recipient, name, items, basis, acquired, at, secret_until,"
	    " recorded_at, recorded_by FROM disclosure WHERE subject = $1"
	    " AND ($2 = 1 OR secret_until IS NULL OR secret_until <= $3)"
	    " ORDER BY at, number",
	    ARGS(INT(subject), INT(whom == DISCLOSURE_FOR_OFFICER), INT(as_of)),
	    &s);

	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = add_row(s, list);
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status disclosure_list(struct installation *in,
    const struct reach_subject *who, enum disclosure_for whom, int64_t as_of,
    json_t **out)
{
	json_t *list = NULL;
	int64_t subject = 0;
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = json_make(&list, "[]");
	if (st == ST_OK && (st = deed_find_subject(in, who, &subject)) == ST_OK)
		st = add_rows(in, subject, whom, as_of, list);
	if (st == ST_OK || st == ST_NOTFOUND)
		st = json_make(out, "{s:O}", "disclosures", list);
	json_decref(list);
	return st;
}

/* ---- the end ---- */

struct end {
	struct installation *in;
	enum sweep_mode mode;
	json_t *holds;
	int64_t before;
	json_int_t due, held, deleted;
};

/* Those of one person go together. */
static enum status end_of(struct end *e, int64_t subject, const char *identity)
{
	struct reach_subject who = { identity, NULL };
	char *value = NULL;
	int64_t n = 0;
	int held = 0;
	enum status st = subjects_value(e->in, subject, &value);

	who.value = value;
	if (st == ST_OK)
		st = held_person(e->in, e->holds, &who, &held);
	if (st == ST_OK)
		st = db_one_int(e->in->control,
		    "SELECT count(*) FROM disclosure WHERE subject = $1"
		    " AND at < $2",
		    ARGS(INT(subject), INT(e->before)), 0, &n);
	e->due += n;
	e->held += held ? n : 0;
	if (st == ST_OK && !held && e->mode == SWEEP_DELETE) {
		st = db_exec(e->in->control,
		    "DELETE FROM disclosure WHERE subject = $1 AND at < $2",
		    ARGS(INT(subject), INT(e->before)));
		e->deleted += n;
	}
	free(value);
	return st;
}

static enum status next(struct end *e, int64_t *id, char **identity)
{
	struct stmt *s = NULL;
	enum status st = db_query(e->in->control,
	    "SELECT id, identity FROM subject WHERE id > $1 AND EXISTS"
	    " (SELECT 1 FROM disclosure AS d WHERE d.subject = subject.id"
	    " AND d.at < $2) ORDER BY id LIMIT 1",
	    ARGS(INT(*id), INT(e->before)), &s);

	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		*id = db_int(s, 0);
		if ((*identity = strdup(db_text(s, 1))) == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	db_done(s);
	return st;
}

static enum status each(struct end *e)
{
	char *identity = NULL;
	int64_t id = 0;
	enum status st;

	while ((st = next(e, &id, &identity)) == ST_OK) {
		st = end_of(e, id, identity);
		free(identity);
		identity = NULL;
		if (st != ST_OK)
			return st;
	}
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status find_cutoff(struct end *e, int64_t as_of)
{
	const struct config *config = &e->in->config;
	struct calendar c = { .zone = e->in->zone };
	enum status st =
	    calendar_rule_parse(config->requests.calendar_rule, &c.rule);

	if (st == ST_OK)
		e->before = calendar_cutoff(&c, as_of, CALENDAR_FROM_EVENT,
		    config->requests.disclosure_retention)
				.before;
	return st;
}

enum status disclosure_sweep(struct installation *in, enum sweep_mode mode,
    const struct rights_actor *by, int64_t as_of, json_t **out)
{
	struct end e = { .in = in, .mode = mode };
	enum status st = find_cutoff(&e, as_of);

	if (st == ST_OK)
		st = deed_begin(in);
	if (st == ST_OK)
		st = registry_read(in, REGISTRY_ACTIVE, NULL, as_of, &e.holds);
	if (st == ST_OK)
		st = each(&e);
	if (st == ST_OK && e.deleted > 0)
		st = deed_note(in, by, "disclosures_deleted",
		    json_pack("{s:s, s:I}", "object", "disclosures", "records",
			e.deleted));
	st = deed_end(in, st);
	if (st == ST_OK)
		st = json_make(out, "{s:I, s:I, s:I}", "due", e.due, "deleted",
		    e.deleted, "held", e.held);
	json_decref(e.holds);
	return st;
}
