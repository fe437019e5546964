#ifndef SEND_PUBLIC_H
#define SEND_PUBLIC_H

#include <sys/socket.h>

/*
 * 1 if ${to} is an address that the Internet routes: not of this machine, a
 * private network, a link, a group, a carrier's inner network, documentation
 * or anything else that IANA's Special-Purpose Address Registries (RFC 6890)
 * do not call globally reachable; nor one of those inside an IPv6 address
 * (mapped, translated, 6to4, Teredo).  What is not known is not public.
 */
int public_address(const struct sockaddr *to);

#endif /* !SEND_PUBLIC_H */
