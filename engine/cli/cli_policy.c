/* lethe policy diff: two versions loaded, compared, printed. */
#include "engine/cli/cli_policy.h"

#include <stdio.h>
#include <string.h>

#include "engine/plan/policy_diff.h"

static void print_change(const json_t *c)
{
	const char *what = json_text(c, "what");

	printf("  %s %s: %s", json_text(c, "kind"), json_text(c, "name"), what);
	if (json_is_string(json_object_get(c, "after")))
		printf(": %s -> %s", json_text(c, "before"),
		    json_text(c, "after"));
	puts(json_is_true(json_object_get(c, "effect")) ? "" : " (no effect)");
}

static void print_counts(const char *name, const json_t *c)
{
	const json_t *w;
	size_t i;

	printf("%-24s %12lld %12lld %12lld %12lld", name,
	    json_int(c, "becomes_due"), json_int(c, "stops_being_due"),
	    json_int(c, "due_before"), json_int(c, "due_after"));
	json_array_foreach(json_object_get(c, "within"), i, w)
	    printf(" %+12lld", json_int(w, "after") - json_int(w, "before"));
	putchar('\n');
}

static void print_cluster(const json_t *c)
{
	const json_t *x;
	size_t i;

	print_counts(json_text(c, "cluster"), c);
	json_array_foreach(json_object_get(c, "collections"), i, x)
	{
		const char *from = json_text(x, "moved_from");

		if (*from)
			printf("  %s.%s came from %s\n", json_text(x, "store"),
			    json_text(x, "collection"), from);
	}
}

static enum status print(const struct cli *cli, const json_t *o)
{
	const json_t *before = json_object_get(o, "before"), *item;
	const json_t *after = json_object_get(o, "after");
	const json_t *changes = json_object_get(o, "changes");
	size_t i;

	if (cli->json)
		return cli_print_json(o);
	printf("%s: %s (revision %lld) -> %s (revision %lld), as of %s\n",
	    json_text(o, "policy"), json_text(before, "file"),
	    json_int(before, "revision"), json_text(after, "file"),
	    json_int(after, "revision"), json_text(o, "as_of"));
	puts(json_array_size(changes) ? "\nwhat changed"
				      : "\nboth say the same");
	json_array_foreach(changes, i, item) print_change(item);
	printf("\n%-24s %12s %12s %12s %12s %12s %12s\n", "records of",
	    "become due", "stop being", "due before", "due after", "in 30 days",
	    "in 365 days");
	json_array_foreach(json_object_get(o, "clusters"), i, item)
	    print_cluster(item);
	print_counts("all", o);
	json_array_foreach(json_object_get(o, "warnings"), i, item)
	    printf("warning: %s\n", json_string_value(item));
	return ST_OK;
}

/* One version: loaded, and compiled against the live stores. */
struct version {
	struct installation in;
	struct schedule schedule;
	int loaded;
	int compiled;
};

static void version_release(struct version *v)
{
	if (v->compiled)
		schedule_release(&v->schedule);
	if (v->loaded)
		installation_release(&v->in);
}

/* What is wrong with it is printed; ${*errors} counts it. */
static enum status version_load(
    struct cli *cli, const char *path, struct version *v, size_t *errors)
{
	enum status st;

	v->loaded = 1;
	st = installation_load_with(&cli->in, path, &v->in);
	if (st == ST_OK)
		st = schedule_init(&v->schedule, &v->in, NULL, &v->in.diag);
	if (st == ST_OK)
		v->compiled = 1;
	else if (v->in.diag.errors)
		diag_print(&v->in.diag, stderr);
	*errors += v->in.diag.errors;
	return st == ST_INVALID && v->in.diag.errors ? ST_OK : st;
}

/* The name of the policy that stands in ${path}. */
static const char *name_of(const struct version *v, const char *path)
{
	for (size_t i = 0; i < v->in.policy_count; i++)
		if (strcmp(v->in.policies[i].path, path) == 0)
			return v->in.policies[i].name;
	return "";
}

static enum status compare(struct cli *cli, const struct version v[2],
    const char *const files[2], int64_t now)
{
	const char *name = name_of(&v[0], files[0]);
	const char *other = name_of(&v[1], files[1]);
	json_t *o = NULL;
	enum status st;

	if (strcmp(name, other) != 0)
		return fail(ST_USAGE,
		    "%s is the policy `%s` and %s is `%s`: give two versions "
		    "of one policy",
		    files[0], name, files[1], other);
	st = policy_diff_json(&v[0].schedule, &v[1].schedule, name, now, &o);
	if (st == ST_OK)
		st = print(cli, o);
	json_decref(o);
	return st;
}

enum status cli_policy_diff(
    struct cli *cli, const char *before, const char *after, const char *as_of)
{
	const char *files[2] = { before, after };
	struct version v[2] = { 0 };
	size_t errors = 0;
	int64_t now = 0;
	enum status st;

	if ((st = cli_load(cli)) != ST_OK ||
	    (st = cli_as_of(cli, as_of, &now)) != ST_OK)
		return st;
	st = version_load(cli, before, &v[0], &errors);
	if (st == ST_OK)
		st = version_load(cli, after, &v[1], &errors);
	if (st == ST_OK && errors)
		st = fail(ST_INVALID,
		    "%zu error%s in the files named above: correct them and "
		    "try again",
		    errors, errors == 1 ? "" : "s");
	if (st == ST_OK)
		st = compare(cli, v, files, now);
	version_release(&v[1]);
	version_release(&v[0]);
	return st;
}
