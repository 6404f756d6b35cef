/*
 * Content codings: gzip (RFC 1952) and br (RFC 7932) of a whole body in one step. Whoever
 * compresses has the body at hand, so nothing here streams. The hard part is an answer that is
 * packed for one reader only: half of its price was taking and giving back the packers' memory, so
 * a worker keeps one of each.
 */
#include "http_engine.h"

#include <brotli/encode.h>
#include <stdalign.h>
#include <stdlib.h>
#include <zlib.h>

const char *http_encoding_name(enum http_encoding encoding)
{
    static const char *const names[] = {"identity", "gzip", "br"};
    return names[encoding];
}

/* Quickly, and for what is packed once for all. br's 3 packs 13 KB as closely as gzip's usual level
 * in half its time. An answer is packed the same way whoever packs it, since its ETag is strong. */
static const int gzip_levels[] = {4, Z_BEST_COMPRESSION};
static const int br_qualities[] = {3, BROTLI_MAX_QUALITY};

#define BR_WINDOW 18

struct http_packer {
    z_stream gzip;
    bool gzip_open;
    size_t used; /* of br, by the body being packed */
    alignas(max_align_t) char br[(size_t)1 << 20];
};

/* ---- gzip ---- */

/* 16 more than zlib's largest window asks for gzip's frame instead of zlib's. */
static bool gzip_begin(z_stream *stream, bool best)
{
    *stream = (z_stream){0};
    return deflateInit2(stream, gzip_levels[best], Z_DEFLATED, MAX_WBITS + 16, MAX_MEM_LEVEL,
                        Z_DEFAULT_STRATEGY) == Z_OK;
}

static bool gzip_all(z_stream *stream, struct out *out, struct span body)
{
    uLong most = deflateBound(stream, body.len);
    char *to = out_room(out, most);
    if (to == NULL) {
        return false;
    }
    /* zlib only reads what it is given, but its type cannot say so. */
    union {
        const char *in;
        Bytef *bytes;
    } from = {.in = body.at};
    stream->next_in = from.bytes;
    stream->avail_in = (uInt)body.len;
    stream->next_out = (Bytef *)to;
    stream->avail_out = (uInt)most;
    bool done = deflate(stream, Z_FINISH) == Z_STREAM_END;
    out->len += stream->total_out;
    return done;
}

static bool encode_gzip(struct out *out, struct span body, bool best)
{
    z_stream stream;
    bool done = false;
    if (gzip_begin(&stream, best)) {
        done = gzip_all(&stream, out, body);
        deflateEnd(&stream);
    }
    return done;
}

/* ---- br ---- */

/* From the packer's own memory while it lasts; all of it is given back at once. */
static void *br_take(void *opaque, size_t size)
{
    struct http_packer *packer = opaque;
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (size > sizeof packer->br - packer->used) {
        return malloc(size);
    }
    packer->used += size;
    return packer->br + packer->used - size;
}

static void br_give(void *opaque, void *at)
{
    struct http_packer *packer = opaque;
    uintptr_t place = (uintptr_t)at - (uintptr_t)packer->br;
    if (place >= sizeof packer->br) {
        free(at);
    }
}

static bool br_settings(BrotliEncoderState *state, size_t len, bool best)
{
    return BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, (uint32_t)br_qualities[best]) ==
               BROTLI_TRUE &&
           BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, BR_WINDOW) == BROTLI_TRUE &&
           BrotliEncoderSetParameter(state, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT) == BROTLI_TRUE &&
           BrotliEncoderSetParameter(state, BROTLI_PARAM_SIZE_HINT, (uint32_t)len) == BROTLI_TRUE;
}

/* packer: NULL takes memory from the heap. */
static bool encode_br(struct http_packer *packer, struct out *out, struct span body, bool best)
{
    BrotliEncoderState *state = BrotliEncoderCreateInstance(
        packer == NULL ? NULL : br_take, packer == NULL ? NULL : br_give, packer);
    size_t left = BrotliEncoderMaxCompressedSize(body.len);
    uint8_t *to = (uint8_t *)out_room(out, left);
    size_t total = 0;
    bool done = false;
    if (state != NULL && to != NULL && br_settings(state, body.len, best)) {
        const uint8_t *from = (const uint8_t *)body.at;
        done = BrotliEncoderCompressStream(state, BROTLI_OPERATION_FINISH, &body.len, &from, &left,
                                           &to, &total) == BROTLI_TRUE &&
               BrotliEncoderIsFinished(state) == BROTLI_TRUE;
        out->len += total;
    }
    BrotliEncoderDestroyInstance(state);
    return done;
}

/* ---- Either ---- */

bool http_encode(struct out *out, enum http_encoding encoding, struct span body, bool best)
{
    switch (encoding) {
    case HTTP_GZIP:
        return encode_gzip(out, body, best);
    case HTTP_BR:
        return encode_br(NULL, out, body, best);
    case HTTP_IDENTITY:
    case HTTP_ENCODINGS:
        break;
    }
    return false;
}

static bool packer_gzip(struct http_packer *packer, struct out *out, struct span body)
{
    if (!packer->gzip_open) {
        packer->gzip_open = gzip_begin(&packer->gzip, false);
    } else if (deflateReset(&packer->gzip) != Z_OK) {
        return false;
    }
    return packer->gzip_open && gzip_all(&packer->gzip, out, body);
}

bool http_encode_once(struct http_packer **packer, struct out *out, enum http_encoding encoding,
                      struct span body)
{
    if (*packer == NULL) {
        *packer = malloc(sizeof **packer);
        if (*packer == NULL) {
            return false;
        }
        (*packer)->gzip_open = false;
    }
    (*packer)->used = 0;
    return encoding == HTTP_GZIP ? packer_gzip(*packer, out, body)
                                 : encode_br(*packer, out, body, false);
}

void http_packer_free(struct http_packer *packer)
{
    if (packer != NULL && packer->gzip_open) {
        deflateEnd(&packer->gzip);
    }
    free(packer);
}
