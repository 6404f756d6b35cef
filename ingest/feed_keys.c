/*
 * The key directory. The hard part is that several threads verify while one replaces: a set of keys
 * is immutable and counted, a reader takes a reference under a lock that is held for two
 * instructions, and a set that was replaced goes when its last reader has finished.
 *
 *     feed_keys_open ──▶ asking ◀──────── NOTIFY, or a second has passed ◀──┐
 *                          │ version? as before ───────────────────────────▶ waiting
 *                          ▼ another                                         ▲
 *                        reading ── new set in place, or failed: as before ──┘
 */
#include <ingest/feed_keys.h>

#include <corridor/db.h>
#include <corridor/log.h>

#include <assert.h>
#include <event2/event.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    POLL_SECONDS = 1,
    PRUNE_SECONDS = 60,
    QUERY_MS = 10000,
    ALGORITHMS = 2,
    SEALED_MAX = FEED_HMAC_SECRET_MAX + FEED_SEAL_OVERHEAD,
};

struct key_set {
    _Atomic unsigned references;
    int64_t version;
    size_t count;
    struct key_entry {
        struct feed_party party;
        struct feed_key *key;
    } entry[]; /* by keyid */
};

struct feed_keys {
    struct db *db;
    const struct feed_seal *seal;
    struct event *poll;
    struct event *prune;
    bool asking;                        /* a query is on its way */
    bool ask_again;                     /* something changed meanwhile */
    struct feed_key *dummy[ALGORITHMS]; /* verified with where there is no key */
    pthread_mutex_t mutex;              /* guards `set`, the pointer */
    struct key_set *set;                /* NULL until read once */
};

static const struct db_statement ask_version = {"identity_version",
                                                "SELECT version FROM corridor.identity_version", 0};
static const struct db_statement read_keys = {
    "identity_keys",
    "SELECT v.version, k.id, k.operator, k.researcher, k.algorithm, "
    "encode(coalesce(k.public_key, k.sealed_secret), 'hex') "
    "FROM corridor.identity_version v LEFT JOIN corridor.valid_feed_key k ON true "
    "ORDER BY k.id COLLATE \"C\"",
    0};
static const struct db_statement prune_nonces = {"identity_prune",
                                                 "SELECT corridor.feed_prune_nonces()", 0};
enum {
    COLUMN_VERSION,
    COLUMN_KEYID,
    COLUMN_OPERATOR,
    COLUMN_RESEARCHER,
    COLUMN_ALGORITHM,
    COLUMN_BYTES
};

/* ---- Sets ---- */

