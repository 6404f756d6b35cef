/*
 * The only place where a connection's bytes meet its socket. TLS will stand here: reading, writing
 * and ending are all the rest of the engine knows of a transport.
 */
#include "http_engine.h"

#include <errno.h>
#include <sys/socket.h>

ssize_t http_io_read(int fd, void *to, size_t len)
{
    return recv(fd, to, len, 0);
}

ssize_t http_io_write(int fd, const struct iovec *pieces, int count)
{
    return writev(fd, pieces, count);
}

void http_io_finish(int fd)
{
    shutdown(fd, SHUT_WR);
}

bool http_io_reset(int fd, bool *ended)
{
    char byte;
    ssize_t got = recv(fd, &byte, 1, MSG_PEEK);
    *ended = got == 0;
    return got < 0 && errno != EAGAIN && errno != EINTR;
}
