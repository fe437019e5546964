-- Questions that the person reads and answers at the customers' door.  Their
-- words are the notes of events: these here were written for the person, what
-- else officers note was not.

CREATE TABLE request_question (
  asked INTEGER NOT NULL PRIMARY KEY REFERENCES request_event (number),
  request INTEGER NOT NULL REFERENCES request (number),
  answered INTEGER REFERENCES request_event (number)
);
CREATE INDEX request_question_request ON request_question (request);
CREATE INDEX request_question_answered ON request_question (answered)
  WHERE answered IS NOT NULL;
