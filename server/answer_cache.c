/*
 * A hash table and a list in order of use. Its one hard problem is that an answer grows after it
 * was put in, when a client first wants it packed: the entry last touched is weighed again after
 * each reply.
 */
#include "server/answer_cache.h"

#include "server/digest.h"

#include <assert.h>
#include <stdlib.h>

/* One bucket for so many bytes allowed: small answers stand a few to a bucket. */
#define BUCKET_BYTES 4096U
#define ASKED        8192U /* a power of two */

struct entry {
    struct entry *next; /* in its bucket */
    struct entry *newer;
    struct entry *older;
    uint64_t hash;
    struct answer_source source;
    int64_t until;
    struct http_content *content;
    size_t weight; /* bytes, as counted in the cache's */
    size_t key_len;
    char key[];
};

struct answer_cache {
    size_t limit;
    size_t bytes;
    size_t count;
    uint64_t seed;
    struct entry *newest;
    struct entry *oldest;
    struct entry *touched;  /* found or put last; NULL: gone since */
    uint32_t asked[ASKED];  /* by a question's hash, another part of it; the last one stays */
    size_t buckets;         /* a power of two */
    struct entry *bucket[]; /* by hash */
};

static uint64_t hash_of(const struct answer_cache *cache, struct span key)
{
    return digest_bytes(cache->seed, key);
}

struct answer_cache *answer_cache_new(size_t bytes, uint64_t seed)
{
    size_t buckets = 1;
    while (buckets < bytes / BUCKET_BYTES)
        buckets *= 2;
    struct answer_cache *cache = calloc(1, sizeof(*cache) + buckets * sizeof(cache->bucket[0]));
    if (cache == NULL)
        return NULL;
    cache->limit = bytes;
    cache->seed = seed;
    cache->buckets = buckets;
    return cache;
}

/* ---- The list ---- */

static void list_out(struct answer_cache *cache, struct entry *entry)
{
    *(entry->newer != NULL ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older != NULL ? &entry->older->newer : &cache->oldest) = entry->newer;
}

static void list_in(struct answer_cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    *(cache->newest != NULL ? &cache->newest->newer : &cache->oldest) = entry;
    cache->newest = entry;
}

/* ---- Entries ---- */

static struct entry **place_of(struct answer_cache *cache, uint64_t hash, struct span key)
{
    struct entry **place = &cache->bucket[hash & (cache->buckets - 1)];
    while (*place != NULL && ((*place)->hash != hash || (*place)->key_len != key.len ||
                              memcmp((*place)->key, key.at, key.len) != 0))
        place = &(*place)->next;
    return place;
}

static void drop(struct answer_cache *cache, struct entry **place)
{
    struct entry *entry = *place;
    assert(entry != NULL);
    *place = entry->next;
    list_out(cache, entry);
    cache->bytes -= entry->weight;
    cache->count--;
    if (cache->touched == entry)
        cache->touched = NULL;
    http_content_free(entry->content);
    free(entry);
}

void answer_cache_free(struct answer_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < cache->buckets; i++) {
        while (cache->bucket[i] != NULL)
            drop(cache, &cache->bucket[i]);
    }
    free(cache);
}

static bool stands(uint64_t made_from, uint64_t standing)
{
    return made_from == 0 || made_from == standing;
}

struct http_content *answer_cache_find(struct answer_cache *cache, struct span key,
                                       const struct answer_source *standing, int64_t now)
{
    struct entry **place = place_of(cache, hash_of(cache, key), key);
    struct entry *entry = *place;
    if (entry == NULL)
        return NULL;
    if (now >= entry->until || !stands(entry->source.block, standing->block) ||
        !stands(entry->source.corridors, standing->corridors) ||
        !stands(entry->source.market, standing->market)) {
        drop(cache, place);
        return NULL;
    }
    list_out(cache, entry);
    list_in(cache, entry);
    cache->touched = entry;
    return entry->content;
}

bool answer_cache_asked(struct answer_cache *cache, struct span key)
{
    uint64_t hash = hash_of(cache, key);
    uint32_t *place = &cache->asked[hash & (ASKED - 1)];
    uint32_t mark = (uint32_t)(hash >> 32);
    bool again = *place == mark;
    *place = mark;
    return again;
}

static void drop_oldest(struct answer_cache *cache)
{
    struct entry *oldest = cache->oldest;
    drop(cache, place_of(cache, oldest->hash, (struct span){oldest->key, oldest->key_len}));
}

bool answer_cache_put(struct answer_cache *cache, struct span key,
                      const struct answer_source *source, int64_t now, int64_t until,
                      struct http_content *content)
{
    uint64_t hash = hash_of(cache, key);
    struct entry **place = place_of(cache, hash, key);
    if (*place != NULL)
        drop(cache, place);
    struct entry *entry = NULL;
    if (key.len <= ANSWER_KEY_MAX && http_content_size(content) < cache->limit / 4)
        entry = malloc(sizeof(*entry) + key.len);
    if (entry == NULL) {
        http_content_free(content);
        return false;
    }
    *entry = (struct entry){
        .hash = hash, .source = *source, .until = until, .content = content, .key_len = key.len};
    memcpy(entry->key, key.at, key.len);
    place = &cache->bucket[hash & (cache->buckets - 1)];
    entry->next = *place;
    *place = entry;
    list_in(cache, entry);
    cache->count++;
    cache->touched = entry;
    while (cache->oldest != entry && cache->oldest->until <= now)
        drop_oldest(cache);
    answer_cache_weigh(cache);
    return true;
}

void answer_cache_weigh(struct answer_cache *cache)
{
    struct entry *entry = cache->touched;
    if (entry == NULL)
        return;
    size_t weight = sizeof(*entry) + entry->key_len + http_content_size(entry->content);
    cache->bytes += weight - entry->weight;
    entry->weight = weight;
    /* The one in hand stays, being the newest and less than the limit. */
    while (cache->bytes > cache->limit && cache->oldest != entry)
        drop_oldest(cache);
}

size_t answer_cache_bytes(const struct answer_cache *cache)
{
    return cache->bytes;
}

size_t answer_cache_count(const struct answer_cache *cache)
{
    return cache->count;
}
