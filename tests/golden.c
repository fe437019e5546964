/* Reading golden files and comparing what was said of them. */
#include "tests/golden.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/model/dataset.h"
#include "tests/suites.h"

static void check_one(
    const char *path, void (*load)(const char *path, struct diag *d))
{
	struct diag d = DIAG_INIT;
	struct buf want = BUF_INIT;
	char expect[512], *said = NULL;
	size_t len;
	FILE *f = open_memstream(&said, &len);

	(void)snprintf(expect, sizeof(expect), "%.*s.expect",
	    (int)(strlen(path) - strlen(".yml")), path);
	load(path, &d);
	diag_print(&d, f);
	ck_assert_int_eq(fclose(f), 0);
	if (getenv("GOLDEN_WRITE") && len > 0) {
		(void)unlink(expect);
		ck_assert_int_eq(file_create(expect, said, len, 0644), ST_OK);
	}
	if (file_exists(expect))
		ck_assert_int_eq(file_read(expect, 1 << 20, &want), ST_OK);
	ck_assert_msg(strcmp(said, buf_text(&want)) == 0,
	    "%s\n--- said\n%s--- wanted\n%s", path, said, buf_text(&want));
	buf_release(&want);
	diag_release(&d);
	free(said);
}

void golden_check(const char *folder, const char *kind,
    void (*load)(const char *path, struct diag *d))
{
	char pattern[256];
	glob_t found;

	(void)snprintf(pattern, sizeof(pattern),
	    "tests/golden/model/%s/%s-*.yml", folder, kind);
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		check_one(found.gl_pathv[i], load);
	globfree(&found);
}

void golden_datasets(struct diag *d, struct dataset *out[GOLDEN_DATASETS])
{
	static const char *const paths[GOLDEN_DATASETS] = {
		"tests/golden/model/good/dataset-crm.yml",
		"tests/golden/model/good/dataset-telemetry.yml",
	};
	size_t n;

	for (size_t i = 0; i < GOLDEN_DATASETS; i++) {
		ck_assert_int_eq(dataset_load(paths[i], d, &out[i], &n), ST_OK);
		ck_assert_uint_eq(n, 1);
	}
}

void golden_datasets_free(struct dataset *datasets[GOLDEN_DATASETS])
{
	for (size_t i = 0; i < GOLDEN_DATASETS; i++) {
		dataset_release(datasets[i]);
		free(datasets[i]);
	}
}
