/* Memory that is given back all at once: what a block of the market stands in. */
#ifndef SERVER_ARENA_H
#define SERVER_ARENA_H

#include <corridor/base.h>

struct arena_chunk;
struct arena {
    struct arena_chunk *chunks; /* the one in use first */
    size_t bytes;               /* taken from the heap so far */
};

/* Zeroed and aligned for any type. Memory running out ends the program: nothing can be served
 * without it. An arena of all zeros is empty. */
void *arena_take(struct arena *arena, size_t size);
/* A copy with a NUL after it. */
char *arena_text(struct arena *arena, struct span text);
void arena_free(struct arena *arena);

#endif
