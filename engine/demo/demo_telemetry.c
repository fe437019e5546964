/*
 * What vehicles sent in the last six weeks: two of them due, four kept, and
 * for every fourth vehicle records in the last minute of the cut-off and the
 * first of the next day, in Tokyo time.  A vehicle between two holders sends
 * too; one whose SIM is off does not.
 */
#include "engine/demo/demo_world.h"

#define DAYS_BEFORE 14 /* the cut-off */
#define RUSH_START  (6 * 3600)
#define RUSH_END    (23 * 3600)

/* One record of ${v} at ${t}. */
typedef void (*write_fn)(struct demo_world *w, const struct demo_vehicle *v,
    int64_t t, struct demo_dice *d);

static struct demo_out *begin(struct demo_world *w, enum demo_file_id file,
    const struct demo_vehicle *v, int64_t t)
{
	struct demo_out *o = &w->out[file];

	demo_out_int(o, o->records + 1);
	demo_out_text(o, v->vin);
	demo_put_event(o, t);
	return o;
}

static int64_t mileage(const struct demo_vehicle *v, int64_t t)
{
	int64_t days = t / 86400 - v->registered;

	return 300 + days * (20 + v->number % 25);
}

static void write_status(struct demo_world *w, const struct demo_vehicle *v,
    int64_t t, struct demo_dice *d)
{
	struct demo_out *o = begin(w, DEMO_VEHICLE_STATUS, v, t);

	demo_out_int(o, mileage(v, t));
	demo_out_decimal(o, demo_dice_range(d, 1180, 1440), 2);
	if (v->model->brand[0] == 'B' && v->model->brand[3] == 'i')
		demo_out_null(o);
	else
		demo_out_int(o, demo_dice_range(d, 5, 100));
	if (v->model->electric)
		demo_out_int(o, demo_dice_range(d, 10, 100));
	else
		demo_out_null(o);
	demo_out_int(o, !demo_dice_chance(d, 8));
	demo_out_int(o, !demo_dice_chance(d, 3));
	demo_out_end(o);
}

/* Within some 15 km of where the vehicle lives. */
static void put_position(
    struct demo_out *o, const struct demo_vehicle *v, struct demo_dice *d)
{
	demo_out_decimal(
	    o, v->place->latitude + demo_dice_range(d, -13000, 13000), 5);
	demo_out_decimal(
	    o, v->place->longitude + demo_dice_range(d, -15000, 15000), 5);
}

static void write_position(struct demo_world *w, const struct demo_vehicle *v,
    int64_t t, struct demo_dice *d)
{
	struct demo_out *o = begin(w, DEMO_POSITIONS, v, t);

	put_position(o, v, d);
	demo_out_int(o, demo_dice_range(d, 0, 359));
	demo_out_int(o, demo_dice_range(d, 0, 110));
	demo_out_end(o);
}

static void write_service(struct demo_world *w, const struct demo_vehicle *v,
    int64_t t, struct demo_dice *d)
{
	static const char *const faults[] = { NULL, NULL, NULL, "P0420",
		"U0140 B1203" };
	struct demo_out *o = begin(w, DEMO_VEHICLE_SERVICE, v, t);
	int32_t due = w->clock.today + 100 + v->number % 500;

	demo_put_day(o, due);
	demo_out_int(o, demo_dice_range(d, 30, 100));
	demo_out_int(o, 10 + v->number % 60);
	demo_out_int(o, 8 + v->number % 50);
	demo_out_text(o, faults[demo_dice_range(d, 0, 4)]);
	demo_out_end(o);
}

static void write_traffic(struct demo_world *w, const struct demo_vehicle *v,
    int64_t t, struct demo_dice *d)
{
	static const struct {
		const char *kind;
		const char *detail;
	} kinds[] = { { "jam", "渋滞3km, 遅れ12分" },
		{ "closure", "事故により通行止" }, { "sign", "最高速度60km/h" },
		{ "parking", "空き5台" } };
	struct demo_out *o = begin(w, DEMO_TRAFFIC, v, t);
	int i = (int)demo_dice_range(d, 0, 3);

	demo_out_text(o, kinds[i].kind);
	demo_out_text(
	    o, demo_roads[demo_dice_range(d, 0, (int64_t)demo_road_count - 1)]);
	put_position(o, v, d);
	demo_out_text(o, kinds[i].detail);
	demo_out_end(o);
}

