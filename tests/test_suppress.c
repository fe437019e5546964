/* engine/report/lattice.c, suppress.c: what an attacker can make of a report.
 *
 * The attacker has everything that the reports by every set of fields show, and
 * tries all tables of whole numbers that agree with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/report/lattice.h"
#include "tests/suites.h"

#define MOST   32
#define WORLDS 1000

static uint64_t dice;

static int64_t roll(int64_t n)
{
	dice = dice * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (int64_t)((dice >> 33) % (uint64_t)n);
}

struct world {
	struct lattice l;
	struct suppress_number numbers[LATTICE_TABLES][MOST];
	size_t cells;
	unsigned int finest;
	int64_t min;
};

/* Which number of ${mask} the finest cell ${cell} is part of. */
static size_t part_of(const struct world *w, unsigned int mask, size_t cell)
{
	size_t categories[LATTICE_FIELDS] = { 0 };

	for (size_t i = w->l.fields; i-- > 0;) {
		categories[i] = cell % w->l.sizes[i];
		cell /= w->l.sizes[i];
	}
	return lattice_index(&w->l, mask, categories);
}

static void count(struct world *w, const int64_t *cells)
{
	for (unsigned int mask = 0; mask <= w->finest; mask++) {
		if (!lattice_shows(w->l.fields, mask))
			continue;
		for (size_t i = 0; i < MOST; i++)
			w->numbers[mask][i].count = 0;
		for (size_t i = 0; i < w->cells; i++)
			w->numbers[mask][part_of(w, mask, i)].count += cells[i];
	}
}

static void make(struct world *w, size_t fields, size_t size, int64_t min)
{
	memset(w, 0, sizeof(*w));
	w->l.fields = fields;
	w->min = min;
	w->finest = (1U << fields) - 1;
	do {
		for (size_t i = 0; i < fields; i++)
			w->l.sizes[i] = 2 + (size_t)roll((int64_t)size - 1);
	} while (lattice_size(&w->l, w->finest) > 12);
	w->cells = lattice_size(&w->l, w->finest);
	for (unsigned int mask = 0; mask <= w->finest; mask++) {
		if (!lattice_shows(fields, mask))
			continue;
		w->l.tables[mask] = calloc(MOST, sizeof(void *));
		for (size_t i = 0; i < MOST; i++) {
			w->l.tables[mask][i] = &w->numbers[mask][i];
			w->numbers[mask][i].last = -1;
		}
	}
}

static void fill(const struct world *w, int64_t *cells)
{
	int64_t large = roll(4);

	for (size_t i = 0; i < w->cells; i++)
		cells[i] = roll(4) < large ? w->min + roll(w->min * 2)
					   : roll(w->min + 1);
}

/* ---- the attacker ---- */

struct attack {
	const struct world *w;
	unsigned int mask; /* the number in question */
	size_t at;
	int64_t want; /* is it possible that it is that much? */
	int less;     /* or that little? */
	int64_t cells[MOST];
	int64_t left[LATTICE_TABLES][MOST]; /* of what is shown; -1: is not */
	size_t ahead[LATTICE_TABLES][MOST]; /* parts that are not tried yet */
	int64_t so_far;
	long tries;
};

static int shown(const struct suppress_number *n)
{
	return n->state == SUPPRESS_SHOWN;
}

static int try(struct attack *a, size_t cell);

static int try_value(struct attack *a, size_t cell, int64_t v)
{
	const struct world *w = a->w;
	int in = part_of(w, a->mask, cell) == a->at, ok = 1;
	unsigned int mask;

	for (mask = 0; mask <= w->finest; mask++) {
		size_t k = part_of(w, mask, cell);

		if (a->left[mask][k] < 0)
			continue;
		a->left[mask][k] -= v;
		a->ahead[mask][k]--;
		if (a->ahead[mask][k] == 0 && a->left[mask][k] != 0)
			ok = 0;
	}
	a->so_far += in ? v : 0;
	ok = ok && try(a, cell + 1);
	a->so_far -= in ? v : 0;
	for (mask = 0; mask <= w->finest; mask++) {
		size_t k = part_of(w, mask, cell);

		if (a->left[mask][k] < 0)
			continue;
		a->left[mask][k] += v;
		a->ahead[mask][k]++;
	}
	return ok;
}

static int try(struct attack *a, size_t cell)
{
	const struct world *w = a->w;
	int64_t most = 4 * w->min, near;

	if (cell == w->cells)
		return a->less ? a->so_far <= a->want : a->so_far >= a->want;
	if (++a->tries > 20000000)
		return -1;
	for (unsigned int mask = 0; mask <= w->finest; mask++) {
		int64_t left = a->left[mask][part_of(w, mask, cell)];

		if (left >= 0 && left < most)
			most = left;
	}
	/* What is near is likely: another table differs in few cells. */
	near = part_of(w, a->mask, cell) == a->at
		   ? a->want
		   : w->numbers[w->finest][cell].count;
	for (int64_t i = 0; i <= 2 * (most + near); i++) {
		int64_t v = near + (i % 2 ? -(i + 1) / 2 : i / 2);

		if (v >= 0 && v <= most && try_value(a, cell, v))
			return 1;
	}
	return 0;
}

/* Could the number be ${want} or more (or less), for all that is shown? */
static int possible(
    const struct world *w, unsigned int mask, size_t at, int64_t want, int less)
{
	struct attack a = {
		.w = w, .mask = mask, .at = at, .want = want, .less = less
	};
	int found;

	memset(a.left, -1, sizeof(a.left));
	for (unsigned int m = 0; m <= w->finest; m++) {
		if (!lattice_shows(w->l.fields, m))
			continue;
		for (size_t i = 0; i < lattice_size(&w->l, m); i++) {
			if (shown(&w->numbers[m][i]))
				a.left[m][i] = w->numbers[m][i].count;
		}
		for (size_t i = 0; i < w->cells; i++)
			a.ahead[m][part_of(w, m, i)]++;
	}
	found = try(&a, 0);
	MUST(a.tries <= 20000000, "the attacker gave up");
	return found;
}

