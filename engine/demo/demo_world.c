/*
 * Customers and their stories.  Twenty stories repeat; a round of twenty is a
 * block, and later blocks take other turns around the cut-offs.
 */
#include "engine/demo/demo_world.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/civil.h"

#define STORIES 20

enum story {
	BUYS_NEW,     /* within four years, runs */
	LONG_WITH_US, /* long enough to take over a neighbour's vehicle */
	SINCE_EVER,   /* records older than ten years */
	LEAVES,       /* contract ended around the cut-off */
	HANDS_ON_LONG_AGO,
	HANDS_ON_NOW, /* service data of both holders is still there */
	HANDS_ON_WITH_GAP,
	SCRAPS,
	DEACTIVATES,
};
static const enum story stories[STORIES] = { BUYS_NEW, SINCE_EVER, LEAVES,
	LONG_WITH_US, HANDS_ON_LONG_AGO, LONG_WITH_US, SCRAPS, SINCE_EVER,
	BUYS_NEW, HANDS_ON_NOW, LONG_WITH_US, LEAVES, BUYS_NEW, DEACTIVATES,
	BUYS_NEW, HANDS_ON_WITH_GAP, LONG_WITH_US, LEAVES, SINCE_EVER,
	BUYS_NEW };

/* What is being made. */
struct making {
	const struct demo_world *w;
	const struct demo_clock *clock;
	struct demo_customer *c;
	struct demo_dice *d;
	int place; /* in stories */
	int block;
};

static int32_t some(struct making *m, int32_t least, int32_t most)
{
	return (int32_t)demo_dice_range(m->d, least, most);
}

void demo_customer_id(int number, char out[DEMO_ID_TEXT])
{
	(void)snprintf(out, DEMO_ID_TEXT, "C%07d", number + 1);
}

void demo_contract_id(
    const struct demo_vehicle *v, int holder, char out[DEMO_ID_TEXT])
{
	(void)snprintf(
	    out, DEMO_ID_TEXT, "K%07d-%d", v->number + 1, holder + 1);
}

/* Real manufacturer and type, then X and Z where a check digit and a plant
 * would stand, so that no vehicle has it. */
static void make_vin(struct demo_vehicle *v)
{
	static const char years[] = "ABCDEFGHJKLMNPRSTVWXY123456789";
	int year = civil_date(v->registered).year;

	(void)snprintf(v->vin, sizeof(v->vin), "%s0X%cZ%06d", v->model->vin,
	    years[(unsigned int)(year - 1980) % 30], v->number % 1000000);
}

/* A vehicle that ${m->c} buys new on ${registered}. */
static struct demo_vehicle *buy(struct making *m, int32_t registered)
{
	struct demo_customer *c = m->c;
	struct demo_vehicle *v = &c->vehicles[c->vehicle_count];
	size_t model = (size_t)some(m, 0, (int32_t)demo_model_count - 1);

	*v = (struct demo_vehicle){
		.number = c->number * 2 + c->vehicle_count,
		.model = &demo_models[model],
		.place = c->place,
		.fate = DEMO_STILL_HELD,
		.registered = registered,
		.scrapped = DEMO_DAY_NONE,
		.silent = DEMO_TIME_NONE,
		.holder_count = 1,
	};
	c->vehicle_count++;
	make_vin(v);
	v->holders[0] = (struct demo_holder){
		.customer = c->number,
		.from = demo_office_hours(m->clock, registered, m->d),
		.until = DEMO_TIME_NONE,
		.starts = registered,
		.expires = DEMO_DAY_NONE,
	};
	return v;
}

/* The last holder gives it up on ${day}, at ${t}. */
static void give_up(
    struct demo_vehicle *v, enum demo_fate fate, int32_t day, int64_t t)
{
	struct demo_holder *h = &v->holders[v->holder_count - 1];

	v->fate = fate;
	h->expires = day;
	h->until = t;
	if (fate == DEMO_SCRAPPED)
		v->scrapped = day;
	if (fate != DEMO_HANDED_ON)
		v->silent = t;
}

/* ... and customer ${to} takes it over ${gap} days later. */
static void take_over(
    struct making *m, struct demo_vehicle *v, int to, int32_t gap)
{
	const struct demo_holder *before = &v->holders[v->holder_count - 1];
	struct demo_holder *h = &v->holders[v->holder_count++];
	int32_t day = before->expires + gap;

