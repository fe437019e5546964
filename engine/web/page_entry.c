/* One entry of the audit log, and the proof that it is in it. */
#include <string.h>

#include "engine/audit/proof.h"
#include "engine/base/number.h"
#include "engine/web/pages.h"

/* What can be kept, and checked elsewhere: text, proof, key. */
static enum status put_proof(struct exchange *x, int64_t seq)
{
	struct buf entry = BUF_INIT, proof = BUF_INIT, key = BUF_INIT;
	enum status st;
	json_t *o;

	st = proof_make(x->in->audit, (uint64_t)seq, &proof, &entry);
	if (st == ST_USAGE)
		st = ST_NOTFOUND;
	if (st == ST_OK) {
		note_key_add(audit_key(x->in->audit), &key);
		st = buf_status(&key);
	}
	if (st == ST_OK && (o = json_loads(buf_text(&entry), 0, NULL)) == NULL)
		st = fail(ST_INTEGRITY,
		    "an audit entry is not JSON: `lethe audit verify` says "
		    "more");
	if (st == ST_OK)
		st = json_make(&x->data, "{s:o, s:s, s:s, s:s}", "entry", o,
		    "text", buf_text(&entry), "proof", buf_text(&proof), "key",
		    buf_text(&key));
	buf_release(&entry);
	buf_release(&proof);
	buf_release(&key);
	return st;
}

enum status page_entry(struct exchange *x)
{
	int64_t seq = 0;
	enum status st = number_int(x->id, strlen(x->id), &seq);

	if (st != ST_OK || seq < 0)
		return fail(ST_NOTFOUND,
		    "`%s` is not an entry's number: choose one from the log",
		    x->id);
	st = installation_open_audit(x->in);
	return st == ST_OK ? put_proof(x, seq) : st;
}
