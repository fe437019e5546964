/* The files of a made-up world: schemas, datasets, policies, lethe.yml. */
#include <stdio.h>

#include "engine/installation/installation.h"
#include "tests/suites.h"
#include "tests/world.h"

const char *world_store_name(int store) { return store ? "two" : "one"; }

static FILE *create(const char *folder, const char *name)
{
	char path[300];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	MUST(f != NULL, "cannot write %s", path);
	return f;
}

/* ---- schema ---- */

static const char *key_type(const struct world_collection *c)
{
	return c->text_key ? "TEXT" : "INTEGER";
}

static const char *column_type(const struct world *w,
    const struct world_collection *c, enum world_column column)
{
	static const char *const times[] = { "TEXT", "DATE", "INTEGER", "" };
	static const char *const fields[] = { "TEXT", "INTEGER", "" };

	switch (column) {
	case COLUMN_K1:
	case COLUMN_K2:
	case COLUMN_S:
	case COLUMN_U: return key_type(c);
	case COLUMN_AT: return times[c->type[0]];
	case COLUMN_BT: return times[c->type[1]];
	case COLUMN_R1:
	case COLUMN_R2:
		return c->text_ref ? "TEXT"
				   : key_type(&w->collections[c->parent]);
	case COLUMN_F0:
	case COLUMN_F1:
	case COLUMN_F2: return fields[column - COLUMN_F0];
	case COLUMN__MAX: break;
	}
	return "";
}

static const char *column_constraint(
    const struct world_collection *c, enum world_column column)
{
	if (column == COLUMN_K1 || column == COLUMN_K2)
		return " NOT NULL";
	if (column == COLUMN_U)
		return " UNIQUE";
	if (column >= COLUMN_F0 && c->not_null[column - COLUMN_F0])
		return " NOT NULL";
	return "";
}

/* The parent's column that r1 refers to. */
static const char *target(const struct world_collection *c)
{
	return c->by_u ? "u" : "k1";
}

static void write_foreign_keys(
    FILE *f, const struct world *w, const struct world_collection *c)
{
	static const char *const actions[] = { "", " ON DELETE NO ACTION",
		" ON DELETE RESTRICT", " ON DELETE CASCADE",
		" ON DELETE SET NULL" };

	if (c->has[COLUMN_S])
		fprintf(f, ", FOREIGN KEY (s) REFERENCES %s (k1)%s", c->name,
		    actions[c->on_delete]);
	if (!c->enforced)
		return;
	fprintf(f, ", FOREIGN KEY (r1%s) REFERENCES %s (%s%s)%s",
	    c->has[COLUMN_R2] ? ", r2" : "", w->collections[c->parent].name,
	    target(c), c->has[COLUMN_R2] ? ", k2" : "", actions[c->on_delete]);
}

static void write_table(
    FILE *f, const struct world *w, const struct world_collection *c)
{
	const char *comma = "";
	int i;

	fprintf(f, "CREATE TABLE %s (", c->name);
	for (i = 0; i < COLUMN__MAX; i++) {
		enum world_column column = (enum world_column)i;

		if (!c->has[i])
			continue;
		fprintf(f, "%s%s %s%s", comma, world_column_name(column),
		    column_type(w, c, column), column_constraint(c, column));
		comma = ", ";
	}
	fprintf(f, ", PRIMARY KEY (k1%s)", c->has[COLUMN_K2] ? ", k2" : "");
	write_foreign_keys(f, w, c);
	fprintf(f, ")%s;\n", c->without_rowid ? " WITHOUT ROWID" : "");
	if (!c->indexed)
		return;
	fprintf(f, "CREATE INDEX %s_at ON %s (at);\n", c->name, c->name);
	if (c->has[COLUMN_R1])
		fprintf(f, "CREATE INDEX %s_r ON %s (r1);\n", c->name, c->name);
}

static void write_schema(const struct world *w, const char *folder, int store)
{
	char name[40];
	FILE *f;
	int i;

	(void)snprintf(name, sizeof(name), "%s.sql", world_store_name(store));
	f = create(folder, name);
	for (i = 0; i < w->collection_count; i++) {
		if (w->collections[i].store == store)
			write_table(f, w, &w->collections[i]);
	}
	fclose(f);
}

/* ---- dataset ---- */

static void write_meta(FILE *f, const struct world *w,
    const struct world_collection *c, enum world_column column)
{
	const char *to = c->name, *field = "k1";

	/* The first collection's key is what people are known by. */
	if (column == COLUMN_K1 && c == &w->collections[0] && w->has_people)
		fputs(", fides_meta: {primary_key: true, identity: person}", f);
	else if (column == COLUMN_K1 || column == COLUMN_K2)
		fputs(", fides_meta: {primary_key: true}", f);
	if (column == COLUMN_R1 || column == COLUMN_R2) {
		to = w->collections[c->parent].name;
		field = column == COLUMN_R1 ? target(c) : "k2";
	} else if (column != COLUMN_S) {
		return;
	}
	fprintf(f,
	    ", fides_meta: {references: [{dataset: %s, field: %s.%s, "
	    "direction: from}]}",
	    world_store_name(c->store), to, field);
}

