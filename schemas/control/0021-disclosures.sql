-- To whom what of a person was disclosed (GDPR Art. 15(1)(c); APPI 29, 30).
-- Nothing is overwritten; only the end of their retention deletes them.

CREATE TABLE disclosure (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  subject INTEGER NOT NULL REFERENCES subject (id),
  recipient TEXT NOT NULL,      -- a code
  name TEXT NOT NULL,           -- of the recipient, for people
  items TEXT NOT NULL,          -- what was disclosed, in words or categories
  basis TEXT NOT NULL,          -- the legal basis
  acquired TEXT,                -- how the data came (APPI 30)
  at INTEGER NOT NULL,          -- Unix seconds, as the next
  secret_until INTEGER,         -- the law forbids to tell the person before
  recorded_at INTEGER NOT NULL,
  recorded_by TEXT NOT NULL
);
CREATE INDEX disclosure_subject ON disclosure (subject, at);
CREATE INDEX disclosure_at ON disclosure (at);
