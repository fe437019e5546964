-- The people whom the audit log, holds and restrictions speak of.  What ties an
-- entry to a person is the salt: it goes with the person's last record, and
-- then nobody can tell any more whose entries those were.

CREATE TABLE subject (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- never given twice
  identity TEXT NOT NULL,       -- its kind: customer_id, email
  lookup BLOB NOT NULL UNIQUE,  -- HMAC of the identity, by a key of the keyring
  salt BLOB NOT NULL CHECK (length(salt) = 32),
  sealed BLOB NOT NULL          -- the identity's value, by a key of the keyring
);

-- Suspensions name their subject by its number.
CREATE TABLE suspension_new (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('hold', 'restriction')),
  -- The scope: a subject, a record, or a cluster; with a subject the cluster
  -- narrows it to the subject's part of that cluster.
  identity TEXT,
  subject INTEGER,              -- stays where the subject's salt is gone
  value TEXT,                   -- in place of it, until the next `lethe init`
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
  CHECK (CASE WHEN identity IS NULL THEN coalesce(subject, value) IS NULL
    ELSE (subject IS NULL) <> (value IS NULL) END),
  CHECK ((store IS NULL) = (collection IS NULL)
    AND (store IS NULL) = (record_key IS NULL)),
  CHECK (CASE WHEN store IS NULL THEN coalesce(identity, cluster) IS NOT NULL
    ELSE coalesce(identity, cluster) IS NULL END),
  CHECK (asked_at IS NULL OR release_reason IS NOT NULL),
  CHECK (released_at IS NULL OR release_reason IS NOT NULL)
);
INSERT INTO suspension_new (id, kind, identity, value, store, collection,
  record_key, cluster, reason, authority, note, owner, review, placed_at,
  placed_by, release_reason, asked_at, asked_by, released_at, released_by)
SELECT id, kind, identity, value, store, collection, record_key, cluster,
  reason, authority, note, owner, review, placed_at, placed_by, release_reason,
  asked_at, asked_by, released_at, released_by FROM suspension;

CREATE TABLE suspension_entry_new (
  suspension TEXT NOT NULL REFERENCES suspension_new (id),
  action TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  records INTEGER,              -- how many are suspended, or freed; NULL: not known
  logged INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (suspension, action)
) WITHOUT ROWID;
INSERT INTO suspension_entry_new SELECT * FROM suspension_entry;
DROP TABLE suspension_entry;
DROP TABLE suspension;
ALTER TABLE suspension_new RENAME TO suspension;
ALTER TABLE suspension_entry_new RENAME TO suspension_entry;
CREATE INDEX suspension_entry_open ON suspension_entry (suspension)
  WHERE logged = 0;
CREATE INDEX suspension_subject ON suspension (subject)
  WHERE subject IS NOT NULL;
