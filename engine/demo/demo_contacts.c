/* What was agreed, sent, asked, said and passed on. */
#include <string.h>

#include "engine/demo/demo_world.h"

/* The customer's last day, or today. */
static int32_t last_day(
    const struct demo_world *w, const struct demo_customer *c)
{
	return c->until < w->clock.today ? c->until : w->clock.today;
}

/* ---- consents and marketing ---- */

struct consent {
	int number;
	int purpose;
	int version;
	int64_t given;
	int64_t withdrawn;
	int64_t ended;
	const char *reason;
};

static void write_consent(struct demo_world *w, const struct demo_customer *c,
    const struct consent *k)
{
	static const char *const purposes[] = { "promotion", "market_research",
		"third_parties" };
	static const char *const channels[] = { "email", "app", "post",
		"phone" };
	static const char *const ways[] = { "ポータルのチェックボックス",
		"販売店の署名済み同意書", "電話（録音あり）" };
	struct demo_out *o = &w->out[DEMO_CONSENTS];

	demo_out_format(o, "%s-E%02d", c->id, k->number);
	demo_out_text(o, c->id);
	demo_out_text(o, purposes[k->purpose]);
	demo_out_text(o, channels[(c->number + k->purpose) % 4]);
	demo_out_format(o, "JP-%d.%d", k->version, k->purpose);
	demo_out_text(o, k->purpose == 2 ? "みほんリサーチ株式会社" : NULL);
	demo_put_time(o, k->given);
	demo_put_time(o, k->withdrawn);
	demo_put_event(o, k->ended);
	demo_out_text(o, k->reason);
	demo_out_text(o, ways[c->number % 3]);
	demo_out_end(o);
}

/* One consent ended in turn around the cut-off, then perhaps a new one. */
static void write_consents_for(struct demo_world *w,
    const struct demo_customer *c, int purpose, int *number,
    struct demo_dice *d)
{
	int32_t until = last_day(w, c), day;
	struct consent k = { .purpose = purpose,
		.version = 1,
		.given = demo_office_hours(&w->clock, c->since, d),
		.withdrawn = DEMO_TIME_NONE,
		.ended = DEMO_TIME_NONE };

	if (demo_dice_chance(d, 35) && until > c->since + 60) {
		day = demo_next_day(
		    w, DEMO_CONSENTS, DEMO_P3Y, d, c->since + 30, until - 1);
		k.number = ++*number;
		k.ended = demo_instant(&w->clock, DEMO_P3Y, day, d);
		k.reason = "replaced";
		if (demo_dice_chance(d, 60)) {
			k.withdrawn = k.ended;
			k.reason = "withdrawn";
		}
		write_consent(w, c, &k);
		if (k.withdrawn != DEMO_TIME_NONE)
			return;
		k.given = k.ended;
		k.version = 2;
	}
	k.number = ++*number;
	k.ended = c->left;
	k.reason = c->until == DEMO_DAY_NONE ? NULL : "contract_ended";
	write_consent(w, c, &k);
}

static void write_marketing(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	static const char *const campaigns[] = { "春の点検キャンペーン",
		"新型X3 内覧会のご案内", "冬タイヤ・フェア",
		"MINI アクセサリー・ウィーク", "アンケートのお願い" };
	static const char *const responses[] = { NULL, "opened", NULL,
		"clicked", NULL };
	struct demo_out *o = &w->out[DEMO_MARKETING];
	int count = (int)demo_dice_range(d, 1, 4);
	int32_t day;

	for (int i = 0; i < count; i++) {
		day = demo_next_day(w, DEMO_MARKETING, DEMO_P1Y, d,
		    c->since + 10, last_day(w, c));
		demo_out_format(o, "%s-M%02d", c->id, i + 1);
		demo_out_text(o, c->id);
		demo_out_format(o, "%s-E01", c->id);
		demo_out_text(o, campaigns[demo_dice_range(d, 0, 4)]);
		demo_out_text(o, i % 3 ? "email" : "app");
		demo_put_event(o, demo_instant(&w->clock, DEMO_P1Y, day, d));
		demo_out_text(o, responses[demo_dice_range(d, 0, 4)]);
		demo_out_end(o);
	}
}

static void write_consents(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	int number = 0;

	if (demo_dice_chance(d, 70)) {
		write_consents_for(w, c, 0, &number, d);
		write_marketing(w, c, d);
	}
	if (demo_dice_chance(d, 30))
		write_consents_for(w, c, 1, &number, d);
	if (demo_dice_chance(d, 20))
		write_consents_for(w, c, 2, &number, d);
}

/* ---- support and calls ---- */

