/* The data of whoever a request is about. */
#include "engine/package/package.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

#define ROWS 50

/* {"name": value} as [{"field","text"}], which a page can go through. */
static enum status put_fields(json_t *record)
{
	const json_t *values = json_object_get(record, "values"), *v;
	json_t *list = NULL, *one = NULL;
	const char *name;
	enum status st = json_made(json_array(), &list);
	char *text;

	json_object_foreach((json_t *)(uintptr_t)values, name, v)
	{
		if (st != ST_OK)
			break;
		text = json_is_string(v)
			   ? NULL
			   : json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
		st = json_make(&one, "{s:s, s:s?}", "field", name, "text",
		    text ? text : json_string_value(v));
		free(text);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	(void)json_object_del(record, "values");
	return st == ST_OK ? json_put(record, "fields", list) : st;
}

/* Of ${records} those of page ${number}; ${*shown} grows by them. */
static enum status cut(
    const struct exchange *x, json_t *records, int64_t number, int64_t *shown)
{
	size_t from = (size_t)(number - 1) * ROWS, i;
	enum status st = ST_OK;
	json_t *r;

	for (i = json_array_size(records); i > from + ROWS; i--)
		(void)json_array_remove(records, i - 1);
	for (i = 0; i < from && json_array_size(records) > 0; i++)
		(void)json_array_remove(records, 0);
	*shown += (int64_t)json_array_size(records);
	json_array_foreach(records, i, r)
	{
		if (st == ST_OK && !x->wants_json)
			st = put_fields(r);
	}
	return st;
}

/* ${chosen} with a page of each collection's records; ${*most}: how many the
 * largest has. */
static enum status put_chosen(struct exchange *x, json_t *chosen,
    int64_t number, int64_t *most, int64_t *shown)
{
	enum status st = ST_OK;
	json_t *one, *records;
	int64_t count;
	size_t i;

	json_array_foreach(json_object_get(chosen, "collections"), i, one)
	{
		records = json_object_get(one, "records");
		count = (int64_t)json_array_size(records);
		*most = count > *most ? count : *most;
		if (st == ST_OK)
			st = json_put(one, "count", json_integer(count));
		if (st == ST_OK)
			st = cut(x, records, number, shown);
	}
	return st;
}

static int64_t records_of(const json_t *cluster)
{
	const json_t *one;
	int64_t count = 0;
	size_t i;

	json_array_foreach(json_object_get(cluster, "collections"), i, one)
	    count += (int64_t)json_array_size(json_object_get(one, "records"));
	return count;
}

/* Which clusters there are; only the one that is looked at comes with its
 * records. */
static enum status choose(
    struct exchange *x, int64_t which, json_t *all, json_t **out)
{
	json_t *cluster, *list = NULL, *one = NULL;
	enum status st = json_made(json_array(), &list);
	size_t i;

	*out = NULL;
	json_array_foreach(all, i, cluster)
	{
		if (st == ST_OK)
			st = json_make(&one, "{s:I, s:O, s:O, s:I, s:b}",
			    "place", (json_int_t)i + 1, "cluster",
			    json_object_get(cluster, "cluster"), "title",
			    json_object_get(cluster, "title"), "records",
			    (json_int_t)records_of(cluster), "here",
			    which == (int64_t)i + 1);
		if (st == ST_OK)
			st = json_push(list, one);
		if (which == (int64_t)i + 1)
			*out = json_incref(cluster);
	}
	return st == ST_OK ? json_put(x->data, "clusters", list) : st;
}

static enum status show(struct exchange *x, int64_t which, int64_t number)
{
	json_t *all = json_incref(json_object_get(x->data, "clusters"));
	json_t *chosen = NULL, *paging = NULL;
	int64_t most = 0, shown = 0;
	enum status st = choose(x, which, all, &chosen);

	if (st == ST_OK && chosen)
		st = put_chosen(x, chosen, number, &most, &shown);
	if (st == ST_OK)
		st = json_put(x->data, "cluster",
		    chosen ? json_incref(chosen) : json_null());
	if (st == ST_OK)
		st = page_paging(number, ROWS, most, &paging);
	if (st == ST_OK)
		st = json_put(x->data, "paging", paging);
	if (st == ST_OK)
		st = json_put(x->data, "number", json_integer(which));
	if (st == ST_OK)
		st = x->site->auth->look(x->site->auth->ctx, x->in, &x->session,
		    x->id, shown, x->now);
	json_decref(chosen);
	json_decref(all);
	return st;
}

/* The log has who looked before anything is shown; unusual reading is an
 * alert. */
enum status page_data(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);
	int64_t which = 1, number = 1;
	enum status st = page_number(x, "cluster", 1, 1000000, &which);

	if (st == ST_OK)
		st = page_number(x, "page", 1, 1000000, &number);
	if (st == ST_OK &&
	    (st = package_data(x->in, &by, x->id, &x->data)) == ST_USAGE)
		x->status = 404;
	return st == ST_OK ? show(x, which, number) : st;
}
