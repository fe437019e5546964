"""What officers do with a request besides deciding; scenario.py runs it."""
import glob
import json
import time


def opened(web, kind, customer, **more):
    o = json.loads(web.lethe_any("request", "open", "--type", kind,
                                 "--identity", f"customer_id={customer}"))
    return o["id"], f"/requests/{o['id']}"


def both_faces(web, client, path, **fields):
    """The form as a browser sends it, and then as a program."""
    a = client.post(path, accept=web.HTML, **fields)
    web.holds(f"{path}: {a.status}", a.status == 303)
    return a.headers["Location"]


def erased(web, port):
    """Four eyes, and then it is gone."""
    o, p = web.Client(port, "ophelia"), web.Client(port, "anton")
    case, path = opened(web, "erasure", "C0000020")
    other, _ = opened(web, "access", "C0000020")
    plan = f"{path}/erasure/plan"
    none = o.get(f"{path}/erasure").json()["erasure"]
    web.holds("no plan yet", none["plan"] is None)
    web.holds("not of an access", o.get(
        f"/requests/{other}/erasure").status == 404)
    web.holds("who is it?", o.post(plan).status == 409)
    o.post(f"{path}/verify", method="login")
    web.holds("what first", o.get(path).json()["next"] == "plan")
    web.holds("decided on what?", o.post(
        f"{path}/decide", outcome="fulfil").status == 409)
    web.holds("to its page", both_faces(web, o, plan) == f"{path}/erasure")
    made = o.post(plan).json()["erasure"]
    web.holds("a plan", made["stage"] == "planned" and
              made["plan"]["records"] > 0)
    kept = made["plan"]["kept_records"]
    web.holds("not before it is decided", o.post(
        f"{path}/erasure/execute").status == 409)
    a = o.post(f"{path}/decide", note="x",
               outcome="fulfil_partly" if kept else "fulfil",
               reason="legal_obligation" if kept else "")
    web.holds(f"decided: {a.text[:200]}", a.status == 200)
    web.holds("waits for another", o.get(path).json()["next"] == "wait")
    web.holds("nor before it is approved", o.post(
        f"{path}/erasure/execute").status == 409)
    web.holds("approved", p.post(f"{path}/approve").status == 200)
    web.holds("the record is there", "C0000020" in
              web.lethe("dump", "crm", "customers"))
    web.holds("by officers", p.post(f"{path}/erasure/execute").status == 403)
    a = o.post(f"{path}/erasure/execute", tell="1")
    web.holds(f"done: {a.text[:200]}", a.status == 200 and
              a.json()["erasure"]["stage"] == "done")
    web.holds("closed", o.get(path).json()["state"] in
              ("fulfilled", "partly_fulfilled"))
    web.holds("not twice", o.post(f"{path}/erasure/execute").status == 409)
    certificate = a.json()["certificate"]
    web.holds("certified", o.get(
        f"/certificates/{certificate}").status == 200)
    page = o.get(f"{path}/erasure", accept=web.HTML).text
    web.holds("the page leads to it", f"/certificates/{certificate}" in page)


def erased_by_a_browser(web, port):
    o, p = web.Client(port, "ophelia"), web.Client(port, "anton")
    _, path = opened(web, "erasure", "C0000021")
    o.post(f"{path}/verify", method="login")
    kept = o.post(f"{path}/erasure/plan").json()["erasure"]["plan"][
        "kept_records"]
    o.post(f"{path}/decide", note="x",
           outcome="fulfil_partly" if kept else "fulfil",
           reason="legal_obligation" if kept else "")
    p.post(f"{path}/approve")
    web.holds("back to the plan", both_faces(
        web, o, f"{path}/erasure/execute") == f"{path}/erasure")
    both_faces(web, o, f"{path}/reopen", note="Something was left.")
    web.holds("open", o.get(path).json()["state"] == "in_progress")
    web.holds("it is open", o.post(f"{path}/reopen",
                                   note="x").status == 409)


