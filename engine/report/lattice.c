/* From the total down to the finest cells, one network after the other. */
#include "engine/report/lattice.h"

#include <stdlib.h>

int lattice_shows(size_t fields, unsigned int mask)
{
	return mask < 1U << fields && (fields < 3 || mask != 6);
}

size_t lattice_size(const struct lattice *l, unsigned int mask)
{
	size_t n = 1;

	for (size_t i = 0; i < l->fields; i++)
		n *= mask >> i & 1 ? l->sizes[i] : 1;
	return n;
}

size_t lattice_index(
    const struct lattice *l, unsigned int mask, const size_t *categories)
{
	size_t at = 0;

	for (size_t i = 0; i < l->fields; i++) {
		if (mask >> i & 1)
			at = at * l->sizes[i] + categories[i];
	}
	return at;
}

void lattice_release(struct lattice *l)
{
	for (size_t i = 0; i < LATTICE_TABLES; i++)
		free(l->tables[i]);
	*l = (struct lattice){ 0 };
}

static struct suppress_number *number(
    const struct lattice *l, unsigned int mask, const size_t *categories)
{
	return l->tables[mask][lattice_index(l, mask, categories)];
}

static int hidden(const struct suppress_number *n)
{
	return n->state == SUPPRESS_HIDDEN;
}

/* ---- one field ---- */

static enum status decide_field(struct lattice *l, size_t field, int64_t min,
    struct suppress_result *result)
{
	struct suppress_number **cells = l->tables[1U << field];
	struct suppress_number *total = l->tables[0][0];
	size_t n = l->sizes[field], i;
	struct suppress_net net = { NULL, n + 1, 2 };
	int64_t sum = 0;
	enum status st;

	if ((net.arcs = calloc(n + 1, sizeof(*net.arcs))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < n; i++) {
		net.arcs[i] =
		    (struct suppress_arc){ cells[i], 0, 1, cells[i]->count };
		sum += cells[i]->count;
	}
	net.arcs[n] = (struct suppress_arc){ total, 1, 0, sum };
	st = suppress_net(&net, min, result);
	/* Every field has to hide a total that one of them hides. */
	if (hidden(total) && total->need == 0)
		total->need = total->count + min;
	free(net.arcs);
	return st;
}

/* ---- two fields, in all or in one category of the first of three ---- */

/* The categories of a field as nodes: those not shown have the last together.
 */
struct axis {
	size_t *node;
	size_t rest; /* the last one */
	int has_rest;
};
struct grid {
	struct lattice *lattice;
	unsigned int whole; /* what the grid cuts up: 0, or the first field */
	size_t row;         /* fields */
	size_t column;
	size_t at[LATTICE_FIELDS]; /* categories: of the first of three */
	struct axis rows;
	struct axis columns;
	struct suppress_number *rest; /* what stands below them, by node */
	struct suppress_arc *arcs;
	size_t arc_count;
};

static void grid_release(struct grid *g)
{
	free(g->rows.node);
	free(g->columns.node);
	free(g->rest);
	free(g->arcs);
}

/* Number the categories of ${field}. */
static enum status number_nodes(struct grid *g, size_t field, struct axis *out)
{
	const struct lattice *l = g->lattice;
	size_t categories[LATTICE_FIELDS], i;

