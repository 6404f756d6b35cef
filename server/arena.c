/* Memory given back all at once: a list of chunks, each filled from its start. */
#include "server/arena.h"

#include <corridor/log.h>

#include <stdalign.h>
#include <stdlib.h>

#define CHUNK_MIN ((size_t)1 << 10) /* bytes; each next chunk is as large as all before it */
#define CHUNK_MAX ((size_t)32 << 10)

struct arena_chunk {
    struct arena_chunk *next;
    size_t used; /* bytes of `bytes` */
    size_t size;
    alignas(max_align_t) char bytes[];
};

void *arena_take(struct arena *arena, size_t size)
{
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_chunk *chunk = arena->chunks;
    if (chunk == NULL || chunk->size - chunk->used < size) {
        size_t wanted = arena->bytes < CHUNK_MIN   ? CHUNK_MIN
                        : arena->bytes < CHUNK_MAX ? arena->bytes
                                                   : CHUNK_MAX;
        if (wanted < size)
            wanted = size;
        chunk = calloc(1, sizeof(*chunk) + wanted);
        if (chunk == NULL) {
            log_error("out of memory: %zu bytes for the market", wanted);
            abort();
        }
        chunk->size = wanted;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
        arena->bytes += sizeof(*chunk) + wanted;
    }
    void *at = chunk->bytes + chunk->used;
    chunk->used += size;
    return at;
}

char *arena_text(struct arena *arena, struct span text)
{
    char *copy = arena_take(arena, text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    return copy;
}

void arena_free(struct arena *arena)
{
    /* The arena itself may stand in one of its chunks. */
    struct arena_chunk *chunk = arena->chunks;
    while (chunk != NULL) {
        struct arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}
