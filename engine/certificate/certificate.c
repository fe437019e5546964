/* Certificates: facts from the log, its proof, a signature. */
#include "engine/certificate/certificate.h"

#include <stdlib.h>
#include <string.h>

#include "engine/certificate/text.h"

const struct certificate_kind *const *certificate_kinds(void)
{
	static const struct certificate_kind *const kinds[] = {
		&certificate_of_run, NULL
	};

	return kinds;
}

const struct certificate_kind *certificate_kind(const char *name)
{
	const struct certificate_kind *const *k;

	for (k = certificate_kinds(); *k; k++)
		if (strcmp((*k)->name, name) == 0)
			return *k;
	return NULL;
}

/* ---- issuing ---- */

/* Every entry that it rests on must be what the log signed. */
static enum status prove_all(struct certificate *c, int64_t end)
{
	struct buf proof = BUF_INIT, text = BUF_INIT;
	enum status st = ST_OK;
	json_t *entry, *log = NULL;
	size_t i;

	json_array_foreach(c->entries, i, entry)
	{
		int64_t seq = json_int(entry, "seq");

		buf_clear(&proof);
		buf_clear(&text);
		st = prover_prove(c->prover, (uint64_t)seq, &proof, &text);
		if (st == ST_OK && seq == end && log == NULL)
			st = json_make(&log, "{s:I, s:s, s:s}", "entry",
			    (json_int_t)seq, "text", buf_text(&text), "proof",
			    buf_text(&proof));
		if (st != ST_OK)
			break;
	}
	buf_release(&proof);
	buf_release(&text);
	if (st == ST_OK)
		return json_put(c->body, "log", log);
	json_decref(log);
	return st;
}

static enum status sign(struct installation *in, struct certificate *c)
{
	char *line = NULL;
	enum status st = json_canonical(c->body, &line);

	if (st == ST_OK) {
		buf_addf(&c->text, "%s\n", line);
		st = buf_status(&c->text);
	}
	free(line);
	if (st == ST_OK)
		st = audit_sign(in->audit, buf_text(&c->text), &c->note);
	if (st == ST_OK && c->note.len > NOTE_MOST)
		st = fail(ST_LIMIT,
		    "the certificate has %zu bytes, a signed note %d at most",
		    c->note.len, NOTE_MOST);
	return st;
}

static enum status issue(struct installation *in,
    const struct certificate_kind *kind, const char *id, struct certificate *c)
{
	enum status st;

	if ((st = kind->gather(in, id, &c->entries)) != ST_OK)
		return st;
	if ((st = kind->facts(c->entries, &c->body)) != ST_OK)
		return st;
	st = json_put(c->body, "certificate", json_string(CERTIFICATE_FORMAT));
	if (st == ST_OK)
		st = json_put(
		    c->body, "origin", json_string(audit_key(in->audit)->name));
	if (st == ST_OK)
		st = prove_all(c, json_int(c->body, "entry"));
	return st == ST_OK ? sign(in, c) : st;
}

enum status certificate_issue(struct installation *in,
    const struct certificate_kind *kind, const char *id, struct certificate *c)
{
	enum status st;

	memset(c, 0, sizeof(*c));
	if ((st = installation_open_audit(in)) != ST_OK)
		return st;
	/* Nothing is certified of a log that was changed or put back. */
	if ((st = audit_writable(in->audit)) != ST_OK)
		return st;
	if ((st = kind->settle(in, id)) != ST_OK)
		return st;
	if ((st = prover_new(in->audit, &c->prover)) != ST_OK)
		return st;
	return issue(in, kind, id, c);
}

void certificate_leave(struct certificate *c)
{
	prover_free(c->prover);
	c->prover = NULL;
}

void certificate_release(struct certificate *c)
{
	prover_free(c->prover);
	json_decref(c->entries);
	json_decref(c->body);
	buf_release(&c->text);
	buf_release(&c->note);
}

enum status certificate_words(struct installation *in,
    const struct certificate *c, const char *language, struct buf *out)
{
	struct buf text = BUF_INIT;
	char sha256[SHA256_TEXT];
	enum status st;

	sha256_hex(c->text.data, c->text.len, sha256);
	st = text_write(c->body, sha256, language, &text);
	if (st == ST_OK)
		st = audit_sign(in->audit, buf_text(&text), out);
	buf_release(&text);
	return st;
}
