/* Questions to the person: a suspension whose words are theirs to read. */
#include "engine/rights/question.h"

#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/utf8.h"
#include "engine/rights/rows.h"
#include "engine/rights/step.h"

static enum status check_words(const char *words)
{
	if (words == NULL || *words == '\0')
		return fail(
		    ST_USAGE, "words are missing: say it in a sentence");
	if (strlen(words) > QUESTION_WORDS)
		return fail(ST_USAGE,
		    "that is longer than %d bytes: say it in fewer",
		    QUESTION_WORDS);
	return utf8_valid(words, strlen(words))
		   ? ST_OK
		   : fail(ST_USAGE, "the words are not UTF-8");
}

/* Who has been verified elsewhere cannot prove it at the door any more. */
static enum status check_door(struct step *s)
{
	int64_t there = 0;
	enum status st = db_one_int(s->in->control,
	    "SELECT count(*) FROM request_door WHERE request = $1"
	    " AND (proven_at IS NOT NULL OR $2)",
	    ARGS(INT(s->r.number), INT(s->r.verified_at == 0)), 0, &there);

	if (st != ST_OK || there)
		return st;
	return fail(ST_DENIED,
	    "this request was not filed at the customers' door, or its person "
	    "was verified elsewhere, so that nobody could read it there: ask in "
	    "a letter, and `lethe request suspend`");
}

enum status rights_question(struct installation *in,
    const struct rights_actor *by, const char *id, const char *words,
    json_t **out)
{
	struct step s = { 0 };
	int32_t day = 0;
	enum status st;

	if ((st = check_words(words)) != ST_OK)
		return st;
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = check_door(&s);
	if (st == ST_OK)
		st = step_day(&s, by->now, &day);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_SUSPEND, NULL, words);
	if (st == ST_OK)
		st = book_stop_begin(
		    in, s.r.number, BOOK_CLARIFICATION, day, CLOCK_NO_DAY);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO request_question (asked, request)"
		    " SELECT max(number), request FROM request_event"
		    " WHERE request = $1 GROUP BY request",
		    ARGS(INT(s.r.number)));
	return step_end(&s, st, out);
}

/* Until clarification is there, in whatever way, or the case is closed.  What
 * is asked for later is not this question. */
#define OPEN                                                                  \
	"q.answered IS NULL AND NOT EXISTS (SELECT 1 FROM request_event AS x" \
	" WHERE x.request = q.request AND x.number > q.asked"                 \
	" AND x.action = 'request_resumed') AND (SELECT closed_day"           \
	" FROM request WHERE number = q.request) IS NULL"

static enum status find_open(struct step *s, int64_t *asked)
{
	enum status st = db_one_int(s->in->control,
	    "SELECT coalesce(max(q.asked), 0) FROM request_question AS q"
	    " WHERE q.request = $1 AND " OPEN,
	    ARGS(INT(s->r.number)), 0, asked);

	if (st != ST_OK || *asked)
		return st;
	return fail(ST_DENIED, "no question is open (any more)");
}

enum status rights_answer(struct installation *in,
    const struct rights_actor *by, const char *id, const char *words,
    json_t **out)
{
	struct step s = { 0 };
	int64_t asked = 0;
	int32_t day = 0;
	enum status st;

	if ((st = check_words(words)) != ST_OK)
		return st;
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = find_open(&s, &asked);
	if (st == ST_OK)
		st = step_day(&s, by->now, &day);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_RESUME, NULL, words);
	if (st == ST_OK)
		st = book_stop_end(in, s.r.number, BOOK_CLARIFICATION, day);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE request_question SET answered ="
		    " (SELECT max(number) FROM request_event"
		    " WHERE request = $1) WHERE asked = $2",
		    ARGS(INT(s.r.number), INT(asked)));
	return step_end(&s, st, out);
}

static enum status question_json(struct stmt *s, json_t **out)
{
	char asked[INSTANT_TEXT], answered[INSTANT_TEXT] = "";

	civil_format_instant(db_int(s, 0), asked);
	if (db_int(s, 3))
		civil_format_instant(db_int(s, 3), answered);
	return json_make(out, "{s:s, s:s, s:s?, s:s?, s:b}", "at", asked,
	    "question", db_text(s, 1), "answer",
	    *answered ? db_text(s, 2) : NULL, "answered_at",
	    *answered ? answered : NULL, "open", (int)db_int(s, 4));
}

enum status question_list(
    struct installation *in, int64_t request, json_t **out)
{
	struct stmt *s = NULL;
	enum status st = db_query(in->control,
	    "SELECT e.at, e.note, a.note, coalesce(a.at, 0), " OPEN
	    " FROM request_question AS q"
	    " JOIN request_event AS e ON e.number = q.asked"
	    " LEFT JOIN request_event AS a ON a.number = q.answered"
	    " WHERE q.request = $1 ORDER BY q.asked",
	    ARGS(INT(request)), &s);

	return st == ST_OK ? rows_json(s, question_json, out) : st;
}
