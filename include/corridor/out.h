/*
 * A growing buffer of bytes with a ceiling, and JSON written straight into it. Nothing has to be
 * checked while writing: the first append that does not fit, or finds no memory, marks the buffer
 * as failed, and everything after it is dropped. Whoever sends the bytes looks at out_failed once.
 */
#ifndef CORRIDOR_OUT_H
#define CORRIDOR_OUT_H

#include <corridor/base.h>

#define OUT_LIMIT_DEFAULT ((size_t)4 << 20)

struct out {
    char *at;
    size_t len;
    size_t cap;   /* at most limit */
    size_t limit; /* the most it may grow to, in bytes */
    bool failed;
};

void out_init(struct out *out, size_t limit);
/* Frees the bytes; the buffer may be used again. */
void out_free(struct out *out);
/* Empties it and forgets a failure; keeps the memory. */
void out_clear(struct out *out);
static inline bool out_failed(const struct out *out)
{
    return out->failed;
}
static inline struct span out_span(const struct out *out)
{
    return (struct span){out->at, out->len};
}

/* Makes room for `more` bytes and returns where they go, or NULL (failed). Add what was written to
 * out->len. */
char *out_room(struct out *out, size_t more);
void out_bytes_grow(struct out *out, const void *bytes, size_t len); /* out_bytes's rarer half */
/* In line, since a page is thousands of short appends, most of a length that the compiler knows. */
static inline void out_bytes(struct out *out, const void *bytes, size_t len)
{
    if (!out->failed && len < out->cap - out->len) {
        memcpy(out->at + out->len, bytes, len);
        out->len += len;
    } else {
        out_bytes_grow(out, bytes, len);
    }
}
static inline void out_span_append(struct out *out, struct span text)
{
    out_bytes(out, text.at, text.len);
}
static inline void out_text(struct out *out, const char *text)
{
    out_bytes(out, text, strlen(text));
}
static inline void out_char(struct out *out, char c)
{
    out_bytes(out, &c, 1);
}
void out_int(struct out *out, int64_t value);
void out_uint(struct out *out, uint64_t value);
/* For rare places: formats through vsnprintf, at most 1,024 bytes. */
void out_printf(struct out *out, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * JSON. Commas place themselves: a value or key that follows anything but an opening bracket, a
 * colon or a line end gets one before it. So `json_open(out, '{'); json_key(out, "a");
 * json_int(out, 1); json_key(out, "b"); …` is all there is to it. Strings are escaped; bytes that
 * are not UTF-8 become U+FFFD. No name here may be one of jansson's (json_string, json_null …): the
 * linker would give ours to jansson too.
 */
void json_open(struct out *out, char bracket);  /* '{' or '[' */
void json_close(struct out *out, char bracket); /* '}' or ']' */
void json_key(struct out *out, const char *key);
void json_span(struct out *out, struct span text);
void json_text(struct out *out, const char *text); /* NULL is written as null */
void json_int(struct out *out, int64_t value);
void json_bool(struct out *out, bool value);
void json_none(struct out *out);
/* A string by itself, without the comma before it: for whoever places commas otherwise. */
void json_quoted(struct out *out, struct span text);
/* A value that already is JSON. */
void json_raw(struct out *out, struct span json);

/* A key and its value in one call. */
void json_member(struct out *out, const char *key, struct span text);
void json_member_text(struct out *out, const char *key, const char *text);
void json_member_int(struct out *out, const char *key, int64_t value);
void json_member_bool(struct out *out, const char *key, bool value);

/* The length in bytes of the well-formed character the text starts with; 0 when it starts with
 * none. */
size_t utf8_character(struct span text);
/* How many characters a well-formed text has. */
size_t utf8_length(struct span text);
/* True when the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool utf8_valid(struct span text);
/* The longest prefix of at most `max` bytes that does not cut a character. */
struct span utf8_cut(struct span text, size_t max);

#endif
