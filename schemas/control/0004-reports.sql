-- What reports for others have shown, so that the next one does not show what
-- could be subtracted from it.  Numbers of groups, never of single people.

-- The fields by which a collection has been reported.  The first of three is
-- the one whose categories the other two are tabled in.
CREATE TABLE report_fields (
  collection TEXT NOT NULL,     -- store.collection
  fields TEXT NOT NULL,         -- a JSON list: ["prefecture","created_at:year"]
  since INTEGER NOT NULL,       -- Unix seconds
  PRIMARY KEY (collection, fields)
) WITHOUT ROWID;

-- Each number as last shown.
CREATE TABLE report_number (
  collection TEXT NOT NULL,
  cell TEXT NOT NULL,           -- canonical JSON: {"prefecture":["Tokyo"]}
  count INTEGER NOT NULL,
  at INTEGER NOT NULL,          -- when it was counted
  PRIMARY KEY (collection, cell)
) WITHOUT ROWID;
