#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "engine/base/status.h"
#include "engine/store/db.h"
#include "schemas/embedded.h"

/*
 * Bring our own tables of a database up to date: the files of ${files} (ended
 * by a NULL path) below ${folder} ("schemas/store/"), in the order of their
 * names, "0001-engine.sql" first.  Each runs once, in one transaction with the
 * note of it in lethe_migration.  ST_DENIED where the database has one that
 * is not among them: a newer Lethe made it.  ST_INTEGRITY where one was
 * changed after it had run.
 */
enum status migrate_run(
    struct db *db, const struct embedded *files, const char *folder) MUST_CHECK;

#endif /* !STORE_MIGRATE_H */
