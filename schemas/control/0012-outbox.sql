-- How many requests are in which state, and which of them are open.
CREATE INDEX request_state ON request (state);

-- Which closed requests were deleted: one row for each batch, written in the
-- transaction of the deletion; the audit log is told all but the hashes.
CREATE TABLE request_deletion (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  cutoff_day INTEGER NOT NULL,  -- closed then or before
  requests INTEGER NOT NULL,
  hashes BLOB NOT NULL,         -- 16 bytes each: keyed hashes of case codes
  log_first INTEGER NOT NULL,   -- how many entries the log had
  logged INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX request_deletion_open ON request_deletion (number)
  WHERE logged = 0;

-- What is on its way out.  Once it is sent, to whom and what is forgotten: a
-- letter is kept with its case.
CREATE TABLE outbox (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,      -- Message-ID, idempotency key: the same in
                                -- every attempt
  kind TEXT NOT NULL CHECK (kind IN ('mail')),
  request INTEGER REFERENCES request (number),
  recipient TEXT,               -- the address
  subject TEXT,
  body TEXT,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'dead')),
  attempts INTEGER NOT NULL DEFAULT 0,
  made_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL,     -- tried again; while sending: taken for lost
  sent_at INTEGER,
  problem TEXT,                 -- of the last attempt, without personal data
  CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
  CHECK (state = 'sent' OR (recipient IS NOT NULL AND body IS NOT NULL))
);
CREATE INDEX outbox_due ON outbox (next_at)
  WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_request ON outbox (request);

-- Letters of a case as they went out, or onto paper.
CREATE TABLE request_letter (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  request INTEGER NOT NULL REFERENCES request (number),
  kind TEXT NOT NULL,
  language TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  outbox INTEGER REFERENCES outbox (number) -- NULL: on paper
);
CREATE INDEX request_letter_request ON request_letter (request);
