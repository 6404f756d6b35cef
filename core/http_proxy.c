/*
 * The PROXY protocol, version 2 (haproxy.org/download/2.9/doc/proxy-protocol.txt): a trusted proxy
 * says, before the first byte of the client, TLS included, where the client is. The hard part is to
 * read exactly the header and not one byte more, since what follows may be OpenSSL's: first the 16
 * bytes that tell its length, then that many.
 */
#include "http_engine.h"

#include <corridor/log.h>

#include <errno.h>
#include <sys/socket.h>

#define PROXY_HEAD 16U
#define PROXY_MAX  2048U /* the header in all; addresses and what proxies usually add take 300 */

enum {
    PROXY_LOCAL = 0x20, /* version 2; the proxy itself asks, to see whether we live */
    PROXY_PROXY = 0x21,
    PROXY_UNKNOWN = 0x00, /* family and transport */
    PROXY_TCP4 = 0x11,
    PROXY_TCP6 = 0x21,
    PROXY_UNIX = 0x31,
    PROXY_TCP4_SIZE = 12, /* two addresses, two ports */
    PROXY_TCP6_SIZE = 36,
    PROXY_UNIX_SIZE = 216,
};

static const uint8_t signature[12] = {'\r', '\n', '\r', '\n', 0,   '\r',
                                      '\n', 'Q',  'U',  'I',  'T', '\n'};

static uint16_t proxy_u16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* Type, length, value, one behind the other: skipped, but they must fit. */
static bool proxy_extras(const uint8_t *bytes, size_t len)
{
    while (len >= 3) {
        size_t size = 3 + (size_t)proxy_u16(bytes + 1);
        if (size > len) {
            return false;
        }
        bytes += size;
        len -= size;
    }
    return len == 0;
}

bool http_proxy_parse(const uint8_t *bytes, size_t len, struct http_address *from, bool *told)
{
    size_t used = 0;
    *told = false;
    if (len < PROXY_HEAD || memcmp(bytes, signature, sizeof signature) != 0 ||
        len != PROXY_HEAD + (size_t)proxy_u16(bytes + 14)) {
        return false;
    }
    const uint8_t *addresses = bytes + PROXY_HEAD;
    len -= PROXY_HEAD;
    if (bytes[12] == PROXY_LOCAL) {
        return true; /* whatever follows is skipped */
    }
    if (bytes[12] != PROXY_PROXY) {
        return false;
    }
    switch (bytes[13]) {
    case PROXY_UNKNOWN:
        return true;
    case PROXY_TCP4:
        used = PROXY_TCP4_SIZE;
        break;
    case PROXY_TCP6:
        used = PROXY_TCP6_SIZE;
        break;
    case PROXY_UNIX:
        used = PROXY_UNIX_SIZE;
        break;
    default:
        return false;
    }
    if (len < used || !proxy_extras(addresses + used, len - used)) {
        return false;
    }
    *told = bytes[13] != PROXY_UNIX;
    if (bytes[13] == PROXY_TCP4) {
        http_address_v4(from, addresses);
    } else if (bytes[13] == PROXY_TCP6) {
        memcpy(from->bytes, addresses, sizeof from->bytes);
    }
    return true;
}

/* How many bytes the header has, as far as that is known; 0 when it is none. */
static size_t proxy_size(const struct http_work *work)
{
    const uint8_t *bytes = (const uint8_t *)work->in;
    size_t seen = work->in_len < sizeof signature ? work->in_len : sizeof signature;
    if (memcmp(bytes, signature, seen) != 0) {
        return 0;
    }
    if (work->in_len < PROXY_HEAD) {
        return PROXY_HEAD;
    }
    size_t size = PROXY_HEAD + (size_t)proxy_u16(bytes + 14);
    return size > PROXY_MAX ? 0 : size;
}

static enum http_step proxy_bad(struct http_conn *conn)
{
    static struct log_site site;
    log_warn_sometimes(&site, "a proxy's connection does not begin with a PROXY header of version "
                              "2: it was closed");
    metric_bump(&conn->worker->refused[HTTP_REFUSED_PROXY], 1);
    return HTTP_BAD;
}

enum http_step http_proxy_step(struct http_conn *conn)
{
    struct http_work *work = conn->work;
    struct http_address from;
    bool told = false;
    size_t size = proxy_size(work);
    while (size > work->in_len) {
        ssize_t got = recv(conn->fd, work->in + work->in_len, size - work->in_len, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            return HTTP_MORE;
        }
        if (got <= 0) {
            return HTTP_BAD; /* a proxy that only looks whether the port is open */
        }
        work->in_len += (size_t)got;
        size = proxy_size(work);
    }
    if (size == 0 || !http_proxy_parse((const uint8_t *)work->in, size, &from, &told)) {
        return proxy_bad(conn);
    }
    return told && !http_conn_count(conn, &from) ? HTTP_BAD : HTTP_END;
}
