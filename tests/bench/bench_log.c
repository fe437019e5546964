/*
 * The audit log by itself.  Usage: bench_log FOLDER ENTRIES [give|give-pruned];
 * FOLDER is
 * new.  Appends evidence in batches, verifies all of it, proves a hundred
 * entries, and prints what each took as one JSON object.  With `give` it leaves
 * in FOLDER what others check: log/, vkey, an older checkpoint, a proof that
 * the log grew from there, proofs of entries; with `give-pruned` after half of
 * the entries were pruned.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "engine/audit/folder.h"
#include "engine/audit/proof.h"
#include "engine/audit/prune.h"
#include "engine/audit/stored.h"
#include "engine/audit/verify.h"
#include "engine/base/base64.h"
#include "engine/base/file.h"
#include "engine/crypto/crypto.h"
#include "engine/store/store.h"

#define BATCH  10000
#define PROOFS 100

struct moment {
	double wall;
	double cpu;
};

struct bench {
	const char *folder;
	int64_t entries;
	int64_t first; /* that was not pruned */
	struct keyring *keys;
	struct secret_key *signer;
	struct db *control, *store;
	struct audit *audit;
	struct moment append, verify, proofs;
	double slowest;
};

static void must(enum status st, const char *what)
{
	if (st == ST_OK)
		return;
	(void)fprintf(stderr, "bench_log: %s: %s\n", what, status_text());
	exit(1);
}