static void write_dataset(const struct world *w, const char *folder, int store)
{
	char name[40];
	FILE *f;
	int i, k;

	(void)snprintf(name, sizeof(name), "%s.yml", world_store_name(store));
	f = create(folder, name);
	fprintf(f,
	    "dataset:\n  - fides_key: %s\n    name: Store\n"
	    "    collections:\n",
	    world_store_name(store));
	for (i = 0; i < w->collection_count; i++) {
		const struct world_collection *c = &w->collections[i];

		if (c->store != store)
			continue;
		fprintf(f, "      - name: %s\n%s        fields:\n", c->name,
		    c->is_cut ? "        lethe: {segment_by: at}\n" : "");
		for (k = 0; k < COLUMN__MAX; k++) {
			enum world_column column = (enum world_column)k;

			if (!c->has[k])
				continue;
			fprintf(f,
			    "          - {name: %s, data_categories: [%s]",
			    world_column_name(column),
			    column == COLUMN_F2 && c->impersonal
				? "system.operations"
				: "user.account");
			write_meta(f, w, c, column);
			fputs("}\n", f);
		}
	}
	fclose(f);
}

/* ---- policies ---- */

static void write_period(FILE *f, struct world_period p)
{
	fputs("P", f);
	if (p.months && p.months % 12 == 0)
		fprintf(f, "%dY", p.months / 12);
	else if (p.months)
		fprintf(f, "%dM", p.months);
	if (p.months == 0 && p.days && p.days % 7 == 0)
		fprintf(f, "%dW", p.days / 7);
	else if (p.days || p.months == 0)
		fprintf(f, "%dD", p.days);
}

/* What the cluster covers. */
static void write_covers(FILE *f, const struct world *w, int cluster)
{
	int c, part, i, n = 0;

	for (c = 0; c < w->collection_count; c++) {
		const struct world_collection *k = &w->collections[c];
		const char *store = world_store_name(k->store);

		for (part = 0; part < k->parts; part++) {
			if (k->clusters[part] != cluster)
				continue;
			for (i = 0; i < COLUMN__MAX; i++) {
				enum world_column column = (enum world_column)i;

				if (part == 0 && i > 0)
					break;
				if (part > 0 && k->part_of[i] != part)
					continue;
				fprintf(f, "%s%s.%s%s%s", n ? ", " : "", store,
				    k->name, part ? "." : "",
				    part ? world_column_name(column) : "");
				n++;
			}
		}
	}
}

static int is_of(const struct world *w, int cluster, int policy)
{
	return w->clusters[cluster].policy == policy && world_uses(w, cluster);
}

static void write_starting_points(FILE *f, const struct world *w, int policy)
{
	int i, k, n = 0;

	for (i = 0; i < w->cluster_count; i++) {
		const struct world_cluster *c = &w->clusters[i];

		for (k = 0; k < c->clock_count && is_of(w, i, policy); k++) {
			const struct world_clock *x = &c->clocks[k];

			fputs(n++ ? "" : "starting_points:\n", f);
			fprintf(f, "  s%d-%d: {kind: collection, at: ", i, k);
			if (x->start >= 0)
				fprintf(f, "%s.%s.", world_store_name(c->store),
				    w->collections[x->start].name);
			fprintf(f, "%s, pick: %s%s%s}\n", x->time ? "bt" : "at",
			    x->earliest ? "earliest" : "latest",
			    x->open ? ", null_means: open" : "",
			    x->year_end ? ", from: end_of_calendar_year" : "");
		}
	}
}

static void write_rule(FILE *f, const struct world *w, int number)
{
	const struct world_cluster *c = &w->clusters[number];
	int i;

	fputs(c->by_purpose ? "    purposes:\n" : "    purposes: [p0]\n", f);
	for (i = 0; i < c->clock_count && c->by_purpose; i++) {
		fprintf(f, "      p%d: {starting_point: s%d-%d, period: ", i,
		    number, i);
		write_period(f, c->clocks[i].regular);
		fputs("}\n", f);
	}
	if (c->has_retention && c->clock_count) {
		fputs("    retention_period: ", f);
		write_period(f, c->retention);
		fputs("\n", f);
	}
	if (c->clock_count == 0) {
		fputs("    deletion_rule: {unlimited: a test}\n", f);
	} else if (!c->by_purpose) {
		fprintf(f,
		    "    deletion_rule: {starting_point: s%d-0, "
		    "regular_deletion_period: ",
		    number);
		write_period(f, c->clocks[0].regular);
		fputs("}\n", f);
	}
}

