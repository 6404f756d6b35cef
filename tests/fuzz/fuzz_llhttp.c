/*
 * Our parser beside llhttp under libFuzzer, which follows the branches of both: the same judgement
 * as differential.c, on streams that nobody thought of. The first bytes say where ours is cut.
 */
#include "differ.h"

#include <stdio.h>
#include <stdlib.h>

#define CUTS_MAX 4U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t cuts[CUTS_MAX];
    size_t at = 0;
    bool good = true;
    if (size < CUTS_MAX || size - CUTS_MAX > DIFFER_STREAM_MAX) {
        return 0;
    }
    struct span stream = {(const char *)data + CUTS_MAX, size - CUTS_MAX};
    for (size_t i = 0; i < CUTS_MAX; i++) {
        at += (size_t)data[i] * (stream.len / CUTS_MAX + 1) / 256;
        cuts[i] = at < stream.len ? at : stream.len;
    }
    differ_judge(stream, cuts, CUTS_MAX, &good);
    if (!good) {
        static struct differ_reading ours;
        static struct differ_reading theirs;
        struct differ_point point;
        differ_ours(&ours, stream, NULL, 0);
        differ_llhttp(&theirs, stream);
        if (differ_compare(&point, &ours, &theirs, stream)) {
            differ_print(&point);
        }
        fflush(stdout);
        abort();
    }
    return 0;
}
