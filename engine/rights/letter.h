#ifndef RIGHTS_LETTER_H
#define RIGHTS_LETTER_H

#include "engine/rights/book.h"
#include "engine/rights/rights.h"

/*
 * Letters to the person: Mustache templates KIND.LANGUAGE.txt, beginning with
 * a line `Subject: ...`, with words and months in words.LANGUAGE.json; those of
 * schemas/letters, or of the folder that lethe.yml names, file by file.  A
 * value that a letter needs and the case does not have is an error, never a
 * hole.
 */
enum letter_kind {
	LETTER_RECEIPT,
	LETTER_IDENTITY,
	LETTER_EXTENSION,
	LETTER_ANSWER,
	LETTER_PARTIAL_ANSWER,
	LETTER_REFUSAL,
	LETTER_NO_DATA,
	LETTER_REST_ERASED, /* what an erasure had to keep has gone */
	LETTER_RESTRICTED,  /* processing stops, and how it would go on */
	LETTER_LIFTING,     /* a restriction will be lifted */
	LETTER_KIND__MAX
};
const char *letter_kind_name(enum letter_kind kind);
/* ST_USAGE, with the nearest word. */
enum status letter_kind_parse(
    const char *name, enum letter_kind *out) MUST_CHECK;
/* en, ja, de; ended by NULL. */
extern const char *const letter_languages[];

struct letter {
	char *subject; /* one line */
	char *body;
};
void letter_release(struct letter *l);

/* The letter of ${kind} that the case calls for, as of ${now}. */
enum status letter_make(struct installation *in, const struct request *r,
    enum letter_kind kind, const char *language, int64_t now,
    struct letter *out) MUST_CHECK;

/* "Subject: ...", an empty line, the body: as letters are edited.  ST_INVALID
 * for anything else, and for what is not UTF-8. */
enum status letter_parse(const char *text, struct letter *out) MUST_CHECK;

enum letter_do {
	LETTER_PREVIEW, /* nothing is kept */
	LETTER_KEEP,    /* with the case: it goes on paper */
	LETTER_SEND,    /* and into the outbox, to the address on file */
};
struct letter_order {
	enum letter_kind kind;
	const char *language; /* NULL: lethe.yml's */
	const char *text;     /* as letter_parse(); NULL: the template's */
	enum letter_do what;
};
/*
 * {"id","kind","language","subject","body","kept","sent"} of the case ${id};
 * "sent": it is in the outbox.  Kept, it is an event of the case and an entry
 * of the log, without its words.  ST_USAGE where no address is on file.
 */
enum status rights_letter(struct installation *in,
    const struct rights_actor *by, const char *id, const struct letter_order *o,
    json_t **out) MUST_CHECK;

struct step;
/* Keep it with the case of ${s}, inside its transaction, and put it into the
 * outbox unless ${to} is NULL. */
enum status letter_keep(struct step *s, enum letter_kind kind,
    const char *language, const struct letter *l, const char *to) MUST_CHECK;

/* [{"number","kind","language","subject","body","made_at","made_by","state"}]
 * of the case, "state" the outbox's or "paper". */
enum status letter_list(
    struct installation *in, int64_t request, json_t **out) MUST_CHECK;

#endif /* !RIGHTS_LETTER_H */