	for (i = 0; i < LATTICE_FIELDS; i++)
		categories[i] = g->at[i];
	out->node = calloc(l->sizes[field] + 1, sizeof(*out->node));
	if (out->node == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < l->sizes[field]; i++) {
		categories[field] = i;
		out->node[i] = SIZE_MAX;
		if (!hidden(number(l, g->whole | 1U << field, categories)))
			out->node[i] = out->rest++;
		else
			out->has_rest = 1;
	}
	for (i = 0; i < l->sizes[field]; i++) {
		if (out->node[i] == SIZE_MAX)
			out->node[i] = out->rest;
	}
	return ST_OK;
}

static size_t column_node(const struct grid *g, size_t column)
{
	return g->rows.rest + 1 + column;
}

static struct suppress_number *rest_cell(
    const struct grid *g, size_t row, size_t column)
{
	return &g->rest[row * (g->columns.rest + 1) + column];
}

static int is_rest(const struct grid *g, size_t row, size_t column)
{
	return row == g->rows.rest || column == g->columns.rest;
}

static void add_arc(
    struct grid *g, struct suppress_number *n, size_t row, size_t column)
{
	g->arcs[g->arc_count++] =
	    (struct suppress_arc){ n, row, column_node(g, column), n->count };
}

/* A cell of its own is an arc; those below what is not shown are withheld and
 * added up. */
static void add_cells(struct grid *g)
{
	struct lattice *l = g->lattice;
	unsigned int mask = g->whole | 1U << g->row | 1U << g->column;

	for (size_t i = 0; i < l->sizes[g->row]; i++) {
		for (size_t k = 0; k < l->sizes[g->column]; k++) {
			size_t row = g->rows.node[i];
			size_t column = g->columns.node[k];
			struct suppress_number *n;

			g->at[g->row] = i;
			g->at[g->column] = k;
			n = number(l, mask, g->at);
			if (!is_rest(g, row, column)) {
				add_arc(g, n, row, column);
				continue;
			}
			if (!n->known)
				n->state = SUPPRESS_HIDDEN;
			rest_cell(g, row, column)->count += n->count;
		}
	}
}

/* The sums of the rest are on no page, but subtraction gives them. */
static void add_rest(struct grid *g, int64_t min)
{
	for (size_t row = 0; row <= g->rows.rest; row++) {
		for (size_t k = 0; k <= g->columns.rest; k++) {
			struct suppress_number *n = rest_cell(g, row, k);

			if (!is_rest(g, row, k) ||
			    (row == g->rows.rest && !g->rows.has_rest) ||
			    (k == g->columns.rest && !g->columns.has_rest))
				continue;
			n->last = -1;
			suppress_begin(n, min);
			n->state = SUPPRESS_HIDDEN;
			add_arc(g, n, row, k);
		}
	}
}

/* Where the whole is not shown, nor is what the rest adds up to: more or less
 * may go through both. */
static void add_open_end(struct grid *g, struct suppress_number *end)
{
	end->state = SUPPRESS_HIDDEN;
	g->arcs[g->arc_count++] = (struct suppress_arc){ end,
		column_node(g, g->columns.rest), g->rows.rest, INT64_MAX / 4 };
}

static enum status grid_init(struct grid *g)
{
	const struct lattice *l = g->lattice;
	size_t cells = l->sizes[g->row] * l->sizes[g->column];
	size_t nodes;
	enum status st;

	st = number_nodes(g, g->row, &g->rows);
	if (st == ST_OK)
		st = number_nodes(g, g->column, &g->columns);
	if (st != ST_OK)
		return st;
	nodes = g->rows.rest + g->columns.rest + 2;
	g->rest = calloc(
	    (g->rows.rest + 1) * (g->columns.rest + 1), sizeof(*g->rest));
	g->arcs = calloc(cells + nodes, sizeof(*g->arcs));
	if (g->rest == NULL || g->arcs == NULL)
		return fail(ST_NOMEM, "out of memory");
	return ST_OK;
}

static enum status decide_grid(
    struct grid *g, int64_t min, struct suppress_result *result)
{
	struct suppress_number end = { .last = -1 };
	int open = hidden(number(g->lattice, g->whole, g->at));
	enum status st = grid_init(g);
	struct suppress_net net;

	if (st == ST_OK) {
		add_cells(g);
		add_rest(g, min);
		if (open)
			add_open_end(g, &end);
		net = (struct suppress_net){ g->arcs, g->arc_count,
			g->rows.rest + g->columns.rest + 2 };
		st = suppress_net(&net, min, result);
	}
	grid_release(g);
	return st;
}

/* ---- all ---- */

static void begin(struct lattice *l, int64_t min)
{
	l->tables[0][0]->dear = 1;
	for (unsigned int mask = 0; mask < LATTICE_TABLES; mask++) {
		for (size_t i = 0; l->tables[mask] && i < lattice_size(l, mask);
		     i++)
			suppress_begin(l->tables[mask][i], min);
	}
}

static enum status decide_fields(struct lattice *lattices, size_t count,
    int64_t min, struct suppress_result *result)
{
	enum status st = ST_OK;

	do {
		result->changed = 0;
		for (size_t i = 0; i < count; i++) {
			for (size_t k = 0;
			     st == ST_OK && k < lattices[i].fields; k++)
				st = decide_field(&lattices[i], k, min, result);
		}
	} while (st == ST_OK && result->changed);
	return st;
}

static enum status decide_pairs(
    struct lattice *l, int64_t min, struct suppress_result *result)
{
	enum status st = ST_OK;

