/*
 * Our parser beside llhttp under libFuzzer, which follows the branches of both: the same judgement
 * as differential.c, on streams that nobody thought of. The first bytes say where ours is cut.
 */
#include "differ.h"
#include "fuzz_cuts.h"

#include <stdio.h>
#include <stdlib.h>

#define CUTS_MAX 4U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t cuts[CUTS_MAX];
    bool good = true;
    if (size < CUTS_MAX || size - CUTS_MAX > DIFFER_STREAM_MAX) {
        return 0;
    }
    struct span stream = {(const char *)data + CUTS_MAX, size - CUTS_MAX};
    fuzz_cuts(cuts, CUTS_MAX, data, stream.len);
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
