/* Plans in files. */
#include "engine/purge/plan_file.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/purge/plan_json.h"

static enum status put_records(const struct selection *s, json_t *item)
{
	struct buf text = BUF_INIT;
	enum status st;

	selection_write(s, &text);
	st = buf_status(&text);
	if (st == ST_OK)
		st = json_put(item, "due_records",
		    json_stringn(buf_text(&text), text.len));
	buf_release(&text);
	return st;
}

enum status plan_file_write(const char *path, const json_t *body,
    const struct selection *selections, char hash[SHA256_TEXT])
{
	json_t *file = json_deep_copy(body), *item;
	char *text = NULL;
	enum status st = file ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	json_array_foreach(json_object_get(file, "items"), i, item)
	{
		if (st == ST_OK)
			st = put_records(&selections[i], item);
	}
	if (st == ST_OK)
		st = plan_json_hash(file, hash);
	if (st == ST_OK)
		st = json_put(file, "hash", json_string(hash));
	if (st == ST_OK)
		st = json_canonical(file, &text);
	if (st == ST_OK)
		st = file_create(path, text, strlen(text), 0600);
	if (st == ST_CONFLICT)
		st = fail(ST_CONFLICT,
		    "%s exists: give the plan a name of its own", path);
	json_decref(file);
	free(text);
	return st;
}

/* Takes "hash" out of ${file}, and puts it back. */
static enum status check_hash(const char *path, json_t *file)
{
	json_t *kept = json_incref(json_object_get(file, "hash"));
	char hash[SHA256_TEXT];
	enum status st;

	(void)json_object_del(file, "hash");
	st = plan_json_hash(file, hash);
	if (st == ST_OK && (!json_is_string(kept) ||
			       strcmp(json_string_value(kept), hash) != 0))
		st = fail(ST_INVALID,
		    "%s: it was changed after it was written: make a new plan "
		    "with `lethe purge --plan FILE`",
		    path);
	if (st == ST_OK)
		st = json_put(file, "hash", json_incref(kept));
	json_decref(kept);
	return st;
}

enum status plan_file_read(const char *path, json_t **out)
{
	struct buf bytes = BUF_INIT;
	json_t *file = NULL;
	json_error_t e;
	enum status st;

	if ((st = file_read(path, PLAN_FILE_MOST, &bytes)) == ST_OK)
		file = json_loadb(
		    buf_text(&bytes), bytes.len, JSON_REJECT_DUPLICATES, &e);
	buf_release(&bytes);
	if (st != ST_OK)
		return st;
	if (!json_is_object(file))
		st = fail(ST_INVALID,
		    "%s is not a plan: `lethe purge --plan FILE` writes one",
		    path);
	if (st == ST_OK)
		st = check_hash(path, file);
	if (st == ST_OK)
		*out = file;
	else
		json_decref(file);
	return st;
}
