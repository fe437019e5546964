/* An installation with notices and preferences. */
#include "tests/consents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "tests/suites.h"

static const char file[] =
    "retention: P1Y\n"
    "notices:\n"
    "  - {id: news, version: 1, title: News, text: {en: One, ja: 一},\n"
    "     purposes: [p], dpv: [DirectMarketing], controller: Us,\n"
    "     withdrawal: Call us., valid: P2D}\n"
    "  - {id: news, version: 2, title: News, text: {en: Two, ja: 二},\n"
    "     purposes: [p], dpv: [DirectMarketing], controller: Us,\n"
    "     withdrawal: Call us., ends: [crm.contracts.ends]}\n"
    "  - {id: study, version: 1, title: Study, text: A study,\n"
    "     purposes: [other], controller: Us, withdrawal: Call us.}\n"
    "preferences:\n"
    "  - {id: data, title: Data, values: [all, some, none], initial: none}\n"
    "  - {id: mail, title: Mail, values: ['yes', 'no'], initial: 'no'}\n";

void consents_init(struct holds_site *s)
{
	char path[160];

	holds_site_init(s, 1);
	(void)snprintf(path, sizeof(path), "%s/consents.yml", s->folder);
	MUST(file_create(path, file, strlen(file), 0600) == ST_OK, "%s",
	    status_text());
	holds_site_replace(s, "policy.yml", "\npurposes:\n",
	    "\npurposes:\n  other: {title: Other, legal_basis: consent}\n");
	holds_site_replace(
	    s, "lethe.yml", "\npurge:", "\nconsents: consents.yml\npurge:");
}

struct rights_actor consents_by(int64_t now)
{
	return (struct rights_actor){ "os:ada", REQUEST_BY_OPERATOR, now };
}

struct consent_order consents_order(const char *person, const char *notice,
    int64_t version, enum consent_kind kind, int64_t at)
{
	return (struct consent_order){ .identity = "person_id",
		.value = person,
		.notice = notice,
		.version = version,
		.kind = kind,
		.language = "en",
		.channel = "portal",
		.method = "form",
		.evidence = "PlantedEvidence",
		.at = at };
}

static int order(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

int64_t consents_told(struct holds_site *s)
{
	static const char key[] = "\"consent_entry\":";
	char *log = holds_site_log(s), *p = log;
	long long *seen = NULL;
	size_t n = 0;

	while ((p = strstr(p, key)) != NULL) {
		p += strlen(key);
		seen = reallocarray(seen, n + 1, sizeof(*seen));
		MUST(seen, "memory");
		seen[n++] = strtoll(p, NULL, 10);
	}
	if (n)
		qsort(seen, n, sizeof(*seen), order);
	for (size_t i = 1; i < n; i++)
		MUST(seen[i] != seen[i - 1], "%lld was told twice", seen[i]);
	ck_assert_ptr_null(strstr(log, "PlantedEvidence"));
	free(seen);
	free(log);
	return (int64_t)n;
}
