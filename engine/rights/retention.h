#ifndef RIGHTS_RETENTION_H
#define RIGHTS_RETENTION_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * The data of requests has a rule of its own, `requests: {retention: P3Y}` in
 * lethe.yml: counted from the day on which a request was closed, by the rule
 * and in the zone of its clock.  Then it goes whole: person, words, events,
 * stops, codes.  What stays: a request that is open; one whose person an
 * active suspension is about, by that identity or as holder of a record that
 * both find; one that a duplicate still names.  Without the line all of them
 * stay, and `lethe check` says so.
 *
 * Each batch is a transaction of the control database that holds the deletion
 * and its evidence (how many, and keyed hashes of the case codes); then the
 * audit log is told, exactly once, whoever is killed when.
 */
enum retention_mode { RETENTION_LOOK, RETENTION_DELETE };

/*
 * {"retention","cutoff","due","deleted","held"}: closed on ${cutoff} or
 * before.  "retention" and "cutoff" are null where there is no rule; "held" is
 * how many of "due" a suspension keeps.  ${actor} is for the log.
 */
enum status retention_run(struct installation *in, enum retention_mode mode,
    const char *actor, int64_t as_of, json_t **out) MUST_CHECK;

/* Part of events_ship(), under its lock: tell the log of deletions. */
enum status retention_ship(struct installation *in) MUST_CHECK;

#endif /* !RIGHTS_RETENTION_H */
