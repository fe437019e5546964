-- What Lethe itself keeps in each store.  Names begin with lethe_.

-- Exactly how many records each collection holds, kept in the transaction
-- that changes it, so that a report need not read what it does not touch.
CREATE TABLE lethe_count (
  collection TEXT NOT NULL PRIMARY KEY,
  records INTEGER NOT NULL CHECK (records >= 0)
);

-- What was done, without any content: one row for each batch, written in the
-- transaction of the deletion itself.
CREATE TABLE lethe_evidence (
  id INTEGER PRIMARY KEY,       -- in the order of the deletions
  run TEXT NOT NULL,            -- the run that did it
  at INTEGER NOT NULL,          -- Unix seconds
  policy TEXT NOT NULL,
  cluster TEXT NOT NULL,
  collection TEXT NOT NULL,
  action TEXT NOT NULL,         -- delete
  rule_set TEXT NOT NULL,       -- SHA-256 of the rules, hexadecimal
  cutoff TEXT NOT NULL,         -- what had to lie before it
  records INTEGER NOT NULL,     -- how many went
  digest BLOB NOT NULL,         -- SHA-256 over the keyed hashes, in order
  hashes BLOB                   -- 16 bytes a record; NULL: evidence: digest
);

-- The latest (or earliest) value of a starting point whose record is gone,
-- for the records elsewhere that still run from it.  Goes with the last of
-- them.
CREATE TABLE lethe_starting_point (
  name TEXT NOT NULL,           -- policy/starting point/collection.column
  key TEXT NOT NULL,            -- the value that references matched, as text
  value,                        -- as it stood in the record
  PRIMARY KEY (name, key)
) WITHOUT ROWID;

-- Columns of which every value is NULL or a time, because ingest let nothing
-- else in: what is UNDECIDED in them is found by index.  Of any other column a
-- plan reads every record.
CREATE TABLE lethe_time (
  collection TEXT NOT NULL,
  name TEXT NOT NULL,           -- the column
  PRIMARY KEY (collection, name)
) WITHOUT ROWID;
