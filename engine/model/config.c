/*
 * lethe.yml.  One function for each map of the file, with the keys it knows;
 * defaults stand before anything is read.
 */
#include "engine/model/config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/base/zone.h"
#include "engine/model/calendar.h"
#include "engine/model/config_read.h"

/* The log's origin, a line of text that checkpoints begin with: C2SP
 * signed-note key names have neither spaces nor plus signs. */
static void read_installation(struct config_reader *r, const struct node *n)
{
	char **name = &r->c->installation;
	size_t len;

	if (!read_string(r->d, n, name))
		return;
	len = strlen(*name);
	if (len > 128 || strspn(*name, "abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789._/-") != len)
		read_mismatch(r->d, n,
		    "up to 128 letters, digits, `.`, `_`, `/` and `-`");
}

static void read_zone(struct config_reader *r, const struct node *n)
{
	struct zone *zone = NULL;
	enum status st;

	if (!read_string(r->d, n, &r->c->time_zone))
		return;
	st = zone_open(r->c->time_zone, &zone);
	zone_free(zone);
	if (st == ST_NOMEM)
		diag_nomem(r->d);
	else if (st != ST_OK)
		read_mismatch(r->d, n, "a time zone such as `Asia/Tokyo`");
}

/* systemd's credentials (systemd.exec(5), LoadCredential=). */
static void read_credential(struct config_reader *r, const struct node *n)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char *name = NULL;

	if (!read_string(r->d, n, &name))
		return;
	if (strchr(name, '/') || *name == '.') {
		read_mismatch(r->d, n, "the name of a credential, not a path");
	} else if (folder == NULL || *folder == '\0') {
		diag_error(r->d, n->at,
		    "`credential`: $CREDENTIALS_DIRECTORY is not set: run "
		    "Lethe as a service with LoadCredential=%s:...",
		    name);
	} else {
		r->c->key_path = str_format("%s/%s", folder, name);
		if (r->c->key_path == NULL)
			diag_nomem(r->d);
	}
	free(name);
}

static void read_key(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "file", "passphrase_file",
		"credential", NULL };
	const struct node *file, *passphrase, *credential;

	if (!read_map(r->d, n, keys))
		return;
	file = node_get(n, "file");
	passphrase = node_get(n, "passphrase_file");
	credential = node_get(n, "credential");
	if (!!file + !!passphrase + !!credential != 1) {
		diag_error(r->d, n->at,
		    "`key`: expected exactly one of file, passphrase_file, "
		    "credential");
		return;
	}
	r->c->key_kind =
	    passphrase ? CONFIG_KEY_PASSPHRASE_FILE : CONFIG_KEY_FILE;
	(void)config_read_path(r, file ? file : passphrase, &r->c->key_path);
	read_credential(r, credential);
}

static void read_policies(struct config_reader *r, const struct node *n)
{
	struct config *c = r->c;

	if (!read_list_of(r->d, n, "a list of files"))
		return;
	if (n->count == 0)
		read_mismatch(r->d, n, "at least one file");
	c->policies = read_array(r->d, n->count, sizeof(*c->policies));
	c->policies_at = read_array(r->d, n->count, sizeof(*c->policies_at));
	if (c->policies == NULL || c->policies_at == NULL)
		return;
	for (size_t i = 0; i < n->count; i++) {
		size_t k = c->policy_count;

		c->policies_at[k] = n->items[i].at;
		if (config_read_file_path(r, &n->items[i], &c->policies[k]))
			c->policy_count++;
	}
}

static void read_purge(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "window", "batch", "max_share",
		"approvals", "jobs", NULL };
	struct config *c = r->c;
	int64_t approvals, jobs;

	if (!read_map(r->d, n, keys))
		return;
	(void)read_some_period(r->d, node_get(n, "window"), &c->purge.window);
	(void)read_int(
	    r->d, node_get(n, "batch"), 1, 10000000, &c->purge.batch);
	(void)read_number(
	    r->d, node_get(n, "max_share"), 0, 1, &c->purge.max_share);
	if (read_int(r->d, node_get(n, "approvals"), 0, 2, &approvals))
		c->purge.approvals = (int)approvals;
	if (read_int(r->d, node_get(n, "jobs"), 1, CONFIG_JOBS, &jobs))
		c->purge.jobs = (int)jobs;
}

