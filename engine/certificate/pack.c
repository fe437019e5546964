/* What stands in an evidence pack. */
#include "engine/certificate/pack.h"

#include <stdlib.h>
#include <string.h>

#include "engine/archive/archive.h"
#include "engine/certificate/seal.h"
#include "engine/certificate/words.h"
#include "engine/installation/rule_files.h"
#include "schemas/embedded.h"

/* ${name} is taken, also where it is NULL because there was no memory; so are
 * the bytes. */
static enum status add(struct pack *p, char *name, struct buf *bytes)
{
	struct pack_file *more =
	    reallocarray(p->files, p->count + 1, sizeof(*more));

	if (more)
		p->files = more;
	if (more == NULL || name == NULL || buf_status(bytes) != ST_OK) {
		free(name);
		buf_release(bytes);
		return fail(ST_NOMEM, "out of memory");
	}
	p->files[p->count++] = (struct pack_file){ name, *bytes };
	*bytes = (struct buf)BUF_INIT;
	return ST_OK;
}

static enum status add_bytes(
    struct pack *p, const char *name, const void *data, size_t len)
{
	struct buf b = BUF_INIT;

	buf_add(&b, data, len);
	return add(p, strdup(name), &b);
}

/* ---- parts ---- */

static enum status add_texts(
    struct installation *in, const struct certificate *c, struct pack *p)
{
	enum status st = ST_OK;
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; st == ST_OK && phrase_languages[i]; i++) {
		const char *l = phrase_languages[i];

		st = certificate_words(in, c, l, &b);
		if (st == ST_OK)
			st = add(p,
			    i ? str_format("certificate.%s.txt", l)
			      : strdup("certificate.txt"),
			    &b);
	}
	buf_release(&b);
	return st;
}

static enum status add_log(
    struct installation *in, const struct certificate *c, struct pack *p)
{
	const char *note = prover_note(c->prover);
	struct buf b = BUF_INIT;
	enum status st;

	st = add_bytes(p, "checkpoint", note, strlen(note));
	if (st != ST_OK)
		return st;
	note_key_add(audit_key(in->audit), &b);
	buf_addc(&b, '\n');
	return add(p, strdup("vkey"), &b);
}

static enum status add_entries(const struct certificate *c, struct pack *p)
{
	struct buf proof = BUF_INIT, text = BUF_INIT;
	enum status st = ST_OK;
	const json_t *entry;
	size_t i;

	json_array_foreach(c->entries, i, entry)
	{
		long long seq = json_int(entry, "seq");

		st = prover_prove(c->prover, (uint64_t)seq, &proof, &text);
		if (st == ST_OK)
			st =
			    add(p, str_format("entries/%lld.json", seq), &text);
		if (st == ST_OK)
			st = add(p, str_format("entries/%lld.tlog-proof", seq),
			    &proof);
		if (st != ST_OK)
			break;
	}
	buf_release(&proof);
	buf_release(&text);
	return st;
}

enum status pack_rule_name(size_t n, const json_t *file, struct buf *out)
{
	const char *c;

	buf_addf(out, "rules/%04zu-%s-", n + 1, json_text(file, "kind"));
	for (c = json_text(file, "name"); *c; c++)
		buf_addc(out, strchr("abcdefghijklmnopqrstuvwxyz0123456789"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-",
				  *c)
				  ? *c
				  : '_');
	buf_adds(out, ".yml");
	return buf_status(out);
}

/* One that was not kept is left out, and named by its hash alone. */
static enum status add_rules(
    struct installation *in, const struct certificate *c, struct pack *p)
{
	struct buf b = BUF_INIT, name = BUF_INIT;
	enum status st = ST_OK;
	const json_t *file;
	size_t i;

	json_array_foreach(json_object_get(c->body, "files"), i, file)
	{
		buf_clear(&name);
		st =
		    rule_files_kept(in->control, json_text(file, "sha256"), &b);
		if (st == ST_NOTFOUND) {
			st = ST_OK;
			continue;
		}
		if (st == ST_OK)
			st = pack_rule_name(i, file, &name);
		if (st == ST_OK)
			st = add(p, strdup(buf_text(&name)), &b);
		if (st != ST_OK)
			break;
	}
	buf_release(&b);
	buf_release(&name);
	return st;
}

/* ---- the seal ---- */

static int by_name(const void *a, const void *b)
{
	const struct pack_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static enum status seal(struct installation *in, struct pack *p)
{
	struct buf sums = BUF_INIT, note = BUF_INIT;
	char hash[SHA256_TEXT];
	enum status st;
	size_t i;

	qsort(p->files, p->count, sizeof(*p->files), by_name);
	for (i = 0; i < p->count; i++) {
		sha256_hex(p->files[i].bytes.data, p->files[i].bytes.len, hash);
		seal_add(&sums, hash, p->files[i].name);
	}
	st = buf_status(&sums);
	if (st == ST_OK)
		st = seal_sign(in->audit, &sums, &note);
	if (st == ST_OK)
		st = add(p, strdup("SHA256SUMS"), &sums);
	if (st == ST_OK)
		st = add(p, strdup("seal.note"), &note);
	buf_release(&sums);
	buf_release(&note);
	return st;
}

/* Instructions for whoever has nothing else. */
static enum status add_readme(struct pack *p)
{
	const struct embedded *e = embedded;

	while (e->path && strcmp(e->path, "schemas/pack/README.txt") != 0)
		e++;
	return add_bytes(p, "README.txt", e->data, e->len);
}

enum status pack_make(
    struct installation *in, const struct certificate *c, struct pack *p)
{
	enum status st;

	memset(p, 0, sizeof(*p));
	st = add_readme(p);
	if (st == ST_OK)
		st =
		    add_bytes(p, "certificate.json", c->text.data, c->text.len);
	if (st == ST_OK)
		st =
		    add_bytes(p, "certificate.note", c->note.data, c->note.len);
	if (st == ST_OK)
		st = add_texts(in, c, p);
	if (st == ST_OK)
		st = add_log(in, c, p);
	if (st == ST_OK)
		st = add_entries(c, p);
	if (st == ST_OK)
		st = add_rules(in, c, p);
	return st == ST_OK ? seal(in, p) : st;
}

void pack_release(struct pack *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		free(p->files[i].name);
		buf_release(&p->files[i].bytes);
	}
	free(p->files);
}

static enum status name_all(
    const struct pack *p, const char *folder, struct archive_file *files)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct buf *b = &p->files[i].bytes;

		files[i] = (struct archive_file){ str_format("%s/%s", folder,
						      p->files[i].name),
			b->data, b->len };
		if (files[i].name == NULL)
			return fail(ST_NOMEM, "out of memory");
	}
	return ST_OK;
}

enum status pack_zip(const struct pack *p, const char *folder, struct buf *out)
{
	struct archive_file *files = calloc(p->count + 1, sizeof(*files));
	enum status st = ST_NOMEM;
	size_t i;

	if (files == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = name_all(p, folder, files);
	if (st == ST_OK)
		st = archive_make(files, p->count, out);
	for (i = 0; i < p->count; i++)
		free((char *)(uintptr_t)files[i].name);
	free(files);
	return st;
}
