-- Consents and preferences of people.  Nothing is overwritten: each row is
-- something that happened; only the end of their retention deletes them.

-- Every version of a notice that was ever in force here, as it was.
CREATE TABLE consent_notice (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  sha256 TEXT NOT NULL,         -- of the body
  body TEXT NOT NULL,           -- canonical JSON: texts, purposes, recipients
  kept_at INTEGER NOT NULL,     -- Unix seconds, as all that ends in _at
  PRIMARY KEY (id, version)
) WITHOUT ROWID;

CREATE TABLE consent_record (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,      -- UUID of record and receipt
  subject INTEGER NOT NULL REFERENCES subject (id),
  notice TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('given', 'refused', 'withdrawn')),
  at INTEGER NOT NULL,          -- when the person did it
  zone TEXT NOT NULL,           -- where it was that time of day
  expires_at INTEGER,           -- of one given; NULL: it does not
  language TEXT NOT NULL,       -- in which the text was shown
  channel TEXT NOT NULL,
  method TEXT NOT NULL,         -- form, call, document, in_person, interface
  evidence TEXT,                -- where it can be found
  evidence_sha256 TEXT,
  request TEXT,                 -- that it was done for
  recorded_at INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  marked INTEGER NOT NULL DEFAULT 0, -- the stores know the end
  FOREIGN KEY (notice, version) REFERENCES consent_notice (id, version)
);
CREATE INDEX consent_record_subject ON consent_record (subject, notice, at);
CREATE INDEX consent_record_open ON consent_record (number) WHERE marked = 0;

CREATE TABLE preference_change (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  subject INTEGER NOT NULL REFERENCES subject (id),
  preference TEXT NOT NULL,
  version INTEGER NOT NULL,     -- 1, 2 ... for each person and preference
  value TEXT NOT NULL,
  at INTEGER NOT NULL,
  channel TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, -- to tell the backend
  next_at INTEGER NOT NULL,
  acknowledged_at INTEGER,
  superseded INTEGER NOT NULL DEFAULT 0, -- a newer one is to be told instead
  UNIQUE (subject, preference, version)
);
CREATE INDEX preference_change_pending ON preference_change (next_at)
  WHERE acknowledged_at IS NULL AND superseded = 0;

-- What the audit log is to be told of all this; once it was, it goes.
CREATE TABLE consent_entry (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  action TEXT NOT NULL,
  details TEXT NOT NULL,        -- JSON without personal data
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  log_first INTEGER NOT NULL    -- how many entries the log had
);