static void write_environment(struct demo_world *w,
    const struct demo_vehicle *v, int64_t t, struct demo_dice *d)
{
	struct demo_out *o = begin(w, DEMO_ENVIRONMENT, v, t);
	int rain = demo_dice_chance(d, 25);

	demo_out_decimal(o, demo_dice_range(d, -20, 280), 1);
	demo_out_decimal(o, rain ? demo_dice_range(d, 1, 180) : 0, 1);
	demo_out_text(o, rain ? "wet" : "dry");
	demo_out_end(o);
}

static void write_user(struct demo_world *w, const struct demo_vehicle *v,
    int64_t t, struct demo_dice *d)
{
	static const char *const news[] = { "みほん新聞", "経済みほん", NULL };
	static const char *const music[] = { "Spotify", "Apple Music", NULL };
	struct demo_out *o = begin(w, DEMO_USER_SETTINGS, v, t);

	demo_out_text(o, news[demo_dice_range(d, 0, 2)]);
	if (demo_dice_chance(d, 40))
		demo_out_format(o, "driver%d@example.jp", v->number + 1);
	else
		demo_out_null(o);
	demo_out_text(o, music[demo_dice_range(d, 0, 2)]);
	demo_out_format(o, "シート%d", (int)demo_dice_range(d, 1, 3));
	demo_out_end(o);
}

static void write_sensor(struct demo_world *w, const struct demo_vehicle *v,
    int64_t t, struct demo_dice *d)
{
	static const char *const kinds[] = { "radar", "ultrasound", "gesture",
		"voice" };
	static const char *const gestures[] = { "音量を上げる", "着信に応答" };
	static const char *const words[] = { "自宅へ案内して",
		"近くのカフェを探して" };
	struct demo_out *o = begin(w, DEMO_SENSOR, v, t);
	int i = (int)demo_dice_range(d, 0, 3),
	    j = (int)demo_dice_range(d, 0, 1);

	demo_out_text(o, kinds[i]);
	if (i < 2)
		demo_out_decimal(o, demo_dice_range(d, 2, i ? 50 : 1500), 1);
	else
		demo_out_null(o);
	demo_out_text(o, i < 2 ? NULL : i == 2 ? gestures[j] : words[j]);
	demo_out_end(o);
}

/* Four records around the cut-off: a minute and a second before it, the first
 * second after it and the first minute. */
static void write_edge(struct demo_world *w, const struct demo_vehicle *v,
    write_fn write, int64_t from, int64_t until, struct demo_dice *d)
{
	static const int64_t seconds[] = { -60, -1, 0, 60 };
	int64_t cut = w->clock.cutoffs[DEMO_P4W].before;

	for (size_t i = 0; i < sizeof(seconds) / sizeof(*seconds); i++)
		if (cut + seconds[i] >= from && cut + seconds[i] < until)
			write(w, v, cut + seconds[i], d);
}

/* ${a_week} records a week, by day, while the vehicle sends. */
static void write_kind(struct demo_world *w, const struct demo_vehicle *v,
    write_fn write, int a_week, int64_t until, struct demo_dice *d)
{
	const struct demo_clock *clock = &w->clock;
	int32_t first = clock->cutoffs[DEMO_P4W].last_day + 1 - DAYS_BEFORE;
	int64_t from = v->holders[0].from, t;
	int count = a_week * (clock->today - first) / 7;

	for (int i = 0; i < count; i++) {
		int32_t day = first + i * 7 / a_week;

		t = zone_midnight(clock->zone, day) +
		    demo_dice_range(d, RUSH_START, RUSH_END);
		if (t >= from && t < until)
			write(w, v, t, d);
	}
	if (v->number / 2 % 4 == 0)
		write_edge(w, v, write, from, until, d);
}

void demo_write_telemetry(
    struct demo_world *w, const struct demo_vehicle *v, struct demo_dice *d)
{
	static const struct {
		write_fn write;
		int a_week;
	} kinds[] = { { write_status, 7 }, { write_position, 20 },
		{ write_service, 1 }, { write_traffic, 4 },
		{ write_environment, 4 }, { write_user, 1 },
		{ write_sensor, 4 } };
	int64_t until = v->silent < w->clock.now ? v->silent : w->clock.now;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		write_kind(w, v, kinds[i].write, kinds[i].a_week, until, d);
}
