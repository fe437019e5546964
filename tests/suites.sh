#!/bin/sh
# Print the C table of all suites: tests/test_foo.c gives foo_suite().
set -eu
echo '#include <check.h>'
echo '#include "tests/suites.h"'
for f; do n=${f##*/test_}; echo "extern Suite *${n%.c}_suite(void);"; done
echo 'Suite *(*const all_suites[])(void) = {'
for f; do n=${f##*/test_}; echo "	${n%.c}_suite,"; done
echo '	0,'
echo '};'