static double seconds(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct moment now(void)
{
	return (struct moment){ seconds(CLOCK_MONOTONIC),
		seconds(CLOCK_PROCESS_CPUTIME_ID) };
}

/* Add what has passed since ${start}; returns the wall clock's part. */
static double add(struct moment *sum, struct moment start)
{
	struct moment end = now();

	sum->wall += end.wall - start.wall;
	sum->cpu += end.cpu - start.cpu;
	return end.wall - start.wall;
}

static char *place(const struct bench *b, const char *name)
{
	char *path = str_format("%s/%s", b->folder, name);

	must(path ? ST_OK : ST_NOMEM, "memory");
	return path;
}

static void make_db(const struct bench *b, const char *name,
    const char *migrations, struct db **out)
{
	char *path = place(b, name);
	struct store_spec spec = { .name = name, .key = name, .path = path };

	must(store_create(&spec, b->keys, NULL, migrations, NULL), name);
	must(store_open(&spec, b->keys, out), name);
	free(path);
}

static void make(struct bench *b)
{
	char *key = place(b, "key"), *ring = place(b, "keyring");
	struct keyring_unlock u = { KEYRING_KEY_FILE, key };
	struct audit_spec spec = { .origin = "bench.example/log" };

	must(crypto_init(), "libgcrypt");
	must(file_make_folder(b->folder, 0700), b->folder);
	must(keyring_new_key_file(key), key);
	must(keyring_create(ring, &u, &b->keys), ring);
	must(secret_random(&b->signer), "key");
	make_db(b, "audit.db", "schemas/audit/", &spec.db);
	make_db(b, "control.db", "schemas/control/", &b->control);
	make_db(b, "store.db", "schemas/store/", &b->store);
	spec.control = b->control;
	spec.key = b->signer;
	must(audit_open(&spec, &b->audit), "open");
	must(audit_start(b->audit), "start");
	free(key);
	free(ring);
}

static void add_evidence(struct bench *b, int64_t n)
{
	must(db_exec(b->store,
		 "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
		 " SELECT i + 1 FROM n WHERE i < $1)"
		 " INSERT INTO lethe_evidence (run, at, policy, cluster,"
		 " collection, action, rule_set, cutoff, records, digest)"
		 " SELECT '20260301T000000Z-0a1b2c', 1772323200,"
		 " 'connected-drive-jp', 'service_data', 'telemetry.positions',"
		 " 'delete', '2f1dd1b1c0e27a44b0a4f6a1d3ce0d0be6c2bd0f3e6a7b5c"
		 "4d3e2f1a0b9c8d7e', '2026-02-01T00:00:00+09:00', 20000,"
		 " randomblob(32) FROM n",
		 ARGS(INT(n))),
	    "evidence");
}

/* Only the log's part is timed. */
static void append(struct bench *b, int64_t n)
{
	int64_t batch, shipped;
	struct moment start;

	for (; n > 0; n -= batch) {
		batch = n < BATCH ? n : BATCH;
		add_evidence(b, batch);
		start = now();
		must(audit_ship(b->audit, b->store,
			 "00112233445566778899aabb"
			 "ccddeeff",
			 "bench", "os:lethe", &shipped),
		    "append");
		(void)add(&b->append, start);
	}
}

static void verify(struct bench *b)
{
	struct verify_report r;
	struct moment start = now();

	must(verify_log(b->audit, audit_key(b->audit), NULL, NULL, &r),
	    "verify");
	(void)add(&b->verify, start);
}

static void prove(struct bench *b)
{
	struct buf text = BUF_INIT, entry = BUF_INIT;
	struct moment start;
	uint64_t index;
	double took;
	int i;

	for (i = 0; i < PROOFS; i++) {
		buf_clear(&text);
		buf_clear(&entry);
		index = (uint64_t)i * 7919 * 104729 % (uint64_t)b->entries;
		start = now();
		must(proof_make(b->audit, index, &text, &entry), "prove");
		took = add(&b->proofs, start);
		if (took > b->slowest)
			b->slowest = took;
	}
	buf_release(&text);
	buf_release(&entry);
}

/* ---- pages ---- */

#define PAGE 51

static enum status ignore(void *ctx, const char *body)
{
	(void)ctx;
	(void)body;
	return ST_OK;
}

/* The slowest of the pages that an auditor asks for: in the middle of the log
 * and at its end, of what all entries have and of what none has. */
static double slowest_page(struct bench *b)
{
	static const char actor[] = "os:lethe", nobody[] = "user:nobody",
			  run[] = "20260301T000000Z-0a1b2c", none[] = "none";
	const struct audit_filter filters[] = {
		{ .actor = NULL },
		{ .action = "deleted" },
		{ .action = none },
		{ .actor = actor },
		{ .actor = nobody },
		{ .actor = actor, .action = none },
		{ .actor = nobody, .action = "deleted" },
		{ .run = run },
		{ .run = run, .action = none },
		{ .run = none, .actor = actor },
		{ .request = none },
		{ .subject = none, .actor = actor },
	};
	struct moment sum = { 0, 0 }, start;
	struct audit_filter f;
	double slowest = 0, took;

	for (size_t i = 0; i < 2 * sizeof(filters) / sizeof(filters[0]); i++) {
		f = filters[i / 2];
		f.order = AUDIT_NEWEST_FIRST;
		f.limit = PAGE;
		f.before = i % 2 ? b->entries / 2 : 0;
		start = now();
		must(audit_list(b->audit, &f, ignore, NULL), "list");
		took = add(&sum, start);
		if (took > 0.010)
			(void)fprintf(stderr, "filter %zu: %.3f s\n", i, took);
		slowest = took > slowest ? took : slowest;
	}
	return slowest;
}

/* Its entry comes on top. */
static void prune_half(struct bench *b)
{
	const struct prune_rule rule = { INT64_MAX, (uint64_t)b->entries / 2,
		{ .months = 120 } };

	must(
	    prune(b->audit, &rule, 1772323300, "os:lethe", &b->first), "prune");
	must(b->first > 0 ? ST_OK : ST_INVALID, "too few entries to prune");
	b->entries++;
}

/* ---- what is given out ---- */

static void write_file(
    const struct bench *b, const char *name, const struct buf *text)
{
	char *path = place(b, name);

	must(buf_status(text), name);
	must(file_create(path, text->data, text->len, 0600), path);
	free(path);
}

static void give_checkpoint(struct bench *b, const char *name)
{
	struct buf text = BUF_INIT;

	must(stored_checkpoint(audit_db(b->audit), &text), name);
	write_file(b, name, &text);
	buf_release(&text);
}

static void give_growth(struct bench *b, uint64_t old)
{
	struct buf text = BUF_INIT;
	struct tile_reader *r = NULL;
	struct merkle_source src;
	struct merkle_proof p;
	size_t i;

	must(tile_reader_new(
		 stored_read, audit_db(b->audit), (uint64_t)b->entries, &r),
	    "tiles");
	src = tile_source(r);
	must(merkle_prove_growth(&src, old, (uint64_t)b->entries, &p), "grow");
	for (i = 0; i < p.count; i++) {
		base64_add(&text, p.hash[i], MERKLE_HASH);
		buf_addc(&text, '\n');
	}
	write_file(b, "growth", &text);
	buf_release(&text);
	free(r);
}

static void give_proofs(struct bench *b)
{
	struct buf text = BUF_INIT, entry = BUF_INIT;
	char name[32];
	int i;

	for (i = 0; i < 20; i++) {
		buf_clear(&text);
		buf_clear(&entry);
		must(proof_make(b->audit,
			 i == 0 ? (uint64_t)b->entries - 1
				: (uint64_t)(b->first +
					     i * INT64_C(7919) %
						 (b->entries - b->first)),
			 &text, &entry),
		    "prove");
		(void)snprintf(name, sizeof(name), "%d.tlog-proof", i);
		write_file(b, name, &text);
		(void)snprintf(name, sizeof(name), "%d.entry", i);
		write_file(b, name, &entry);
	}
	buf_release(&text);
	buf_release(&entry);
}

static void give(struct bench *b, uint64_t old)
{
	struct buf vkey = BUF_INIT;
	struct checkpoint c;
	char *log = place(b, "log");

	note_key_add(audit_key(b->audit), &vkey);
	write_file(b, "vkey", &vkey);
	give_growth(b, old);
	give_proofs(b);
	must(folder_export(b->audit, log, &c), log);
	buf_release(&vkey);
	free(log);
}

static int64_t log_bytes(const struct bench *b)
{
	char *path = place(b, "audit.db");
	struct stat sb = { 0 };

	must(db_scrub(audit_db(b->audit)), "scrub");
	must(stat(path, &sb) == 0 ? ST_OK : ST_IO, path);
	free(path);
	return sb.st_size;
}

int main(int argc, char **argv)
{
	struct bench b = { 0 };
	int pruned = argc > 3 && strcmp(argv[3], "give-pruned") == 0;
	int giving = pruned || (argc > 3 && strcmp(argv[3], "give") == 0);
	double page;
	int64_t first;

	if (argc < 3 || (b.entries = strtoll(argv[2], NULL, 10)) < 4) {
		(void)fputs("usage: bench_log FOLDER ENTRIES [give|"
			    "give-pruned]\n",
		    stderr);
		return 2;
	}
	b.folder = argv[1];
	first = b.entries / 3;
	make(&b);
	append(&b, first);
	if (giving)
		give_checkpoint(&b, "older");
	append(&b, b.entries - first);
	verify(&b);
	prove(&b);
	page = slowest_page(&b);
	if (pruned)
		prune_half(&b);
	if (giving)
		give(&b, (uint64_t)first);
	printf("{\"entries\": %" PRId64
	       ", \"append\": %.3f, \"append_cpu\": %.3f, \"verify\": %.3f,"
	       " \"verify_cpu\": %.3f, \"slowest_proof\": %.6f,"
	       " \"proof_cpu\": %.6f, \"slowest_page\": %.6f,"
	       " \"bytes\": %" PRId64 "}\n",
	    b.entries, b.append.wall, b.append.cpu, b.verify.wall, b.verify.cpu,
	    b.slowest, b.proofs.cpu / PROOFS, page, log_bytes(&b));
	audit_close(b.audit);
	db_close(b.control);
	db_close(b.store);
	secret_free(b.signer);
	keyring_free(b.keys);
	return 0;
}
