-- Copies of a person's data, to be downloaded.  What is in them stands in a
-- sealed file and nowhere else; a row stays when that is gone.

CREATE TABLE package (
  number INTEGER NOT NULL PRIMARY KEY,
  request INTEGER NOT NULL REFERENCES request (number),
  name TEXT NOT NULL UNIQUE,    -- of the file in exports/ and of its key
  size INTEGER NOT NULL,        -- of the archive, in bytes
  manifest TEXT NOT NULL,       -- SHA-256 of SHA256SUMS
  selector BLOB NOT NULL,       -- finds the row; half of the token's hash
  token BLOB NOT NULL,          -- the other half, compared in constant time
  built_at INTEGER NOT NULL,    -- Unix seconds, as all that ends in _at
  expires_at INTEGER NOT NULL,
  downloads INTEGER NOT NULL DEFAULT 0,
  most INTEGER NOT NULL,        -- downloads that are allowed
  revoked_at INTEGER,           -- not handed out any more
  deleted_at INTEGER,
  why TEXT CHECK (why IN ('expired', 'revoked')),
  CHECK ((deleted_at IS NULL) = (why IS NULL))
);
CREATE INDEX package_selector ON package (selector);
CREATE INDEX package_open ON package (expires_at) WHERE deleted_at IS NULL;
