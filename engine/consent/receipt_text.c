/* A receipt of consent, for people. */
#include <string.h>

#include "engine/consent/receipt.h"

enum word {
	TITLE,
	RECORD,
	WHO,
	CONTROLLER,
	NOTICE,
	WHAT,
	WHEN,
	UNTIL,
	NO_END,
	HOW,
	RECIPIENTS,
	NOBODY,
	WITHDRAWAL,
	WORDS,
	CHECKED,
	WORD__MAX
};
static const char *const english[WORD__MAX] = {
	"Receipt of consent",
	"Record",
	"Person",
	"Controller",
	"Notice",
	"Decision",
	"On",
	"Valid until",
	"it is withdrawn",
	"By",
	"Recipients",
	"none",
	"How to withdraw it",
	"The words that were shown",
	"The signature stands in the JSON form of this receipt.",
};
static const char *const german[WORD__MAX] = {
	"Einwilligungsbeleg",
	"Nachweis",
	"Person",
	"Verantwortlicher",
	"Einwilligungstext",
	"Entscheidung",
	"Am",
	"Gültig bis",
	"zum Widerruf",
	"Über",
	"Empfänger",
	"keine",
	"So wird sie widerrufen",
	"Der angezeigte Wortlaut",
	"Die Signatur steht in der JSON-Form dieses Belegs.",
};
static const char *const japanese[WORD__MAX] = {
	"同意の受領証",
	"記録",
	"本人",
	"事業者",
	"同意文書",
	"意思表示",
	"日時",
	"有効期限",
	"撤回されるまで",
	"経路",
	"提供先",
	"なし",
	"撤回の方法",
	"表示された文言",
	"署名は、この受領証のJSON形式に含まれています。",
};

static const struct {
	const char *language;
	const char *const *words;
	const char *given;
	const char *refused;
	const char *withdrawn;
} languages[] = {
	{ "en", english, "given", "refused", "withdrawn" },
	{ "de", german, "erteilt", "abgelehnt", "widerrufen" },
	{ "ja", japanese, "同意", "拒否", "撤回" },
};
#define LANGUAGES (sizeof(languages) / sizeof(*languages))

static const char *decision(const char *state, size_t in)
{
	if (strcmp(state, "dpv:ConsentGiven") == 0)
		return languages[in].given;
	if (strcmp(state, "dpv:ConsentRefused") == 0)
		return languages[in].refused;
	return languages[in].withdrawn;
}

static void add_recipients(struct buf *b, const json_t *list, const char *none)
{
	const json_t *r;
	size_t i;

	json_array_foreach(list, i, r)
	    buf_addf(b, "%s%s", i ? ", " : "", json_string_value(r));
	buf_addf(b, "%s\n", i ? "" : none);
}

enum status receipt_text(
    const json_t *receipt, const char *language, struct buf *out)
{
	const json_t *p = json_object_get(receipt, "pii_processing");
	const json_t *who = json_object_get(receipt, "pii_principal_id");
	const json_t *notice = json_object_get(p, "privacy_notice");
	const json_t *event = json_object_get(receipt, "event");
	const char *until = json_text(event, "expires_at");
	const char *const *w;
	size_t in = 0;

	while (in < LANGUAGES && strcmp(languages[in].language, language) != 0)
		in++;
	if (in == LANGUAGES)
		return fail(ST_USAGE,
		    "there is no text in `%.20s`: there are en, de and ja",
		    language);
	w = languages[in].words;
	buf_addf(out, "%s\n\n", w[TITLE]);
	buf_addf(out, "%s: %s\n", w[RECORD], json_text(receipt, "record_id"));
	buf_addf(out, "%s: %s=%s\n", w[WHO], json_text(who, "identity"),
	    json_text(who, "value"));
	buf_addf(out, "%s: %s\n", w[CONTROLLER],
	    json_text(json_object_get(p, "pii_controller"), "party_name"));
	buf_addf(out, "%s: %s (%s, %lld)\n", w[NOTICE],
	    json_text(notice, "title"), json_text(notice, "id"),
	    json_int(notice, "version"));
	buf_addf(out, "%s: %s\n", w[WHAT],
	    decision(json_text(event, "event_state"), in));
	buf_addf(out, "%s: %s\n", w[WHEN], json_text(event, "event_time"));
	buf_addf(out, "%s: %s\n", w[UNTIL], *until ? until : w[NO_END]);
	buf_addf(out, "%s: %s\n", w[HOW], json_text(p, "collection_method"));
	buf_addf(out, "%s: ", w[RECIPIENTS]);
	add_recipients(
	    out, json_object_get(p, "recipient_third_parties"), w[NOBODY]);
	buf_addf(
	    out, "%s: %s\n", w[WITHDRAWAL], json_text(p, "withdrawal_method"));
	buf_addf(out, "\n%s (SHA-256 %s):\n\n%s\n\n%s\n", w[WORDS],
	    json_text(notice, "sha256"), json_text(receipt, "notice_text"),
	    w[CHECKED]);
	return buf_status(out);
}
