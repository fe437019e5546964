-- The brakes of a purge: plans that people look at first, what they approved,
-- the clock as runs saw it, and the emergency stop.

-- A plan that a run stopped after, or that was written to a file.
CREATE TABLE plan (
  seq INTEGER PRIMARY KEY,       -- in the order in which they were kept
  id TEXT NOT NULL UNIQUE,       -- P-20261122-7f3a: its day and its hash
  hash TEXT NOT NULL UNIQUE,     -- SHA-256 of the canonical JSON, hexadecimal
  created_at INTEGER NOT NULL,   -- Unix seconds
  created_by TEXT NOT NULL,      -- actor
  in_file INTEGER NOT NULL,      -- 1: the hash is the file's, see body
  store TEXT NOT NULL,           -- what it is restricted to; '': nothing
  cluster TEXT NOT NULL,
  body TEXT NOT NULL,            -- the JSON; of a file, without its records
  used_by TEXT,                  -- the run that carried it out to its end
  replaced_by TEXT               -- the plan of a later run that stopped
);

CREATE INDEX plan_open ON plan (store, cluster, in_file, used_by, replaced_by);

CREATE TABLE plan_approval (
  plan TEXT NOT NULL REFERENCES plan (id),
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,           -- Unix seconds
  PRIMARY KEY (plan, actor)
) WITHOUT ROWID;

-- The rules as they were last approved; any other is new or changed.
CREATE TABLE approved_rule (
  store TEXT NOT NULL,
  collection TEXT NOT NULL,
  cluster TEXT NOT NULL,
  hash TEXT NOT NULL,            -- see engine/plan/rule_hash.h
  plan TEXT NOT NULL REFERENCES plan (id),
  at INTEGER NOT NULL,           -- Unix seconds
  PRIMARY KEY (store, collection, cluster)
) WITHOUT ROWID;

-- The latest instant that any run has seen; one row or none.
CREATE TABLE purge_clock (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  seen_at INTEGER NOT NULL       -- Unix seconds
);

-- There is a row while `lethe stop` holds every purge.
CREATE TABLE purge_stop (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  at INTEGER NOT NULL,           -- Unix seconds
  actor TEXT NOT NULL,
  reason TEXT NOT NULL           -- for people; '' where none was given
);
