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
