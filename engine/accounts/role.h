#ifndef ACCOUNTS_ROLE_H
#define ACCOUNTS_ROLE_H

#include "engine/base/buf.h"

/* What people may do, as bits; the words are lethe.yml's. */
enum account_role {
	ACCOUNT_INTAKE = 1,
	ACCOUNT_OFFICER = 2,
	ACCOUNT_APPROVER = 4,
	ACCOUNT_AUDITOR = 8,
	ACCOUNT_ADMIN = 16,
	ACCOUNT_ROLE_BITS = 31,
};

/* "officer,approver" as bits.  ST_USAGE, with the nearest word, for others, and
 * for none at all. */
enum status role_parse(const char *text, unsigned int *out) MUST_CHECK;
/* The way back. */
void role_add(struct buf *out, unsigned int roles);
/* Bits of enum request_role: what transition.h lets them do. */
unsigned int role_rights(unsigned int roles);
/* 1 where people's data is theirs to look at: not an auditor's, who sees what
 * was done, nor an admin's, who sees accounts. */
int role_may_look(unsigned int roles);

#endif /* !ACCOUNTS_ROLE_H */
