-- Restrictions that requests bring about (GDPR Art. 18, 21; APPI 35), how they
-- end, and whom nobody advertises to any more.

ALTER TABLE suspension ADD COLUMN request TEXT; -- the case; NULL: of none
ALTER TABLE suspension ADD COLUMN request_part INTEGER;
-- One for each part of a case, whoever is killed when.
CREATE UNIQUE INDEX suspension_request ON suspension (request, request_part)
  WHERE request IS NOT NULL AND released_at IS NULL;

-- What a case is to restrict.  Neither record nor cluster: all of the person's.
CREATE TABLE request_restriction (
  request INTEGER NOT NULL REFERENCES request (number),
  part INTEGER NOT NULL,
  ground TEXT NOT NULL,         -- a word of engine/holds/reason.c
  store TEXT,
  collection TEXT,
  record_key TEXT,              -- JSON: one text for each column of the key
  cluster TEXT,
  PRIMARY KEY (request, part),
  CHECK ((store IS NULL) = (collection IS NULL)
    AND (store IS NULL) = (record_key IS NULL)),
  CHECK (store IS NULL OR cluster IS NULL)
) WITHOUT ROWID;

-- Whose restriction ends is told so first (Art. 18(3)).
CREATE TABLE request_lifting (
  request INTEGER NOT NULL PRIMARY KEY REFERENCES request (number),
  reason TEXT NOT NULL,         -- a code
  announced_at INTEGER NOT NULL,-- Unix seconds, as all that ends in _at
  lifts_at INTEGER NOT NULL,    -- not before
  lifted_at INTEGER
);
CREATE INDEX request_lifting_due ON request_lifting (lifts_at)
  WHERE lifted_at IS NULL;

-- Who objected to direct marketing (Art. 21(2), (3)): just enough to know them
-- again.  Outlives the case.
CREATE TABLE suppression (
  hash BLOB NOT NULL PRIMARY KEY, -- keyed, of kind and value
  identity TEXT NOT NULL,       -- its kind: email, phone
  since INTEGER NOT NULL        -- Unix seconds
) WITHOUT ROWID;
