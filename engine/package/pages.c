/* The first layer: one or two pages that answer everything in short. */
#include "engine/package/pages.h"

#include <stdio.h>
#include <string.h>

#include "engine/package/html.h"
#include "engine/package/words.h"
#include "engine/plan/words.h"

struct page {
	struct buf *out;
	const char *language;
	const json_t *facts;
};

static const char *say(const struct page *p, enum package_word w)
{
	return package_word(w, p->language);
}

static void paragraph(const struct page *p, enum package_word w)
{
	buf_adds(p->out, "<p>");
	html_string(p->out, say(p, w));
	buf_adds(p->out, "</p>\n");
}

static void number(struct buf *out, long long n)
{
	buf_addf(out, "<td>%lld</td>", n);
}

/* ---- confirmation ---- */

static void confirmation(const struct page *p)
{
	const json_t *request = json_object_get(p->facts, "request");
	int yes = json_is_true(json_object_get(p->facts, "confirmation"));

	html_section(p->out, "confirmation", say(p, PACKAGE_CONFIRMATION));
	buf_adds(p->out, "<dl>\n");
	html_term(p->out, say(p, PACKAGE_PROCESSED),
	    say(p, yes ? PACKAGE_YES : PACKAGE_NO));
	html_term(p->out, say(p, PACKAGE_REQUEST), json_text(request, "id"));
	html_term(p->out, say(p, PACKAGE_RECEIVED),
	    json_text(request, "receipt_date"));
	html_term(p->out, say(p, PACKAGE_DUE), json_text(request, "due_date"));
	html_term(p->out, say(p, PACKAGE_AS_OF), json_text(p->facts, "as_of"));
	html_term(p->out, say(p, PACKAGE_TIME_ZONE),
	    json_text(p->facts, "time_zone"));
	buf_adds(p->out, "</dl>\n");
	if (!yes)
		paragraph(p, PACKAGE_NOTHING);
	html_section_end(p->out);
}

static void systems(const struct page *p)
{
	const char *titles[] = { say(p, PACKAGE_SYSTEM),
		say(p, PACKAGE_RECORDS) };
	const json_t *s;
	size_t i;

	html_table(p->out, say(p, PACKAGE_SYSTEMS), titles, 2);
	json_array_foreach(json_object_get(p->facts, "systems"), i, s)
	{
		buf_adds(p->out, "<tr>");
		html_cell(p->out, json_text(s, "title"));
		number(p->out, json_int(s, "records"));
		buf_adds(p->out, "</tr>\n");
	}
	html_table_end(p->out);
}

static void controllers(const struct page *p)
{
	const json_t *c;
	size_t i;

	html_section(p->out, "controllers", say(p, PACKAGE_CONTROLLERS));
	json_array_foreach(json_object_get(p->facts, "controllers"), i, c)
	{
		buf_adds(p->out, "<h3>");
		html_string(p->out, json_text(c, "title"));
		buf_adds(p->out, "</h3>\n<dl>\n");
		html_term(
		    p->out, say(p, PACKAGE_CONTACT), json_text(c, "contact"));
		html_term(p->out, say(p, PACKAGE_DPO),
		    json_text(c, "data_protection_officer"));
		html_term(p->out, say(p, PACKAGE_AUTHORITY),
		    json_text(c, "authority"));
		buf_adds(p->out, "</dl>\n");
	}
	html_section_end(p->out);
}

/* ---- tables ---- */

/* A section that is a table; it ends with end_table(). */
static void begin_table(const struct page *p, const char *id,
    enum package_word title, const char *const *titles, size_t count)
{
	html_section(p->out, id, say(p, title));
	html_table(p->out, say(p, title), titles, count);
}

static void end_table(const struct page *p)
{
	html_table_end(p->out);
	html_section_end(p->out);
}

