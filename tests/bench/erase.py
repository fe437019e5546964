"""One person with many records, erased on request."""

import json
import os
import sqlite3
import time

import measure
import package

SMALL = "x" * 60


def files():
    """The installation of the packages, where all may go on request."""
    f = dict(package.FILES)
    f["lethe.yml"] += "requests: {approvals: 1}\n"
    f["policy.yml"] += (
        "    erasure: {on_request: erase, ground: no_longer_necessary}\n")
    return f


def rows(records):
    """Of one person, and as many of others."""
    for i in range(2 * records):
        yield i, "P1" if i % 2 else f"Q{i // 1000}", SMALL, "2026-01-01"


def fill(lethe, path, records):
    package.make(lethe, path, files())
    with open(os.path.join(path, "notes.csv"), "w", encoding="utf-8") as f:
        f.write("id,person,words,at\n")
        for row in rows(records):
            f.write(",".join(map(str, row)) + "\n")
    measure.run([lethe, "ingest", "docs", "notes", "notes.csv"], path)
    os.remove(os.path.join(path, "notes.csv"))


def erase(lethe, path):
    """All steps; the sample is that of the last one, which erases."""
    def request(*words, expect=(0,)):
        sample, out = measure.run(
            [lethe, "--json", "request", *words], path, expect=expect)
        return sample, json.loads(out)
    case = request("open", "--type", "erasure", "--identity", "person=P1")
    case = case[1]["id"]
    request("verify", case, "--method", "login")
    request("plan", case)
    request("decide", case, "--outcome", "fulfil")
    return request("execute", case)


def batches(lethe, path):
    """How many records each batch of the erasure had."""
    _, out = measure.run([lethe, "--json", "audit", "list"], path)
    return [e["records"] for e in json.loads(out)["entries"]
            if e.get("action") == "delete"]


def plain(path, records, batches):
    """The same rows deleted from plain SQLite by their keys, which are found
    first, in the same batches and one transaction."""
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                     "PRAGMA cache_size=-65536; PRAGMA secure_delete=ON;"
                     + package.FILES["docs.sql"])
    db.execute("BEGIN")
    db.executemany("INSERT INTO notes VALUES (?, ?, ?, ?)", rows(records))
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    start, cpu = time.monotonic(), time.process_time()
    db.execute("BEGIN IMMEDIATE")
    db.execute("CREATE TEMP TABLE asked AS SELECT id AS key FROM notes"
               " WHERE person = 'P1'")
    done = 0
    for n in batches:
        db.execute("DELETE FROM notes WHERE id IN (SELECT key FROM asked"
                   " WHERE rowid > ? AND rowid <= ?)", (done, done + n))
        done += n
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sample = measure.Sample(time.monotonic() - start,
                            time.process_time() - cpu)
    db.close()
    os.remove(path)
    return sample
