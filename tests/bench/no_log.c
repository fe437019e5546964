/*
 * An audit log that keeps nothing, so that the bench can tell what the log
 * costs: linked in its place into build/MODE/lethe-unlogged, never into lethe.
 */
#include "engine/audit/log.h"

enum status __wrap_audit_append(struct audit *a, int64_t at, const char *actor,
    const char *action, const json_t *details);
enum status __wrap_audit_ship(struct audit *a, struct db *store,
    const char *source, const char *actor, int64_t *entries);
enum status __wrap_audit_writable(struct audit *a);

enum status __wrap_audit_append(struct audit *a, int64_t at, const char *actor,
    const char *action, const json_t *details)
{
	(void)a, (void)at, (void)actor, (void)action, (void)details;
	return ST_OK;
}

enum status __wrap_audit_ship(struct audit *a, struct db *store,
    const char *source, const char *actor, int64_t *entries)
{
	(void)a, (void)store, (void)source, (void)actor;
	if (entries)
		*entries = 0;
	return ST_OK;
}

enum status __wrap_audit_writable(struct audit *a)
{
	(void)a;
	return ST_OK;
}
