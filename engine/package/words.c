/* What packages say: one table, three languages. */
#include "engine/package/words.h"

#include <stddef.h>
#include <string.h>

static const char *const languages[] = { "en", "ja", "de" };

/* clang-format off */
static const char *const table[PACKAGE_WORD__MAX][3] = {
	[PACKAGE_TITLE] = {
	    "Your personal data",
	    "あなたの個人データ",
	    "Ihre personenbezogenen Daten" },
	[PACKAGE_INTRO] = {
	    "This is the answer to your request for access. It has three layers:"
	      " this page, one page for each kind of data, and the files with"
	      " every record. It needs no network.",
	    "開示請求への回答です。この概要、データ種別ごとのページ、全レ"
	      "コードのファイルの三層からなります。ネットワーク接続は不要で"
	      "す。",
	    "Dies ist die Antwort auf Ihre Anfrage. Sie hat drei Ebenen: diese"
	      " Übersicht, eine Seite für jede Datenart und die Dateien mit"
	      " allen Datensätzen. Ein Netz ist nicht nötig." },
	[PACKAGE_CONFIRMATION] = {
	    "Confirmation",
	    "確認",
	    "Bestätigung" },
	[PACKAGE_PROCESSED] = {
	    "Is personal data about you processed?",
	    "あなたの個人データを取り扱っていますか",
	    "Werden Daten über Sie verarbeitet?" },
	[PACKAGE_YES] = {
	    "Yes",
	    "はい",
	    "Ja" },
	[PACKAGE_NO] = {
	    "No",
	    "いいえ",
	    "Nein" },
	[PACKAGE_NOTHING] = {
	    "No data about you was found in the systems named here. This,"
	      " too, is a complete answer. If you have another customer number,"
	      " e-mail address or telephone number, tell the contact below,"
	      " so that it can be searched for.",
	    "下記のシステムにあなたのデータは見つかりませんでした。これも"
	      "正式な回答です。他のお客様番号、メールアドレス、電話番号があ"
	      "る場合は、下記の連絡先へお知らせください。それらで検索します"
	      "。",
	    "In den genannten Systemen wurden keine Daten über Sie gefunden."
	      " Auch dies ist eine vollständige Antwort. Haben Sie eine andere"
	      " Kundennummer, E-Mail-Adresse oder Telefonnummer, so nennen Sie"
	      " sie der unten genannten Stelle, damit danach gesucht werden"
	      " kann." },
	[PACKAGE_REQUEST] = {
	    "Request",
	    "請求番号",
	    "Anfrage" },
	[PACKAGE_RECEIVED] = {
	    "Received on",
	    "受付日",
	    "Eingegangen am" },
	[PACKAGE_DUE] = {
	    "To be answered by",
	    "回答期限",
	    "Zu beantworten bis" },
	[PACKAGE_AS_OF] = {
	    "The data is as of",
	    "データの基準時点",
	    "Stand der Daten" },
	[PACKAGE_TIME_ZONE] = {
	    "Time zone",
	    "タイムゾーン",
	    "Zeitzone" },
	[PACKAGE_SYSTEMS] = {
	    "Systems searched",
	    "検索したシステム",
	    "Durchsuchte Systeme" },
	[PACKAGE_SYSTEM] = {
	    "System",
	    "システム",
	    "Datenbestand" },
	[PACKAGE_RECORDS] = {
	    "Records",
	    "レコード数",
	    "Datensätze" },
	[PACKAGE_CONTROLLERS] = {
	    "Who is responsible",
	    "事業者",
	    "Wer verantwortlich ist" },
	[PACKAGE_CONTACT] = {
	    "Contact",
	    "連絡先",
	    "Kontakt" },
	[PACKAGE_DPO] = {
	    "Data protection officer",
	    "データ保護責任者",
	    "Datenschutzbeauftragte Person" },
	[PACKAGE_PURPOSES] = {
	    "What your data is used for",
	    "利用目的",
	    "Wofür Ihre Daten verwendet werden" },
	[PACKAGE_PURPOSE] = {
	    "Purpose",
	    "利用目的",
	    "Zweck" },
	[PACKAGE_BASIS] = {
	    "Legal basis",
	    "法的根拠",
	    "Rechtsgrundlage" },
	[PACKAGE_REFERENCE] = {
	    "Reference",
	    "根拠規定",
	    "Fundstelle" },
	[PACKAGE_CATEGORIES] = {
	    "What data there is, where it comes from, how long it is kept",
	    "データの種別、取得元、保存期間",
	    "Welche Daten vorliegen, woher sie kommen und wie lange sie bleiben" },
	[PACKAGE_CLUSTER] = {
	    "Kind of data",
	    "データ種別",
	    "Datenart" },
	[PACKAGE_SOURCE] = {
	    "Where it comes from",
	    "取得元",
	    "Herkunft" },
	[PACKAGE_STORAGE] = {
	    "Deleted",
	    "消去の規則",
	    "Löschung" },
	[PACKAGE_PORTABLE] = {
	    "To take with you (portability)",
	    "データポータビリティの対象",
	    "Zum Mitnehmen (Übertragbarkeit)" },
	[PACKAGE_PARTLY] = {
	    "In part",
	    "一部",
	    "Teilweise" },
	[PACKAGE_RECIPIENTS] = {
	    "Who receives it",
	    "受領者",
	    "Wer sie erhält" },
	[PACKAGE_RECIPIENT] = {
	    "Recipient",
	    "受領者",
	    "Empfänger" },
	[PACKAGE_ROLE] = {
	    "Role",
	    "役割",
	    "Rolle" },
	[PACKAGE_REGION] = {
	    "Country",
	    "国・地域",
	    "Land" },
	[PACKAGE_TRANSFERS] = {
	    "Transfers to other countries, and what protects them",
	    "外国への移転と保護措置",
	    "Übermittlungen in andere Länder und was sie schützt" },
	[PACKAGE_TRANSFER] = {
	    "From, to",
	    "移転元・移転先",
	    "Von, nach" },
	[PACKAGE_NO_TRANSFERS] = {
	    "None.",
	    "ありません。",
	    "Keine." },
	[PACKAGE_SAFEGUARD] = {
	    "Basis or safeguard",
	    "移転の根拠・保護措置",
	    "Grundlage oder Garantie" },
	[PACKAGE_NO_SAFEGUARD] = {
	    "Not documented; ask the contact above.",
	    "記録なし。上記連絡先へお尋ねください。",
	    "Nicht dokumentiert; fragen Sie die oben genannte Stelle." },
	[PACKAGE_AUTOMATED] = {
	    "Automated decisions and profiling",
	    "自動化された意思決定・プロファイリング",
	    "Automatisierte Entscheidungen und Profiling" },
	[PACKAGE_RIGHTS] = {
	    "Your rights",
	    "あなたの権利",
	    "Ihre Rechte" },
	[PACKAGE_RIGHT_RECTIFICATION] = {
	    "Rectification: you can have what is wrong corrected, and what"
	      " is missing added.",
	    "訂正：誤ったデータの訂正、不足するデータの追加を求めることが"
	      "できます。",
	    "Berichtigung: Sie können Falsches berichtigen und Fehlendes ergänzen"
	      " lassen." },
	[PACKAGE_RIGHT_ERASURE] = {
	    "Erasure: you can ask for it to be deleted. What is held because"
	      " of your contract or for a duty by law stays until that has ended.",
	    "消去：消去を求めることができます。契約又は法令上の義務のため"
	      "保有するデータは、その終了まで残ります。",
	    "Löschung: Sie können die Löschung verlangen. Was wegen Ihres"
	      " Vertrags oder einer gesetzlichen Pflicht gehalten wird, bleibt"
	      " bis zu deren Ende." },
	[PACKAGE_RIGHT_ERASURE_KEPT] = {
	    "Of your data, a law demands that this is kept until then",
	    "法令により、それまで保存が義務付けられているデータ",
	    "Von Ihren Daten muss dies nach dem Gesetz bis dahin aufbewahrt"
	      " werden" },
	[PACKAGE_RIGHT_RESTRICTION] = {
	    "Restriction: while something is disputed you can have the data"
	      " stored and not used.",
	    "利用停止：争いのある間、利用せず保存のみとするよう求めること"
	      "ができます。",
	    "Einschränkung: Solange etwas strittig ist, können Sie verlangen,"
	      " dass die Daten nur gespeichert und nicht genutzt werden." },
	[PACKAGE_RIGHT_OBJECTION] = {
	    "Objection: you can object to what rests on legitimate interests"
	      " or a public task; here",
	    "異議：正当な利益又は公的任務に基づく取扱いに異議を述べること"
	      "ができます。該当する目的",
	    "Widerspruch: Sie können dem widersprechen, was auf berechtigten"
	      " Interessen oder einer öffentlichen Aufgabe beruht; hier" },
	[PACKAGE_RIGHT_WITHDRAWAL] = {
	    "Withdrawal of consent, at any time and for the future; here",
	    "同意の撤回：いつでも将来に向けて撤回できます。該当する目的",
	    "Widerruf der Einwilligung, jederzeit und für die Zukunft; hier" },
	[PACKAGE_RIGHT_PORTABILITY] = {
	    "Portability: what you provided, also by using the services, on"
	      " contract or consent. It is marked in this package, as JSON and"
	      " CSV; here",
	    "データポータビリティ：契約又は同意に基づき提供された（利用に"
	      "より生じたものを含む）データ。このパッケージで印を付け、JSON"
	      "とCSVで収録しています。該当する目的",
	    "Übertragbarkeit: was Sie auf Grund eines Vertrags oder einer"
	      " Einwilligung bereitgestellt haben, auch durch Nutzung. Es ist"
	      " in diesem Paket gekennzeichnet, als JSON und CSV; hier" },
	[PACKAGE_COMPLAINT] = {
	    "Complaints",
	    "苦情の申立て",
	    "Beschwerden" },
	[PACKAGE_COMPLAINT_TEXT] = {
	    "You can complain to the authority named here, and go to court.",
	    "下記の機関に苦情を申し立てること、及び裁判所に訴えることがで"
	      "きます。",
	    "Sie können sich bei der hier genannten Behörde beschweren und"
	      " vor Gericht gehen." },
	[PACKAGE_AUTHORITY] = {
	    "Authority",
	    "監督機関",
	    "Behörde" },
	[PACKAGE_WITHHELD] = {
	    "What is not in this package",
	    "このパッケージに含まれないもの",
	    "Was in diesem Paket fehlt" },
	[PACKAGE_WITHHELD_NOTHING] = {
	    "Nothing of what was found is withheld.",
	    "見つかったデータで開示しないものはありません。",
	    "Von dem, was gefunden wurde, wird nichts zurückgehalten." },
	[PACKAGE_WITHHELD_PART] = {
	    "A part is withheld for the reason named here. You can contest"
	      " that with the contact, the authority and the courts named above.",
	    "次の理由により一部を開示しません。上記の連絡先、監督機関及び"
	      "裁判所に異議を述べることができます。",
	    "Ein Teil wird aus dem genannten Grund zurückgehalten. Dagegen"
	      " können Sie sich an die oben genannte Stelle, die Behörde und"
	      " die Gerichte wenden." },
	[PACKAGE_REASON] = {
	    "Reason",
	    "理由",
	    "Grund" },
	[PACKAGE_SHARED] = {
	    "Records that others may have too",
	    "他の人も共有するレコード",
	    "Datensätze, die auch andere haben können" },
	[PACKAGE_FILES] = {
	    "The files",
	    "ファイル",
	    "Die Dateien" },
	[PACKAGE_FILES_TEXT] = {
	    "Every record is in data/, as JSON and as CSV (UTF-8); dictionary.json"
	      " says what each field means, its unit and whether it is portable,"
	      " and each JSON file has its JSON Schema. Times are as they were"
	      " stored; those that this package adds are RFC 3339 with offset.",
	    "全レコードはdata/にJSON及びCSV（UTF-8）で収録されています。"
	      "各項目の意味、単位、ポータビリティの対象か否かはdictionary.json"
	      "に、各JSONファイルの構造はJSON Schemaにあります。日時は保存"
	      "されたとおりです。このパッケージが付した日時は、時差付きのRFC"
	      " 3339形式です。",
	    "Alle Datensätze stehen in data/, als JSON und als CSV (UTF-8);"
	      " dictionary.json sagt, was jedes Feld bedeutet, seine Einheit"
	      " und ob es übertragbar ist, und zu jeder JSON-Datei gehört ihr"
	      " JSON Schema. Zeiten stehen so da, wie sie gespeichert sind;"
	      " was dieses Paket hinzufügt, ist RFC 3339 mit Zeitverschiebung." },
	[PACKAGE_CSV_WARNING] = {
	    "Values are copied exactly. A value that begins with = + - or"
	      " @ may be taken for a formula by a spreadsheet: import the CSV"
	      " files as text.",
	    "値は保存されたとおりに複写しています。= + - @ で始まる値は表"
	      "計算ソフトで数式として扱われることがあります。CSVは文字列と"
	      "して取り込んでください。",
	    "Werte sind genau kopiert. Was mit = + - oder @ beginnt, kann"
	      " eine Tabellenkalkulation für eine Formel halten: importieren"
	      " Sie die CSV-Dateien als Text." },
	[PACKAGE_INTEGRITY] = {
	    "SHA256SUMS has the SHA-256 of every file, seal.note signs it."
	      " Whoever has the key in vkey from us can check the unpacked folder"
	      " with `lethe audit verify`.",
	    "SHA256SUMSに全ファイルのSHA-256があり、seal.noteがそれに署名"
	      "しています。公開鍵（vkey）により、展開したフォルダーを`lethe"
	      " audit verify`で検証できます。",
	    "SHA256SUMS enthält die SHA-256 jeder Datei, seal.note signiert"
	      " sie. Mit dem Schlüssel (vkey) lässt sich der entpackte Ordner"
	      " durch `lethe audit verify` prüfen." },
	[PACKAGE_BACK] = {
	    "Back to the first page",
	    "最初のページへ戻る",
	    "Zurück zur ersten Seite" },
	[PACKAGE_COLLECTION] = {
	    "Collection",
	    "データの集合",
	    "Sammlung" },
	[PACKAGE_FIELD] = {
	    "Field",
	    "項目",
	    "Feld" },
	[PACKAGE_MEANING] = {
	    "Meaning",
	    "意味",
	    "Bedeutung" },
	[PACKAGE_UNIT] = {
	    "Unit",
	    "単位",
	    "Einheit" },
	[PACKAGE_FIRST_RECORDS] = {
	    "The first records, shortened; all of them are in",
	    "先頭のレコード（省略あり）。全件は次のファイルにあります",
	    "Die ersten Datensätze, gekürzt; alle stehen in" },
	[PACKAGE_CONSENTS] = { "Your consents", "同意", "Ihre Einwilligungen" },
	[PACKAGE_CONSENT_TEXT] = { "What the text says", "文言", "Wortlaut" },
	[PACKAGE_CONSENT_STATE] = { "State", "状態", "Stand" },
	[PACKAGE_CONSENT_SINCE] = { "Since", "日時", "Seit" },
	[PACKAGE_CONSENT_GIVEN] = { "given", "同意", "erteilt" },
	[PACKAGE_CONSENT_REFUSED] = { "refused", "拒否", "abgelehnt" },
	[PACKAGE_CONSENT_WITHDRAWN] = { "withdrawn", "撤回", "widerrufen" },
	[PACKAGE_CONSENT_EXPIRED] = { "expired", "失効", "abgelaufen" },
	[PACKAGE_CONSENT_NONE] = { "none", "なし", "keine" },
	[PACKAGE_PREFERENCES] = { "Your settings", "設定", "Ihre Einstellungen" },
	[PACKAGE_SETTING] = { "Setting", "値", "Wert" },
	[PACKAGE_KEPT] = {
	    "Kept until (last day)",
	    "保存期間の末日",
	    "Aufbewahrt bis (letzter Tag)" },
	[PACKAGE_KEPT_ACTIVE] = {
	    "in use: the period has not begun",
	    "利用中（保存期間は未開始）",
	    "in Gebrauch: die Frist hat noch nicht begonnen" },
	[PACKAGE_KEPT_HELD] = {
	    "deletion is suspended by a legal hold",
	    "法的保全により削除を停止中",
	    "die Löschung ist ausgesetzt" },
	[PACKAGE_KEPT_RESTRICTED] = {
	    "processing is restricted; the data is only stored",
	    "利用停止中（保存のみ）",
	    "die Verarbeitung ist eingeschränkt; nur gespeichert" },
	[PACKAGE_KEPT_DUE] = {
	    "the period has ended: goes with the next deletion run",
	    "保存期間満了：次回の削除処理で消去",
	    "die Frist ist um: wird mit dem nächsten Löschlauf gelöscht" },
	[PACKAGE_KEPT_OPEN] = {
	    "no date yet: the JSON file says what it waits for",
	    "期日未定：理由は JSON ファイルを参照",
	    "noch kein Datum: die JSON-Datei sagt, warum" },
	[PACKAGE_AT_INTAKE] = {
	    "As it was when your request arrived: kept aside for this answer, "
	    "because its period was about to end. It may have been deleted or "
	    "changed since.",
	    "請求の受領時点の内容です。保存期間の満了が近かったため、この回答の"
	    "ために別途保管しました。その後、消去または変更されている場合があります。",
	    "Stand bei Eingang Ihres Antrags: für diese Antwort beiseitegelegt, "
	    "weil die Frist bald endete. Seither können die Daten gelöscht oder "
	    "geändert worden sein." },
	[PACKAGE_WHAT] = { "What", "対象", "Was" },
	[PACKAGE_WITHHELD_RECORDS] = {
	    "records withheld for the sake of others",
	    "第三者の権利利益のため非開示とした記録",
	    "Datensätze, mit Rücksicht auf andere zurückgehalten" },
	[PACKAGE_REDACTED_RECORDS] = {
	    "records with blank fields, for the sake of others",
	    "第三者の権利利益のため一部を非開示とした記録",
	    "Datensätze mit geschwärzten Feldern, mit Rücksicht auf andere" },
	[PACKAGE_DISCLOSURES] = { "To whom it was disclosed", "第三者提供の記録",
	    "Wem etwas offengelegt wurde" },
	[PACKAGE_DISCLOSED_AT] = { "When", "提供日時", "Wann" },
	[PACKAGE_WHY_RETAIN] = {
	    "its period has begun and has not ended",
	    "保存期間が満了していないため",
	    "die Frist läuft und ist noch nicht um" },
	[PACKAGE_WHY_UNDECIDED] = {
	    "the date from which its period counts is not known",
	    "保存期間の起算日が確認できないため",
	    "der Tag, ab dem die Frist läuft, ist nicht bekannt" },
	[PACKAGE_WHY_REDUCED] = {
	    "its fields were de-identified when its period ended",
	    "保存期間満了時に項目を加工済み",
	    "die Felder wurden am Ende der Frist unkenntlich gemacht" },
	[PACKAGE_TITLE_PORTABILITY] = {
	    "Your personal data to take along",
	    "持ち運び可能なあなたの個人データ",
	    "Ihre personenbezogenen Daten zum Mitnehmen" },
	[PACKAGE_INTRO_PORTABILITY] = {
	    "This is the answer to your request for data portability: what you"
	      " provided or what was observed of you, held on consent or a"
	      " contract. It has three layers: this page, one page for each kind"
	      " of data, and the files with every record. It needs no network.",
	    "データポータビリティの請求への回答です。同意または契約に基づき、"
	      "ご提供いただいたデータと観測されたデータを収めています。この概要、"
	      "データ種別ごとのページ、全レコードのファイルの三層からなります。"
	      "ネットワーク接続は不要です。",
	    "Dies ist die Antwort auf Ihren Antrag auf Datenübertragbarkeit: was"
	      " Sie bereitgestellt haben oder was an Ihnen beobachtet wurde,"
	      " aufgrund einer Einwilligung oder eines Vertrags. Sie hat drei"
	      " Ebenen: diese Übersicht, eine Seite für jede Datenart und die"
	      " Dateien mit allen Datensätzen. Ein Netz ist nicht nötig." },
};
/* clang-format on */

const char *package_word(enum package_word w, const char *language)
{
	for (size_t i = 0; i < 3; i++)
		if (strcmp(languages[i], language) == 0)
			return table[w][i];
	return table[w][0];
}
