/*
 * The key directory of corridor-ingestd: every valid key and whose it is, in memory, so that
 * verifying a request needs no query. Read from PostgreSQL at start, again at once when a NOTIFY
 * says that something changed, and looked at each second, since a NOTIFY may be lost. While the
 * database is away the keys last read stay: a request is believed by them, and nothing is stored
 * anyway. The statement that stores (feed_take_nonces in sql/) asks once more whether the key is
 * valid, so what was revoked a moment ago does nothing. Once a minute it also has the database
 * forget the nonces that no request can use any more.
 */
#ifndef INGEST_FEED_KEYS_H
#define INGEST_FEED_KEYS_H

#include <ingest/feed_key.h>
#include <ingest/feed_seal.h>
#include <ingest/feed_signature.h>

struct event_base;
struct feed_keys;

enum feed_party_kind {
    FEED_OPERATOR,
    FEED_RESEARCHER,
};
enum {
    FEED_PARTY_ID_MAX = 80
};

/* Who signed. */
struct feed_party {
    enum feed_party_kind kind;
    char id[FEED_PARTY_ID_MAX + 1]; /* the operator's or researcher's slug */
    char keyid[FEED_SIGNATURE_KEYID_MAX + 1];
};

struct feed_keys_config {
    const char *conninfo;         /* as in struct db_config; a connection of its own */
    const char *role;             /* "corridor_ingest" */
    const struct feed_seal *seal; /* opens HMAC secrets; must outlive it. NULL: none opened */
};

/* Starts reading when the loop runs. NULL: no memory. */
MUST_CHECK struct feed_keys *feed_keys_open(struct event_base *base,
                                            const struct feed_keys_config *config);
void feed_keys_close(struct feed_keys *keys); /* on the loop's thread; NULL is fine */
/* False until the keys have been read once: requests then get 503. Any thread. */
bool feed_keys_ready(struct feed_keys *keys);

/*
 * Whose signature over the base this is. False when it is nobody's: unknown key, another algorithm,
 * wrong bytes; all three take the time of a verification. Any thread.
 */
MUST_CHECK bool feed_keys_verify(struct feed_keys *keys, const struct feed_signature *signature,
                                 struct span base, struct feed_party *who);
/* Whether this key is valid still. Any thread. */
bool feed_keys_have(struct feed_keys *keys, const char *keyid);

#endif
