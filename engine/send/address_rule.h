#ifndef SEND_ADDRESS_RULE_H
#define SEND_ADDRESS_RULE_H

struct sockaddr;

/*
 * May something be sent to ${a} without being asked twice?  1: a public IPv4
 * or IPv6 address.  0: this machine, a private network, link-local (the
 * address of a cloud's metadata among them), shared (RFC 6598), multicast,
 * documentation, reserved; the same written as IPv6 (mapped, compatible,
 * NAT64, 6to4); and any other family.
 */
int address_is_public(const struct sockaddr *a);

#endif /* !SEND_ADDRESS_RULE_H */
