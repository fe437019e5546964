"""Customers and their contracts: a starting point that stands in another
collection, and people whose records are held."""

import datetime
import os
import shutil
import subprocess

FILES = {
    "crm.sql": """\
CREATE TABLE customers (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL
);
CREATE TABLE contracts (
  id INTEGER PRIMARY KEY,
  customer_id TEXT NOT NULL,
  expires_on DATE
);
CREATE INDEX contracts_customer_id ON contracts (customer_id);
CREATE INDEX contracts_expires_on ON contracts (expires_on);
""",
    "lethe.yml": """\
installation: bench
time_zone: Asia/Tokyo
data_dir: ./var
key: {file: ./lethe.key}
policies: [policy.yml]
stores:
  crm: {driver: sqlite, dataset: dataset.yml, schema: crm.sql}
""",
    "policy.yml": """\
policy: crm
revision: 1
title: Customers
calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}
purposes:
  contract: {title: Contract, legal_basis: contract}
starting_points:
  expiry: {kind: end_of_relationship, at: crm.contracts.expires_on, null_means: open}
clusters:
  contract_data:
    covers: [crm.*]
    purposes: [contract]
    deletion_rule: {starting_point: expiry, regular_deletion_period: P1Y}
""",
    "dataset.yml": """\
dataset:
  - fides_key: crm
    name: Customers
    collections:
      - name: customers
        fields:
          - name: id
            data_categories: [user.unique_id]
            fides_meta: {primary_key: true, identity: customer_id}
          - {name: name, data_categories: [user.name]}
      - name: contracts
        fields:
          - name: id
            data_categories: [system.operations]
            fides_meta: {primary_key: true}
          - name: customer_id
            data_categories: [user.unique_id]
            fides_meta: {references: [{dataset: crm, field: customers.id, direction: from}]}
          - {name: expires_on, data_categories: [user.account]}
""",
}


def customer(number):
    return f"C{number:08d}"


def write_csv(path, customers, ended):
    """The contracts of the first ${ended} have ended long ago; of the others
    every second one is open, the rest ended within the last year."""
    today = datetime.date.today()
    long_ago = today - datetime.timedelta(days=800)
    with open(os.path.join(path, "customers.csv"), "w",
              encoding="ascii") as people, \
            open(os.path.join(path, "contracts.csv"), "w",
                 encoding="ascii") as contracts:
        people.write("id,name\n")
        contracts.write("id,customer_id,expires_on\n")
        for n in range(customers):
            day = today - datetime.timedelta(days=n % 300)
            ends = long_ago if n < ended else "" if n % 2 else day
            people.write(f"{customer(n)},Name {n}\n")
            contracts.write(f"{n},{customer(n)},{ends}\n")


def make_installation(lethe, path, customers, ended, held):
    """With its records, and holds on the first ${held} of the customers."""
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    for name, text in FILES.items():
        with open(os.path.join(path, name), "w", encoding="utf-8") as out:
            out.write(text)
    write_csv(path, customers, ended)

    def run(*words):
        subprocess.run([lethe, *words], cwd=path, check=True,
                       stdout=subprocess.DEVNULL)
    run("init")
    for name in ("customers", "contracts"):
        run("ingest", "crm", name, name + ".csv")
        os.remove(os.path.join(path, name + ".csv"))
    for n in range(held):
        run("hold", "add", "--subject", "customer_id=" + customer(n),
            "--reason", "litigation", "--authority", "a court")
