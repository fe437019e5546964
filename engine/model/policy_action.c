/* What happens to a cluster whose time is over: deleted, or de-identified. */
#include <stdlib.h>
#include <string.h>

#include "engine/model/policy_read.h"

static const char *const methods[] = {
	[POLICY_METHOD_NULL] = "null",
	[POLICY_METHOD_CONSTANT] = "constant",
	[POLICY_METHOD_TRUNCATE] = "truncate",
	[POLICY_METHOD_ROUND] = "round",
	[POLICY_METHOD_DATE] = "date",
	[POLICY_METHOD_KEYED_HASH] = "keyed_hash",
	[POLICY_METHOD__MAX] = NULL,
};

const char *policy_method_name(enum policy_method method)
{
	return methods[method];
}

const char *policy_action_name(enum policy_action action)
{
	switch (action) {
	case POLICY_DELETE: return "delete";
	case POLICY_DE_IDENTIFY: return "de_identify";
	}
	return "?";
}

/* Methods that say nothing more: `null` and `keyed_hash`. */
static void read_bare_method(
    struct diag *d, const struct node *n, struct policy_de_identify *x)
{
	int method;

	if (n->kind == NODE_NULL) {
		x->method = POLICY_METHOD_NULL;
		return;
	}
	if (!read_word(d, n, methods, &method))
		return;
	x->method = (enum policy_method)method;
	switch (x->method) {
	case POLICY_METHOD_NULL:
	case POLICY_METHOD_KEYED_HASH: break;
	case POLICY_METHOD_CONSTANT:
		read_mismatch(d, n, "{constant: TEXT}");
		break;
	case POLICY_METHOD_TRUNCATE:
		read_mismatch(d, n, "{truncate: CHARACTERS}");
		break;
	case POLICY_METHOD_ROUND:
		read_mismatch(d, n, "{round: DECIMALS}");
		break;
	case POLICY_METHOD_DATE:
		read_mismatch(
		    d, n, "{date: day}, {date: month} or {date: year}");
		break;
	case POLICY_METHOD__MAX: break;
	}
}

static void read_method(
    struct diag *d, const struct node *n, struct policy_de_identify *x)
{
	static const char *const keys[] = { "constant", "truncate", "round",
		"date", NULL };
	static const char *const parts[] = { "day", "month", "year", NULL };
	const struct node *value;
	int part;

	if (n->kind == NODE_SCALAR || n->kind == NODE_NULL) {
		read_bare_method(d, n, x);
		return;
	}
	if (!read_map(d, n, keys))
		return;
	if (n->count != 1)
		read_mismatch(d, n, "exactly one method");
	if (read_string(d, node_get(n, "constant"), &x->constant)) {
		x->method = POLICY_METHOD_CONSTANT;
	} else if ((value = node_get(n, "truncate")) != NULL) {
		x->method = POLICY_METHOD_TRUNCATE;
		(void)read_int(d, value, 1, 1000, &x->amount);
	} else if ((value = node_get(n, "round")) != NULL) {
		x->method = POLICY_METHOD_ROUND;
		(void)read_int(d, value, -15, 15, &x->amount);
	} else if ((value = node_get(n, "date")) != NULL) {
		x->method = POLICY_METHOD_DATE;
		if (read_word(d, value, parts, &part))
			x->part = (enum policy_date_part)part;
	}
}

static void read_de_identify(
    struct policy_reader *r, const struct node *n, struct policy_cluster *c)
{
	if (!read_map_of(r->d, n, "a map from fields to methods"))
		return;
	if (n->count == 0)
		read_mismatch(r->d, n, "at least one field");
	c->action = POLICY_DE_IDENTIFY;
	c->de_identify = read_array(r->d, n->count, sizeof(*c->de_identify));
	for (size_t i = 0; c->de_identify && i < n->count; i++) {
		struct policy_de_identify *x =
		    &c->de_identify[c->de_identify_count++];
		const struct node_key *key = &n->keys[i];

		x->at = key->at;
		x->field = read_copy(r->d, key->text, strlen(key->text));
		read_method(r->d, &n->items[i], x);
	}
}

void policy_read_action(
    struct policy_reader *r, const struct node *n, struct policy_cluster *c)
{
	static const char *const keys[] = { "de_identify", NULL };

	if (n == NULL || n->kind == NODE_BAD)
		return;
	if (n->kind == NODE_SCALAR && strcmp(n->text, "delete") == 0)
		return;
	if (n->kind != NODE_MAP) {
		read_mismatch(
		    r->d, n, "delete or {de_identify: {FIELD: METHOD}}");
		return;
	}
	if (read_map(r->d, n, keys))
		read_de_identify(r, read_required(r->d, n, "de_identify"), c);
}
