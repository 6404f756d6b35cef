/*
 * A connection's bytes through TLS. The hard part is that OpenSSL reads ahead: bytes it holds are
 * bytes that epoll will not tell of again, so whoever stops reading early has to come back by
 * himself (`buffered`). And a connection must be seen to end: without a close_notify, clients on
 * OpenSSL 3 take the end for an attack and forget the session that they could have resumed.
 */
#include "http_engine.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/socket.h>

/* A browser or a person who forgot the s of https. */
static const char tls_wanted[] = "HTTP/1.1 400 Bad Request\r\n"
                                 "Content-Type: text/plain; charset=utf-8\r\n"
                                 "Content-Length: 54\r\n"
                                 "Connection: close\r\n"
                                 "\r\n"
                                 "This port speaks TLS: ask it again with https:// ...\r\n";

bool http_tls_begin(struct http_conn *conn)
{
    struct http_certs *certs = conn->worker->certs;
    conn->tls = http_certs_session(certs);
    if (conn->tls == NULL || SSL_set_fd(conn->tls, conn->fd) != 1) {
        ERR_clear_error();
        SSL_free(conn->tls);
        conn->tls = NULL;
        return false;
    }
    SSL_set_accept_state(conn->tls);
    SSL_set_app_data(conn->tls, http_certs_ref(certs));
    return true;
}

/* The certificates are asked for during the handshake only. */
static void tls_let_go(struct http_conn *conn)
{
    http_certs_unref(SSL_get_app_data(conn->tls));
    SSL_set_app_data(conn->tls, NULL);
}

void http_tls_free(struct http_conn *conn)
{
    tls_let_go(conn);
    SSL_free(conn->tls);
    conn->tls = NULL;
}

/* What was agreed by ALPN; a client that asks for none speaks HTTP/1.1. */
static enum http_protocol tls_protocol(const SSL *tls)
{
    const unsigned char *name = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(tls, &name, &len);
    return http_certs_protocol((struct span){(const char *)name, len});
}

static void tls_done(struct http_conn *conn)
{
    struct http_worker *worker = conn->worker;
    bool resumed = SSL_session_reused(conn->tls) == 1;
    metric_bump(resumed ? &worker->handshakes_resumed : &worker->handshakes_full, 1);
    conn->protocol = tls_protocol(conn->tls);
    tls_let_go(conn);
}

static enum http_handshake tls_refused(struct http_conn *conn)
{
    int reason = ERR_GET_REASON(ERR_peek_error());
    conn->tls_failed = true;
    if (reason == SSL_R_HTTP_REQUEST) {
        /* As good as it goes: nothing was written before, so it fits. */
        ssize_t ignored = send(conn->fd, tls_wanted, sizeof tls_wanted - 1, MSG_NOSIGNAL);
        (void)ignored;
    }
    ERR_clear_error();
    return HTTP_HANDSHAKE_REFUSED;
}

enum http_handshake http_tls_handshake(struct http_conn *conn)
{
    ERR_clear_error();
    int result = SSL_do_handshake(conn->tls);
    if (result == 1) {
        tls_done(conn);
        conn->buffered = SSL_has_pending(conn->tls) == 1;
        return HTTP_HANDSHAKE_DONE;
    }
    switch (SSL_get_error(conn->tls, result)) {
    case SSL_ERROR_WANT_READ:
        return HTTP_HANDSHAKE_READS;
    case SSL_ERROR_WANT_WRITE:
        return HTTP_HANDSHAKE_WRITES;
    case SSL_ERROR_SSL:
        return tls_refused(conn);
    default:
        conn->tls_failed = true;
        return HTTP_HANDSHAKE_BROKEN;
    }
}

/* An SSL_read or SSL_write that moved nothing, as recv and send would say it: 0 is the end. */
static ssize_t tls_nothing(struct http_conn *conn, int result)
{
    switch (SSL_get_error(conn->tls, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        conn->tls_failed = true;
        ERR_clear_error();
        errno = ECONNRESET;
        return -1;
    }
}

ssize_t http_tls_read(struct http_conn *conn, void *to, size_t len)
{
    size_t have = 0;
    conn->buffered = false;
    ERR_clear_error();
    while (have < len) {
        size_t got = 0;
        int result = SSL_read_ex(conn->tls, (char *)to + have, len - have, &got);
        if (result != 1) {
            ssize_t nothing = tls_nothing(conn, result);
            /* The end, or the failure, is told again when these bytes have been taken. */
            conn->buffered = have > 0 && (nothing == 0 || errno != EAGAIN);
            return have > 0 ? (ssize_t)have : nothing;
        }
        have += got;
        if (SSL_has_pending(conn->tls) == 0) {
            return (ssize_t)have; /* asking again would be a system call for nothing */
        }
    }
    conn->buffered = true;
    return (ssize_t)have;
}

/* The first record's worth of the pieces, in one place where it isn't already. */
static struct span tls_gather(struct http_worker *worker, const struct iovec *pieces, int count)
{
    size_t have = 0;
    if (count == 1 || pieces[0].iov_len >= HTTP_TLS_RECORD) {
        return (struct span){pieces[0].iov_base, pieces[0].iov_len};
    }
    for (int i = 0; i < count && have < HTTP_TLS_RECORD; i++) {
        size_t room = HTTP_TLS_RECORD - have;
        size_t len = pieces[i].iov_len < room ? pieces[i].iov_len : room;
        memcpy(worker->record + have, pieces[i].iov_base, len);
        have += len;
    }
    return (struct span){worker->record, have};
}

ssize_t http_tls_write(struct http_conn *conn, const struct iovec *pieces, int count)
{
    size_t written = 0;
    /* A write that was put off has to be repeated with at least as many of the same bytes: the
     * queue only ever grows behind them. */
    struct span bytes = tls_gather(conn->worker, pieces, count);
    ERR_clear_error();
    int result = SSL_write_ex(conn->tls, bytes.at, bytes.len, &written);
    if (result == 1) {
        return (ssize_t)written;
    }
    ssize_t nothing = tls_nothing(conn, result);
    errno = nothing == 0 ? EPIPE : errno;
    return -1;
}

void http_tls_finish(struct http_conn *conn)
{
    if (!conn->tls_failed && SSL_is_init_finished(conn->tls) == 1) {
        ERR_clear_error();
        /* Once: the client's own is not waited for. Where the socket is full it stays unsaid. */
        (void)SSL_shutdown(conn->tls);
        ERR_clear_error();
    }
}
