-- The last checkpoint of the audit log, kept here too: so that an older log
-- that is put back in place is found.
CREATE TABLE audit_checkpoint (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL,            -- entries that it speaks of
  note TEXT NOT NULL                -- signed (C2SP tlog-checkpoint)
);
