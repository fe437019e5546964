-- Requests of data subjects.  What the clock and lists need stands in one
-- narrow table; whose it is and every free text in others, and nowhere else.

CREATE TABLE request (
  number INTEGER NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,      -- the case code
  type TEXT NOT NULL,           -- the words of engine/rights/request.c
  state TEXT NOT NULL,
  law TEXT NOT NULL,
  received_at INTEGER NOT NULL, -- Unix seconds, as all that ends in _at
  received_day INTEGER NOT NULL,-- in the controller's zone; days since
                                -- 1970-01-01, as all that ends in _day
  notice_day INTEGER,           -- of the extension
  closed_day INTEGER,           -- lists read up to here
  channel TEXT NOT NULL,
  verified_at INTEGER,
  verified_how TEXT,
  verified_by TEXT,
  extension_reason TEXT,
  outcome TEXT,                 -- what is decided
  reason TEXT,                  -- of a refusal, in whole or in part
  authority TEXT,               -- to complain to
  decided_by TEXT,
  approved_by TEXT,
  duplicate_of TEXT REFERENCES request (id),
  CHECK ((closed_day IS NULL) = (state IN
    ('received', 'awaiting_identity', 'in_progress', 'awaiting_approval'))),
  CHECK (state NOT IN ('fulfilled', 'partly_fulfilled', 'refused', 'no_match')
    OR (verified_at IS NOT NULL AND approved_by IS NOT NULL)),
  CHECK (state NOT IN ('partly_fulfilled', 'refused')
    OR (reason IS NOT NULL AND authority IS NOT NULL)),
  CHECK ((state = 'duplicate') = (duplicate_of IS NOT NULL))
);
CREATE INDEX request_duplicate ON request (duplicate_of)
  WHERE duplicate_of IS NOT NULL;

CREATE TABLE request_person (
  request INTEGER NOT NULL PRIMARY KEY REFERENCES request (number),
  identity TEXT NOT NULL,       -- customer_id, email, ...
  value TEXT NOT NULL,          -- canonical
  words TEXT                    -- what was asked for
);
CREATE INDEX request_person_value ON request_person (value, identity);

-- Times that something was asked of the person, while the clock stands still
-- (if it was asked in time).
CREATE TABLE request_stop (
  request INTEGER NOT NULL REFERENCES request (number),
  number INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('identity', 'clarification')),
  asked_day INTEGER NOT NULL,
  ended_day INTEGER,
  lapses_day INTEGER,           -- when what was asked is worth nothing any more
  PRIMARY KEY (request, number)
) WITHOUT ROWID;

-- A one-time code on its way.  Never the code itself.
CREATE TABLE request_code (
  request INTEGER NOT NULL PRIMARY KEY REFERENCES request (number),
  salt BLOB NOT NULL,
  hash BLOB NOT NULL,           -- HMAC-SHA-256 of the code under the salt
  expires_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL     -- left
);

-- Each transition, noted in the transaction that makes it; the audit log is
-- told of it (of all but ${note}).
CREATE TABLE request_event (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  request INTEGER NOT NULL REFERENCES request (number),
  action TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT,                  -- a code
  note TEXT,                    -- for those who work on the request
  log_first INTEGER NOT NULL,   -- how many entries the log had
  logged INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX request_event_request ON request_event (request, number);
CREATE INDEX request_event_open ON request_event (number) WHERE logged = 0;
