"""The server as clients see it, held against schemas/openapi.json.

    scenario.py SERVE_TEST LETHE OPENAPI

In a folder with an installation of `lethe demo`, initialised, whose last purge
was stopped.  Every answer that the document speaks of is asked for once, and
each JSON answer is as its schema says.
"""
import base64
import hmac
import http.client
import io
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.parse
import zipfile

import jsonschema

import door
import officers

SERVE, LETHE, OPENAPI = sys.argv[1:4]
DOCUMENT = json.load(open(OPENAPI))
JSON, HTML = "application/json", "text/html"
FORM = "application/x-www-form-urlencoded"
wrong = []
seen = set()


def oops(what):
    wrong.append(what)
    print("web: " + what)


def holds(what, truth):
    if not truth:
        oops(what)


def lethe(*arguments):
    return subprocess.run([LETHE, "--json", *arguments], check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def lethe_any(*arguments):
    """The same of one that says by its exit code that something is due."""
    return subprocess.run([LETHE, "--json", *arguments], check=False,
                          capture_output=True, text=True).stdout


# ---- one exchange ----

def template_of(path):
    """The document's path that `path` is one of, or None."""
    path = path.split("?")[0]
    if path in DOCUMENT["paths"]:
        return path
    for template in DOCUMENT["paths"]:
        if re.fullmatch(re.sub(r"\{id\}", "[^/]+", template), path):
            return template
    return None


def check_schema(template, method, status, kind, body):
    operation = DOCUMENT["paths"][template][method]
    response = operation["responses"].get(str(status))
    if response is None:
        oops(f"{method} {template}: {status} is not in the document")
        return
    content = response.get("content", {}).get(kind)
    if content and "schema" in content:
        schema = dict(content["schema"], components=DOCUMENT["components"])
        try:
            jsonschema.Draft202012Validator(schema).validate(json.loads(body))
        except jsonschema.ValidationError as e:
            oops(f"{method} {template} {status}: {e.message} at "
                 f"{list(e.absolute_path)}")


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.bytes = response.read()
        self.kind = (self.headers["Content-Type"] or "").split(";")[0]
        self.text = "" if self.kind == "application/zip" else \
            self.bytes.decode("utf-8")

    def json(self):
        return json.loads(self.text)


class Client:
    """A browser, as far as cookies and origin go."""

    def __init__(self, port, user=None, accept=JSON):
        self.port, self.accept, self.cookies, self.csrf = port, accept, {}, ""
        if user:
            self.post("/sign-in", user=user, password="water",
                      code="424242")
            self.csrf = self.get("/session", accept=JSON).json()["csrf"]

    def ask(self, method, path, body=None, headers=None, accept=None):
        h = {"Accept": accept or self.accept,
             "Origin": f"http://127.0.0.1:{self.port}"}
        if self.cookies:
            h["Cookie"] = "; ".join(f"{k}={v}" for k, v in
                                    self.cookies.items())
        for k, v in (headers or {}).items():
            h.pop(k, None)
            if v is not None:
                h[k] = v
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        c.request(method, path, body, h)
        a = Answer(c.getresponse())
        c.close()
        for line in a.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        template = template_of(path)
        if template and method.lower() in DOCUMENT["paths"][template]:
            seen.add((method.lower(), template, a.status))
            check_schema(template, method.lower(), a.status, a.kind, a.text)
        check_headers(path, a)
        return a

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, accept=None, headers=None, **fields):
        if self.csrf:
            fields.setdefault("csrf", self.csrf)
        h = {"Content-Type": FORM}
        h.update(headers or {})
        return self.ask("POST", path, urllib.parse.urlencode(fields), h,
                        accept)


def check_headers(path, a):
    h = a.headers
    policy = h["Content-Security-Policy"] or ""
    holds(f"{path}: a policy without inline anything",
          "default-src 'none'" in policy and "unsafe" not in policy and
          "frame-ancestors 'none'" in policy)
    holds(f"{path}: nosniff", h["X-Content-Type-Options"] == "nosniff")
    holds(f"{path}: referrer", h["Referrer-Policy"] == "same-origin")
    if path != "/style.css":
        holds(f"{path}: kept by nobody", h["Cache-Control"] == "no-store")
    holds(f"{path}: nothing inline", a.kind != HTML or
          not re.search(r"<script|<style| style=| on[a-z]+=", a.text))


# ---- the server ----

