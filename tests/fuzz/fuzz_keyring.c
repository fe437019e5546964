/* The keyring's text, as somebody else may have written it. */
#include <stdlib.h>
#include <string.h>

#include "engine/store/keyring_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What is accepted is written back as it was. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	struct keyring_file f;
	struct buf again = BUF_INIT;

	if (keyring_file_parse("keyring", text, len, &f) != ST_OK)
		return 0;
	keyring_file_add(&f, &again);
	if (again.len != f.covered || memcmp(again.data, text, f.covered) != 0)
		abort();
	buf_release(&again);
	keyring_file_release(&f);
	return 0;
}
