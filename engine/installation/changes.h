#ifndef INSTALLATION_CHANGES_H
#define INSTALLATION_CHANGES_H

#include "engine/installation/installation.h"

/*
 * Log what has changed since this was last called, or is there for the first
 * time: lethe.yml, policies and datasets by the SHA-256 of their files, keys
 * by their numbers.  Policies and datasets are kept, too (rule_files.h).  Opens
 * what it needs.
 */
enum status changes_log(struct installation *in) MUST_CHECK;

#endif /* !INSTALLATION_CHANGES_H */
