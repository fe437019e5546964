-- The pseudonym of the person whom an entry is about.
ALTER TABLE entry ADD COLUMN subject TEXT;
CREATE INDEX entry_subject ON entry (subject, seq) WHERE subject IS NOT NULL;
