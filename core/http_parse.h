/*
 * Reading HTTP/1.1 requests from bytes: pure functions that keep their place between calls,
 * allocate nothing and know no socket. Strict by RFC 9112; where the RFC leaves a choice, what is
 * doubtful is refused, because two readers that disagree about where a request ends is how requests
 * are smuggled.
 */
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H

#include <corridor/base.h>

#define HTTP_HEAD_MAX       16384U /* bytes of a head, its empty line included */
#define HTTP_TARGET_MAX     8192U
#define HTTP_METHOD_MAX     32U
#define HTTP_FIELDS_MAX     100U
#define HTTP_CHUNK_LINE_MAX 256U /* a chunk's size line, its CRLF included */
#define HTTP_CHUNK_EXTRA                                                     \
    16384U /* chunk extensions of one body in all; the same for its trailers \
            */

enum http_step {
    HTTP_MORE, /* as far as the bytes go; call again when there are more */
    HTTP_DATA, /* (chunks) some body bytes */
    HTTP_END,
    HTTP_BAD,
};

/* ---- The head (http_head.c, http_field.c) ---- */

/* Places in the head, from its first byte: they stay right when its bytes move. */
struct http_place {
    uint16_t at;
    uint16_t len;
};

static inline struct span http_span(const char *head, struct http_place place)
{
    return (struct span){head + place.at, place.len};
}

struct http_line {
    struct http_place name;
    struct http_place value; /* without surrounding blanks */
};

/* All zero before the first byte. */
struct http_head_read {
    /* Where the reading stands. */
    uint16_t line; /* where the line begins that has no end yet */
    uint16_t seen; /* bytes searched for its end */
    bool begun;    /* the request line is read */

    /* What was read; complete on HTTP_END. */
    uint16_t size; /* of the whole head: where a body begins */
    struct http_place method;
    struct http_place target;
    struct http_place host; /* Host's value; empty without one */
    uint8_t minor;          /* HTTP/1.minor */
    bool close;             /* the connection ends after this request */
    bool chunked;
    bool expects; /* Expect: 100-continue */
    uint8_t hosts;
    uint8_t lengths;
    uint8_t encodings;
    uint64_t length; /* Content-Length; UINT64_MAX when it does not fit */
    uint16_t count;

    /* On HTTP_BAD: what to answer before closing. */
    uint16_t status;
    const char *fault;

    struct http_line
        lines[HTTP_FIELDS_MAX]; /* `count` of them; last, so that the rest is cheap to clear */
};

/*
 * Reads on. `bytes` always begins at the head's first byte; `len` is what has arrived, of which
 * only the first HTTP_HEAD_MAX are looked at. HTTP_MORE, HTTP_END or HTTP_BAD.
 */
enum http_step http_head_step(struct http_head_read *head, const char *bytes, size_t len);

/* Takes the meaning of one field line (http_field.c). False sets status and fault. */
bool http_field_take(struct http_head_read *head, const char *bytes, const struct http_line *line);
/* Notes why, and returns false. */
bool http_head_refuse(struct http_head_read *head, uint16_t status, const char *fault);
/* What only the whole head can say: one Host, one framing. */
bool http_field_finish(struct http_head_read *head);
/* uri-host [ ":" port ] as it is used in practice: letters, digits, "-", ".", "_", or a bracketed
 * IPv6 address. */
bool http_host_valid(struct span host);
/* Case-insensitive. `word` is in lower case. */
bool http_word_is(struct span text, const char *word);

/* ---- The target (http_target.c) ---- */

struct http_target {
    struct span
        path; /* encoded; "*" for the asterisk form, "/" where an absolute target has none */
    struct span query;     /* encoded, without its "?" */
    struct span authority; /* of an absolute target; empty otherwise */
};

/* False when it is none of origin, absolute (http, https) and asterisk form, or has a byte no
 * target may have. */
MUST_CHECK bool http_target_parse(struct http_target *out, struct span target, struct span method);
/*
 * Decodes percent-encoding, and "+" as a space where plus is set, into `to`, which holds text.len
 * bytes. Returns the text itself when there is nothing to decode. False when the result is not
 * UTF-8 or has a control character.
 */
MUST_CHECK bool http_decode(struct span *out, char *to, struct span text, bool plus);
/* Takes the next "name=value" off the query, still encoded. False at the end. */
MUST_CHECK bool http_pair_next(struct span *query, struct span *name, struct span *value);

/* ---- Chunked bodies (http_chunk.c) ---- */

/* All zero before the first byte. */
struct http_chunk_read {
    uint8_t state;
    uint8_t digits;
    uint16_t line;  /* bytes of the size line so far */
    uint32_t left;  /* bytes of data the chunk still has */
    uint32_t extra; /* extension bytes of all chunks */
    uint32_t trailer;
    uint16_t trailers;
};

/*
 * Reads on; *used is how many bytes were taken. HTTP_DATA: *data is a piece of the body, call again
 * at once. HTTP_END: the body and its trailers (dropped) are over. HTTP_BAD: 400.
 */
enum http_step http_chunk_step(struct http_chunk_read *chunk, const char *bytes, size_t len,
                               size_t *used, struct span *data);

/* ---- Byte classes (http_bytes.c) ---- */

enum {
    HTTP_TOKEN = 1U << 0, /* tchar, RFC 9110 5.6.2 */
    HTTP_VALUE = 1U << 1, /* field-value: HTAB, SP, VCHAR, obs-text */
    HTTP_PATH = 1U << 2,  /* pchar and "/", but "%" */
    HTTP_QUERY = 1U << 3, /* what a query may hold, but "%" */
    HTTP_HEX = 1U << 4,
    HTTP_REG = 1U << 5, /* a host's name */
};
extern const uint8_t http_bytes[256];

static inline bool http_byte_is(char byte, unsigned classes)
{
    return (http_bytes[(unsigned char)byte] & classes) != 0;
}
/* The value of a hexadecimal digit. */
unsigned http_hex(char digit);

#endif
