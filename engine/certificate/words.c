/* What certificates say: one table, three languages. */
#include "engine/certificate/words.h"

#include <string.h>

const char *const phrase_languages[] = { "en", "ja", "de", NULL };

static const char *const phrases[PHRASE__MAX][3] = {
	[PHRASE_TITLE] = { "Certificate of deletion", "消去証明書",
	    "Löschnachweis" },
	[PHRASE_MADE_FROM] = { "This text was made from the signed certificate "
			       "in JSON, which is what counts. SHA-256 of its "
			       "line",
	    "本書は署名済みのJSON証明書から作成したものであり、正本はJSONである。"
	    "その行のSHA-256",
	    "Dieser Text ist aus dem signierten Nachweis in JSON erzeugt; "
	    "maßgeblich ist dieser. SHA-256 seiner Zeile" },
	[PHRASE_LOG] = { "Installation and audit log", "システム・監査ログ",
	    "Installation und Prüfprotokoll" },
	[PHRASE_RUN] = { "Deletion run", "消去処理", "Löschlauf" },
	[PHRASE_REQUEST] = { "Erasure on request", "消去請求",
	    "Löschung auf Antrag" },
	[PHRASE_OUTCOME] = { "Outcome", "結果", "Ergebnis" },
	[PHRASE_ACTOR] = { "Carried out by", "実行者", "Ausgeführt von" },
	[PHRASE_STARTED] = { "Started", "開始", "Begonnen" },
	[PHRASE_ENDED] = { "Ended", "終了", "Beendet" },
	[PHRASE_AS_OF] = { "As of", "基準時点", "Stichtag" },
	[PHRASE_SCOPE] = { "Scope", "範囲", "Umfang" },
	[PHRASE_SCOPE_ALL] = { "all stores and clusters",
	    "すべての保管場所とデータ種別", "alle Speicher und Datenarten" },
	[PHRASE_STORE] = { "Store", "保管場所", "Speicher" },
	[PHRASE_RULE_SET] = { "Rule set (SHA-256)", "規則一式（SHA-256）",
	    "Regelwerk (SHA-256)" },
	[PHRASE_PLAN] = { "Plan", "計画", "Plan" },
	[PHRASE_APPROVED_BY] = { "Plan approved by", "計画の承認者",
	    "Plan freigegeben von" },
	[PHRASE_FINISHED] = { "The run was carried out to its end and verified.",
	    "処理は最後まで実行され、検証された。",
	    "Der Lauf wurde bis zum Ende ausgeführt und bestätigt." },
	[PHRASE_NOT_VERIFIED] = { "The run was carried out to its end and is NOT "
				  "VERIFIED.",
	    "処理は最後まで実行されたが、検証されていない。",
	    "Der Lauf wurde bis zum Ende ausgeführt und ist NICHT BESTÄTIGT." },
	[PHRASE_STOPPED] = { "The run was STOPPED before its end; only what "
			     "stands here was done.",
	    "処理は途中で停止された。実行されたのは以下に記すものに限る。",
	    "Der Lauf wurde vor seinem Ende ANGEHALTEN; getan ist nur, was "
	    "hier steht." },
	[PHRASE_STOPPED_BEFORE] = { "A brake STOPPED the run before it began: "
				    "nothing was deleted.",
	    "安全装置により処理は開始前に停止された。何も消去されていない。",
	    "Eine Bremse hat den Lauf vor seinem Beginn ANGEHALTEN: nichts "
	    "wurde gelöscht." },
	[PHRASE_REFUSED] = { "The run was REFUSED because all runs were "
			     "stopped: nothing was deleted.",
	    "すべての処理が停止中のため拒否された。何も消去されていない。",
	    "Der Lauf wurde ABGEWIESEN, weil alle Läufe angehalten waren: "
	    "nichts wurde gelöscht." },
	[PHRASE_FAILED] = { "The run FAILED; only what stands here was done, "
			    "and nothing of it was verified.",
	    "処理は失敗した。実行されたのは以下に記すものに限り、検証はされて"
	    "いない。",
	    "Der Lauf ist GESCHEITERT; getan ist nur, was hier steht, und "
	    "nichts davon ist bestätigt." },
	[PHRASE_INTERRUPTED] = { "The run was INTERRUPTED: the log has no end of "
				 "it. What stands here is the evidence that the "
				 "log has so far; nothing was verified. The next "
				 "run brings in what is left of the evidence.",
	    "処理は中断された。ログに終了の記録がない。以下は現時点でログにある"
	    "消去記録であり、検証はされていない。残りの消去記録は次回の処理で記録される。",
	    "Der Lauf wurde UNTERBROCHEN: im Protokoll fehlt sein Ende. Hier "
	    "stehen die Nachweise, die das Protokoll bisher hat; nichts ist "
	    "bestätigt. Der nächste Lauf trägt nach, was an Nachweisen fehlt." },
	[PHRASE_RECORDS] = { "Records", "レコード数", "Datensätze" },
	[PHRASE_DUE] = { "due when it began", "開始時に期限到来",
	    "fällig bei Beginn" },
	[PHRASE_DELETED] = { "deleted", "消去", "gelöscht" },
	[PHRASE_DE_IDENTIFIED] = { "de-identified", "非識別化",
	    "de-identifiziert" },
	[PHRASE_MINIMISED] = { "emptied, because other records refer to them",
	    "他のレコードから参照されるため内容のみ空にした",
	    "geleert, weil andere Datensätze auf sie verweisen" },
	[PHRASE_HELD] = { "kept by a hold", "削除の停止により保持",
	    "wegen Aussetzens der Löschung erhalten" },
	[PHRASE_RESTRICTED] = { "kept by a restriction of processing",
	    "利用停止により保持",
	    "durch eine Einschränkung der Verarbeitung erhalten" },
	[PHRASE_UNDECIDED] = { "undecided (no readable starting point)",
	    "判定不能（起算点が読み取れない）",
	    "unentschieden (kein lesbarer Startzeitpunkt)" },
	[PHRASE_UNPLANNED] = { "due and not in the plan", "計画外の期限到来",
	    "fällig und nicht im Plan" },
	[PHRASE_WAITING] = { "due and still there at the end",
	    "期限到来で終了時に残存", "fällig und am Ende noch vorhanden" },
	[PHRASE_OVERDUE] = { "overdue at the end", "終了時に期限超過",
	    "am Ende überfällig" },
	[PHRASE_UNMAPPED] = { "tables and columns that no dataset describes",
	    "データセットに記載のない表・列",
	    "Tabellen und Spalten, die kein Dataset beschreibt" },
	[PHRASE_UNREACHABLE] = { "places that could not be reached, and are "
				 "not in these counts",
	    "到達できず、上の件数に含まれない場所",
	    "nicht erreichbare Stellen, in diesen Zahlen nicht enthalten" },
	[PHRASE_NOT_COUNTED] = { "not counted", "未集計", "nicht gezählt" },
	[PHRASE_METHOD] = { "Method", "消去の方法", "Verfahren" },
	[PHRASE_METHOD_SQLITE] = { "sqlite: encrypted files; a record goes in one "
				   "transaction with its evidence.",
	    "sqlite：暗号化されたファイル。レコードは消去記録と同一のトランザク"
	    "ションで消去される。",
	    "sqlite: verschlüsselte Dateien; ein Datensatz geht in einer "
	    "Transaktion mit seinem Nachweis." },
	[PHRASE_METHOD_OTHER] = { "Others: a record goes in one transaction with "
				  "its evidence; what the server keeps of it in "
				  "its files is outside of this certificate.",
	    "その他：レコードは消去記録と同一のトランザクションで消去"
	    "される。サーバーのファイルに残る内容は本書の対象外である。",
	    "Andere: ein Datensatz geht in einer Transaktion mit seinem "
	    "Nachweis; was der Server davon in seinen Dateien behält, "
	    "liegt außerhalb dieses Nachweises." },
	[PHRASE_METHOD_SEGMENTS] = { "segments whose key was destroyed and whose file "
				     "was removed",
	    "鍵を破棄しファイルを削除したセグメント",
	    "Segmente, deren Schlüssel vernichtet und deren Datei entfernt "
	    "wurde" },
	[PHRASE_METHOD_PSEUDONYMISED] = { "pseudonymised: still personal data, under a key "
					  "of the installation",
	    "仮名化。設置の鍵のもとで引き続き個人データである",
	    "pseudonymisiert: weiterhin personenbezogen, unter einem Schlüssel "
	    "der Installation" },
	[PHRASE_METHOD_ANONYMISED] = { "anonymised: nothing personal is left in the record",
	    "匿名化。レコードに個人データは残っていない",
	    "anonymisiert: im Datensatz bleibt nichts Personenbezogenes" },
	[PHRASE_METHOD_MINIMISED] = { "Emptied records keep their key and what other "
				      "rules govern, and go with the last record that "
				      "refers to them.",
	    "空にしたレコードは主キーと他の規則が及ぶ項目のみを残し、参照元の最後の"
	    "レコードとともに消去される。",
	    "Geleerte Datensätze behalten ihren Schlüssel und was andere Regeln "
	    "erfassen, und gehen mit dem letzten, der auf sie verweist." },
	[PHRASE_METHOD_COPIES] = { "Copies outside of the stores, such as backups "
				   "and exports, are not part of this certificate.",
	    "バックアップや書き出しなど保管場所の外にある複製は本書の対象外で"
	    "ある。",
	    "Kopien außerhalb der Speicher, etwa Sicherungen und Ausfuhren, "
	    "sind nicht Teil dieses Nachweises." },
	[PHRASE_VERIFICATION] = { "Verification", "検証", "Prüfung" },
	[PHRASE_VERIFIED] = { "Verified: every due condition was asked again "
			      "at the end, and no record was left that was due "
			      "and could go.",
	    "検証済み。終了時にすべての期限条件を再照会し、期限到来で消去可能な"
	    "レコードは残っていなかった。",
	    "Bestätigt: am Ende wurde jede Bedingung erneut abgefragt, und kein "
	    "Datensatz war übrig, der fällig war und gehen konnte." },
	[PHRASE_VERIFIED_NOT] = { "NOT verified: at the end records were due that could have gone, "
				  "or a place could not be reached.",
	    "検証されていない。終了時に期限到来で消去可能なレコードが残っていたか、"
	    "到達できない場所があった。",
	    "NICHT bestätigt: am Ende waren Datensätze fällig, die hätten gehen "
	    "können, oder eine Stelle war nicht erreichbar." },
	[PHRASE_VERIFIED_NEVER] = { "NOT verified: the due conditions were not asked again.",
	    "検証されていない。期限条件の再照会は行われていない。",
	    "NICHT bestätigt: die Bedingungen wurden nicht erneut abgefragt." },
	[PHRASE_ASKED_AGAIN] = { "Keys of deleted records that were asked for "
				 "once more",
	    "再照会した消去済みレコードのキー",
	    "Schlüssel gelöschter Datensätze, die erneut abgefragt wurden" },
	[PHRASE_FOUND_AGAIN] = { "Of these, found", "うち発見されたもの",
	    "Davon gefunden" },
	[PHRASE_SCRUBBED] = { "Scrubbed: overwriting of deleted content "
			      "(secure_delete) was read back as on, and the "
			      "write-ahead log was written back and truncated, "
			      "so that it stands in no file of the encrypted "
			      "stores.",
	    "抹消済み。消去内容の上書き（secure_delete）が有効であることを確認し、"
	    "先行書き込みログを書き戻して切り詰め、消去した内容は暗号化"
	    "された保管場所のどのファイルにも残っていない。",
	    "Bereinigt: das Überschreiben gelöschter Inhalte (secure_delete) "
	    "wurde als eingeschaltet zurückgelesen, das Vorausprotokoll "
	    "zurückgeschrieben und gekürzt, so dass Gelöschtes in keiner Datei "
	    "der verschlüsselten Speicher steht." },
	[PHRASE_SCRUBBED_NOT] = { "Deleted, NOT YET scrubbed: a reader held an "
				  "older state, so that deleted content may stand, "
				  "encrypted, in the write-ahead log.",
	    "消去済みだが未抹消。古い状態を参照する読み手があり、消去した内容が"
	    "暗号化されたまま先行書き込みログに残っている可能性がある。",
	    "Gelöscht, NOCH NICHT bereinigt: ein Leser hielt einen älteren "
	    "Stand, so dass Gelöschtes verschlüsselt im Vorausprotokoll stehen "
	    "kann." },
	[PHRASE_SCRUBBED_NEVER] = { "NOT known to be scrubbed: it did not come to that.",
	    "抹消は確認されていない。その段階に至らなかった。",
	    "Bereinigung NICHT bekannt: dazu kam es nicht." },
	[PHRASE_EVIDENCE_AGREES] = { "The evidence in the log is of as many records "
				     "as the run reported.",
	    "ログの消去記録の件数は処理の報告と一致する。",
	    "Die Nachweise im Protokoll umfassen so viele Datensätze, wie der "
	    "Lauf gemeldet hat." },
	[PHRASE_EVIDENCE_DIFFERS] = { "The evidence in the log is NOT of as many "
				      "records as the run reported: compare the rules "
				      "below.",
	    "ログの消去記録の件数が処理の報告と一致しない。下記の規則を照合すること。",
	    "Die Nachweise im Protokoll umfassen NICHT so viele Datensätze, "
	    "wie der Lauf gemeldet hat: siehe die Regeln unten." },
	[PHRASE_EVIDENCE_ALONE] = { "The run did not report counts: those below are "
				    "of the evidence.",
	    "処理は件数を報告していない。以下の件数は消去記録による。",
	    "Der Lauf hat keine Zahlen gemeldet: die folgenden sind die der "
	    "Nachweise." },
	[PHRASE_STAYED] = { "What stayed, and the next step",
	    "残ったものと次の措置", "Was blieb, und der nächste Schritt" },
	[PHRASE_STAYED_NOTHING] = { "Nothing that was due.",
	    "期限到来のものは残っていない。", "Nichts, was fällig war." },
	[PHRASE_NEXT_HELD] = { "kept by a hold: review it on its date (`lethe "
			       "hold list`)",
	    "削除の停止により保持。見直し日に確認する（lethe hold list）",
	    "wegen Aussetzens der Löschung erhalten: am Termin prüfen (`lethe hold "
	    "list`)" },
	[PHRASE_NEXT_RESTRICTED] = { "kept by a restriction: review it on its date "
				     "(`lethe hold list`)",
	    "利用停止により保持。見直し日に確認する（lethe hold list）",
	    "durch eine Einschränkung erhalten: am Termin prüfen (`lethe hold "
	    "list`)" },
	[PHRASE_NEXT_UNDECIDED] = { "undecided: a person must look (`lethe check`)",
	    "判定不能。人による確認が必要（lethe check）",
	    "unentschieden: ein Mensch muss hinsehen (`lethe check`)" },
	[PHRASE_NEXT_UNPLANNED] = { "due and not in the plan: the next run without a "
				    "plan file",
	    "計画外の期限到来。計画ファイルなしの次回処理で消去",
	    "fällig und nicht im Plan: der nächste Lauf ohne Plandatei" },
	[PHRASE_NEXT_WAITING] = { "due and still there: they go with the last "
				  "record that refers to them, or with the next run",
	    "期限到来で残存。参照元の最後のレコードとともに、または次回処理で消去",
	    "fällig und noch vorhanden: sie gehen mit dem letzten Datensatz, "
	    "der auf sie verweist, oder mit dem nächsten Lauf" },
	[PHRASE_NEXT_OVERDUE] = { "of these overdue: look at once",
	    "うち期限超過。ただちに確認する",
	    "davon überfällig: sofort nachsehen" },
	[PHRASE_NEXT_UNMAPPED] = { "tables and columns outside of every rule: "
				   "describe them (`lethe check`)",
	    "どの規則にも属さない表・列。データセットに記載する（lethe check）",
	    "Tabellen und Spalten außerhalb jeder Regel: beschreiben (`lethe "
	    "check`)" },
	[PHRASE_NEXT_UNREACHABLE] = { "places that could not be reached: the next "
				      "run, once they can",
	    "到達できなかった場所。到達可能になった後の次回処理で消去",
	    "nicht erreichbare Stellen: der nächste Lauf, sobald sie es sind" },
	[PHRASE_NEXT_RUN] = { "What was due is not done with: a further run is "
			      "needed.",
	    "期限到来分の処理は完了していない。再度の処理が必要である。",
	    "Was fällig war, ist nicht erledigt: ein weiterer Lauf ist nötig." },
	[PHRASE_RULES] = { "Deletion rules as they were applied",
	    "適用された消去規則", "Löschregeln, wie sie angewandt wurden" },
	[PHRASE_RULE] = { "Deletion rule", "削除規則", "Löschregel" },
	[PHRASE_RULE_UNKNOWN] = { "not in the log: see the files of the rules",
	    "ログに記載なし。規則ファイルを参照",
	    "nicht im Protokoll: siehe die Dateien der Regeln" },
	[PHRASE_CUTOFF] = { "Cut-off", "期限", "Grenze" },
	[PHRASE_NO_CUTOFF] = { "for each record, by the last of its ends",
	    "レコードごとに最後の終期による",
	    "für jeden Datensatz das letzte seiner Enden" },
	[PHRASE_EVIDENCE] = { "Evidence", "消去記録", "Nachweise" },
	[PHRASE_ENTRIES] = { "entries", "件", "Einträge" },
	[PHRASE_ENTRY] = { "entry of the log", "ログの項目番号",
	    "Eintrag des Protokolls" },
	[PHRASE_FILES] = { "Files of the rules (SHA-256)",
	    "規則ファイル（SHA-256）", "Dateien der Regeln (SHA-256)" },
	[PHRASE_PROOF] = { "The entry of the log that tells how it ended, "
			   "and its proof (C2SP tlog-proof)",
	    "結果を記すログの項目とその証明（C2SP tlog-proof）",
	    "Der Eintrag des Protokolls, der vom Ende berichtet, und sein "
	    "Beweis (C2SP tlog-proof)" },
};

const char *phrase_in(enum phrase p, const char *language)
{
	size_t i;

	for (i = 0; phrase_languages[i]; i++)
		if (strcmp(phrase_languages[i], language) == 0)
			return phrases[p][i];
	return phrases[p][0];
}
