/* Certificates from outside, the entries of a pack, and what is made of them.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/certificate/certificate.h"
#include "engine/certificate/text.h"
#include "engine/certificate/words.h"
#include "engine/crypto/crypto.h"

#define VKEY                                                             \
	"audit.example.com/purge-log+c4dbe1ad+AQOhB7/zzhC+HXDdGOdLwJln5" \
	"NYwm6UNXx3chmQSVTG4"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_texts(const json_t *body)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; phrase_languages[i]; i++)
		if (text_write(body, "", phrase_languages[i], &b) != ST_OK)
			abort();
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *given = json_loadb((const char *)data, size, 0, NULL);
	json_t *facts = NULL, *body = NULL;
	struct checkpoint c;
	struct note_key key;

	if (crypto_init() != ST_OK || note_key_parse(VKEY, &key) != ST_OK)
		abort();
	if (certificate_check(&key, (const char *)data, size, &c, &body) ==
	    ST_OK)
		json_decref(body);
	if (certificate_of_run.facts(given, &facts) == ST_OK) {
		write_texts(facts);
		json_decref(facts);
	}
	write_texts(given);
	json_decref(given);
	return 0;
}
