-- The customers' door: who filed a request there follows it by a case code,
-- of which there is a hash and nothing else.

CREATE TABLE request_door (
  request INTEGER NOT NULL PRIMARY KEY REFERENCES request (number),
  selector BLOB NOT NULL,       -- half of the case code's hash
  proof BLOB NOT NULL,          -- the other half, compared in constant time
  asked_at INTEGER,             -- a one-time code is wanted, and not made yet
  sends INTEGER NOT NULL DEFAULT 0,
  send_after INTEGER NOT NULL DEFAULT 0, -- Unix seconds: no other one before
  tries INTEGER NOT NULL DEFAULT 0,
  try_after INTEGER NOT NULL DEFAULT 0,
  proven_at INTEGER             -- a one-time code was given here, and right
);
CREATE INDEX request_door_selector ON request_door (selector);
CREATE INDEX request_door_asked ON request_door (asked_at)
  WHERE asked_at IS NOT NULL;

CREATE TABLE door_session (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  request INTEGER NOT NULL REFERENCES request (number),
  selector BLOB NOT NULL,
  proof BLOB NOT NULL,
  ends_at INTEGER NOT NULL
);
CREATE INDEX door_session_selector ON door_session (selector);
CREATE INDEX door_session_request ON door_session (request);
CREATE INDEX door_session_ends ON door_session (ends_at);
