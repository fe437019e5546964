"""Attached databases, and readers beside a purge: a PostgreSQL server of the
bench's own, which syncs as an installation's would."""

import json
import os
import pwd
import glob
import shutil
import subprocess
import sys
import tempfile
import time

import measure
import telemetry

# Native types, as a database of somebody else's has them: a time that is text
# and that `ingest` does not vouch for is judged by expression, record by record.
TABLE = (telemetry.SCHEMA.replace("REAL", "double precision")
         .replace("recorded_at TEXT", "recorded_at timestamptz")
         .replace("INTEGER PRIMARY KEY", "bigint PRIMARY KEY"))
TABLE, INDEXES = TABLE[:TABLE.index("CREATE INDEX")], \
    TABLE[TABLE.index("CREATE INDEX"):]


def as_server(command):
    """A server never runs as root."""
    if os.getuid() == 0:
        return ["setpriv", "--reuid=postgres", "--regid=postgres",
                "--clear-groups"] + command
    return command


class Server:
    """Its data in a folder of the bench, its socket in another, no port."""

    def __init__(self, folder):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not programs:
            sys.exit("bench: postgresql is not installed: "
                     "make deps-postgres")
        self.programs = programs[-1]
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.socket = tempfile.mkdtemp(prefix="lethe-pg.", dir="/tmp")
        os.makedirs(folder)
        if os.getuid() == 0:
            postgres = pwd.getpwnam("postgres")
            for place in (folder, self.socket):
                os.chown(place, postgres.pw_uid, postgres.pw_gid)
            self.let_pass(folder)
        os.chmod(self.socket, 0o755)
        subprocess.run(as_server(
            [os.path.join(self.programs, "initdb"), "-D", self.data, "-U",
             "lethe", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
             "--no-instructions"]), check=True, stdout=subprocess.DEVNULL)
        self.child = subprocess.Popen(as_server(
            [os.path.join(self.programs, "postgres"), "-D", self.data, "-k",
             self.socket, "-c", "listen_addresses=",
             "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB"]),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            if subprocess.run(
                    [os.path.join(self.programs, "pg_isready"), "-q", "-h",
                     self.socket, "-d", "postgres"]).returncode == 0:
                return
            time.sleep(0.1)
        sys.exit("bench: the PostgreSQL server does not start")

    @staticmethod
    def let_pass(folder):
        """mkdtemp() lets nobody else in."""
        os.chmod(os.path.dirname(folder), 0o711)

    def end(self):
        self.child.terminate()
        self.child.wait()
        shutil.rmtree(self.socket)
        shutil.rmtree(self.folder)

    def psql(self, text, cwd):
        return measure.run(
            ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h",
             self.socket, "-U", "lethe", "-d", "postgres"], cwd, text)

    def make(self, schema, source=None):
        """The table, empty, or with the records of another schema's."""
        path = os.path.dirname(self.folder)
        text = ("SET client_min_messages = warning;"
                f"DROP SCHEMA IF EXISTS {schema} CASCADE;"
                f"CREATE SCHEMA {schema}; SET search_path = {schema};")
        if source:
            self.psql(text + TABLE + f"INSERT INTO positions SELECT * FROM"
                      f" {source}.positions ORDER BY id;" + INDEXES, path)
            self.psql(f"VACUUM ANALYZE {schema}.positions;", path)
            self.psql("CHECKPOINT;", path)
        else:
            self.psql(text + TABLE + INDEXES, path)

    def attach(self, lethe, path, schema):
        """An installation whose one store is that schema."""
        telemetry.make_files(path)
        file = os.path.join(path, "lethe.yml")
        with open(file, encoding="utf-8") as given:
            text = given.read()
        url = (f"postgresql://lethe@/postgres?host={self.socket}"
               f"&schema={schema}")
        with open(file, "w", encoding="utf-8") as out:
            out.write(text.replace(
                "driver: sqlite, dataset: dataset.yml, schema: positions.sql",
                f'driver: postgresql, dataset: dataset.yml, url: "{url}"'))
        subprocess.run([lethe, "init"], cwd=path, check=True,
                       stdout=subprocess.DEVNULL)


class Reader:
    """What a reader beside something else waits for a record."""

    def __init__(self, program, path, keys):
        self.child = subprocess.Popen(
            [program, "lethe.yml", "tele", "positions", str(keys)], cwd=path,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def end(self):
        out, _ = self.child.communicate()
        if self.child.returncode != 0:
            sys.exit("bench: a reader failed")
        return json.loads(out)
