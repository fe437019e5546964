-- Rectification on request (GDPR Art. 16; APPI 34): what is proposed of a
-- person's records, what was decided on, and what was carried out.

CREATE TABLE request_change (
  request INTEGER NOT NULL REFERENCES request (number),
  number INTEGER NOT NULL,      -- within the request, from 1
  kind TEXT NOT NULL CHECK (kind IN ('correct', 'complete', 'delete')),
  store TEXT NOT NULL,
  collection TEXT NOT NULL,
  record_key TEXT NOT NULL,     -- JSON: one text for each column of the key
  field TEXT NOT NULL,
  old_value TEXT NOT NULL,      -- JSON, as it was when it was proposed
  new_value TEXT NOT NULL,      -- JSON
  evidence TEXT NOT NULL,       -- people's words: what shows that it is so
  withdrawn_at INTEGER,         -- Unix seconds, as all that ends in _at
  done_at INTEGER,
  PRIMARY KEY (request, number)
) WITHOUT ROWID;

-- What is proposed of a request as a whole.
CREATE TABLE request_rectification (
  request INTEGER NOT NULL PRIMARY KEY REFERENCES request (number),
  hash TEXT NOT NULL,           -- keyed, of what is proposed and not done
  decided_hash TEXT,            -- what was decided on
  approved_hash TEXT,           -- what was approved
  begun_at INTEGER,             -- from here on until it is done it is at work
  done_at INTEGER
);
