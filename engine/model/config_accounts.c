/* `accounts:` of lethe.yml: how people sign in. */
#include "engine/model/config_read.h"

const char *const config_roles[] = { "intake", "officer", "approver", "auditor",
	"admin", NULL };
#define ADMIN (1u << 4)

void config_accounts_defaults(struct config *c)
{
	c->accounts.totp_required = 1;
	c->accounts.totp_roles = ADMIN;
	c->accounts.idle = 15 * 60;
	c->accounts.absolute = 8 * 3600;
	c->accounts.sessions = 5;
	c->accounts.password_length = 12;
	c->accounts.parallel = 2;
	c->accounts.argon2.passes = 3;
	c->accounts.argon2.kib = 65536;
	c->accounts.argon2.lanes = 4;
	c->accounts.sign_ins.days = 90;
	c->accounts.looks.window = 3600;
	c->accounts.looks.records = 20000;
	c->accounts.looks.requests = 60;
}

static void read_count(struct config_reader *r, const struct node *map,
    const char *key, int least, int most, int *out)
{
	int64_t n;

	if (read_int(r->d, node_get(map, key), least, most, &n))
		*out = (int)n;
}

/* A period that always has as many seconds. */
static void read_seconds(struct config_reader *r, const struct node *map,
    const char *key, int64_t least, int64_t most, const char *expected,
    int64_t *out)
{
	const struct node *n = node_get(map, key);
	struct period p;
	int64_t seconds;

	if (!read_some_period(r->d, n, &p))
		return;
	seconds = p.days * INT64_C(86400) + p.seconds;
	if (p.months != 0 || seconds < least || seconds > most)
		read_mismatch(r->d, n, expected);
	else
		*out = seconds;
}

static void read_roles(struct config_reader *r, const struct node *n)
{
	unsigned int roles = 0;
	int word;

	if (!read_list_of(r->d, n, "a list of roles"))
		return;
	for (size_t i = 0; i < n->count; i++)
		if (read_word(r->d, &n->items[i], config_roles, &word))
			roles |= 1u << word;
	r->c->accounts.totp_roles = roles;
}

/* The least is what OWASP's list of costs begins with; the most keeps one
 * sign-in from eating the machine. */
static void read_argon2(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "passes", "kib", "lanes", NULL };

	if (!read_map(r->d, n, keys))
		return;
	read_count(r, n, "passes", 1, 100, &r->c->accounts.argon2.passes);
	read_count(r, n, "kib", 7168, 1048576, &r->c->accounts.argon2.kib);
	read_count(r, n, "lanes", 1, 16, &r->c->accounts.argon2.lanes);
}

static void read_looks(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "window", "records", "requests",
		NULL };

	if (!read_map(r->d, n, keys))
		return;
	read_seconds(r, n, "window", 60, 7 * 86400,
	    "a period from `PT1M` to `P7D`", &r->c->accounts.looks.window);
	(void)read_int(r->d, node_get(n, "records"), 1, 1000000000,
	    &r->c->accounts.looks.records);
	read_count(
	    r, n, "requests", 1, 1000000, &r->c->accounts.looks.requests);
}

void config_read_accounts(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "totp", "totp_roles", "idle",
		"absolute", "sessions", "password_length", "parallel", "argon2",
		"sign_ins", "looks", NULL };
	static const char *const totp[] = { "optional", "required", NULL };
	struct config *c = r->c;

	if (!read_map(r->d, n, keys))
		return;
	(void)read_word(
	    r->d, node_get(n, "totp"), totp, &c->accounts.totp_required);
	read_roles(r, node_get(n, "totp_roles"));
	read_seconds(r, n, "idle", 60, 86400, "a period from `PT1M` to `PT24H`",
	    &c->accounts.idle);
	read_seconds(r, n, "absolute", 300, 7 * 86400,
	    "a period from `PT5M` to `P7D`", &c->accounts.absolute);
	read_count(r, n, "sessions", 1, 100, &c->accounts.sessions);
	read_count(
	    r, n, "password_length", 8, 64, &c->accounts.password_length);
	read_count(r, n, "parallel", 1, 64, &c->accounts.parallel);
	read_argon2(r, node_get(n, "argon2"));
	(void)read_some_period(
	    r->d, node_get(n, "sign_ins"), &c->accounts.sign_ins);
	read_looks(r, node_get(n, "looks"));
}
