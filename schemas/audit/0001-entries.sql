-- The audit log: one canonical JSON object an entry, appended only.

CREATE TABLE entry (
  seq INTEGER NOT NULL PRIMARY KEY, -- from 0, without gaps
  at INTEGER NOT NULL,              -- Unix seconds
  action TEXT NOT NULL,
  source TEXT,                      -- id of the store whose evidence it is
  evidence INTEGER,                 -- the evidence row's id there
  body TEXT NOT NULL,               -- canonical JSON
  UNIQUE (source, evidence)
);
CREATE INDEX entry_action ON entry (action, seq);

CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER entry_remains BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
