-- Records of a request for access that hold something of others (GDPR Art.
-- 15(4)): what is decided of each.  What nothing is decided of is included.

CREATE TABLE request_item (
  request INTEGER NOT NULL REFERENCES request (number),
  store TEXT NOT NULL,
  collection TEXT NOT NULL,
  record_key TEXT NOT NULL,     -- JSON: one text for each column of the key
  decision TEXT NOT NULL CHECK (decision IN ('include', 'redact', 'withhold')),
  fields TEXT NOT NULL,         -- JSON: those that are blank
  reason TEXT,                  -- a code
  at INTEGER NOT NULL,          -- Unix seconds
  actor TEXT NOT NULL,
  PRIMARY KEY (request, store, collection, record_key),
  CHECK ((decision = 'include') = (reason IS NULL)),
  CHECK ((decision = 'redact') = (fields <> '[]'))
) WITHOUT ROWID;
