#ifndef SEND_CURL_SESSION_H
#define SEND_CURL_SESSION_H

#include <curl/curl.h>

/* A new handle of libcurl, which is set up by the first; NULL: no memory. */
CURL *curl_session(void);

#endif /* !SEND_CURL_SESSION_H */
