-- What would fall due before a request for access is answered, kept aside when
-- it came in.  The records stand in a sealed file and nowhere else; a row stays
-- when that is gone, and where nothing would fall due there never was one.

CREATE TABLE snapshot (
  number INTEGER NOT NULL PRIMARY KEY,
  request INTEGER NOT NULL REFERENCES request (number),
  name TEXT UNIQUE,             -- of the file in exports/ and of its key
  size INTEGER NOT NULL,        -- in bytes
  records INTEGER NOT NULL,
  taken_at INTEGER NOT NULL,    -- Unix seconds, as all that ends in _at
  until_at INTEGER NOT NULL,    -- it has what falls due before
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER,           -- an erasure takes it along
  deleted_at INTEGER,
  why TEXT CHECK (why IN ('expired', 'revoked', 'closed')),
  CHECK ((deleted_at IS NULL) = (why IS NULL)),
  CHECK ((name IS NULL) = (records = 0))
);
CREATE INDEX snapshot_request ON snapshot (request);
CREATE INDEX snapshot_open ON snapshot (expires_at)
  WHERE deleted_at IS NULL AND name IS NOT NULL;
