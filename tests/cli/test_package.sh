#!/bin/sh
# Access packages, as the person gets them who has nothing else than python3.
# Guards invariants 5 and 6 (no content in evidence, none on the disk) and 7.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
expect 0 demo try --customers 30
cd try || exit 1

# ---- what a hostile value looks like ----
cat >hostile.jsonl <<'JSONL'
{"id":"C0000002","family_name_kana":"a","given_name_kana":"","postal_code":"1","prefecture":"+1","contact_channel":"email","dealer":"d","created_at":"2024-01-01T00:00:00Z","family_name":"=cmd|'/C calc'!A0","given_name":"<script>alert(1)</script>","street":"@SUM(1,2)","city":"-2+3\n\"x\",\"y\"","building":"Zaphod-Planted-4471 &amp; \u0007 'é' \ud83d\ude00"}
JSONL
expect 0 ingest crm customers hostile.jsonl --upsert
id() { python3 -c 'import json; print(json.load(open("out"))["id"])'; }
expect 0 --json request open --type access --identity customer_id=C0000002
case=$(id)

# ---- what the person agreed to and has set ----
cat >consents.yml <<'YML'
notices:
  - id: news
    version: 1
    title: {en: News by mail, de: Neues per Post}
    text: {en: You may write to me.}
    purposes: [contract]
    controller: Us
    withdrawal: Call us.
preferences:
  - {id: vehicle_data, title: Data from the vehicle, values: [all, none], initial: none}
YML
echo 'consents: consents.yml' >>lethe.yml
expect 0 consent give --subject customer_id=C0000002 --notice news
expect 0 consent give --subject customer_id=C0000003 --notice news \
	--evidence Somebody-Else-9
expect 0 preference set --subject customer_id=C0000002 vehicle_data all

# ---- not before the person is known ----
expect 3 request package "$case" -o early.zip
[ ! -e early.zip ] || oops 'packaged before the person was verified'
expect 0 request verify "$case" --method login
expect 2 request package "$case" --language fr
says err 'there are en, ja, de'
expect 2 request package
expect 2 request package "$case" --passphrase-file nowhere
echo short >pass
expect 2 request package "$case" --passphrase-file pass
says err 'shorter than 12'
echo 'correct horse battery staple' >pass

expect 0 --json request package "$case" -o en.zip
keys 'bytes downloads encrypted expires_at files id manifest package records token'
token=$(python3 -c 'import json; print(json.load(open("out"))["token"])')
records=$(python3 -c 'import json; print(json.load(open("out"))["records"])')
expect 0 request package "$case" --language ja -o ja.zip
expect 0 request package "$case" --language de -o de.zip
expect 0 request package "$case" --passphrase-file pass -o sealed.zip
expect 2 request package "$case" -o en.zip
says err 'is there already'

# ---- downloads ----
expect 2 request fetch "$token"
expect 0 --json request fetch "$token" -o again.zip
keys 'bytes downloads id left'
json 'o["downloads"] == 2 and o["left"] == 8'
cmp -s en.zip again.zip || oops 'two downloads of one package differ'
expect 3 request fetch "0${token%?}" -o other.zip
[ ! -e other.zip ] || oops 'a wrong token gave something'
[ "$(stat -c %a en.zip)" = 600 ] || oops 'others can read it'
plain Zaphod-Planted 'Your personal data'

# ---- what is in it ----
python3 - "$records" >bad 2>&1 <<'PYTHON' || oops "$(cat bad)"
import csv, glob, hashlib, html.parser, io, json, os, sys, zipfile
import xml.etree.ElementTree as tree

def folder(name):
    z = zipfile.ZipFile(name)
    assert len({n.split("/")[0] for n in z.namelist()}) == 1
    assert all(i.date_time == (1980, 1, 1, 0, 0, 0) for i in z.infolist())
    z.extractall("x-" + name)
    return glob.glob("x-" + name + "/lethe-*")[0]

