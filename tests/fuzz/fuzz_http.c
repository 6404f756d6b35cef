/*
 * The engine with its connection's states under libFuzzer: a stream of requests, cut where the
 * first bytes say, goes to a worker driven by hand. Beside crashes and sanitizer findings it holds
 * that however a stream is cut, its answers are the same.
 */
#include "../unit/http_wire.h"
#include "fuzz_cuts.h"

#include <stdlib.h>

#define CUTS_MAX 8U

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    wire_open();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_answer whole;
    struct wire_answer pieces;
    size_t cuts[CUTS_MAX];
    if (size < CUTS_MAX) {
        return 0;
    }
    struct span raw = {(const char *)data + CUTS_MAX, size - CUTS_MAX};
    fuzz_cuts(cuts, CUTS_MAX, data, raw.len);
    wire_talk(&whole, raw, NULL, 0);
    wire_talk(&pieces, raw, cuts, CUTS_MAX);
    if (wire_repeatable(raw) && !wire_same(&whole, &pieces)) {
        abort();
    }
    wire_answer_free(&whole);
    wire_answer_free(&pieces);
    return 0;
}
