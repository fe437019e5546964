/* Vehicles, who held them under which contract, and the workshop. */
#include <string.h>

#include "engine/demo/demo_world.h"

static void write_vehicle(struct demo_world *w, const struct demo_customer *c,
    const struct demo_vehicle *v, struct demo_dice *d)
{
	struct demo_out *o = &w->out[DEMO_VEHICLES];
	size_t colour =
	    (size_t)demo_dice_range(d, 0, (int64_t)demo_colour_count - 1);

	(void)c;
	demo_out_text(o, v->vin);
	demo_out_text(o, v->model->brand);
	demo_out_text(o, v->model->name);
	demo_out_text(o, demo_colours[colour]);
	demo_out_text(o, v->model->equipment);
	demo_out_text(o, v->model->options);
	if (v->fate == DEMO_DEACTIVATED)
		demo_out_null(o);
	else /* ITU-T E.118: 89, country 81, no operator 00 */
		demo_out_format(o, "898100000000%08d", v->number);
	demo_put_day(o, v->registered - (int32_t)demo_dice_range(d, 60, 150));
	demo_put_day(o, v->registered);
	demo_put_day(o, v->scrapped);
	demo_out_end(o);
}

static const char *end_reason(const struct demo_vehicle *v, int holder)
{
	if (v->holders[holder].expires == DEMO_DAY_NONE)
		return NULL;
	switch (v->fate) {
	case DEMO_HANDED_ON: return "transfer";
	case DEMO_SOLD: return v->number % 5 == 0 ? "cancellation" : "sale";
	case DEMO_SCRAPPED: return "scrapping";
	case DEMO_DEACTIVATED: return "deactivation";
	case DEMO_STILL_HELD: break;
	}
	return NULL;
}

static void write_contract(struct demo_world *w, const struct demo_customer *c,
    const struct demo_vehicle *v, int holder, struct demo_dice *d)
{
	struct demo_out *o = &w->out[DEMO_CONTRACTS];
	const struct demo_holder *h = &v->holders[holder];
	char id[DEMO_ID_TEXT], customer[DEMO_ID_TEXT];
	int32_t signed_on = h->starts;
	int open = h->expires == DEMO_DAY_NONE;

	/* A new vehicle is ordered before; a used one is taken over at once. */
	if (holder == 0)
		signed_on -= (int32_t)demo_dice_range(d, 20, 60);
	demo_contract_id(v, holder, id);
	demo_customer_id(h->customer, customer);
	demo_out_text(o, id);
	demo_out_text(o, customer);
	demo_out_text(o, v->vin);
	demo_out_text(o, h->starts < w->clock.today - 1500 ? "2.1" : "3.0");
	demo_out_text(o, c->dealer);
	demo_put_day(o, signed_on);
	demo_put_day(o, h->starts);
	demo_put_day(o, h->expires);
	demo_out_text(o, !open                  ? "ended"
			 : v->number % 97 == 32 ? "suspended"
						: "active");
	demo_out_text(o, end_reason(v, holder));
	demo_out_end(o);
}

static void write_holding(
    struct demo_world *w, const struct demo_vehicle *v, int holder)
{
	struct demo_out *o = &w->out[DEMO_HOLDINGS];
	const struct demo_holder *h = &v->holders[holder];
	int64_t gone = h->until == DEMO_TIME_NONE ? h->until : h->until - 900;
	char customer[DEMO_ID_TEXT];

	demo_customer_id(h->customer, customer);
	demo_out_format(o, "H%07d-%d", v->number + 1, holder + 1);
	demo_out_text(o, v->vin);
	demo_out_text(o, customer);
	demo_out_text(o, v->number % 13 == 8 ? "user" : "owner");
	demo_put_event(o, h->from);
	demo_put_event(o, h->until);
	demo_put_time(o, gone); /* unlinked a quarter of an hour before */
	demo_put_time(o, gone);
	demo_out_end(o);
}

static void write_workshop(struct demo_world *w, const struct demo_vehicle *v,
    int visit, int32_t day, struct demo_dice *d)
{
	static const struct {
		const char *kind;
		const char *work;
	} works[] = { { "inspection", "12ヶ月点検" },
		{ "oil", "エンジンオイル, フィルター交換" },
		{ "shaken", "車検整備一式" },
		{ "brakes", "フロント・ブレーキパッド交換" },
		{ "tyres", "タイヤ・ローテーション" },
		{ "warranty", "保証修理：ドアロック・アクチュエーター" },
		{ "recall", "リコール作業：\"シートベルト\"点検" } };
	struct demo_out *o = &w->out[DEMO_VEHICLE_SERVICES];
	int i = (int)demo_dice_range(d, 0, 6);
	size_t shop = (size_t)(v->number + visit) % demo_dealer_count;
	int32_t age = day - v->registered;

	demo_out_format(o, "W%07d-%02d", v->number + 1, visit);
	demo_out_text(o, v->vin);
	demo_put_event(o, demo_office_hours(&w->clock, day, d));
	demo_out_text(o, demo_dealers[shop]);
	demo_out_text(o, works[i].kind);
	demo_out_int(o, 300 + (int64_t)age * (20 + v->number % 25));
	demo_out_decimal(o, demo_dice_range(d, 1190, 1290), 2);
	if (v->model->electric && v->model->brand[3] == 'i')
		demo_out_null(o);
	else
		demo_out_int(o, demo_dice_range(d, 35, 100));
	demo_out_int(o, demo_dice_range(d, 5, 90));
	demo_put_day(o, day + (int32_t)demo_dice_range(d, 300, 730));
	demo_out_text(o, works[i].work);
	demo_out_end(o);
}

/* Once or twice a year, between two holders as well. */
static void write_workshops(
    struct demo_world *w, const struct demo_vehicle *v, struct demo_dice *d)
{
	int32_t day = v->registered, until = w->clock.today;
	int visit = 0;

	if (v->silent != DEMO_TIME_NONE)
		until = zone_day(w->clock.zone, v->silent) - 1;
	while ((day += (int32_t)demo_dice_range(d, 170, 390)) <= until)
		write_workshop(w, v, ++visit, day, d);
}

void demo_write_vehicle(struct demo_world *w, const struct demo_customer *c,
    const struct demo_vehicle *v, struct demo_dice *d)
{
	write_vehicle(w, c, v, d);
	for (int i = 0; i < v->holder_count; i++) {
		write_contract(w, c, v, i, d);
		demo_write_services(w, v, i, d);
		write_holding(w, v, i);
	}
	write_workshops(w, v, d);
}
