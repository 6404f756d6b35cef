/*
 * The certificates of a folder, as OpenSSL contexts: one for each set of names, holding an ECDSA
 * and an RSA certificate where both are there, since OpenSSL chooses between the two by what the
 * client can do. The hard part is a reload: a whole new set is made beside the old one, and a
 * connection keeps what it began with.
 */
#include "http_engine.h"
#include "http_tls.h"

#include <corridor/log.h>

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Forward secrecy and authenticated encryption only, as HTTP/2 asks of TLS 1.2 (RFC 9113 9.2.2). */
#define CERTS_CIPHERS "ECDHE+AESGCM+AES128:ECDHE+CHACHA20:ECDHE+AESGCM"
#define CERTS_CIPHERS_13 \
    "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"
#define CERTS_GROUPS "X25519:P-256:P-384"

struct certs_entry {
    struct http_pair_files pair;
    SSL_CTX *context; /* shared by pairs of the same names */
    bool leads;       /* the first of its context: its names speak for it */
};

struct http_certs {
    _Atomic unsigned refs;
    unsigned count;
    struct certs_entry entries[HTTP_CERTS_MAX];
};

/* ---- What OpenSSL asks during a handshake ---- */

/* In order of preference. */
static const struct {
    const char *name;
    enum http_protocol protocol;
} certs_protocols[] = {
    {"h2", HTTP_PROTOCOL_2},
    {"http/1.1", HTTP_PROTOCOL_1},
};

enum http_protocol http_certs_protocol(struct span name)
{
    for (unsigned i = 0; i < COUNT_OF(certs_protocols); i++) {
        if (span_is(name, certs_protocols[i].name)) {
            return certs_protocols[i].protocol;
        }
    }
    return HTTP_PROTOCOL_1;
}

static int certs_on_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                             const unsigned char *in, unsigned in_len, void *arg)
{
    (void)ssl;
    (void)arg;
    for (unsigned i = 0; i < COUNT_OF(certs_protocols); i++) {
        /* Names with their lengths before them; OpenSSL has checked that they fill the list. */
        for (unsigned at = 0; at < in_len; at += 1U + in[at]) {
            if (span_is((struct span){(const char *)in + at + 1, in[at]},
                        certs_protocols[i].name)) {
                *out = in + at + 1;
                *out_len = in[at];
                return SSL_TLSEXT_ERR_OK;
            }
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL; /* RFC 7301 3.2 */
}

static SSL_CTX *certs_find(const struct http_certs *certs, const char *name, unsigned flags)
{
    for (unsigned i = 0; i < certs->count; i++) {
        const struct certs_entry *entry = &certs->entries[i];
        if (entry->leads && X509_check_host(entry->pair.leaf, name, 0, flags, NULL) == 1) {
            return entry->context;
        }
    }
    return NULL;
}

/* The name's own certificate goes before a wildcard's; without either, the first serves. */
static int certs_on_name(SSL *ssl, int *alert, void *arg)
{
    const struct http_certs *certs = arg;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    SSL_CTX *found = NULL;
    (void)alert;
    if (name != NULL) {
        found = certs_find(certs, name, X509_CHECK_FLAG_NO_WILDCARDS);
        found =
            found == NULL ? certs_find(certs, name, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS) : found;
    }
    if (found != NULL) {
        SSL_set_SSL_CTX(ssl, found);
    }
    return SSL_TLSEXT_ERR_OK;
}

/* The staple of the certificate that was chosen. */
static int certs_on_status(SSL *ssl, void *arg)
{
    const struct http_certs *certs = arg;
    const X509 *leaf = SSL_get_certificate(ssl);
    for (unsigned i = 0; i < certs->count; i++) {
        const struct http_pair_files *pair = &certs->entries[i].pair;
        bool fresh = pair->staple_until == 0 || pair->staple_until > time(NULL);
        if (pair->leaf == leaf && pair->staple_len > 0 && fresh) {
            unsigned char *copy = OPENSSL_memdup(pair->staple, pair->staple_len);
            if (copy == NULL) {
                return SSL_TLSEXT_ERR_NOACK;
            }
            SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)pair->staple_len);
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_NOACK;
}

/* ---- Contexts ---- */

/* Asked once: where there is none, OpenSSL would ask in each handshake. */
static bool certs_kernel_tls(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool has = fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof "tls" - 1) != 0 &&
               errno == ENOTCONN;
    if (fd >= 0) {
        close(fd);
    }
    return has;
}

static SSL_CTX *certs_context(struct http_certs *certs, struct http_tickets *tickets,
                              unsigned session_seconds)
{
    static const unsigned char sessions[] = "corridor";
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL) {
        return NULL;
    }
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                     (certs_kernel_tls() ? SSL_OP_ENABLE_KTLS : 0));
    /* The queue is written again from where it stands, which need not be the same address; an idle
     * connection gives its buffers back; the chain that is sent stands in the file, and is not
     * looked for anew in each handshake. */
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_num_tickets(context, 1); /* a second is a write more, for nobody */
    SSL_CTX_set_read_ahead(context, 1);  /* a record's head and body in one system call */
    /* Sessions live in the clients' tickets only. */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, (long)session_seconds);
    SSL_CTX_set_max_early_data(context, 0); /* early data can be replayed */
    SSL_CTX_set_alpn_select_cb(context, certs_on_protocol, NULL);
    SSL_CTX_set_tlsext_servername_callback(context, certs_on_name);
    SSL_CTX_set_tlsext_servername_arg(context, certs);
    SSL_CTX_set_tlsext_status_cb(context, certs_on_status);
    SSL_CTX_set_tlsext_status_arg(context, certs);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, CERTS_CIPHERS) != 1 ||
        SSL_CTX_set_ciphersuites(context, CERTS_CIPHERS_13) != 1 ||
        SSL_CTX_set1_groups_list(context, CERTS_GROUPS) != 1 ||
        SSL_CTX_set_session_id_context(context, sessions, sizeof sessions - 1) != 1 ||
        !http_tickets_use(tickets, context)) {
        SSL_CTX_free(context);
        context = NULL;
    }
    return context;
}

