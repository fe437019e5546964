/* What was approved, whatever it is. */
#include "engine/rights/carry_out.h"

#include "engine/rights/rectify.h"
#include "engine/rights/restriction.h"

int carry_out_changes(enum request_type type)
{
	return type == REQUEST_ERASURE || type == REQUEST_OBJECTION ||
	       type == REQUEST_RESTRICTION || type == REQUEST_RECTIFICATION;
}

enum status rights_carry_out(struct installation *in,
    const struct rights_actor *by, const char *id, enum rights_tell tell,
    json_t **out)
{
	enum request_type type = REQUEST_ERASURE;
	enum status st = rights_type(in, id, &type);

	if (st != ST_OK)
		return st;
	if (type == REQUEST_RESTRICTION)
		return rights_execute_restriction(in, by, id, out);
	if (type == REQUEST_RECTIFICATION)
		return rights_correct(in, by, id, out);
	return rights_execute(in, by, id, tell, out);
}