class Page(html.parser.HTMLParser):
    """Well nested, without script, and nothing from anywhere else."""
    void = {"meta", "link", "br"}
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.links, self.ids = [], [], [], set()
    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.seen.append(tag)
        assert not any(k.startswith("on") for k in a), a
        assert "src" not in a, a
        if "href" in a:
            self.links.append(a["href"])
        if "id" in a:
            assert a["id"] not in self.ids, a["id"]
            self.ids.add(a["id"])
        if tag == "html":
            assert a["lang"] in ("en", "ja", "de")
        if tag == "th":
            assert a["scope"] == "col"
        if tag not in self.void:
            self.open.append(tag)
    def handle_startendtag(self, tag, attrs):
        assert tag in self.void, tag
    def handle_endtag(self, tag):
        assert self.open.pop() == tag
    def check(self, path):
        self.feed(open(path, encoding="utf-8", newline="").read())
        assert not self.open
        for bad in ("script", "img", "iframe", "form", "object", "link"):
            assert bad not in self.seen, (path, bad)
        for want in ("title", "h1", "main", "style"):
            assert self.seen.count(want) == 1, (path, want)
        assert self.seen.count("caption") == self.seen.count("table")
        for l in self.links:
            assert "://" not in l
            assert os.path.exists(os.path.join(os.path.dirname(path), l)), l

root = folder("en.zip")
read = lambda n: open(os.path.join(root, n), "rb").read()
load = lambda n: json.loads(read(n))

# The manifest is complete, and right.
manifest = load("manifest.json")
assert manifest["format"] == "lethe.package/1"
there = {os.path.relpath(os.path.join(d, f), root)
         for d, _, fs in os.walk(root) for f in fs}
said = {f["name"] for f in manifest["files"]}
assert there - said == {"manifest.json", "SHA256SUMS", "seal.note"}, there ^ said
for f in manifest["files"]:
    b = read(f["name"])
    assert hashlib.sha256(b).hexdigest() == f["sha256"] and len(b) == f["bytes"]

# Counts agree, everywhere.
summary, dictionary = load("summary.json"), load("dictionary.json")
total = int(sys.argv[1])
assert total > 20
assert manifest["records"] == summary["records"] == total
assert sum(s["records"] for s in summary["systems"]) == total
assert sum(c["records"] for c in manifest["collections"]) == total
lines = 0
try:
    import jsonschema
except ImportError:
    jsonschema = None
for c in dictionary["collections"]:
    data = load(c["json"])
    assert len(data["records"]) == c["records"]
    lines += len(data["records"])
    text = read(c["csv"]).decode("utf-8")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == c["records"] + 1
    names = [f["name"] for f in c["fields"]]
    assert rows[0] == names
    for row, record in zip(rows[1:], data["records"]):
        assert list(record["values"]) == names
        for cell, name in zip(row, names):
            v = record["values"][name]
            assert v is not None or cell == ""
            assert not isinstance(v, str) or cell == v, (cell, v)
    for f in c["fields"]:
        if any(not k.startswith("system") for k in f["categories"]):
            assert f["cluster"], (c["collection"], f["name"])
    if jsonschema:
        schema = load(c["schema"])
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(data)
        # ... which is no schema that everything fits.
        data["records"].append({})
        assert list(jsonschema.Draft202012Validator(schema).iter_errors(data))
assert lines == total

# Nobody else is in it: one customer, and none of the other's numbers.
for c in dictionary["collections"]:
    for record in load(c["json"])["records"]:
        v = record["values"].get("customer_id")
        assert v in (None, "C0000002"), (c["collection"], v)

# Hostile values are what they were, and no markup.
customer = [load(c["json"]) for c in dictionary["collections"]
            if c["collection"] == "customers"][0]["records"][0]["values"]
assert customer["family_name"] == "=cmd|'/C calc'!A0"
assert customer["building"] == "Zaphod-Planted-4471 &amp; \x07 'é' 😀"
assert "= + - or @" in dictionary["csv"]
pages = "".join(read(n).decode() for n in there if n.endswith(".html"))
assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages
assert "Zaphod-Planted-4471 &amp;amp; \ufffd &#39;é&#39; 😀" in pages
assert all("Zaphod" not in n and "cmd" not in n for n in there)