static void read_holds(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "approvals", "review", NULL };
	int64_t approvals;

	if (!read_map(r->d, n, keys))
		return;
	if (read_int(r->d, node_get(n, "approvals"), 1, 2, &approvals))
		r->c->holds.approvals = (int)approvals;
	(void)read_some_period(
	    r->d, node_get(n, "review"), &r->c->holds.review);
}

/* A word of a fixed list, kept as text. */
static void read_word_text(struct config_reader *r, const struct node *n,
    const char *const *words, char **out)
{
	int word;

	if (read_word(r->d, n, words, &word))
		(void)read_string(r->d, n, out);
}

static void read_calendar(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "rule", "roll", "holidays", NULL };
	static const char *const rolls[] = { "none", "next_working_day", NULL };
	const char *rules[CALENDAR_RULE__MAX + 1] = { NULL };

	if (!read_map(r->d, n, keys))
		return;
	for (int i = 0; i < CALENDAR_RULE__MAX; i++)
		rules[i] = calendar_rule_name((enum calendar_rule)i);
	read_word_text(
	    r, node_get(n, "rule"), rules, &r->c->requests.calendar_rule);
	read_word_text(
	    r, node_get(n, "roll"), rolls, &r->c->requests.calendar_roll);
	(void)config_read_file_path(
	    r, node_get(n, "holidays"), &r->c->requests.holidays);
}

static void read_count(struct config_reader *r, const struct node *n,
    int64_t least, int64_t most, int *out)
{
	int64_t count;

	if (read_int(r->d, n, least, most, &count))
		*out = (int)count;
}

static void read_code(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "valid", "attempts", NULL };

	if (!read_map(r->d, n, keys))
		return;
	(void)read_some_period(
	    r->d, node_get(n, "valid"), &r->c->requests.code.valid);
	read_count(
	    r, node_get(n, "attempts"), 1, 20, &r->c->requests.code.attempts);
}

static void read_sender(struct config_reader *r, const struct node *n)
{
	char **sender = &r->c->requests.sender;

	if (read_string(r->d, n, sender) && !text_is_address(*sender))
		read_mismatch(r->d, n, "an e-mail address");
}

static void read_requests(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "target", "due", "extension",
		"calendar", "law", "ask_within", "warn_days", "approvals",
		"authority", "code", "outbox", "sender", "retention", "letters",
		"language", "export_retention", "export_downloads",
		"lifting_notice", "snapshot_retention", "disclosure_retention",
		NULL };
	static const char *const languages[] = { "en", "ja", "de", NULL };
	static const char *const laws[] = { "gdpr", "appi", "both", NULL };
	struct config *c = r->c;

	if (!read_map(r->d, n, keys))
		return;
	(void)read_some_period(
	    r->d, node_get(n, "target"), &c->requests.target);
	(void)read_some_period(r->d, node_get(n, "due"), &c->requests.due);
	(void)read_some_period(
	    r->d, node_get(n, "extension"), &c->requests.extension);
	(void)read_some_period(
	    r->d, node_get(n, "retention"), &c->requests.retention);
	read_calendar(r, node_get(n, "calendar"));
	read_word_text(r, node_get(n, "law"), laws, &c->requests.law);
	read_count(
	    r, node_get(n, "ask_within"), 0, 30, &c->requests.ask_within);
	read_count(r, node_get(n, "warn_days"), 0, 30, &c->requests.warn_days);
	read_count(r, node_get(n, "approvals"), 1, 2, &c->requests.approvals);
	(void)read_string(
	    r->d, node_get(n, "authority"), &c->requests.authority);
	read_code(r, node_get(n, "code"));
	(void)config_read_path(r, node_get(n, "outbox"), &c->requests.outbox);
	read_sender(r, node_get(n, "sender"));
	(void)read_some_period(
	    r->d, node_get(n, "lifting_notice"), &c->requests.lifting_notice);
	(void)read_some_period(r->d, node_get(n, "export_retention"),
	    &c->requests.export_retention);
	(void)read_some_period(r->d, node_get(n, "disclosure_retention"),
	    &c->requests.disclosure_retention);
	(void)read_some_period(r->d, node_get(n, "snapshot_retention"),
	    &c->requests.snapshot_retention);
	read_count(r, node_get(n, "export_downloads"), 1, 1000,
	    &c->requests.export_downloads);
	(void)config_read_path(r, node_get(n, "letters"), &c->requests.letters);
	read_word_text(
	    r, node_get(n, "language"), languages, &c->requests.language);
}

