-- The request that an entry is about: who looked at a case, and what was done
-- in it.  Those that stand here get theirs.
ALTER TABLE entry ADD COLUMN request TEXT;
DROP TRIGGER entry_stays;
UPDATE entry SET request = coalesce(json_extract(body, '$.request'),
  CASE WHEN json_extract(body, '$.id') GLOB 'Q-*'
    THEN json_extract(body, '$.id') END,
  CASE WHEN json_extract(body, '$.object') GLOB 'Q-*'
    THEN json_extract(body, '$.object') END);
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE INDEX entry_request ON entry (request, seq) WHERE request IS NOT NULL;

-- One actor's entries of one kind, the newest first: however many there are of
-- that actor and of that kind.
CREATE INDEX entry_actor_action ON entry (actor, action, seq);
