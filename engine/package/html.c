/* Pages, without a library: what is written here is all there is. */
#include "engine/package/html.h"

#include <string.h>

#include "engine/base/utf8.h"

/* How many bytes the character at ${p} has; 0: it is none. */
static size_t character(const char *p, size_t n)
{
	size_t most = n < 4 ? n : 4;

	for (size_t len = 1; len <= most; len++)
		if (utf8_valid(p, len))
			return len;
	return 0;
}

/* What XML does not allow, or nobody sees. */
static int is_hidden(const char *p, size_t len)
{
	unsigned char c = (unsigned char)*p;

	if (len == 3 && memcmp(p, "\xef\xbf", 2) == 0)
		return (unsigned char)p[2] >= 0xbe;
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

static void add_one(struct buf *out, const char *p, size_t len)
{
	switch (*p) {
	case '&': buf_adds(out, "&amp;"); break;
	case '<': buf_adds(out, "&lt;"); break;
	case '>': buf_adds(out, "&gt;"); break;
	case '"': buf_adds(out, "&quot;"); break;
	case '\'': buf_adds(out, "&#39;"); break;
	default:
		if (len == 0 || is_hidden(p, len))
			buf_adds(out, "\xef\xbf\xbd");
		else
			buf_add(out, p, len);
		break;
	}
}

void html_text(struct buf *out, const char *p, size_t n)
{
	while (n > 0) {
		size_t len = character(p, n), step = len ? len : 1;

		add_one(out, p, len);
		p += step;
		n -= step;
	}
}

void html_string(struct buf *out, const char *text)
{
	html_text(out, text, strlen(text));
}

void html_begin(struct buf *out, const char *language, const char *title)
{
	buf_addf(out,
	    "<!DOCTYPE html>\n"
	    "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"%s\">\n"
	    "<head>\n<meta charset=\"utf-8\"/>\n",
	    language);
	buf_adds(out,
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
	    "<meta name=\"viewport\" content=\"width=device-width\"/>\n"
	    "<title>");
	html_string(out, title);
	buf_adds(out,
	    "</title>\n<style>\n"
	    "body{font:1rem/1.5 sans-serif;max-width:60rem;margin:1rem auto;"
	    "padding:0 1rem;color:#111;background:#fff}\n"
	    "table{border-collapse:collapse;margin:1rem 0}\n"
	    "th,td{border:1px solid #767676;padding:.25rem .5rem;"
	    "text-align:left;vertical-align:top;overflow-wrap:anywhere}\n"
	    "caption{text-align:left;font-weight:bold}\n"
	    ".wide{overflow-x:auto}\ndt{font-weight:bold}\n"
	    "@media print{body{max-width:none;font-size:10pt}"
	    ".wide{overflow:visible}a{color:inherit;text-decoration:none}"
	    "tr,dt{break-inside:avoid}}\n"
	    "</style>\n</head>\n<body>\n<main>\n<h1>");
	html_string(out, title);
	buf_adds(out, "</h1>\n");
}

void html_end(struct buf *out) { buf_adds(out, "</main>\n</body>\n</html>\n"); }

void html_section(struct buf *out, const char *id, const char *text)
{
	buf_addf(
	    out, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", id, id);
	html_string(out, text);
	buf_adds(out, "</h2>\n");
}

void html_section_end(struct buf *out) { buf_adds(out, "</section>\n"); }

void html_term(struct buf *out, const char *term, const char *value)
{
	if (*value == '\0')
		return;
	buf_adds(out, "<dt>");
	html_string(out, term);
	buf_adds(out, "</dt><dd>");
	html_string(out, value);
	buf_adds(out, "</dd>\n");
}

void html_table(struct buf *out, const char *caption, const char *const *titles,
    size_t count)
{
	buf_adds(out, "<table>\n<caption>");
	html_string(out, caption);
	buf_adds(out, "</caption>\n<thead><tr>");
	for (size_t i = 0; i < count; i++) {
		buf_adds(out, "<th scope=\"col\">");
		html_string(out, titles[i]);
		buf_adds(out, "</th>");
	}
	buf_adds(out, "</tr></thead>\n<tbody>\n");
}

void html_table_end(struct buf *out) { buf_adds(out, "</tbody></table>\n"); }

void html_cell(struct buf *out, const char *text)
{
	buf_adds(out, "<td>");
	html_string(out, text);
	buf_adds(out, "</td>");
}
