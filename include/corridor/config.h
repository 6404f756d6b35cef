/*
 * The settings of every program: from the environment, else from corridor.env at the project's
 * root, else the default. README.md lists them for people. An empty value is the same as none.
 */
#ifndef CORRIDOR_CONFIG_H
#define CORRIDOR_CONFIG_H

#include <corridor/base.h>

enum {
    CONFIG_PATH_SIZE = 1024,
    CONFIG_DB_SIZE = 2048
};

struct config {
    char address[64];   /* CORRIDOR_ADDRESS: the IP address to listen on; 127.0.0.1 */
    uint16_t port;      /* CORRIDOR_PORT: corridord's TCP port; 8080 */
    uint16_t feed_port; /* CORRIDOR_FEED_PORT: corridor-ingestd's TCP port; 8081 */
    uint16_t tls_port;  /* CORRIDOR_TLS_PORT: corridord's port for TLS; 0 where not set */
    char tls_certs[CONFIG_PATH_SIZE]; /* CORRIDOR_TLS_CERTS: the folder of its certificates;
                                         VAR/tls */
    char origin[256];  /* CORRIDOR_ORIGIN: scheme and host by which people reach the site, as its
                          pages name themselves; http://127.0.0.1:CORRIDOR_PORT */
    char contact[256]; /* CORRIDOR_CONTACT: an e-mail address or an https address where people reach
                          whoever runs the site; empty where not set */
    char var[CONFIG_PATH_SIZE]; /* CORRIDOR_VAR: the folder of the private cluster and the logs;
                                   ROOT/var */
    char feed_origin[256];      /* CORRIDOR_FEED_ORIGIN: scheme and host that feeds are signed for;
                                   empty:      what each request's Host says */
    char master_key_file[CONFIG_PATH_SIZE]; /* CORRIDOR_MASTER_KEY_FILE: what seals HMAC secrets;
                                               VAR/master.key */
    char
        moderator[64]; /* CORRIDOR_MODERATOR: who moderates by the tool; empty: whose login it is */
    char
        db[CONFIG_DB_SIZE]; /* CORRIDOR_DB: a libpq connection string; empty: the private cluster */
    unsigned
        cache_mb; /* CORRIDOR_CACHE_MB: MiB a worker of corridord keeps answers in; 16, 0: none */
    /* What both programs' HTTP engines may be given; http_config_settings passes it on. */
    unsigned connections;       /* CORRIDOR_CONNECTIONS: at once; 0: as many as descriptors allow */
    unsigned per_address;       /* CORRIDOR_CONNECTIONS_PER_ADDRESS: of them; 1,024 */
    unsigned handshake_seconds; /* CORRIDOR_HANDSHAKE_SECONDS: for that of TLS; 10 */
    unsigned head_seconds;      /* CORRIDOR_HEAD_SECONDS: for a request's head; 10 */
    unsigned body_seconds;      /* CORRIDOR_BODY_SECONDS: by which a body's rate is judged; 10 */
    unsigned body_rate;         /* CORRIDOR_BODY_RATE: bytes a second that it must bring; 512 */
    unsigned write_seconds;     /* CORRIDOR_WRITE_SECONDS: by which a reader's rate is judged; 30 */
    unsigned write_rate;        /* CORRIDOR_WRITE_RATE: bytes a second that it must take; 256 */
    unsigned idle_seconds;      /* CORRIDOR_IDLE_SECONDS: between requests; 60 */
    unsigned drain_seconds;  /* CORRIDOR_DRAIN_SECONDS: for what runs when the program ends; 10 */
    unsigned stream_seconds; /* CORRIDOR_STREAM_SECONDS: for a submission of more than 1,000 quotes;
                                900. The feed's, not the engine's. */
    char proxy_from[1024];   /* CORRIDOR_PROXY_FROM: addresses that speak the PROXY protocol */
    unsigned request_log;    /* CORRIDOR_REQUEST_LOG: an enum http_request_log; off */
    char user[33]; /* CORRIDOR_USER: whom a daemon started as root becomes; nobody. Empty: stay */
};

/*
 * Reads the settings. False when one is wrong: the reason, with the variable, its value and what is
 * allowed, is on standard error already, and the program should exit with status 2.
 */
MUST_CHECK bool config_load(struct config *config);

struct http_config;
/* Puts what the settings say of the engine into its configuration, which must not outlive them. */
void http_config_settings(struct http_config *http, const struct config *config);

/*
 * Writes the libpq connection string to use for a role ("corridor_server" …). CORRIDOR_DB is given
 * back as it is, since its owner chose the login: after connecting, SET ROLE takes the role in both
 * cases. The private cluster's is read from the file that deploy/dev/cluster.sh leaves in the var
 * folder, with the role as its user. False when there is neither, or when it does not fit; the
 * reason is on standard error already.
 */
MUST_CHECK bool config_db(const struct config *config, const char *role, char *buffer, size_t size);

#endif
