/* The one place where accounts are plugged in. */
#include "engine/web/auth.h"

const struct web_auth *web_auth_accounts(void) { return NULL; }
