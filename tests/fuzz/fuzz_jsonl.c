/*
 * JSON lines: the walk over a line agrees with jansson about every member, and
 * what is written of a value reads back as that value.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/number.h"
#include "engine/records/json_text.h"
#include "engine/records/jsonl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The canonical text of a nested value is canonical. */
static void check_json(const struct cell *cell)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	json_t *v = json_loadb(cell->text, cell->len, 0, NULL), *again;

	if (v != NULL && json_text_value(&once, v) == ST_OK) {
		again = json_loadb(once.data, once.len, 0, NULL);
		if (again == NULL || json_text_value(&twice, again) != ST_OK ||
		    twice.len != once.len ||
		    memcmp(once.data, twice.data, once.len) != 0)
			abort();
		json_decref(again);
	}
	json_decref(v);
	buf_release(&once);
	buf_release(&twice);
}

static void check_text(const struct cell *cell)
{
	struct buf text = BUF_INIT;
	json_t *v;

	json_text_string(&text, cell->text, cell->len);
	v = json_loadb(text.data, text.len, JSON_DECODE_ANY, NULL);
	if (v == NULL || json_string_length(v) != cell->len ||
	    memcmp(json_string_value(v), cell->text, cell->len) != 0)
		abort();
	json_decref(v);
	buf_release(&text);
}

static void check_number(const struct cell *cell)
{
	char text[400];
	double real;

	if (cell->len >= sizeof(text))
		return;
	memcpy(text, cell->text, cell->len);
	text[cell->len] = '\0';
	if (number_real(text, cell->len, &real) != ST_OK ||
	    real != strtod(text, NULL))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("jsonl", MFD_CLOEXEC);
	const struct jsonl_member *m;
	struct jsonl *j = NULL;
	enum status st;
	char path[32];
	size_t n;

	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size ||
	    jsonl_open(path, NULL, &j) != ST_OK)
		abort();
	while ((st = jsonl_next(j, &m, &n)) == ST_OK || st == ST_INVALID) {
		for (size_t i = 0; st == ST_OK && i < n; i++) {
			if (m[i].cell.kind == CELL_JSON)
				check_json(&m[i].cell);
			else if (m[i].cell.kind == CELL_TEXT)
				check_text(&m[i].cell);
			else if (m[i].cell.kind == CELL_NUMBER)
				check_number(&m[i].cell);
		}
	}
	if (st != ST_NOTFOUND)
		abort();
	jsonl_free(j);
	(void)close(fd);
	return 0;
}