static void write_action(FILE *f, const struct world_cluster *c)
{
	static const char *const methods[] = { "", "null", "{constant: gone}",
		"{truncate: 2}", "keyed_hash" };
	const char *comma = "";
	int i;

	if (c->wait)
		fputs("    on_referenced: wait\n", f);
	if (!c->de_identify)
		return;
	fputs("    action: {de_identify: {", f);
	for (i = 0; i < WORLD_FIELDS; i++) {
		if (c->methods[i] == METHOD_NONE)
			continue;
		fprintf(f, "%sf%d: %s", comma, i, methods[c->methods[i]]);
		comma = ", ";
	}
	fputs("}}\n", f);
}

static void write_erasure(FILE *f, const struct world_cluster *c)
{
	static const char *const says[] = {
		"on_request: erase, ground: objection",
		"on_request: once_begun, ground: no_longer_necessary",
		"on_request: keep, exception: legal_claims, law: A law"
	};

	fprintf(f, "    erasure: {%s}\n", says[c->on_request]);
}

static void write_cluster(FILE *f, const struct world *w, int number)
{
	fprintf(f, "  g%d:\n    covers: [", number);
	write_covers(f, w, number);
	fputs("]\n", f);
	write_rule(f, w, number);
	write_action(f, &w->clusters[number]);
	write_erasure(f, &w->clusters[number]);
}

static int has_clusters(const struct world *w, int policy)
{
	int i;

	for (i = 0; i < w->cluster_count; i++) {
		if (is_of(w, i, policy))
			return 1;
	}
	return 0;
}

static void write_policy(const struct world *w, const char *folder, int policy)
{
	static const char *const zones[] = { "Asia/Tokyo", "Europe/Berlin",
		"America/New_York", "UTC" };
	const struct world_policy *p = &w->policies[policy];
	char name[40];
	FILE *f;
	int i;

	(void)snprintf(name, sizeof(name), "policy%d.yml", policy);
	f = create(folder, name);
	fprintf(f,
	    "policy: policy-%d\nrevision: 1\ntitle: A test\n"
	    "calendar: {rule: %s, time_zone: %s}\npurposes:\n",
	    policy, p->japanese ? "jp_civil_code" : "eu_1182_71",
	    zones[p->zone]);
	for (i = 0; i < WORLD_CLOCKS; i++)
		fprintf(
		    f, "  p%d: {title: A test, legal_basis: contract}\n", i);
	write_starting_points(f, w, policy);
	fputs("clusters:\n", f);
	for (i = 0; i < w->cluster_count; i++) {
		if (is_of(w, i, policy))
			write_cluster(f, w, i);
	}
	fclose(f);
}

static void write_config(const struct world *w, const char *folder)
{
	static const char *const cuts[] = { "", ", segments: {every: P1D}",
		", segments: {every: P1W}", ", segments: {every: P1M}" };
	FILE *f = create(folder, "lethe.yml");
	const char *comma = "";
	int i;

	fputs("installation: world\ntime_zone: Asia/Tokyo\ndata_dir: ./var\n"
	      "key: {file: ./lethe.key}\npolicies: [",
	    f);
	for (i = 0; i < WORLD_POLICIES; i++) {
		if (!has_clusters(w, i))
			continue;
		fprintf(f, "%spolicy%d.yml", comma, i);
		comma = ", ";
	}
	fputs("]\nstores:\n", f);
	for (i = 0; i < w->store_count; i++)
		fprintf(f,
		    "  %s: {driver: sqlite, dataset: %s.yml, schema: "
		    "%s.sql%s}\n",
		    world_store_name(i), world_store_name(i),
		    world_store_name(i), cuts[w->cut[i]]);
	fprintf(f, "purge: {window: PT%dH, batch: %d}\n",
	    (int)(w->window_seconds / 3600), w->batch);
	fclose(f);
}

void world_build(const struct world *w, const char *folder)
{
	struct installation in;
	char path[300];
	int i;

	for (i = 0; i < w->store_count; i++) {
		write_schema(w, folder, i);
		write_dataset(w, folder, i);
	}
	for (i = 0; i < WORLD_POLICIES; i++)
		write_policy(w, folder, i);
	write_config(w, folder);
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", folder);
	if (installation_load(path, &in) != ST_OK) {
		diag_print(&in.diag, stderr);
		ck_abort_msg("%s: %s", path, status_text());
	}
	MUST(installation_init(&in, NULL, NULL) == ST_OK, "%s", status_text());
	for (i = 0; i < w->collection_count; i++)
		world_fill(w, &in, i, folder);
	installation_release(&in);
}
