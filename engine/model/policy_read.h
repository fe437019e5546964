#ifndef MODEL_POLICY_READ_H
#define MODEL_POLICY_READ_H

#include "engine/model/dataset_names.h"
#include "engine/model/policy.h"
#include "engine/model/read.h"

/*
 * Between the files that read a policy.  Terms come first (policy_terms.c),
 * then what refers to them: clusters (policy_cluster.c, policy_action.c) and
 * tests (policy_tests.c).  How the end of a service is computed is a part of
 * its starting point (policy_end.c).
 */
struct policy_reader {
	struct diag *d;
	struct policy *p;
	/* the names of each, ended by NULL, in the order of ${p} */
	const char **recipients;
	const char **purposes;
	const char **starting_points;
	const char **clusters;
	char *purpose_used; /* 1 for each that a cluster names */
	char *starting_point_used;
};

/* ${count} names, each the first member of a struct of ${size} bytes. */
const char **policy_names(
    struct diag *d, const void *array, size_t count, size_t size);
/* The index of the name that ${n} holds; an error where there is none. */
int policy_find(struct diag *d, const struct node *n, const char *what,
    const char *const *names, size_t *out);

void policy_read_terms(struct policy_reader *r, const struct node *root);
/* What stands under `term`; ${x->at} has been read. */
void policy_read_end(
    struct diag *d, const struct node *n, struct policy_starting_point *x);
void policy_read_clusters(struct policy_reader *r, const struct node *n);
void policy_read_action(
    struct policy_reader *r, const struct node *n, struct policy_cluster *c);
/* What stands under `erasure` (NULL: nothing); the rest of ${c} is read. */
void policy_read_erasure(
    struct policy_reader *r, const struct node *n, struct policy_cluster *c);
void policy_read_tests(struct policy_reader *r, const struct node *n);

/* The fields of every term exist, and no field has two. */
void policy_check_ends(const struct policy *const *policies, size_t count,
    const struct dataset_names *names);

void policy_release_terms(struct policy *p);
void policy_release_end(struct policy_starting_point *x);
void policy_release_clusters(struct policy *p);
void policy_release_tests(struct policy *p);

#endif /* !MODEL_POLICY_READ_H */