	for (size_t k = 1; st == ST_OK && k < l->fields; k++) {
		struct grid g = { .lattice = l, .row = 0, .column = k };

		st = decide_grid(&g, min, result);
	}
	for (size_t i = 0; st == ST_OK && l->fields == 3 && i < l->sizes[0];
	     i++) {
		struct grid g = { .lattice = l,
			.whole = 1,
			.row = 1,
			.column = 2,
			.at = { i, 0, 0 } };

		st = decide_grid(&g, min, result);
	}
	return st;
}

/* ---- over time ---- */

/*
 * All of a report by two fields as one network: what was shown before makes
 * cells known, so that the totals can no longer be decided about first.
 */
static enum status decide_whole(
    struct lattice *l, int64_t min, struct suppress_result *result)
{
	size_t rows = l->sizes[0], columns = l->sizes[1], i, k, n = 0;
	size_t first = rows + columns, last = first + 1; /* the total's nodes */
	struct suppress_net net = { .nodes = last + 1 };
	int64_t sum = 0;
	enum status st;

	net.arcs = calloc(rows * columns + last, sizeof(*net.arcs));
	if (net.arcs == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < rows; i++)
		net.arcs[n++] =
		    (struct suppress_arc){ l->tables[1][i], first, i, 0 };
	for (k = 0; k < columns; k++)
		net.arcs[n++] =
		    (struct suppress_arc){ l->tables[2][k], rows + k, last, 0 };
	for (i = 0; i < rows; i++) {
		for (k = 0; k < columns; k++) {
			struct suppress_number *cell =
			    l->tables[3][i * columns + k];

			net.arcs[n++] = (struct suppress_arc){ cell, i,
				rows + k, cell->count };
			net.arcs[i].flow += cell->count;
			net.arcs[rows + k].flow += cell->count;
			sum += cell->count;
		}
	}
	net.arcs[n++] =
	    (struct suppress_arc){ l->tables[0][0], last, first, sum };
	net.count = n;
	st = suppress_net(&net, min, result);
	free(net.arcs);
	return st;
}

/* What has become of the numbers shown before. */
struct past {
	int changed; /* there is one that has changed */
	int near;    /* one that has not, or by less than the minimum */
};

static void look_back(const struct lattice *l, int64_t min, struct past *out)
{
	for (unsigned int mask = 0; mask < LATTICE_TABLES; mask++) {
		for (size_t i = 0; l->tables[mask] && i < lattice_size(l, mask);
		     i++) {
			const struct suppress_number *n = l->tables[mask][i];

			if (n->last < 0)
				continue;
			out->changed |= !n->known;
			out->near |= n->known || n->need > min;
		}
	}
}

static void show_nothing_new(struct lattice *l)
{
	for (unsigned int mask = 0; mask < LATTICE_TABLES; mask++) {
		for (size_t i = 0; l->tables[mask] && i < lattice_size(l, mask);
		     i++) {
			if (!l->tables[mask][i]->known)
				l->tables[mask][i]->state = SUPPRESS_HIDDEN;
		}
	}
}

/* From the coarse to the fine. */
static enum status decide_levels(struct lattice *lattices, size_t count,
    int64_t min, struct suppress_result *result)
{
	enum status st = decide_fields(lattices, count, min, result);

	for (size_t i = 0; st == ST_OK && i < count; i++)
		st = decide_pairs(&lattices[i], min, result);
	return st;
}

enum status lattice_decide(struct lattice *lattices, size_t count, int64_t min)
{
	struct suppress_result result = { 0, 0 };
	struct past past = { 0, 0 };
	size_t most = 0, i;
	enum status st = ST_OK;

	for (i = 0; i < count; i++) {
		begin(&lattices[i], min);
		look_back(&lattices[i], min, &past);
		if (lattices[i].fields > most)
			most = lattices[i].fields;
	}
	if (most == 1 || !past.changed || !past.near)
		st = decide_levels(lattices, count, min, &result);
	else if (most == 2 && count == 1)
		st = decide_whole(lattices, min, &result);
	else
		result.failed = 1;
	for (i = 0; result.failed && i < count; i++)
		show_nothing_new(&lattices[i]);
	return st;
}
