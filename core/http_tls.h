/*
 * TLS for the engine: what is shared by all workers (ticket keys), what a reload replaces (the
 * certificates), and a connection's own session (an SSL). Only core/http_*.c include this.
 */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include <corridor/base.h>

#include <openssl/ssl.h>
#include <pthread.h>
#include <sys/uio.h>

enum http_protocol {
    HTTP_PROTOCOL_1, /* HTTP/1.1, or 1.0; in the clear also HTTP/2, by its preface */
    HTTP_PROTOCOL_2,
};

/* ---- Ticket keys (http_tls_ticket.c) ---- */

#define HTTP_TICKET_KEYS 3U /* the one that seals, and the two before it */

struct http_ticket_key {
    unsigned char name[16];
    unsigned char cipher[32];
    unsigned char mac[32];
    bool set;
};

struct http_tickets {
    pthread_mutex_t lock; /* taken once a handshake, for a copy of some bytes */
    struct http_ticket_key keys[HTTP_TICKET_KEYS];
    EVP_CIPHER *cipher; /* fetched once: a fetch takes OpenSSL's own locks */
    EVP_MAC *mac;
    unsigned seconds; /* how long a key seals */
    uint64_t next_us; /* when it is replaced; the first worker's own */
};

MUST_CHECK bool http_tickets_open(struct http_tickets *tickets, unsigned seconds);
void http_tickets_close(struct http_tickets *tickets);
/* Replaces the key when its time has come. From one thread only, each second. */
void http_tickets_tick(struct http_tickets *tickets);
/* Seals and opens the tickets of a context with these keys. */
MUST_CHECK bool http_tickets_use(struct http_tickets *tickets, SSL_CTX *context);

/* ---- Certificates (http_tls_certs.c, http_tls_pair.c) ---- */

#define HTTP_CERTS_MAX 64U

/* A certificate with its chain, its key and its staple, as they lie in the folder. */
struct http_pair_files {
    X509 *leaf;
    STACK_OF(X509) * chain; /* may be empty */
    EVP_PKEY *key;
    unsigned char *staple; /* DER of an OCSP response, or NULL; OpenSSL's memory */
    size_t staple_len;
    int64_t staple_until; /* seconds since 1970; after it the staple is left out. 0: no end */
};

/*
 * Reads NAME.crt, NAME.key and, where it is there, NAME.ocsp of a folder. False when the first two
 * cannot be used, with the reason logged; a bad staple is logged and left out. Free it either way.
 */
MUST_CHECK bool http_pair_read(struct http_pair_files *pair, const char *folder, const char *name);
void http_pair_free(struct http_pair_files *pair);
/* True when both certificates are for the same names. */
bool http_pair_same_names(const struct http_pair_files *a, const struct http_pair_files *b);

/* What a reload replaces; immutable, so that handshakes under way keep theirs. */
struct http_certs;

/* Reads every pair of the folder. NULL, with the reason logged, when there is none or one is
 * broken. */
struct http_certs *http_certs_read(const char *folder, struct http_tickets *tickets,
                                   unsigned session_seconds);
struct http_certs *http_certs_ref(struct http_certs *certs);
void http_certs_unref(struct http_certs *certs); /* NULL is fine */
/* The protocol of a name agreed on by ALPN. */
enum http_protocol http_certs_protocol(struct span name);
/* A session with the first certificate, until the client says which it wants. It must not outlive
 * the reference. */
SSL *http_certs_session(struct http_certs *certs);

/* ---- A connection's bytes (http_tls.c) ---- */

struct http_conn;

#define HTTP_TLS_RECORD 16384U /* the most that one record carries */

enum http_handshake {
    HTTP_HANDSHAKE_DONE,    /* conn->protocol is known */
    HTTP_HANDSHAKE_READS,   /* the client has to send */
    HTTP_HANDSHAKE_WRITES,  /* the client has to read */
    HTTP_HANDSHAKE_REFUSED, /* and the client was told why */
    HTTP_HANDSHAKE_BROKEN,  /* the client left */
};

MUST_CHECK bool http_tls_begin(struct http_conn *conn);
enum http_handshake http_tls_handshake(struct http_conn *conn);
ssize_t http_tls_read(struct http_conn *conn, void *to, size_t len);
ssize_t http_tls_write(struct http_conn *conn, const struct iovec *pieces, int count);
/* Sends the close_notify. */
void http_tls_finish(struct http_conn *conn);
void http_tls_free(struct http_conn *conn);

#endif
