/*
 * The server with people whom nobody had to add: for scenarios, and nothing
 * else.  Each signs in with the password "water", and, where the name ends in
 * "2", with the code "424242".
 *
 *	serve_test LETHE_YML | serve_test --routes
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "engine/web/route.h"
#include "engine/web/server.h"

static const struct {
	const char *name;
	unsigned int roles;
} people[] = {
	{ "ida", WEB_INTAKE },
	{ "ophelia", WEB_OFFICER },
	{ "anton", WEB_APPROVER },
	{ "ada2", WEB_OFFICER | WEB_APPROVER },
	{ "rita", WEB_AUDITOR },
	{ "max", WEB_ADMIN },
	{ "vera",
	    WEB_OFFICER | WEB_APPROVER | WEB_INTAKE | WEB_AUDITOR | WEB_ADMIN },
};
#define PEOPLE (sizeof(people) / sizeof(people[0]))

/* Sessions by number; whose each is. */
static struct {
	pthread_mutex_t lock;
	size_t who[4096];
	int open[4096];
	size_t count;
} sessions = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void fill(size_t number, struct web_session *out)
{
	size_t who = sessions.who[number];

	(void)snprintf(
	    out->user, sizeof(out->user), "user:%s", people[who].name);
	(void)snprintf(out->csrf, sizeof(out->csrf), "secret-of-%zu", number);
	out->roles = people[who].roles;
	*out->token = '\0';
}

static enum status ready(void *ctx, struct installation *in)
{
	(void)ctx;
	(void)in;
	return ST_OK;
}

static enum status sign_in(void *ctx, struct installation *in,
    const struct web_credentials *c, int64_t now, struct web_session *out,
    int64_t *wait)
{
	size_t len = strlen(c->user), number;

	(void)ctx;
	(void)in;
	(void)now;
	if (strcmp(c->user, "hasty") == 0) {
		*wait = 7;
		return fail(ST_BUSY, "try again in 7 seconds");
	}
	for (size_t i = 0; i < PEOPLE; i++) {
		if (strcmp(people[i].name, c->user) != 0 ||
		    strcmp(c->password, "water") != 0 ||
		    (c->user[len - 1] == '2' && strcmp(c->code, "424242") != 0))
			continue;
		(void)pthread_mutex_lock(&sessions.lock);
		number = sessions.count++ % 4096;
		sessions.who[number] = i;
		sessions.open[number] = 1;
		fill(number, out);
		(void)pthread_mutex_unlock(&sessions.lock);
		(void)snprintf(
		    out->token, sizeof(out->token), "token-%zu", number);
		return ST_OK;
	}
	return fail(ST_DENIED, "not these");
}

/* The number of an open session, with the lock; or 4096. */
static size_t number_of(const char *token)
{
	size_t number;
	char rest;

	if (token == NULL || sscanf(token, "token-%zu%c", &number, &rest) != 1)
		return 4096;
	return number < 4096 && sessions.open[number] ? number : 4096;
}

static enum status session(void *ctx, struct installation *in,
    const char *token, int64_t now, struct web_session *out)
{
	enum status st = ST_NOTFOUND;
	size_t number;

	(void)ctx;
	(void)in;
	(void)now;
	(void)pthread_mutex_lock(&sessions.lock);
	if ((number = number_of(token)) < 4096) {
		fill(number, out);
		st = ST_OK;
	}
	(void)pthread_mutex_unlock(&sessions.lock);
	return st;
}

/* Accounts have tests of their own of what is unusual. */
static enum status look(void *ctx, struct installation *in,
    const struct web_session *who, const char *request, int64_t records,
    int64_t now)
{
	(void)ctx;
	(void)in;
	(void)who;
	(void)request;
	(void)records;
	(void)now;
	return ST_OK;
}

static enum status sign_out(
    void *ctx, struct installation *in, const char *token, int64_t now)
{
	size_t number;

	(void)ctx;
	(void)in;
	(void)now;
	(void)pthread_mutex_lock(&sessions.lock);
	if ((number = number_of(token)) < 4096)
		sessions.open[number] = 0;
	(void)pthread_mutex_unlock(&sessions.lock);
	return ST_OK;
}

static void say(void *ctx, const char *url)
{
	(void)ctx;
	printf("listening on %s\n", url);
	(void)fflush(stdout);
}

static int list_routes(void)
{
	for (const struct route *r = routes; r->path; r++)
		printf(
		    "%s %s\n", r->method == WEB_GET ? "get" : "post", r->path);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct web_auth auth = { NULL, ready, sign_in, session,
		look, sign_out };
	struct installation in;
	enum status st;

	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "--routes") == 0)
		return list_routes();
	st = installation_load(argv[1], &in);
	if (st == ST_OK)
		st = installation_unlock(&in);
	if (st == ST_OK)
		st = server_run(&in, &auth, say, NULL);
	if (st != ST_OK)
		(void)fprintf(stderr, "serve_test: %s\n", status_text());
	installation_release(&in);
	return st != ST_OK;
}
