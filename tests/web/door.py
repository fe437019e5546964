"""The customers' door, as clients see it; scenario.py runs it."""
import email
import email.policy
import glob
import io
import re
import time
import zipfile


def code_in(folder, known, to):
    """The code of the message to ${to} that comes within half a minute."""
    for _ in range(150):
        for path in set(glob.glob(folder + "/*.eml")) - known:
            with open(path, "rb") as f:
                m = email.message_from_binary_file(
                    f, policy=email.policy.default)
            found = re.search(r"Code: (\d{8})", m.get_content())
            if found and to in m["To"]:
                return found.group(1)
        time.sleep(0.2)
    return None


def filed(web, port, kind, value):
    c = web.Client(port)
    a = c.post("/door/file", type="access", identity=kind, value=value,
               words="Everything <b>please</b>")
    web.holds(f"filed: {a.status}", a.status == 200)
    cookie = a.headers["Set-Cookie"] or ""
    web.holds("the cookie's flags: " + cookie, "Path=/door;" in cookie and
              "HttpOnly" in cookie and "SameSite=Strict" in cookie)
    c.csrf = a.json()["csrf"]
    return c, a.json()


def proves(web, port):
    known = set(glob.glob("outbox/*.eml"))
    mail = web.lethe_address()
    c, case = filed(web, port, "email", mail)
    nobody, _ = filed(web, port, "email", "nobody@example.org")
    before = c.get("/door/case").json()
    web.holds("nothing is said before", before["due_date"] is None and
              not before["letters"] and not before["verified"])
    a, b = c.post("/door/ask"), nobody.post("/door/ask")
    web.holds("asked", (a.status, b.status) == (200, 200))
    code = code_in("outbox", known, mail)
    web.holds("a code came", code is not None)
    x, y = c.get("/door/case").json(), nobody.get("/door/case").json()
    x.pop("id"), y.pop("id")
    web.holds(f"the same for whom nobody knows: {x} {y}", x == y)
    wrong = "00000000" if code != "00000000" else "00000001"
    web.holds("a wrong one", c.post("/door/prove", code=wrong).status == 409)
    web.holds("none", c.post("/door/prove").status == 400)
    a = c.post("/door/prove", code=code or "", accept=web.HTML)
    web.holds("the right one", a.headers["Location"] == "/door/case")
    a = c.get("/door/case").json()
    web.holds(f"proved: {a}", a["verified"] and a["due_date"])
    return c, case, nobody


def proved_again(web, port):
    """By a program, not a browser."""
    known = set(glob.glob("outbox/*.eml"))
    mail = web.lethe_address()
    c, _ = filed(web, port, "email", mail)
    c.post("/door/ask")
    a = c.post("/door/prove", code=code_in("outbox", known, mail) or "")
    web.holds("proved by JSON", a.status == 200 and a.json()["verified"])


def customers_in(text):
    """Everybody's number and address that stand in it."""
    return set(re.findall(r"C\d{7}|[\w.+-]+@example\.com", text))


def data_of(zipped):
    with zipfile.ZipFile(io.BytesIO(zipped)) as z:
        return "".join(z.read(name).decode() for name in z.namelist())


