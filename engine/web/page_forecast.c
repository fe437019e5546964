/* What each rule will delete in the next thirteen weeks. */
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/when.h"
#include "engine/base/zone.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

#define WEEKS  (ERRAND_DAYS / 7)
#define HEIGHT 100 /* of the chart, in its own units */
#define WIDTH  100 /* of the longest bar in the table */

static long long sum_weeks(
    const json_t *days, int32_t first, long long weeks[WEEKS])
{
	const json_t *day;
	const char *text;
	long long most = 0;
	int32_t date;
	size_t i, k;

	memset(weeks, 0, sizeof(*weeks) * WEEKS);
	json_array_foreach(days, i, day)
	{
		text = json_text(day, "date");
		if (civil_parse(text, strlen(text), &date) != ST_OK ||
		    date < first)
			continue;
		k = (size_t)(date - first) / 7;
		weeks[k < WEEKS ? k : WEEKS - 1] += json_int(day, "records");
	}
	for (i = 0; i < WEEKS; i++)
		most = weeks[i] > most ? weeks[i] : most;
	return most;
}

/* A bar of ${n} where the longest is of ${most}: whatever is there shows. */
static json_int_t bar(long long n, long long most, int longest)
{
	return most ? (json_int_t)((n * longest + most - 1) / most) : 0;
}

/* [{"from_date","records","x","y","height"}]: thirteen bars of a chart that is
 * 130 wide and HEIGHT high. */
static enum status weeks_json(const json_t *days, int32_t first, json_t **out)
{
	long long weeks[WEEKS], most = sum_weeks(days, first, weeks);
	char from[CIVIL_TEXT];
	json_t *list = NULL, *one = NULL;
	enum status st = json_made(json_array(), &list);

	for (int i = 0; st == ST_OK && i < WEEKS; i++) {
		json_int_t height = bar(weeks[i], most, HEIGHT);

		civil_format(first + 7 * i, from);
		st = json_make(&one, "{s:s, s:I, s:i, s:I, s:I}", "from_date",
		    from, "records", (json_int_t)weeks[i], "x", i * 10, "y",
		    HEIGHT - height, "height", height);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

/* Each cluster's sum beside the largest, as a bar. */
static enum status put_bars(const json_t *clusters)
{
	enum status st = ST_OK;
	long long most = 0, total;
	json_t *c;
	size_t i;

	json_array_foreach(clusters, i, c)
	{
		total = json_int(c, "total");
		most = total > most ? total : most;
	}
	json_array_foreach(clusters, i, c)
	{
		(void)json_object_del(c, "days");
		if (st == ST_OK)
			st = json_put(c, "width",
			    json_integer(
				bar(json_int(c, "total"), most, WIDTH)));
	}
	return st;
}

static enum status put_chart(struct exchange *x, json_t *forecast)
{
	json_t *all = json_object_get(forecast, "all"), *weeks = NULL;
	const char *text = json_text(forecast, "as_of");
	struct when as_of = { .seconds = 0 };
	enum status st = when_parse(text, strlen(text), &as_of);

	if (st == ST_OK)
		st = weeks_json(json_object_get(all, "days"),
		    zone_day(x->in->zone, as_of.seconds), &weeks);
	if (st == ST_OK)
		st = json_put(forecast, "weeks", weeks);
	(void)json_object_del(all, "days");
	return st == ST_OK ? put_bars(json_object_get(forecast, "clusters"))
			   : st;
}

enum status page_forecast(struct exchange *x)
{
	json_t *forecast;
	enum status st;

	st = errands_read(x->site->errands, ERRAND_FORECAST, NULL, &x->data);
	if (st != ST_OK)
		return st;
	forecast =
	    json_object_get(json_object_get(x->data, "last"), "forecast");
	return forecast ? put_chart(x, forecast) : ST_OK;
}

enum status do_forecast(struct exchange *x)
{
	const struct errand_order order = { .what = ERRAND_FORECAST,
		.actor = x->session.user,
		.role = page_role(x),
		.at = x->now };
	enum status st = errands_begin(x->site->errands, &order);

	if (st != ST_OK)
		return st;
	errands_wait(x->site->errands, ERRAND_FORECAST, 2000);
	st = exchange_go(x, "/forecast");
	return st == ST_OK ? page_forecast(x) : st;
}
