"""One person with 10,000 records among many: a package of them, and the bare
queries and compression of the same bytes."""

import datetime
import os
import random
import shutil
import subprocess
import zipfile

import measure
import package

RECORDS = 10000


def fill(lethe, path, among):
    """Every so-and-so-manieth record is the person's; no two are alike."""
    package.make(lethe, path, package.FILES)
    rng = random.Random(7)
    begin = datetime.datetime(2020, 1, 1)
    with open(os.path.join(path, "notes.csv"), "w", encoding="ascii") as f:
        f.write("id,person,words,at\n")
        for i in range(among):
            person = "P1" if i % (among // RECORDS) == 0 else f"Q{i // 1000}"
            at = begin + datetime.timedelta(
                seconds=i * 180000000 // among)
            f.write(f"{i},{person},{rng.getrandbits(256):x},"
                    f"{at:%Y-%m-%dT%H:%M:%SZ}\n")
    subprocess.run([lethe, "ingest", "docs", "notes", "notes.csv"], cwd=path,
                   check=True, stdout=subprocess.DEVNULL)
    os.remove(os.path.join(path, "notes.csv"))


def ours(lethe, path):
    """From the command's start to its end; leaves the files for the peer."""
    sample, out = package.build(lethe, path)
    if out["records"] != RECORDS:
        raise SystemExit("bench: the package has other records")
    archive = os.path.join(path, "package.zip")
    parts = os.path.join(path, "parts")
    for old in (archive, parts):
        if os.path.isdir(old):
            shutil.rmtree(old)
        elif os.path.exists(old):
            os.remove(old)
    subprocess.run([lethe, "request", "fetch", out["token"], "-o", archive],
                   cwd=path, check=True, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile(archive) as z:
        z.extractall(parts)
    return sample


def plain(program, path):
    return measure.run(
        [program, "lethe.yml", "P1", "parts", "peer.zip"], path)[0]
