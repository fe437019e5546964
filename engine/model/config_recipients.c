/* How those are told who have the data, too. */
#include <stdlib.h>
#include <string.h>

#include "engine/model/config_recipients.h"

#include "engine/model/config_read.h"
#include "engine/model/known.h"
#include "engine/model/read.h"

static void read_webhook(
    struct config_reader *r, const struct node *n, struct config_recipient *x)
{
	static const char *const keys[] = { "url", "secret_file", "ca_file",
		"private", NULL };
	const struct node *url;

	if (n == NULL || !read_map(r->d, n, keys))
		return;
	url = read_required(r->d, n, "url");
	if (read_string(r->d, url, &x->webhook) &&
	    strncmp(x->webhook, "https://", 8) != 0)
		read_mismatch(
		    r->d, url, "https://...: nothing leaves in the clear");
	(void)config_read_file_path(
	    r, read_required(r->d, n, "secret_file"), &x->secret_file);
	(void)config_read_file_path(r, node_get(n, "ca_file"), &x->ca_file);
	(void)read_bool(r->d, node_get(n, "private"), &x->inner);
}

static void check_one_way(struct config_reader *r, const struct node *n)
{
	static const char *const ways[] = { "webhook", "mail", "not_told" };
	const struct node *first = NULL;

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		const struct node *one = node_get(n, ways[i]);

		if (one && first)
			diag_error(r->d, one->at,
			    "a recipient is told in one way: give `webhook`, "
			    "`mail` or `not_told`, or none of them for a task "
			    "that somebody does");
		else if (one)
			first = one;
	}
}

static void read_one(
    struct config_reader *r, const struct node *n, struct config_recipient *x)
{
	static const char *const keys[] = { "webhook", "mail", "language",
		"identity", "not_told", "preferences", NULL };
	static const char *const languages[] = { "en", "ja", "de", NULL };
	const struct node *mail, *preferences;
	int word;

	x->at = n->at;
	if (!read_map(r->d, n, keys))
		return;
	check_one_way(r, n);
	read_webhook(r, node_get(n, "webhook"), x);
	mail = node_get(n, "mail");
	if (read_string(r->d, mail, &x->mail) && !text_is_address(x->mail))
		read_mismatch(r->d, mail, "an e-mail address");
	if (read_word(r->d, node_get(n, "language"), languages, &word))
		(void)read_string(r->d, node_get(n, "language"), &x->language);
	(void)read_string(r->d, node_get(n, "identity"), &x->identity);
	(void)read_text(r->d, node_get(n, "not_told"), &x->not_told);
	preferences = node_get(n, "preferences");
	if (read_bool(r->d, preferences, &x->preferences) && x->preferences &&
	    x->webhook == NULL)
		read_mismatch(r->d, preferences,
		    "`false`: settings are told by `webhook` alone");
}

void config_read_recipients(struct config_reader *r, const struct node *n)
{
	struct config *c = r->c;

	if (!read_map_of(r->d, n, "a map of recipients"))
		return;
	c->recipients = read_array(r->d, n->count, sizeof(*c->recipients));
	for (size_t i = 0; c->recipients && i < n->count; i++) {
		struct config_recipient *x =
		    &c->recipients[c->recipient_count++];

		(void)read_name_key(r->d, &n->keys[i], &x->name);
		read_one(r, &n->items[i], x);
	}
}

static void known_identities(struct known *k, const struct dataset *ds)
{
	for (size_t i = 0; i < ds->collection_count; i++)
		for (size_t f = 0; f < ds->collections[i].field_count; f++)
			if (ds->collections[i].fields[f].identity)
				known_add(
				    k, ds->collections[i].fields[f].identity);
}

void config_check_recipients(const struct config *c,
    const struct policy *policies, size_t policy_count,
    const struct dataset *datasets, size_t dataset_count, struct diag *d)
{
	struct known names = { { NULL }, 0 }, identities = { { NULL }, 0 };

	for (size_t i = 0; i < policy_count; i++)
		for (size_t k = 0; k < policies[i].recipient_count; k++)
			known_add(&names, policies[i].recipients[k].name);
	for (size_t i = 0; i < dataset_count; i++)
		known_identities(&identities, &datasets[i]);
	for (size_t i = 0; i < c->recipient_count; i++) {
		const struct config_recipient *x = &c->recipients[i];

		known_check(d, x->at, "recipient", &names, x->name);
		if (x->identity)
			known_check(
			    d, x->at, "identity", &identities, x->identity);
	}
}

const struct config_recipient *config_find_recipient(
    const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->recipient_count; i++)
		if (strcmp(c->recipients[i].name, name) == 0)
			return &c->recipients[i];
	return NULL;
}

void config_release_recipients(struct config *c)
{
	for (size_t i = 0; i < c->recipient_count; i++) {
		free(c->recipients[i].name);
		free(c->recipients[i].webhook);
		free(c->recipients[i].secret_file);
		free(c->recipients[i].ca_file);
		free(c->recipients[i].mail);
		free(c->recipients[i].language);
		free(c->recipients[i].identity);
		text_release(&c->recipients[i].not_told);
	}
	free(c->recipients);
}
