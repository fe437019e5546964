/*
 * The keyring: what is in the file, with its keys unwrapped in locked memory.
 * Whoever changes the file holds a lock on it and starts from what it says
 * then, so that two processes that each add a key both keep theirs.
 */
#include "engine/store/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/crypto/crypto.h"
#include "engine/crypto/random.h"
#include "engine/store/keyring_internal.h"

struct keyring {
	char *path;
	struct secret_key *wrap; /* wraps keys */
	struct secret_key *mac;  /* authenticates the file */
	struct keyring_file file;
};

/* ---- the file ---- */

static enum status fail_errno(const char *path)
{
	if (errno == ENOENT)
		return fail(ST_NOTFOUND,
		    "%s: there is no keyring: type lethe init, or restore it "
		    "from a backup",
		    path);
	if (errno == EEXIST)
		return fail(ST_CONFLICT, "%s: a keyring exists already", path);
	return fail(ST_IO, "keyring %s: %s", path, strerror(errno));
}

/* Lock ${path} (LOCK_SH or LOCK_EX) and keep it open.  It may have been
 * replaced while we waited: then the lock is on a file that is gone. */
static enum status lock(const char *path, int how, int *out)
{
	int fd, mode = how == LOCK_EX ? O_RDWR : O_RDONLY;
	struct stat here, there;
	enum status st;

	for (;;) {
		if ((fd = open(path, mode | O_CLOEXEC)) < 0)
			return fail_errno(path);
		while (flock(fd, how) != 0)
			if (errno != EINTR)
				goto failed;
		if (fstat(fd, &here) != 0 || stat(path, &there) != 0)
			goto failed;
		if (here.st_ino == there.st_ino && here.st_dev == there.st_dev)
			break;
		(void)close(fd);
	}
	*out = fd;
	return ST_OK;
failed:
	st = fail_errno(path);
	(void)close(fd);
	return st;
}

static enum status make_mac(const struct secret_key *key, const char *text,
    size_t len, uint8_t mac[SHA256_LEN])
{
	return hmac_sha256(secret_bytes(key), SECRET_LEN, text, len, mac);
}

/* The whole text of ${f}, authenticated. */
static enum status write_text(
    const struct keyring *k, const struct keyring_file *f, struct buf *out)
{
	uint8_t mac[SHA256_LEN];
	enum status st;

	keyring_file_add(f, out);
	if ((st = buf_status(out)) != ST_OK)
		return st;
	st = make_mac(k->mac, buf_text(out), out->len, mac);
	if (st != ST_OK)
		return st;
	keyring_file_add_mac(mac, out);
	return buf_status(out);
}

/* ---- keys ---- */

/* The keys that the key-encryption key stands for, and the public one. */
static enum status derive(struct keyring *k, const struct secret_key *kek,
    const struct keyring_file *f, uint8_t check[KEYRING_CHECK])
{
	struct secret_key *public = NULL;
	enum status st;

	st = secret_derive(
	    kek, "lethe keyring wrap", f->salt, sizeof(f->salt), &k->wrap);
	if (st == ST_OK)
		st = secret_derive(kek, "lethe keyring mac", f->salt,
		    sizeof(f->salt), &k->mac);
	if (st == ST_OK)
		st = secret_derive(kek, "lethe keyring check", f->salt,
		    sizeof(f->salt), &public);
	if (st == ST_OK)
		memcpy(check, secret_bytes(public), KEYRING_CHECK);
	secret_free(public);
	return st;
}

static enum status check_mac(const struct keyring *k,
    const struct keyring_file *f, const struct buf *text)
{
	uint8_t mac[SHA256_LEN];
	enum status st;

	st = make_mac(k->mac, buf_text(text), f->covered, mac);
	if (st == ST_OK && !secret_equal(mac, f->mac, sizeof(mac)))
		st = fail(ST_INTEGRITY,
		    "%s was changed since it was written: restore the "
		    "keyring from a backup",
		    k->path);
	return st;
}

/* What ${old} holds of ${e}, unwrapped; NULL if nothing. */
static struct keyring_entry *known(
    const struct keyring_file *old, const struct keyring_entry *e)
{
	struct keyring_entry *was = keyring_file_find(old, e->name);

	if (was && memcmp(was->wrapped, e->wrapped, SECRET_WRAPPED) == 0)
		return was;
	return NULL;
}

/* Unwrap what is new in ${f}; the rest moves over from the keyring, so that
 * what keyring_find() gave out stays where it is. */
static enum status take_secrets(struct keyring *k, struct keyring_file *f)
{
	struct keyring_entry *e, *was;
	enum status st;
	size_t i;

	for (i = 0; i < f->count; i++) {
		e = &f->entries[i];
		if (known(&k->file, e))
			continue;
		st = secret_unwrap(k->wrap, e->wrapped, &e->secret);
		if (st != ST_OK)
			return st;
	}
	for (i = 0; i < f->count; i++) {
		e = &f->entries[i];
		if (e->secret)
			continue;
		was = known(&k->file, e);
		e->secret = was->secret;
		was->secret = NULL;
	}
	return ST_OK;
}

