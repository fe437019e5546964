/* Requests for Prometheus. */
#include "engine/rights/metrics.h"

#include <stdlib.h>

#include "engine/base/file.h"

static const struct {
	const char *member;
	const char *name;
	const char *help;
} gauges[] = {
	{ "open", "lethe_requests_open", "Requests that are not closed." },
	{ "suspended", "lethe_requests_suspended",
	    "Open requests whose clock stands still." },
	{ "at_risk", "lethe_requests_at_risk",
	    "Open requests past their target or near their due date." },
	{ "overdue", "lethe_requests_overdue",
	    "Open requests past their due date." },
	{ "holidays_missing", "lethe_requests_holidays_missing",
	    "Open requests whose due date lies in a year without known "
	    "holidays." },
};

enum status metrics_write(struct installation *in, const json_t *summary)
{
	const json_t *outbox = json_object_get(summary, "outbox");
	char *path = installation_path(in, "requests.prom");
	json_t *count;
	struct buf b = BUF_INIT;
	const char *state;
	enum status st;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++)
		buf_addf(&b, "# HELP %s %s\n# TYPE %s gauge\n%s %lld\n",
		    gauges[i].name, gauges[i].help, gauges[i].name,
		    gauges[i].name, json_int(summary, gauges[i].member));
	buf_addf(&b,
	    "# HELP lethe_outbox_waiting Messages that are not sent yet.\n"
	    "# TYPE lethe_outbox_waiting gauge\nlethe_outbox_waiting %lld\n"
	    "# HELP lethe_outbox_dead Messages that were given up.\n"
	    "# TYPE lethe_outbox_dead gauge\nlethe_outbox_dead %lld\n",
	    json_int(outbox, "waiting"), json_int(outbox, "dead"));
	buf_addf(&b,
	    "# HELP lethe_recipients_open Notifications of recipients that are "
	    "not confirmed.\n# TYPE lethe_recipients_open gauge\n"
	    "lethe_recipients_open %lld\n",
	    json_int(json_object_get(summary, "recipients"), "open"));
	buf_adds(&b, "# HELP lethe_requests Requests by state.\n"
		     "# TYPE lethe_requests gauge\n");
	json_object_foreach(json_object_get(summary, "states"), state, count)
	    buf_addf(&b, "lethe_requests{state=\"%s\"} %lld\n", state,
		(long long)json_integer_value(count));
	st = buf_status(&b);
	if (st == ST_OK)
		st = file_replace(path, b.data, b.len, 0600);
	buf_release(&b);
	free(path);
	return st;
}
