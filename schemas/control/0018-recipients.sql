-- Whoever received data is told what became of it (GDPR Art. 19): one row for
-- each recipient and occasion.  What leaves by webhook goes the way of mail.

CREATE TABLE outbox_new (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,      -- Message-ID, webhook-id: the same in every
                                -- attempt
  kind TEXT NOT NULL CHECK (kind IN ('mail', 'webhook')),
  request INTEGER REFERENCES request (number),
  recipient TEXT,               -- the address; of a webhook the name under
                                -- `recipients:`
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
INSERT INTO outbox_new SELECT * FROM outbox;

-- It refers to the outbox, and would keep it from being dropped.
CREATE TABLE request_letter_new (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  request INTEGER NOT NULL REFERENCES request (number),
  kind TEXT NOT NULL,
  language TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  outbox INTEGER REFERENCES outbox_new (number) -- NULL: on paper
);
INSERT INTO request_letter_new SELECT * FROM request_letter;
DROP TABLE request_letter;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
ALTER TABLE request_letter_new RENAME TO request_letter;
CREATE INDEX request_letter_request ON request_letter (request);
CREATE INDEX outbox_due ON outbox (next_at)
  WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_request ON outbox (request);

CREATE TABLE recipient_notification (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  request INTEGER REFERENCES request (number), -- NULL: without one
  preference INTEGER REFERENCES preference_change (number)
    ON DELETE SET NULL,         -- the setting that it tells
  recipient TEXT NOT NULL,      -- a name of the policies
  kind TEXT NOT NULL CHECK (kind IN ('rectification', 'erasure',
    'restriction', 'restriction_lifted', 'consent_withdrawn', 'preference')),
  channel TEXT NOT NULL CHECK (channel IN ('webhook', 'mail', 'task')),
  -- prepared: before what it tells of is done, while the data is still there
  state TEXT NOT NULL
    CHECK (state IN ('prepared', 'open', 'confirmed', 'waived')),
  body TEXT,                    -- what it tells, JSON; forgotten at the end
  made_at INTEGER NOT NULL,
  outbox INTEGER REFERENCES outbox (number),
  ended_at INTEGER,
  ended_by TEXT,
  reason TEXT,                  -- a code, of one that was waived
  CHECK ((state IN ('confirmed', 'waived')) = (ended_at IS NOT NULL)),
  CHECK ((body IS NULL) = (ended_at IS NOT NULL))
);
CREATE INDEX recipient_notification_request
  ON recipient_notification (request);
CREATE INDEX recipient_notification_open ON recipient_notification (number)
  WHERE state = 'open';
CREATE INDEX recipient_notification_preference
  ON recipient_notification (preference) WHERE preference IS NOT NULL;
CREATE INDEX recipient_notification_outbox ON recipient_notification (outbox)
  WHERE outbox IS NOT NULL;

-- What the audit log is told of them.
CREATE TABLE recipient_event (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  request INTEGER REFERENCES request (number),
  notification INTEGER NOT NULL REFERENCES recipient_notification (number),
  action TEXT NOT NULL,
  reason TEXT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  log_first INTEGER NOT NULL,   -- how many entries the log had
  logged INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX recipient_event_open ON recipient_event (number)
  WHERE logged = 0;
CREATE INDEX recipient_event_request ON recipient_event (request);
