#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/period.h"
#include "engine/base/status.h"
#include "engine/model/diag.h"
#include "engine/model/text.h"

/* lethe.yml, the installation.  Every path is resolved against the file. */

enum config_driver { CONFIG_SQLITE, CONFIG_POSTGRESQL };
struct config_store {
	char *name;
	enum config_driver driver;
	char *url;           /* postgresql only, like the next */
	char *password_file; /* or NULL: PGPASSWORD, PGPASSFILE */
	char *dataset;
	char *schema;           /* sqlite: the SQL that makes it; may be NULL */
	struct period segments; /* P1D, P1W, P1M; nothing: not segmented */
	struct place at;
};

/* Who answers for the data, as the person who asks is told. */
struct config_controller {
	struct text title;
	struct text contact;
	struct text data_protection_officer; /* or empty */
	struct text authority;               /* to complain to */
	struct place at;
};

/* How a recipient whom the policies name is told what became of data that it
 * has, too; by none of these: somebody does it, as a task. */
struct config_recipient {
	char *name;
	char *webhook;        /* https://...; with the next */
	char *secret_file;    /* engine/send/webhook.h */
	char *ca_file;        /* or NULL: the system's */
	int inner;            /* may be in a private network */
	char *mail;           /* an address */
	char *language;       /* of that mail, or NULL: that of letters */
	char *identity;       /* by which it knows people; NULL: as they came */
	struct text not_told; /* why it is not; or empty */
	int preferences;      /* its webhook is told settings of people, too */
	struct place at;
};

enum config_key { CONFIG_KEY_FILE, CONFIG_KEY_PASSPHRASE_FILE };
struct config {
	char *path;
	char *installation;
	char *time_zone;
	char *data_dir;
	enum config_key key_kind;
	char *key_path; /* {credential: NAME} is $CREDENTIALS_DIRECTORY/NAME */
	char **policies;
	struct place *policies_at;
	size_t policy_count;
	struct config_store *stores;
	size_t store_count;
#define CONFIG_JOBS 64 /* at most */
	struct {
		struct period window; /* PT24H */
		int64_t batch;        /* 100000 */
		double max_share;     /* 0.5 */
		int approvals;        /* 1 */
		int jobs;             /* 0: one for each processor */
	} purge;
	struct {
		int approvals;        /* people that a release needs: 1 */
		struct period review; /* P90D */
	} holds;
	struct {
		struct period target;    /* P30D */
		struct period due;       /* P1M */
		struct period extension; /* P2M */
		char *calendar_rule;     /* eu_1182_71 */
		char *calendar_roll;     /* none or next_working_day */
		char *holidays;          /* path, or NULL */
		struct period retention; /* of closed ones; nothing: for ever */
		char *law;               /* gdpr, appi or both */
		int ask_within;          /* working days to ask in time: 3 */
		int warn_days;           /* at risk before the end: 7 */
		int approvals;           /* people that an erasure needs: 2 */
		char *authority;         /* to complain to, or NULL */
		struct {
			struct period valid; /* P3D */
			int attempts;        /* 5 */
		} code;
		char *outbox;   /* folder for messages: outbox */
		char *sender;   /* their From address, or NULL */
		char *letters;  /* folder of templates, or NULL */
		char *language; /* of letters: en, ja or de */
		struct period export_retention;     /* P30D */
		int export_downloads;               /* of one package: 10 */
		struct period lifting_notice;       /* P7D */
		struct period disclosure_retention; /* P3Y */
		struct period snapshot_retention;   /* P6M */
	} requests;
	struct {
		char *smtp;          /* URL; NULL: files in the outbox folder */
		char *user;          /* or NULL */
		char *password_file; /* or NULL: $LETHE_SMTP_PASSWORD */
		char *ca_file;       /* or NULL: the system's */
	} mail;
	struct {
		int64_t min_cell; /* 5 */
	} reports;
	struct config_controller *controllers;
	size_t controller_count;
	struct config_recipient *recipients;
	size_t recipient_count;
	struct {
		/* logic, significance, effect; or that there are none */
		struct text automated_decisions;
	} processing;
	struct {
/* A log that is shorter could lack what it is there to prove: a year goes by
 * before some periods, and audits, come round. */
#define CONFIG_LOG_LEAST_DAYS 365
		struct period retention; /* nothing: never pruned */
	} audit;
	struct {
		char *listen;      /* 127.0.0.1:8080 */
		char *certificate; /* both or neither, PEM files */
		char *key;
		/* whose X-Forwarded-... headers are believed: IP addresses */
		char **proxies;
		size_t proxy_count;
		int door; /* the customers' door is open: 0 */
	} web;
	char *consents; /* path of the file of consents; NULL: none */
	struct {
		int totp_required;       /* of everybody: 1 */
		unsigned int totp_roles; /* of these in any case: admin */
		int64_t idle;            /* seconds: 900 */
		int64_t absolute;        /* 28800 */
		int sessions;            /* of one user: 5 */
		int password_length;     /* 12 */
		int parallel;            /* passwords computed at once: 2 */
		struct {
			int passes; /* 3 */
			int kib;    /* 65536 */
			int lanes;  /* 4 */
		} argon2;
		struct period sign_ins; /* kept so long: P90D */
		struct {
			int64_t window;  /* seconds: 3600 */
			int64_t records; /* 20000 */
			int requests;    /* 60 */
		} looks;
	} accounts;
};

/* The words of `accounts: {totp_roles: []}`, in the order of their bits; ended
 * by NULL. */
extern const char *const config_roles[];

/* Read ${path}.  All that is wrong goes to ${d}; ST_INVALID then.  Places
 * point into ${d}, which therefore lives as long as ${*out}. */
enum status config_load(
    const char *path, struct diag *d, struct config *out) MUST_CHECK;
/* The same of ${len} bytes that stand for the file. */
enum status config_parse(const char *path, const char *bytes, size_t len,
    struct diag *d, struct config *out) MUST_CHECK;
void config_release(struct config *c);
const struct config_store *config_find_store(
    const struct config *c, const char *name);
/* NULL: lethe.yml says nothing of it. */
const struct config_recipient *config_find_recipient(
    const struct config *c, const char *name);

#endif /* !MODEL_CONFIG_H */
