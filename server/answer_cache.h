/*
 * Answers kept by what was asked, within a fixed memory: the least recently used make place. One
 * worker's own. Pure: it knows nothing of requests, and is told the time.
 *
 * An answer is given only while everything it was made from stands as it did, and until an instant
 * that its maker names.
 */
#ifndef SERVER_ANSWER_CACHE_H
#define SERVER_ANSWER_CACHE_H

#include <corridor/http.h>

/*
 * What an answer was made from, by numbers that change with it and never come again
 * (server/market.h, server/market_table.h). 0: it makes no difference.
 */
struct answer_source {
    uint64_t block;     /* the corridor's */
    uint64_t corridors; /* which corridors there are */
    uint64_t market;    /* anything of any corridor */
};

/* Longer keys are never kept. */
#define ANSWER_KEY_MAX 320

struct answer_cache;

/* bytes: what it may hold in all; 0 keeps nothing. seed: unknown to strangers, so that they can't
 * choose keys that collide. NULL: no memory. */
struct answer_cache *answer_cache_new(size_t bytes, uint64_t seed);
void answer_cache_free(struct answer_cache *cache); /* NULL is fine */

/* The answer kept for a key, valid until the next call. NULL: none that still holds at the instant
 * `now`. `standing` has all three numbers as they are now. */
struct http_content *answer_cache_find(struct answer_cache *cache, struct span key,
                                       const struct answer_source *standing, int64_t now);
/*
 * Whether an answer is worth keeping: true from a key's second asking on. What was asked is
 * remembered roughly and for some thousands of questions, so that one who asks something else each
 * time pushes nothing out.
 */
bool answer_cache_asked(struct answer_cache *cache, struct span key);
/* Keeps an answer, in place of the key's last one, until the instant `until`. Takes the content;
 * true when it is kept, else it has been freed. The content's texts must outlive the cache. Answers
 * used longest ago whose time is over go, and with them the files they are sent from. */
bool answer_cache_put(struct answer_cache *cache, struct span key,
                      const struct answer_source *source, int64_t now, int64_t until,
                      struct http_content *content);
/* After sending an answer that was found or put: what has been packed for it counts too, and others
 * may have to make place. */
void answer_cache_weigh(struct answer_cache *cache);

size_t answer_cache_bytes(const struct answer_cache *cache);
size_t answer_cache_count(const struct answer_cache *cache);

#endif
