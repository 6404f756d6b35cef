/*
 * The engine with its connection's states under libFuzzer: a stream of requests, cut where the
 * first bytes say, goes to a worker driven by hand. Beside crashes and sanitizer findings it holds
 * that however a stream is cut, its answers are the same.
 */
#include "../unit/http_wire.h"

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

/* Paths whose answers depend on time or on what ran before. */
static bool changeable(struct span raw)
{
    static const char *const paths[] = {"later", "cancelled", "streams-open", "metrics"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        if (memmem(raw.at, raw.len, paths[i], strlen(paths[i])) != NULL) {
            return true;
        }
    }
    return false;
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
    size_t at = 0;
    for (size_t i = 0; i < CUTS_MAX; i++) {
        at += (size_t)data[i] * (raw.len / CUTS_MAX + 1) / 256;
        cuts[i] = at < raw.len ? at : raw.len;
    }
    wire_talk(&whole, raw, NULL, 0);
    wire_talk(&pieces, raw, cuts, CUTS_MAX);
    if (!changeable(raw)) {
        bool same = whole.count == pieces.count &&
                    memcmp(whole.statuses, pieces.statuses, sizeof whole.statuses) == 0;
        if (!same) {
            abort();
        }
    }
    wire_answer_free(&whole);
    wire_answer_free(&pieces);
    return 0;
}
