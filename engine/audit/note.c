/* Signed notes and checkpoints, read strictly: each has one form. */
#include "engine/audit/note.h"

#include <inttypes.h>
#include <string.h>

#include "engine/base/base64.h"
#include "engine/base/utf8.h"
#include "engine/crypto/hash.h"

#define ED25519_TYPE 1 /* of a signature, in C2SP signed-note */
#define DASH         "\xe2\x80\x94 "

/* ---- keys ---- */

/* Unicode's White_Space, and control characters. */
static int is_blank(uint32_t c)
{
	return c <= ' ' || (c >= 0x7f && c <= 0xa0) || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202f || c == 0x205f || c == 0x3000;
}

static int is_name(const char *name, size_t len)
{
	size_t i, n;
	uint32_t c;

	for (i = 0; i < len; i += n) {
		n = utf8_decode(name + i, len - i, &c);
		if (n == 0 || is_blank(c) || c == '+')
			return 0;
	}
	return len > 0 && len <= NOTE_NAME;
}

/* SHA-256 over name, newline, type and key: its first 4 bytes. */
static enum status make_id(struct note_key *key)
{
	struct buf b = BUF_INIT;
	uint8_t hash[SHA256_LEN];
	enum status st;

	buf_addf(&b, "%s\n%c", key->name, ED25519_TYPE);
	buf_add(&b, key->public, ED25519_PUBLIC);
	if ((st = buf_status(&b)) == ST_OK) {
		sha256(b.data, b.len, hash);
		memcpy(key->id, hash, sizeof(key->id));
	}
	buf_release(&b);
	return st;
}

static enum status make_key(const char *name, size_t len,
    const uint8_t public[ED25519_PUBLIC], struct note_key *out)
{
	struct note_key key;
	enum status st;

	if (!is_name(name, len))
		return fail(ST_INVALID,
		    "not the name of a log's key: 1 to %d bytes of UTF-8 "
		    "without blanks and plus signs",
		    NOTE_NAME);
	if ((st = ed25519_check_public(public)) != ST_OK)
		return st;
	memset(&key, 0, sizeof(key));
	memcpy(key.name, name, len);
	memcpy(key.public, public, ED25519_PUBLIC);
	if ((st = make_id(&key)) == ST_OK)
		*out = key;
	return st;
}

enum status note_key_make(const char *name,
    const uint8_t public[ED25519_PUBLIC], struct note_key *out)
{
	return make_key(name, strlen(name), public, out);
}

static void add_hex(struct buf *out, const uint8_t id[4])
{
	buf_addf(out, "%02x%02x%02x%02x", (unsigned int)id[0],
	    (unsigned int)id[1], (unsigned int)id[2], (unsigned int)id[3]);
}

void note_key_add(const struct note_key *key, struct buf *out)
{
	uint8_t bytes[1 + ED25519_PUBLIC] = { ED25519_TYPE };

	memcpy(bytes + 1, key->public, ED25519_PUBLIC);
	buf_addf(out, "%s+", key->name);
	add_hex(out, key->id);
	buf_addc(out, '+');
	base64_add(out, bytes, sizeof(bytes));
}

static enum status no_key(void)
{
	return fail(ST_INVALID,
	    "not a verifier key: expected NAME+8 HEXADECIMAL DIGITS+BASE64, "
	    "as `lethe audit checkpoint --vkey` prints it");
}

enum status note_key_parse(const char *vkey, struct note_key *out)
{
	const char *name_end = strchr(vkey, '+');
	const char *key = name_end ? strchr(name_end + 1, '+') : NULL;
	struct buf bytes = BUF_INIT, id = BUF_INIT;
	struct note_key k;
	enum status st;

	if (key == NULL)
		return no_key();
	key++;
	st = base64_decode(&bytes, key, strlen(key));
	if (st == ST_INVALID || bytes.len < 1)
		st = no_key();
	else if (st == ST_OK && (bytes.len != 1 + ED25519_PUBLIC ||
				    bytes.data[0] != ED25519_TYPE))
		st = fail(ST_INVALID,
		    "the verifier key is none of Ed25519: this program checks "
		    "no others");
	if (st == ST_OK)
		st = make_key(vkey, (size_t)(name_end - vkey),
		    (const uint8_t *)bytes.data + 1, &k);
	if (st == ST_OK) {
		add_hex(&id, k.id);
		st = buf_status(&id);
	}
	if (st == ST_OK && ((size_t)(key - name_end) != id.len + 2 ||
			       memcmp(name_end + 1, id.data, id.len) != 0))
		st = fail(ST_INVALID,
		    "the verifier key's number is not that of its name and "
		    "key: a letter is wrong");
	if (st == ST_OK)
		*out = k;
	buf_release(&id);
	buf_release(&bytes);
	return st;
}

/* ---- notes ---- */

enum status note_sign(const struct note_key *key, const struct secret_key *seed,
    const char *text, struct buf *out)
{
	uint8_t bytes[4 + ED25519_SIGNATURE];
	enum status st;

	memcpy(bytes, key->id, 4);
	st = ed25519_sign(seed, text, strlen(text), bytes + 4);
	if (st != ST_OK)
		return st;
	buf_addf(out, "%s\n" DASH "%s ", text, key->name);
	base64_add(out, bytes, sizeof(bytes));
	buf_addc(out, '\n');
	return buf_status(out);
}

static enum status no_note(const char *why)
{
	return fail(ST_INVALID, "not a signed note: %s", why);
}