static void read_mail(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "smtp", "user", "password_file",
		"ca_file", NULL };
	struct config *c = r->c;
	const struct node *smtp;

	if (!read_map(r->d, n, keys))
		return;
	smtp = read_required(r->d, n, "smtp");
	if (read_string(r->d, smtp, &c->mail.smtp) &&
	    strncmp(c->mail.smtp, "smtp://", 7) != 0 &&
	    strncmp(c->mail.smtp, "smtps://", 8) != 0)
		read_mismatch(
		    r->d, smtp, "smtps://HOST, or smtp://HOST for STARTTLS");
	(void)read_string(r->d, node_get(n, "user"), &c->mail.user);
	(void)config_read_file_path(
	    r, node_get(n, "password_file"), &c->mail.password_file);
	(void)config_read_file_path(
	    r, node_get(n, "ca_file"), &c->mail.ca_file);
}

/* A group of fewer than two hides nobody. */
static void read_reports(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "min_cell", NULL };

	if (!read_map(r->d, n, keys))
		return;
	(void)read_int(
	    r->d, node_get(n, "min_cell"), 2, 1000000, &r->c->reports.min_cell);
}

/* A slip of the pen must not take last month's evidence. */
static void read_audit(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "retention", NULL };
	struct period *p = &r->c->audit.retention;
	const struct node *retention;

	if (!read_map(r->d, n, keys))
		return;
	retention = node_get(n, "retention");
	if (read_some_period(r->d, retention, p) &&
	    period_least_days(*p) < CONFIG_LOG_LEAST_DAYS)
		read_mismatch(r->d, retention,
		    "a period of a year or more, such as `P10Y`: the audit "
		    "log is the evidence of what was deleted");
}

static void set_defaults(struct config_reader *r)
{
	struct config *c = r->c;

	c->purge.window.seconds = 24 * INT64_C(3600);
	c->purge.batch = 100000;
	c->purge.max_share = 0.5;
	c->purge.approvals = 1;
	c->holds.approvals = 1;
	c->holds.review.days = 90;
	c->reports.min_cell = 5;
	c->requests.target.days = 30;
	c->requests.due.months = 1;
	c->requests.extension.months = 2;
	c->requests.calendar_rule =
	    read_copy(r->d, "eu_1182_71", strlen("eu_1182_71"));
	c->requests.calendar_roll = read_copy(r->d, "none", strlen("none"));
	c->requests.law = read_copy(r->d, "gdpr", strlen("gdpr"));
	c->requests.language = read_copy(r->d, "en", strlen("en"));
	c->requests.ask_within = 3;
	c->requests.warn_days = 7;
	c->requests.approvals = 2;
	c->requests.code.valid.days = 3;
	c->requests.export_retention.days = 30;
	c->requests.lifting_notice.days = 7;
	c->requests.snapshot_retention.months = 6;
	c->requests.disclosure_retention.months = 36;
	c->requests.export_downloads = 10;
	c->requests.code.attempts = 5;
	if ((c->requests.outbox = file_beside(c->path, "outbox")) == NULL)
		diag_nomem(r->d);
	config_accounts_defaults(c);
	c->web.listen =
	    read_copy(r->d, "127.0.0.1:8080", strlen("127.0.0.1:8080"));
}

