/* The fixed words of policies, in three languages: one table. */
#include "engine/plan/words.h"

#include <string.h>

static const char *const languages[] = { "en", "ja", "de" };

static const struct word_entry fixed[WORD__MAX] = {
	[WORD_ACTION] = { NULL, { "Action", "処理", "Maßnahme" } },
	[WORD_BASIS] = { NULL, { "basis", "根拠", "Grundlage" } },
	[WORD_CALENDAR] = { NULL,
	    { "Periods are counted by", "期間計算", "Fristberechnung" } },
	[WORD_CLUSTER] = { NULL, { "Cluster", "データ種別", "Datenart" } },
	[WORD_CONSTANT] = { NULL,
	    { "replaced by", "固定値に置換", "ersetzt durch" } },
	[WORD_CONTROLLER] = { NULL,
	    { "Controller", "事業者", "Verantwortlicher" } },
	[WORD_COVERS] = { NULL, { "Covers", "対象", "Umfasst" } },
	[WORD_DATA_CATEGORIES] = { NULL,
	    { "Categories of personal data", "個人データの種類",
		"Kategorien personenbezogener Daten" } },
	[WORD_DATA_SUBJECTS] = { NULL,
	    { "Categories of data subjects", "本人の種類",
		"Kategorien betroffener Personen" } },
	[WORD_DATE] = { NULL, { "only the", "日付の精度", "nur" } },
	[WORD_DELETION_RULE] = { NULL,
	    { "Deletion rule", "削除規則", "Löschregel" } },
	[WORD_DELETE] = { NULL, { "deleted", "削除", "wird gelöscht" } },
	[WORD_DE_IDENTIFY] = { NULL,
	    { "de-identified", "非識別化", "wird de-identifiziert" } },
	[WORD_END_OF_YEAR] = { NULL,
	    { "from the end of the calendar year", "暦年末から",
		"ab Ende des Kalenderjahres" } },
	[WORD_ERASURE] = { NULL,
	    { "When erasure is asked for", "消去請求があった場合",
		"Wenn Löschung verlangt wird" } },
	[WORD_KEYED_HASH] = { NULL,
	    { "pseudonymised: keyed hash", "仮名加工（鍵付きハッシュ）",
		"pseudonymisiert: Hash mit Schlüssel" } },
	[WORD_LAST_OF] = { NULL,
	    { "the last of", "最も遅いもの", "das letzte von" } },
	[WORD_LEGAL_BASIS] = { NULL,
	    { "Legal basis", "法的根拠", "Rechtsgrundlage" } },
	[WORD_MISSING] = { NULL,
	    { "Not given in the policy", "ポリシーに記載なし",
		"In der Richtlinie nicht angegeben" } },
	[WORD_NONE] = { NULL, { "none", "なし", "keine" } },
	[WORD_NULL] = { NULL, { "emptied", "空にする", "geleert" } },
	[WORD_ORIGIN] = { NULL, { "Origin", "取得元", "Herkunft" } },
	[WORD_OWN_RULE] = { NULL,
	    { "Our own rule", "自社の規則", "Eigene Regel" } },
	[WORD_PURPOSE] = { NULL, { "Purpose", "利用目的", "Zweck" } },
	[WORD_RECIPIENTS] = { NULL, { "Recipients", "受領者", "Empfänger" } },
	[WORD_RECORD] = { NULL,
	    { "Record of processing activities", "取扱活動の記録",
		"Verzeichnis von Verarbeitungstätigkeiten" } },
	[WORD_REFERENCE] = { NULL, { "Reference", "参照", "Fundstelle" } },
	[WORD_REGION] = { NULL, { "region", "地域", "Region" } },
	[WORD_RETENTION_PERIOD] = { NULL,
	    { "Retention period", "保存期間", "Vorhaltefrist" } },
	[WORD_REVISION] = { NULL, { "revision", "改訂", "Stand" } },
	[WORD_ROUND] = { NULL, { "rounded, decimals:", "丸め（小数桁数）",
				   "gerundet, Nachkommastellen:" } },
	[WORD_SECURITY_MEASURES] = { NULL,
	    { "Security measures", "安全管理措置",
		"Technische und organisatorische Maßnahmen" } },
	[WORD_SOURCE] = { NULL, { "Source", "出典", "Quelle" } },
	[WORD_TERM_END] = { NULL, { "Last day of the term", "契約期間の末日",
				      "Letzter Tag der Laufzeit" } },
	[WORD_TERM_LONGEST] = { NULL,
	    { "At most, with the extension", "延長を含む最長期間",
		"Höchstens, mit Verlängerung" } },
	[WORD_TIME_LIMITS] = { NULL,
	    { "Envisaged time limits for erasure", "消去の予定期限",
		"Vorgesehene Löschfristen" } },
	[WORD_TRANSFERS] = { NULL,
	    { "Transfers to other countries", "外国への移転",
		"Übermittlungen in andere Länder" } },
	[WORD_TRUNCATE] = { NULL, { "cut to characters:", "切り詰め（文字数）",
				      "gekürzt auf Zeichen:" } },
	[WORD_UNLIMITED] = { NULL,
	    { "no end yet", "終期なし", "noch kein Ende" } },
	[WORD_YES] = { NULL, { "yes", "はい", "ja" } },
	[WORD_AT_ONCE] = { NULL, { "at once", "直ちに", "sofort" } },
	[WORD_YEAR] = { NULL, { " year", "年", " Jahr" } },
	[WORD_YEARS] = { NULL, { " years", "年", " Jahre" } },
	[WORD_MONTH] = { NULL, { " month", "ヶ月", " Monat" } },
	[WORD_MONTHS] = { NULL, { " months", "ヶ月", " Monate" } },
	[WORD_WEEK] = { NULL, { " week", "週間", " Woche" } },
	[WORD_WEEKS] = { NULL, { " weeks", "週間", " Wochen" } },
	[WORD_DAY] = { NULL, { " day", "日", " Tag" } },
	[WORD_DAYS] = { NULL, { " days", "日", " Tage" } },
	[WORD_HOUR] = { NULL, { " hour", "時間", " Stunde" } },
	[WORD_HOURS] = { NULL, { " hours", "時間", " Stunden" } },
	[WORD_SECOND] = { NULL, { " second", "秒", " Sekunde" } },
	[WORD_SECONDS] = { NULL, { " seconds", "秒", " Sekunden" } },
};