static int is_text(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\n') ||
		    text[i] == 0x7f)
			return 0;
	return utf8_valid(text, len);
}

/* Where the last empty line is: behind the text's newline. */
static size_t find_end(const char *note, size_t len)
{
	size_t i;

	for (i = len; i > 1; i--)
		if (note[i - 1] == '\n' && note[i - 2] == '\n')
			return i - 1;
	return 0;
}

struct line {
	const char *name;
	size_t name_len;
	const char *base64;
	size_t base64_len;
};

/* One signature line of ${len} bytes, its newline excluded. */
static int split_line(const char *p, size_t len, struct line *out)
{
	size_t dash = strlen(DASH);
	const char *blank;

	if (len <= dash || memcmp(p, DASH, dash) != 0)
		return 0;
	out->name = p + dash;
	blank = memchr(out->name, ' ', len - dash);
	if (blank == NULL)
		return 0;
	out->name_len = (size_t)(blank - out->name);
	out->base64 = blank + 1;
	out->base64_len = len - dash - out->name_len - 1;
	return is_name(out->name, out->name_len);
}

/* Is this line by ${key}, and if so, does it hold? */
static enum status check_line(const struct note_key *key, const struct line *l,
    const char *text, size_t text_len, int *ours)
{
	struct buf b = BUF_INIT;
	enum status st;

	st = base64_decode(&b, l->base64, l->base64_len);
	if (st == ST_INVALID || (st == ST_OK && b.len < 5)) {
		st = no_note("a signature is not Base64");
	} else if (st == ST_OK && strlen(key->name) == l->name_len &&
		   memcmp(key->name, l->name, l->name_len) == 0 &&
		   memcmp(key->id, b.data, 4) == 0) {
		*ours = 1;
		if (b.len == 4 + ED25519_SIGNATURE)
			st = ed25519_verify(key->public, text, text_len,
			    (const uint8_t *)b.data + 4);
		else
			st = fail(ST_INTEGRITY, "the signature is not valid");
	}
	buf_release(&b);
	return st;
}

enum status note_open(
    const struct note_key *key, const char *note, size_t len, size_t *text_len)
{
	size_t text = find_end(note, len > NOTE_MOST ? 0 : len), at;
	const char *end;
	struct line l;
	int ours = 0;
	enum status st;

	if (text == 0)
		return no_note("it has no empty line before signatures");
	if (!is_text(note, len))
		return no_note("it is not plain UTF-8 text");
	if (text + 1 == len)
		return no_note("it has no signature");
	for (at = text + 1; at < len; at = (size_t)(end - note) + 1) {
		end = memchr(note + at, '\n', len - at);
		if (end == NULL ||
		    !split_line(note + at, (size_t)(end - note) - at, &l))
			return no_note("a signature's line is malformed");
		st = check_line(key, &l, note, text, &ours);
		if (st != ST_OK)
			return st;
	}
	if (!ours)
		return fail(ST_INTEGRITY,
		    "not signed by the key of %s that was given", key->name);
	*text_len = text;
	return ST_OK;
}

/* ---- checkpoints ---- */

void checkpoint_add(
    const struct checkpoint *c, const char *origin, struct buf *out)
{
	buf_addf(out, "%s\n%" PRIu64 "\n", origin, c->size);
	base64_add(out, c->root, MERKLE_HASH);
	buf_addc(out, '\n');
}

/* Decimal without leading zeros; 0 where it is none. */
static int read_size(const char *p, size_t len, uint64_t *out)
{
	uint64_t n = 0;
	size_t i;

	if (len == 0 || len > 19 || (p[0] == '0' && len > 1))
		return 0;
	for (i = 0; i < len; i++) {
		if (p[i] < '0' || p[i] > '9')
			return 0;
		n = n * 10 + (uint64_t)(p[i] - '0');
	}
	*out = n;
	return n <= MERKLE_MOST;
}

/* The lines behind the origin's; what extensions follow is not ours. */
static enum status read_lines(const char *p, size_t len, struct checkpoint *out)
{
	const char *size_end = memchr(p, '\n', len), *root, *root_end;
	struct buf b = BUF_INIT;
	struct checkpoint c;
	enum status st;

	root = size_end ? size_end + 1 : p + len;
	root_end = memchr(root, '\n', (size_t)(p + len - root));
	if (root_end == NULL || !read_size(p, (size_t)(size_end - p), &c.size))
		return fail(ST_INVALID,
		    "not a checkpoint: expected lines of origin, size, root");
	st = base64_decode(&b, root, (size_t)(root_end - root));
	if (st == ST_INVALID || (st == ST_OK && b.len != MERKLE_HASH))
		st = fail(ST_INVALID,
		    "not a checkpoint: its root is not 32 bytes of Base64");
	if (st == ST_OK) {
		memcpy(c.root, b.data, MERKLE_HASH);
		*out = c;
	}
	buf_release(&b);
	return st;
}

enum status checkpoint_open(const struct note_key *key, const char *note,
    size_t len, struct checkpoint *out)
{
	size_t text = 0, origin = strlen(key->name);
	enum status st;

	if ((st = note_open(key, note, len, &text)) != ST_OK)
		return st;
	if (text <= origin || memcmp(note, key->name, origin) != 0 ||
	    note[origin] != '\n')
		return fail(ST_INTEGRITY, "the checkpoint is not of the log %s",
		    key->name);
	return read_lines(note + origin + 1, text - origin - 1, out);
}