static void set_unref(struct key_set *set)
{
    if (!set || atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    for (size_t i = 0; i < set->count; i++) {
        feed_key_free(set->entry[i].key);
    }
    free(set);
}

static struct key_set *set_ref(struct feed_keys *keys)
{
    pthread_mutex_lock(&keys->mutex);
    struct key_set *set = keys->set;
    if (set) {
        atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&keys->mutex);
    return set;
}

static void replace_set(struct feed_keys *keys, struct key_set *set)
{
    pthread_mutex_lock(&keys->mutex);
    struct key_set *old = keys->set;
    keys->set = set;
    pthread_mutex_unlock(&keys->mutex);
    set_unref(old);
}

static const struct key_entry *find(const struct key_set *set, struct span keyid)
{
    size_t low = 0;
    size_t high = set->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const char *id = set->entry[middle].party.keyid;
        const size_t len = strlen(id);
        int order = memcmp(keyid.at, id, keyid.len < len ? keyid.len : len);
        order = order != 0 ? order : (keyid.len > len) - (keyid.len < len);
        if (order == 0) {
            return &set->entry[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

/* ---- Reading ---- */

static struct feed_key *key_of(const struct feed_keys *keys, enum feed_algorithm algorithm,
                               struct span keyid, struct span hex)
{
    uint8_t bytes[SEALED_MAX + 1];
    uint8_t secret[SEALED_MAX];
    size_t len = 0;
    struct feed_key *key = NULL;
    /* The text of encode(…, 'hex') ends with a NUL. */
    if (OPENSSL_hexstr2buf_ex(bytes, sizeof bytes, &len, hex.at, '\0') != 1) {
        return NULL;
    }
    if (algorithm == FEED_ED25519) {
        return feed_key_new(algorithm, bytes, len);
    }
    if (keys->seal && feed_seal_unseal(keys->seal, keyid, bytes, len, secret)) {
        key = feed_key_new(algorithm, secret, len - FEED_SEAL_OVERHEAD);
        OPENSSL_cleanse(secret, sizeof secret);
    }
    return key;
}

static void take_row(struct feed_keys *keys, struct key_set *set, const struct db_result *rows,
                     size_t row)
{
    const char *keyid = db_result_text(rows, row, COLUMN_KEYID);
    const char *operator_id = db_result_text(rows, row, COLUMN_OPERATOR);
    const char *researcher = db_result_text(rows, row, COLUMN_RESEARCHER);
    enum feed_algorithm algorithm = FEED_ED25519;
    if (!keyid) {
        return; /* the version alone: there are no keys */
    }
    const bool known = feed_algorithm_of(db_result_span(rows, row, COLUMN_ALGORITHM), &algorithm);
    struct feed_key *key =
        known ? key_of(keys, algorithm, span_of(keyid), db_result_span(rows, row, COLUMN_BYTES))
              : NULL;
    if (!key) {
        log_error("the key %s cannot be used: %s", keyid,
                  algorithm == FEED_HMAC_SHA256
                      ? "its secret was sealed with another master key than "
                        "CORRIDOR_MASTER_KEY_FILE has; put that one back, or issue another key"
                      : "it is none");
        return;
    }
    struct key_entry *entry = &set->entry[set->count++];
    entry->key = key;
    entry->party.kind = operator_id ? FEED_OPERATOR : FEED_RESEARCHER;
    (void)snprintf(entry->party.id, sizeof entry->party.id, "%s",
                   operator_id ? operator_id : researcher);
    (void)snprintf(entry->party.keyid, sizeof entry->party.keyid, "%s", keyid);
}

static void poll_in(struct feed_keys *keys, bool at_once)
{
    const struct timeval delay = {.tv_sec = at_once ? 0 : POLL_SECONDS};
    keys->asking = false;
    keys->ask_again = false;
    (void)event_add(keys->poll, &delay);
}

static void keys_read(const struct db_reply *reply, void *arg)
{
    struct feed_keys *keys = arg;
    if (reply->outcome != DB_OK) {
        if (reply->outcome == DB_FAILED) {
            log_warn("the keys of the feed cannot be read: %s", reply->message);
        }
        poll_in(keys, false);
        return;
    }
    const size_t rows = db_result_rows(reply->result);
    struct key_set *set = calloc(1, sizeof *set + rows * sizeof set->entry[0]);
    if (!set || rows == 0 || !db_result_int64(reply->result, 0, COLUMN_VERSION, &set->version)) {
        log_error("the keys of the feed cannot be kept: %s", set ? "no version" : "no memory");
        free(set);
        poll_in(keys, false);
        return;
    }
    atomic_store_explicit(&set->references, 1, memory_order_relaxed);
    for (size_t row = 0; row < rows; row++) {
        take_row(keys, set, reply->result, row);
    }
    log_info("%zu keys may sign", set->count);
    replace_set(keys, set);
    poll_in(keys, keys->ask_again);
}

static void version_known(const struct db_reply *reply, void *arg)
{
    struct feed_keys *keys = arg;
    int64_t version = 0;
    const bool known = reply->outcome == DB_OK && db_result_rows(reply->result) == 1 &&
                       db_result_int64(reply->result, 0, 0, &version);
    /* Only this thread replaces the set, so it may look without the lock. */
    if (known && (!keys->set || keys->set->version != version)) {
        if (db_query(keys->db, &read_keys, NULL, QUERY_MS, keys_read, keys)) {
            return;
        }
    }
    if (reply->outcome == DB_FAILED) {
        static struct log_site site;
        log_warn_sometimes(&site, "the keys of the feed cannot be asked for: %s", reply->message);
    }
    poll_in(keys, keys->ask_again);
}

static void ask(struct feed_keys *keys)
{
    if (keys->asking) {
        keys->ask_again = true;
        return;
    }
    keys->asking = db_query(keys->db, &ask_version, NULL, QUERY_MS, version_known, keys) != NULL;
}

static void poll_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    ask(arg);
}

static void told(void *arg)
{
    ask(arg);
}

/* ---- Nonces ---- */

/* As many as one call forgets at most: then there may be more. */
enum {
    PRUNED_AT_ONCE = 100000
};

static void nonces_pruned(const struct db_reply *reply, void *arg)
{
    struct feed_keys *keys = arg;
    int64_t pruned = 0;
    if (reply->outcome == DB_FAILED) {
        log_warn("old nonces cannot be forgotten: %s", reply->message);
    }
    const bool more = reply->outcome == DB_OK && db_result_int64(reply->result, 0, 0, &pruned) &&
                      pruned == PRUNED_AT_ONCE;
    const struct timeval delay = {.tv_sec = more ? 0 : PRUNE_SECONDS};
    (void)event_add(keys->prune, &delay);
}

static void prune_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct feed_keys *keys = arg;
    (void)db_query(keys->db, &prune_nonces, NULL, QUERY_MS, nonces_pruned, keys);
}

/* ---- The directory ---- */

static bool make_dummies(struct feed_keys *keys)
{
    uint8_t bytes[FEED_ED25519_KEY_SIZE];
    size_t len = sizeof bytes;
    EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (pair && EVP_PKEY_get_raw_public_key(pair, bytes, &len) == 1) {
        keys->dummy[FEED_ED25519] = feed_key_new(FEED_ED25519, bytes, len);
    }
    EVP_PKEY_free(pair);
    if (RAND_bytes(bytes, sizeof bytes) == 1) {
        keys->dummy[FEED_HMAC_SHA256] = feed_key_new(FEED_HMAC_SHA256, bytes, sizeof bytes);
    }
    return keys->dummy[FEED_ED25519] && keys->dummy[FEED_HMAC_SHA256];
}

struct feed_keys *feed_keys_open(struct event_base *base, const struct feed_keys_config *config)
{
    struct feed_keys *keys = calloc(1, sizeof *keys);
    if (!keys) {
        return NULL;
    }
    const struct db_config db = {.conninfo = config->conninfo,
                                 .role = config->role,
                                 .application_name = "corridor-ingestd keys",
                                 .connections = 1,
                                 .queue_max = 4};
    const struct timeval now = {0};
    pthread_mutex_init(&keys->mutex, NULL);
    keys->seal = config->seal;
    keys->poll = evtimer_new(base, poll_due, keys);
    keys->prune = evtimer_new(base, prune_due, keys);
    keys->db = db_open(base, &db);
    if (!keys->poll || !keys->prune || !keys->db || !make_dummies(keys)) {
        feed_keys_close(keys);
        return NULL;
    }
    db_listen(keys->db, "corridor_identity", told, keys);
    (void)event_add(keys->poll, &now);
    (void)event_add(keys->prune, &now);
    return keys;
}

void feed_keys_close(struct feed_keys *keys)
{
    if (!keys) {
        return;
    }
    db_close(keys->db);
    if (keys->poll) {
        event_free(keys->poll);
    }
    if (keys->prune) {
        event_free(keys->prune);
    }
    set_unref(keys->set);
    for (size_t i = 0; i < ALGORITHMS; i++) {
        feed_key_free(keys->dummy[i]);
    }
    pthread_mutex_destroy(&keys->mutex);
    free(keys);
}

bool feed_keys_ready(struct feed_keys *keys)
{
    struct key_set *set = set_ref(keys);
    const bool ready = set != NULL;
    set_unref(set);
    return ready;
}

bool feed_keys_verify(struct feed_keys *keys, const struct feed_signature *signature,
                      struct span base, struct feed_party *who)
{
    /* The length says which kind it claims to be, and so whose time it takes. */
    if (signature->bytes_len != FEED_ED25519_SIGNATURE_SIZE &&
        signature->bytes_len != FEED_HMAC_SIGNATURE_SIZE) {
        return false;
    }
    const enum feed_algorithm algorithm =
        signature->bytes_len == FEED_ED25519_SIGNATURE_SIZE ? FEED_ED25519 : FEED_HMAC_SHA256;
    struct key_set *set = set_ref(keys);
    const struct key_entry *entry = set ? find(set, signature->keyid) : NULL;
    const bool usable =
        entry && feed_key_algorithm(entry->key) == algorithm &&
        (!signature->alg.at || span_is(signature->alg, feed_algorithm_code(algorithm)));
    const bool right = feed_key_verify(usable ? entry->key : keys->dummy[algorithm], base,
                                       signature->bytes, signature->bytes_len);
    if (usable && right) {
        *who = entry->party;
    }
    set_unref(set);
    return usable && right;
}

bool feed_keys_have(struct feed_keys *keys, const char *keyid)
{
    struct key_set *set = set_ref(keys);
    const bool have = set && find(set, span_of(keyid));
    set_unref(set);
    return have;
}
