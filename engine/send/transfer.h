#ifndef SEND_TRANSFER_H
#define SEND_TRANSFER_H

#include <curl/curl.h>

/* A new handle of libcurl, which is set up by the first; NULL: no memory. */
CURL *transfer_new(void);

#endif /* !SEND_TRANSFER_H */