# The answers of Art. 15(1), none of them blank; portability is marked.
for block in ("purposes", "clusters", "recipients", "transfers", "rights",
              "controllers", "automated_decisions", "systems"):
    assert summary[block], block
assert [c["state"] for c in summary["consents"]] == ["given"]
assert [p["setting"] for p in summary["preferences"]] == ["all"]
assert b"News by mail" in read("index.html")
assert b"Data from the vehicle" in read("index.html")
assert b"Somebody-Else" not in read("summary.json")
for c in summary["clusters"]:
    assert c["title"] and c["source"] and c["storage"] and c["page"] in there
assert {f["portable"] for c in dictionary["collections"]
        for f in c["fields"]} == {True, False}
assert summary["as_of"].endswith("+09:00")
assert {r["right"] for r in summary["rights"]} >= {
    "rectification", "erasure", "restriction", "portability"}

# Every page of every language parses, says its language, and has its words.
titles = {"en": "Your personal data", "ja": "あなたの個人データ",
          "de": "Ihre personenbezogenen Daten"}
counts = set()
for language, title in titles.items():
    at = root if language == "en" else folder(language + ".zip")
    index = open(at + "/index.html", encoding="utf-8").read()
    assert '<html xmlns="http://www.w3.org/1999/xhtml" lang="%s">' % language in index
    assert "<h1>%s</h1>" % title in index
    found = glob.glob(at + "/index.html") + glob.glob(at + "/clusters/*.html")
    counts.add(len(found))
    for path in found:
        Page().check(path)
        tree.parse(path)
    for other, words in titles.items():
        assert other == language or words not in index
assert len(counts) == 1 and counts.pop() > 5

# Sealed by the passphrase: names can be seen, content cannot.
z = zipfile.ZipFile("sealed.zip")
assert all(i.flag_bits & 1 and i.compress_type == 99 for i in z.infolist())
assert b"Zaphod" not in open("sealed.zip", "rb").read()
PYTHON

# ---- verified by somebody without an installation ----
expect 0 audit checkpoint --vkey
key=$(cat out)
expect 0 -c /nowhere audit verify x-en.zip/lethe-* --vkey "$key"
says out "as signed by connected-drive-jp; $records records"
expect 0 -c /nowhere --json audit verify x-en.zip/lethe-* --vkey "$key"
keys 'as_of message origin path records verified'
for f in index.html manifest.json SHA256SUMS; do
	cp x-en.zip/lethe-*/$f kept
	echo >>"$(echo x-en.zip/lethe-*/$f)"
	expect 5 -c /nowhere audit verify x-en.zip/lethe-* --vkey "$key"
	says err "$f was changed"
	cp kept x-en.zip/lethe-*/$f
done
touch x-en.zip/lethe-"$case"/added
expect 5 -c /nowhere audit verify x-en.zip/lethe-* --vkey "$key"
says err 'added does not belong to it'

# ---- the log: who did what, and nothing of the person ----
expect 0 --json audit list
says out request_packaged
says out request_downloaded
silent out 'Zaphod|C0000002'
silent out "$token"

# ---- what has expired goes in the next run; a withdrawn request's at once ----
expect 0 request withdraw "$case"
expect 3 request fetch "$token" -o other.zip
[ ! -e other.zip ] || oops 'a withdrawn request was downloaded'
ls var/exports >before
[ "$(grep -vc lock before)" -eq 0 ] || oops "$(cat before)"
"$LETHE" --json purge --approve >out 2>err
json 'o["exports_deleted"] == 0'
ls var/exports >after
[ "$(cat after)" = lock ] || oops "$(cat after)"

# ---- nothing found is an answer, too ----
expect 0 --json request open --type access --identity customer_id=C9999999
case=$(id)
expect 0 request verify "$case" --method login
expect 0 request package "$case" -o none.zip
unzip -p none.zip "*/index.html" >page
says page 'No data about you was found'
says page 'Complaints'
finish
