/*
 * What is bought in the store when a term is over: 12, 6 or 1 months, each a
 * contract of its own that follows the one before, until the vehicle is handed
 * on or scrapped, or its services are switched off.
 */
#include "engine/demo/demo_world.h"
#include "engine/model/term.h"

static const struct {
	const char *period;
	int months;
	int price;
} offers[] = { { "P1Y", 12, 12500 }, { "P6M", 6, 7000 }, { "P1M", 1, 1300 } };
#define OFFERS (int)(sizeof(offers) / sizeof(*offers))

struct shop {
	struct demo_world *w;
	const struct demo_vehicle *v;
	int holder;
	const char *code;
	int count;
};

static const char *ended_by(const struct shop *s)
{
	switch (s->v->fate) {
	case DEMO_SCRAPPED: return "scrapping";
	case DEMO_DEACTIVATED: return "deactivation";
	case DEMO_HANDED_ON:
	case DEMO_SOLD:
	case DEMO_STILL_HELD: break;
	}
	return "transfer";
}

/* The last day of what was bought. */
static int32_t write_purchase(struct shop *s, int offer, int32_t follows)
{
	struct demo_out *o = &s->w->out[DEMO_PURCHASES];
	const struct demo_holder *h = &s->v->holders[s->holder];
	const struct term term = { .is_limited = 1,
		.base = { offers[offer].months, 0, 0 } };
	struct term_days days = { follows, TERM_NO_DAY, TERM_NO_DAY };
	char contract[DEMO_ID_TEXT], customer[DEMO_ID_TEXT];
	struct term_end end;
	int cut;

	end = term_end(CALENDAR_JP_CIVIL_CODE, &term, &days);
	cut = h->expires < end.last_day;
	if (cut)
		days.ended = h->expires;
	end = term_end(CALENDAR_JP_CIVIL_CODE, &term, &days);
	demo_contract_id(s->v, s->holder, contract);
	demo_customer_id(h->customer, customer);
	demo_out_format(o, "%s-%.1s%02d", contract, s->code, ++s->count);
	demo_out_text(o, customer);
	demo_out_text(o, contract);
	demo_out_text(o, s->code);
	demo_put_day(o, follows);
	demo_out_text(o, offers[offer].period);
	demo_put_day(o, end.last_day);
	demo_out_int(o, offers[offer].price);
	demo_put_time(o, cut ? h->until : DEMO_TIME_NONE);
	demo_out_text(o, cut ? ended_by(s) : NULL);
	demo_out_end(o);
	return end.last_day;
}

/* Bought at ${follows} or later, so that it ends on ${last}; 0 if no offer
 * can: months differ in length. */
static int buy_until(struct shop *s, int first, int32_t follows, int32_t last)
{
	for (int i = 0; i < OFFERS; i++) {
		int offer = (first + i) % OFFERS;
		struct period p = { offers[offer].months, 0, 0 };
		int32_t day = last - 32 * offers[offer].months;

		if (day < follows)
			day = follows;
		while (calendar_last_day(CALENDAR_JP_CIVIL_CODE, day, p) < last)
			day++;
		if (calendar_last_day(CALENDAR_JP_CIVIL_CODE, day, p) != last)
			continue;
		(void)write_purchase(s, offer, day);
		return 1;
	}
	return 0;
}

void demo_write_purchases(struct demo_world *w, const struct demo_vehicle *v,
    int holder, const char *code, int32_t ended, struct demo_dice *d)
{
	struct shop s = { w, v, holder, code, 0 };
	int32_t until = v->holders[holder].expires, last;
	int first = (int)demo_dice_range(d, 0, OFFERS - 1);

	if (until > w->clock.today)
		until = w->clock.today;
	if (ended + 31 < until) {
		last = demo_next_day(
		    w, DEMO_PURCHASES, DEMO_P1Y, d, ended + 31, until);
		if (buy_until(&s, first, ended, last))
			ended = last;
	}
	for (int n = 0; n < 2 && ended < until; n++)
		ended = write_purchase(
		    &s, (int)demo_dice_range(d, 0, OFFERS - 1), ended);
}
