#ifndef SEND_SESSION_H
#define SEND_SESSION_H

#include <curl/curl.h>

/* A new handle of libcurl, which is set up by the first; NULL: no memory. */
CURL *session_new(void);

#endif /* !SEND_SESSION_H */
