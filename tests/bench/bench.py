"""What Lethe costs, beside plain SQLite doing the same: bench.py BUILD.

Both sides run on one machine, in turns (ABAB...), on one file system, with
the same page size, cache, journal mode and syncs; medians are compared.  The
table goes to standard output and to build/bench.json.  From the environment:

  ROWS       records (2000000)     RUNS  of each side (5)
  BENCH_DIR  where the files are (build/bench)
  ONLY       some of: ingest vfs purge few plan segments log logged postgres
             readers requests access package erase seal web
  ENTRIES    of the audit log (10000000)
  AMONG      records that a person's 10,000 are among (1000000)
"""

import datetime
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time

import access
import attached
import customers
import erase
import measure
import package
import telemetry
import web

CACHE_MIB = 64
BUILD = os.path.abspath(sys.argv[1])
LETHE = os.path.join(BUILD, "lethe")
UNLOGGED = os.path.join(BUILD, "lethe-unlogged")
ROWS = int(os.environ.get("ROWS") or 2000000)
ENTRIES = int(os.environ.get("ENTRIES") or 10000000)
AMONG = int(os.environ.get("AMONG") or 1000000)
RUNS = int(os.environ.get("RUNS") or 5)
PARENT = os.path.abspath(os.environ.get("BENCH_DIR") or "build/bench")
ONLY = (os.environ.get("ONLY") or
        "ingest vfs purge few plan segments log logged "
        "postgres readers requests access package erase seal web").split()
DUE = 1000
HELD = 1000  # people
PHASES = ("insert", "lookups", "scan", "purge_one", "purge_batches")


os.makedirs(PARENT, exist_ok=True)
DIR = tempfile.mkdtemp(prefix="lethe-", dir=PARENT)


def place(name):
    return os.path.join(DIR, name)


# ---- ingest ----

def ingest_ours(csv, to="ours", every=None):
    telemetry.make_installation(LETHE, place(to), every)
    return measure.run(
        [LETHE, "ingest", "tele", "positions", csv], place(to))[0]


def ingest_plain(csv, to="plain"):
    telemetry.make_plain(place(to))
    return measure.run(
        ["sqlite3", "plain.db"], place(to), telemetry.SETTINGS +
        f".import --csv --skip 1 {csv} positions\n")[0]


def bench_ingest(table):
    csv = place("half.csv")
    samples = measure.interleave(RUNS, {
        "ingest": lambda: ingest_ours(csv),
        "sqlite3 .import": lambda: ingest_plain(csv),
    })
    table.compare(f"ingest of {ROWS} records from CSV / sqlite3 .import",
                  samples["ingest"], samples["sqlite3 .import"], 1.0)


# ---- the encrypting VFS ----

def phases_of(peer, cache_kib):
    program = "bench_sqlcipher" if peer == "sqlcipher" else "bench_vfs"
    _, out = measure.run(
        [os.path.join(BUILD, program), peer, "phases.db", str(ROWS),
         str(cache_kib)], DIR)
    times = json.loads(out)
    return {p: measure.Sample(times[p]["wall"], times[p]["cpu"])
            for p in PHASES}


def bench_vfs_cache(table, cache_mib, goal):
    samples = measure.interleave(RUNS, {
        peer: lambda peer=peer: phases_of(peer, cache_mib * 1024)
        for peer in ("plain", "lethe", "sqlcipher")})

    def of(peer, phase):
        return [s[phase] for s in samples[peer]]
    for peer in ("lethe", "sqlcipher"):
        for phase in PHASES:
            table.compare(f"{peer}, {cache_mib} MiB cache: {phase}",
                          of(peer, phase), of("plain", phase))
        table.mean(f"{peer}, {cache_mib} MiB cache: geometric mean",
                   len(PHASES), goal if peer == "lethe" else None)


def bench_vfs(table):
    bench_vfs_cache(table, 64, 1.18)
    bench_vfs_cache(table, 2, 1.40)


# ---- purge of half of the records ----

