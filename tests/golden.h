#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "engine/model/diag.h"

/*
 * Golden files of the model: tests/golden/model/FOLDER/KIND-NAME.yml is read
 * as its kind, and what is said of it must be what stands in NAME.expect
 * beside it (no such file: nothing).  GOLDEN_WRITE=1 in the environment writes
 * the .expect files anew; read the difference before you commit it.
 */
void golden_check(const char *folder, const char *kind,
    void (*load)(const char *path, struct diag *d));

/* The datasets of tests/golden/model/good that policies are checked against.
 */
struct dataset;
#define GOLDEN_DATASETS 2
void golden_datasets(struct diag *d, struct dataset *out[GOLDEN_DATASETS]);
void golden_datasets_free(struct dataset *datasets[GOLDEN_DATASETS]);

#endif /* !TESTS_GOLDEN_H */
