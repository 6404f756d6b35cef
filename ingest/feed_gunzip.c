/* gzip by zlib, member after member (RFC 1952 allows several). */
#include "ingest/feed_gunzip.h"

#include <stdlib.h>
#define ZLIB_CONST /* what is read is const */
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* the largest window, gzip's header */

struct feed_gunzip {
    z_stream zlib;
    bool between; /* members */
    uint64_t taken, given;
};

struct feed_gunzip *feed_gunzip_new(void)
{
    struct feed_gunzip *gunzip = calloc(1, sizeof *gunzip);
    if (gunzip && inflateInit2(&gunzip->zlib, GZIP_WINDOW) != Z_OK) {
        free(gunzip);
        gunzip = NULL;
    }
    return gunzip;
}

void feed_gunzip_free(struct feed_gunzip *gunzip)
{
    if (gunzip) {
        (void)inflateEnd(&gunzip->zlib);
        free(gunzip);
    }
}

enum feed_gunzip_result feed_gunzip_next(struct feed_gunzip *gunzip, struct span *input, char *room,
                                         size_t size, size_t *len)
{
    z_stream *zlib = &gunzip->zlib;
    *len = 0;
    if (gunzip->between && input->len > 0) {
        gunzip->between = false;
        if (inflateReset(zlib) != Z_OK) {
            return FEED_GUNZIP_BROKEN;
        }
    }
    zlib->next_in = (const Bytef *)input->at;
    zlib->avail_in = (uInt)input->len;
    zlib->next_out = (Bytef *)room;
    zlib->avail_out = (uInt)size;
    int result = inflate(zlib, Z_NO_FLUSH);
    size_t taken = input->len - zlib->avail_in;
    *len = size - zlib->avail_out;
    input->at += taken;
    input->len -= taken;
    gunzip->taken += taken;
    gunzip->given += *len;
    if (result == Z_STREAM_END) {
        gunzip->between = true;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
        return FEED_GUNZIP_BROKEN;
    }
    if (gunzip->given > FEED_GUNZIP_FREE && gunzip->given / FEED_GUNZIP_RATIO > gunzip->taken) {
        return FEED_GUNZIP_BURST;
    }
    /* zlib may hold more when the room is full, though the input is used up. */
    return input->len > 0 || (zlib->avail_out == 0 && result != Z_STREAM_END) ? FEED_GUNZIP_FULL
                                                                              : FEED_GUNZIP_MORE;
}

bool feed_gunzip_ended(const struct feed_gunzip *gunzip)
{
    return gunzip->between;
}
