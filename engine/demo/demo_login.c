/* The BMW Group login: a store of its own. */
#include "engine/demo/demo_world.h"

/* The last sign-in lies in turn around the cut-off of three years; the last
 * ones of whoever left are as old as that. */
static int64_t last_sign_in(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	int32_t until = c->until < w->clock.today ? c->until : w->clock.today;
	int32_t from = c->since + 1;

	/* Half of those who are still here signed in this month. */
	if (until == w->clock.today && demo_dice_chance(d, 50))
		from = until - 30;
	return demo_instant(&w->clock, DEMO_P3Y,
	    demo_next_day(w, DEMO_GROUP_LOGINS, DEMO_P3Y, d, from, until), d);
}

static void write_login(struct demo_world *w, const struct demo_customer *c,
    int64_t registered, int64_t last, struct demo_dice *d)
{
	struct demo_out *o = &w->out[DEMO_GROUP_LOGINS];

	demo_out_text(o, c->universal_id);
	demo_out_text(o, c->email);
	/* The form of a verifier, of no password. */
	demo_out_format(o,
	    "$argon2id$v=19$m=65536,t=3,p=1$%016llx$%016llx%016llx",
	    (unsigned long long)demo_dice_next(d),
	    (unsigned long long)demo_dice_next(d),
	    (unsigned long long)demo_dice_next(d));
	demo_out_format(o, "%s %s", c->family->kanji, c->given->kanji);
	demo_out_text(o, c->number % 31 == 7 ? "en" : "ja");
	demo_put_time(o, registered);
	demo_put_event(o, last);
	demo_out_end(o);
}

/* Handed over at the first use of a company's service; none without use. */
static void write_links(struct demo_world *w, const struct demo_customer *c,
    int64_t registered, struct demo_dice *d)
{
	static const struct {
		const char *company;
		const char *country;
		const char *service;
	} companies[] = { { "ビー・エム・ダブリュー株式会社", "JP",
			      "ConnectedDrive" },
		{ "BMW Financial Services", "JP", "my Finance" },
		{ "BMW M GmbH", "DE", "M Laptimer" },
		{ "Alphabet Fuhrparkmanagement GmbH", "DE", "AlphaGuide" } };
	struct demo_out *o = &w->out[DEMO_COMPANY_LINKS];

	for (int i = 0; i < 4; i++) {
		if (!demo_dice_chance(d, i ? 15 : 90))
			continue;
		demo_out_format(o, "%s-%d", c->universal_id, i);
		demo_out_text(o, c->universal_id);
		demo_out_text(o, companies[i].company);
		demo_out_text(o, companies[i].country);
		demo_out_text(o, companies[i].service);
		demo_out_text(o, "universal_id, email, name");
		demo_put_time(o, registered + 600 * (i + 1));
		demo_out_end(o);
	}
}

/* From the documentation ranges of RFC 5737 and RFC 3849. */
static void put_address(struct demo_out *o, struct demo_dice *d)
{
	static const char *const nets[] = { "192.0.2", "198.51.100",
		"203.0.113" };
	int64_t host = demo_dice_range(d, 1, 254);

	if (demo_dice_chance(d, 30))
		demo_out_format(o, "2001:db8:%x::%x",
		    (unsigned int)demo_dice_range(d, 1, 0xffff),
		    (unsigned int)host);
	else
		demo_out_format(
		    o, "%s.%d", nets[demo_dice_range(d, 0, 2)], (int)host);
}

static void write_sign_in(struct demo_world *w, const struct demo_customer *c,
    int64_t t, const char *result, struct demo_dice *d)
{
	static const char *const agents[] = { "MyBMW/4.2 (iPhone; iOS 19.1)",
		"MINI/4.2 (Android 16)",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64)" };
	struct demo_out *o = &w->out[DEMO_SIGN_INS];

	demo_out_int(o, o->records + 1);
	demo_out_text(o, c->universal_id);
	demo_put_event(o, t);
	put_address(o, d);
	demo_out_text(o, agents[demo_dice_range(d, 0, 2)]);
	demo_out_text(o, result);
	demo_out_end(o);
}

/* The last one, and those of the months before it. */
static void write_sign_ins(struct demo_world *w, const struct demo_customer *c,
    int64_t registered, int64_t last, struct demo_dice *d)
{
	int32_t until = zone_day(w->clock.zone, last) - 1;
	int32_t from = zone_day(w->clock.zone, registered) + 1, day;
	int count =
	    until > w->clock.today - 60 ? (int)demo_dice_range(d, 3, 9) : 1;

	if (from < until - 300)
		from = until - 300;
	for (int i = 0; i < count && from <= until; i++) {
		day = demo_next_day(w, DEMO_SIGN_INS, DEMO_P6M, d, from, until);
		write_sign_in(w, c, demo_instant(&w->clock, DEMO_P6M, day, d),
		    demo_dice_chance(d, 6) ? "failure" : "success", d);
	}
	write_sign_in(w, c, last, "success", d);
}

void demo_write_login(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	int64_t registered, last;

	if (!c->has_login)
		return;
	registered = demo_office_hours(&w->clock, c->since, d);
	last = last_sign_in(w, c, d);
	write_login(w, c, registered, last, d);
	write_links(w, c, registered, d);
	write_sign_ins(w, c, registered, last, d);
}
