/* The keyring's text: strictly what was written, nothing else. */
#include <stdlib.h>
#include <string.h>

#include "engine/store/keyring_internal.h"

#define HEAD "lethe-keyring 1"

/* Costs that a file may ask for: a changed one must not stop the machine. */
#define MOST_PASSES 16
#define MOST_KIB    (1 << 20)
#define MOST_LANES  16

struct reader {
	const char *p;
	const char *end; /* of the text */
	size_t line;
};

/* ---- words ---- */

/* Step over ${word} and what follows it: a space, or the end of the line. */
static int skip(struct reader *r, const char *word, char behind)
{
	size_t n = strlen(word);

	if ((size_t)(r->end - r->p) <= n || memcmp(r->p, word, n) != 0 ||
	    r->p[n] != behind)
		return 0;
	r->p += n + 1;
	r->line += behind == '\n';
	return 1;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = memchr(digits, c, sizeof(digits) - 1);

	return p ? (int)(p - digits) : -1;
}

int keyring_hex(const char *text, uint8_t *out, size_t n)
{
	int high, low;
	size_t i;

	for (i = 0; i < n; i++) {
		high = hex_digit(text[2 * i]);
		low = hex_digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return 0;
		out[i] = (uint8_t)((unsigned int)high << 4 | (unsigned int)low);
	}
	return 1;
}

static int read_hex(struct reader *r, uint8_t *out, size_t n, char behind)
{
	if ((size_t)(r->end - r->p) <= 2 * n || r->p[2 * n] != behind ||
	    !keyring_hex(r->p, out, n))
		return 0;
	r->p += 2 * n + 1;
	r->line += behind == '\n';
	return 1;
}

/* A number from 1 to ${most}. */
static int read_number(
    struct reader *r, uint32_t most, uint32_t *out, char behind)
{
	uint32_t n = 0;

	if (r->p < r->end && *r->p == '0')
		return 0;
	for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++) {
		n = n * 10 + (uint32_t)(*r->p - '0');
		if (n > most)
			return 0;
	}
	if (n == 0 || r->p == r->end || *r->p != behind)
		return 0;
	r->p++;
	r->line += behind == '\n';
	*out = n;
	return 1;
}

static int name_fits(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == '\x7f')
			return 0;
	return len >= 1 && len <= KEYRING_NAME;
}

/* ---- lines ---- */

static int read_kdf(struct reader *r, struct keyring_file *f)
{
	if (!skip(r, "kdf", ' '))
		return 0;
	f->source = KEYRING_KEY_FILE;
	if (skip(r, "none", '\n'))
		return 1;
	f->source = KEYRING_PASSPHRASE_FILE;
	return skip(r, "argon2id", ' ') &&
	       read_number(r, MOST_PASSES, &f->cost.passes, ' ') &&
	       read_number(r, MOST_KIB, &f->cost.kib, ' ') &&
	       read_number(r, MOST_LANES, &f->cost.lanes, '\n');
}

static int read_cipher(struct reader *r, enum aead_algorithm *out)
{
	enum aead_algorithm a;

	for (a = AEAD_AES256_OCB; a < AEAD__MAX; a++) {
		if (!skip(r, aead_name(a), ' '))
			continue;
		*out = a;
		return 1;
	}
	return 0;
}

static enum status read_key(struct reader *r, struct keyring_file *f, int *ok)
{
	const char *name = r->p;
	char copy[KEYRING_NAME + 1];
	struct keyring_entry *e;
	size_t n;

