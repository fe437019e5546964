/*
 * Keys by number.  A file name with parameters shows in PRAGMA database_list,
 * in logs and in core dumps: so it carries a number that means nothing outside
 * this process, and the key waits here, in locked memory.
 */
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/vfs_internal.h"

/* Process-wide, as SQLite's VFS are: xOpen gets nothing but a name. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct vfs_key *keys;
static unsigned int last_handle;

enum status vfs_key_add(const struct secret_key *key,
    const uint8_t store_id[16], enum aead_algorithm alg, unsigned int *handle)
{
	struct vfs_key *k;
	enum status st;

	if (aead_name(alg) == NULL)
		return fail(ST_INVALID, "%d is not a known cipher", (int)alg);
	if ((k = calloc(1, sizeof(*k))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = secret_new(secret_bytes(key), &k->secret)) != ST_OK) {
		free(k);
		return st;
	}
	memcpy(k->store_id, store_id, sizeof(k->store_id));
	k->alg = alg;
	k->uses = 1;
	(void)pthread_mutex_lock(&mutex);
	*handle = k->handle = ++last_handle;
	k->next = keys;
	keys = k;
	(void)pthread_mutex_unlock(&mutex);
	return ST_OK;
}

/* With the mutex held. */
static struct vfs_key **find(unsigned long handle)
{
	struct vfs_key **at = &keys;

	while (*at && (*at)->handle != handle)
		at = &(*at)->next;
	return at;
}

static void put(struct vfs_key *k)
{
	if (--k->uses > 0)
		return;
	secret_free(k->secret);
	free(k);
}

void vfs_key_drop(unsigned int handle)
{
	struct vfs_key **at, *k;

	(void)pthread_mutex_lock(&mutex);
	at = find(handle);
	if ((k = *at) != NULL) {
		*at = k->next;
		put(k);
	}
	(void)pthread_mutex_unlock(&mutex);
}

struct vfs_key *vfs_key_take(const char *name)
{
	const char *text = sqlite3_uri_parameter(name, "key");
	struct vfs_key *k = NULL;
	unsigned long handle = 0;
	char *end = NULL;

	if (text && *text >= '1' && *text <= '9')
		handle = strtoul(text, &end, 10);
	if (end && *end == '\0' && handle <= UINT_MAX) {
		(void)pthread_mutex_lock(&mutex);
		if ((k = *find(handle)) != NULL)
			k->uses++;
		(void)pthread_mutex_unlock(&mutex);
	}
	if (k == NULL)
		status_say("%s: no key was given for it: open it through its "
			   "store",
		    vfs_base_name(name));
	return k;
}

void vfs_key_put(struct vfs_key *k)
{
	if (k == NULL)
		return;
	(void)pthread_mutex_lock(&mutex);
	put(k);
	(void)pthread_mutex_unlock(&mutex);
}
