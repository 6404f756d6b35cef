/*
 * The growing buffer under every answer. The hard part is that nobody checks while writing: each
 * append either fits whole or turns the buffer into one that only remembers that it failed.
 */
#include <corridor/out.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define OUT_FIRST 1024U

void out_init(struct out *out, size_t limit)
{
    *out = (struct out){.limit = limit};
}

void out_free(struct out *out)
{
    free(out->at);
    *out = (struct out){.limit = out->limit};
}

void out_clear(struct out *out)
{
    out->len = 0;
    out->failed = false;
}

static char *out_grow(struct out *out, size_t more)
{
    char *room = NULL;
    if (out->failed || more > out->limit || out->len > out->limit - more) {
        out->failed = true;
        goto done;
    }
    size_t cap = out->cap == 0 ? OUT_FIRST : out->cap;
    while (cap - out->len < more) {
        cap *= 2;
    }
    cap = cap < out->limit ? cap : out->limit;
    char *at = realloc(out->at, cap);
    if (at == NULL) {
        out->failed = true;
        goto done;
    }
    out->at = at;
    out->cap = cap;
    room = at + out->len;
done:
    return room;
}

char *out_room(struct out *out, size_t more)
{
    if (!out->failed && out->cap - out->len >= more && out->cap > 0) {
        return out->at + out->len;
    }
    return out_grow(out, more);
}

void out_bytes_grow(struct out *out, const void *bytes, size_t len)
{
    char *room = len == 0 ? NULL : out_room(out, len);
    if (room != NULL) {
        memcpy(room, bytes, len);
        out->len += len;
    }
}

void out_uint(struct out *out, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    out_bytes(out, digits + at, sizeof digits - at);
}

void out_int(struct out *out, int64_t value)
{
    if (value < 0) {
        out_char(out, '-');
        out_uint(out, (uint64_t)0 - (uint64_t)value);
    } else {
        out_uint(out, (uint64_t)value);
    }
}

void out_printf(struct out *out, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    int len = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (len < 0 || (size_t)len >= sizeof text) {
        out->failed = true;
    } else {
        out_bytes(out, text, (size_t)len);
    }
}