def restricted(web, port):
    o = web.Client(port, "ophelia")
    for customer, faces in (("C0000022", 303), ("C0000023", 200)):
        case, path = opened(web, "restriction", customer)
        web.holds("nothing yet", o.post(f"{path}/execute").status == 409)
        o.post(f"{path}/verify", method="login")
        web.lethe("request", "restrict", case, "--ground", "art18_1b_unlawful")
        a = o.post(f"{path}/decide", outcome="fulfil")
        web.holds(f"decided: {a.text[:200]}", a.status == 200)
        web.holds("there to be done", o.get(path).json()["execute_here"])
        a = o.post(f"{path}/execute", accept=web.HTML if faces == 303
                   else None)
        web.holds(f"restricted: {a.status} {a.text[:200]}",
                  a.status == faces)
        web.holds("done", o.get(path).json()["state"] == "fulfilled")
    a = o.post(f"{path}/reopen", note="By mistake.")
    web.holds("reopened", a.status == 200)


def answered(web, port):
    """A code, a look at the data, the copy, the letter, the end."""
    o = web.Client(port, "ophelia")
    case, path = opened(web, "access", "C0000024")
    both_faces(web, o, f"{path}/code")
    a = o.post(f"{path}/code")
    web.holds("the same again", a.status == 200 and "expires_at" in a.json())
    web.holds("whose?", o.get(f"{path}/data").status == 409)
    web.holds("not verified", o.post(f"{path}/package").status == 409)
    o.post(f"{path}/verify", method="call_back")
    web.holds("verified", o.post(f"{path}/code").status == 409)
    looks = web.count("personal_data_viewed")
    data = o.get(f"{path}/data").json()
    web.holds("the look is an entry",
              web.count("personal_data_viewed") == looks + 1)
    text = json.dumps(data)
    web.holds("the person's", "C0000024" in text and "C0000025" not in text)
    web.holds("by cluster", len(data["clusters"]) > 1 and
              data["clusters"][0]["here"])
    page = o.get(f"{path}/data?cluster=2", accept=web.HTML).text
    web.holds("a page of it", "<dl" in page and data["clusters"][1]["title"]
              in page)
    web.holds("no such page", o.get(f"{path}/data?page=0").status == 400)
    web.holds("not yet", o.post(f"{path}/fulfil").status == 409)
    web.holds("which language?", o.post(
        f"{path}/package", language="xx").status == 400)
    o.post(f"{path}/decide", outcome="fulfil")
    made = o.post(f"{path}/package", language="de")
    web.holds(f"made: {made.text[:200]}", made.status == 200)
    token = made.json()["token"]
    page = o.post(f"{path}/package", accept=web.HTML)
    web.holds("the token, this once", page.status == 200 and
              "<code>" in page.text)
    web.holds("it opens the copy", json.loads(web.lethe(
        "request", "fetch", token, "-o", "copy.zip"))["id"] == case)
    letters(web, o, path)
    both_faces(web, o, f"{path}/fulfil", note="Done.")
    web.holds("not twice", o.post(f"{path}/fulfil").status == 409)
    web.holds("closed, not shown", o.get(f"{path}/data").status == 409)
    _, path = opened(web, "access", "C0000025")
    o.post(f"{path}/verify", method="login")
    o.post(f"{path}/decide", outcome="fulfil")
    web.holds("as a program", o.post(f"{path}/fulfil").status == 200)


def letters(web, o, path):
    a = o.get(f"{path}/letter").json()
    web.holds("the answer", a["kind"] == "answer" and a["body"] and
              not a["kept"])
    a = o.get(f"{path}/letter?kind=extension").json()
    web.holds("what is missing is said", a["body"] is None and a["missing"])
    page = o.get(f"{path}/letter?kind=receipt&language=ja",
                 accept=web.HTML).text
    web.holds("in the person's language", 'lang="ja"' in page)
    web.holds("which?", o.get(f"{path}/letter?kind=song").status == 400)
    web.holds("which?", o.post(f"{path}/letter", kind="song",
                               what="keep").status == 400)
    web.holds("what of it?", o.post(f"{path}/letter", kind="answer",
                                    what="burn").status == 400)
    a = o.post(f"{path}/letter", kind="receipt", what="keep", language="en",
               text="Subject: We have it\n\nWith care.")
    web.holds(f"kept: {a.text[:200]}", a.status == 200 and a.json()["kept"])
    known = len(glob.glob("outbox/*.eml"))
    both_faces(web, o, f"{path}/letter", kind="answer", what="send")
    for _ in range(150):
        if len(glob.glob("outbox/*.eml")) > known:
            break
        time.sleep(0.2)
    web.holds("it leaves by itself", len(glob.glob("outbox/*.eml")) > known)
    shown = o.get(path, accept=web.HTML).text
    web.holds("both are with the case", "We have it" in shown)


