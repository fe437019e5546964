/* Certificates that come from outside: is this what the log's key signed? */
#include <stdlib.h>
#include <string.h>

#include "engine/certificate/certificate.h"

static enum status wrong(const char *why)
{
	return fail(
	    ST_INTEGRITY, "not a certificate as it was signed: %s", why);
}

/* Malformed is what was changed, too. */
static enum status as_wrong(enum status st)
{
	return st == ST_INVALID ? ST_INTEGRITY : st;
}

static enum status check_proof(const struct note_key *key, const char *proof,
    size_t proof_len, const char *entry, size_t entry_len, int64_t number,
    struct checkpoint *out)
{
	const char *note = memmem(proof, proof_len, "\n\n", 2);
	uint64_t index = 0;
	enum status st;

	st = proof_check(key, proof, proof_len, entry, entry_len, &index);
	if (st == ST_OK && number >= 0 && index != (uint64_t)number)
		return wrong("its proof is of another entry");
	if (st != ST_OK) {
		if (st == ST_INTEGRITY || st == ST_INVALID)
			status_prefix("the proof in it: ");
		return as_wrong(st);
	}
	if (note == NULL)
		return wrong("its proof has no checkpoint");
	return as_wrong(checkpoint_open(
	    key, note + 2, proof_len - (size_t)(note + 2 - proof), out));
}

/* What the last entry says must be what the certificate says. */
static enum status check_end(const json_t *body, const char *text)
{
	const json_t *totals = json_object_get(body, "totals"), *one, *said;
	json_t *entry = json_loads(text, 0, NULL);
	enum status st = ST_OK;
	const char *name;

	if (entry == NULL)
		return wrong("the entry in it is not JSON");
	if (json_int(entry, "seq") != json_int(body, "entry"))
		st = wrong("the entry in it is another one");
	json_object_foreach((json_t *)(uintptr_t)totals, name, one)
	{
		said = json_object_get(entry, name);
		if (st == ST_OK && !json_is_null(one) && !json_equal(one, said))
			st = wrong("its counts are not those of the log");
	}
	json_decref(entry);
	return st;
}

static enum status check_body(
    const struct note_key *key, const json_t *body, struct checkpoint *out)
{
	const json_t *log = json_object_get(body, "log");
	const char *text = json_text(log, "text");
	const char *proof = json_text(log, "proof");
	enum status st;

	if (strcmp(json_text(body, "certificate"), CERTIFICATE_FORMAT) != 0)
		return fail(ST_INVALID,
		    "a certificate of the format `%.40s`, this version knows "
		    "`" CERTIFICATE_FORMAT "`",
		    json_text(body, "certificate"));
	if (strcmp(json_text(body, "origin"), key->name) != 0)
		return wrong("it is of another log");
	st = check_proof(key, proof, strlen(proof), text, strlen(text),
	    json_int(body, "entry"), out);
	return st == ST_OK ? check_end(body, text) : st;
}

/* The text for people ends with the entry, a line, and its proof. */
static enum status check_text(const struct note_key *key, const char *text,
    size_t len, struct checkpoint *out)
{
	static const char head[] = "\nc2sp.org/tlog-proof@v1\n";
	const char *proof = memmem(text, len, head, sizeof(head) - 1);
	const char *entry;

	if (proof == NULL)
		return wrong("it ends with no proof");
	entry = memrchr(text, '\n', (size_t)(proof - text));
	entry = entry ? entry + 1 : text;
	return check_proof(key, proof + 1, len - (size_t)(proof + 1 - text),
	    entry, (size_t)(proof - entry), -1, out);
}

static enum status check_note(const struct note_key *key, const char *note,
    size_t len, struct checkpoint *out, json_t **body)
{
	json_t *o = NULL;
	size_t text_len = 0;
	enum status st;

	st = as_wrong(note_open(key, note, len, &text_len));
	if (st != ST_OK)
		return st;
	if (note[0] != '{')
		return check_text(key, note, text_len, out);
	if ((o = json_loadb(note, text_len, 0, NULL)) == NULL)
		return wrong("what is signed is not JSON");
	if ((st = check_body(key, o, out)) == ST_OK)
		*body = o;
	else
		json_decref(o);
	return st;
}

/* {"certificate","note"}: the note counts, and both say the same. */
static enum status check_pair(const struct note_key *key, const json_t *pair,
    struct checkpoint *out, json_t **body)
{
	const char *note = json_text(pair, "note");
	json_t *o = NULL;
	enum status st;

	if (json_object_size(pair) != 2)
		return wrong("expected `certificate` and `note`, and no more");
	st = check_note(key, note, strlen(note), out, &o);
	if (st == ST_OK && !json_equal(o, json_object_get(pair, "certificate")))
		st = wrong("`certificate` is not what its note says");
	if (st == ST_OK)
		*body = o;
	else
		json_decref(o);
	return st;
}

enum status certificate_check(const struct note_key *key, const char *bytes,
    size_t len, struct checkpoint *out, json_t **body)
{
	json_t *pair =
	    len && bytes[0] == '{'
		? json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL)
		: NULL;
	enum status st;

	if (pair)
		st = check_pair(key, pair, out, body);
	else
		st = check_note(key, bytes, len, out, body);
	json_decref(pair);
	return st;
}
