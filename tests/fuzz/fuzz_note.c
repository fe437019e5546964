/* Notes, checkpoints, verifier keys and proofs that come from outside. */
#include <stdlib.h>
#include <string.h>

#include "engine/audit/note.h"
#include "engine/audit/proof.h"
#include "engine/crypto/crypto.h"

#define VKEY                                                             \
	"audit.example.com/purge-log+c4dbe1ad+AQOhB7/zzhC+HXDdGOdLwJln5" \
	"NYwm6UNXx3chmQSVTG4"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct note_key key, other;
	struct checkpoint c;
	char *text = malloc(size + 1);
	uint64_t index;

	if (text == NULL || crypto_init() != ST_OK ||
	    note_key_parse(VKEY, &key) != ST_OK)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (note_key_parse(text, &other) == ST_OK)
		(void)(checkpoint_open(&other, text, size, &c) == ST_OK);
	(void)(checkpoint_open(&key, text, size, &c) == ST_OK);
	(void)(proof_check(&key, text, size, "x", 1, &index) == ST_OK);
	free(text);
	return 0;
}
