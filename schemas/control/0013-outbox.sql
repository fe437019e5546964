-- How many requests are in which state, and which of them are open.
CREATE INDEX request_state ON request (state);
