/* A line on the terminal that says how far a long command is. Silent when standard error is not a
 * terminal. */
#ifndef INGEST_PROGRESS_H
#define INGEST_PROGRESS_H

#include <corridor/base.h>

struct progress {
    const char *what; /* "rows" */
    uint64_t total;   /* of the measure that done counts (bytes, rows); 0 when unknown */
    int64_t started;  /* monotonic, ms */
    int64_t shown;    /* when the line was last written; 0 before */
    bool on;
};

/* `what` is counted for the reader; `total` is what `done` runs up to, and may be counted in
 * something else (bytes). */
void progress_start(struct progress *progress, const char *what, uint64_t total);
/* Cheap enough to be called for every row: it writes ten times a second at most. */
void progress_update(struct progress *progress, uint64_t count, uint64_t done);
/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
