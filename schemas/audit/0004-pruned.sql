-- Pruning: entries that the log's own rule let run out may go, hashes never.

-- How far it went, each time; append-only, and each further than the last.
CREATE TABLE pruned (
  below INTEGER NOT NULL PRIMARY KEY -- entries before this one are gone
    CHECK (below > 0 AND below % 256 = 0),
  entry INTEGER NOT NULL             -- the one that says so
    CHECK (entry >= below)
);
CREATE TRIGGER pruned_grows BEFORE INSERT ON pruned
WHEN NEW.below <= coalesce((SELECT max(below) FROM pruned), 0)
  OR NOT EXISTS (SELECT 1 FROM entry
    WHERE seq = NEW.entry AND action = 'log_pruned'
      AND instr(body, '"below":' || NEW.below || ',') > 0)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER pruned_stays BEFORE UPDATE ON pruned
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER pruned_remains BEFORE DELETE ON pruned
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

DROP TRIGGER entry_remains;
CREATE TRIGGER entry_remains BEFORE DELETE ON entry
WHEN OLD.seq >= coalesce((SELECT max(below) FROM pruned), 0)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- The last evidence of each store that a pruned entry had: what the log has is
-- never shipped again.
CREATE TABLE shipped (
  source TEXT NOT NULL PRIMARY KEY,
  evidence INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER shipped_grows BEFORE UPDATE ON shipped
WHEN NEW.source <> OLD.source OR NEW.evidence <= OLD.evidence
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER shipped_remains BEFORE DELETE ON shipped
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
