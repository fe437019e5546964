/* Runs every suite, or those named on the command line. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/attached.h"
#include "tests/suites.h"

int main(int argc, char **argv)
{
	SRunner *sr = srunner_create(suite_create("lethe"));
	int failed, i;

	for (i = 0; all_suites[i]; i++)
		srunner_add_suite(sr, all_suites[i]());
	srunner_run_tagged(sr, argc > 1 ? argv[1] : NULL,
	    argc > 2 ? argv[2] : NULL, NULL, attached() ? NULL : "server",
	    CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
