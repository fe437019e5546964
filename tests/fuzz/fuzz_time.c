/* Times, dates and periods as strangers write them: no text may crash, and
 * what is read must read back the same. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/period.h"
#include "engine/base/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void try_when(const char *text, size_t len)
{
	char canonical[WHEN_TEXT], again[WHEN_TEXT];
	struct when w, same;

	if (when_parse(text, len, &w) != ST_OK) {
		assert(when_canonical(text, len, canonical) != ST_OK);
		return;
	}
	assert(when_canonical(text, len, canonical) == ST_OK);
	assert(strlen(canonical) < WHEN_TEXT);
	assert(when_parse(canonical, strlen(canonical), &same) == ST_OK);
	assert(same.kind == w.kind && same.day == w.day &&
	       same.seconds == w.seconds);
	assert(when_canonical(canonical, strlen(canonical), again) == ST_OK);
	assert(strcmp(canonical, again) == 0);
}

static void try_civil(const char *text, size_t len)
{
	char again[CIVIL_TEXT];
	int32_t day;

	if (civil_parse(text, len, &day) != ST_OK)
		return;
	civil_format(day, again);
	assert(len == strlen(again) && memcmp(text, again, len) == 0);
}

static void try_period(const char *text)
{
	struct period p, same;
	char again[PERIOD_TEXT];

	if (period_parse(text, &p) != ST_OK)
		return;
	assert(p.months >= 0 && p.days >= 0 && p.seconds >= 0);
	period_format(p, again);
	assert(period_parse(again, &same) == ST_OK);
	assert(same.months == p.months && same.days == p.days &&
	       same.seconds == p.seconds);
	assert(period_least_days(p) <= period_most_days(p));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = malloc(len ? len : 1); /* exact, so that a byte too far
					       shows */
	char *word = malloc(len + 1);

	assert(text && word);
	if (len > 0)
		memcpy(text, data, len);
	memcpy(word, text, len);
	word[len] = '\0';
	try_when(text, len);
	try_civil(text, len);
	try_period(word);
	free(text);
	free(word);
	return 0;
}
