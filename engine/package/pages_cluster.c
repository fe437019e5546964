/* The second layer: a page for each kind of data. */
#include <stdio.h>
#include <string.h>

#include "engine/package/facts.h"
#include "engine/package/html.h"
#include "engine/package/pages.h"
#include "engine/package/words.h"

struct page {
	struct buf *out;
	const char *language;
	const json_t *cluster;
};

static const char *say(const struct page *p, enum package_word w)
{
	return package_word(w, p->language);
}

static void fields(const struct page *p, const struct collected *c)
{
	const char *titles[] = { say(p, PACKAGE_FIELD), say(p, PACKAGE_MEANING),
		say(p, PACKAGE_UNIT), say(p, PACKAGE_PORTABLE) };

	html_table(p->out, c->collection->name, titles, 4);
	for (size_t i = 0; i < c->column_count; i++) {
		const struct collected_column *x = &c->columns[i];
		const struct field *f = x->column.field;
		const char *meaning = f && f->description ? f->description : "";

		if (!x->cluster || strcmp(x->cluster->name,
				       json_text(p->cluster, "cluster")) != 0)
			continue;
		if (*meaning == '\0' && f && f->category_count > 0)
			meaning = f->categories[0];
		buf_adds(p->out, "<tr>");
		html_cell(p->out, x->column.db->name);
		html_cell(p->out, meaning);
		html_cell(p->out, f && f->unit ? f->unit : "");
		html_cell(
		    p->out, say(p, x->portable ? PACKAGE_YES : PACKAGE_NO));
		buf_adds(p->out, "</tr>\n");
	}
	html_table_end(p->out);
}

static void link_to(const struct page *p, const char *name)
{
	buf_adds(p->out, " <a href=\"../");
	html_string(p->out, name);
	buf_adds(p->out, "\">");
	html_string(p->out, name);
	buf_adds(p->out, "</a>");
}

static void rows(const struct page *p, const struct collected *c)
{
	buf_adds(p->out, "<p>");
	html_string(p->out, say(p, PACKAGE_FIRST_RECORDS));
	link_to(p, c->json->name);
	link_to(p, c->csv->name);
	buf_adds(p->out, "</p>\n<div class=\"wide\" tabindex=\"0\">\n<table>\n"
			 "<caption>");
	html_string(p->out, c->collection->name);
	buf_addf(p->out, " (%lld / %lld)</caption>\n<thead><tr>",
	    (long long)c->shown, (long long)c->records);
	for (size_t i = 0; i < c->column_count; i++) {
		buf_adds(p->out, "<th scope=\"col\">");
		html_string(p->out, c->columns[i].column.db->name);
		buf_adds(p->out, "</th>");
	}
	buf_adds(p->out, "<th scope=\"col\">");
	html_string(p->out, say(p, PACKAGE_KEPT));
	buf_adds(p->out, "</th>");
	buf_adds(p->out, "</tr></thead>\n<tbody>\n");
	buf_add(p->out, c->rows.data, c->rows.len);
	buf_adds(p->out, "</tbody></table>\n</div>\n");
}

static void collection(const struct page *p, const struct collected *c)
{
	char id[60];

	(void)snprintf(id, sizeof(id), "collection-%zu%s", c->place,
	    c->taken_at ? "-at_intake" : "");
	html_section(p->out, id, c->collection->name);
	if (c->taken_at) {
		buf_adds(p->out, "<p>");
		html_string(p->out, say(p, PACKAGE_AT_INTAKE));
		buf_adds(p->out, "</p>\n");
	}
	if (c->collection->description) {
		buf_adds(p->out, "<p>");
		html_string(p->out, c->collection->description);
		buf_adds(p->out, "</p>\n");
	}
	if (c->shared > 0) {
		buf_adds(p->out, "<p>");
		html_string(p->out, say(p, PACKAGE_SHARED));
		buf_addf(p->out, ": %lld</p>\n", (long long)c->shared);
	}
	fields(p, c);
	rows(p, c);
	html_section_end(p->out);
}

enum status pages_cluster(const struct collection_set *set, const json_t *facts,
    const json_t *cluster, struct buf *out)
{
	const struct page p = { out, json_text(facts, "language"), cluster };
	const json_t *part;
	size_t i;

	html_begin(out, p.language, json_text(cluster, "title"));
	buf_adds(out, "<p><a href=\"../index.html\">");
	html_string(out, say(&p, PACKAGE_BACK));
	buf_adds(out, "</a></p>\n<dl>\n");
	html_term(out, say(&p, PACKAGE_SOURCE), json_text(cluster, "source"));
	html_term(out, say(&p, PACKAGE_STORAGE), json_text(cluster, "storage"));
	buf_adds(out, "</dl>\n");
	json_array_foreach(json_object_get(cluster, "collections"), i, part)
	{
		for (size_t k = 0; k < set->count; k++)
			if (strcmp(set->list[k]->store,
				json_text(part, "store")) == 0 &&
			    strcmp(set->list[k]->collection->name,
				json_text(part, "collection")) == 0 &&
			    (set->list[k]->taken_at != 0) ==
				json_is_true(
				    json_object_get(part, "at_intake")))
				collection(&p, set->list[k]);
	}
	html_end(out);
	return buf_status(out);
}
