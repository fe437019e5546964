/*
 * engine/plan/reach.c against nested loops over records in memory: small
 * worlds with references of every kind, two stores, values of every type.  In
 * half of them every reference stays with one owner or leads to what is marked
 * shared: there nobody may get anything that another owns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/reach_site.h"

#define PEOPLE      3
#define COLLECTIONS 6
#define RECORDS     8
#define WORLDS      10 /* in one installation, beside each other */
#define ROUNDS      10
#define NONE        (-1) /* NULL */
#define JUNK        (-2) /* not a time */

enum match { MATCH_KEY, MATCH_TUPLE, MATCH_GROUP };
static const char directions[] = "><-";
struct ref {
	int target;
	enum match match;
	char direction;
	int valid;
};
struct record {
	int owner; /* NONE: shared */
	int key, second, group, name, mail;
	int at, since, until;
	int ref[2][2];
};
struct coll {
	int store, shared, named, mailed;
	int types[4]; /* of k, k2, g and what refers */
	struct ref refs[2];
	int ref_count;
	int count;
	struct record records[RECORDS];
};
struct world {
	uint64_t dice;
	int number;
	int right; /* wired by owners */
	int count;
	struct coll colls[COLLECTIONS];
};

static int roll(struct world *w, int n) /* SplitMix64 */
{
	uint64_t z = (w->dice += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (int)((z ^ (z >> 31)) % (uint64_t)n);
}

static int chance(struct world *w, int percent)
{
	return roll(w, 100) < percent;
}

/* ---- making one up ---- */

static void make_ref(struct world *w, int number)
{
	struct coll *c = &w->colls[number];
	struct ref *r = &c->refs[c->ref_count];

	/* Of two references to one collection, some would be one tuple. */
	r->target = roll(w, w->count);
	if (c->ref_count && c->refs[0].target == r->target)
		return;
	r->match = (enum match)roll(w, 3);
	r->direction = directions[roll(w, 3)];
	/* Part of another, people would not be named by their key. */
	if (number == 0 && r->target != 0 && r->direction == '>')
		r->direction = '-';
	r->valid = chance(w, 25);
	c->ref_count++;
}

static int make_time(struct world *w)
{
	return chance(w, 10) ? NONE : chance(w, 5) ? JUNK : roll(w, 10);
}

static void make_records(struct world *w, int number)
{
	struct coll *c = &w->colls[number];
	int i;

	c->count = number == 0 ? PEOPLE : 1 + roll(w, RECORDS);
	for (i = 0; i < c->count; i++) {
		struct record *r = &c->records[i];

		r->owner = number == 0 ? i : roll(w, PEOPLE);
		r->key = i;
		r->second = roll(w, 2);
		r->group = (w->right ? 2 * r->owner : 0) + roll(w, 2);
		r->name = chance(w, 30) ? NONE : roll(w, PEOPLE);
		if (w->right && r->name != NONE)
			r->name = r->owner;
		r->mail = w->right ? r->owner : roll(w, PEOPLE);
		r->at = make_time(w);
		r->since = make_time(w);
		r->until = make_time(w);
		if (c->shared)
			r->owner = NONE;
	}
}

static void make_link(
    struct world *w, const struct coll *c, struct record *r, int number)
{
	const struct coll *t = &w->colls[c->refs[number].target];
	const struct record *to = &t->records[roll(w, t->count)];

	r->ref[number][0] = r->ref[number][1] = NONE;
	if (chance(w, 15) ||
	    (w->right && !c->shared && !t->shared && to->owner != r->owner))
		return;
	switch (c->refs[number].match) {
	case MATCH_GROUP: r->ref[number][0] = to->group; break;
	case MATCH_TUPLE:
		r->ref[number][1] = chance(w, 10) ? NONE : to->second;
		/* fall through */
	case MATCH_KEY: r->ref[number][0] = to->key; break;
	}
}

static void make_world(struct world *w, uint64_t seed)
{
	int i, k, n;

	memset(w, 0, sizeof(*w));
	w->dice = seed;
	w->number = (int)(seed % WORLDS);
	w->right = (int)(seed / WORLDS % 2);
	w->count = 2 + roll(w, COLLECTIONS - 1);
	for (i = 0; i < w->count; i++) {
		struct coll *c = &w->colls[i];

		c->store = roll(w, 2);
		c->shared = i > 0 && chance(w, 20);
		c->named = i > 0 && chance(w, 25);
		c->mailed = i == 0 || chance(w, 10);
		for (k = 0; k < 4; k++)
			c->types[k] = roll(w, 3);
		for (k = roll(w, 3); k > 0; k--)
			make_ref(w, i);
		make_records(w, i);
	}
	for (i = 0; i < w->count; i++) {
		struct coll *c = &w->colls[i];

		for (k = 0; k < c->count; k++) {
			for (n = 0; n < c->ref_count; n++)
				make_link(w, c, &c->records[k], n);
		}
	}
}

/* ---- writing it down ---- */

static const char *const stores[] = { "one", "two" };
static const char *const types[] = { "", "TEXT", "INTEGER" };

static void write_ref(
    struct buf *b, const struct world *w, const struct coll *c, int number)
{
	const struct ref *r = &c->refs[number];
	const char *store = stores[w->colls[r->target].store];

	buf_addf(b, ", r%d %s %c %s.w%dc%d.%s", number, types[c->types[3]],
	    r->direction, store, w->number, r->target,
	    r->match == MATCH_GROUP ? "g" : "k");
	if (r->valid)
		buf_addf(b, " ~ at %s.w%dc%d.since %s.w%dc%d.until", store,
		    w->number, r->target, store, w->number, r->target);
	if (r->match == MATCH_TUPLE)
		buf_addf(b, ", s%d %s %c %s.w%dc%d.k2", number,
		    types[c->types[3]], r->direction, store, w->number,
		    r->target);
}

static void write_coll(struct buf *b, const struct world *w, int number)
{
	const struct coll *c = &w->colls[number];
	int i;

	buf_addf(b, "%s.w%dc%d%s: k %s !", stores[c->store], w->number, number,
	    c->shared ? " shared" : "", types[c->types[0]]);
	if (number == 0)
		buf_addf(b, " @pid%d", w->number);
	buf_addf(b, ", k2 %s, g %s", types[c->types[1]], types[c->types[2]]);
	buf_adds(b, ", at, since, until");
	buf_adds(b, ", name");
	if (c->named)
		buf_addf(b, " @pid%d", w->number);
	buf_addf(b, ", mail TEXT%s", c->mailed ? " @email" : "");
	for (i = 0; i < c->ref_count; i++)
		write_ref(b, w, c, i);
	buf_adds(b, "\n");
}

/* As a number or as text: the column makes of it what it will. */
static void write_value(struct buf *b, struct world *w, int value)
{
	if (value == NONE)
		buf_adds(b, ", NULL");
	else
		buf_addf(b, chance(w, 50) ? ", %d" : ", '%d'", value);
}

static void write_time(struct buf *b, int value)
{
	if (value == NONE)
		buf_adds(b, ", NULL");
	else if (value == JUNK)
		buf_adds(b, ", 'soon'");
	else
		buf_addf(b, ", %d", value);
}

static void write_record(
    struct buf *b, struct world *w, int number, const struct record *r)
{
	const struct coll *c = &w->colls[number];
	int i;

	buf_addf(b,
	    chance(w, 50) ? "INSERT INTO w%dc%d VALUES (%d"
			  : "INSERT INTO w%dc%d VALUES ('%d'",
	    w->number, number, r->key);
	write_value(b, w, r->second);
	write_value(b, w, r->group);
	write_time(b, r->at);
	write_time(b, r->since);
	write_time(b, r->until);
	write_value(b, w, r->name);
	buf_addf(b, ", '%cail%d-%d@x'", chance(w, 50) ? 'm' : 'M', w->number,
	    r->mail);
	for (i = 0; i < c->ref_count; i++) {
		write_value(b, w, r->ref[i][0]);
		if (c->refs[i].match == MATCH_TUPLE)
			write_value(b, w, r->ref[i][1]);
	}
	buf_adds(b, ");\n");
}

static void build(struct world *worlds, struct reach_site *s)
{
	struct buf text = BUF_INIT, sql[2] = { BUF_INIT, BUF_INIT };
	int n, i, k;

	for (n = 0; n < WORLDS; n++) {
		struct world *w = &worlds[n];

		for (i = 0; i < w->count; i++) {
			struct coll *c = &w->colls[i];

			write_coll(&text, w, i);
			for (k = 0; k < c->count; k++)
				write_record(
				    &sql[c->store], w, i, &c->records[k]);
		}
	}
	reach_site_init(s, buf_text(&text));
	for (i = 0; i < 2; i++) {
		reach_site_do(s, i, buf_text(&sql[i]));
		buf_release(&sql[i]);
	}
	buf_release(&text);
}

/* ---- the oracle: the rules of reach.h, by loops ---- */

struct answer {
	const struct world *w;
	int by_mail, person;
	int names[PEOPLE]; /* the person's own */
	int met[COLLECTIONS][RECORDS];
	int alone[COLLECTIONS][RECORDS];
	int changed;
};

static int linked(const struct ref *r, int number, const struct record *x,
    const struct record *y)
{
	int a = x->ref[number][0], b = x->ref[number][1];

	switch (r->match) {
	case MATCH_KEY: return a == y->key;
	case MATCH_TUPLE: return a == y->key && b == y->second;
	case MATCH_GROUP: break;
	}
	return a == y->group;
}

static int within(
    const struct ref *r, const struct record *x, const struct record *y)
{
	return !r->valid ||
	       (x->at >= 0 && y->since != JUNK && y->until != JUNK &&
		   (y->since == NONE || y->since <= x->at) &&
		   (y->until == NONE || x->at < y->until));
}

/* Which person a record names, or NONE. */
static int named(const struct world *w, int c, const struct record *r)
{
	return c == 0 ? r->key : w->colls[c].named ? r->name : NONE;
}

static int is_known(const struct answer *a)
{
	int i, known = 0;

	for (i = 0; i < PEOPLE; i++)
		known |= a->names[i];
	return known;
}

/* ${direction} is that of the reference which led here. */
static void add(struct answer *a, int c, int i, int alone, char direction)
{
	int who = named(a->w, c, &a->w->colls[c].records[i]);
	int shared = a->w->colls[c].shared;

	if (!shared && who != NONE && !a->names[who] &&
	    (is_known(a) || direction == '-'))
		return;
	alone = !shared && (alone || (who != NONE && a->names[who]));
	a->changed |= !a->met[c][i] || (alone && !a->alone[c][i]);
	a->met[c][i] = 1;
	a->alone[c][i] |= alone;
}

static void follow(struct answer *a, int c, int i, int number)
{
	const struct coll *from = &a->w->colls[c];
	const struct ref *r = &from->refs[number];
	const struct coll *to = &a->w->colls[r->target];
	int k;

	for (k = 0; k < to->count; k++) {
		const struct record *x = &from->records[i];
		const struct record *y = &to->records[k];

		if (!linked(r, number, x, y) || !within(r, x, y))
			continue;
		if (r->direction != '<' && a->alone[r->target][k])
			add(a, c, i, 1, r->direction);
		if (r->direction != '>' &&
		    (a->alone[c][i] || (a->met[c][i] && to->shared)))
			add(a, r->target, k, 0, r->direction);
	}
}

/* How many identities and references lead to a collection. */
static int ways(const struct answer *a, int c)
{
	const struct world *w = a->w;
	int i, k, n = (c == 0) + w->colls[c].named;

	n += a->by_mail && w->colls[c].mailed;
	for (i = 0; i < w->count; i++) {
		for (k = 0; k < w->colls[i].ref_count; k++) {
			const struct ref *r = &w->colls[i].refs[k];
			const struct coll *t = &w->colls[r->target];

			n += i == c && r->direction != '<' && !t->shared;
			n += r->target == c && r->direction != '>' &&
			     (!w->colls[i].shared || t->shared);
		}
	}
	return n;
}

/* Does everything that has a say in it belong to the person? */
static int claimed(const struct answer *a, int c, int i)
{
	const struct world *w = a->w;
	int f, k, n;

	for (f = 0; f < w->count; f++) {
		const struct coll *from = &w->colls[f];

		for (n = 0; n < from->ref_count; n++) {
			const struct ref *r = &from->refs[n];

			if (r->target != c || r->direction == '>' ||
			    (r->direction == '-' && !from->shared &&
				ways(a, f) <= 1))
				continue;
			for (k = 0; k < from->count; k++) {
				if (linked(r, n, &from->records[k],
					&w->colls[c].records[i]) &&
				    !a->alone[f][k] && !(f == c && k == i))
					return 0;
			}
		}
	}
	return 1;
}

static void seed(struct answer *a)
{
	const struct world *w = a->w;
	int c, i;

	a->names[a->person] |= !a->by_mail;
	for (i = 0; i < PEOPLE; i++)
		a->names[i] |=
		    a->by_mail && w->colls[0].records[i].mail == a->person;
	for (c = 0; c < w->count; c++) {
		for (i = 0; i < w->colls[c].count; i++) {
			const struct record *r = &w->colls[c].records[i];
			int who = named(w, c, r), alone = !w->colls[c].shared;

			if (!(who != NONE && a->names[who]) &&
			    !(a->by_mail && w->colls[c].mailed &&
				r->mail == a->person))
				continue;
			a->met[c][i] = 1;
			a->alone[c][i] = alone;
		}
	}
}

static void judge(struct answer *a)
{
	const struct world *w = a->w;
	int c, i, k;

	seed(a);
	do {
		a->changed = 0;
		for (c = 0; c < w->count; c++) {
			for (i = 0; i < w->colls[c].count; i++) {
				for (k = 0; k < w->colls[c].ref_count; k++)
					follow(a, c, i, k);
				if (a->met[c][i] && !a->alone[c][i] &&
				    !w->colls[c].shared && claimed(a, c, i))
					add(a, c, i, 1, '<');
			}
		}
	} while (a->changed);
}

static char *answer_text(const struct answer *a)
{
	struct buf b = BUF_INIT;
	int c, i;

	for (c = 0; c < a->w->count; c++) {
		for (i = 0; i < a->w->colls[c].count; i++) {
			if (a->met[c][i])
				buf_addf(&b, "%sw%dc%d:%d%s", b.len ? " " : "",
				    a->w->number, c, i,
				    a->alone[c][i] ? "" : "*");
		}
	}
	buf_adds(&b, "");
	return buf_take(&b);
}

/* ---- the test ---- */

static void check(const struct world *w, struct reach_site *s, int by_mail,
    int person, int round)
{
	struct answer a = { .w = w, .by_mail = by_mail, .person = person };
	char kind[20] = "email", value[40], *want, *found;
	int c, i;

	judge(&a);
	(void)snprintf(value, sizeof(value), "MAIL%d-%d@x", w->number, person);
	if (!by_mail) {
		(void)snprintf(kind, sizeof(kind), "pid%d", w->number);
		(void)snprintf(value, sizeof(value), "%d", person);
	}
	want = answer_text(&a);
	found = reach_site_find(s, kind, value);
	MUST(strcmp(want ? want : "", found ? found : "") == 0,
	    "round %d, %s %s: found %s, expected %s", round, kind, value,
	    found ? found : "nothing", want ? want : "nothing");
	for (c = 0; w->right && c < w->count; c++) {
		for (i = 0; i < w->colls[c].count; i++)
			MUST(!a.met[c][i] || w->colls[c].shared ||
				 w->colls[c].records[i].owner == person,
			    "round %d, %s %s: c%d:%d is somebody else's", round,
			    kind, value, c, i);
	}
	free(want);
	free(found);
}

START_TEST(every_world_is_as_loops_have_it)
{
	static struct world worlds[WORLDS];
	struct reach_site s;
	int round, n, p;

	for (round = _i * ROUNDS; round < (_i + 1) * ROUNDS; round++) {
		for (n = 0; n < WORLDS; n++)
			make_world(&worlds[n], (uint64_t)(round * WORLDS + n));
		build(worlds, &s);
		for (n = 0; n < WORLDS; n++) {
			for (p = 0; p < PEOPLE; p++) {
				check(&worlds[n], &s, 0, p, round);
				check(&worlds[n], &s, 1, p, round);
			}
		}
		reach_site_release(&s);
	}
}
END_TEST

Suite *reach_world_suite(void)
{
	Suite *s = suite_create("reach_world");
	TCase *c = tcase_create("worlds");

	tcase_set_timeout(c, 240);
	tcase_add_loop_test(c, every_world_is_as_loops_have_it, 0, 10);
	suite_add_tcase(s, c);
	return s;
}
