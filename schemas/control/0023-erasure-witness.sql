-- One of the records that an erasure kept: as long as it is there, the case is
-- not complete, and the others need no look.  NULL: all of them are looked at.

ALTER TABLE request_plan ADD COLUMN witness BLOB;
