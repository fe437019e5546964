-- The control database: what the installation did and decided.

-- One row for each purge run that was not a dry run.
CREATE TABLE run (
  id TEXT NOT NULL PRIMARY KEY,
  started_at INTEGER NOT NULL,  -- Unix seconds
  finished_at INTEGER,          -- NULL: running, or stopped in the middle
  as_of INTEGER NOT NULL,
  rule_set TEXT NOT NULL,       -- SHA-256 of the rules, hexadecimal
  exit_code INTEGER,
  records INTEGER NOT NULL DEFAULT 0,
  report TEXT                   -- the JSON report
);
CREATE INDEX run_started ON run (started_at);
