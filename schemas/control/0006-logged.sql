-- What the audit log was last told of files and keys, so that it is told of
-- changes.
CREATE TABLE logged_state (
  action TEXT NOT NULL,             -- the entry: policy_changed, ...
  name TEXT NOT NULL,
  state TEXT NOT NULL,              -- a SHA-256 or a key's number, hexadecimal
  PRIMARY KEY (action, name)
);
