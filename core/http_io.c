/*
 * The only place where a connection's bytes meet its socket, plain or through TLS: reading, writing
 * and ending are all the rest of the engine knows of a transport.
 */
#include "http_engine.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

ssize_t http_io_read(struct http_conn *conn, void *to, size_t len)
{
    return conn->tls == NULL ? recv(conn->fd, to, len, 0) : http_tls_read(conn, to, len);
}

ssize_t http_io_write(struct http_conn *conn, struct iovec *pieces, int count, bool more)
{
    const struct msghdr message = {.msg_iov = pieces, .msg_iovlen = (size_t)count};
    return conn->tls == NULL ? sendmsg(conn->fd, &message, more ? MSG_MORE : 0)
                             : http_tls_write(conn, pieces, count);
}

ssize_t http_io_send_file(struct http_conn *conn, int file, size_t from, size_t len)
{
    off_t at = (off_t)from;
    return sendfile(conn->fd, file, &at, len);
}

/* Says close_notify, in one segment with the FIN that follows at once. */
static void io_notify(struct http_conn *conn)
{
    const int on = 1;
    setsockopt(conn->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
    http_tls_finish(conn);
}

void http_io_finish(struct http_conn *conn)
{
    if (conn->tls != NULL) {
        io_notify(conn);
    }
    shutdown(conn->fd, SHUT_WR);
}

ssize_t http_io_drop(struct http_conn *conn)
{
    char rest[4096];
    /* Nobody will read it, so nobody need decrypt it. */
    return recv(conn->fd, rest, sizeof rest, 0);
}

bool http_io_reset(const struct http_conn *conn, bool *ended)
{
    char byte;
    ssize_t got = recv(conn->fd, &byte, 1, MSG_PEEK);
    *ended = got == 0;
    return got < 0 && errno != EAGAIN && errno != EINTR;
}

void http_io_close(struct http_conn *conn, bool polite)
{
    if (conn->tls != NULL) {
        if (polite || (SSL_get_shutdown(conn->tls) & SSL_RECEIVED_SHUTDOWN) != 0) {
            io_notify(conn);
        }
        http_tls_free(conn);
    }
    close(conn->fd);
    conn->fd = -1;
}