	*h = (struct demo_holder){
		.customer = to,
		.from = gap ? demo_office_hours(m->clock, day, m->d)
			    : before->until,
		.until = DEMO_TIME_NONE,
		.starts = day,
		.expires = DEMO_DAY_NONE,
	};
}

/* Hand on ${days} ago to the next customer, perhaps to one more. */
static void hand_on(struct making *m, int32_t days, int32_t gap)
{
	int32_t day = m->clock->today - days;
	struct demo_vehicle *v = buy(m, day - some(m, 400, 1500));
	int64_t t = demo_office_hours(m->clock, day, m->d);
	int next = m->c->number + 1;

	if (next >= m->w->customers) { /* nobody there to take it */
		give_up(v, DEMO_SOLD, day, t);
		return;
	}
	give_up(v, DEMO_HANDED_ON, day, t);
	take_over(m, v, next, gap);
	if (days < 200 || m->block % 2 == 0)
		return;
	day = m->clock->today - days / 2;
	t = demo_office_hours(m->clock, day, m->d);
	give_up(v, DEMO_HANDED_ON, day, t);
	take_over(m, v, next - 2, some(m, 0, 1) * 10);
}

/* The first registration of a new vehicle: also on 29 February and at the end
 * of August, where terms end on other dates. */
static int32_t registration(struct making *m)
{
	struct civil c = civil_date(m->clock->today - 200);

	if (m->place == 14 && m->block % 2 == 0) {
		while (civil_month_length(--c.year, 2) != 29)
			continue;
		return civil_day((struct civil){ c.year, 2, 29 });
	}
	if (m->place == 8 && m->block % 2 == 0)
		return civil_day((struct civil){ c.year - 2, 8, 31 });
	return m->clock->today - some(m, 100, 1450);
}

/* The contract ends around the cut-off, the vehicle goes to somebody else. */
static void leave(struct making *m)
{
	const struct demo_clock *clock = m->clock;
	int turn = m->block * 3 + (m->place == 2 ? 0 : m->place == 11 ? 1 : 2);
	int32_t day = demo_turn(
	    clock, DEMO_P1Y, turn, m->d, clock->today - 3000, clock->today - 1);
	int32_t bought = day - some(m, 400, 1800);
	struct demo_vehicle *v = buy(m, bought);

	give_up(v, DEMO_SOLD, day, demo_instant(clock, DEMO_P1Y, day, m->d));
	if (m->place != 11)
		return;
	v = buy(m, bought - some(m, 700, 1200)); /* an earlier one */
	day = bought + some(m, 0, 30);
	give_up(v, DEMO_SOLD, day, demo_office_hours(clock, day, m->d));
}

static void scrap(struct making *m)
{
	const struct demo_clock *clock = m->clock;
	int32_t day = clock->today - 1;
	struct demo_vehicle *v;

	if (m->block % 3 == 1)
		day = clock->today;
	else if (m->block % 3 == 2)
		day = clock->today - some(m, 30, 900);
	v = buy(m, day - some(m, 2500, 4000));
	give_up(v, DEMO_SCRAPPED, day, demo_office_hours(clock, day, m->d));
}

static void deactivate(struct making *m)
{
	const struct demo_clock *clock = m->clock;
	int32_t day =
	    clock->today - (m->block % 2 ? some(m, 60, 700) : some(m, 3, 20));
	struct demo_vehicle *v = buy(m, day - some(m, 300, 1500));

	give_up(v, DEMO_DEACTIVATED, day, demo_office_hours(clock, day, m->d));
}

static void live(struct making *m)
{
	const struct demo_clock *clock = m->clock;
	struct demo_vehicle *v;
	int32_t day;

	switch (stories[m->place]) {
	case BUYS_NEW: (void)buy(m, registration(m)); break;
	case LONG_WITH_US:
		(void)buy(m, clock->today - some(m, 1600, 2600));
		break;
	case SINCE_EVER:
		(void)buy(m, clock->today - some(m, 4100, 4900));
		break;
	case LEAVES: leave(m); return;
	case HANDS_ON_LONG_AGO: hand_on(m, some(m, 250, 1500), 0); return;
	case HANDS_ON_NOW:
		hand_on(m, some(m, 5, 24), m->block % 2 ? 2 : 0);
		return;
	case HANDS_ON_WITH_GAP:
		hand_on(m, some(m, 100, 900), some(m, 3, 20));
		return;
	case SCRAPS: scrap(m); return;
	case DEACTIVATES: deactivate(m); return;
	}
	if (m->c->number % 7 != 3)
		return;
	/* Traded in an earlier one: a second contract that ended. */
	day = m->c->vehicles[0].registered;
	v = buy(m, day - some(m, 700, 1500));
	day += some(m, 0, 30);
	give_up(v, DEMO_SOLD, day, demo_office_hours(clock, day, m->d));
}