/* Take over what ${f} holds; on failure it is released and ${k} as it was. */
static enum status adopt(
    struct keyring *k, struct keyring_file *f, const struct buf *text)
{
	enum status st;

	if ((st = check_mac(k, f, text)) == ST_OK)
		st = take_secrets(k, f);
	if (st == ST_OK) {
		keyring_file_release(&k->file);
		k->file = *f;
	} else {
		keyring_file_release(f);
	}
	return st;
}

static enum status fill_entry(const struct keyring *k, struct keyring_entry *e,
    enum aead_algorithm algorithm)
{
	enum status st;

	e->algorithm = algorithm;
	if ((st = random_bytes(e->id, sizeof(e->id))) != ST_OK ||
	    (st = secret_random(&e->secret)) != ST_OK)
		return st;
	return secret_wrap(k->wrap, e->secret, e->wrapped);
}

/* ---- opening ---- */

static enum status new_keyring(const char *path, struct keyring **out)
{
	struct keyring *k;
	enum status st;

	if ((st = crypto_init()) != ST_OK)
		return st;
	if ((k = calloc(1, sizeof(*k))) == NULL ||
	    (k->path = strdup(path)) == NULL) {
		free(k);
		return fail(ST_NOMEM, "out of memory");
	}
	*out = k;
	return ST_OK;
}

/* Under another name first: whoever finds ${path} finds all of it. */
static enum status write_first(const struct keyring *k)
{
	struct buf text = BUF_INIT;
	enum status st;
	char *tmp;

	if ((tmp = str_format("%s.%ld.new", k->path, (long)getpid())) == NULL)
		return fail(ST_NOMEM, "out of memory");
	(void)unlink(tmp);
	if ((st = write_text(k, &k->file, &text)) == ST_OK)
		st = file_create(tmp, text.data, text.len, 0600);
	if (st == ST_OK && link(tmp, k->path) != 0)
		st = fail_errno(k->path);
	(void)unlink(tmp);
	if (st == ST_OK)
		st = file_sync_folder(k->path);
	buf_release(&text);
	free(tmp);
	return st;
}

enum status keyring_create(
    const char *path, const struct keyring_unlock *u, struct keyring **out)
{
	struct secret_key *kek = NULL;
	struct keyring *k;
	enum status st;

	if (file_exists(path)) { /* before the passphrase takes its time */
		errno = EEXIST;
		return fail_errno(path);
	}
	if ((st = new_keyring(path, &k)) != ST_OK)
		return st;
	k->file.source = u->source;
	k->file.cost = (struct argon2_cost)ARGON2_DEFAULT;
	st = random_bytes(k->file.salt, sizeof(k->file.salt));
	if (st == ST_OK)
		st = keyring_unlock(u, &k->file, &kek);
	if (st == ST_OK)
		st = derive(k, kek, &k->file, k->file.check);
	if (st == ST_OK)
		st = write_first(k);
	secret_free(kek);
	if (st != ST_OK)
		keyring_free(k);
	else
		*out = k;
	return st;
}

static enum status unlock(struct keyring *k, const struct keyring_unlock *u,
    const struct keyring_file *f)
{
	struct secret_key *kek = NULL;
	uint8_t check[KEYRING_CHECK];
	enum status st;

	if (f->source != u->source)
		return fail(ST_INVALID,
		    "%s is locked by a %s: say so in lethe.yml", k->path,
		    f->source == KEYRING_KEY_FILE ? "key file" : "passphrase");
	if ((st = keyring_unlock(u, f, &kek)) != ST_OK)
		return st;
	st = derive(k, kek, f, check);
	secret_free(kek);
	if (st == ST_OK && !secret_equal(check, f->check, sizeof(check)))
		st = fail(ST_INTEGRITY,
		    "%s does not open %s: it is not what the keyring was "
		    "locked with, or the keyring was changed",
		    u->path, k->path);
	return st;
}

static enum status read_file(
    const struct keyring *k, struct buf *text, struct keyring_file *f)
{
	enum status st;

	st = file_read(k->path, KEYRING_MOST, text);
	if (st == ST_OK)
		st = keyring_file_parse(k->path, text->data, text->len, f);
	return st;
}

enum status keyring_open(
    const char *path, const struct keyring_unlock *u, struct keyring **out)
{
	struct keyring_file f = { .count = 0 };
	struct buf text = BUF_INIT;
	struct keyring *k;
	enum status st;
	int fd;

	if ((st = new_keyring(path, &k)) != ST_OK)
		return st;
	if ((st = lock(path, LOCK_SH, &fd)) == ST_OK) {
		st = read_file(k, &text, &f);
		(void)close(fd);
	}
	if (st == ST_OK && (st = unlock(k, u, &f)) != ST_OK)
		keyring_file_release(&f);
	else if (st == ST_OK)
		st = adopt(k, &f, &text);
	buf_release(&text);
	if (st != ST_OK)
		keyring_free(k);
	else
		*out = k;
	return st;
}

