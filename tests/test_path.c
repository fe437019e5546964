/* engine/plan/path.c: reference paths */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/path.h"
#include "tests/suites.h"

/*
 * Collections by one letter.  "x.f>y.g" lets field f of x refer to g of y;
 * every collection also has the fields id and at.
 */
struct ds {
	struct diag diag;
	struct dataset *list;
	size_t count;
	struct reference_graph graph;
};

static void add_collection(struct buf *b, char name, const char *references)
{
	const char *p;

	buf_addf(b, "      - name: %c\n        fields:\n", name);
	buf_adds(b, "          - {name: id}\n          - {name: at}\n");
	for (p = references; *p; p += strcspn(p, " "), p += *p == ' ') {
		if (*p != name)
			continue;
		buf_addf(b,
		    "          - {name: %.*s, fides_meta: {references: "
		    "[{dataset: d, field: %.*s, direction: from}]}}\n",
		    (int)(strchr(p, '>') - p - 2), p + 2,
		    (int)strcspn(strchr(p, '>') + 1, " "), strchr(p, '>') + 1);
	}
}

static void make(struct ds *d, const char *names, const char *references)
{
	struct buf b = BUF_INIT;

	memset(d, 0, sizeof(*d));
	buf_adds(&b, "dataset:\n  - fides_key: d\n    name: D\n"
		     "    collections:\n");
	for (; *names; names++)
		add_collection(&b, *names, references);
	if (dataset_parse("d.yml", b.data, b.len, &d->diag, &d->list,
		&d->count) != ST_OK) {
		diag_print(&d->diag, stderr);
		ck_abort_msg("%s%s", buf_text(&b), status_text());
	}
	ck_assert_int_eq(reference_graph_init(d->list, &d->graph), ST_OK);
	buf_release(&b);
}

static void drop(struct ds *d)
{
	reference_graph_release(&d->graph);
	dataset_release(d->list);
	free(d->list);
	diag_release(&d->diag);
}

/* "f>g:y, ..." : hops with their columns, or the status where there is none */
static const char *find(struct ds *d, char from, char to, const char *via)
{
	static char text[400];
	char f[2] = { from, 0 }, t[2] = { to, 0 };
	char *v = (char *)(uintptr_t)via;
	struct path p = { NULL, 0 };
	struct buf b = BUF_INIT;
	enum status st;
	size_t i, k;

	st = path_find(&d->graph, dataset_collection(d->list, f),
	    dataset_collection(d->list, t), &v, via != NULL, &p);
	if (st != ST_OK)
		buf_adds(&b, status_name(st));
	for (i = 0; i < p.count; i++) {
		buf_adds(&b, i ? ", " : "");
		for (k = 0; k < p.hops[i].count; k++)
			buf_addf(&b, "%s%s=%s", k ? "+" : "",
			    p.hops[i].from_columns[k], p.hops[i].to_columns[k]);
		buf_addf(&b, ":%s", p.hops[i].to->name);
	}
	(void)snprintf(text, sizeof(text), "%s", buf_text(&b));
	path_release(&p);
	buf_release(&b);
	return text;
}

