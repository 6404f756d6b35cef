/* A set of hashes; a batch is far too small for it to fill. */
#include "ingest/feed_mix.h"

static uint64_t hash_of(uint64_t hash, const char *text)
{
    for (; *text; text++) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    }
    return (hash ^ 0xff) * UINT64_C(0x100000001b3);
}

static uint64_t service_hash(const char *operator_id, const char *ref)
{
    return hash_of(hash_of(UINT64_C(0xcbf29ce484222325), operator_id), ref) | 1;
}

/* Where it is noted, or the empty place where it would be. */
static size_t place_of(const struct feed_mix *mix, uint64_t hash)
{
    size_t i = hash % FEED_MIX_SIZE;
    while (mix->seen[i] != 0 && mix->seen[i] != hash) {
        i = (i + 1) % FEED_MIX_SIZE;
    }
    return i;
}

static bool has(const struct feed_mix *mix, const char *operator_id, const char *ref)
{
    return mix->seen[place_of(mix, service_hash(operator_id, ref))] != 0;
}

static void note(struct feed_mix *mix, const char *operator_id, const char *ref)
{
    uint64_t hash = service_hash(operator_id, ref);
    mix->seen[place_of(mix, hash)] = hash;
}

static bool has_one(const struct feed_mix *mix, const char *operator_id,
                    const struct feed_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].status != FEED_REFUSED && has(mix, operator_id, items[i].quote.ref)) {
            return true;
        }
    }
    return false;
}

static void note_all(struct feed_mix *mix, const char *operator_id, const struct feed_item *items,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].status != FEED_REFUSED) {
            note(mix, operator_id, items[i].quote.ref);
        }
    }
}

bool feed_mix_next(struct feed_mix *mix, const char *operator_id, const struct feed_item *items,
                   size_t count)
{
    bool meets = has_one(mix, operator_id, items, count);
    memset(mix, 0, sizeof *mix);
    note_all(mix, operator_id, items, count);
    return meets;
}

/* All of it is looked at before any is noted: its own two prices of a service do not meet, and one
 * that waits takes no place, however many wait. */
bool feed_mix_fits(struct feed_mix *mix, const struct feed_submission *submission)
{
    const char *operator_id = submission->operator_id;
    bool gone = submission->kind == FEED_WITHDRAW;
    if ((gone && has(mix, operator_id, submission->ref)) ||
        has_one(mix, operator_id, submission->items, submission->count)) {
        return false;
    }
    if (gone) {
        note(mix, operator_id, submission->ref);
    }
    note_all(mix, operator_id, submission->items, submission->count);
    return true;
}
