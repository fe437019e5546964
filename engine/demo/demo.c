/* The installation: files that the program carries inside itself, and one pass
 * over the customers that writes all records. */
#include "engine/demo/demo.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "engine/demo/demo_world.h"
#include "schemas/embedded.h"

_Static_assert(DEMO_FILES == DEMO_FILE__MAX, "one place for each file");

#define CRM(name, ext, columns)                                  \
	{                                                        \
		"crm", #name, "data/crm/" #name "." ext, columns \
	}
#define LOGIN(name, columns)                                        \
	{                                                           \
		"login", #name, "data/login/" #name ".csv", columns \
	}
#define TELEMETRY(name, columns)                                    \
	{                                                           \
		"telemetry", #name, "data/telemetry/" #name ".csv", \
		    "id,vin,recorded_at," columns                   \
	}
static const struct demo_table tables[DEMO_FILE__MAX] = {
	[DEMO_VEHICLES] = CRM(vehicles, "csv",
	    "vin,brand,model,body_colour,equipment,option_codes,sim_iccid,"
	    "built_on,first_registration_on,scrapped_on"),
	[DEMO_CUSTOMERS] = CRM(customers, "csv",
	    "id,family_name,given_name,family_name_kana,given_name_kana,"
	    "birth_date,postal_code,prefecture,city,street,building,email,"
	    "phone_number,language,contact_channel,dealer,created_at"),
	[DEMO_ACCOUNTS] = CRM(accounts, "csv",
	    "id,customer_id,universal_id,portal,username,email,status,"
	    "opened_at,closed_at"),
	[DEMO_CONTRACTS] = CRM(contracts, "csv",
	    "id,customer_id,vin,terms_version,dealer,signed_on,starts_on,"
	    "expires_on,status,end_reason"),
	[DEMO_SERVICES] = CRM(services, "csv",
	    "id,contract_id,service_code,brand,first_registration_on,"
	    "starts_on,term,term_ends_on,extension,notice,cancel_by,"
	    "cancelled_on,deactivated_at,deactivated_by"),
	[DEMO_PURCHASES] = CRM(purchases, "csv",
	    "id,customer_id,contract_id,service_code,follows_on,term,"
	    "term_ends_on,price_jpy,ended_at,ended_by"),
	[DEMO_HOLDINGS] = CRM(holdings, "csv",
	    "id,vin,customer_id,role,held_from,held_until,unlinked_at,"
	    "data_erased_at"),
	[DEMO_VEHICLE_SERVICES] = CRM(vehicle_services, "csv",
	    "id,vin,performed_at,workshop,kind,mileage_km,battery_volt,"
	    "oil_level_percent,brake_wear_percent,next_inspection_on,work"),
	[DEMO_BANK_ACCOUNTS] = CRM(bank_accounts, "csv",
	    "id,customer_id,bank_code,bank_name,branch_code,account_type,"
	    "account_number,holder_kana,mandate_on,mandate_ended_on"),
	[DEMO_TRANSACTIONS] = CRM(transactions, "csv",
	    "id,customer_id,contract_id,bank_account_id,kind,method,"
	    "invoice_number,payer_name,description,amount_jpy,tax_jpy,"
	    "booked_on"),
	[DEMO_CONSENTS] = CRM(consents, "jsonl",
	    "id,customer_id,purpose,channel,text_version,third_parties,"
	    "given_at,withdrawn_at,ended_at,end_reason,evidence"),
	[DEMO_MARKETING] = CRM(marketing, "csv",
	    "id,customer_id,consent_id,campaign,channel,sent_at,response"),
	[DEMO_SUPPORT_CASES] = CRM(support_cases, "csv",
	    "id,customer_id,vin,channel,topic,description,resolution,"
	    "opened_at,closed_at"),
	[DEMO_CALL_RECORDINGS] = CRM(call_recordings, "csv",
	    "id,customer_id,vin,case_id,service_code,purpose,recorded_at,"
	    "seconds,transcript,audio_wav"),
	[DEMO_DISCLOSURES] = CRM(disclosures, "csv",
	    "id,customer_id,vin,recipient,basis,categories,country,"
	    "disclosed_at"),
	[DEMO_PREFERENCES] = CRM(preferences, "jsonl",
	    "id,customer_id,vin,setting,value,version,changed_at,"
	    "changed_in,sync_state,acked_at"),
	[DEMO_SANCTIONS] = CRM(sanctions_screenings, "csv",
	    "id,customer_id,contract_id,lists,result,remark,screened_at"),
	[DEMO_GROUP_LOGINS] = LOGIN(group_logins,
	    "universal_id,email,password_verifier,display_name,language,"
	    "registered_at,last_sign_in_at"),
	[DEMO_COMPANY_LINKS] = LOGIN(company_links,
	    "id,universal_id,company,country,service,categories,"
	    "first_used_at"),
	[DEMO_SIGN_INS] = LOGIN(sign_ins,
	    "id,universal_id,occurred_at,ip_address,user_agent,result"),
	[DEMO_VEHICLE_STATUS] = TELEMETRY(vehicle_status,
	    "mileage_km,battery_volt,fuel_percent,charge_percent,"
	    "doors_locked,windows_closed"),
	[DEMO_POSITIONS] = TELEMETRY(
	    positions, "latitude,longitude,heading_degrees,speed_kmh"),
	[DEMO_VEHICLE_SERVICE] = TELEMETRY(vehicle_service,
	    "next_inspection_on,oil_level_percent,brake_wear_front_percent,"
	    "brake_wear_rear_percent,fault_codes"),
	[DEMO_TRAFFIC] =
	    TELEMETRY(traffic, "kind,road,latitude,longitude,detail"),
	[DEMO_ENVIRONMENT] = TELEMETRY(
	    environment, "outside_celsius,rain_mm_per_hour,road_state"),
	[DEMO_USER_SETTINGS] = TELEMETRY(user_settings,
	    "news_source,mail_address,music_provider,seat_profile"),
	[DEMO_SENSOR] =
	    TELEMETRY(sensor, "kind,distance_metres,interpretation"),
};

