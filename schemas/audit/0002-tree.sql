-- The log's Merkle tree in tiles (C2SP tlog-tiles), and the last checkpoint.

CREATE TABLE tile (
  level INTEGER NOT NULL,
  n INTEGER NOT NULL,
  hashes BLOB NOT NULL              -- 1 to 256 of 32 bytes
    CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
  PRIMARY KEY (level, n)
);
CREATE TRIGGER tile_grows BEFORE UPDATE ON tile
WHEN NEW.level <> OLD.level OR NEW.n <> OLD.n
  OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER tile_remains BEFORE DELETE ON tile
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE checkpoint (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL,            -- entries that it speaks of
  note TEXT NOT NULL                -- signed (C2SP tlog-checkpoint)
);
CREATE TRIGGER checkpoint_grows BEFORE UPDATE ON checkpoint
WHEN NEW.size <= OLD.size
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER checkpoint_remains BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE INDEX entry_at ON entry (at, seq);

-- The purge run that an entry belongs to; those that stand here get theirs.
ALTER TABLE entry ADD COLUMN run TEXT;
DROP TRIGGER entry_stays;
UPDATE entry SET run = json_extract(body, '$.run');
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE INDEX entry_run ON entry (run, seq) WHERE run IS NOT NULL;
