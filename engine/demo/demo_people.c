/* The customer, the portal account, the bank account and what was paid. */
#include "engine/demo/demo_world.h"

#include <stdio.h>

#include "engine/base/civil.h"

static int32_t day_of(const struct demo_world *w, int64_t t)
{
	return zone_day(w->clock.zone, t);
}

/* Numbers that begin with 090-0 are not allotted in the numbering plan. */
static void put_phone(struct demo_out *o, int number)
{
	if (number % 23 == 11)
		demo_out_null(o);
	else
		demo_out_format(o, "+81900%07d", number % 10000000);
}

static void write_customer(struct demo_world *w, const struct demo_customer *c,
    int64_t created, struct demo_dice *d)
{
	static const char *const channels[] = { "email", "portal", "phone",
		"email", "post" };
	struct demo_out *o = &w->out[DEMO_CUSTOMERS];
	int n = c->number;
	int32_t birth = civil_day((struct civil){ 1945, 1, 1 });

	demo_out_text(o, c->id);
	demo_out_text(o, c->family->kanji);
	demo_out_text(o, c->given->kanji);
	demo_out_text(o, c->family->kana);
	demo_out_text(o, c->given->kana);
	birth += (int32_t)demo_dice_range(d, 0, 20000);
	demo_put_day(o, n % 9 == 4 ? DEMO_DAY_NONE : birth);
	demo_out_text(o, c->place->postal_code);
	demo_out_text(o, c->place->prefecture);
	demo_out_text(o, c->place->city);
	demo_out_format(o, "%s%d-%d-%d", c->place->town,
	    (int)demo_dice_range(d, 1, 5), (int)demo_dice_range(d, 1, 30),
	    (int)demo_dice_range(d, 1, 20));
	if (demo_dice_chance(d, 40))
		demo_out_format(o, "みほんハイツ%d号室",
		    (int)demo_dice_range(d, 101, 1208));
	else
		demo_out_null(o);
	demo_out_text(o, c->has_login || n % 3 ? c->email : NULL);
	put_phone(o, n);
	demo_out_text(o, n % 31 == 7 ? "en" : n % 61 == 12 ? "de" : "ja");
	demo_out_text(o, channels[n % 5]);
	demo_out_text(o, c->dealer);
	demo_put_time(o, created);
	demo_out_end(o);
}

static void write_account(struct demo_world *w, const struct demo_customer *c,
    int64_t opened, struct demo_dice *d)
{
	struct demo_out *o = &w->out[DEMO_ACCOUNTS];
	int mini = c->vehicles[0].model->brand[0] == 'M';
	int ended = c->until != DEMO_DAY_NONE;

	demo_out_format(o, "A%07d", c->number + 1);
	demo_out_text(o, c->id);
	demo_out_text(o, c->has_login ? c->universal_id : NULL);
	demo_out_text(o, mini ? "mini_connected" : "connected_drive");
	demo_out_format(o, "%s%d", c->family->latin, c->number + 1);
	demo_out_text(o, c->email);
	demo_out_text(o, ended                    ? "closed"
			 : demo_dice_chance(d, 2) ? "locked"
						  : "active");
	demo_put_time(o, opened);
	demo_put_time(o, ended ? c->left : DEMO_TIME_NONE);
	demo_out_end(o);
}

void demo_write_person(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	int32_t day = c->since - (int32_t)demo_dice_range(d, 5, 40);
	int64_t created = demo_office_hours(&w->clock, day, d);

	write_customer(w, c, created, d);
	if (c->has_login || c->number % 3)
		write_account(w, c, created + 3600, d);
}

/* ---- money ---- */

struct payments {
	const struct demo_customer *c;
	const char *contract;
	int account; /* 0: none */
	int count;
};

static void bank_account_id(
    const struct demo_customer *c, int account, char out[DEMO_ID_TEXT])
{
	(void)snprintf(out, DEMO_ID_TEXT, "B%07d-%d", c->number + 1, account);
}

static void write_bank_account(struct demo_world *w,
    const struct demo_customer *c, int account, int32_t from, int32_t until,
    struct demo_dice *d)
{
	/* Bank codes 9xxx belong to no bank that takes customers. */
	static const char *const banks[] = { "みほん銀行", "れい信用金庫",
		"架空ネット銀行" };
	struct demo_out *o = &w->out[DEMO_BANK_ACCOUNTS];
	int bank = (int)demo_dice_range(d, 0, 2);
	char id[DEMO_ID_TEXT];

