"""The same records for both sides: an installation, and a plain database."""

import os
import random
import shutil
import subprocess
import time

DAY = 86400
SCHEMA = """\
CREATE TABLE positions (
  id INTEGER PRIMARY KEY,
  vin TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  lat REAL,
  lon REAL,
  speed_kmh INTEGER
);
CREATE INDEX positions_at ON positions(recorded_at);
CREATE INDEX positions_subject ON positions(subject_id);
"""
FILES = {
    "positions.sql": SCHEMA,
    "lethe.yml": """\
installation: bench
time_zone: Asia/Tokyo
data_dir: ./var
key: {file: ./lethe.key}
policies: [policy.yml]
stores:
  tele: {driver: sqlite, dataset: dataset.yml, schema: positions.sql}
purge: {max_share: 1}
""",
    "policy.yml": """\
policy: tele
revision: 1
title: Telemetry
calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}
purposes:
  service: {title: Service, legal_basis: contract}
starting_points:
  last_use: {kind: collection, at: recorded_at}
clusters:
  service_data:
    covers: [tele.*]
    purposes: [service]
    deletion_rule: {starting_point: last_use, regular_deletion_period: P4W}
""",
    "dataset.yml": """\
dataset:
  - fides_key: tele
    name: Telemetry
    collections:
      - name: positions
        fields:
          - name: id
            data_categories: [system.operations]
            fides_meta: {primary_key: true}
          - {name: vin, data_categories: [user.device]}
          - {name: subject_id, data_categories: [user.unique_id]}
          - {name: recorded_at, data_categories: [user.behavior]}
          - {name: lat, data_categories: [user.location]}
          - {name: lon, data_categories: [user.location]}
          - {name: speed_kmh, data_categories: [user.behavior]}
""",
}
# What lethe sets for its own stores, for the sqlite3 shell.
SETTINGS = """\
PRAGMA cache_size=-65536;
PRAGMA synchronous=FULL;
PRAGMA secure_delete=ON;
PRAGMA temp_store=MEMORY;
"""


def write_csv(path, ages):
    """One record for each age in seconds, the oldest first."""
    dice = random.Random(1)
    now = time.time()
    with open(path, "w", encoding="ascii") as out:
        out.write("id,vin,subject_id,recorded_at,lat,lon,speed_kmh\n")
        for number, age in enumerate(ages, 1):
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - age))
            subject = dice.randrange(40000)
            out.write(f"{number},WBA{dice.randrange(40000):014d},{subject},"
                      f"{at},{35 + dice.random():.5f},"
                      f"{139 + dice.random():.5f},{dice.randrange(130)}\n")


def ages_half(rows):
    """Half of them older than four weeks."""
    return (56 * DAY * (rows - i) // rows for i in range(rows))


def ages_few(rows, due):
    """${due} of them older than four weeks."""
    for i in range(rows):
        if i < due:
            yield 40 * DAY - i
        else:
            yield 20 * DAY * (rows - i) // rows


def ages_old(rows, days):
    """All of them older than four weeks, over ${days} days."""
    return (40 * DAY + days * DAY * (rows - i) // rows for i in range(rows))


def make_installation(lethe, path, every=None):
    """A new one, without records, at ${path}; ${every}: cut so."""
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    for name, text in FILES.items():
        if every:
            text = text.replace(
                "schema: positions.sql",
                f"schema: positions.sql, segments: {{every: {every}}}")
            text = text.replace(
                "- name: positions\n",
                "- name: positions\n"
                "        lethe: {segment_by: recorded_at}\n")
        with open(os.path.join(path, name), "w", encoding="utf-8") as out:
            out.write(text)
    subprocess.run([lethe, "init"], cwd=path, check=True,
                   stdout=subprocess.DEVNULL)


def make_plain(path):
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    subprocess.run(
        ["sqlite3", "plain.db"], cwd=path, check=True, encoding="utf-8",
        input="PRAGMA page_size=4096; PRAGMA journal_mode=WAL;" + SCHEMA,
        stdout=subprocess.DEVNULL)


def copy(source, path):
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(source, path)