/* From the first contract to the last. */
static void span(struct demo_customer *c)
{
	c->since = c->vehicles[0].registered;
	c->until = 0;
	c->left = 0;
	for (int i = 0; i < c->vehicle_count; i++) {
		const struct demo_vehicle *v = &c->vehicles[i];
		const struct demo_holder *h = &v->holders[0];

		if (v->registered < c->since)
			c->since = v->registered;
		if (h->expires > c->until)
			c->until = h->expires;
		if (h->until > c->left)
			c->left = h->until;
	}
}

static void name(struct making *m)
{
	static const char *const domains[] = { "example.jp", "example.ne.jp",
		"example.co.jp", "example.com" };
	struct demo_customer *c = m->c;
	uint64_t a = demo_dice_next(m->d), b = demo_dice_next(m->d);

	c->family = &demo_family_names[a % demo_family_name_count];
	c->given = &demo_given_names[(a >> 16) % demo_given_name_count];
	c->place = &demo_places[(a >> 32) % demo_place_count];
	c->dealer = demo_dealers[(a >> 48) % demo_dealer_count];
	(void)snprintf(c->email, sizeof(c->email), "%s.%s%d@%s",
	    c->given->latin, c->family->latin, c->number + 1, domains[b % 4]);
	c->has_login = c->number % 8 != 6;
	(void)snprintf(c->universal_id, sizeof(c->universal_id),
	    "%08x-%04x-4%03x-8%03x-%012llx", (unsigned int)(a & 0xffffffff),
	    (unsigned int)(b & 0xffff), (unsigned int)(b >> 16 & 0xfff),
	    (unsigned int)(b >> 28 & 0xfff),
	    (unsigned long long)(demo_dice_next(m->d) & 0xffffffffffff));
}

void demo_customer_make(
    const struct demo_world *w, int number, struct demo_customer *c)
{
	struct demo_dice dice;
	struct making m = { w, &w->clock, c, &dice, number % STORIES,
		number / STORIES };

	demo_dice_init(&dice, (uint64_t)number * 2);
	*c = (struct demo_customer){ .number = number };
	demo_customer_id(number, c->id);
	name(&m);
	live(&m);
	span(c);
}

int32_t demo_next_day(struct demo_world *w, enum demo_file_id file,
    enum demo_rule rule, struct demo_dice *d, int32_t from, int32_t until)
{
	int32_t day, kept = w->clock.cutoffs[rule].last_day + 1;

	if (until > w->clock.today)
		until = w->clock.today;
	day = demo_turn(&w->clock, rule, w->turns[file], d, from, until);
	if (day != DEMO_DAY_NONE) {
		w->turns[file]++;
		return day;
	}
	if (from < kept && kept <= until)
		from = kept;
	return (int32_t)demo_dice_range(d, from, until);
}

void demo_put_day(struct demo_out *o, int32_t day)
{
	char text[CIVIL_TEXT];

	if (day == DEMO_DAY_NONE) {
		demo_out_null(o);
		return;
	}
	civil_format(day, text);
	demo_out_text(o, text);
}

void demo_put_time(struct demo_out *o, int64_t t)
{
	char text[DEMO_TIME_TEXT];

	if (t == DEMO_TIME_NONE) {
		demo_out_null(o);
		return;
	}
	demo_time_utc(t, text);
	demo_out_text(o, text);
}

void demo_put_event(struct demo_out *o, int64_t t)
{
	static const int offsets[] = { 0, 0, 9, 0, 0, 1, 0, 0, 9, 0, -5 };
	size_t turn = (size_t)o->records % (sizeof(offsets) / sizeof(int));
	char text[DEMO_TIME_TEXT];

	if (t == DEMO_TIME_NONE || offsets[turn] == 0) {
		demo_put_time(o, t);
		return;
	}
	demo_time_offset(t, offsets[turn], text);
	demo_out_text(o, text);
}