static void read_file(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "installation", "time_zone",
		"data_dir", "key", "policies", "stores", "purge", "holds",
		"requests", "mail", "reports", "audit", "web", "controllers",
		"recipients", "processing", "consents", "accounts", NULL };
	struct diag *d = r->d;

	if (!read_map(d, n, keys))
		return;
	read_installation(r, read_required(d, n, "installation"));
	read_zone(r, read_required(d, n, "time_zone"));
	(void)config_read_path(
	    r, read_required(d, n, "data_dir"), &r->c->data_dir);
	read_key(r, read_required(d, n, "key"));
	read_policies(r, read_required(d, n, "policies"));
	config_read_stores(r, read_required(d, n, "stores"));
	read_purge(r, node_get(n, "purge"));
	read_holds(r, node_get(n, "holds"));
	read_requests(r, node_get(n, "requests"));
	read_mail(r, node_get(n, "mail"));
	read_reports(r, node_get(n, "reports"));
	read_audit(r, node_get(n, "audit"));
	config_read_web(r, node_get(n, "web"));
	config_read_controllers(r, node_get(n, "controllers"));
	config_read_recipients(r, node_get(n, "recipients"));
	config_read_processing(r, node_get(n, "processing"));
	(void)config_read_file_path(
	    r, node_get(n, "consents"), &r->c->consents);
	config_read_accounts(r, node_get(n, "accounts"));
}

enum status config_parse(const char *path, const char *bytes, size_t len,
    struct diag *d, struct config *out)
{
	struct config c = { 0 };
	struct config_reader r = { d, &c };
	struct node root = { 0 };
	size_t errors = d->errors;
	enum status st;

	if ((c.path = strdup(path)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = node_parse(path, bytes, len, d, &root)) == ST_OK) {
		set_defaults(&r);
		read_file(&r, &root);
		st = diag_status_since(d, errors);
	}
	node_release(&root);
	if (st == ST_OK)
		*out = c;
	else
		config_release(&c);
	return st;
}

enum status config_load(const char *path, struct diag *d, struct config *out)
{
	struct buf bytes = BUF_INIT;
	enum status st = node_read_file(path, d, &bytes);

	if (st == ST_OK)
		st = config_parse(path, bytes.data, bytes.len, d, out);
	buf_release(&bytes);
	return st;
}

void config_release(struct config *c)
{
	for (size_t i = 0; i < c->store_count; i++) {
		free(c->stores[i].name);
		free(c->stores[i].url);
		free(c->stores[i].password_file);
		free(c->stores[i].dataset);
		free(c->stores[i].schema);
	}
	free(c->stores);
	read_free_strings(c->policies, c->policy_count);
	free(c->policies_at);
	free(c->path);
	free(c->installation);
	free(c->time_zone);
	free(c->data_dir);
	free(c->key_path);
	free(c->requests.calendar_rule);
	free(c->requests.calendar_roll);
	free(c->requests.holidays);
	free(c->requests.law);
	free(c->requests.authority);
	free(c->requests.outbox);
	free(c->requests.sender);
	free(c->requests.letters);
	free(c->requests.language);
	free(c->mail.smtp);
	free(c->mail.user);
	free(c->mail.password_file);
	free(c->mail.ca_file);
	config_release_web(c);
	free(c->consents);
	config_release_controllers(c);
	config_release_recipients(c);
	*c = (struct config){ 0 };
}

const struct config_store *config_find_store(
    const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->store_count; i++)
		if (strcmp(c->stores[i].name, name) == 0)
			return &c->stores[i];
	return NULL;
}
