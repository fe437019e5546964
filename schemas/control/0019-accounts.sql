-- People who work with Lethe: who they are, how they prove it, where they are
-- signed in, and what looked wrong.  Of addresses there are keyed hashes only.

CREATE TABLE account (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,    -- never another person's, even once removed
  roles INTEGER NOT NULL,       -- bits of enum account_role
  password TEXT NOT NULL,       -- $argon2id$..., with its costs and salt
  password_at INTEGER NOT NULL, -- Unix seconds, as all that ends in _at
  totp BLOB,                    -- the secret that codes are made from
  totp_step INTEGER NOT NULL DEFAULT 0, -- the last one used
  made_at INTEGER NOT NULL,
  disabled_at INTEGER,
  removed_at INTEGER
);

-- Codes for whoever has lost the device; each goes with its use.
CREATE TABLE account_recovery (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (number),
  selector BLOB NOT NULL,       -- half of the code's hash
  proof BLOB NOT NULL           -- the other half, compared in constant time
);
CREATE INDEX account_recovery_selector ON account_recovery (account, selector);

CREATE TABLE account_session (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (number),
  selector BLOB NOT NULL,
  proof BLOB NOT NULL,
  address BLOB NOT NULL,
  made_at INTEGER NOT NULL,     -- at the sign-in: rotation does not change it
  used_at INTEGER NOT NULL
);
CREATE INDEX account_session_selector ON account_session (selector);
CREATE INDEX account_session_account ON account_session (account, used_at);
CREATE INDEX account_session_used ON account_session (used_at);

-- Browsers in which somebody has signed in.
CREATE TABLE account_device (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (number),
  selector BLOB NOT NULL,
  proof BLOB NOT NULL,
  used_at INTEGER NOT NULL
);
CREATE INDEX account_device_selector ON account_device (account, selector);

CREATE TABLE account_sign_in (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  account INTEGER REFERENCES account (number), -- NULL: nobody's name
  at INTEGER NOT NULL,
  address BLOB NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('signed_in', 'failed'))
);
CREATE INDEX account_sign_in_account ON account_sign_in (account, number);
CREATE INDEX account_sign_in_at ON account_sign_in (at);

-- Failures that make others wait.
CREATE TABLE account_throttle (
  id BLOB NOT NULL PRIMARY KEY, -- hash of name and address, of an address, ...
  who BLOB,                     -- hash of the name; NULL: of an address alone
  failures INTEGER NOT NULL,
  last_at INTEGER NOT NULL
);
CREATE INDEX account_throttle_who ON account_throttle (who);
CREATE INDEX account_throttle_last ON account_throttle (last_at);

-- The key of the hashes of names and addresses: one row.
CREATE TABLE account_salt (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  salt BLOB NOT NULL
);

-- Who looked at how many records of whose request, as long as it counts.
CREATE TABLE account_look (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (number),
  request TEXT NOT NULL,
  records INTEGER NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX account_look_account ON account_look (account, at);
CREATE INDEX account_look_at ON account_look (at);

CREATE TABLE account_alert (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (number),
  kind TEXT NOT NULL
    CHECK (kind IN ('many_records', 'many_requests', 'out_of_role')),
  at INTEGER NOT NULL,
  records INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  closed_at INTEGER,
  closed_by TEXT
);
CREATE INDEX account_alert_open ON account_alert (account, kind)
  WHERE closed_at IS NULL;

-- What the audit log is still to be told, exactly once.
CREATE TABLE account_event (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  details TEXT NOT NULL,        -- JSON
  log_first INTEGER NOT NULL    -- how many entries the log had
);
