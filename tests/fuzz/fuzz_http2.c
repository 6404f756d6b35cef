/*
 * HTTP/2 under libFuzzer: behind a preface and SETTINGS that are right, frames as the fuzzer makes
 * them, cut where the first bytes say, go to a worker driven by hand. What it holds is that nothing
 * crashes, nothing leaks, and that a connection ends when its client does, whatever its streams
 * were doing.
 */
#include "../unit/http_wire.h"
#include "fuzz_cuts.h"

#include <stdlib.h>

#define CUTS_MAX   4U
#define STREAM_MAX 8192U

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
    static const char opening[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
    char raw[sizeof opening + STREAM_MAX];
    size_t cuts[CUTS_MAX];
    struct wire_answer answer;
    if (size < CUTS_MAX || size > STREAM_MAX) {
        return 0;
    }
    size_t len = sizeof opening + size - CUTS_MAX; /* the opening's last byte is its NUL */
    memcpy(raw, opening, sizeof opening);
    memcpy(raw + sizeof opening, data + CUTS_MAX, size - CUTS_MAX);
    fuzz_cuts(cuts, CUTS_MAX, data, len);
    wire_talk(&answer, (struct span){raw, len}, cuts, CUTS_MAX);
    wire_answer_free(&answer);
    return 0;
}
