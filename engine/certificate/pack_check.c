/* An unpacked evidence pack, read and compared with what was sealed. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/certificate/pack.h"
#include "engine/certificate/seal.h"

#define FILE_MOST ((size_t)64 << 20)

struct reader {
	const struct note_key *key;
	const char *folder;
	struct seal seal;
	json_t *entries; /* of the log, in their order */
	json_t *body;
	struct checkpoint *checkpoint;
};

static enum status read_file(
    const struct reader *r, const char *name, struct buf *out)
{
	char *path = str_format("%s/%s", r->folder, name);
	enum status st;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	buf_clear(out);
	st = file_read(path, FILE_MOST, out);
	free(path);
	if (st == ST_NOTFOUND)
		return fail(ST_INTEGRITY, "%s is missing from the pack", name);
	return st == ST_LIMIT ? ST_INTEGRITY : st;
}

/* Say which file it was. */
static enum status in_file(enum status st, const char *name)
{
	if (st != ST_INTEGRITY && st != ST_INVALID)
		return st;
	status_prefix("%s: ", name);
	return ST_INTEGRITY;
}

/* ---- the certificate ---- */

static enum status check_one(
    struct reader *r, const char *name, struct buf *b, json_t **body)
{
	struct checkpoint c;
	enum status st = read_file(r, name, b);

	if (st == ST_OK)
		st = in_file(
		    certificate_check(r->key, b->data, b->len, &c, body), name);
	if (st == ST_OK)
		*r->checkpoint = c;
	return st;
}

static enum status check_certificates(struct reader *r)
{
	struct buf note = BUF_INIT, b = BUF_INIT;
	json_t *none = NULL;
	enum status st;
	size_t i;

	st = check_one(r, "certificate.note", &note, &r->body);
	if (st == ST_OK)
		st = read_file(r, "certificate.json", &b);
	if (st == ST_OK && (r->body == NULL || b.len + 1 >= note.len ||
			       memcmp(b.data, note.data, b.len) != 0 ||
			       note.data[b.len] != '\n'))
		st = fail(ST_INTEGRITY,
		    "certificate.json is not what certificate.note signs");
	for (i = 0; st == ST_OK && i < r->seal.count; i++) {
		const char *n = r->seal.names[i];

		if (strncmp(n, "certificate.", 12) == 0 && strstr(n, ".txt"))
			st = check_one(r, n, &b, &none);
	}
	json_decref(none);
	buf_release(&note);
	buf_release(&b);
	return st;
}

/* ---- the entries ---- */

static enum status check_entry(struct reader *r, long long seq, json_t **out)
{
	char *name = str_format("entries/%lld.json", seq);
	char *proof_name = str_format("entries/%lld.tlog-proof", seq);
	struct buf entry = BUF_INIT, proof = BUF_INIT;
	uint64_t index = 0;
	enum status st = ST_OK;

	if (name == NULL || proof_name == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = read_file(r, name, &entry);
	if (st == ST_OK)
		st = read_file(r, proof_name, &proof);
	if (st == ST_OK)
		st = in_file(proof_check(r->key, proof.data, proof.len,
				 entry.data, entry.len, &index),
		    proof_name);
	if (st == ST_OK && index != (uint64_t)seq)
		st = in_file(
		    fail(ST_INTEGRITY, "it is the proof of another entry"),
		    proof_name);
	if (st == ST_OK &&
	    (*out = json_loadb(entry.data, entry.len, 0, NULL)) == NULL)
		st = in_file(fail(ST_INTEGRITY, "it is not JSON"), name);
	free(name);
	free(proof_name);
	buf_release(&entry);
	buf_release(&proof);
	return st;
}

/* "entries/7.json": 7; else -1. */
static long long entry_number(const char *name)
{
	const char *digits = name + strlen("entries/");
	char *end;
	long long n;

	if (strncmp(name, "entries/", strlen("entries/")) != 0)
		return -1;
	n = strtoll(digits, &end, 10);
	return end != digits && strcmp(end, ".json") == 0 ? n : -1;
}

static int by_number(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static enum status check_entries(struct reader *r)
{
	long long *numbers = calloc(r->seal.count + 1, sizeof(*numbers));
	enum status st = numbers ? ST_OK : fail(ST_NOMEM, "out of memory");
	json_t *entry = NULL;
	size_t n = 0, i;

	for (i = 0; st == ST_OK && i < r->seal.count; i++)
		if ((numbers[n] = entry_number(r->seal.names[i])) >= 0)
			n++;
	if (st == ST_OK)
		qsort(numbers, n, sizeof(*numbers), by_number);
	for (i = 0; st == ST_OK && i < n; i++) {
		st = check_entry(r, numbers[i], &entry);
		if (st == ST_OK)
			st = json_push(r->entries, entry);
	}
	free(numbers);
	return st;
}

/* The certificate must say what its entries say: every fact of them. */
static enum status check_facts(const struct reader *r)
{
	const struct certificate_kind *kind =
	    certificate_kind(json_text(r->body, "kind"));
	json_t *facts = NULL;
	enum status st = ST_OK;
	const json_t *value;
	const char *name;

	if (kind == NULL)
		return fail(ST_INTEGRITY,
		    "certificate.json: of the kind `%.40s`, which this "
		    "version does not know",
		    json_text(r->body, "kind"));
	if ((st = kind->facts(r->entries, &facts)) != ST_OK)
		return in_file(st, "entries");
	json_object_foreach(facts, name, value)
	{
		if (st == ST_OK &&
		    !json_equal(value, json_object_get(r->body, name)))
			st = fail(ST_INTEGRITY,
			    "certificate.json: `%s` is not what the entries "
			    "of the log say",
			    name);
	}
	json_decref(facts);
	return st;
}

static enum status check_rest(struct reader *r)
{
	struct buf b = BUF_INIT, want = BUF_INIT;
	struct checkpoint c;
	enum status st;

	note_key_add(r->key, &want);
	buf_addc(&want, '\n');
	st = buf_status(&want);
	if (st == ST_OK)
		st = read_file(r, "vkey", &b);
	if (st == ST_OK && strcmp(buf_text(&b), buf_text(&want)) != 0)
		st = fail(ST_INTEGRITY, "vkey is not the key that was given");
	if (st == ST_OK)
		st = read_file(r, "checkpoint", &b);
	if (st == ST_OK)
		st = in_file(
		    checkpoint_open(r->key, b.data, b.len, &c), "checkpoint");
	if (st == ST_OK &&
	    (c.size != r->checkpoint->size ||
		memcmp(c.root, r->checkpoint->root, MERKLE_HASH) != 0))
		st = fail(
		    ST_INTEGRITY, "checkpoint is not that of certificate.json");
	buf_release(&b);
	buf_release(&want);
	return st;
}

static enum status check_all(struct reader *r)
{
	enum status st;

	st = seal_check(r->key, r->folder, &r->seal);
	if (st == ST_OK)
		st = check_certificates(r);
	if (st == ST_OK)
		st = check_entries(r);
	if (st == ST_OK)
		st = check_facts(r);
	return st == ST_OK ? check_rest(r) : st;
}

enum status pack_check(const struct note_key *key, const char *path,
    struct checkpoint *out, json_t **body)
{
	struct reader r = { .key = key,
		.folder = path,
		.checkpoint = out,
		.entries = json_array() };
	enum status st;

	if (r.entries)
		st = check_all(&r);
	else
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		*body = json_incref(r.body);
	json_decref(r.body);
	json_decref(r.entries);
	seal_release(&r.seal);
	return st;
}
