/*
 * Content codings: gzip (RFC 1952) and br (RFC 7932) of a whole body in one step. Whoever
 * compresses has the body at hand, so nothing here streams.
 */
#include "http_engine.h"

#include <brotli/encode.h>
#include <stdlib.h>
#include <zlib.h>

const char *http_encoding_name(enum http_encoding encoding)
{
    static const char *const names[] = {"identity", "gzip", "br"};
    return names[encoding];
}

/* 16 more than zlib's largest window asks for gzip's frame instead of zlib's. */
static bool encode_gzip(struct out *out, struct span body, bool best)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, best ? Z_BEST_COMPRESSION : Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                     MAX_WBITS + 16, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
        return false;
    }
    uLong most = deflateBound(&stream, body.len);
    char *to = out_room(out, most);
    bool done = false;
    if (to != NULL) {
        /* zlib only reads what it is given, but its type cannot say so. */
        union {
            const char *in;
            Bytef *bytes;
        } from = {.in = body.at};
        stream.next_in = from.bytes;
        stream.avail_in = (uInt)body.len;
        stream.next_out = (Bytef *)to;
        stream.avail_out = (uInt)most;
        done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
        out->len += stream.total_out;
    }
    deflateEnd(&stream);
    return done;
}

/* Quality 4 packs closer than gzip's usual level in less time; 11 is for what is packed once. */
#define BROTLI_QUICK 4

static bool encode_br(struct out *out, struct span body, bool best)
{
    size_t len = BrotliEncoderMaxCompressedSize(body.len);
    uint8_t *to = (uint8_t *)out_room(out, len);
    if (to == NULL ||
        BrotliEncoderCompress(best ? BROTLI_MAX_QUALITY : BROTLI_QUICK, 18, BROTLI_MODE_TEXT,
                              body.len, (const uint8_t *)body.at, &len, to) != BROTLI_TRUE) {
        return false;
    }
    out->len += len;
    return true;
}

bool http_encode(struct out *out, enum http_encoding encoding, struct span body, bool best)
{
    switch (encoding) {
    case HTTP_GZIP:
        return encode_gzip(out, body, best);
    case HTTP_BR:
        return encode_br(out, body, best);
    case HTTP_IDENTITY:
    case HTTP_ENCODINGS:
        break;
    }
    return false;
}
