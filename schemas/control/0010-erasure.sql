-- Erasure on request: the plan that people decide on and approve, the erasure
-- on its way, and what it kept.

CREATE TABLE request_plan (
  request INTEGER NOT NULL PRIMARY KEY REFERENCES request (number),
  hash TEXT NOT NULL,
  body TEXT NOT NULL,           -- engine/purge/erase.h
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  decided_hash TEXT,            -- what was decided on
  approved_hash TEXT,           -- what was approved
  run TEXT,                     -- from here on until it is done it is at work
  begun_at INTEGER,             -- when that was
  targets BLOB,                 -- the keys of what is asked for
  done_at INTEGER,
  report TEXT,
  kept BLOB,                    -- the keys of what was kept and is still there
  tell TEXT,                    -- the address to tell once none of it is
  CHECK ((targets IS NULL) OR (run IS NOT NULL AND done_at IS NULL))
);
CREATE INDEX request_plan_begun ON request_plan (begun_at);
CREATE INDEX request_plan_kept ON request_plan (request)
  WHERE kept IS NOT NULL;

ALTER TABLE run ADD COLUMN request TEXT; -- that it was for; NULL: for none
ALTER TABLE request_event ADD COLUMN plan TEXT; -- the hash of what was decided