def fetches(web, port):
    """The copy of the data: made by officers, fetched by the person."""
    known = set(glob.glob("outbox/*.eml"))
    mail = web.lethe_address()
    c, case = filed(web, port, "email", mail)
    a = c.post("/door/package")
    web.holds(f"not before it is proven: {a.status}", a.status == 409)
    c.post("/door/ask")
    c.post("/door/prove", code=code_in("outbox", known, mail) or "")
    a = c.get("/door/case").json()
    web.holds("not made yet", a["may_fetch"] and a["package"] is None)
    page = c.get("/door/case", accept=web.HTML).text
    web.holds("and the page says so", "is not made yet" in page and
              "/door/package" not in page)
    web.lethe("request", "decide", case["id"], "--outcome", "fulfil")
    web.lethe("request", "package", case["id"])
    a = c.get("/door/case").json()["package"]
    web.holds(f"there: {a}", a["left"] == 10 and a["bytes"] > 0)
    before = web.count("request_downloaded")
    got = c.post("/door/package", accept=web.HTML)
    h = got.headers
    web.holds(f"as a file: {got.status}", got.status == 200 and
              h["Content-Type"] == "application/zip" and
              h["Content-Disposition"] ==
              f'attachment; filename="lethe-{case["id"]}.zip"' and
              int(h["Content-Length"]) == a["bytes"] == len(got.bytes))
    web.holds("logged", web.count("request_downloaded") == before + 1)
    lines = web.lethe("dump", "crm", "customers").splitlines()
    own = [line for line in lines if mail in line]
    found = customers_in(data_of(got.bytes))
    web.holds(f"the person's own data, and nobody else's: {found}",
              len(lines) > len(own) == 1 and found == customers_in(own[0]))
    for _ in range(9):
        c.post("/door/package")
    a = c.post("/door/package")
    web.holds(f"ten times: {a.status}", a.status == 409 and
              c.get("/door/case").json()["package"] is None)
    web.lethe("request", "package", case["id"])
    web.lethe("request", "letter", case["id"], "answer", "--language", "de",
              "--keep")
    web.lethe("request", "fulfil", case["id"])
    a = c.get("/door/case").json()
    web.holds("another one, of a case that is closed",
              a["closed_date"] and a["package"]["left"] == 10)
    page = c.get("/door/case", accept=web.HTML).text
    web.holds("its letter, in its own language",
              'class="paper" lang="de"' in page)
    c.post("/door/leave")
    web.holds("not from outside", c.post("/door/package").status == 401)


def verified_elsewhere(web, port):
    """Somebody files as somebody else, whom an officer then calls."""
    c, case = filed(web, port, "email", web.lethe_address())
    web.lethe("request", "verify", case["id"], "--method", "call_back")
    web.lethe("request", "decide", case["id"], "--outcome", "fulfil")
    web.lethe("request", "package", case["id"])
    web.lethe("request", "letter", case["id"], "answer", "--keep")
    a = c.get("/door/case").json()
    web.holds(f"nothing of it: {a}", a["elsewhere"] and not a["verified"] and
              not a["letters"] and a["package"] is None)
    web.holds("nor the copy", c.post("/door/package").status == 409)
    c.post("/door/leave")


def answers(web, port):
    """A question of an officer's, and the person's answer."""
    known = set(glob.glob("outbox/*.eml"))
    mail = web.lethe_address()
    c, case = filed(web, port, "email", mail)
    officer = web.Client(port, "ophelia")
    path = f"/requests/{case['id']}"
    web.holds("nothing is asked", c.post("/door/answer",
                                         words="Why?").status == 409)
    web.lethe("request", "ask", case["id"], "--note", "Which <i>contract?")
    a = c.get("/door/case").json()
    web.holds("not for who has proven nothing", a["questions"] == [] and
              c.post("/door/answer", words="x").status == 409)
    c.post("/door/ask")
    c.post("/door/prove", code=code_in("outbox", known, mail) or "")
    a = c.get("/door/case").json()["questions"]
    web.holds(f"the question: {a}", len(a) == 1 and a[0]["open"] and
              a[0]["question"] == "Which <i>contract?" and
              a[0]["answer"] is None)
    page = c.get("/door/case", accept=web.HTML).text
    web.holds("escaped, with a form", "Which &lt;i&gt;contract?" in page and
              'action="/door/answer"' in page)
    web.holds("the clock stands", officer.get(path).json()["suspended"])
    web.holds("no words", c.post("/door/answer").status == 400)
    web.holds("too many", c.post("/door/answer",
                                 words="a" * 4001).status == 400)
    a = c.post("/door/answer", words="That of 2024.", accept=web.HTML)
    web.holds(f"answered: {a.status}", a.headers["Location"] == "/door/case")
    a = officer.get(path).json()
    last = a["history"][-1]
    web.holds(f"the officer reads it: {last}", not a["suspended"] and
              last["action"] == "request_resumed" and last["actor"] == "portal" and
              last["note"] == "That of 2024.")
    web.holds("not twice", c.post("/door/answer", words="x").status == 409)
    a = officer.post(path + "/suspend", note="And which car?", ask="1")
    web.holds("asked on the page", a.status == 200)
    web.holds("answered by a program", c.post(
        "/door/answer", words="The blue one.").status == 200)
    officer.post(path + "/suspend", note="For us: she is ill.")
    a = c.get("/door/case").json()["questions"]
    web.holds(f"what was not written to the person: {a}", [
        (q["question"], q["answer"], q["open"]) for q in a] == [
            ("Which <i>contract?", "That of 2024.", False),
            ("And which car?", "The blue one.", False)])
    a = officer.post("/requests/" + web.opened() + "/suspend", note="Why?",
                     ask="1")
    web.holds(f"nobody follows it at the door: {a.status}", a.status == 409)