static const struct word_entry keys[] = {
	{ "consent", { "consent", "同意", "Einwilligung" } },
	{ "contract", { "contract", "契約", "Vertrag" } },
	{ "erase", { "erased at once", "直ちに消去", "wird sofort gelöscht" } },
	{ "once_begun",
	    { "erased once its period has begun", "期間の開始後に消去",
		"wird gelöscht, sobald die Frist läuft" } },
	{ "keep", { "kept until its rule ends it", "規則による期限まで保存",
		      "bleibt bis zum Ende der Regel" } },
	{ "no_longer_necessary",
	    { "no longer necessary", "利用の必要がなくなった",
		"nicht mehr notwendig" } },
	{ "consent_withdrawn",
	    { "consent withdrawn", "同意の撤回", "Einwilligung widerrufen" } },
	{ "objection", { "objection", "異議", "Widerspruch" } },
	{ "unlawful_processing", { "unlawful processing", "違法な取扱い",
				     "unrechtmäßige Verarbeitung" } },
	{ "legal_obligation_to_erase",
	    { "a law demands erasure", "法令上の消去義務",
		"gesetzliche Löschpflicht" } },
	{ "child_consent", { "consent given as a child", "未成年時の同意",
			       "Einwilligung eines Kindes" } },
	{ "expression_information",
	    { "freedom of expression and information", "表現・情報の自由",
		"Meinungs- und Informationsfreiheit" } },
	{ "public_health",
	    { "public health", "公衆衛生", "öffentliche Gesundheit" } },
	{ "archiving_research",
	    { "archiving, research or statistics", "記録保存・研究・統計",
		"Archiv, Forschung oder Statistik" } },
	{ "legal_claims", { "legal claims", "法的請求", "Rechtsansprüche" } },
	{ "legal_obligation",
	    { "legal obligation", "法的義務", "rechtliche Verpflichtung" } },
	{ "vital_interests", { "vital interests", "生命に関する利益",
				 "lebenswichtige Interessen" } },
	{ "public_task",
	    { "public task", "公共の任務", "öffentliche Aufgabe" } },
	{ "legitimate_interests", { "legitimate interests", "正当な利益",
				      "berechtigte Interessen" } },
	{ "controller", { "controller", "事業者", "Verantwortlicher" } },
	{ "joint_controller", { "joint controller", "共同事業者",
				  "gemeinsam Verantwortlicher" } },
	{ "processor", { "processor", "委託先", "Auftragsverarbeiter" } },
	{ "recipient", { "recipient", "受領者", "Empfänger" } },
	{ "third_party", { "third party", "第三者", "Dritter" } },
	{ "authority", { "authority", "当局", "Behörde" } },
	{ "data_subject", { "the data subject", "本人", "betroffene Person" } },
	{ "observed", { "observed", "観測", "beobachtet" } },
	{ "derived", { "derived", "派生", "abgeleitet" } },
	{ "from", { "Runs from the day after", "起算（初日不算入）",
		      "Läuft ab dem Tag nach" } },
	{ "period", { "Period", "期間", "Dauer" } },
	{ "extension", { "Extended once, by", "自動延長（1回）",
			   "Verlängert sich einmal um" } },
	{ "notice", { "Unless cancelled before its end by", "解約の予告期間",
			"Wenn nicht gekündigt wird, vor dem Ende um" } },
	{ "cancelled", { "Cancelled on", "解約の申出日", "Gekündigt am" } },
	{ "cancel_by", { "Last day to cancel (computed)", "解約の期限（計算）",
			   "Kündbar bis (berechnet)" } },
	{ "ended",
	    { "Ended sooner on", "途中終了日", "Vorzeitig beendet am" } },
	{ "pseudonymised", { "pseudonymised", "仮名化", "pseudonymisiert" } },
	{ "anonymised", { "anonymised", "匿名化", "anonymisiert" } },
	{ "day", { "day", "日", "der Tag" } },
	{ "month", { "month", "月", "der Monat" } },
	{ "year", { "year", "年", "das Jahr" } },
};
#define KEYS (sizeof(keys) / sizeof(*keys))

