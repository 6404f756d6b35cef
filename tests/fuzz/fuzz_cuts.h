/* Where a fuzzer's first bytes cut the stream that follows them. */
#ifndef FUZZ_CUTS_H
#define FUZZ_CUTS_H

#include <stddef.h>
#include <stdint.h>

/* Ascending positions within a stream of `len` bytes, one for each of the first `count` bytes. */
static inline void fuzz_cuts(size_t *cuts, size_t count, const uint8_t *data, size_t len)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        at += (size_t)data[i] * (len / count + 1) / 256;
        cuts[i] = at < len ? at : len;
    }
}

#endif
