-- The BMW Group login, kept apart from all other data by BMW AG (notice B).
-- Portable; instants are TEXT in UTC, so that text compares as time.

CREATE TABLE group_logins (
  universal_id TEXT PRIMARY KEY NOT NULL,
  email TEXT NOT NULL,
  password_verifier TEXT NOT NULL,        -- Argon2id, never a password
  display_name TEXT,
  language TEXT NOT NULL DEFAULT 'ja' CHECK (language IN ('ja', 'en', 'de')),
  registered_at TEXT NOT NULL,
  last_sign_in_at TEXT NOT NULL           -- at first: the registration
);
CREATE INDEX group_logins_email ON group_logins (lower(email));
CREATE INDEX group_logins_last_sign_in_at ON group_logins (last_sign_in_at);

-- Which Group company got the account's data: at the first use of one of its
-- services, and not before.
CREATE TABLE company_links (
  id TEXT PRIMARY KEY NOT NULL,
  universal_id TEXT NOT NULL REFERENCES group_logins (universal_id),
  company TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  service TEXT NOT NULL,
  categories TEXT NOT NULL,               -- what was handed over
  first_used_at TEXT NOT NULL,
  UNIQUE (universal_id, company)
);

-- Security log.  No enforced key: a failed sign-in may name nobody.
CREATE TABLE sign_ins (
  id INTEGER PRIMARY KEY NOT NULL,
  universal_id TEXT NOT NULL,
  occurred_at TEXT NOT NULL,
  ip_address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  result TEXT NOT NULL CHECK (result IN ('success', 'failure', 'locked'))
);
CREATE INDEX sign_ins_universal_id ON sign_ins (universal_id);
CREATE INDEX sign_ins_occurred_at ON sign_ins (occurred_at);
