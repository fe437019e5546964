/* Policies and datasets as files: read once, hashed, kept. */
#include "engine/installation/rule_files.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"

#define FILE_MAX ((size_t)4 << 20)

static enum status load_one(struct installation *in, const char *kind,
    const char *name, const char *path, struct buf *all)
{
	struct rule_file *f = &in->rule_files[in->rule_file_count++];
	enum status st;

	f->kind = kind;
	f->name = name;
	if ((st = file_read(path, FILE_MAX, &f->bytes)) != ST_OK)
		return st;
	sha256_hex(f->bytes.data, f->bytes.len, f->sha256);
	buf_add(all, f->bytes.data, f->bytes.len);
	buf_addc(all, '\0');
	return ST_OK;
}

enum status rule_files_load(struct installation *in)
{
	const struct config *c = &in->config;
	struct buf all = BUF_INIT;
	enum status st = ST_OK;
	size_t i;

	in->rule_files = calloc(
	    in->policy_count + in->store_count + 1, sizeof(*in->rule_files));
	if (in->rule_files == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < in->policy_count; i++)
		st = load_one(
		    in, "policy", in->policies[i].name, c->policies[i], &all);
	for (i = 0; st == ST_OK && i < in->store_count; i++)
		st = load_one(in, "dataset", c->stores[i].name,
		    c->stores[i].dataset, &all);
	if (st == ST_OK)
		st = buf_status(&all);
	if (st == ST_OK)
		sha256_hex(all.data, all.len, in->rule_set);
	buf_release(&all);
	return st;
}

void rule_files_release(struct installation *in)
{
	size_t i;

	for (i = 0; i < in->rule_file_count; i++)
		buf_release(&in->rule_files[i].bytes);
	free(in->rule_files);
}

enum status rule_files_keep(struct installation *in)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < in->rule_file_count; i++) {
		const struct rule_file *f = &in->rule_files[i];

		st = db_exec(in->control,
		    "INSERT INTO kept_file (sha256, body) VALUES ($1, $2)"
		    " ON CONFLICT (sha256) DO NOTHING",
		    ARGS(TEXT(f->sha256), BLOB(f->bytes.data, f->bytes.len)));
	}
	return st;
}

enum status rule_files_kept(
    struct db *control, const char *sha256, struct buf *out)
{
	char found[SHA256_TEXT];
	struct stmt *s = NULL;
	enum status st;
	struct val v;

	st = db_query(control, "SELECT body FROM kept_file WHERE sha256 = $1",
	    ARGS(TEXT(sha256)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		v = db_val(s, 0);
		sha256_hex(v.p, v.n, found);
		if (strcmp(found, sha256) == 0)
			buf_add(out, v.p, v.n);
		else
			st = fail(ST_INTEGRITY,
			    "a file of the rules was changed in the control "
			    "database: it was kept as %s",
			    sha256);
	}
	db_done(s);
	return st == ST_OK ? buf_status(out) : st;
}
