#ifndef TESTS_CONSENTS_H
#define TESTS_CONSENTS_H

#include "engine/consent/consent.h"
#include "tests/holds.h"

/*
 * The installation of tests/holds.h with notices: `news` in version 1, which
 * is valid for two days, and 2, which has no end, and whose end contracts get;
 * `study` for another purpose.  Preferences `data` (all, some, none) and
 * `mail` (yes, no).
 */
void consents_init(struct holds_site *s);

struct rights_actor consents_by(int64_t now);
/* What ${person} does about ${notice} at ${at}; ${version} 0: the latest. */
struct consent_order consents_order(const char *person, const char *notice,
    int64_t version, enum consent_kind kind, int64_t at);

/* Entries of the log that speak of consents and preferences, each once;
 * fails where one was told twice. */
int64_t consents_told(struct holds_site *s);

#endif /* !TESTS_CONSENTS_H */
