/* Values described without showing them. */
#include "engine/records/shape.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/utf8.h"

#define MOST_SHOWN 40 /* bytes */

/* Short, and nothing in it that a terminal would act on. */
static int can_be_shown(const struct cell *cell)
{
	if (cell->len == 0 || cell->len > MOST_SHOWN)
		return 0;
	for (size_t i = 0; i < cell->len; i++)
		if (!isprint((unsigned char)cell->text[i]))
			return 0;
	return 1;
}

void shape_of(const struct cell *cell, int is_personal, char out[SHAPE_TEXT])
{
	const char *kind = "";

	switch (cell->kind) {
	case CELL_NULL: kind = "nothing"; break;
	case CELL_TRUE: kind = "true"; break;
	case CELL_FALSE: kind = "false"; break;
	case CELL_JSON: kind = "a JSON object or array"; break;
	case CELL_NUMBER: kind = "a number"; break;
	case CELL_TEXT: break;
	}
	if (!is_personal && can_be_shown(cell) &&
	    (cell->kind == CELL_NUMBER || cell->kind == CELL_TEXT))
		(void)snprintf(out, SHAPE_TEXT, "%s `%.*s`",
		    cell->kind == CELL_TEXT ? "text" : kind, (int)cell->len,
		    cell->text);
	else if (cell->kind != CELL_TEXT)
		(void)snprintf(out, SHAPE_TEXT, "%s", kind);
	else
		(void)snprintf(out, SHAPE_TEXT, "text of %zu character%s",
		    utf8_length(cell->text, cell->len),
		    utf8_length(cell->text, cell->len) == 1 ? "" : "s");
}

void shape_of_time(const struct cell *cell, char out[SHAPE_TEXT])
{
	char shape[MOST_SHOWN + 1];
	size_t i;

	if ((cell->kind != CELL_TEXT && cell->kind != CELL_NUMBER) ||
	    !can_be_shown(cell)) {
		shape_of(cell, 1, out);
		return;
	}
	for (i = 0; i < cell->len; i++) {
		unsigned char c = (unsigned char)cell->text[i];

		shape[i] = (char)(isdigit(c) ? '9' : isalpha(c) ? 'a' : c);
	}
	shape[i] = '\0';
	if (strncmp(shape, "9999-99-99", 10) == 0)
		(void)snprintf(out, SHAPE_TEXT,
		    "`%s`, a time that does not exist or is malformed", shape);
	else
		(void)snprintf(
		    out, SHAPE_TEXT, "`%s` (9: a digit, a: a letter)", shape);
}
