/* Suspensions that still have their subject's value beside them. */
#include "engine/subjects/subjects.h"

/* ST_NOTFOUND: no more. */
static enum status adopt_one(struct installation *in)
{
	struct reach_subject who;
	struct stmt *s = NULL;
	int64_t id = 0;
	enum status st;

	st = db_query(in->control,
	    "SELECT id, identity, value FROM suspension"
	    " WHERE value IS NOT NULL LIMIT 1",
	    NOARGS, &s);
	if (st == ST_OK)
		st = db_row(s);
	if (st == ST_OK) {
		who.identity = db_text(s, 1);
		who.value = db_text(s, 2);
		st = subjects_need(in, &who, &id);
	}
	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE suspension SET subject = $2, value = NULL"
		    " WHERE id = $1",
		    ARGS(TEXT(db_text(s, 0)), INT(id)));
	db_done(s);
	return st;
}

enum status subjects_adopt(struct installation *in)
{
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK ||
	    (st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	while ((st = adopt_one(in)) == ST_OK)
		;
	if (st == ST_NOTFOUND)
		st = db_commit(in->control);
	db_rollback(in->control);
	return st;
}
