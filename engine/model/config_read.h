#ifndef MODEL_CONFIG_READ_H
#define MODEL_CONFIG_READ_H

#include "engine/model/config.h"
#include "engine/model/read.h"

/* Between the files that read lethe.yml. */
struct config_reader {
	struct diag *d;
	struct config *c;
};

/* A path, as seen from the file that names it. */
int config_read_path(struct config_reader *r, const struct node *n, char **out);
/* The same of a file that must be there. */
int config_read_file_path(
    struct config_reader *r, const struct node *n, char **out);
void config_read_stores(struct config_reader *r, const struct node *n);

/* Where `lethe serve` listens: `web:`. */
void config_read_web(struct config_reader *r, const struct node *n);
void config_release_web(struct config *c);

/* Whom a person is told of: `controllers:` and `processing:`. */
void config_read_controllers(struct config_reader *r, const struct node *n);
void config_read_processing(struct config_reader *r, const struct node *n);
void config_release_controllers(struct config *c);

/* Who else has the data: `recipients:`. */
void config_read_recipients(struct config_reader *r, const struct node *n);
void config_release_recipients(struct config *c);

/* `accounts:`, and what holds where it says nothing. */
void config_accounts_defaults(struct config *c);
void config_read_accounts(struct config_reader *r, const struct node *n);

#endif /* !MODEL_CONFIG_READ_H */