static const struct {
	const char *names, *references;
	char from, to;
	const char *via;
	const char *want;
} cases[] = {
	/* both ways */
	{ "ab", "a.b>b.id", 'a', 'b', NULL, "b=id:b" },
	{ "ab", "a.b>b.id", 'b', 'a', NULL, "id=b:a" },
	{ "abc", "a.b>b.id b.c>c.id", 'a', 'c', NULL, "b=id:b, c=id:c" },
	{ "abc", "a.b>b.id b.c>c.id", 'c', 'a', NULL, "id=c:b, id=b:a" },
	/* the shortest wins */
	{ "abc", "a.b>b.id b.c>c.id a.c>c.id", 'a', 'c', NULL, "c=id:c" },
	/* unless via names another one */
	{ "abc", "a.b>b.id b.c>c.id a.c>c.id", 'a', 'c', "d.b.c",
	    "b=id:b, c=id:c" },
	{ "abc", "a.b>b.id b.c>c.id", 'a', 'c', "d.b.x", "not found" },
	/* two equally short */
	{ "ab", "a.x>b.id a.y>b.id", 'a', 'b', NULL, "conflict" },
	{ "ab", "a.x>b.id a.y>b.id", 'a', 'b', "d.a.y", "y=id:b" },
	{ "abcd", "a.b>b.id a.c>c.id b.d>d.id c.d>d.id", 'a', 'd', NULL,
	    "conflict" },
	{ "abcd", "a.b>b.id a.c>c.id b.d>d.id c.d>d.id", 'a', 'd', "d.c.d",
	    "c=id:c, d=id:d" },
	/* columns with targets of their own are one tuple */
	{ "ab", "a.x>b.id a.y>b.at", 'a', 'b', NULL, "x=id+y=at:b" },
	{ "ab", "a.x>b.id a.y>b.at", 'b', 'a', NULL, "id=x+at=y:a" },
	/* entered and left by the same column: b need not be there */
	{ "abc", "a.b>b.id c.b>b.id", 'a', 'c', NULL, "b=b:c" },
	{ "abc", "a.x>b.id a.y>b.at c.x>b.id c.y>b.at", 'a', 'c', NULL,
	    "x=x+y=y:c" },
	/* by another column it is needed */
	{ "abc", "a.b>b.id c.b>b.at", 'a', 'c', NULL, "b=id:b, at=b:c" },
	/* cycles and references to oneself lead nowhere new */
	{ "abc", "a.b>b.id b.a>a.id b.c>c.id", 'a', 'c', "d.b.c", "conflict" },
	{ "abc", "a.b>b.id b.a>a.id b.c>c.id", 'a', 'c', "d.a.b",
	    "b=id:b, c=id:c" },
	{ "ab", "a.p>a.id a.b>b.id", 'a', 'b', NULL, "b=id:b" },
	{ "abc", "a.b>b.id b.p>b.id b.c>c.id", 'a', 'c', NULL,
	    "b=id:b, c=id:c" },
	/* nothing found */
	{ "ab", "", 'a', 'b', NULL, "not found" },
	{ "abc", "a.b>b.id", 'a', 'c', NULL, "not found" },
	/* six steps, and one too many */
	{ "abcdefg", "a.n>b.id b.n>c.id c.n>d.id d.n>e.id e.n>f.id f.n>g.id",
	    'a', 'g', NULL, "n=id:b, n=id:c, n=id:d, n=id:e, n=id:f, n=id:g" },
	{ "abcdefgh",
	    "a.n>b.id b.n>c.id c.n>d.id d.n>e.id e.n>f.id f.n>g.id g.n>h.id",
	    'a', 'h', NULL, "not found" },
};

START_TEST(a_path_is_the_shortest_and_the_only_one)
{
	struct ds d;

	make(&d, cases[_i].names, cases[_i].references);
	ck_assert_str_eq(find(&d, cases[_i].from, cases[_i].to, cases[_i].via),
	    cases[_i].want);
	drop(&d);
}
END_TEST

START_TEST(a_conflict_names_both_ways)
{
	struct ds d;

	make(&d, "ab", "a.x>b.id a.y>b.id");
	ck_assert_str_eq(find(&d, 'a', 'b', NULL), "conflict");
	ck_assert_ptr_nonnull(strstr(status_text(), "d.a.x"));
	ck_assert_ptr_nonnull(strstr(status_text(), "d.a.y"));
	ck_assert_ptr_nonnull(strstr(status_text(), "`via`"));
	drop(&d);
}
END_TEST

START_TEST(running_out_of_memory_is_a_status)
{
	struct reference_graph g;
	struct path p;
	enum status st;
	struct ds d;
	int blown = 1;
	long n;

	make(&d, "abc", "a.x>b.id a.y>b.at b.c>c.id");
	for (n = 0; blown; n++) {
		test_alloc_fuse(n);
		st = reference_graph_init(d.list, &g);
		if (st == ST_OK) {
			st = path_find(&g, &d.list->collections[0],
			    &d.list->collections[2], NULL, 0, &p);
			if (st == ST_OK)
				path_release(&p);
			reference_graph_release(&g);
		}
		blown = test_alloc_blown();
		test_alloc_fuse(-1);
		ck_assert_int_eq(st, blown ? ST_NOMEM : ST_OK);
	}
	ck_assert_int_gt(n, 5);
	drop(&d);
}
END_TEST

Suite *path_suite(void)
{
	Suite *s = suite_create("path");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, a_path_is_the_shortest_and_the_only_one, 0,
	    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, a_conflict_names_both_ways);
	tcase_add_test(t, running_out_of_memory_is_a_status);
	suite_add_tcase(s, t);
	return s;
}
