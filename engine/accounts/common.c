/* Passwords that everybody takes. */
#include "engine/accounts/common.h"

#include <string.h>

/* Those of eight characters and more; `accounts: {password_length}` is 8 at
 * the least. */
static const char *const known[] = { "abcd1234", "adminadmin", "administrator",
	"administrator1", "baseball1", "changeme", "changeme123", "changemenow",
	"charlie1", "computer1", "correcthorsebatterystaple", "dragon123",
	"football1", "iloveyou", "iloveyou1", "iloveyou123", "jesuschrist",
	"letmein123", "letmeinplease", "liverpool1", "michael1", "mypassword",
	"mypassword1", "mypassword123", "p@ssw0rd", "p@ssw0rd123", "p@ssword",
	"passw0rd", "passw0rd123", "password", "password!", "password1",
	"password1!", "password12", "password123", "password123!",
	"password1234", "password12345", "password123456", "passwort",
	"passwort123", "passwort1234", "pokemon123", "princess1", "qwerty123",
	"qwerty12345", "qwerty123456", "qwertyuiop123", "secret123",
	"sommer2024", "sommer2025", "sommer2026", "starwars1", "summer2024",
	"summer2025", "summer2026", "sunshine1", "superman1", "trustno1",
	"welcome1", "welcome123", "welcome1234", "whatever1", "willkommen",
	"willkommen1", "willkommen123", NULL };

/* Walks, forwards and backwards, from anywhere in them. */
static const char *const walks[] = { "0123456789012345678901234567890123456789",
	"9876543210987654321098765432109876543210",
	"abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba",
	"qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm",
	"1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
	"!qaz@wsx#edc$rfv%tgb", "123456789qwertyuiop", "1234567890qwertyuiop",
	"123456789abcdefghi", "abc123abc123abc123", NULL };

static int is_known(const char *text)
{
	for (size_t i = 0; known[i]; i++)
		if (strcasecmp(text, known[i]) == 0)
			return 1;
	for (size_t i = 0; walks[i]; i++)
		if (strcasestr(walks[i], text))
			return 1;
	return 0;
}

/* Over and over, ${period} bytes. */
static int repeats(const char *text, size_t len, size_t period)
{
	return strncasecmp(text, text + period, len - period) == 0;
}

int common_is(const char *text, size_t len)
{
	if (is_known(text))
		return 1;
	for (size_t period = 1; period <= 8 && 2 * period <= len; period++)
		if (repeats(text, len, period))
			return 1;
	return 0;
}
