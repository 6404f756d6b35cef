/* A set of hashes; a batch is far too small for it to fill. */
#include "ingest/feed_mix.h"

static uint64_t hash_of(uint64_t hash, const char *text)
{
    for (; *text; text++) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    }
    return (hash ^ 0xff) * UINT64_C(0x100000001b3);
}

/* Whether the batch has it already; notes it. A false yes only makes somebody wait. */
static bool seen(struct feed_mix *mix, const char *operator_id, const char *what)
{
    uint64_t hash = hash_of(hash_of(UINT64_C(0xcbf29ce484222325), operator_id), what) | 1;
    for (size_t i = hash % FEED_MIX_SIZE;; i = (i + 1) % FEED_MIX_SIZE) {
        if (mix->seen[i] == hash) {
            return true;
        }
        if (mix->seen[i] == 0) {
            mix->seen[i] = hash;
            return false;
        }
    }
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