def nobodys(web, port):
    o = web.Client(port, "ophelia")
    for path in ("erasure", "data", "letter"):
        web.holds(f"{path} of nobody", o.get(
            f"/requests/Q-none/{path}").status == 404)
    for path in ("erasure/plan", "erasure/execute", "execute", "reopen",
                 "code", "package", "fulfil", "letter"):
        a = o.post(f"/requests/Q-none/{path}", note="x", kind="answer",
                   what="keep")
        web.holds(f"{path} of nobody: {a.status}", a.status == 404)
    case, path = opened(web, "access", "C0000026")
    web.lethe("request", "withdraw", case)
    a = o.post(f"{path}/letter", kind="extension", what="keep")
    web.holds(f"it needs what is not there: {a.status}", a.status == 400)


def held(web, port):
    o = web.Client(port, "ophelia")
    before = o.get("/holds").json()
    order = {"identity": "customer_id", "value": "C0000027",
             "reason": "audit", "authority": "BaFin"}
    both_faces(web, o, "/holds", review="2027-03-31", note="Until June.",
               **order)
    a = o.post("/holds", **{**order, "cluster": "account_data"})
    web.holds(f"placed: {a.text[:200]}", a.status == 200 and
              a.json()["records"] > 0)
    for wrong in ({"reason": "whim"}, {"value": ""}, {"reason": ""},
                  {"review": "soon"}, {"cluster": "none"}):
        bad = o.post("/holds", **{**order, **wrong})
        web.holds(f"not placed: {wrong} {bad.status}", bad.status == 400)
    now = o.get("/holds").json()
    web.holds("both are listed",
              now["holds"] == before["holds"] + 2)
    page = o.get("/holds", accept=web.HTML).text
    web.holds("and shown", "C0000027" in page and "BaFin" in page)
    first = f"/holds/{a.json()['id']}/release"
    web.holds("why?", o.post(first).status == 400)
    web.holds("released", o.post(first, reason="It is over.").json()[
        "state"] == "released")
    other = next(h["id"] for h in now["suspensions"] if h["note"])
    both_faces(web, o, f"/holds/{other}/release", reason="Over.")
    web.holds("no such", o.post("/holds/H-none/release",
                                reason="x").status == 404)
    web.holds("released ones, too", o.get(
        "/holds?which=all", accept=web.HTML).text.count("Over.") >= 1)
    web.holds("which?", o.get("/holds?which=some").status == 400)


def forecast(web, port):
    c = web.Client(port, "rita")
    for _ in range(20):
        web.finished(c, "/verification")
        web.finished(c, "/forecast")
        c.post("/verification")
        if c.post("/forecast").status == 409:
            break
    else:
        web.oops("two at a time")
    web.finished(c, "/verification")
    both_faces(web, c, "/forecast")
    web.finished(c, "/forecast")
    a = c.post("/forecast")
    web.holds(f"counted: {a.status}", a.status == 200)
    web.finished(c, "/forecast")
    f = c.get("/forecast").json()["last"]["forecast"]
    told = json.loads(web.lethe("forecast", "--days", "91"))
    web.holds("the engine's own numbers",
              f["all"]["total"] == told["all"]["total"] and
              f["all"]["due_now"] == told["all"]["due_now"])
    web.holds("and none is lost by week", f["all"]["total"] ==
              sum(w["records"] for w in f["weeks"]) and
              len(f["weeks"]) == 13)
    page = c.get("/forecast", accept=web.HTML).text
    web.holds("a chart", page.count("<rect") == 13 + len(f["clusters"]))


def everything(web, port):
    forecast(web, port)
    held(web, port)
    erased(web, port)
    erased_by_a_browser(web, port)
    restricted(web, port)
    answered(web, port)
    nobodys(web, port)
