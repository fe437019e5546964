-- Policies and datasets as they were whenever a run began, so that what the
-- audit log names by hash can be read years later.
CREATE TABLE kept_file (
  sha256 TEXT NOT NULL PRIMARY KEY, -- of body, hexadecimal
  body BLOB NOT NULL
) WITHOUT ROWID;
