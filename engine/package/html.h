#ifndef PACKAGE_HTML_H
#define PACKAGE_HTML_H

#include "engine/base/buf.h"

/*
 * HTML5 that is well-formed XML as well, so that any parser reads it the same
 * way; no script, nothing from any network, and a policy in each page that says
 * so to the browser, should a value ever find a way around the escaping.
 */

/* ${p} as text or the value of an attribute: nothing in it is markup; control
 * characters, and bytes that are not UTF-8, show as U+FFFD. */
void html_text(struct buf *out, const char *p, size_t n);
void html_string(struct buf *out, const char *text);

/* From the doctype to the begin of <main>. */
void html_begin(struct buf *out, const char *language, const char *title);
void html_end(struct buf *out);

/* <h2 id="ID">TEXT</h2>, inside of a new section; html_section_end(). */
void html_section(struct buf *out, const char *id, const char *text);
void html_section_end(struct buf *out);

/* A row of a list of terms; not at all where ${value} is empty. */
void html_term(struct buf *out, const char *term, const char *value);

/* A table's head, of ${count} titles, with a caption for screen readers, and
 * the begin of its body; html_table_end(). */
void html_table(struct buf *out, const char *caption, const char *const *titles,
    size_t count);
void html_table_end(struct buf *out);
/* <td>TEXT</td> */
void html_cell(struct buf *out, const char *text);

#endif /* !PACKAGE_HTML_H */
