-- A secret for codes that is shown and not yet proven: it becomes the user's
-- with the first code that the device makes of it.
ALTER TABLE account ADD COLUMN totp_offer BLOB;
