/* Rules as they were applied, each with the evidence of what it did. */
#include "engine/certificate/evidence_sums.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine/crypto/hash.h"

/* A rule, and what its evidence comes to. */
struct sums {
	json_t *rule;
	int told; /* the run itself told of it at its end */
	long long entries;
	long long records;
	long long segments;
	struct sha256 *digests;
};

struct table {
	struct sums *rows;
	size_t count;
};

static int is(const json_t *o, const char *key, const char *text)
{
	return strcmp(json_text(o, key), text) == 0;
}

static struct sums *find_row(struct table *t, const char *store,
    const char *collection, const char *cluster)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (is(t->rows[i].rule, "store", store) &&
		    is(t->rows[i].rule, "collection", collection) &&
		    is(t->rows[i].rule, "cluster", cluster))
			return &t->rows[i];
	return NULL;
}

/* Takes ${rule}. */
static enum status add_row(struct table *t, json_t *rule, struct sums **out)
{
	struct sums *more, *row;
	enum status st;

	more = reallocarray(t->rows, t->count + 1, sizeof(*t->rows));
	if (more == NULL) {
		json_decref(rule);
		return fail(ST_NOMEM, "out of memory");
	}
	t->rows = more;
	row = &t->rows[t->count];
	memset(row, 0, sizeof(*row));
	row->rule = rule;
	t->count++;
	if ((st = sha256_new(&row->digests)) == ST_OK)
		*out = row;
	return st;
}

/* All of the entry but what every entry has. */
static enum status add_rule(struct table *t, const json_t *entry)
{
	json_t *rule = json_deep_copy(entry);
	struct sums *row;
	enum status st;

	if (rule == NULL)
		return fail(ST_NOMEM, "out of memory");
	json_object_del(rule, "at");
	json_object_del(rule, "actor");
	json_object_del(rule, "action");
	json_object_del(rule, "role");
	json_object_del(rule, "object");
	json_object_del(rule, "run");
	json_object_del(rule, "seq");
	if ((st = add_row(t, rule, &row)) == ST_OK) {
		row->told = 1;
		st = json_put(
		    rule, "entry", json_integer(json_int(entry, "seq")));
	}
	return st;
}

static enum status make_row(
    struct table *t, const json_t *entry, const char *store, struct sums **out)
{
	json_t *rule = NULL;
	enum status st;

	st = json_make(&rule, "{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I}",
	    "policy", json_text(entry, "policy"), "cluster",
	    json_text(entry, "cluster"), "collection",
	    json_text(entry, "collection"), "store", store, "cutoff",
	    json_text(entry, "cutoff"), "deleted", (json_int_t)0,
	    "de_identified", (json_int_t)0, "minimised", (json_int_t)0);
	return st == ST_OK ? add_row(t, rule, out) : st;
}

/* What the evidence calls an action, in counts. */
static const char *count_of(const json_t *entry)
{
	if (is(entry, "action", "de_identify"))
		return "de_identified";
	return is(entry, "action", "minimise") ? "minimised" : "deleted";
}

/* What comes from outside may be of any size. */
static long long plus(long long a, long long b)
{
	long long sum;

	return __builtin_add_overflow(a, b, &sum) ? LLONG_MAX : sum;
}

static enum status add_evidence(struct table *t, const json_t *entry)
{
	const char *store = json_text(entry, "store");
	const char *digest = json_text(entry, "digest"), *count;
	struct sums *row;
	enum status st = ST_OK;

	row = find_row(t, store, json_text(entry, "collection"),
	    json_text(entry, "cluster"));
	if (row == NULL && (st = make_row(t, entry, store, &row)) != ST_OK)
		return st;
	row->entries++;
	row->records = plus(row->records, json_int(entry, "records"));
	row->segments += *json_text(entry, "segment") ? 1 : 0;
	sha256_add(row->digests, digest, strlen(digest));
	sha256_add(row->digests, "\n", 1);
	if (!row->told) {
		count = count_of(entry);
		st = json_put(row->rule, count,
		    json_integer(plus(json_int(row->rule, count),
			json_int(entry, "records"))));
	}
	return st;
}

/* Rules come behind their evidence in the log, so they are looked for first. */
static enum status read_all(struct table *t, const json_t *entries)
{
	enum status st = ST_OK;
	const json_t *entry;
	size_t i;

	json_array_foreach(entries, i, entry)
	{
		if (st == ST_OK && is(entry, "action", "rule_applied"))
			st = add_rule(t, entry);
	}
	json_array_foreach(entries, i, entry)
	{
		if (st == ST_OK && *json_text(entry, "source"))
			st = add_evidence(t, entry);
	}
	return st;
}

static void hex(const uint8_t *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
}

static enum status close_row(struct sums *row)
{
	uint8_t hash[SHA256_LEN];
	char text[SHA256_TEXT];
	json_t *o = NULL;
	enum status st;

	sha256_end(row->digests, hash);
	hex(hash, sizeof(hash), text);
	st = json_make(&o, "{s:I, s:I, s:I, s:s?}", "entries",
	    (json_int_t)row->entries, "records", (json_int_t)row->records,
	    "segments", (json_int_t)row->segments, "sha256",
	    row->entries ? text : NULL);
	return st == ST_OK ? json_put(row->rule, "evidence", o) : st;
}

static int agrees(const struct sums *row)
{
	const json_t *r = row->rule;

	return row->told &&
	       row->records == plus(plus(json_int(r, "deleted"),
					json_int(r, "de_identified")),
				   json_int(r, "minimised"));
}

static enum status write_all(struct table *t, json_t *facts)
{
	json_t *rules = json_array(), *sums = NULL;
	long long entries = 0, records = 0, segments = 0;
	enum status st = rules ? ST_OK : fail(ST_NOMEM, "out of memory");
	int all = 1, told = 0;
	size_t i;

	for (i = 0; st == ST_OK && i < t->count; i++) {
		struct sums *row = &t->rows[i];

		entries += row->entries;
		segments += row->segments;
		records = plus(records, row->records);
		all &= agrees(row);
		told |= row->told;
		st = close_row(row);
		if (st == ST_OK)
			st = json_push(rules, json_incref(row->rule));
	}
	if (st == ST_OK)
		st = json_put(facts, "rules", json_incref(rules));
	if (st == ST_OK)
		st = json_make(&sums, "{s:I, s:I, s:I, s:o}", "entries",
		    (json_int_t)entries, "records", (json_int_t)records,
		    "segments", (json_int_t)segments, "agrees",
		    told ? json_boolean(all) : json_null());
	if (st == ST_OK)
		st = json_put(facts, "evidence", sums);
	json_decref(rules);
	return st;
}

enum status evidence_sums(const json_t *entries, json_t *facts)
{
	struct table t = { NULL, 0 };
	enum status st = read_all(&t, entries);
	size_t i;

	if (st == ST_OK)
		st = write_all(&t, facts);
	for (i = 0; i < t.count; i++) {
		json_decref(t.rows[i].rule);
		sha256_free(t.rows[i].digests);
	}
	free(t.rows);
	return st;
}
