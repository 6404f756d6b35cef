/*
 * The header of the PROXY protocol under libFuzzer: a stream from a trusted proxy, cut where the
 * first bytes say, goes to a worker driven by hand. Beside crashes and sanitizer findings it holds
 * that a header is read to its last byte and not beyond, wherever it is cut: behind a good one the
 * answers are those that a client of our own would get, and without one there are none.
 */
#include "../unit/http_wire.h"
#include "core/http_engine.h"
#include "fuzz_cuts.h"

#include <stdio.h>
#include <stdlib.h>

#define CUTS_MAX   4U
#define HEAD       16U /* of the header: signature, command, family, length */
#define HEADER_MAX 2048U

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    wire_open();
    return 0;
}

static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

/* The bytes of the whole, good header that a stream begins with; 0 when it begins with none. */
static size_t header_of(struct span raw)
{
    const uint8_t *bytes = (const uint8_t *)raw.at;
    struct http_address from = {{0}};
    bool told = false;
    if (raw.len < HEAD) {
        return 0;
    }
    const size_t size = HEAD + (size_t)(bytes[14] << 8 | bytes[15]);
    return size <= raw.len && size <= HEADER_MAX && http_proxy_parse(bytes, size, &from, &told)
               ? size
               : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_answer pieces;
    struct wire_answer direct;
    size_t cuts[CUTS_MAX];
    if (size < CUTS_MAX) {
        return 0;
    }
    struct span raw = {(const char *)data + CUTS_MAX, size - CUTS_MAX};
    fuzz_cuts(cuts, CUTS_MAX, data, raw.len);
    const size_t header = header_of(raw);
    const struct span request = {raw.at + header, raw.len - header};
    wire_proxied(true);
    wire_talk(&pieces, raw, cuts, CUTS_MAX);
    wire_proxied(false);
    if (header == 0) {
        must(pieces.bytes.len == 0, "without a header there is no answer");
    } else if (wire_repeatable(request) &&
               memcmp(request.at, "HEAD", request.len < 4 ? request.len : 4) != 0) {
        /* The wire tells an answer to HEAD, which has no body, by a stream's first bytes. */
        wire_talk(&direct, request, NULL, 0);
        must(wire_same(&pieces, &direct), "behind a header the answers are those without a proxy");
        wire_answer_free(&direct);
    }
    wire_answer_free(&pieces);
    return 0;
}
