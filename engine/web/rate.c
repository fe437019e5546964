/* How much one source may ask. */
#include "engine/web/rate.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 4096
#define SOURCE 8 /* bytes that a source is known by */

struct rate {
	pthread_mutex_t lock;
	struct {
		uint8_t source[SOURCE];
		int64_t since;
		int used;
	} places[PLACES];
};

enum status rate_new(struct rate **out)
{
	struct rate *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return fail(ST_NOMEM, "out of memory");
	(void)pthread_mutex_init(&r->lock, NULL);
	*out = r;
	return ST_OK;
}

void rate_free(struct rate *r)
{
	if (r)
		(void)pthread_mutex_destroy(&r->lock);
	free(r);
}

/* What is no address at all is one source. */
static void source_of(const char *address, uint8_t out[SOURCE])
{
	uint8_t bytes[16] = { 0 };

	if (inet_pton(AF_INET6, address, bytes) != 1)
		(void)inet_pton(AF_INET, address, bytes);
	memcpy(out, bytes, SOURCE);
}

static size_t place_of(const uint8_t source[SOURCE])
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < SOURCE; i++)
		h = (h ^ source[i]) * 16777619U;
	return h % PLACES;
}

enum status rate_take(
    struct rate *r, const char *address, int cost, int64_t now)
{
	uint8_t source[SOURCE];
	size_t i;
	int much;

	source_of(address, source);
	i = place_of(source);
	(void)pthread_mutex_lock(&r->lock);
	if (memcmp(r->places[i].source, source, SOURCE) != 0 ||
	    now - r->places[i].since >= RATE_SECONDS ||
	    now < r->places[i].since) {
		memcpy(r->places[i].source, source, SOURCE);
		r->places[i].since = now;
		r->places[i].used = 0;
	}
	much = r->places[i].used + cost > RATE_MOST;
	r->places[i].used += much ? 0 : cost;
	(void)pthread_mutex_unlock(&r->lock);
	return much ? fail(ST_BUSY, "this is too often: wait ten minutes")
		    : ST_OK;
}
