#ifndef SEND_CURL_READY_H
#define SEND_CURL_READY_H

/* Once in a process, before libcurl is used; any thread, any number of times.
 */
void curl_ready(void);

#endif /* !SEND_CURL_READY_H */