/* What the installation is made of, and where the program has it. */
static const struct {
	const char *path;
	const char *embedded;
} files[] = {
	{ "lethe.yml", "schemas/demo-lethe.yml" },
	{ "schemas/crm.yml", "schemas/crm.yml" },
	{ "schemas/crm.sql", "schemas/crm.sql" },
	{ "schemas/login.yml", "schemas/login.yml" },
	{ "schemas/login.sql", "schemas/login.sql" },
	{ "schemas/telemetry.yml", "schemas/telemetry.yml" },
	{ "schemas/telemetry.sql", "schemas/telemetry.sql" },
	{ "policies/connected-drive-jp.yml",
	    "policies/connected-drive-jp.yml" },
};
static const char *const folders[] = { "schemas", "policies", "data/crm",
	"data/login", "data/telemetry" };

/* ${folder} holds nothing, or is not there. */
static enum status check_empty(const char *folder)
{
	const struct dirent *e;
	int used = 0;
	DIR *dir = opendir(folder);

	if (dir == NULL && errno == ENOENT)
		return ST_OK;
	if (dir == NULL)
		return fail(errno == ENOTDIR ? ST_CONFLICT : ST_IO,
		    "%s: %s: name a new or an empty folder", folder,
		    strerror(errno));
	while ((e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			used = 1;
	(void)closedir(dir);
	return used
		   ? fail(ST_CONFLICT,
			 "%s: not empty: name a new or an empty folder", folder)
		   : ST_OK;
}

static enum status write_embedded(
    const char *folder, const char *path, const char *name)
{
	const struct embedded *e = embedded;
	enum status st;
	char *to;

	while (e->path && strcmp(e->path, name) != 0)
		e++;
	if (e->path == NULL)
		return fail(ST_NOTFOUND,
		    "%s: not built into this program: build it anew", name);
	if ((to = str_format("%s/%s", folder, path)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = file_create(to, e->data, e->len, 0600);
	free(to);
	return st;
}

static enum status make_folders(const char *folder)
{
	enum status st = ST_OK;
	char *path;

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		if ((path = str_format("%s/%s", folder, folders[i])) == NULL)
			return fail(ST_NOMEM, "out of memory");
		st = file_make_folder(path, 0700);
		free(path);
		if (st != ST_OK)
			return st;
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		st = write_embedded(folder, files[i].path, files[i].embedded);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static enum status open_files(struct demo_world *w, const char *folder)
{
	enum status st = ST_OK;
	char *path;

	for (int i = 0; i < DEMO_FILE__MAX && st == ST_OK; i++) {
		path = str_format("%s/%s", folder, tables[i].path);
		if (path == NULL)
			return fail(ST_NOMEM, "out of memory");
		st = demo_out_open(&w->out[i], &tables[i], path);
		free(path);
	}
	return st;
}

/* Keeps the first failure; closes all. */
static enum status close_files(struct demo_world *w, enum status st)
{
	for (int i = 0; i < DEMO_FILE__MAX; i++) {
		enum status end = demo_out_close(&w->out[i]);

		if (st == ST_OK)
			st = end;
	}
	return st;
}

static enum status write_customer(struct demo_world *w, int number)
{
	struct demo_customer c = { .number = number };
	struct demo_dice d;
	enum status st = ST_OK;

	demo_dice_init(&d, (uint64_t)number * 2 + 1);
	demo_customer_make(w, number, &c);
	demo_write_person(w, &c, &d);
	for (int i = 0; i < c.vehicle_count; i++) {
		demo_write_vehicle(w, &c, &c.vehicles[i], &d);
		demo_write_telemetry(w, &c.vehicles[i], &d);
	}
	demo_write_money(w, &c, &d);
	demo_write_contacts(w, &c, &d);
	demo_write_login(w, &c, &d);
	for (int i = 0; i < DEMO_FILE__MAX && st == ST_OK; i++)
		st = demo_out_status(&w->out[i]);
	return st;
}

static void report(const struct demo_world *w, struct demo_report *out)
{
	for (int i = 0; i < DEMO_FILE__MAX; i++)
		out->files[i] =
		    (struct demo_file){ tables[i].store, tables[i].collection,
			    tables[i].path, w->out[i].records };
}

static enum status check_arguments(int customers, int64_t as_of)
{
	int64_t from = civil_day((struct civil){ 1990, 1, 1 });
	int64_t until = civil_day((struct civil){ 9000, 1, 1 });

	if (customers < 1 || customers > DEMO_MOST)
		return fail(ST_USAGE, "%d customers: use 1 to %d", customers,
		    DEMO_MOST);
	if (as_of / CIVIL_DAY_SECONDS < from ||
	    as_of / CIVIL_DAY_SECONDS >= until)
		return fail(ST_USAGE,
		    "the time of the demonstration: use the years 1990 to "
		    "8999");
	return ST_OK;
}

enum status demo_write(
    const char *folder, int customers, int64_t as_of, struct demo_report *out)
{
	struct demo_world w = { .customers = customers };
	enum status st;

	if ((st = check_arguments(customers, as_of)) != ST_OK ||
	    (st = check_empty(folder)) != ST_OK ||
	    (st = demo_clock_init(&w.clock, as_of)) != ST_OK)
		goto out;
	if ((st = make_folders(folder)) != ST_OK ||
	    (st = open_files(&w, folder)) != ST_OK)
		goto out;
	for (int i = 0; i < customers && st == ST_OK; i++)
		st = write_customer(&w, i);
out:
	st = close_files(&w, st);
	demo_clock_release(&w.clock);
	if (st == ST_OK)
		report(&w, out);
	return st;
}
