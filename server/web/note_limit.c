/*
 * Counts by salted digest. When the table is full nobody new is counted any more, and the
 * database's own limit holds alone (sql/: community_limit).
 */
#include "server/web/note_limit.h"

#include <corridor/log.h>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>

enum {
    SLOTS = 8192, /* a power of two */
    SALT_SIZE = 32,
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    int32_t day;
    bool salted;
    unsigned char salt[SALT_SIZE];
    unsigned used;
    struct {
        uint64_t digest; /* 0: free */
        unsigned count;
    } slots[SLOTS];
} today;

/* A new day begins with another salt and nothing known. */
static void turn(int32_t day)
{
    if (today.salted && today.day == day)
        return;
    memset(&today, 0, sizeof(today));
    today.day = day;
    today.salted = RAND_bytes(today.salt, SALT_SIZE) == 1;
}

static uint64_t digest_of(uint64_t peer)
{
    unsigned char bytes[SALT_SIZE + sizeof(peer)];
    unsigned char hash[EVP_MAX_MD_SIZE];
    uint64_t digest = 0;
    memcpy(bytes, today.salt, SALT_SIZE);
    memcpy(bytes + SALT_SIZE, &peer, sizeof(peer));
    if (EVP_Digest(bytes, sizeof(bytes), hash, NULL, EVP_sha256(), NULL) == 1)
        memcpy(&digest, hash, sizeof(digest));
    return digest == 0 ? 1 : digest;
}

bool note_limit_take(uint64_t peer, int32_t day)
{
    bool taken = true;
    (void)pthread_mutex_lock(&lock);
    turn(day);
    if (today.salted) {
        uint64_t digest = digest_of(peer);
        size_t at = digest & (SLOTS - 1);
        while (today.slots[at].digest != 0 && today.slots[at].digest != digest)
            at = (at + 1) & (SLOTS - 1);
        if (today.slots[at].digest == digest) {
            taken = today.slots[at].count < NOTE_LIMIT_A_DAY;
            today.slots[at].count += taken;
        } else if (today.used < SLOTS * 3 / 4) {
            today.slots[at].digest = digest;
            today.slots[at].count = 1;
            today.used++;
        }
    } else {
        log_error("no random bytes for the day's salt: no note is taken");
        taken = false;
    }
    (void)pthread_mutex_unlock(&lock);
    return taken;
}
