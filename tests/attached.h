#ifndef TESTS_ATTACHED_H
#define TESTS_ATTACHED_H

/*
 * The same tests on the other driver: with LETHE_TEST_URL in the environment
 * (tests/postgres/run.sh), every managed store of an installation becomes a
 * schema of its own in that database when the installation is loaded for the
 * first time, with the tables that its SQL makes.
 */

/* 1 where stores are attached, for what only a file of ours can do. */
int attached(void);

#endif /* !TESTS_ATTACHED_H */
