#ifndef DEMO_DEMO_WORLD_H
#define DEMO_DEMO_WORLD_H

#include <stdint.h>

#include "engine/demo/demo_dice.h"
#include "engine/demo/demo_names.h"
#include "engine/demo/demo_out.h"
#include "engine/demo/demo_time.h"

/*
 * The made-up world.  Everything hangs on the number of a customer: his story
 * decides when his vehicle was bought, handed on, sold or scrapped, and to
 * which neighbour it went, so that one pass over the numbers writes all files.
 */

/* In the order of ingest: parents before children. */
enum demo_file_id {
	DEMO_VEHICLES,
	DEMO_CUSTOMERS,
	DEMO_ACCOUNTS,
	DEMO_CONTRACTS,
	DEMO_SERVICES,
	DEMO_PURCHASES,
	DEMO_HOLDINGS,
	DEMO_VEHICLE_SERVICES,
	DEMO_BANK_ACCOUNTS,
	DEMO_TRANSACTIONS,
	DEMO_CONSENTS,
	DEMO_MARKETING,
	DEMO_SUPPORT_CASES,
	DEMO_CALL_RECORDINGS,
	DEMO_DISCLOSURES,
	DEMO_PREFERENCES,
	DEMO_SANCTIONS,
	DEMO_GROUP_LOGINS,
	DEMO_COMPANY_LINKS,
	DEMO_SIGN_INS,
	DEMO_VEHICLE_STATUS,
	DEMO_POSITIONS,
	DEMO_VEHICLE_SERVICE,
	DEMO_TRAFFIC,
	DEMO_ENVIRONMENT,
	DEMO_USER_SETTINGS,
	DEMO_SENSOR,
	DEMO_FILE__MAX
};

struct demo_world {
	struct demo_clock clock;
	int customers;
	struct demo_out out[DEMO_FILE__MAX];
	/* which turn around its cut-off a file is at (demo_turn) */
	int turns[DEMO_FILE__MAX];
};

/* How a vehicle went on, after whoever bought it new. */
enum demo_fate {
	DEMO_STILL_HELD,
	DEMO_HANDED_ON, /* to other customers */
	DEMO_SOLD,      /* to somebody who is none */
	DEMO_SCRAPPED,
	DEMO_DEACTIVATED,
};

struct demo_holder {
	int customer;
	int64_t from;
	int64_t until;  /* DEMO_TIME_NONE: still */
	int32_t starts; /* days of the contract */
	int32_t expires;
};
#define DEMO_MOST_HOLDERS 3

struct demo_vehicle {
	int number;
	char vin[18];
	const struct demo_model *model;
	const struct demo_place *place;
	enum demo_fate fate;
	int32_t registered;
	int32_t scrapped; /* DEMO_DAY_NONE */
	int64_t silent;   /* when its SIM stopped; DEMO_TIME_NONE: sends */
	struct demo_holder holders[DEMO_MOST_HOLDERS];
	int holder_count;
};

#define DEMO_ID_TEXT 28
struct demo_customer {
	int number;
	char id[DEMO_ID_TEXT];
	const struct demo_name *family;
	const struct demo_name *given;
	const struct demo_place *place;
	const char *dealer;
	int has_login;
	char universal_id[37];
	char email[80];
	struct demo_vehicle vehicles[2];
	int vehicle_count;
	int32_t since; /* the first day of the first contract */
	int32_t until; /* the last day of the last; DEMO_DAY_NONE: open */
	int64_t left;  /* the instant of that */
};

/* Who customer ${number} is and what became of his vehicles. */
void demo_customer_make(
    const struct demo_world *w, int number, struct demo_customer *c);
void demo_customer_id(int number, char out[DEMO_ID_TEXT]);
/* The number of the contract under which ${holder} holds ${v}. */
void demo_contract_id(
    const struct demo_vehicle *v, int holder, char out[DEMO_ID_TEXT]);

/* The records of one customer, by subject. */
void demo_write_person(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d);
void demo_write_money(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d);
void demo_write_contacts(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d);
void demo_write_login(
    struct demo_world *w, const struct demo_customer *c, struct demo_dice *d);
void demo_write_vehicle(struct demo_world *w, const struct demo_customer *c,
    const struct demo_vehicle *v, struct demo_dice *d);
void demo_write_services(struct demo_world *w, const struct demo_vehicle *v,
    int holder, struct demo_dice *d);
/* What was bought of the service ${code} after the day ${ended}. */
void demo_write_purchases(struct demo_world *w, const struct demo_vehicle *v,
    int holder, const char *code, int32_t ended, struct demo_dice *d);
void demo_write_telemetry(
    struct demo_world *w, const struct demo_vehicle *v, struct demo_dice *d);

/*
 * A day from ${from} to ${until} for the next record of ${file}: in turn the
 * days around the cut-off of ${rule} where they fall in there, else one that
 * is kept, else any.
 */
int32_t demo_next_day(struct demo_world *w, enum demo_file_id file,
    enum demo_rule rule, struct demo_dice *d, int32_t from, int32_t until);

/* Values of several files: a date or none; an instant in UTC or none; an
 * instant that a rule or a reference runs from, now and then as another part
 * of the world writes it. */
void demo_put_day(struct demo_out *o, int32_t day);
void demo_put_time(struct demo_out *o, int64_t t);
void demo_put_event(struct demo_out *o, int64_t t);

#endif /* !DEMO_DEMO_WORLD_H */