void keyring_free(struct keyring *k)
{
	if (k == NULL)
		return;
	keyring_file_release(&k->file);
	secret_free(k->wrap);
	secret_free(k->mac);
	free(k->path);
	free(k);
}

const char *keyring_name(const struct keyring *k, size_t i)
{
	return i < k->file.count ? k->file.entries[i].name : NULL;
}

enum status keyring_find(
    const struct keyring *k, const char *name, struct keyring_key *out)
{
	const struct keyring_entry *e = keyring_file_find(&k->file, name);

	if (e == NULL)
		return fail(
		    ST_NOTFOUND, "%s holds no key for %s", k->path, name);
	memcpy(out->id, e->id, sizeof(out->id));
	out->algorithm = e->algorithm;
	out->secret = e->secret;
	return ST_OK;
}

/* ---- changing ---- */

/* Lock the file, and take over what others changed. */
static enum status read_again(struct keyring *k, int how, int *fd)
{
	struct keyring_file f = { .count = 0 };
	struct buf text = BUF_INIT;
	enum status st;

	if ((st = lock(k->path, how, fd)) != ST_OK)
		return st;
	if ((st = read_file(k, &text, &f)) == ST_OK)
		st = adopt(k, &f, &text);
	buf_release(&text);
	if (st != ST_OK)
		(void)close(*fd);
	return st;
}

enum status keyring_refresh(struct keyring *k)
{
	enum status st;
	int fd;

	if ((st = read_again(k, LOCK_SH, &fd)) == ST_OK)
		(void)close(fd);
	return st;
}

enum status keyring_again(const struct keyring *k, struct keyring **out)
{
	struct keyring *again;
	enum status st;

	if ((st = new_keyring(k->path, &again)) != ST_OK)
		return st;
	st = secret_new(secret_bytes(k->wrap), &again->wrap);
	if (st == ST_OK)
		st = secret_new(secret_bytes(k->mac), &again->mac);
	if (st == ST_OK)
		st = keyring_refresh(again);
	if (st != ST_OK)
		keyring_free(again);
	else
		*out = again;
	return st;
}

static enum status write_change(const struct keyring *k)
{
	struct buf text = BUF_INIT;
	enum status st;

	if ((st = write_text(k, &k->file, &text)) == ST_OK)
		st = file_replace(k->path, text.data, text.len, 0600);
	buf_release(&text);
	return st;
}

/* Overwrite the file that ${fd} still has after its name went to a new one.
 * It reaches what the file system and the medium overwrite in place. */
static enum status wipe(int fd, const char *path)
{
	static const char zeros[4096];
	struct stat sb;
	off_t at, left;
	ssize_t n;

	if (fstat(fd, &sb) != 0)
		return fail_errno(path);
	for (at = 0; at < sb.st_size; at += n) {
		left = sb.st_size - at;
		n = pwrite(fd, zeros,
		    left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros),
		    at);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return fail_errno(path);
	}
	return fsync(fd) == 0 ? ST_OK : fail_errno(path);
}

enum status keyring_add(
    struct keyring *k, const char *name, enum aead_algorithm algorithm)
{
	struct keyring_entry *e = NULL;
	enum status st;
	int fd;

	if ((st = read_again(k, LOCK_EX, &fd)) != ST_OK)
		return st;
	if (keyring_file_find(&k->file, name))
		st = fail(ST_CONFLICT, "%s holds a key for %s already", k->path,
		    name);
	else if ((e = keyring_file_append(&k->file, name)) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	else
		st = fill_entry(k, e, algorithm);
	if (st == ST_OK)
		st = write_change(k);
	/* A key that is not in the file must not come into use. */
	if (st != ST_OK && e)
		keyring_file_remove(&k->file, e);
	(void)close(fd);
	return st;
}

/* Without those of ${names} that it has; how many they are. */
static size_t take_out(
    struct keyring *k, const char *const *names, size_t count)
{
	struct keyring_entry *e;
	size_t taken = 0, i;

	for (i = 0; i < count; i++) {
		if ((e = keyring_file_find(&k->file, names[i])) == NULL)
			continue;
		keyring_file_remove(&k->file, e);
		taken++;
	}
	return taken;
}

enum status keyring_destroy_all(
    struct keyring *k, const char *const *names, size_t count)
{
	enum status st;
	int fd;

	if ((st = read_again(k, LOCK_EX, &fd)) != ST_OK)
		return st;
	/* Should the file not be written, the next change reads the keys from
	 * it again. */
	if (take_out(k, names, count) > 0) {
		st = write_change(k);
		if (st == ST_OK)
			st = wipe(fd, k->path);
	}
	(void)close(fd);
	return st;
}

enum status keyring_destroy(struct keyring *k, const char *name)
{
	struct keyring_key key;
	enum status st;

	if ((st = keyring_refresh(k)) != ST_OK ||
	    (st = keyring_find(k, name, &key)) != ST_OK)
		return st;
	return keyring_destroy_all(k, &name, 1);
}