static size_t attack(const struct world *w)
{
	size_t safe = 0;

	for (unsigned int m = 0; m <= w->finest; m++) {
		if (!lattice_shows(w->l.fields, m))
			continue;
		for (size_t i = 0; i < lattice_size(&w->l, m); i++) {
			const struct suppress_number *n = &w->numbers[m][i];

			if (n->count < w->min)
				MUST(!shown(n), "a small count is shown");
			if (n->count >= w->min)
				continue;
			MUST(possible(w, m, i, w->min, 0),
			    "table %u, cell %zu gives itself away", m, i);
			safe++;
		}
	}
	return safe;
}

static const struct {
	size_t fields;
	size_t size;
	int64_t min;
} shapes[] = { { 1, 6, 3 }, { 2, 3, 3 }, { 2, 4, 2 }, { 3, 2, 3 }, { 3, 3, 2 },
	/* Over time. */
	{ 1, 6, 3 }, { 2, 3, 3 }, { 2, 3, 2 }, { 3, 2, 2 } };
#define STILL 5

START_TEST(no_small_count_can_be_worked_out)
{
	size_t safe = 0, visible = 0;

	dice = (uint64_t)_i + 1;
	for (int i = 0; i < WORLDS; i++) {
		struct world w;
		int64_t cells[MOST];

		make(&w, shapes[_i].fields, shapes[_i].size, shapes[_i].min);
		fill(&w, cells);
		count(&w, cells);
		ck_assert_int_eq(lattice_decide(&w.l, 1, w.min), ST_OK);
		safe += attack(&w);
		for (size_t k = 0; k < w.cells; k++)
			visible += (size_t)shown(&w.numbers[w.finest][k]);
		lattice_release(&w.l);
	}
	/* Neither withholding nothing nor withholding everything. */
	MUST(safe > WORLDS && visible > WORLDS / 2, "%zu %zu", safe, visible);
}
END_TEST

/* ---- time ---- */

/* What was shown is remembered; then some come and some go. */
static void pass_time(struct world *w, int64_t *cells)
{
	for (unsigned int m = 0; m <= w->finest; m++) {
		for (size_t i = 0; i < MOST; i++) {
			struct suppress_number *n = &w->numbers[m][i];

			if (shown(n) && n->count >= w->min)
				n->last = n->count;
		}
	}
	for (size_t i = 0; i < w->cells; i++) {
		if (roll(3) == 0)
			cells[i] += roll(2 * w->min + 1) - w->min;
		if (cells[i] < 0)
			cells[i] = 0;
	}
	count(w, cells);
}

/* Is anything shown today that was not shown as it is before? */
static int anything_new(const struct world *w)
{
	for (unsigned int m = 0; m <= w->finest; m++) {
		if (!lattice_shows(w->l.fields, m))
			continue;
		for (size_t i = 0; i < lattice_size(&w->l, m); i++) {
			if (shown(&w->numbers[m][i]) && !w->numbers[m][i].known)
				return 1;
		}
	}
	return 0;
}

/*
 * What is shown has changed by much or not at all; what is held back might
 * have.  Where nothing is shown anew, there is nothing to work with.
 */
static size_t attack_later(const struct world *w)
{
	size_t vague = 0, renewed = (size_t)anything_new(w);

	for (unsigned int m = 0; m <= w->finest; m++) {
		if (!lattice_shows(w->l.fields, m))
			continue;
		for (size_t i = 0; i < lattice_size(&w->l, m); i++) {
			const struct suppress_number *n = &w->numbers[m][i];
			int64_t v = suppress_display(n, w->min);

			MUST(v < 0 || v == n->last || n->last < 0 ||
				 llabs(v - n->last) >= w->min,
			    "%lld after %lld", (long long)v,
			    (long long)n->last);
			if (n->last < 0 || n->known ||
			    llabs(n->count - n->last) >= w->min)
				continue;
			MUST(!renewed ||
				 possible(w, m, i, n->last + w->min, 0) ||
				 possible(w, m, i, n->last - w->min, 1),
			    "table %u, cell %zu: a change shows", m, i);
			vague += renewed;
		}
	}
	return vague;
}

START_TEST(nobody_is_seen_to_come_or_go)
{
	size_t vague = 0, renewed = 0;

	dice = (uint64_t)_i + 77;
	for (int i = 0; i < WORLDS; i++) {
		struct world w;
		int64_t cells[MOST];

		make(&w, shapes[_i].fields, shapes[_i].size, shapes[_i].min);
		fill(&w, cells);
		count(&w, cells);
		ck_assert_int_eq(lattice_decide(&w.l, 1, w.min), ST_OK);
		pass_time(&w, cells);
		ck_assert_int_eq(lattice_decide(&w.l, 1, w.min), ST_OK);
		vague += attack_later(&w);
		renewed += (size_t)anything_new(&w);
		lattice_release(&w.l);
	}
	MUST(shapes[_i].fields == 3 ||
		 (vague > WORLDS / 4 && renewed > WORLDS / 4),
	    "%zu %zu", vague, renewed);
}
END_TEST

Suite *suppress_suite(void)
{
	Suite *s = suite_create("suppress");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, no_small_count_can_be_worked_out, 0, STILL);
	tcase_add_loop_test(t, nobody_is_seen_to_come_or_go, STILL,
	    (int)(sizeof(shapes) / sizeof(shapes[0])));
	suite_add_tcase(s, t);
	return s;
}