static void write_case(struct demo_world *w, const struct demo_customer *c,
    int number, int32_t day, struct demo_dice *d)
{
	static const struct {
		const char *topic;
		const char *description;
		const char *resolution;
	} topics[] = {
		{ "リモート・サービス",
		    "アプリからドアロックできない。\n"
		    "エラー表示は \"timeout\" のみ。",
		    "アプリを再登録し, 解消。" },
		{ "請求", "同じ月に2回, 請求されている。", "重複分を返金。" },
		{ "CarPlay", "延長を希望しない。手続きを知りたい。",
		    "ストアでの手続きを案内。" },
		{ "個人情報", "保有している個人データの内容を知りたい。",
		    "開示請求の窓口を案内。" },
		{ "マップ", "新しい高速道路が地図にない。",
		    "次回の更新に収録予定。" },
	};
	static const char *const channels[] = { "phone", "email", "portal",
		"dealer" };
	struct demo_out *o = &w->out[DEMO_SUPPORT_CASES];
	int i = (int)demo_dice_range(d, 0, 4);
	int open = day == DEMO_DAY_NONE;
	int64_t closed = DEMO_TIME_NONE, opened;

	if (open) {
		day = w->clock.today - (int32_t)demo_dice_range(d, 1, 10);
		opened = demo_office_hours(&w->clock, day, d);
	} else {
		closed = demo_instant(&w->clock, DEMO_P3Y, day, d);
		opened = closed - demo_dice_range(d, 1, 20) * 86400;
	}
	demo_out_format(o, "%s-S%02d", c->id, number);
	demo_out_text(o, c->id);
	demo_out_text(o, number % 3 ? c->vehicles[0].vin : NULL);
	demo_out_text(o, channels[demo_dice_range(d, 0, 3)]);
	demo_out_text(o, topics[i].topic);
	demo_out_text(o, topics[i].description);
	demo_out_text(o, open ? NULL : topics[i].resolution);
	demo_put_time(o, opened);
	demo_put_event(o, closed);
	demo_out_end(o);
}

static void write_cases(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	int count = demo_dice_chance(d, 45) ? (int)demo_dice_range(d, 1, 3) : 0;
	int32_t until = last_day(w, c);

	for (int i = 1; i <= count; i++)
		write_case(w, c, i,
		    demo_next_day(w, DEMO_SUPPORT_CASES, DEMO_P3Y, d,
			c->since + 40, until),
		    d);
	if (c->until == DEMO_DAY_NONE && demo_dice_chance(d, 4))
		write_case(w, c, count + 1, DEMO_DAY_NONE, d);
}

/* A whole WAV file: 8,000 Hz, 8 bit, 8 samples of silence. */
#define SILENCE                                                    \
	"UklGRiwAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQgA" \
	"AACAgICAgICAgA=="

static void write_call(struct demo_world *w, const struct demo_customer *c,
    const struct demo_vehicle *v, int number, int32_t day, struct demo_dice *d)
{
	static const char *const words[] = {
		"お客様：近くの充電スタンドを探しています。\n"
		"担当：目的地をナビに送信しました。",
		"お客様：警告灯が点いています。\n"
		"担当：安全な場所に停車してください。",
		"お客様：近くの駐車場を教えてください。\n"
		"担当：\"駅前第2\" に空きがございます。"
	};
	struct demo_out *o = &w->out[DEMO_CALL_RECORDINGS];
	int64_t t = demo_instant(&w->clock, DEMO_P3M, day, d);
	int sos = demo_dice_chance(d, 10);

	demo_out_format(o, "%s-R%02d", c->id, number);
	demo_out_text(o, c->id);
	demo_out_text(o, v->vin);
	demo_out_null(o);
	demo_out_text(o, sos ? "sos_call" : "driver_support_desk");
	demo_out_text(o, number % 4 == 3 ? "quality" : "service");
	demo_put_event(o, t);
	demo_out_int(o, demo_dice_range(d, 20, 600));
	demo_out_text(
	    o, number % 5 == 4 ? NULL : words[demo_dice_range(d, 0, 2)]);
	demo_out_text(o, SILENCE);
	demo_out_end(o);
}

static void write_calls(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	const struct demo_vehicle *v = &c->vehicles[0];
	int count = demo_dice_chance(d, 40) ? (int)demo_dice_range(d, 1, 3) : 0;
	int32_t until = v->holders[0].expires;

	if (until < w->clock.today)
		return; /* who left calls no more */
	for (int i = 1; i <= count; i++)
		write_call(w, c, v, i,
		    demo_next_day(w, DEMO_CALL_RECORDINGS, DEMO_P3M, d,
			v->registered + 1, until),
		    d);
}

