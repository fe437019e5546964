-- Suspensions of deletion (ISO/IEC 27555, 7.4.4) and restrictions of processing
-- (GDPR Art. 18): what must stay, who demands it, why, and when somebody looks
-- at it again.  What each of them reaches stands beside the records themselves
-- (store/0002-suspensions.sql).

CREATE TABLE suspension (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('hold', 'restriction')),
  -- The scope: a subject, a record, or a cluster; with a subject the cluster
  -- narrows it to the subject's part of that cluster.
  identity TEXT,
  value TEXT,
  store TEXT,
  collection TEXT,
  record_key TEXT,              -- JSON: one text for each column of the key
  cluster TEXT,
  reason TEXT NOT NULL,         -- a word of engine/holds/reason.c
  authority TEXT CHECK (kind <> 'hold' OR authority IS NOT NULL),
  note TEXT,
  owner TEXT NOT NULL,
  review TEXT NOT NULL,         -- YYYY-MM-DD
  placed_at INTEGER NOT NULL,   -- Unix seconds, here and below
  placed_by TEXT NOT NULL,
  release_reason TEXT,          -- from the moment that release is asked for
  asked_at INTEGER,
  asked_by TEXT,
  released_at INTEGER,          -- NULL: active
  released_by TEXT,
  CHECK ((identity IS NULL) = (value IS NULL)),
  CHECK ((store IS NULL) = (collection IS NULL)
    AND (store IS NULL) = (record_key IS NULL)),
  CHECK (CASE WHEN store IS NULL THEN coalesce(identity, cluster) IS NOT NULL
    ELSE coalesce(identity, cluster) IS NULL END),
  CHECK (asked_at IS NULL OR release_reason IS NOT NULL),
  CHECK (released_at IS NULL OR release_reason IS NOT NULL)
);

-- What the audit log has to be told, noted in the transaction that makes it so:
-- a process that ends before it has told the log leaves it to the next one.
CREATE TABLE suspension_entry (
  suspension TEXT NOT NULL REFERENCES suspension (id),
  action TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  records INTEGER,              -- how many are suspended, or freed; NULL: not known
  logged INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (suspension, action)
) WITHOUT ROWID;
CREATE INDEX suspension_entry_open ON suspension_entry (suspension)
  WHERE logged = 0;