def waits(web, nobody):
    nobody.post("/door/ask")
    a = nobody.post("/door/ask")
    web.holds(f"too soon: {a.status}", a.status == 429)
    for _ in range(2):
        nobody.post("/door/prove", code="12345678")
    a = nobody.post("/door/prove", code="12345678")
    web.holds(f"tried too soon: {a.status}", a.status == 429)


def sessions(web, port, case):
    c = web.Client(port)
    for path in ("ask", "prove", "answer", "package", "withdraw",
                 "leave"):
        web.holds(path, c.post("/door/" + path, code="1").status == 401)
    web.holds("not inside", c.get("/door/case").status == 401)
    a = c.get("/door/case", accept=web.HTML)
    web.holds("to the form", a.headers["Location"] == "/door/enter")
    for bad in ("AAAA-AAAA-AAAA-AAAA-AAAA", case["id"], "!"):
        web.holds(bad, c.post("/door/enter", case_code=bad).status == 403)
    web.holds("none", c.post("/door/enter").status == 400)
    a = c.post("/door/enter", accept=web.HTML,
               case_code=case["case_code"].lower().replace("-", " "))
    web.holds("inside", a.headers["Location"] == "/door/case")
    page = c.get("/door/case", accept=web.HTML).text
    web.holds("the page", "/door/withdraw" in page and "sign-out" not in page
              and case["case_code"] not in page)
    for path in ("ask", "prove", "answer", "package", "withdraw",
                 "leave"):
        a = c.post("/door/" + path, code="1")
        web.holds(f"{path} without the secret", a.status == 403)
    web.holds("no user's page", c.get("/requests").status == 401)
    c.cookies["lethe"] = c.cookies["lethe-door"]
    web.holds("nor by its token", c.get("/requests").status == 401)
    officer = web.Client(port, "vera")
    officer.cookies["lethe-door"] = officer.cookies["lethe"]
    web.holds("an officer is not inside", officer.get("/door/case").status == 401)


def ends(web, c, case, nobody):
    a = nobody.post("/door/withdraw", accept=web.HTML)
    web.holds("withdrawn by a browser", a.status == 303)
    web.holds("withdrawn", c.post("/door/withdraw").status == 200)
    web.holds("and not twice", c.post("/door/withdraw").status == 409)
    a = c.post("/door/ask", accept=web.HTML)
    web.holds("asked by a browser", a.status == 303)
    a = c.post("/door/leave", accept=web.HTML)
    web.holds("left by a browser", a.headers["Location"] == "/door")
    c.csrf = c.post("/door/enter",
                    case_code=case["case_code"]).json()["csrf"]
    old = dict(c.cookies)
    web.holds("left", c.post("/door/leave").status == 200)
    c.cookies = old
    web.holds("its token is worth nothing", c.get("/door/case").status == 401)


def everything(web, port):
    c = web.Client(port)
    for path in ("/door", "/door/file", "/door/enter"):
        web.holds(path, c.get(path).status == 200)
        web.holds(path, c.get(path, accept=web.HTML).status == 200)
    web.holds("no type", c.post("/door/file", type="x", identity="email",
                                value="a@b.c").status == 400)
    a = c.post("/door/file", type="access", identity="email", value="a@b.c",
               headers={"Origin": "https://evil.example"})
    web.holds("from elsewhere", a.status == 403)
    c, case, nobody = proves(web, port)
    browser = nobody.post("/door/prove", code="1", accept=web.HTML)
    web.holds("the form again", browser.status == 409 and
              'role="alert"' in browser.text)
    sessions(web, port, case)
    waits(web, nobody)
    proved_again(web, port)
    ends(web, c, case, nobody)
    for _ in range(11):
        a = c.post("/door/file", type="access", identity="email",
                   value="a@b.c")
    web.holds(f"too often: {a.status}", a.status == 429)
    for _ in range(6):
        a = c.post("/door/enter", case_code="!")
    web.holds("nor in", a.status == 429)
    for path in ("withdraw", "package", "answer"):
        web.holds(f"nor {path}", nobody.post("/door/" + path,
                                             words="x").status == 429)
