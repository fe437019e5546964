/* TZif files as strangers write them: no file may crash or hang, and what is
 * accepted must answer without contradicting itself. */
#include <assert.h>
#include <stdlib.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const int64_t instants[] = { INT64_MIN, -(INT64_C(1) << 59),
	-62135596800, -2208988800, -1, 0, 1, 951782400, 1772391600,
	INT64_C(1) << 32, 253402300799, INT64_C(1) << 59, INT64_MAX };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[ZONE_TEXT];
	struct zone *z;

	if (zone_parse("Fuzz/Zone", data, len, &z) != ST_OK)
		return 0;
	for (size_t i = 0; i < sizeof(instants) / sizeof(instants[0]); i++) {
		int32_t offset = zone_offset(z, instants[i]);
		int32_t day = zone_day(z, instants[i]);
		int64_t midnight = zone_midnight(z, day);

		assert(abs(offset) < 27 * 3600);
		/* Days end where 32 bits do. */
		if (instants[i] > INT64_C(1) << 40 ||
		    instants[i] < -(INT64_C(1) << 40))
			continue;
		assert(zone_day(z, midnight) >= day);
		assert(zone_day(z, midnight - 1) < day);
		assert(zone_midnight(z, day - 1) <= midnight);
		zone_format(z, instants[i], text);
		assert(text[ZONE_TEXT - 1] == '\0' && text[10] == 'T');
	}
	zone_free(z);
	return 0;
}
