"""One person with a few large records: how much memory a package takes."""

import json
import os
import random
import shutil
import subprocess

import measure

FILES = {
    "lethe.yml": """\
installation: package
time_zone: Asia/Tokyo
data_dir: ./var
key: {file: ./lethe.key}
policies: [policy.yml]
stores:
  docs: {driver: sqlite, dataset: docs.yml, schema: docs.sql}
controllers:
  - {title: Us, contact: us@example.jp, authority: PPC}
processing: {automated_decisions: None.}
""",
    "docs.yml": """\
dataset:
  - fides_key: docs
    collections:
      - name: notes
        fields:
          - {name: id, fides_meta: {primary_key: true}}
          - {name: person, data_categories: [user.unique_id], fides_meta: {identity: person}}
          - {name: words, data_categories: [user.content]}
          - {name: at, data_categories: [user.content]}
""",
    "docs.sql": """\
CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, person TEXT, words TEXT,
  at TEXT);
CREATE INDEX notes_person ON notes (person);
CREATE INDEX notes_at ON notes (at);
""",
    "policy.yml": """\
policy: package
title: Notes
revision: 1
calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}
recipients:
  us: {title: Us, role: controller, region: JP}
purposes:
  p: {title: Notes, legal_basis: contract, recipients: [us]}
starting_points:
  written: {kind: collection, at: at}
clusters:
  notes:
    covers: [docs.notes]
    purposes: [p]
    origin: data_subject
    deletion_rule: {starting_point: written, regular_deletion_period: P10Y}
""",
}
DOCUMENT = 100000


def words(rng):
    """Text that deflates as prose does, to about a third."""
    return " ".join(f"{rng.getrandbits(20):x}" for _ in range(DOCUMENT // 6))


def make(lethe, path, files):
    """A new installation."""
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    for name, text in files.items():
        with open(os.path.join(path, name), "w", encoding="utf-8") as f:
            f.write(text)
    subprocess.run([lethe, "init"], cwd=path, check=True,
                   stdout=subprocess.DEVNULL)


def fill(lethe, path, size):
    make(lethe, path, FILES)
    rng = random.Random(7)
    text = [words(rng) for _ in range(20)]
    with open(os.path.join(path, "notes.jsonl"), "w", encoding="utf-8") as f:
        for i in range(max(1, size // DOCUMENT)):
            f.write(json.dumps({"id": i, "person": "P1",
                                "words": text[i % 20],
                                "at": "2026-01-01T00:00:00Z"}) + "\n")
    subprocess.run([lethe, "ingest", "docs", "notes", "notes.jsonl"],
                   cwd=path, check=True, stdout=subprocess.DEVNULL)
    os.remove(os.path.join(path, "notes.jsonl"))


def build(lethe, path):
    """A sample, and what the command said."""
    out = subprocess.run(
        [lethe, "--json", "request", "open", "--type", "access",
         "--identity", "person=P1"], cwd=path, check=True,
        capture_output=True, encoding="utf-8").stdout
    case = json.loads(out)["id"]
    subprocess.run([lethe, "request", "verify", case, "--method", "login"],
                   cwd=path, check=True, stdout=subprocess.DEVNULL)
    sample, out = measure.run(
        [lethe, "--json", "request", "package", case], path)
    return sample, json.loads(out)
