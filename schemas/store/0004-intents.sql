-- What is about to be deleted on another server.  A database that reaches one
-- by foreign tables commits there first and then here: whoever is cut off in
-- between has deleted the records and lost the evidence.  So what is to go is
-- written down and committed before it goes, and the evidence takes its place;
-- what still stands here is looked after by whoever comes next.

CREATE TABLE lethe_intent (
  id INTEGER PRIMARY KEY,
  part TEXT NOT NULL,           -- the partition
  run TEXT NOT NULL,            -- from here on as in lethe_evidence
  at INTEGER NOT NULL,
  policy TEXT NOT NULL,
  cluster TEXT NOT NULL,
  collection TEXT NOT NULL,
  action TEXT NOT NULL,
  rule_set TEXT NOT NULL,
  cutoff TEXT NOT NULL,
  keeps INTEGER NOT NULL        -- 1: the evidence keeps the hashes
);

-- Its records: key, and the keyed hash that the evidence will have.
CREATE TABLE lethe_intent_record (
  intent INTEGER NOT NULL,
  hash BLOB NOT NULL,
  k1 NOT NULL DEFAULT '',
  k2 NOT NULL DEFAULT '',
  k3 NOT NULL DEFAULT '',
  k4 NOT NULL DEFAULT '',
  PRIMARY KEY (intent, hash)
) WITHOUT ROWID;
