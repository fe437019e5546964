/*
 * Times of records: any form that people write comes in, one form is stored,
 * so that what a column holds compares as time.
 */
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/number.h"
#include "engine/records/column.h"
#include "engine/records/shape.h"

static enum status refuse_time(const struct cell *cell, const char *expected)
{
	char found[SHAPE_TEXT];

	shape_of_time(cell, found);
	return fail(ST_INVALID, "found %s, expected %s", found, expected);
}

#define TIMES                                               \
	"YYYY-MM-DD, YYYY-MM-DDTHH:MM:SSZ or with +HH:MM, " \
	"YYYY-MM-DD HH:MM:SS in UTC, or Unix seconds"

/*
 * Digits alone are Unix seconds; but a date without its hyphens, or a year,
 * would then be an hour of 1970, and due for deletion at once.
 */
static int looks_like_date(const struct cell *cell)
{
	const char *p = cell->text;
	char date[10];
	int32_t day;
	int64_t n;

	if (cell->len != 4 && cell->len != 8)
		return 0;
	if (number_int(p, 4, &n) != ST_OK || n < 1900 || n > 2199)
		return 0;
	if (cell->len == 4)
		return 1;
	memcpy(date, p, 4);
	date[4] = date[7] = '-';
	memcpy(date + 5, p + 4, 2);
	memcpy(date + 8, p + 6, 2);
	if (civil_parse(date, sizeof(date), &day) == ST_OK)
		return 1;
	status_clear();
	return 0;
}

/* A column of numbers compares as time only if all of it is Unix seconds. */
static enum status read_seconds(
    const struct cell *cell, const struct when *when, struct val *out)
{
	if (when->kind != WHEN_INSTANT || memchr(cell->text, '.', cell->len))
		return refuse_time(cell,
		    "Unix seconds or a whole instant, because the column "
		    "holds numbers");
	*out = INT(when->seconds);
	return ST_OK;
}

/* 1 if ${cell} is what when_canonical() would write: the usual case. */
static int is_canonical(const struct cell *cell, const struct when *when)
{
	const char *p = cell->text;

	if (when->kind == WHEN_DATE)
		return cell->len == 10;
	return cell->len == 20 && p[10] == 'T' && p[17] != '6' && p[19] == 'Z';
}

enum status column_read_time(
    struct column *col, const struct cell *cell, struct val *out)
{
	struct when when;

	if ((cell->kind != CELL_TEXT && cell->kind != CELL_NUMBER) ||
	    when_parse(cell->text, cell->len, &when) != ST_OK)
		return refuse_time(cell, TIMES);
	if (looks_like_date(cell))
		return refuse_time(
		    cell, "a date with hyphens: write it as YYYY-MM-DD");
	if (col->kind == COLUMN_INTEGER || col->kind == COLUMN_REAL)
		return read_seconds(cell, &when, out);
	if (is_canonical(cell, &when)) {
		*out = (struct val){
			.type = VAL_TEXT, .p = cell->text, .n = cell->len
		};
		return ST_OK;
	}
	if (when_canonical(cell->text, cell->len, col->when) != ST_OK)
		return refuse_time(cell, TIMES);
	*out = TEXT(col->when);
	return ST_OK;
}
