/* libcurl, made ready once. */
#include "engine/send/curl_ready.h"

#include <curl/curl.h>
#include <pthread.h>

static void begin(void) { (void)curl_global_init(CURL_GLOBAL_DEFAULT); }

void curl_ready(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, begin);
}