/* True when the context has no certificate of this kind of key yet. */
static bool context_lacks(const struct http_certs *certs, const struct certs_entry *first,
                          const struct http_pair_files *pair)
{
    for (unsigned i = 0; i < certs->count; i++) {
        const struct certs_entry *entry = &certs->entries[i];
        if (entry->context == first->context &&
            EVP_PKEY_get_base_id(entry->pair.key) == EVP_PKEY_get_base_id(pair->key)) {
            return false;
        }
    }
    return true;
}

static struct certs_entry *certs_companion(struct http_certs *certs,
                                           const struct http_pair_files *pair)
{
    for (unsigned i = 0; i < certs->count; i++) {
        struct certs_entry *entry = &certs->entries[i];
        if (entry->leads && http_pair_same_names(&entry->pair, pair) &&
            context_lacks(certs, entry, pair)) {
            return entry;
        }
    }
    return NULL;
}

static bool certs_add(struct http_certs *certs, const char *folder, const char *name,
                      struct http_tickets *tickets, unsigned session_seconds)
{
    struct http_pair_files pair;
    SSL_CTX *context = NULL;
    bool good = http_pair_read(&pair, folder, name);
    if (good) {
        struct certs_entry *companion = certs_companion(certs, &pair);
        context =
            companion == NULL ? certs_context(certs, tickets, session_seconds) : companion->context;
        good = context != NULL &&
               SSL_CTX_use_cert_and_key(context, pair.leaf, pair.key, pair.chain, 1) == 1;
        if (!good) {
            const char *reason = ERR_reason_error_string(ERR_peek_last_error());
            log_error("%s/%s.crt: %s", folder, name, reason == NULL ? "no memory" : reason);
            ERR_clear_error();
        }
        if (companion != NULL) {
            SSL_CTX_up_ref(context);
        }
        certs->entries[certs->count++] = (struct certs_entry){pair, context, companion == NULL};
    } else {
        http_pair_free(&pair);
    }
    return good;
}

/* ---- The folder ---- */

static int certs_is_certificate(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".crt") == 0;
}

static int certs_by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

struct http_certs *http_certs_read(const char *folder, struct http_tickets *tickets,
                                   unsigned session_seconds)
{
    struct dirent **names = NULL;
    struct http_certs *certs = calloc(1, sizeof *certs);
    int count = scandir(folder, &names, certs_is_certificate, certs_by_name);
    bool good = certs != NULL && count > 0 && count <= (int)HTTP_CERTS_MAX;
    if (count < 0) {
        log_error("the certificates' folder %s: %s (deploy/dev/certificate.sh makes some to try)",
                  folder, strerror(errno));
    } else if (!good) {
        log_error("the certificates' folder %s has %d files NAME.crt; from 1 to %u are allowed",
                  folder, count, HTTP_CERTS_MAX);
    }
    if (certs != NULL) {
        certs->refs = 1;
    }
    for (int i = 0; i < count; i++) {
        names[i]->d_name[strlen(names[i]->d_name) - 4] = '\0';
        good = good && certs_add(certs, folder, names[i]->d_name, tickets, session_seconds);
        free(names[i]);
    }
    free(names);
    if (!good) {
        http_certs_unref(certs);
        certs = NULL;
    }
    return certs;
}

struct http_certs *http_certs_ref(struct http_certs *certs)
{
    atomic_fetch_add_explicit(&certs->refs, 1, memory_order_relaxed);
    return certs;
}

void http_certs_unref(struct http_certs *certs)
{
    if (certs == NULL || atomic_fetch_sub_explicit(&certs->refs, 1, memory_order_acq_rel) > 1) {
        return;
    }
    for (unsigned i = 0; i < certs->count; i++) {
        SSL_CTX_free(certs->entries[i].context);
        http_pair_free(&certs->entries[i].pair);
    }
    free(certs);
}

SSL *http_certs_session(struct http_certs *certs)
{
    return SSL_new(certs->entries[0].context);
}
