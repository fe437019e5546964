#ifndef PACKAGE_EXPORTS_H
#define PACKAGE_EXPORTS_H

#include "engine/package/package.h"
#include "engine/rights/step.h"

/*
 * ${data_dir}/exports: sealed files that wait to be downloaded, and their keys.
 *
 * A lock tells what a killed build left behind from one that is at work: who
 * builds holds it with others, who cleans up holds it alone.
 */
#define EXPORTS_NAME 33

struct exports {
	struct installation *in;
	char *folder;
	int lock;
};
enum exports_for { EXPORTS_TO_BUILD, EXPORTS_TO_CLEAN };
/* ST_BUSY: somebody builds, so that nobody can clean up. */
enum status exports_open(struct exports *e, struct installation *in,
    enum exports_for what) MUST_CHECK;
void exports_close(struct exports *e);

/* A new name and its key in the keyring. */
enum status exports_new(struct exports *e, char name[EXPORTS_NAME]) MUST_CHECK;
/* "export/NAME".  ST_NOTFOUND: destroyed. */
enum status exports_key(struct installation *in, const char *name,
    const struct secret_key **out) MUST_CHECK;
/* The caller frees. */
char *exports_path(const struct installation *in, const char *name);
/* Destroy key and file; what is gone already is fine. */
enum status exports_destroy(
    struct installation *in, const char *name) MUST_CHECK;
/* Keys and files that no row of the control database knows. */
enum status exports_orphans(struct exports *e) MUST_CHECK;

#endif /* !PACKAGE_EXPORTS_H */
