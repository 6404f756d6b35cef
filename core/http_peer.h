/*
 * Who is at the other end, as far as the engine cares: a number to count a client's connections by,
 * and whether an address is one of those we were told to trust. Addresses are kept in memory only,
 * while a connection is open, and never told to anybody.
 */
#ifndef HTTP_PEER_H
#define HTTP_PEER_H

#include <corridor/base.h>

#include <netinet/in.h>
#include <pthread.h>

/* An IPv4 address is written as IPv6 does: ::ffff:192.0.2.1. */
struct http_address {
    uint8_t bytes[16];
};

/* False for anything but IPv4 and IPv6. */
MUST_CHECK bool http_address_of(struct http_address *address, const struct sockaddr *from);
void http_address_v4(struct http_address *address, const uint8_t bytes[4]);

/* One number for an IPv4 address, and for all of an IPv6 /64, which is what one customer gets. 0:
 * not counted, the machine's own. */
uint64_t http_peer_key(const struct http_address *address);

/* ---- Addresses to trust ---- */

#define HTTP_PREFIXES_MAX 32U

struct http_prefixes {
    struct {
        struct http_address address;
        unsigned bits; /* of the 128 */
    } list[HTTP_PREFIXES_MAX];
    unsigned count;
};

/* "192.0.2.1, 10.0.0.0/8, 2001:db8::/32", commas or blanks between. False when it is none. */
MUST_CHECK bool http_prefixes_parse(struct http_prefixes *prefixes, const char *text);
bool http_prefixes_hold(const struct http_prefixes *prefixes, const struct http_address *address);

/* ---- How many connections each has ---- */

/* Shared by the workers; locked, since connections come and go far more rarely than requests. */
struct http_peers {
    pthread_mutex_t lock;
    struct http_peer_count *slots; /* NULL: not open */
    size_t mask;
    uint64_t seed;
    uint32_t limit;
};

/* For at most so many connections in all, and so many a peer. */
MUST_CHECK bool http_peers_open(struct http_peers *peers, unsigned connections, unsigned limit);
void http_peers_close(struct http_peers *peers);
/* False when it has as many as it may. */
MUST_CHECK bool http_peers_enter(struct http_peers *peers, uint64_t key);
/* One that entered has closed a connection. */
void http_peers_leave(struct http_peers *peers, uint64_t key);

#endif