class Purge:
    """One run of ours after the other; the plain side repeats what the last
    of them did."""

    def __init__(self):
        self.batches = []
        self.cutoff = None

    def ours(self, source="full"):
        telemetry.copy(place(source), place("ours"))
        return self.run()

    def run(self):
        sample, out = measure.run(
            [LETHE, "--json", "purge", "--approve"], place("ours"))
        report = json.loads(out)
        self.cutoff = datetime.datetime.fromisoformat(
            report["clusters"][0]["cutoff"])
        _, out = measure.run([LETHE, "--json", "audit", "list"],
                             place("ours"))
        self.batches = [e["records"] for e in json.loads(out)["entries"]
                        if e.get("action") == "delete"]
        if not report["verified"] or not report["scrubbed"]:
            sys.exit("bench: the purge was not verified or not scrubbed")
        if sum(self.batches) != report["deleted"]:
            sys.exit("bench: the audit log misses batches")
        return sample

    def plain(self, batches):
        telemetry.copy(place("full_plain"), place("plain"))
        cutoff = self.cutoff.astimezone(datetime.timezone.utc)
        deletes = "".join(
            "DELETE FROM positions WHERE id IN (SELECT id FROM positions"
            f" WHERE recorded_at < '{cutoff:%Y-%m-%dT%H:%M:%SZ}'"
            f" ORDER BY recorded_at LIMIT {n});\n" for n in batches)
        return measure.run(
            ["sqlite3", "plain.db"], place("plain"), telemetry.SETTINGS +
            deletes + "PRAGMA wal_checkpoint(TRUNCATE);\n")[0]

    def tens(self):
        left = sum(self.batches)
        return [10000] * (left // 10000) + [left % 10000]


def bench_purge(table):
    purge = Purge()
    ingest_ours(place("half.csv"), "full")
    ingest_plain(place("half.csv"), "full_plain")
    samples = measure.interleave(RUNS, {
        "purge": purge.ours,
        "plain, same batches": lambda: purge.plain(purge.batches),
        "plain, 10,000 a batch": lambda: purge.plain(purge.tens()),
    })
    ours = samples["purge"]
    sizes = sorted(purge.batches)
    table.compare(f"purge of half / DELETE in the same {len(sizes)} batches",
                  ours, samples["plain, same batches"], 1.15)
    table.compare("purge of half / DELETE of 10,000 records a batch",
                  ours, samples["plain, 10,000 a batch"], 0.6)
    table.number("records in a batch, median", sizes[len(sizes) // 2])
    telemetry.write_csv(place("tenth.csv"), telemetry.ages_half(ROWS // 10))
    ingest_ours(place("tenth.csv"), "tenth")
    small = purge.ours("tenth")
    limit = f"<= {CACHE_MIB + 64} MiB"
    table.number(f"peak memory, {ROWS // 10} records",
                 f"{small.peak:.1f} MiB", limit)
    table.number(f"peak memory, {ROWS} records",
                 f"{measure.median(ours, 'peak'):.1f} MiB", limit)


# ---- purge of a few ----

def bench_few(table):
    purge = Purge()
    sizes = (ROWS // 100, ROWS)
    for rows in sizes:
        telemetry.write_csv(place("few.csv"), telemetry.ages_few(rows, DUE))
        ingest_ours(place("few.csv"), f"few{rows}")
    samples = measure.interleave(RUNS, {
        rows: lambda rows=rows: purge.ours(f"few{rows}") for rows in sizes})
    small, large = (samples[rows] for rows in sizes)
    table.compare(f"purge of {DUE} among {sizes[1]} / among {sizes[0]}",
                  large, small)
    more = measure.median(large, "wall") - measure.median(small, "wall")
    table.number(f"purge of {DUE}: more among {sizes[1]} than {sizes[0]}",
                 f"{more * 1000:.0f} ms", "<= 50 ms")


# ---- segments ----

def forget(path):
    """What is four weeks old is not in memory: unlink need not free it."""
    os.sync()
    for name in os.listdir(path):
        file = os.open(os.path.join(path, name), os.O_RDONLY)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)


def drop(rows):
    """What is due, in ten segments."""
    telemetry.copy(place(f"cut{rows}"), place("ours"))
    forget(place("ours/var/stores/tele"))
    sample, out = measure.run(
        [LETHE, "--json", "purge", "--approve"], place("ours"))
    report = json.loads(out)
    if report["deleted"] != rows or report["segments_dropped"] < 10:
        sys.exit("bench: not all segments were dropped whole")
    return sample


def delete_plain():
    telemetry.copy(place("old_plain"), place("plain"))
    return measure.run(
        ["sqlite3", "plain.db"], place("plain"), telemetry.SETTINGS +
        "DELETE FROM positions WHERE recorded_at < '9';\n"
        "PRAGMA wal_checkpoint(TRUNCATE);\n")[0]


def bench_segments(table):
    sizes = (ROWS // 2, ROWS * 5)
    for rows in sizes:
        telemetry.write_csv(place("old.csv"), telemetry.ages_old(rows, 10))
        ingest_ours(place("old.csv"), f"cut{rows}", "P1D")
    ingest_plain(place("old.csv"), "old_plain")
    samples = measure.interleave(RUNS, {
        rows: lambda rows=rows: drop(rows) for rows in sizes})
    small, large = (samples[rows] for rows in sizes)
    table.compare(f"drop of segments with {sizes[1]} / with {sizes[0]}",
                  large, small, 2.0)
    plain = measure.interleave(1, {"DELETE": delete_plain})["DELETE"]
    table.compare(f"drop of segments with {sizes[1]} / DELETE of the same",
                  large, plain, round(1 / 300, 5))
    table.number("DELETE / drop", round(
        measure.median(plain, "wall") / measure.median(large, "wall")),
        ">= 300")
    for rows in sizes:
        shutil.rmtree(place(f"cut{rows}"))
    shutil.rmtree(place("old_plain"))
    telemetry.write_csv(place("old.csv"), telemetry.ages_old(ROWS, 10))
    samples = measure.interleave(RUNS, {
        "cut": lambda: ingest_ours(place("old.csv"), "ours", "P1D"),
        "not cut": lambda: ingest_ours(place("old.csv"), "ours"),
    })
    table.compare(f"ingest of {ROWS} records into segments / without",
                  samples["cut"], samples["not cut"], 1.2)


# ---- a plan over records that stay ----

def plan(source):
    """The plan of a run, written to a file: what is due, by other records,
    and what is held."""
    path = place(source)
    file = os.path.join(path, "plan.json")
    if os.path.exists(file):
        os.remove(file)
    sample, out = measure.run(
        [LETHE, "--json", "purge", "--plan", "plan.json"], path, expect=(0, 4))
    clusters = json.loads(out)["clusters"]
    found = [(c["due"], c["held"]) for c in clusters]
    if found != [(DUE, HELD)] * 2:
        sys.exit(f"bench: the plan found {found}")
    return sample


def bench_plan(table):
    sizes = (ROWS // 2, ROWS * 5)
    for rows in sizes:
        customers.make_installation(
            LETHE, place(f"plan{rows}"), rows // 2, DUE + HELD, HELD)
    samples = measure.interleave(RUNS, {
        rows: lambda rows=rows: plan(f"plan{rows}") for rows in sizes})
    table.compare(
        f"plan over {sizes[1]} records, {HELD} people held / over {sizes[0]}",
        samples[sizes[1]], samples[sizes[0]], 1.5)


# ---- an attached database ----

class Attached(Purge):
    """The same on a server; the plain side is psql."""

    def __init__(self, server):
        super().__init__()
        self.server = server

    def ingest(self):
        self.server.make("ours")
        self.server.attach(LETHE, place("ours"), "ours")
        return measure.run(
            [LETHE, "ingest", "tele", "positions", place("half.csv")],
            place("ours"))[0]

    def copy(self):
        self.server.make("plain")
        return self.server.psql(
            "SET search_path = plain;\n\\copy positions FROM "
            f"'{place('half.csv')}' CSV HEADER\n", DIR)[0]

    def ours(self, source="source"):
        self.server.make("ours", source)
        self.server.attach(LETHE, place("ours"), "ours")
        return self.run()

    def plain(self, batches):
        self.server.make("plain", "source")
        cutoff = self.cutoff.astimezone(datetime.timezone.utc)
        return self.server.psql(
            "SET search_path = plain;\n" + "".join(
                "DELETE FROM positions WHERE id IN (SELECT id FROM positions"
                f" WHERE recorded_at < '{cutoff:%Y-%m-%dT%H:%M:%SZ}'"
                f" ORDER BY recorded_at LIMIT {n});\n" for n in batches),
            DIR)[0]


def bench_postgres(table):
    """The server's own CPU time is in neither side's: the wall clock says
    more."""
    server = attached.Server(place("server"))
    try:
        purge = Attached(server)
        samples = measure.interleave(RUNS, {
            "ingest": purge.ingest, "psql \\copy": purge.copy})
        table.compare(f"attached: ingest of {ROWS} records / psql \\copy",
                      samples["ingest"], samples["psql \\copy"])
        server.make("source")
        server.psql("SET search_path = source;\n\\copy positions FROM "
                    f"'{place('half.csv')}' CSV HEADER\n", DIR)
        samples = measure.interleave(RUNS, {
            "purge": purge.ours,
            "psql, same batches": lambda: purge.plain(purge.batches)})
        sizes = sorted(purge.batches)
        table.compare(
            f"attached: purge of half / DELETE in the same {len(sizes)}"
            " batches", samples["purge"], samples["psql, same batches"], 1.2)
        table.number("attached: records in a batch, median",
                     sizes[len(sizes) // 2])
    finally:
        server.end()


# ---- a reader beside a purge ----

def read_beside(path, what):
    """A reader's answer while ${what} goes on."""
    reader = attached.Reader(
        os.path.join(BUILD, "bench_reader"), path, ROWS)
    what()
    return reader.end()


def readers(table, name, prepare):
    purge = Purge()
    ratios, p99s = [], []
    for _ in range(RUNS):
        path = prepare()
        start = time.monotonic()
        beside = read_beside(path, purge.run)
        took = time.monotonic() - start
        path = prepare()
        idle = read_beside(path, lambda: time.sleep(took))
        ratios.append(beside["p99"] / idle["p99"])
        p99s.append((beside["p99"], idle["p99"]))
    ours, idle = (statistics.median(p) for p in zip(*p99s))
    table.number(f"{name}: a reader's p99 beside a purge / idle",
                 f"{statistics.median(ratios):.2f} "
                 f"({ours:.2f} ms / {idle:.2f} ms)", "<= 2.0")


def bench_readers(table):
    def managed():
        telemetry.copy(place("full"), place("ours"))
        return place("ours")

    def elsewhere():
        server.make("ours", "source")
        server.attach(LETHE, place("ours"), "ours")
        return place("ours")
    ingest_ours(place("half.csv"), "full")
    readers(table, "SQLite", managed)
    server = attached.Server(place("server"))
    try:
        server.make("source")
        server.psql("SET search_path = source;\n\\copy positions FROM "
                    f"'{place('half.csv')}' CSV HEADER\n", DIR)
        readers(table, "PostgreSQL", elsewhere)
    finally:
        server.end()


# ---- the audit log ----

def bench_log(table):
    """By itself, and once: it takes minutes and says how many a second."""
    path = place("log")
    _, out = measure.run(
        [os.path.join(BUILD, "bench_log"), path, str(ENTRIES)], DIR)
    o = json.loads(out)
    table.number("audit log: entries appended, by 10,000",
                 f"{ENTRIES / o['append']:,.0f} /s "
                 f"(CPU: {ENTRIES / o['append_cpu']:,.0f})", ">= 20,000 /s")
    table.number(f"audit log: {ENTRIES} entries verified",
                 f"{ENTRIES / o['verify']:,.0f} /s "
                 f"(CPU: {ENTRIES / o['verify_cpu']:,.0f})", ">= 300,000 /s")
    table.number(f"audit log: the slowest of 100 proofs among {ENTRIES}",
                 f"{o['slowest_proof'] * 1000:.1f} ms "
                 f"(CPU: {o['proof_cpu'] * 1000:.1f})", "<= 10 ms")
    table.number("audit log: bytes for each entry",
                 f"{o['bytes'] / ENTRIES:.0f}")
    shutil.rmtree(path)


def bench_requests(table):
    """100,000 requests: due dates of all, and one page; cold start excluded."""
    telemetry.make_installation(LETHE, place("requests"))
    _, out = measure.run(
        [os.path.join(BUILD, "bench_requests"),
         os.path.join(place("requests"), "lethe.yml"), "100000"], DIR)
    o = json.loads(out)
    for what in ("list", "summary"):
        table.number(f"requests: {what} over 100,000",
                     f"{o[what]['wall'] * 1000:.0f} ms "
                     f"(CPU: {o[what]['cpu'] * 1000:.0f})", "<= 100 ms")
    shutil.rmtree(place("requests"))


def bench_web(table):
    """Pages over 100,000 requests, 50 connections, wrk on the same machine."""
    telemetry.make_installation(LETHE, place("web"))
    with open(os.path.join(place("web"), "lethe.yml"), "a") as f:
        f.write('web: {listen: "127.0.0.1:0"}\n')
    measure.run([os.path.join(BUILD, "bench_requests"), "lethe.yml", "100000"],
                place("web"))
    server = web.Server(os.path.join(BUILD, "serve_test"), place("web"))
    try:
        time.sleep(2)
        table.number("web: memory of an idle server",
                     f"{server.memory_mib():.0f} MiB", "<= 40 MiB")
        for name, path in (("desk", "/"), ("list", "/requests"),
                           ("list, page 500", "/requests?which=all&page=500")):
            rate, slowest = web.load(server, path)
            table.number(f"web: {name}", f"{rate:,.0f} pages/s", ">= 2,000")
            table.number(f"web: {name}, p99 at {web.CONNECTIONS} connections",
                         f"{slowest * 1000:.1f} ms", "<= 10 ms")
            table.number(f"web: {name}, page and style",
                         f"{server.bytes_of(path) / 1000:.0f} kB", "<= 60 kB")
        table.number("web: memory after that", f"{server.memory_mib():.0f} MiB")
    finally:
        server.end()
    shutil.rmtree(place("web"))


def bench_access(table):
    """One person's records, from the plan to the closed ZIP file."""
    sizes = (AMONG // 10, AMONG)
    for among in sizes:
        access.fill(LETHE, place(f"access{among}"), among)
    peer = os.path.join(BUILD, "bench_access")
    small, large = (place(f"access{among}") for among in sizes)
    samples = measure.interleave(RUNS, {
        "small": lambda: access.ours(LETHE, small),
        "large": lambda: access.ours(LETHE, large),
        "peer": lambda: access.plain(peer, large)})
    table.compare(f"access to {access.RECORDS} records among {AMONG} / bare "
                  "queries and compression", samples["large"],
                  samples["peer"], 1.3)
    table.compare(f"access to {access.RECORDS} records among {AMONG} / among "
                  f"{AMONG // 10}", samples["large"], samples["small"], 1.5)
    for path in (small, large):
        shutil.rmtree(path)


def bench_package(table):
    """Memory of a package of 1 GB (as JSON and as CSV), and of 10 MB."""
    peaks = {}
    for name, size in (("10 MB", 5000000), ("1 GB", 500000000)):
        package.fill(LETHE, place("package"), size)
        sample, out = package.build(LETHE, place("package"))
        peaks[name] = sample.peak
        table.number(f"package of {name}: {out['records']} records",
                     f"{sample.wall:.1f} s (CPU: {sample.cpu:.1f}), "
                     f"{sample.peak:.0f} MiB, {out['bytes'] >> 20} MiB of ZIP")
        shutil.rmtree(place("package"))
    table.number("package: peak memory, 1 GB / 10 MB",
                 f"{peaks['1 GB'] / peaks['10 MB']:.2f}", "<= 1.5")


# ---- erasure ----

ERASED = 100000


class Erase:
    """The plain side repeats the batches of our last run."""

    def __init__(self):
        self.batches = []

    def ours(self):
        telemetry.copy(place("people"), place("ours"))
        sample, out = erase.erase(LETHE, place("ours"))
        if out["erasure"]["deleted"] != ERASED:
            sys.exit("bench: the erasure had something else to do")
        self.batches = erase.batches(LETHE, place("ours"))
        if sum(self.batches) != ERASED:
            sys.exit("bench: the audit log misses batches")
        return sample

    def plain(self):
        return erase.plain(place("plain.db"), ERASED, self.batches)


def bench_erase(table):
    """One person's records of all, from the command's start to its end."""
    erase.fill(LETHE, place("people"), ERASED)
    sides = Erase()
    samples = measure.interleave(RUNS, {
        "erase": sides.ours, "plain": sides.plain})
    table.compare(f"erasure of {ERASED} records / DELETE by key in the same "
                  f"{len(sides.batches)} batches on plain SQLite",
                  samples["erase"], samples["plain"])
    wall = measure.median(samples["erase"], "wall")
    cpu = measure.median(samples["erase"], "cpu")
    table.number("erasure: records each second", f"{ERASED / wall:,.0f} /s "
                 f"(CPU: {ERASED / cpu:,.0f})", ">= 100,000 /s")


# ---- seals ----

def seal(rows):
    """What a run's seals cost at its start and its end."""
    _, out = measure.run(
        [os.path.join(BUILD, "bench_seal"),
         os.path.join(place(f"seal{rows}"), "lethe.yml"), str(rows)], DIR)
    times = json.loads(out)
    return {at: measure.Sample(times[at]["wall"], times[at]["cpu"])
            for at in ("start", "end")}


def bench_seal(table):
    """A store as it grows, and what keeping account of pages costs writers."""
    sizes = (ROWS // 20, ROWS // 2, ROWS * 5 // 2)
    for rows in sizes:
        telemetry.write_csv(place("seal.csv"), telemetry.ages_half(rows))
        ingest_ours(place("seal.csv"), f"seal{rows}")
    samples = measure.interleave(RUNS, {
        rows: lambda rows=rows: seal(rows) for rows in sizes})
    for rows in sizes:
        for at in ("start", "end"):
            times = [s[at] for s in samples[rows]]
            table.number(f"seals at a run's {at}, {rows} records",
                         f"{measure.median(times, 'wall') * 1000:.1f} ms "
                         f"(CPU: {measure.median(times, 'cpu') * 1000:.1f})")
        shutil.rmtree(place(f"seal{rows}"))
    for cache_mib in (64, 2):
        phases = measure.interleave(RUNS, {
            peer: lambda peer=peer: phases_of(peer, cache_mib * 1024)
            for peer in ("lethe", "unsealed")})
        for phase in PHASES:
            table.compare(f"sealed / unsealed, {cache_mib} MiB cache: {phase}",
                          *([s[phase] for s in phases[peer]]
                            for peer in ("lethe", "unsealed")))
        table.mean(f"sealed / unsealed, {cache_mib} MiB cache: geometric mean",
                   len(PHASES))


def purge_with(program):
    telemetry.copy(place("full"), place("ours"))
    before = logged_bytes()
    sample, out = measure.run(
        [program, "--json", "purge", "--approve"], place("ours"))
    deleted = json.loads(out)["deleted"]
    if deleted < ROWS / 3:
        sys.exit("bench: the purge had too little to do")
    return sample, (logged_bytes() - before) * 1e6 / deleted


def logged_bytes():
    """Of the entries, and of their share of the tree."""
    _, out = measure.run([LETHE, "--json", "audit", "list"], place("ours"))
    entries = json.loads(out)["entries"]
    return sum(len(json.dumps(e, separators=(",", ":"))) + 33 for e in entries)


def bench_logged(table):
    """The same purge with the audit log, and with one that keeps nothing."""
    ingest_ours(place("half.csv"), "full")
    growth = []

    def logged():
        sample, bytes_each = purge_with(LETHE)
        growth.append(bytes_each)
        return sample
    samples = measure.interleave(RUNS, {
        "logged": logged, "unlogged": lambda: purge_with(UNLOGGED)[0]})
    table.compare("purge with the audit log / with one that keeps nothing",
                  samples["logged"], samples["unlogged"], 1.03)
    table.number("audit log: growth for each million deleted records",
                 f"{sorted(growth)[len(growth) // 2]:,.0f} bytes")


def main():
    table = measure.Table()
    load = os.getloadavg()[0]
    if {"ingest", "purge", "logged", "postgres", "readers"} & set(ONLY):
        telemetry.write_csv(place("half.csv"), telemetry.ages_half(ROWS))
    for name, bench in (("ingest", bench_ingest), ("vfs", bench_vfs),
                        ("purge", bench_purge), ("few", bench_few),
                        ("segments", bench_segments),
                        ("plan", bench_plan), ("log", bench_log),
                        ("logged", bench_logged),
                        ("postgres", bench_postgres),
                        ("readers", bench_readers),
                        ("requests", bench_requests),
                        ("access", bench_access),
                        ("package", bench_package),
                        ("erase", bench_erase),
                        ("seal", bench_seal), ("web", bench_web)):
        if name in ONLY:
            bench(table)
    about = {"rows": ROWS, "runs": RUNS, "machine": platform.processor() or
             platform.machine(), "cpus": os.cpu_count(),
             "load": [round(load, 1), round(os.getloadavg()[0], 1)]}
    table.save(os.path.join(os.path.dirname(BUILD), "bench.json"), about)
    print(f"{ROWS} records, medians of {RUNS} runs in turns, seconds; load "
          f"of the machine {about['load'][0]} before and "
          f"{about['load'][1]} after.\n")
    print("\n".join(table.markdown()))


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(DIR)
