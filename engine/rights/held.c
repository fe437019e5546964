/* Is a person, however named, suspended? */
#include "engine/rights/held.h"

#include "engine/rights/person.h"

enum status held_person(struct installation *in, const json_t *list,
    const struct reach_subject *who, int *held)
{
	const json_t *one, *subject;
	enum status st = ST_OK;
	size_t i;

	*held = 0;
	json_array_foreach(list, i, one)
	{
		struct reach_subject other;

		subject = json_object_get(one, "subject");
		if (!json_is_object(subject) ||
		    json_is_string(json_object_get(one, "cluster")))
			continue;
		other = (struct reach_subject){ json_text(subject, "identity"),
			json_text(subject, "value") };
		st = person_same(in, who, &other, held);
		if (st != ST_OK || *held)
			break;
	}
	return st;
}
