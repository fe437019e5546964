/* A person's data by cluster, for whoever works on the request. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/zone.h"
#include "engine/package/exports.h"
#include "engine/package/facts.h"
#include "engine/package/package.h"
#include "engine/plan/policy_words.h"

struct look {
	struct collection_set set;
	json_t **files; /* of the collections, read back */
	json_t *clusters;
};

/* ---- may it be? ---- */

/* Nobody is shown anything of somebody who may be somebody else. */
static enum status may_be(struct installation *in,
    const struct rights_actor *by, const char *id, struct request *out)
{
	struct step s = { 0 };
	enum status st = step_begin(&s, in, by, id);

	if (in->control)
		db_rollback(in->control);
	if (st == ST_OK && s.r.state != REQUEST_IN_PROGRESS &&
	    s.r.state != REQUEST_AWAITING_APPROVAL)
		st = fail(ST_DENIED,
		    "%s is %s: the person's data is shown while somebody works "
		    "on the request of a person who was verified",
		    id, request_state_name(s.r.state));
	if (st == ST_OK)
		*out = s.r;
	else
		request_release(&s.r);
	return st;
}

/* ---- by cluster ---- */

static enum status read_file(const struct collected *c, json_t **out)
{
	size_t n = (size_t)copy_size(c->json);
	struct buf text = BUF_INIT;
	enum status st = buf_reserve(&text, n);

	if (st == ST_OK)
		st = sealed_read(c->json->file, 0, text.data, n);
	if (st == ST_OK)
		st = json_made(
		    json_loadb(text.data, n, JSON_ALLOW_NUL, NULL), out);
	if (text.data)
		explicit_bzero(text.data, n);
	buf_release(&text);
	return st;
}

/* What ${cluster} governs of a record, and its key. */
static enum status part_of(const struct collected *c,
    const struct policy_cluster *cluster, const json_t *record, json_t **out)
{
	const json_t *values = json_object_get(record, "values"), *x;
	json_t *o = NULL, *some;
	enum status st = json_make(&o, "{s:O, s:n, s:{}}", "shared",
	    json_object_get(record, "shared"), "storage", "values");
	size_t i;

	some = json_object_get(o, "values");
	for (i = 0; st == ST_OK && i < c->column_count; i++) {
		const struct collected_column *k = &c->columns[i];
		const char *name = k->column.db->name;

		if (k->cluster == cluster || k->column.db->key > 0)
			st = json_put(some, name,
			    json_incref(json_object_get(values, name)));
	}
	json_array_foreach(json_object_get(record, "storage"), i, x)
	{
		if (st == ST_OK && cluster &&
		    strcmp(json_text(x, "cluster"), cluster->name) == 0)
			st = json_put(o, "storage", json_deep_copy(x));
	}
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

static enum status add_collection(const struct collected *c,
    const struct policy_cluster *cluster, const json_t *file, json_t *list)
{
	const json_t *record;
	json_t *o = NULL, *one = NULL;
	enum status st;
	size_t i;

	st = json_make(&o, "{s:s, s:s, s:b, s:[]}", "store", c->store,
	    "collection", c->collection->name, "at_intake", c->taken_at != 0,
	    "records");
	if (st == ST_OK)
		st = json_push(list, o);
	json_array_foreach(json_object_get(file, "records"), i, record)
	{
		if (st == ST_OK)
			st = part_of(c, cluster, record, &one);
		if (st == ST_OK)
			st = json_push(json_object_get(o, "records"), one);
	}
	return st;
}

/* NULL: collections that no cluster governs anything of. */
static int belongs(
    const struct collected *c, const struct policy_cluster *cluster)
{
	if (cluster)
		return facts_cluster_has(c, cluster);
	for (size_t i = 0; i < c->column_count; i++)
		if (c->columns[i].cluster)
			return 0;
	return 1;
}

static enum status add_cluster(
    struct look *l, const struct policy_cluster *cluster, const char *language)
{
	json_t *o = NULL;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < l->set.count; i++) {
		if (!belongs(l->set.list[i], cluster))
			continue;
		if (o == NULL) {
			st = json_make(&o, "{s:s?, s:s?, s:[]}", "cluster",
			    cluster ? cluster->name : NULL, "title",
			    cluster ? policy_title(&cluster->title, language,
					  cluster->name)
				    : NULL,
			    "collections");
			if (st == ST_OK)
				st = json_push(l->clusters, o);
		}
		if (st == ST_OK)
			st = add_collection(l->set.list[i], cluster,
			    l->files[i], json_object_get(o, "collections"));
	}
	return st;
}

