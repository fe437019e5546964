/*
 * What a contract subscribes to, with its term: without one, three years from
 * first registration, CarPlay's two years and one more unless cancelled six
 * months before (three months with option 6U3).
 */
#include <string.h>

#include "engine/demo/demo_world.h"
#include "engine/model/term.h"

enum brand { BMW = 1, BMW_I = 2, MINI = 4, ALL_BMW = BMW | BMW_I, ALL = 7 };
static const struct {
	const char *code;
	int unlimited; /* brands */
	int three_years;
} catalogue[] = {
	{ "sos_call", ALL, 0 },
	{ "teleservices", ALL, 0 },
	{ "emergency", ALL, 0 },
	{ "hotline", ALL, 0 },
	{ "my_info", ALL, 0 },
	{ "sensor_data", ALL, 0 },
	{ "remote", ALL_BMW, MINI },
	{ "edrive", ALL_BMW, MINI }, /* electric ones only */
	{ "connected_drive", ALL_BMW, 0 },
	{ "remote_3d_view", ALL_BMW, 0 },
	{ "mini_connected", 0, MINI },
	{ "online", 0, ALL },
	{ "driver_support_desk", 0, ALL },
	{ "map_update", 0, ALL },
	{ "connected_plus", 0, ALL_BMW },
	{ "offboard_voice", 0, ALL },
};

struct sold {
	const char *period; /* NULL: unlimited */
	int32_t starts;
	int32_t ends;
	const char *extension;
	const char *notice;
	int32_t cancel_by;
	int32_t cancelled;
};

struct subscription {
	const struct demo_vehicle *v;
	const struct demo_holder *h;
	int holder;
	char contract[DEMO_ID_TEXT];
	int count;
};

/* When it was switched off: at the dealer's with all others, or one by the
 * customer, in the portal. */
static int64_t switched_off(const struct subscription *s, const char *code,
    const struct sold *t, const char **by)
{
	int last = s->h == &s->v->holders[s->v->holder_count - 1];

	*by = NULL;
	if (s->v->fate == DEMO_DEACTIVATED && last) {
		*by = "dealer";
		return s->v->silent;
	}
	if (t->period && s->v->number % 11 == 4 &&
	    strcmp(code, "online") == 0) {
		*by = "self";
		return s->h->from + 86400;
	}
	return DEMO_TIME_NONE;
}

static void write_service(struct demo_world *w, struct subscription *s,
    const char *code, const struct sold *t)
{
	struct demo_out *o = &w->out[DEMO_SERVICES];
	int32_t ends = t->ends;
	const char *by;
	int64_t off = switched_off(s, code, t, &by);

	if (off != DEMO_TIME_NONE && zone_day(w->clock.zone, off) < ends)
		ends = zone_day(w->clock.zone, off);
	s->count++;
	demo_out_format(o, "%s-%02d", s->contract, s->count);
	demo_out_text(o, s->contract);
	demo_out_text(o, code);
	demo_out_text(o, s->v->model->brand);
	demo_put_day(o, s->v->registered);
	demo_put_day(o, t->starts);
	demo_out_text(o, t->period);
	demo_put_day(o, ends);
	demo_out_text(o, t->extension);
	demo_out_text(o, t->notice);
	demo_put_day(o, t->cancel_by);
	demo_put_day(o, t->cancelled);
	demo_put_time(o, off);
	demo_out_text(o, by);
	demo_out_end(o);
}

/* In turn: not cancelled, a month before the last day, on it, a day late. */
static int32_t cancelled_on(
    const struct demo_world *w, const struct subscription *s, int32_t cancel_by)
{
	static const int32_t days[] = { 0, -30, 0, 1 };
	int turn = s->v->number / 2 % 4;
	int32_t day = cancel_by + days[turn];

	if (turn == 0 || day <= s->h->starts || day > s->h->expires ||
	    day > w->clock.today)
		return DEMO_DAY_NONE;
	return day;
}

static void write_carplay(
    struct demo_world *w, struct subscription *s, struct demo_dice *d)
{
	static const struct term two_years = { 1, { 24, 0, 0 }, { 12, 0, 0 },
		{ 6, 0, 0 } };
	struct term_days days = { s->v->registered, TERM_NO_DAY, TERM_NO_DAY };
	struct sold t = { .period = "P3M",
		.starts = s->h->starts,
		.cancel_by = DEMO_DAY_NONE,
		.cancelled = DEMO_DAY_NONE };
	struct term_end end;

	t.ends = demo_days_after(s->v->registered, "P3M");
	if (strstr(s->v->model->options, "6U3") == NULL) {
		end = term_end(CALENDAR_JP_CIVIL_CODE, &two_years, &days);
		t.period = "P2Y";
		t.extension = "P1Y";
		t.notice = "P6M";
		t.cancel_by = end.cancel_by;
		t.cancelled = cancelled_on(w, s, end.cancel_by);
		days.cancelled = t.cancelled;
		end = term_end(CALENDAR_JP_CIVIL_CODE, &two_years, &days);
		t.ends = end.last_day;
	}
	if (t.ends >= t.starts)
		write_service(w, s, "carplay", &t);
	if (demo_dice_chance(d, 40))
		demo_write_purchases(w, s->v, s->holder, "carplay",
		    t.ends >= t.starts ? t.ends : t.starts - 1, d);
}

static int brand_of(const struct demo_model *m)
{
	if (strcmp(m->brand, "BMW") == 0)
		return BMW;
	return strcmp(m->brand, "MINI") == 0 ? MINI : BMW_I;
}

void demo_write_services(struct demo_world *w, const struct demo_vehicle *v,
    int holder, struct demo_dice *d)
{
	struct subscription s = {
		.v = v, .h = &v->holders[holder], .holder = holder
	};
	int brand = brand_of(v->model);
	int32_t three = demo_days_after(v->registered, "P3Y");

	demo_contract_id(v, holder, s.contract);
	for (size_t i = 0; i < sizeof(catalogue) / sizeof(*catalogue); i++) {
		struct sold t = { .starts = s.h->starts,
			.ends = DEMO_DAY_NONE,
			.cancel_by = DEMO_DAY_NONE,
			.cancelled = DEMO_DAY_NONE };

		if (strcmp(catalogue[i].code, "edrive") == 0 &&
		    !v->model->electric)
			continue;
		if (catalogue[i].three_years & brand) {
			t.period = "P3Y";
			t.ends = three;
		} else if (!(catalogue[i].unlimited & brand)) {
			continue;
		}
		/* The next holder gets what is left of a term. */
		if (t.ends >= t.starts)
			write_service(w, &s, catalogue[i].code, &t);
	}
	write_carplay(w, &s, d);
	if (demo_dice_chance(d, 25))
		demo_write_purchases(w, v, holder, "online",
		    three >= s.h->starts ? three : s.h->starts - 1, d);
}