class Server:
    def __init__(self, config="lethe.yml"):
        self.process = subprocess.Popen([SERVE, config],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on http"):
            sys.exit("web: the server does not say that it is ready")
        self.port = int(line.strip().rsplit(":", 1)[1])

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(timeout=30)


def raw(port, data, wait=5):
    """Bytes as they are; what comes back until the other side ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as s:
        s.sendall(data)
        got = b""
        try:
            while True:
                more = s.recv(65536)
                if not more:
                    break
                got += more
        except (TimeoutError, ConnectionResetError):
            pass
        return got


def count(action):
    entries = json.loads(lethe("audit", "list", "--action", action))
    return len(entries["entries"])


def opened():
    """The case code of a request that intake wrote down."""
    return json.loads(lethe("request", "open", "--type", "access",
                            "--identity", "customer_id=C0000011"))["id"]


def lethe_address():
    """The address of somebody whom the demo knows."""
    for line in lethe("dump", "crm", "customers").splitlines():
        record = json.loads(line)
        if record.get("email"):
            return record["email"]
    return None


# ---- scenarios ----

def everybody_who_is_not_signed_in(port):
    c = Client(port)
    for path, methods in DOCUMENT["paths"].items():
        real = path.replace("{id}", "Q-1")
        for method, o in methods.items():
            if o.get("security") == [] or path.startswith("/door"):
                continue
            a = (c.get(real) if method == "get" else c.post(real))
            holds(f"{method} {path}: 401, not {a.status}", a.status == 401)
            if method == "get":
                a = c.get(real, accept=HTML)
                holds(f"{path}: to the form", a.status == 303 and
                      a.headers["Location"].startswith("/sign-in"))
    a = c.get("/requests/Q-1", accept=HTML)
    holds("and back again",
          a.headers["Location"] == "/sign-in?back=/requests/Q-1")
    for bad in ("user=vera&password=wrong", "user=nobody&password=water",
                "user=ada2&password=water"):
        a = c.ask("POST", "/sign-in", bad, {"Content-Type": FORM})
        holds(f"{bad}: 401", a.status == 401 and "Set-Cookie" not in a.headers)
        a = c.ask("POST", "/sign-in", bad, {"Content-Type": FORM}, HTML)
        holds(f"{bad}: the form again", a.status == 401 and
              'role="alert"' in a.text)
    holds("a user is needed", c.post("/sign-in", user="vera").status == 400)
    holds("the style is for all", c.get("/style.css").status == 200)
    holds("so is the form", c.get("/sign-in").json()["back"] == "/")


def signing_in_and_out(port):
    c = Client(port, accept=HTML)
    for back, goes in (("", "/"), ("/requests?x=1", "/"), ("/plans", "/plans"),
                       ("//evil.example", "/"), ("/\\evil.example", "/"),
                       ("https://evil.example", "/"), ("/requests/..", "/"),
                       ("/requests/Q-1", "/requests/Q-1")):
        a = c.post("/sign-in", user="vera", password="water", back=back)
        holds(f"back to {back!r}: {a.headers['Location']}",
              a.status == 303 and a.headers["Location"] == goes)
    cookie = a.headers["Set-Cookie"]
    holds("the cookie's flags: " + cookie,
          "HttpOnly" in cookie and "SameSite=Strict" in cookie and
          "Path=/" in cookie)
    a = c.get("/session", accept=JSON)
    holds("five roles", len(a.json()["roles"]) == 5)
    c.csrf = a.json()["csrf"]
    holds("signed out", c.post("/sign-out").headers["Location"] == "/sign-in")
    c.cookies["lethe"] = "token-1"
    holds("JSON, too", Client(port, "vera").post("/sign-out").status == 200)
    a = c.post("/sign-out", accept=JSON)
    c = Client(port, "vera")
    token = dict(c.cookies)
    c.post("/sign-out")
    c.cookies = token
    holds("a session that has ended", c.get("/").status == 401)


def code_of(secret, step):
    """RFC 6238, as apps compute it."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    at = mac[-1] & 15
    number = struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff
    return f"{number % 1000000:06}"


def own_device(port, password):
    """A device counts from the first code that it makes."""
    c = Client(port, "rita")
    holds("a form", c.get("/device").json()["problem"] is None)
    holds("nothing begun", c.post("/device/confirm",
                                  code="000000").status == 409)
    holds("without a password", c.post("/device").status == 400)
    holds("without a code", c.post("/device/confirm").status == 400)
    a = c.post("/device", accept=HTML, old="wrong")
    holds("a stranger", a.status == 403 and "otpauth" not in a.text)
    a = c.post("/device", accept=HTML, old=password)
    holds("a link", 'href="otpauth://totp/' in a.text)
    o = c.post("/device", old=password).json()
    step = int(time.time()) // 30
    a = c.post("/device/confirm", accept=HTML,
               code=code_of(o["secret"], step + 1000))
    holds("not of now", a.status == 403 and "clock" in a.text)
    a = c.post("/device/confirm", code=code_of(o["secret"], step))
    holds("taken", a.status == 200 and len(a.json()["recovery"]) == 10 and
          c.get("/").status == 401)
    user = json.loads(lethe("user", "show", "rita"))
    holds("it counts", user["totp"] and user["recovery_codes"] == 10)


def own_account(port):
    """Everybody's own sign-ins and password; rita's account is a real one."""
    old, new = "correct horse battery", "wrong donkey charger"
    with open("rita.pass", "w", encoding="utf-8") as f:
        f.write(old + "\n")
    lethe("user", "add", "rita", "--role", "auditor", "--password-file",
          "rita.pass")
    c = Client(port, "rita")
    a = c.post("/sign-in", user="hasty", password="water")
    holds("told for how long", a.status == 429 and
          a.headers["Retry-After"] == "7")
    holds("an empty form", c.get("/password").json()["problem"] is None)
    holds("fields", c.post("/password", old=old).status == 400)
    page = c.post("/password", accept=HTML, old=old, password=new, again="x")
    holds("twice the same", page.status == 400 and "both times" in page.text)
    page = c.post("/password", accept=HTML, old=old, password="password1234",
                  again="password1234")
    holds("one of many", page.status == 400 and "many people" in page.text)
    page = c.post("/password", accept=HTML, old=new, password=new, again=new)
    holds("the old one", page.status == 403 and "not your" in page.text and
          new not in page.text)
    holds("changed", c.post("/password", old=old, password=new,
                            again=new).status == 200)
    holds("signed out", c.get("/").status == 401)
    c = Client(port, "rita")
    a = c.post("/password", accept=HTML, old=new, password=old, again=old)
    holds("to the form", a.headers["Location"] == "/sign-in")
    own_device(port, old)
    c = Client(port, "rita")
    for tries in range(20):
        a = c.post("/password", old=new, password=old, again=old)
        if a.status == 429:
            break
    holds("neither this way", c.post("/device", old=old).status == 429)
    holds("tried too often", tries >= 5 and a.headers["Retry-After"])
    o = c.get("/sign-ins").json()
    holds("who tried", o["user"] == "rita" and
          len(o["sign_ins"]) > tries and
          all(i["outcome"] == "failed" for i in o["sign_ins"]))
    holds("a page", "Failed" in c.get("/sign-ins", accept=HTML).text)
    ended = count("user_sessions_ended")
    a = c.post("/sign-ins/end", accept=HTML)
    holds("everywhere", a.headers["Location"] == "/sign-in" and
          c.get("/").status == 401 and
          count("user_sessions_ended") == ended + 1)
    holds("JSON", Client(port, "rita").post("/sign-ins/end").status == 200)


def forms_from_elsewhere(c, of_the_door):
    """Each POST: without the secret, from another site, as something else."""
    for path, methods in DOCUMENT["paths"].items():
        if "post" not in methods or path.startswith("/door") != of_the_door:
            continue
        real = path.replace("{id}", "Q-1")
        elsewhere = ({"Origin": "http://evil.example"},
                     {"Origin": "null"}, {"Origin": None},
                     {"Origin": f"https://127.0.0.1:{c.port}"},
                     {"Sec-Fetch-Site": "cross-site"},
                     {"Sec-Fetch-Site": "same-site", "Origin": None})
        for h in elsewhere:
            a = c.post(real, headers=h)
            holds(f"{path} with {h}: {a.status}", a.status == 403)
        if methods["post"].get("security") != []:
            a = c.post(real, csrf="secret-of-0x")
            holds(f"{path} without the secret: {a.status}", a.status == 403)
            a = c.post(real, csrf="")
            holds(f"{path} with no secret: {a.status}", a.status == 403)
        a = c.ask("POST", real, "{}", {"Content-Type": JSON})
        holds(f"{path} as JSON: {a.status}", a.status == 415)
        a = c.ask("POST", real, "a" * 70000, {"Content-Type": FORM})
        holds(f"{path} too long: {a.status}", a.status == 413)
        holds(f"{path}: GET", c.get(real).status in (200, 404, 405))


def forms_of_this_site(port):
    c = Client(port, "vera")
    forms_from_elsewhere(c, of_the_door=False)
    a = c.post("/language", headers={"Sec-Fetch-Site": "same-origin",
                                     "Origin": None}, language="de")
    holds("Sec-Fetch-Site is enough", a.status == 200)
    a = c.ask("POST", "/sign-out", "", {"Content-Type": FORM,
                                        "X-CSRF-Token": c.csrf})
    holds("the secret as a header", a.status == 200)


PROOFS = {"/audit", "/audit/{id}", "/looks", "/verification", "/statement",
          "/certificates", "/certificates/{id}",
          "/certificates/{id}/certificate.json", "/certificates/{id}/pack"}
CASES = {"/requests", "/requests/find", "/requests/{id}", "verify", "suspend",
         "resume", "withdraw", "code", "data", "erasure"}
DECIDE = {"extend", "decide", "refuse", "reopen", "execute", "letter",
          "package", "fulfil", "plan"}
ALLOWED = {
    "ida": {*CASES},
    "ophelia": {*CASES, *DECIDE, "/holds", "/holds/{id}/release",
                "/forecast", "/plans", "/plans/{id}", *PROOFS},
    "anton": {*CASES, "approve", "return", "/forecast", "/plans", "/plans/{id}",
              "/plans/{id}/approve"},
    "rita": {"/forecast", "/plans", "/plans/{id}", *PROOFS},
    "max": {"/forecast", "/plans", "/plans/{id}", "/audit", "/audit/{id}", "/looks"},
}
FOR_ALL = {"/", "/session", "/rules", "/language", "/sign-in", "/style.css",
           "/sign-out", "/sign-ins", "/sign-ins/end", "/password", "/device",
           "/device/confirm"}


def roles(port):
    for user, may in ALLOWED.items():
        c = Client(port, user)
        for path, methods in DOCUMENT["paths"].items():
            if path in FOR_ALL or path.startswith("/door"):
                continue
            real = path.replace("{id}", "X-none")
            verb = path.rsplit("/", 1)[1]
            granted = path in may or (path.startswith("/requests/{id}/") and
                                      verb in may)
            for method in methods:
                a = c.get(real) if method == "get" else c.post(real)
                holds(f"{user} {method} {path}: {a.status}",
                      (a.status != 403) == granted)


def a_request(port, case):
    """From receipt to a refusal for which two must stand."""
    o, p = Client(port, "ophelia"), Client(port, "anton")
    path = f"/requests/{case}"
    looks = count("request_shown")
    one = o.get(path).json()
    holds("each look is an entry", count("request_shown") == looks + 1)
    holds("it may be verified", one["may"]["verify"] and
          not one["may"]["decide"])
    a = o.get(path, accept=HTML)
    holds("its words are escaped", "&lt;script&gt;" in a.text)
    holds("no decision yet", o.post(f"{path}/decide",
                                    outcome="fulfil").status == 409)
    holds("how?", o.post(f"{path}/verify", method="dream").status == 400)
    a = o.post(f"{path}/verify", accept=HTML, method="in_person")
    holds("verified, and back", a.status == 303 and
          a.headers["Location"] == path)
    holds("not twice", o.post(f"{path}/verify",
                              method="in_person").status == 409)
    a = o.post(f"{path}/suspend", note="Which contract?")
    holds("suspended", a.status == 200)
    holds("not twice", o.post(f"{path}/suspend", note="x").status == 409)
    a = o.post(f"{path}/resume", accept=HTML)
    holds("resumed", a.status == 303)
    holds("nothing stands still", o.post(f"{path}/resume").status == 409)
    holds("why?", o.post(f"{path}/extend", reason="lazy").status == 400)
    a = o.post(f"{path}/extend", accept=HTML, reason="complexity")
    holds("extended", a.status == 303)
    holds("once", o.post(f"{path}/extend", reason="complexity").status == 409)
    one = o.get(path).json()
    holds("it says so", one["extended"] and len(one["stops"]) == 1)
    holds("no outcome", o.post(f"{path}/decide",
                               outcome="maybe").status == 400)
    holds("why?", o.post(f"{path}/refuse", reason="no_ground").status == 400)
    a = o.post(f"{path}/refuse", reason="excessive_abusive", authority="PPC", note="Because.")
    holds("refused, once somebody approves",
          a.status == 200 and a.json()["state"] == "awaiting_approval")
    both = Client(port, "vera")
    holds("on the desk", p.get("/").json()["approval"]["total"] == 1)
    a = p.post(f"{path}/return", accept=HTML, note="Too hard.")
    holds("given back", a.status == 303)
    holds("not twice", p.post(f"{path}/return", note="x").status == 409)
    a = both.post(f"{path}/refuse", accept=HTML, reason="excessive_abusive", authority="PPC",
                  note="Because.")
    holds("by another", a.status == 303)
    holds("author is never approver", both.post(f"{path}/approve").status ==
          409)
    a = p.post(f"{path}/approve", accept=HTML)
    holds("approved", a.status == 303)
    holds("not twice", p.post(f"{path}/approve").status == 409)
    holds("refused", o.get(path).json()["state"] == "refused")


def other_requests(port, cases):
    o, p = Client(port, "ophelia"), Client(port, "anton")
    first, second, third = (f"/requests/{c}" for c in cases)
    for path in (first, second, third):
        holds("verified", o.post(f"{path}/verify",
                                 method="login").status == 200)
    a = o.post(f"{first}/decide", accept=HTML, outcome="fulfil")
    holds("an access needs one", a.status == 303 and
          o.get(first).json()["approved_by"] == "user:ophelia")
    holds("nothing withdrawn yet", o.get(first).json()["may"]["withdraw"])
    a = o.post(f"{first}/withdraw", accept=HTML, note="By phone.")
    holds("withdrawn", a.status == 303)
    holds("not twice", o.post(f"{first}/withdraw").status == 409)
    a = o.post(f"{second}/decide", outcome="no_match")
    holds("nothing found", a.status == 200 and a.json()["state"] == "no_match")
    holds("that is all", o.post(f"{second}/refuse", reason="no_ground",
                                note="x").status == 409)
    holds("resumed", o.post(f"{third}/suspend", accept=HTML,
                            note="Which?").status == 303)
    holds("resumed", o.post(f"{third}/resume").status == 200)
    holds("extended", o.post(f"{third}/extend",
                             reason="complexity").status == 200)
    holds("withdrawn", o.post(f"{third}/withdraw").status == 200)
    for verb in ("verify", "suspend", "resume", "extend", "decide", "refuse",
                 "withdraw"):
        a = o.post(f"/requests/Q-none/{verb}", method="login", note="x",
                   reason="complexity" if verb == "extend" else "no_ground",
                   outcome="fulfil_partly")
        holds(f"{verb} of nobody: {a.status}", a.status == 404)
    for verb in ("approve", "return"):
        a = p.post(f"/requests/Q-none/{verb}", note="x")
        holds(f"{verb} of nobody: {a.status}", a.status == 404)
    holds("nobody", o.get("/requests/Q-none").status == 404)


def four_eyes_without_words(port, case):
    """The answers of forms that only JSON clients have seen so far."""
    o, p = Client(port, "ophelia"), Client(port, "anton")
    path = f"/requests/{case}"
    o.post(f"{path}/verify", method="login")
    o.post(f"{path}/refuse", reason="excessive_abusive", authority="PPC", note="x")
    holds("returned", p.post(f"{path}/return", note="x").status == 200)
    o.post(f"{path}/refuse", reason="excessive_abusive", authority="PPC", note="x")
    holds("approved", p.post(f"{path}/approve").status == 200)


def lists(port):
    c = Client(port, "vera")
    one = c.get("/requests?which=all").json()
    listed = json.loads(lethe("request", "list", "--all"))["requests"]
    holds("the list is the command's", one["requests"] == listed[:50])
    for bad in ("page=0", "page=x", "which=some", "sort=name", "type=acess",
                "state=x", "standing=x", "a=%zz", "a=1&a=2", "a=%00",
                "page=99999999999999999999"):
        a = c.get("/requests?" + bad)
        holds(f"{bad}: {a.status}", a.status == 400)
    a = c.get("/requests?standing=overdue&sort=received&type=access").json()
    holds("overdue ones", a["total"] >= 1 and
          all(r["standing"] == "overdue" for r in a["requests"]))
    found = c.post("/requests/find", accept=HTML, text=listed[0]["id"])
    holds("found by its code", found.headers["Location"] ==
          "/requests/" + listed[0]["id"])
    holds("JSON", c.post("/requests/find", text="C0000003").json()
          ["requests"][0]["type"] in ("access", "erasure"))
    searched = count("requests_searched")
    holds("nobody", c.post("/requests/find", text="nobody@example.jp").json()
          == {"requests": []})
    holds("each search is an entry", count("requests_searched") ==
          searched + 1)
    holds("what?", c.post("/requests/find").status == 400)
    log = lethe("audit", "list")
    holds("the log names nobody", "nobody@example.jp" not in log and
          "C0000003" not in log)


def plans_and_rules(port):
    o, p = Client(port, "ophelia"), Client(port, "anton")
    waiting = p.get("/").json()["plans"]
    holds("a plan waits", len(waiting) == 1)
    path = "/plans/" + waiting[0]["id"]
    holds("shown", p.get(path).json()["may_approve"])
    holds("not to officers", not o.get(path).json()["may_approve"])
    holds("none", p.get("/plans/P-none").status == 404)
    holds("none", p.post("/plans/P-none/approve").status == 404)
    a = p.post(f"{path}/approve", accept=HTML)
    holds("approved", a.headers["Location"] == path)
    holds("not twice", p.post(f"{path}/approve").status == 409)
    holds("off the desk", p.get("/").json()["plans"] == [])
    holds("listed", p.get("/plans").json()["plans"][0]["state"] == "approved")
    subprocess.run([LETHE, "purge"], capture_output=True, check=False)
    german = o.ask("GET", "/rules", headers={"Accept-Language": "de-AT"})
    english = o.get("/rules")
    holds("in the reader's language", german.text != english.text)


def another_plan(port):
    """Approved by JSON."""
    text = open("policies/connected-drive-jp.yml").read()
    shorter = re.sub(r"(regular_deletion_period: )P10Y", r"\1P9Y", text)
    shorter = re.sub(r"(retention_period: )P10Y", r"\1P9Y", shorter)
    holds("a rule changes", shorter != text)
    open("policies/connected-drive-jp.yml", "w").write(shorter)
    subprocess.run([LETHE, "purge"], capture_output=True, check=False)
    server = Server()
    last = Client(server.port, "rita").get("/verification").json()["last"]
    holds(f"verified before, says the log: {last}", last["outcome"] == "sound"
          and last["root"])
    p = Client(server.port, "anton")
    waiting = p.get("/").json()["plans"]
    holds("a plan waits again", len(waiting) == 1)
    a = p.post(f"/plans/{waiting[0]['id']}/approve")
    holds(f"approved: {a.status}", a.status == 200 and
          a.json()["approved_by_you"])
    holds("ended", server.end() == 0)


def the_log(port):
    c = Client(port, "rita")
    a = c.get("/audit").json()
    numbers = [e["seq"] for e in a["entries"]]
    holds("the newest first", numbers == sorted(numbers, reverse=True))
    older = c.get(f"/audit?before={a['older']['before']}").json()
    holds("older ones", older["entries"][0]["seq"] == numbers[-1] - 1)
    a = c.get("/audit?action=request_refused").json()
    holds("by action", {e["action"] for e in a["entries"]} ==
          {"request_refused"})
    holds("by day", c.get("/audit?until=2001-01-01").json()["entries"] == [])
    holds("no day", c.get("/audit?since=yesterday").status == 400)
    holds("a page", "<table" in c.get("/audit", accept=HTML).text)
    a = c.get("/audit?actor=user:ophelia").json()
    holds("by actor", {e["actor"] for e in a["entries"]} == {"user:ophelia"})
    one = c.get(f"/audit?subject={'0' * 32}").json()
    holds("by person", one["entries"] == [])
    certified(c, numbers[-1])


def certified(c, seq):
    """An entry's proof, a certificate and its pack, verified elsewhere."""
    one = c.get(f"/audit/{seq}").json()
    holds("the entry itself", one["entry"]["seq"] == seq and
          json.loads(one["text"]) == one["entry"])
    holds("its own proof", f"index {seq}" in one["proof"].splitlines())
    for none in ("-1", "x", "99999999", "9" * 40):
        holds(f"no entry {none}", c.get(f"/audit/{none}").status == 404)
    holds("no certificate", c.get("/certificates/R-none").status == 404)
    holds("no pack", c.post("/certificates/R-none/pack").status == 404)
    holds("no page", c.get("/certificates?before=x").status == 400)
    run = c.get("/certificates").json()["runs"][0]["run"]
    before = count("certificate_issued"), count("pack_issued")
    holds("as text", run in c.get(f"/certificates/{run}").json()["text"])
    a = c.get(f"/certificates/{run}/certificate.json")
    holds("a file", a.headers["Content-Disposition"] ==
          f'attachment; filename="lethe-{run}.json"')
    open("cert.json", "w").write(a.text)
    said = lethe("audit", "verify", "cert.json", "--vkey", one["key"])
    holds(f"verified: {said}", run in said)
    a = c.post(f"/certificates/{run}/pack")
    names = zipfile.ZipFile(io.BytesIO(a.bytes)).namelist()
    holds("a pack", f"lethe-{run}/seal.note" in names)
    holds("each is an entry", (count("certificate_issued"),
                               count("pack_issued")) ==
          (before[0] + 2, before[1] + 1))
    for path in (f"/audit/{seq}", "/certificates", f"/certificates/{run}"):
        holds(f"{path}: a page", "<h1>" in c.get(path, accept=HTML).text)


def finished(c, path):
    """What the page says once the work in the background has ended."""
    for _ in range(100):
        a = c.get(path).json()
        if a["work"] is None:
            return a
        holds("how far", a["work"]["done"] <= a["work"]["of"] or
              a["work"]["stage"] == "stores")
        time.sleep(0.1)
    oops(f"{path}: it does not end")
    return a


def begun(c, path, **fields):
    """Another one may be under way, which the answer says."""
    statuses = set()
    for _ in range(20):
        statuses.add(c.post(path, **fields).status)
        if len(statuses) > 1:
            break
    finished(c, path)
    return statuses


def verified(port):
    c = Client(port, "rita")
    finished(c, "/verification")
    before = count("log_verified")
    statuses = begun(c, "/verification")
    holds(f"one at a time: {statuses}", statuses == {200, 409})
    a = finished(c, "/verification")
    last, log = a["last"], a["log"]
    holds(f"sound: {last}", last["outcome"] == "sound" and last["root"] and
          last["problem"] is None and last["files"] > 1)
    holds("by whom", last["actor"] == "user:rita")
    holds("an entry each", count("log_verified") > before)
    said = lethe("audit", "list", "--action", "log_verified")
    entry = json.loads(said)["entries"][-1]
    holds("the entry says the same", entry["root"] == last["root"] and
          entry["entries"] == last["entries"] == entry["seq"] and
          entry["role"] == "auditor")
    holds("the log has grown", log["entries"] > last["entries"])
    a = c.post("/verification", accept=HTML)
    holds("back to the page", a.headers["Location"] == "/verification")
    finished(c, "/verification")
    holds("a page", "<dl>" in c.get("/verification", accept=HTML).text)


def stated(port):
    c = Client(port, "rita")
    holds("none yet", c.get("/statement").json()["last"] is None)
    for bad in ("", "yesterday", "2026-02-30"):
        holds(f"no day: {bad}", c.post("/statement", date=bad).status == 400)
    statuses = begun(c, "/statement", date="2036-01-01")
    holds(f"one at a time: {statuses}", statuses == {200, 409})
    last = finished(c, "/statement")["last"]
    said = json.loads(lethe_any("status", "--as-of", last["as_of"]))
    for figure in ("due", "overdue", "undecided", "unmapped"):
        holds(f"{figure} as the command says", last[figure] == said[figure])
    holds("the end of the day", last["as_of"] == "2036-01-01T14:59:59Z")
    holds("something is overdue by then", last["overdue"] > 0 and
          any(i["overdue"] for i in last["collections"]))
    entry = json.loads(lethe("audit", "list", "--action", "statement_made"))
    holds("an entry", entry["entries"][-1]["overdue"] == last["overdue"])
    a = c.get("/statement", accept=HTML)
    holds("a page", "OVERDUE" in a.text and "<table" in a.text)
    a = c.post("/statement", accept=HTML, date=finished(
        c, "/statement")["today"])
    holds("back", a.headers["Location"] == "/statement")
    finished(c, "/statement")


def looked(port, case):
    c = Client(port, "rita")
    a = c.get("/looks").json()
    numbers = [i["seq"] for i in a["looks"]]
    holds("the newest first", numbers == sorted(numbers, reverse=True))
    holds("more than a case was looked at", len({i["action"] for i in
                                                 a["looks"]}) > 1)
    one = c.get(f"/looks?request={case}").json()["looks"]
    holds("whose", one and {i["request"] for i in one} == {case})
    one = c.get("/looks?actor=user:ophelia").json()["looks"]
    holds("who", one and {i["actor"] for i in one} == {"user:ophelia"})
    holds("nobody", c.get("/looks?subject=" + "0" * 32).json()["looks"] == [])
    lethe("subject", "find", "--identity", "customer_id=C0000003")
    found = c.get("/looks").json()["looks"][0]
    holds("by the command", found["action"] == "subject_looked_up")
    one = c.get(f"/looks?before={numbers[-1]}").json()["looks"]
    holds("older ones", all(i["seq"] < numbers[-1] for i in one))
    holds("no number", c.get("/looks?before=x").status == 400)
    holds("a page", "<table" in c.get("/looks", accept=HTML).text)
    one = c.get(f"/audit?request={case}").json()["entries"]
    holds("the log of a case", len(one) > 3)


def languages(port):
    c = Client(port, "vera", accept=HTML)
    for code in ("en", "ja", "de"):
        a = c.post("/language", language=code, back="/rules")
        holds("back", a.headers["Location"] == "/rules")
        for path in ("/", "/requests", "/plans", "/rules", "/audit",
                     "/verification", "/statement", "/looks"):
            a = c.get(path)
            holds(f"{path} in {code}", f'<html lang="{code}">' in a.text)
    holds("which?", c.post("/language", language="xx").status == 400)
    a = c.post("/language", language="en", back="//evil.example")
    holds("not elsewhere", a.headers["Location"] == "/")


def methods(port):
    c = Client(port, "vera")
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
        a = c.ask(method, "/")
        holds(f"{method}: {a.status}", a.status == 405 and a.headers["Allow"])
    a = c.get("/sign-out")
    holds("GET of a form", a.status == 405 and a.headers["Allow"] == "POST")
    a = c.ask("HEAD", "/sign-out")
    holds("HEAD of a form", a.status == 405 and c.get("/").status == 200)
    a = c.post("/rules")
    holds("POST of a page", a.status == 405 and
          a.headers["Allow"] == "GET, HEAD")
    for path in ("/none", "/requests/", "/requests/a/b/c", "/../etc/passwd",
                 "/requests/%2e%2e", "//", "/style.css/", "/requests/a%00"):
        holds(f"{path} is nothing", c.get(path).status == 404)
    head = c.ask("HEAD", "/rules")
    got = c.get("/rules")
    holds("HEAD is GET without a body", head.status == 200 and
          head.text == "" and head.headers["Content-Length"] ==
          got.headers["Content-Length"])


def headers_that_lie(port):
    """Nobody is a proxy here, and no text of a client ends a header."""
    c = Client(port)
    form = {"Content-Type": FORM}
    a = c.ask("POST", "/sign-in", "user=rita&password=water",
              {**form, "X-Forwarded-Proto": "https",
               "X-Forwarded-For": "192.0.2.1"})
    holds("not by TLS, whatever it says", a.status == 200 and
          a.headers["Set-Cookie"].startswith("lethe=") and
          "Strict-Transport-Security" not in a.headers)
    a = c.ask("POST", "/sign-in", "user=rita&password=water",
              {**form, "X-Forwarded-Host": "evil.example",
               "Origin": "http://evil.example"})
    holds("not that host", a.status == 403)
    for host in ("evil.example", "evil.example:80", "a\tb", "[::1"):
        a = Client(port).get("/plans", accept=HTML, headers={"Host": host})
        holds(f"{host}: {a.status}, and to this site", a.status == 303 and
              a.headers["Location"] == "/sign-in?back=/plans")
        holds(f"{host}: nowhere in the page", "evil" not in c.get(
            "/sign-in", accept=HTML, headers={"Host": host}).text)
    for split in ("/plans%0d%0aSet-Cookie:%20a=b", "/plans%0aX:%20y",
                  "%0d%0aLocation:%20http://evil.example"):
        a = c.ask("POST", "/sign-in", "user=rita&password=water&back=" + split,
                  form, HTML)
        holds(f"{split}: no header of its own", a.status in (303, 400) and
              a.headers["Location"] in ("/", None) and "X" not in a.headers)
        a = c.get("/sign-in?back=" + split)
        holds(f"{split}: not in the form", a.status == 400 or
              a.json()["back"] == "/")
        a = c.ask("POST", "/language", "language=de" + split, form, HTML)
        holds(f"{split}: no cookie", a.status == 400 and
              "Set-Cookie" not in a.headers)


def two_lengths(port):
    """What a proxy and we could read differently is read by nobody."""
    body = b"language=de"
    ours = (b"POST /language HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Connection: close\r\nContent-Type: " + FORM.encode() + b"\r\n")
    behind = b"GET /style.css HTTP/1.1\r\nHost: a\r\n\r\n"
    for lengths in (b"Content-Length: 11\r\nContent-Length: 0\r\n",
                    b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
                    b"Content-Length: -1\r\n", b"Content-Length: 1x\r\n",
                    b"Transfer-Encoding: chunked, x\r\n"):
        got = raw(port, ours + lengths + b"\r\n" + body + behind, 3)
        holds(f"{lengths}: {got[:40]}", b"text/css" not in got)


def cookies(port):
    """A session is its cookie's, and each sign-in makes another one."""
    c = Client(port, "rita")
    first = dict(c.cookies)
    c.ask("POST", "/sign-in", "user=rita&password=water",
          {"Content-Type": FORM})
    holds("another one", c.cookies != first)
    for bad in ("", "x" * 200, "token-", "token-99999",
                "../token-0", "%00"):
        c.cookies = {"lethe": bad}
        a = c.get("/audit")
        holds(f"no session {bad[:20]!r}: {a.status}", a.status == 401)
    c.cookies = {"__Host-lethe": first["lethe"]}
    holds("not that of TLS", c.get("/audit").status == 401)


def limits(port):
    line = b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    holds("414", raw(port, line).split(b" ")[1:2] == [b"414"])
    long = b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 40000 + b"\r\n\r\n"
    holds("431", raw(port, long).split(b" ")[1:2] == [b"431"])
    bodies = b"".join(b"1000\r\n" + b"a" * 4096 + b"\r\n" for _ in range(20))
    chunked = (b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: " +
               FORM.encode() + b"\r\nTransfer-Encoding: chunked\r\n"
               b"Connection: close\r\n\r\n" + bodies + b"0\r\n\r\n")
    holds("413, whatever it says", b" 413 " in raw(port, chunked)[:20])
    holds("no Host", b" 400 " in raw(
        port, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")[:20])
    holds("no HTTP", raw(port, b"\x16\x03\x01\x02\x00\x01\x00" * 10, 2)[:12]
          in (b"", b"HTTP/1.1 400", b"HTTP/1.0 400"))


def places(port):
    """One address has so many places, and others get theirs back."""
    held = []
    for _ in range(180):
        s = socket.create_connection(("127.0.0.1", port), timeout=5)
        s.sendall(b"GET / HT")
        held.append(s)
    time.sleep(0.5)
    ended = 0
    for s in held:
        s.setblocking(False)
        try:
            ended += s.recv(1) == b""
        except ConnectionResetError:
            ended += 1
        except BlockingIOError:
            pass
    holds(f"{ended} of 180 are ended at once", ended >= 50)
    for s in held:
        s.close()
    time.sleep(0.5)
    holds("and then there is room", Client(port).get("/sign-in").status == 200)


def the_slow(port):
    """A byte now and then is no request: it ends after half a minute."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as s:
        s.sendall(b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: " +
                  FORM.encode() + b"\r\nContent-Length: 1000\r\n\r\n")
        began = time.monotonic()
        got = b""
        try:
            while not got and time.monotonic() - began < 45:
                s.sendall(b"a")
                s.settimeout(2)
                try:
                    got = s.recv(100)
                    break
                except TimeoutError:
                    pass
        except (BrokenPipeError, ConnectionResetError):
            pass
        took = time.monotonic() - began
    holds(f"408 after {took:.0f} s: {got[:20]}", b" 408 " in got[:20] and
          25 <= took <= 40)


def stops_gently():
    """What is at work is answered; nothing new comes in."""
    server = Server()
    c = Client(server.port, "vera")
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        body = urllib.parse.urlencode({"language": "de"}).encode()
        s.sendall((f"POST /language HTTP/1.1\r\nHost: 127.0.0.1:{server.port}"
                   f"\r\nOrigin: http://127.0.0.1:{server.port}\r\n"
                   f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
                   "\r\n").encode() + body[:5])
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        try:
            socket.create_connection(("127.0.0.1", server.port), 2).close()
            oops("it still takes connections")
        except OSError:
            pass
        s.sendall(body[5:])
        s.settimeout(5)
        holds("what was begun is answered",
              s.recv(100).startswith(b"HTTP/1.1 303"))
    holds("and then it ends", server.process.wait(timeout=15) == 0)
    server = Server()
    holds("SIGINT, too", server.end(signal.SIGINT) == 0)
    del c


def ports():
    server = Server()
    config = open("lethe.yml").read()

    def refused(listen, words):
        open("other.yml", "w").write(re.sub(
            r"^web:.*$", f'web: {{listen: "{listen}"}}', config, flags=re.M))
        p = subprocess.run([SERVE, "other.yml"], capture_output=True,
                           text=True, check=False, timeout=20)
        holds(f"{listen}: {p.stderr}", p.returncode and words in p.stderr)

    refused(f"127.0.0.1:{server.port}", "is taken")
    refused("0.0.0.0:0", "without TLS")
    refused("[::]:0", "without TLS")
    refused("no-such-host.invalid:80", "listen")
    holds("ended", server.end() == 0)


def the_door():
    server = Server()
    shut = raw(server.port, b"GET /door HTTP/1.1\r\nHost: a\r\n"
               b"Connection: close\r\n\r\n")
    holds("shut unless it is opened", shut.startswith(b"HTTP/1.1 404"))
    server.end()
    config = open("lethe.yml").read()
    open("door.yml", "w").write(config.replace(
        'web: {', 'web: {door: true, '))
    server = Server("door.yml")
    c, _ = door.filed(sys.modules[__name__], server.port, "email",
                      "nobody@example.net")
    forms_from_elsewhere(c, of_the_door=True)
    door.everything(sys.modules[__name__], server.port)
    holds("ended", server.end() == 0)
    # Another one, which does not remember how often this source came.
    server = Server("door.yml")
    door.fetches(sys.modules[__name__], server.port)
    door.verified_elsewhere(sys.modules[__name__], server.port)
    door.answers(sys.modules[__name__], server.port)
    holds("ended", server.end() == 0)


def complete():
    routes = subprocess.run([SERVE, "--routes"], capture_output=True,
                            text=True, check=True).stdout.split("\n")
    there = {tuple(r.split(" ")) for r in routes if r}
    described = {(m, p) for p, ms in DOCUMENT["paths"].items() for m in ms}
    holds(f"routes and document: {there ^ described}", there == described)
    for path, ms in DOCUMENT["paths"].items():
        for method, o in ms.items():
            for status in o["responses"]:
                if (method, path, int(status)) not in seen:
                    oops(f"{method} {path}: {status} was never answered")


def main():
    jsonschema.Draft202012Validator.check_schema(
        dict(DOCUMENT["components"]["schemas"]["Case"],
             components=DOCUMENT["components"]))
    cases = []
    for i, (kind, words) in enumerate([
            ("access", "Everything, please: <script>alert(1)</script>"),
            ("access", "a"), ("access", "b"), ("access", "c"),
            ("access", "d")]):
        o = json.loads(lethe("request", "open", "--type", kind, "--identity",
                             f"customer_id=C000000{i + 1}", "--text", words))
        cases.append(o["id"])
    lethe("request", "open", "--type", "access", "--identity",
          "customer_id=C0000009", "--received", "2026-01-05")
    server = Server()
    port = server.port
    everybody_who_is_not_signed_in(port)
    signing_in_and_out(port)
    own_account(port)
    forms_of_this_site(port)
    roles(port)
    a_request(port, cases[0])
    other_requests(port, cases[1:4])
    four_eyes_without_words(port, cases[4])
    officers.everything(sys.modules[__name__], port)
    lists(port)
    plans_and_rules(port)
    the_log(port)
    verified(port)
    stated(port)
    looked(port, cases[0])
    languages(port)
    methods(port)
    headers_that_lie(port)
    two_lengths(port)
    cookies(port)
    limits(port)
    places(port)
    the_slow(port)
    holds("ended", server.end() == 0)
    another_plan(port)
    stops_gently()
    ports()
    the_door()
    complete()
    print(f"{len(seen)} answers seen")
    sys.exit(1 if wrong else 0)


os.environ.setdefault("TZ", "UTC")
main()
