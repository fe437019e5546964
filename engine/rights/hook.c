/* Webhooks of recipients. */
#include "engine/rights/hook.h"

#include <string.h>

#include "engine/base/file.h"
#include "engine/send/webhook.h"

#define SECONDS 30   /* for one attempt */
#define LONGEST 4096 /* of a file of secrets */

enum status hook_send(const struct installation *in, const char *name,
    const char *id, const char *body, int64_t at, int *done)
{
	const struct config_recipient *to =
	    config_find_recipient(&in->config, name);
	enum webhook_answer answer = WEBHOOK_ACCEPTED;
	struct buf secrets = BUF_INIT;
	struct webhook w;
	enum status st;

	if (to == NULL || to->webhook == NULL)
		return fail(ST_DENIED,
		    "lethe.yml has no webhook for the recipient any more: give "
		    "it one, or `lethe recipient confirm` or `waive`");
	st = file_read(to->secret_file, LONGEST, &secrets);
	if (st == ST_OK) {
		w = (struct webhook){ .url = to->webhook,
			.ca_file = to->ca_file,
			.inner = to->inner,
			.secrets = buf_text(&secrets),
			.id = id,
			.at = at,
			.seconds = SECONDS };
		st = webhook_send(&w, body, strlen(body), &answer);
	}
	*done = st == ST_OK && answer == WEBHOOK_DONE;
	if (secrets.data)
		explicit_bzero(secrets.data, secrets.size);
	buf_release(&secrets);
	return st;
}