static void purposes(const struct page *p)
{
	const char *titles[] = { say(p, PACKAGE_PURPOSE), say(p, PACKAGE_BASIS),
		say(p, PACKAGE_REFERENCE) };
	const json_t *u;
	size_t i;

	begin_table(p, "purposes", PACKAGE_PURPOSES, titles, 3);
	json_array_foreach(json_object_get(p->facts, "purposes"), i, u)
	{
		buf_adds(p->out, "<tr>");
		html_cell(p->out, json_text(u, "title"));
		html_cell(p->out,
		    word_of_key(json_text(u, "legal_basis"), p->language));
		html_cell(p->out, json_text(u, "reference"));
		buf_adds(p->out, "</tr>\n");
	}
	end_table(p);
}

static void clusters(const struct page *p)
{
	const char *titles[] = { say(p, PACKAGE_CLUSTER),
		say(p, PACKAGE_RECORDS), say(p, PACKAGE_SOURCE),
		say(p, PACKAGE_STORAGE), say(p, PACKAGE_PORTABLE) };
	const json_t *c;
	size_t i;

	begin_table(p, "categories", PACKAGE_CATEGORIES, titles, 5);
	json_array_foreach(json_object_get(p->facts, "clusters"), i, c)
	{
		buf_adds(p->out, "<tr><td><a href=\"");
		html_string(p->out, json_text(c, "page"));
		buf_adds(p->out, "\">");
		html_string(p->out, json_text(c, "title"));
		buf_adds(p->out, "</a></td>");
		number(p->out, json_int(c, "records"));
		html_cell(p->out, json_text(c, "source"));
		html_cell(p->out, json_text(c, "storage"));
		html_cell(
		    p->out, say(p, json_is_true(json_object_get(c, "portable"))
				       ? PACKAGE_YES
				       : PACKAGE_NO));
		buf_adds(p->out, "</tr>\n");
	}
	end_table(p);
}

static void recipients(const struct page *p)
{
	const char *titles[] = { say(p, PACKAGE_RECIPIENT),
		say(p, PACKAGE_ROLE), say(p, PACKAGE_REGION) };
	const json_t *r;
	size_t i;

	begin_table(p, "recipients", PACKAGE_RECIPIENTS, titles, 3);
	json_array_foreach(json_object_get(p->facts, "recipients"), i, r)
	{
		buf_adds(p->out, "<tr>");
		html_cell(p->out, json_text(r, "title"));
		html_cell(p->out, json_text(r, "role"));
		html_cell(p->out, json_text(r, "region"));
		buf_adds(p->out, "</tr>\n");
	}
	end_table(p);
}

static void transfer_rows(const struct page *p, const json_t *list)
{
	const char *titles[] = { say(p, PACKAGE_TRANSFER),
		say(p, PACKAGE_SAFEGUARD) };
	const json_t *t;
	size_t i;

	html_table(p->out, say(p, PACKAGE_TRANSFERS), titles, 2);
	json_array_foreach(list, i, t)
	{
		const char *basis = json_text(t, "basis");

		buf_adds(p->out, "<tr><td>");
		html_string(p->out, json_text(t, "from"));
		buf_adds(p->out, " → ");
		html_string(p->out, json_text(t, "to"));
		buf_adds(p->out, "</td>");
		html_cell(
		    p->out, *basis ? basis : say(p, PACKAGE_NO_SAFEGUARD));
		buf_adds(p->out, "</tr>\n");
	}
	html_table_end(p->out);
}

static void transfers(const struct page *p)
{
	const json_t *list = json_object_get(p->facts, "transfers");

	html_section(p->out, "transfers", say(p, PACKAGE_TRANSFERS));
	if (json_array_size(list) > 0)
		transfer_rows(p, list);
	else
		paragraph(p, PACKAGE_NO_TRANSFERS);
	html_section_end(p->out);
}

/* ---- rights ---- */

