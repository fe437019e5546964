/* A package that somebody was given, unpacked. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/package/facts.h"
#include "engine/package/package.h"

#define MANIFEST_MOST ((size_t)64 << 20)

int package_is(const char *path)
{
	char *manifest = str_format("%s/manifest.json", path);
	int yes = manifest && file_exists(manifest) && seal_is(path);

	free(manifest);
	return yes;
}

static enum status read_manifest(const char *path, json_t **out)
{
	char *name = str_format("%s/manifest.json", path);
	struct buf b = BUF_INIT;
	enum status st = name ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = file_read(name, MANIFEST_MOST, &b);
	if (st == ST_OK && (*out = json_loadb(b.data, b.len, 0, NULL)) == NULL)
		st = fail(ST_INTEGRITY, "manifest.json is not JSON");
	if (st == ST_OK && strcmp(json_text(*out, "format"), FACTS_FORMAT) != 0)
		st = fail(ST_INTEGRITY,
		    "manifest.json is of a format that this version does not "
		    "know");
	buf_release(&b);
	free(name);
	return st;
}

static enum status add_up(const json_t *manifest)
{
	long long sum = 0;
	const json_t *c;
	size_t i;

	json_array_foreach(json_object_get(manifest, "collections"), i, c)
	    sum += json_int(c, "records");
	if (sum == json_int(manifest, "records"))
		return ST_OK;
	return fail(ST_INTEGRITY,
	    "manifest.json: its collections have %lld records, and it says "
	    "%lld",
	    sum, json_int(manifest, "records"));
}

enum status package_check(
    const struct note_key *key, const char *path, json_t **out)
{
	struct seal seal = { BUF_INIT, NULL, 0 };
	json_t *manifest = NULL;
	enum status st = seal_check(key, path, &seal);

	if (st == ST_OK)
		st = read_manifest(path, &manifest);
	if (st == ST_OK)
		st = add_up(manifest);
	seal_release(&seal);
	if (st == ST_OK)
		*out = manifest;
	else
		json_decref(manifest);
	return st;
}