static enum status by_cluster(struct look *l)
{
	const struct installation *in = l->set.in;
	enum status st = ST_OK;

	l->files = calloc(l->set.count + 1, sizeof(json_t *));
	if (l->files == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; st == ST_OK && i < l->set.count; i++)
		st = read_file(l->set.list[i], &l->files[i]);
	for (size_t i = 0; i < in->policy_count; i++)
		for (size_t k = 0;
		     st == ST_OK && k < in->policies[i].cluster_count; k++)
			st = add_cluster(
			    l, &in->policies[i].clusters[k], l->set.language);
	return st == ST_OK ? add_cluster(l, NULL, l->set.language) : st;
}

/* ---- all of it ---- */

/* Who looked, at which case, at how much: before anything is shown. */
static enum status note_look(
    const struct look *l, const struct rights_actor *by, const char *id)
{
	json_t *details = NULL;
	enum status st = installation_open_audit(l->set.in);

	if (st == ST_OK)
		st = json_make(&details, "{s:s, s:s, s:I, s:I, s:I}", "object",
		    id, "request", id, "records", (json_int_t)l->set.records,
		    "collections", (json_int_t)l->set.count, "clusters",
		    (json_int_t)json_array_size(l->clusters));
	if (st == ST_OK)
		st = audit_append(l->set.in->audit, by->now, by->name,
		    "personal_data_viewed", details);
	json_decref(details);
	return st;
}

static enum status look(struct look *l, const struct request *r)
{
	const struct reach_subject who = { r->identity, r->value };
	struct exports e = { .lock = -1 };
	struct schedule schedule;
	enum status st;

	st = schedule_init(&schedule, l->set.in, NULL, &l->set.in->diag);
	if (st != ST_OK)
		return st;
	l->set.schedule = &schedule;
	l->set.request = r->number;
	st = exports_open(&e, l->set.in, EXPORTS_TO_BUILD);
	l->set.folder = e.folder;
	if (st == ST_OK)
		st = collect_person(&l->set, &who);
	if (st == ST_OK)
		st = by_cluster(l);
	exports_close(&e);
	schedule_release(&schedule);
	return st;
}

static void release(struct look *l)
{
	for (size_t i = 0; l->files && i < l->set.count; i++)
		json_decref(l->files[i]);
	free(l->files);
	json_decref(l->clusters);
	collection_set_release(&l->set);
}

enum status package_data(struct installation *in, const struct rights_actor *by,
    const char *id, json_t **out)
{
	char as_of[ZONE_TEXT];
	struct look l = { .set = { .in = in,
			      .as_of = as_of,
			      .now = by->now,
			      .language = "en" } };
	struct request r;
	enum status st = may_be(in, by, id, &r);

	if (st != ST_OK)
		return st;
	zone_format(in->zone, by->now, as_of);
	st = json_make(&l.clusters, "[]");
	if (st == ST_OK)
		st = look(&l, &r);
	if (st == ST_OK)
		st = note_look(&l, by, id);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:s, s:I, s:O}", "id", id, "as_of",
		    as_of, "records", (json_int_t)l.set.records, "clusters",
		    l.clusters);
	release(&l);
	request_release(&r);
	return st;
}
