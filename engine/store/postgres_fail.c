/* What PostgreSQL's results mean, in words that hold no value of any record. */
#include <string.h>

#include "engine/store/postgres.h"

static const char only_reads[] =
    "the database only reads, as a replica does: give `url` the host of its "
    "primary";

/* SQLSTATEs or their classes; the first that fits. */
static const struct {
	const char *code;
	enum status st;
	const char *words; /* NULL: the server's own, which name tables */
} meanings[] = {
	{ "23", ST_CONFLICT, NULL },
	{ "22", ST_CONFLICT, "a value is none of its column's type or range" },
	{ "P0", ST_CONFLICT, "the schema refused a change" },
	{ "09", ST_CONFLICT, "the schema refused a change" },
	{ "27", ST_CONFLICT, "the schema refused a change" },
	{ "44", ST_CONFLICT, "the schema refused a change" },
	{ "40001", ST_BUSY,
	    "somebody else changed the same records: try again" },
	{ "40P01", ST_BUSY,
	    "somebody else waited for the same records: try again" },
	{ "55P03", ST_BUSY, "somebody else is writing: try again" },
	{ "55006", ST_BUSY, "somebody else is writing: try again" },
	{ "57014", ST_BUSY,
	    "the server ended a statement that took too long (or somebody "
	    "cancelled it): try again" },
	{ "2BP01", ST_CONFLICT, NULL },
	{ "25P03", ST_BUSY, "the server ended a transaction that stood idle" },
	{ "53100", ST_FULL,
	    "the server's disk is full: make room, then "
	    "repeat" },
	{ "53300", ST_BUSY, "the server has too many connections: try again" },
	{ "53", ST_DB, "the server is out of memory or of another resource" },
	{ "25006", ST_DB, only_reads },
	{ "XX", ST_INTEGRITY,
	    "the server found its own data damaged: ask its administrator" },
	{ "58", ST_IO, "the server's operating system said no" },
};

static int fits(const char *state, const char *code)
{
	return strncmp(state, code, strlen(code)) == 0;
}

static enum status lost(struct postgres *pg)
{
	pg->undone = pg->is_open;
	return fail(ST_IO,
	    "%s: the connection to %s was lost%s: try again when it is back",
	    pg->db.name, pg->where,
	    pg->is_open ? ", and what was not committed is undone" : "");
}

enum status postgres_fail(
    struct postgres *pg, const PGresult *res, const char *words)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	const char *name = pg->db.name;
	size_t i;

	/* 57P: the server ends the connection, and says so before. */
	if (PQstatus(pg->conn) != CONNECTION_OK ||
	    (state && fits(state, "57P")))
		return lost(pg);
	if (state == NULL || text == NULL)
		return fail(ST_DB, "%s: %s does not answer as a server does",
		    name, pg->where);
	pg->undone =
	    pg->is_open && (fits(state, "40001") || fits(state, "40P01"));
	if (fits(state, "42501"))
		return fail(ST_DENIED,
		    "%s: %s: `lethe check` says what to grant", name, text);
	for (i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		if (fits(state, meanings[i].code))
			return fail(meanings[i].st, "%s: %s", name,
			    meanings[i].words ? meanings[i].words : text);
	}
	/* So it answers to BEGIN READ WRITE. */
	if (fits(state, "0A000") && words && strstr(words, "READ WRITE"))
		return fail(ST_DB, "%s: %s", name, only_reads);
	if (words)
		return fail(ST_DB, "%s: %s (SQLSTATE %s) in: %.300s", name,
		    text, state, words);
	return fail(ST_DB, "%s: %s (SQLSTATE %s)", name, text, state);
}
