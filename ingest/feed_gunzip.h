/* A gzip body unpacked as it comes, within bounds: what a small body may become is limited. */
#ifndef INGEST_FEED_GUNZIP_H
#define INGEST_FEED_GUNZIP_H

#include <corridor/base.h>

/* A body may become this much, or this many times itself, whichever is more. Quotes in JSON Lines
 * shrink to a tenth; what is made to burst grows a thousandfold. */
#define FEED_GUNZIP_FREE  ((uint64_t)1 << 20)
#define FEED_GUNZIP_RATIO 100U

struct feed_gunzip;

enum feed_gunzip_result {
    FEED_GUNZIP_MORE,   /* the input is used up */
    FEED_GUNZIP_FULL,   /* the room is used up: call again with the rest of the input */
    FEED_GUNZIP_BROKEN, /* not gzip, or damaged */
    FEED_GUNZIP_BURST,  /* it grows past the bounds */
};

struct feed_gunzip *feed_gunzip_new(void);         /* NULL: no memory */
void feed_gunzip_free(struct feed_gunzip *gunzip); /* NULL is fine */
/* Takes from the front of *input, writes at most `size` bytes, *len of them. */
enum feed_gunzip_result feed_gunzip_next(struct feed_gunzip *gunzip, struct span *input, char *room,
                                         size_t size, size_t *len);
/* Whether the input ended where a gzip member does. */
bool feed_gunzip_ended(const struct feed_gunzip *gunzip);

#endif