	bank_account_id(c, account, id);
	demo_out_text(o, id);
	demo_out_text(o, c->id);
	demo_out_format(o, "%04d", 9990 + bank);
	demo_out_text(o, banks[bank]);
	demo_out_format(o, "%03d", (int)demo_dice_range(d, 1, 899));
	demo_out_text(o, demo_dice_chance(d, 90) ? "ordinary" : "current");
	demo_out_format(o, "%07d", (int)demo_dice_range(d, 1, 9999999));
	demo_out_format(o, "%s %s", c->family->kana, c->given->kana);
	demo_put_day(o, from);
	demo_put_day(o, until);
	demo_out_end(o);
}

static void write_payment(
    struct demo_world *w, struct payments *p, int32_t day, struct demo_dice *d)
{
	static const struct {
		const char *words;
		int price;
	} goods[] = { { "コネクテッド・サービス 12ヶ月", 17800 },
		{ "オンライン 12ヶ月", 12000 },
		{ "Apple CarPlay 12ヶ月", 12500 },
		{ "マップ・アップデート, USB", 22000 },
		{ "リモート・サービス 1ヶ月", 500 } };
	struct demo_out *o = &w->out[DEMO_TRANSACTIONS];
	int i = (int)demo_dice_range(d, 0, 4), price = goods[i].price;
	int refund = p->account == 0 && demo_dice_chance(d, 6);
	char account[DEMO_ID_TEXT];

	p->count++;
	demo_out_format(o, "T%07d-%03d", p->c->number + 1, p->count);
	demo_out_text(o, p->c->id);
	demo_out_text(o, p->contract);
	if (p->account)
		bank_account_id(p->c, p->account, account);
	demo_out_text(o, p->account ? account : NULL);
	demo_out_text(o, refund ? "refund" : "charge");
	demo_out_text(o, p->account                ? "direct_debit"
			 : demo_dice_chance(d, 80) ? "card"
						   : "transfer");
	demo_out_format(o, "%d-%07d-%03d", civil_date(day).year,
	    p->c->number + 1, p->count);
	demo_out_format(o, "%s %s", p->c->family->kanji, p->c->given->kanji);
	demo_out_text(o, goods[i].words);
	demo_out_int(o, refund ? -price : price);
	demo_out_int(o, (refund ? -price : price) / 11); /* 10 % included */
	demo_put_day(o, day);
	demo_out_end(o);
}

/* One payment a year from ${from} to ${until}. */
static void write_payments(struct demo_world *w, struct payments *p,
    int32_t from, int32_t until, struct demo_dice *d)
{
	int32_t day = from + (int32_t)demo_dice_range(d, 0, 20);

	while (day <= until) {
		write_payment(w, p, day, d);
		day += (int32_t)demo_dice_range(d, 330, 400);
	}
}

/* The bank account of old customers was replaced around the cut-off of ten
 * years: its last payment lies on one side or the other. */
static int32_t change_bank(struct demo_world *w, struct payments *p,
    int32_t from, int32_t until, struct demo_dice *d)
{
	int32_t cut = w->clock.cutoffs[DEMO_P10Y_BOOKS].last_day, last;

	if (from >= cut - 20)
		return from;
	last = demo_next_day(w, DEMO_BANK_ACCOUNTS, DEMO_P10Y_BOOKS, d, from,
	    cut + 400 < until ? cut + 400 : until);
	write_bank_account(w, p->c, p->account, from - 20, last, d);
	for (int32_t day = from; day < last; day += 350)
		write_payment(w, p, day, d);
	write_payment(w, p, last, d);
	p->account++;
	return last + 30;
}

void demo_write_money(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	int32_t from = c->since, until = c->until;
	const struct demo_vehicle *v = &c->vehicles[0];
	char contract[DEMO_ID_TEXT];
	struct payments p = { c, contract, c->number % 4 != 2, 0 };

	if (v->holders[0].expires != DEMO_DAY_NONE &&
	    c->left != v->holders[0].until)
		v = &c->vehicles[1];
	demo_contract_id(v, 0, contract);
	if (until > w->clock.today)
		until = w->clock.today;
	if (p.account) {
		from = change_bank(w, &p, from, until, d);
		write_bank_account(w, c, p.account, from,
		    c->until == DEMO_DAY_NONE ? DEMO_DAY_NONE
					      : day_of(w, c->left),
		    d);
		write_payment(w, &p, from, d);
		from += 300;
	}
	write_payments(w, &p, from, until, d);
}
