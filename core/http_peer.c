/*
 * Counting connections by where they come from. The hard part is that a stranger chooses how many
 * addresses there are (an IPv6 network holds more than memory does), so the table has a fixed size,
 * twice that of all connections there may be, forgets an address with its last connection, and
 * places it by a secret seed, so that nobody can crowd one corner of it.
 */
#include "http_peer.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};

#define KEY_V4 ((uint64_t)0xFF << 48) /* no network begins with 00ff: */

void http_address_v4(struct http_address *address, const uint8_t bytes[4])
{
    memcpy(address->bytes, mapped, sizeof mapped);
    memcpy(address->bytes + sizeof mapped, bytes, 4);
}

bool http_address_of(struct http_address *address, const struct sockaddr *from)
{
    union {
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } socket;
    if (from->sa_family == AF_INET) {
        memcpy(&socket.in, from, sizeof socket.in);
        uint8_t bytes[4];
        memcpy(bytes, &socket.in.sin_addr, sizeof bytes);
        http_address_v4(address, bytes);
    } else if (from->sa_family == AF_INET6) {
        memcpy(&socket.in6, from, sizeof socket.in6);
        memcpy(address->bytes, &socket.in6.sin6_addr, sizeof address->bytes);
    }
    return from->sa_family == AF_INET || from->sa_family == AF_INET6;
}

static bool address_is_v4(const struct http_address *address)
{
    return memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

static uint64_t address_number(const uint8_t *bytes, unsigned count)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < count; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

uint64_t http_peer_key(const struct http_address *address)
{
    if (address_is_v4(address)) {
        bool own = address->bytes[12] == 127;
        return own ? 0 : KEY_V4 | address_number(address->bytes + 12, 4);
    }
    return address_number(address->bytes, 8); /* of ::1, zero */
}

/* ---- Addresses to trust ---- */

/* "192.0.2.0/24" of at most 49 bytes. */
static bool prefix_parse(struct http_prefixes *prefixes, const char *text, size_t len)
{
    char copy[50];
    uint8_t v4[4];
    if (len >= sizeof copy || prefixes->count == HTTP_PREFIXES_MAX) {
        return false;
    }
    memcpy(copy, text, len);
    copy[len] = '\0';
    char *slash = strchr(copy, '/');
    if (slash != NULL) {
        *slash++ = '\0';
    }
    struct http_address *address = &prefixes->list[prefixes->count].address;
    unsigned most = 128;
    if (inet_pton(AF_INET, copy, v4) == 1) {
        http_address_v4(address, v4);
        most = 32;
    } else if (inet_pton(AF_INET6, copy, address->bytes) != 1) {
        return false;
    }
    unsigned long bits = most;
    if (slash != NULL) {
        char *end = slash;
        bits = *slash >= '0' && *slash <= '9' ? strtoul(slash, &end, 10) : 0;
        if (end == slash || *end != '\0' || bits > most) {
            return false;
        }
    }
    prefixes->list[prefixes->count++].bits = (unsigned)bits + 128 - most;
    return true;
}

bool http_prefixes_parse(struct http_prefixes *prefixes, const char *text)
{
    static const char between[] = ", \t";
    prefixes->count = 0;
    text += strspn(text, between);
    while (*text != '\0') {
        size_t len = strcspn(text, between);
        if (!prefix_parse(prefixes, text, len)) {
            return false;
        }
        text += len;
        text += strspn(text, between);
    }
    return true;
}

static bool prefix_holds(const struct http_address *prefix, unsigned bits,
                         const struct http_address *address)
{
    unsigned whole = bits / 8;
    unsigned rest = bits % 8;
    return memcmp(prefix->bytes, address->bytes, whole) == 0 &&
           (rest == 0 || (prefix->bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0);
}

bool http_prefixes_hold(const struct http_prefixes *prefixes, const struct http_address *address)
{
    for (unsigned i = 0; i < prefixes->count; i++) {
        if (prefix_holds(&prefixes->list[i].address, prefixes->list[i].bits, address)) {
            return true;
        }
    }
    return false;
}

/* ---- How many connections each has ---- */

struct http_peer_count {
    uint64_t key;
    uint32_t count; /* 0: the slot is free */
};

bool http_peers_open(struct http_peers *peers, unsigned connections, unsigned limit)
{
    size_t size = 64;
    while (size < 2 * (size_t)connections) {
        size *= 2;
    }
    if (getrandom(&peers->seed, sizeof peers->seed, 0) != sizeof peers->seed ||
        pthread_mutex_init(&peers->lock, NULL) != 0) {
        return false;
    }
    peers->slots = calloc(size, sizeof *peers->slots);
    peers->mask = size - 1;
    peers->limit = limit;
    if (peers->slots == NULL) {
        pthread_mutex_destroy(&peers->lock);
    }
    return peers->slots != NULL;
}

void http_peers_close(struct http_peers *peers)
{
    if (peers->slots != NULL) {
        pthread_mutex_destroy(&peers->lock);
        free(peers->slots);
        peers->slots = NULL;
    }
}

/* Where it would like to be (the finalizer of splitmix64). */
static size_t peer_home(const struct http_peers *peers, uint64_t key)
{
    key ^= peers->seed;
    key = (key ^ key >> 30) * 0xBF58476D1CE4E5B9U;
    key = (key ^ key >> 27) * 0x94D049BB133111EBU;
    return (key ^ key >> 31) & peers->mask;
}

/* Its slot, or the free one where it would go. */
static size_t peer_find(const struct http_peers *peers, uint64_t key)
{
    size_t at = peer_home(peers, key);
    while (peers->slots[at].count > 0 && peers->slots[at].key != key) {
        at = (at + 1) & peers->mask;
    }
    return at;
}

/* Closes the gap: whoever could stand nearer to its home moves up. */
static void peer_forget(struct http_peers *peers, size_t gap)
{
    size_t at = gap;
    for (;;) {
        peers->slots[gap].count = 0;
        do {
            at = (at + 1) & peers->mask;
            if (peers->slots[at].count == 0) {
                return;
            }
        } while (((at - peer_home(peers, peers->slots[at].key)) & peers->mask) <
                 ((at - gap) & peers->mask));
        peers->slots[gap] = peers->slots[at];
        gap = at;
    }
}

bool http_peers_enter(struct http_peers *peers, uint64_t key)
{
    bool may = true;
    if (key != 0) {
        pthread_mutex_lock(&peers->lock);
        struct http_peer_count *slot = &peers->slots[peer_find(peers, key)];
        may = slot->count < peers->limit;
        if (may) {
            slot->key = key;
            slot->count++;
        }
        pthread_mutex_unlock(&peers->lock);
    }
    return may;
}

void http_peers_leave(struct http_peers *peers, uint64_t key)
{
    if (key != 0) {
        pthread_mutex_lock(&peers->lock);
        size_t at = peer_find(peers, key);
        assert(peers->slots[at].count > 0);
        if (--peers->slots[at].count == 0) {
            peer_forget(peers, at);
        }
        pthread_mutex_unlock(&peers->lock);
    }
}
