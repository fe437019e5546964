-- The audit log: one canonical JSON object an entry, appended only.

CREATE TABLE entry (
  seq INTEGER NOT NULL PRIMARY KEY, -- from 0, without gaps
  at INTEGER NOT NULL,              -- Unix seconds
  action TEXT NOT NULL,
  store TEXT,                       -- where an evidence row came from
  evidence INTEGER,                 -- its id there
  body TEXT NOT NULL,
  UNIQUE (store, evidence)
);
CREATE INDEX entry_action ON entry (action, seq);

CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER entry_remains BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