static void rights(const struct page *p)
{
	const json_t *r;
	size_t i;

	html_section(p->out, "automated", say(p, PACKAGE_AUTOMATED));
	buf_adds(p->out, "<p>");
	html_string(p->out, json_text(p->facts, "automated_decisions"));
	buf_adds(p->out, "</p>\n");
	html_section_end(p->out);
	html_section(p->out, "rights", say(p, PACKAGE_RIGHTS));
	buf_adds(p->out, "<ul>\n");
	json_array_foreach(json_object_get(p->facts, "rights"), i, r)
	{
		buf_adds(p->out, "<li>");
		html_string(p->out, json_text(r, "text"));
		buf_adds(p->out, "</li>\n");
	}
	buf_adds(p->out, "</ul>\n");
	html_section_end(p->out);
}

static void complaint(const struct page *p)
{
	const json_t *c;
	size_t i;

	html_section(p->out, "complaint", say(p, PACKAGE_COMPLAINT));
	paragraph(p, PACKAGE_COMPLAINT_TEXT);
	buf_adds(p->out, "<ul>\n");
	json_array_foreach(json_object_get(p->facts, "controllers"), i, c)
	{
		buf_adds(p->out, "<li>");
		html_string(p->out, json_text(c, "title"));
		buf_adds(p->out, ": ");
		html_string(p->out, json_text(c, "authority"));
		buf_adds(p->out, "</li>\n");
	}
	buf_adds(p->out, "</ul>\n");
	html_section_end(p->out);
}

static void records_term(const struct page *p, const json_t *w)
{
	char number[32];

	(void)snprintf(number, sizeof(number), "%lld", json_int(w, "records"));
	if (json_is_integer(json_object_get(w, "records")))
		html_term(p->out, say(p, PACKAGE_RECORDS), number);
}

static const char *what_words(const struct page *p, const json_t *w)
{
	if (strcmp(json_text(w, "what"), "withhold") == 0)
		return say(p, PACKAGE_WITHHELD_RECORDS);
	if (strcmp(json_text(w, "what"), "redact") == 0)
		return say(p, PACKAGE_REDACTED_RECORDS);
	return "";
}

static void withheld(const struct page *p)
{
	const json_t *list = json_object_get(p->facts, "withheld"), *w;
	size_t i;

	html_section(p->out, "withheld", say(p, PACKAGE_WITHHELD));
	paragraph(p, json_array_size(list) ? PACKAGE_WITHHELD_PART
					   : PACKAGE_WITHHELD_NOTHING);
	json_array_foreach(list, i, w)
	{
		buf_adds(p->out, "<dl>\n");
		html_term(p->out, say(p, PACKAGE_WHAT), what_words(p, w));
		records_term(p, w);
		html_term(
		    p->out, say(p, PACKAGE_REASON), json_text(w, "words"));
		html_term(p->out, say(p, PACKAGE_AUTHORITY),
		    json_text(w, "authority"));
		buf_adds(p->out, "</dl>\n");
	}
	html_section_end(p->out);
}

static void files(const struct page *p)
{
	html_section(p->out, "files", say(p, PACKAGE_FILES));
	paragraph(p, PACKAGE_FILES_TEXT);
	paragraph(p, PACKAGE_CSV_WARNING);
	paragraph(p, PACKAGE_INTEGRITY);
	html_section_end(p->out);
}

enum status pages_first(const json_t *facts, struct buf *out)
{
	const struct page p = { out, json_text(facts, "language"), facts };
	const json_t *request = json_object_get(facts, "request");
	int portable = strcmp(json_text(request, "type"), "portability") == 0;

	html_begin(out, p.language,
	    say(&p, portable ? PACKAGE_TITLE_PORTABILITY : PACKAGE_TITLE));
	paragraph(&p, portable ? PACKAGE_INTRO_PORTABILITY : PACKAGE_INTRO);
	confirmation(&p);
	systems(&p);
	controllers(&p);
	if (json_is_true(json_object_get(facts, "confirmation"))) {
		purposes(&p);
		clusters(&p);
		recipients(&p);
		transfers(&p);
		rights(&p);
	}
	pages_consents(facts, out);
	pages_disclosures(facts, out);
	complaint(&p);
	withheld(&p);
	files(&p);
	html_end(out);
	return buf_status(out);
}
