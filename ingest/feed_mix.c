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

/* Whether the batch has it already; notes it. A false yes only makes somebody wait. */
static bool seen(struct feed_mix *mix, const char *operator_id, const char *ref)
{
    uint64_t hash = service_hash(operator_id, ref);
    size_t i = place_of(mix, hash);
    bool had = mix->seen[i] == hash;
    mix->seen[i] = hash;
    return had;
}

bool feed_mix_next(struct feed_mix *mix, const char *operator_id, const struct feed_item *items,
                   size_t count)
{
    bool meets = false;
    for (size_t i = 0; i < count && !meets; i++) {
        meets = items[i].status != FEED_REFUSED &&
                mix->seen[place_of(mix, service_hash(operator_id, items[i].quote.ref))] != 0;
    }
    memset(mix, 0, sizeof *mix);
    for (size_t i = 0; i < count; i++) {
        if (items[i].status != FEED_REFUSED) {
            (void)seen(mix, operator_id, items[i].quote.ref);
        }
    }
    return meets;
}

bool feed_mix_fits(struct feed_mix *mix, const struct feed_submission *submission)
{
    bool met = false;
    if (submission->kind == FEED_WITHDRAW) {
        met = seen(mix, submission->operator_id, submission->ref);
    }
    for (size_t i = 0; i < submission->count; i++) {
        const struct feed_item *item = &submission->items[i];
        /* Its own first-transfer price does not count as another's. */
        if (item->status != FEED_REFUSED && seen(mix, submission->operator_id, item->quote.ref)) {
            bool own = false;
            for (size_t k = 0; k < i && !own; k++) {
                own = strcmp(submission->items[k].quote.ref, item->quote.ref) == 0;
            }
            met |= !own;
        }
    }
    return !met;
}