/* ---- disclosures, settings, screenings ---- */

static void write_disclosures(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	static const struct {
		const char *recipient;
		const char *basis;
		const char *categories;
		const char *country;
	} kinds[] = {
		{ "株式会社プレミア・エイド（PAD）", "vital_interests",
		    "位置情報, 事故データ, 電話番号", "JP" },
		{ "BMW AG", "contract", "お客様情報, 契約", "DE" },
		{ "BMW Financial Services", "contract", "氏名, 住所", "JP" },
		{ "みほんリサーチ株式会社", "consent", "氏名, Eメール", "JP" },
		{ "所轄警察署", "legal_obligation", "車両の保有者", "JP" },
	};
	struct demo_out *o = &w->out[DEMO_DISCLOSURES];
	int count = demo_dice_chance(d, 50) ? (int)demo_dice_range(d, 1, 2) : 0;
	int32_t day;
	int i;

	for (int n = 1; n <= count; n++) {
		i = (int)demo_dice_range(d, 0, 4);
		day = demo_next_day(
		    w, DEMO_DISCLOSURES, DEMO_P3Y, d, c->since, last_day(w, c));
		demo_out_format(o, "%s-D%02d", c->id, n);
		demo_out_text(o, c->id);
		demo_out_text(o, i == 0 || i == 4 ? c->vehicles[0].vin : NULL);
		demo_out_text(o, kinds[i].recipient);
		demo_out_text(o, kinds[i].basis);
		demo_out_text(o, kinds[i].categories);
		demo_out_text(o, kinds[i].country);
		demo_put_event(o, demo_instant(&w->clock, DEMO_P3Y, day, d));
		demo_out_end(o);
	}
}

/* Each setting in one or two versions; the newest may still be on its way to
 * the vehicle. */
static void write_preferences(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	static const char *const settings[] = { "position", "remote",
		"product_development" };
	static const char *const places[] = { "portal", "app", "vehicle" };
	struct demo_out *o = &w->out[DEMO_PREFERENCES];
	int32_t day;
	int64_t changed;

	for (int i = 0; i < 3; i++) {
		int versions = (int)demo_dice_range(d, 1, 2);

		day = c->since;
		for (int n = 1; n <= versions; n++) {
			int newest = n == versions;
			int pending = newest && demo_dice_chance(d, 8);

			changed = demo_office_hours(&w->clock, day, d);
			demo_out_format(o, "%s-%d-v%d", c->id, i, n);
			demo_out_text(o, c->id);
			demo_out_text(o, c->vehicles[0].vin);
			demo_out_text(o, settings[i]);
			demo_out_text(o, (i + n) % 2 ? "on" : "off");
			demo_out_int(o, n);
			demo_put_time(o, changed);
			demo_out_text(o, places[(c->number + n) % 3]);
			demo_out_text(o, pending ? "pending" : "acked");
			demo_put_time(
			    o, pending ? DEMO_TIME_NONE : changed + 90);
			demo_out_end(o);
			day = (int32_t)demo_dice_range(
			    d, c->since + 1, last_day(w, c) - 1);
		}
	}
}

/* At the conclusion of the contract, then again every two years or so. */
static void write_screenings(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	struct demo_out *o = &w->out[DEMO_SANCTIONS];
	int32_t from = c->since - 20, until = last_day(w, c), day;
	char contract[DEMO_ID_TEXT];
	int number = 0, false_hit;

	demo_contract_id(&c->vehicles[0], 0, contract);
	for (; from <= until; from += (int32_t)demo_dice_range(d, 600, 900)) {
		day = demo_next_day(w, DEMO_SANCTIONS, DEMO_P5Y, d, from,
		    from + 600 < until ? from + 600 : until);
		false_hit = demo_dice_chance(d, 2);
		demo_out_format(o, "%s-X%02d", c->id, ++number);
		demo_out_text(o, c->id);
		demo_out_text(o, number == 1 ? NULL : contract);
		demo_out_text(o, "UN, EU, HMT");
		demo_out_text(o, false_hit ? "false_hit" : "clear");
		demo_out_text(o, false_hit ? "同姓同名, 生年月日相違" : NULL);
		demo_put_event(o, demo_instant(&w->clock, DEMO_P5Y, day, d));
		demo_out_end(o);
		from = day;
	}
}

void demo_write_contacts(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d)
{
	write_consents(w, c, d);
	write_cases(w, c, d);
	write_calls(w, c, d);
	write_disclosures(w, c, d);
	write_preferences(w, c, d);
	write_screenings(w, c, d);
}
