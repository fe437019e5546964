/* Roles. */
#include "engine/accounts/role.h"

#include <stdio.h>
#include <string.h>

#include "engine/model/config.h"
#include "engine/model/diag.h"
#include "engine/rights/transition.h"

static enum status parse_one(const char *word, unsigned int *roles)
{
	const char *near;

	for (unsigned int i = 0; config_roles[i]; i++)
		if (strcmp(word, config_roles[i]) == 0) {
			*roles |= 1u << i;
			return ST_OK;
		}
	near = diag_nearest(word, config_roles);
	return fail(ST_USAGE,
	    "unknown role `%s`%s%s%s: there are intake, officer, approver, "
	    "auditor, admin",
	    word, near ? ": did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}

enum status role_parse(const char *text, unsigned int *out)
{
	unsigned int roles = 0;
	enum status st = ST_OK;
	char word[32];
	size_t n;

	do {
		n = strcspn(text, ",");
		(void)snprintf(word, sizeof(word), "%.*s",
		    (int)(n < sizeof(word) ? n : sizeof(word) - 1), text);
		st = parse_one(word, &roles);
		text += n;
	} while (st == ST_OK && *text++ == ',');
	if (st == ST_OK)
		*out = roles;
	return st;
}

void role_add(struct buf *out, unsigned int roles)
{
	const char *comma = "";

	for (unsigned int i = 0; config_roles[i]; i++)
		if (roles & 1u << i) {
			buf_adds(out, comma);
			buf_adds(out, config_roles[i]);
			comma = ",";
		}
}

unsigned int role_rights(unsigned int roles)
{
	return (roles & ACCOUNT_INTAKE ? REQUEST_BY_INTAKE : 0u) |
	       (roles & ACCOUNT_OFFICER ? REQUEST_BY_OFFICER : 0u) |
	       (roles & ACCOUNT_APPROVER ? REQUEST_BY_APPROVER : 0u);
}

int role_may_look(unsigned int roles)
{
	return (roles &
		   (ACCOUNT_INTAKE | ACCOUNT_OFFICER | ACCOUNT_APPROVER)) != 0;
}
