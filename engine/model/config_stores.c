/* The stores of lethe.yml, and paths as the whole file writes them. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/model/config_read.h"

int config_read_path(struct config_reader *r, const struct node *n, char **out)
{
	char *path = NULL, *beside;

	if (!read_string(r->d, n, &path))
		return 0;
	beside = file_beside(r->c->path, path);
	free(path);
	if (beside == NULL) {
		diag_nomem(r->d);
		return 0;
	}
	free(*out);
	*out = beside;
	return 1;
}

int config_read_file_path(
    struct config_reader *r, const struct node *n, char **out)
{
	if (!config_read_path(r, n, out))
		return 0;
	if (!file_exists(*out))
		diag_error(
		    r->d, n->at, "`%s`: there is no file `%s`", n->label, *out);
	return 1;
}

static void read_segments(
    struct config_reader *r, const struct node *n, struct period *out)
{
	static const char *const keys[] = { "every", NULL };
	const struct node *every;
	struct period p;

	if (!read_map(r->d, n, keys))
		return;
	every = read_required(r->d, n, "every");
	if (!read_period(r->d, every, &p))
		return;
	if (p.seconds == 0 &&
	    ((p.months == 0 && (p.days == 1 || p.days == 7)) ||
		(p.months == 1 && p.days == 0)))
		*out = p;
	else
		read_mismatch(r->d, every, "P1D, P1W or P1M");
}

/* What is wrong is not shown: a URL may hold a password. */
static void read_url(struct config_reader *r, const struct node *n, char **out)
{
	if (!read_string(r->d, n, out))
		return;
	if (strncmp(*out, "postgresql://", 13) != 0 &&
	    strncmp(*out, "postgres://", 11) != 0)
		diag_error(r->d, n->at,
		    "`url`: expected postgresql://HOST/DATABASE, found "
		    "something else");
}

static void check_driver(
    struct config_reader *r, const struct node *n, const struct config_store *s)
{
	const struct node *url = node_get(n, "url");
	const struct node *schema = node_get(n, "schema");

	const struct node *password = node_get(n, "password_file");

	if (s->driver == CONFIG_SQLITE && password)
		diag_error(r->d, password->at,
		    "`password_file`: a sqlite store is a file of ours, "
		    "opened by the keyring: remove it");
	if (s->driver == CONFIG_SQLITE && url)
		diag_error(r->d, url->at,
		    "`url`: a sqlite store is a file of ours under data_dir: "
		    "remove it, or write driver: postgresql");
	if (s->driver == CONFIG_POSTGRESQL && url == NULL)
		diag_error(r->d, n->at,
		    "`%s`: `url` is missing: a postgresql store needs one",
		    n->label);
	if (s->driver == CONFIG_POSTGRESQL && schema)
		diag_error(r->d, schema->at,
		    "`schema`: an attached database is not created by Lethe: "
		    "remove it");
}

static void read_store(
    struct config_reader *r, const struct node *n, struct config_store *s)
{
	static const char *const keys[] = { "driver", "dataset", "schema",
		"url", "password_file", "segments", NULL };
	static const char *const drivers[] = { "sqlite", "postgresql", NULL };
	int driver;

	s->at = n->at;
	if (!read_map(r->d, n, keys))
		return;
	if (read_word(
		r->d, read_required(r->d, n, "driver"), drivers, &driver)) {
		s->driver = (enum config_driver)driver;
		check_driver(r, n, s);
	}
	(void)config_read_file_path(
	    r, read_required(r->d, n, "dataset"), &s->dataset);
	(void)config_read_file_path(r, node_get(n, "schema"), &s->schema);
	read_url(r, node_get(n, "url"), &s->url);
	(void)config_read_file_path(
	    r, node_get(n, "password_file"), &s->password_file);
	read_segments(r, node_get(n, "segments"), &s->segments);
}

void config_read_stores(struct config_reader *r, const struct node *n)
{
	struct config *c = r->c;

	if (!read_map_of(r->d, n, "a map of stores"))
		return;
	if (n->count == 0)
		read_mismatch(r->d, n, "at least one store");
	if ((c->stores = read_array(r->d, n->count, sizeof(*c->stores))) ==
	    NULL)
		return;
	for (size_t i = 0; i < n->count; i++) {
		struct config_store *s = &c->stores[c->store_count++];

		(void)read_name_key(r->d, &n->keys[i], &s->name);
		read_store(r, &n->items[i], s);
	}
}
