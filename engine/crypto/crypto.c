/*
 * Getting libgcrypt ready, in the only order that its manual allows: version,
 * secure memory, INITIALIZATION_FINISHED.
 */
#include "engine/crypto/crypto.h"

#include <pthread.h>

#include "engine/crypto/gcry.h"

/* 1.10 brought Argon2; what we were tried with. */
#define OLDEST "1.10.0"

/*
 * Secrets and cipher contexts lie in locked memory.  An open store has some 7
 * KB there, so this holds a few hundred; then libgcrypt adds blocks that it may
 * not be allowed to lock (RLIMIT_MEMLOCK), which is better than to stop
 * working.
 */
#define SECURE_BYTES (2 << 20)

enum status gcry_status(const char *what, gcry_error_t e)
{
	if (e == 0)
		return ST_OK;
	if (gcry_err_code(e) == GPG_ERR_ENOMEM)
		return fail(ST_NOMEM, "out of memory");
	return fail(
	    ST_CRYPTO, "%s: libgcrypt says: %s", what, gcry_strerror(e));
}

static enum status init(void)
{
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
		return fail(ST_CRYPTO,
		    "libgcrypt was set up by another library in this program: "
		    "call crypto_init() first");
	if (!gcry_check_version(OLDEST))
		return fail(ST_CRYPTO,
		    "libgcrypt %s is too old: install " OLDEST " or newer",
		    gcry_check_version(NULL));
	/* It would write to stderr where memory cannot be locked. */
	gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
	gcry_control(GCRYCTL_INIT_SECMEM, SECURE_BYTES, 0);
	gcry_control(GCRYCTL_AUTO_EXPAND_SECMEM, SECURE_BYTES);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	return ST_OK;
}

enum status crypto_init(void)
{
	/* Process-wide because the library is. */
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	static int ready;
	enum status st = ST_OK;

	(void)pthread_mutex_lock(&mutex);
	if (!ready && (st = init()) == ST_OK)
		ready = 1;
	(void)pthread_mutex_unlock(&mutex);
	return st;
}
