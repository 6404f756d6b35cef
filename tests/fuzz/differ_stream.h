/* Streams of requests for the differential fuzzer, made from a seed. */
#ifndef DIFFER_STREAM_H
#define DIFFER_STREAM_H

#include <corridor/base.h>

/* Reads the raw requests of a table of cases; returns how many, 0 when there is no such file. */
size_t stream_seeds(const char *path);
void stream_seeds_free(void);
/* Writes the stream of a number into `to`, which holds DIFFER_STREAM_MAX bytes; returns its length.
 * The same number gives the same stream, as long as the seeds are the same. */
size_t stream_make(uint64_t number, char *to);
/* Ascending positions in a stream of that length; returns how many. */
size_t stream_cuts(uint64_t number, size_t len, size_t *cuts, size_t most);

#endif
