-- Who did it: asked for by its own page of an auditor.
CREATE INDEX entry_actor ON entry (json_extract(body, '$.actor'), seq);