const struct word_entry *word_entry(size_t at)
{
	if (at < WORD__MAX)
		return &fixed[at];
	return at - WORD__MAX < KEYS ? &keys[at - WORD__MAX] : NULL;
}

static const char *pick(const struct word_entry *e, const char *language)
{
	for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++)
		if (strcmp(languages[i], language) == 0)
			return e->words[i];
	return e->words[0];
}

const char *word_in(enum word word, const char *language)
{
	return pick(&fixed[word], language);
}

const char *word_of_key(const char *key, const char *language)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].key, key) == 0)
			return pick(&keys[i], language);
	return key;
}

static void add_unit(struct buf *b, int64_t n, enum word one, enum word many,
    const char *language, int *parts)
{
	if (n == 0)
		return;
	buf_addf(b, "%s%lld%s", (*parts)++ ? " " : "", (long long)n,
	    word_in(n == 1 ? one : many, language));
}

void word_period(struct buf *b, struct period p, const char *language)
{
	int weeks = p.days % 7 == 0, parts = 0;

	add_unit(b, p.months / 12, WORD_YEAR, WORD_YEARS, language, &parts);
	add_unit(b, p.months % 12, WORD_MONTH, WORD_MONTHS, language, &parts);
	if (weeks)
		add_unit(
		    b, p.days / 7, WORD_WEEK, WORD_WEEKS, language, &parts);
	else
		add_unit(b, p.days, WORD_DAY, WORD_DAYS, language, &parts);
	add_unit(b, p.seconds / 3600, WORD_HOUR, WORD_HOURS, language, &parts);
	add_unit(
	    b, p.seconds % 3600, WORD_SECOND, WORD_SECONDS, language, &parts);
	if (parts == 0)
		buf_adds(b, word_in(WORD_AT_ONCE, language));
}
