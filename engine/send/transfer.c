/* libcurl, set up once. */
#include "engine/send/transfer.h"

#include <pthread.h>

static void begin(void) { (void)curl_global_init(CURL_GLOBAL_DEFAULT); }

CURL *transfer_new(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, begin);
	return curl_easy_init();
}