	r->p = memchr(name, ' ', (size_t)(r->end - name));
	n = r->p ? (size_t)(r->p - name) : 0;
	*ok = name_fits(name, n);
	if (!*ok)
		return ST_OK;
	r->p++;
	memcpy(copy, name, n);
	copy[n] = '\0';
	if ((e = keyring_file_append(f, copy)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	*ok = read_cipher(r, &e->algorithm) &&
	      read_hex(r, e->id, sizeof(e->id), ' ') &&
	      read_hex(r, e->wrapped, sizeof(e->wrapped), '\n');
	return ST_OK;
}

static enum status read_lines(struct reader *r, struct keyring_file *f, int *ok)
{
	const char *start = r->p;
	enum status st = ST_OK;

	*ok = skip(r, HEAD, '\n') && read_kdf(r, f) && skip(r, "salt", ' ') &&
	      read_hex(r, f->salt, sizeof(f->salt), '\n') &&
	      skip(r, "check", ' ') &&
	      read_hex(r, f->check, sizeof(f->check), '\n');
	while (*ok && st == ST_OK && skip(r, "key", ' '))
		st = read_key(r, f, ok);
	if (!*ok || st != ST_OK)
		return st;
	f->covered = (size_t)(r->p - start);
	*ok = skip(r, "mac", ' ') &&
	      read_hex(r, f->mac, sizeof(f->mac), '\n') && r->p == r->end;
	return ST_OK;
}

enum status keyring_file_parse(
    const char *path, const char *text, size_t len, struct keyring_file *out)
{
	struct reader r = { text, text + len, 1 };
	struct keyring_file f = { .count = 0 };
	enum status st;
	int ok = 0;

	st = read_lines(&r, &f, &ok);
	if (st == ST_OK && !ok)
		st = fail(ST_INTEGRITY,
		    "%s: line %zu is damaged: restore the keyring from a "
		    "backup",
		    path, r.line);
	if (st != ST_OK)
		keyring_file_release(&f);
	else
		*out = f;
	return st;
}

static void add_hex(struct buf *out, const uint8_t *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_addf(out, "%02x", bytes[i]);
}

void keyring_file_add(const struct keyring_file *f, struct buf *out)
{
	const struct keyring_entry *e;
	size_t i;

	buf_adds(out, HEAD "\nkdf ");
	switch (f->source) {
	case KEYRING_KEY_FILE: buf_adds(out, "none"); break;
	case KEYRING_PASSPHRASE_FILE:
		buf_addf(out, "argon2id %u %u %u", f->cost.passes, f->cost.kib,
		    f->cost.lanes);
		break;
	}
	buf_adds(out, "\nsalt ");
	add_hex(out, f->salt, sizeof(f->salt));
	buf_adds(out, "\ncheck ");
	add_hex(out, f->check, sizeof(f->check));
	buf_addc(out, '\n');
	for (i = 0; i < f->count; i++) {
		e = &f->entries[i];
		buf_addf(out, "key %s %s ", e->name, aead_name(e->algorithm));
		add_hex(out, e->id, sizeof(e->id));
		buf_addc(out, ' ');
		add_hex(out, e->wrapped, sizeof(e->wrapped));
		buf_addc(out, '\n');
	}
}

void keyring_file_add_mac(const uint8_t mac[SHA256_LEN], struct buf *out)
{
	buf_adds(out, "mac ");
	add_hex(out, mac, SHA256_LEN);
	buf_addc(out, '\n');
}

/* ---- entries ---- */

struct keyring_entry *keyring_file_find(
    const struct keyring_file *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		if (strcmp(f->entries[i].name, name) == 0)
			return &f->entries[i];
	return NULL;
}

struct keyring_entry *keyring_file_append(
    struct keyring_file *f, const char *name)
{
	struct keyring_entry *e;

	e = reallocarray(f->entries, f->count + 1, sizeof(*e));
	if (e == NULL)
		return NULL;
	f->entries = e;
	e += f->count;
	*e = (struct keyring_entry){ .name = strdup(name) };
	if (e->name == NULL)
		return NULL;
	f->count++;
	return e;
}

static void release_entry(struct keyring_entry *e)
{
	secret_free(e->secret);
	free(e->name);
}

void keyring_file_remove(struct keyring_file *f, struct keyring_entry *e)
{
	size_t behind = (size_t)(f->entries + f->count - (e + 1));

	release_entry(e);
	memmove(e, e + 1, behind * sizeof(*e));
	f->count--;
}

void keyring_file_release(struct keyring_file *f)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		release_entry(&f->entries[i]);
	free(f->entries);
	*f = (struct keyring_file){ .count = 0 };
}
