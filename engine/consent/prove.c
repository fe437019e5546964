/* Was there a consent, to what, in which words? */
#include <string.h>

#include "engine/base/civil.h"
#include "engine/consent/deed.h"
#include "engine/consent/history.h"
#include "engine/consent/notice.h"

static int rests_on(const json_t *body, const char *purpose)
{
	const json_t *p;
	int yes = 0;
	size_t i;

	json_array_foreach(json_object_get(body, "purposes"), i, p) yes |=
	    strcmp(json_string_value(p), purpose) == 0;
	return yes;
}

/* ${i} is the record that decides. */
static enum status decided(const struct history *h, size_t i,
    enum consent_state state, const json_t *body, const char *sha256,
    json_t *list)
{
	const char *language = json_text(h->rows[i], "language");
	json_t *row = json_deep_copy(h->rows[i]);
	enum status st = row ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = json_put(
		    row, "state", json_string(consent_state_name(state)));
	if (st == ST_OK)
		st = json_put(row, "sha256", json_string(sha256));
	if (st == ST_OK)
		st = json_put(row, "text",
		    json_string(notice_words(body, "text", language)));
	if (st == ST_OK)
		st = json_put(row, "purposes",
		    json_incref(json_object_get(body, "purposes")));
	if (st == ST_OK)
		return json_push(list, row);
	json_decref(row);
	return st;
}

static enum status look_at(struct installation *in, const struct history *h,
    size_t from, size_t count, const char *purpose, int64_t at, int *valid,
    json_t *list)
{
	const struct consent_event *e = &h->events[from];
	size_t k = consent_deciding(e, count, at);
	enum consent_state s = consent_state_at(e, count, at);
	char sha256[SHA256_TEXT];
	json_t *body = NULL;
	enum status st;

	if (k == count)
		return ST_OK;
	st = notice_kept(
	    in, history_notice(h, from), e[k].version, &body, sha256);
	if (st == ST_OK && rests_on(body, purpose)) {
		*valid |= s == CONSENT_STATE_GIVEN;
		st = decided(h, from + k, s, body, sha256, list);
	}
	json_decref(body);
	return st;
}

static enum status check_purpose(
    const struct installation *in, const char *purpose)
{
	const char *names[129];
	size_t n = 0;

	for (size_t i = 0; i < in->policy_count; i++)
		for (size_t k = 0; k < in->policies[i].purpose_count; k++)
			if (n < 128)
				names[n++] = in->policies[i].purposes[k].name;
	names[n] = NULL;
	return deed_word("purpose", purpose, names);
}

enum status consent_prove(struct installation *in,
    const struct reach_subject *who, const char *purpose, int64_t at,
    json_t **out)
{
	json_t *list = json_array();
	struct history h = { 0 };
	char text[INSTANT_TEXT];
	int64_t subject = 0;
	enum status st;
	int valid = 0;

	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = check_purpose(in, purpose);
	if (st == ST_OK)
		st = installation_open_control(in);
	if (st == ST_OK)
		st = deed_find_subject(in, who, &subject);
	if (st == ST_OK)
		st = history_read(in, subject, NULL, &h);
	else if (st == ST_NOTFOUND)
		st = ST_OK;
	for (size_t i = 0, n; st == ST_OK && i < h.count; i += n) {
		n = history_span(&h, i);
		st = look_at(in, &h, i, n, purpose, at, &valid, list);
	}
	history_release(&h);
	civil_format_instant(at, text);
	if (st == ST_OK)
		st = json_make(out, "{s:b, s:s, s:s, s:O}", "valid", valid,
		    "purpose", purpose, "at", text, "consents", list);
	json_decref(list);
	return st;
}
