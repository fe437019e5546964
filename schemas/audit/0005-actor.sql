-- Who did it: an auditor asks for all that one actor did.  Those that stand
-- here get theirs.
ALTER TABLE entry ADD COLUMN actor TEXT;
DROP TRIGGER entry_stays;
UPDATE entry SET actor = json_extract(body, '$.actor');
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE INDEX entry_actor ON entry (actor, seq);
