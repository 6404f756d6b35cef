/*
 * Listening sockets, one a worker on the same port. SO_REUSEPORT would also let a second program
 * share the port in silence and take half the connections, so a probe without it asks first whether
 * the port is free.
 */
#include "http_engine.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTEN_BACKLOG 4096

static uint16_t listen_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } address = {.in6 = {0}};
    socklen_t len = sizeof address;
    if (getsockname(fd, &address.any, &len) != 0) {
        return 0;
    }
    return ntohs(address.any.sa_family == AF_INET6 ? address.in6.sin6_port : address.in.sin_port);
}

/* What is not sent yet of what a connection was given: the kernel would take megabytes for a client
 * that does not read. */
#define LISTEN_UNSENT (128 << 10)

/* TCP_NODELAY and TCP_NOTSENT_LOWAT are for the connections, which inherit them: answers are
 * written whole, and waiting to fill a segment would only delay their last part. */
int http_listen(const char *address, uint16_t *port, bool probe, int *error)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    const int on = 1;
    const int unsent = LISTEN_UNSENT;
    char service[8];
    struct addrinfo *found = NULL;
    int fd = -1;
    bool good = false;
    snprintf(service, sizeof service, "%u", *port);
    if (getaddrinfo(address, service, &hints, &found) != 0) {
        *error = EADDRNOTAVAIL;
        return -1;
    }
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        (!probe && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) ||
        bind(fd, found->ai_addr, found->ai_addrlen) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent) != 0 ||
        (!probe && listen(fd, LISTEN_BACKLOG) != 0)) {
        goto done;
    }
    *port = listen_port(fd);
    good = true;
done:
    *error = good ? 0 : errno;
    if (!good && fd >= 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}
