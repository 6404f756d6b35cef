/*
 * Streams of requests, most of them nearly right: a parser's mistakes are found next to what it
 * accepts, while noise is refused by everybody at its first byte. A stream is put together from
 * the grammar, each part with a small chance of a doubtful form, or is a case of the tables; then
 * some of its bytes are changed.
 */
#include "differ_stream.h"

#include "differ.h"

#include <jansson.h>
#include <stdlib.h>

#define SEEDS_MAX 1024U

static struct span seeds[SEEDS_MAX];
static size_t seed_count;

/* ---- Chance ---- */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t chance_next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static size_t chance_below(uint64_t *state, size_t limit)
{
    return (size_t)(chance_next(state) % limit);
}

static bool chance_one_in(uint64_t *state, size_t times)
{
    return chance_below(state, times) == 0;
}

/* ---- The stream as it grows ---- */

struct stream {
    uint64_t state;
    char *at;
    size_t len;
};

static void put(struct stream *stream, const char *bytes, size_t len)
{
    if (len <= DIFFER_STREAM_MAX - stream->len) {
        memcpy(stream->at + stream->len, bytes, len);
        stream->len += len;
    }
}

static void put_text(struct stream *stream, const char *text)
{
    put(stream, text, strlen(text));
}

/* The good form mostly, else one of the doubtful ones. The first of `forms` is the good one. */
static void put_form(struct stream *stream, const char *const *forms, size_t count, size_t times)
{
    bool doubtful = chance_one_in(&stream->state, times);
    put_text(stream, forms[doubtful ? chance_below(&stream->state, count) : 0]);
}
#define PUT_FORM(stream, forms, times) put_form(stream, forms, COUNT_OF(forms), times)
#define PUT_ANY(stream, forms)         put_form(stream, forms, COUNT_OF(forms), 1)

static void put_repeated(struct stream *stream, char byte, size_t times)
{
    while (times-- > 0) {
        put(stream, &byte, 1);
    }
}

/* ---- The parts of a request ---- */

static void put_end(struct stream *stream)
{
    static const char *const forms[] = {"\r\n", "\n",    "\r",     "\r\r\n",
                                        "\n\r", " \r\n", "\t\r\n", ""};
    PUT_FORM(stream, forms, 120);
}

static void put_line(struct stream *stream)
{
    static const char *const before[] = {"", "\r\n", "\r\n\r\n", "\n", "\r", " ", "\0"};
    static const char *const methods[] = {"GET",     "POST", "HEAD",   "PUT", "DELETE",   "OPTIONS",
                                          "CONNECT", "PRI",  "BREW",   "get", "M-SEARCH", "TRACE",
                                          "SOURCE",  "G@T",  "PATCH!", "",    "QUERY",    "LINK"};
    static const char *const spaces[] = {" ", "  ", "\t", " \t", "", "\x0b", "\xa0"};
    static const char *const targets[] = {
        "/",          "/a/b?c=d&e=%41", "*",         "/a%zz",
        "/%",         "/a b",           "http://h",  "http://h:80/a?b",
        "https://h/", "ftp://h/",       "//h/a",     "a",
        "h:443",      "/a#b",           "/a?b#c",    "/\x80",
        "/a\"<>",     "/a?\"",          "/[a]",      "/a?[b]={c}|^`\\",
        "/\\",        "http://u@h/",    "http:///a", "http://[::1]:8/",
        "/a\t",       "/a\x7f",         "/..//.",    "/?",
        "?a",         "http://h?a"};
    static const char *const versions[] = {
        "HTTP/1.1",  "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "HTTP/1.10", "http/1.1",
        "HTTP/01.1", "RTSP/1.0", "ICE/1.0",  "HTTP/1",   "HTTP/1,1", "HTTP /1.1", "HTTP/3.0"};
    PUT_FORM(stream, before, 40);
    if (chance_one_in(&stream->state, 3)) {
        put_text(stream, "POST");
    } else {
        PUT_FORM(stream, methods, 3);
    }
    PUT_FORM(stream, spaces, 80);
    PUT_FORM(stream, targets, 4);
    if (chance_one_in(&stream->state, 400)) {
        put_repeated(stream, 'a', 8150 + chance_below(&stream->state, 100));
    }
    PUT_FORM(stream, spaces, 80);
    PUT_FORM(stream, versions, 8);
    put_end(stream);
}

static void put_field(struct stream *stream)
{
    static const char *const names[] = {
        "X-A", "A",   "Accept", "Host",  "X_A",     "x!#$%&'*+-.^`|~",  "X/A",
        "X A", "",    "\xef",   "X\0A",  "Upgrade", "Proxy-Connection", "Keep-Alive",
        "(a)", "a\"", "{",      "Expect"};
    static const char *const colons[] = {": ", ":", ":\t", " : ", "\t:", ":  ", "", ":\r\n "};
    static const char *const values[] = {
        "v",     "",       "a\tb",  "a\x7f",   "a\x01",    "a\0b",
        "\xff",  "a\rb",   "a\nb",  "a\r\n b", "a\r\n\tb", "100-continue",
        "close", "  a b ", "a\x0b", "h2c",     ",",        "websocket"};
    PUT_FORM(stream, names, 3);
    PUT_FORM(stream, colons, 20);
    PUT_FORM(stream, values, 4);
    put_end(stream);
}

static void put_host(struct stream *stream)
{
    static const char *const forms[] = {"Host: a\r\n",
                                        "",
                                        "Host: a\r\nHost: a\r\n",
                                        "host:b:80\r\n",
                                        "Host:\r\n",
                                        "Host: [::1]\r\n",
                                        "Host: a, b\r\n",
                                        "Host: a@b\r\n",
                                        "Host: a/b\r\n",
                                        "Host: a:b\r\n",
                                        "Host: a:99999\r\n",
                                        "Host: \xc3\xa9\r\n",
                                        "Host : a\r\n",
                                        "HOST:\ta\t\r\n"};
    PUT_FORM(stream, forms, 6);
}

static void put_connection(struct stream *stream)
{
    static const char *const forms[] = {"Connection: close\r\n",
                                        "Connection: keep-alive\r\n",
                                        "Connection: Close\t\r\n",
                                        "Connection: a, close\r\n",
                                        "Connection: close, a\r\n",
                                        "Connection: upgrade\r\nUpgrade: h2c\r\n",
                                        "Connection: closed\r\n",
                                        "Connection: ,close\r\n",
                                        "Connection: close;a\r\n",
                                        "Connection: a\r\nConnection: close\r\n",
                                        "Connection:close \r\n",
                                        "Connection: keep-alive, close\r\n",
                                        "Connection: close, keep-alive\r\n",
                                        "Connection: a,\tclose\r\n",
                                        "Connection: a\r\n close\r\n",
                                        "Proxy-Connection: close\r\n",
                                        "Connection: \"close\"\r\n",
                                        "Connection: close ,\r\n"};
    if (chance_one_in(&stream->state, 5)) {
        PUT_ANY(stream, forms);
    }
}

static void put_chunk(struct stream *stream, size_t size)
{
    static const char *const leads[] = {"", "0", "00000000", "0x", " ", "+", "-", "_"};
    static const char *const trails[] = {
        "",       ";a",     ";a=b",  ";a=\"b;\\\"c\"", ";",     " ",
        "\t",     " ;a",    "; a",   ";a = b",         ";a ",   ";a=",
        ";a=b;c", ";\"a\"", " a",    ";a=\"b\nc\"",    ";a\rb", ";a=\"b",
        ";a=b c", ";a\x01", ";\xff", ";a=\"\xff\""};
    static const char *const ends[] = {"\r\n", "\n", "", "\r", " \r\n", "\r\n\r\n"};
    static const char digits[] = "0123456789abcdefABCDEF";
    PUT_FORM(stream, leads, 30);
    put(stream, digits + size, 1);
    PUT_FORM(stream, trails, 4);
    if (chance_one_in(&stream->state, 300)) {
        put_text(stream, ";");
        put_repeated(stream, 'a', 230 + chance_below(&stream->state, 40));
    }
    put_end(stream);
    if (size > 0) {
        put_repeated(stream, 'x', size - (chance_one_in(&stream->state, 100) ? 1 : 0));
        PUT_FORM(stream, ends, 60);
    }
}

static void put_trailers(struct stream *stream)
{
    static const char *const forms[] = {"T: v",
                                        "Content-Length: 5",
                                        "Transfer-Encoding: chunked",
                                        "Host: a",
                                        "Connection: close",
                                        "T : v",
                                        "T",
                                        ": v",
                                        "T: v\r\n w",
                                        "T:\x01",
                                        "Upgrade: a",
                                        "T: a\rb"};
    while (chance_one_in(&stream->state, 6)) {
        PUT_FORM(stream, forms, 2);
        put_end(stream);
    }
    if (chance_one_in(&stream->state, 500)) {
        for (size_t i = 95 + chance_below(&stream->state, 10); i > 0; i--) {
            put_text(stream, "T:v\r\n");
        }
    }
}

static void put_chunked(struct stream *stream)
{
    static const char *const forms[] = {"chunked",
                                        "Chunked",
                                        "gzip, chunked",
                                        "chunked, gzip",
                                        "identity",
                                        "chunked, chunked",
                                        "chunked\t",
                                        "\tchunked",
                                        "chunked;a=b",
                                        "\"chunked\"",
                                        "xchunked",
                                        "chunkedx",
                                        ",chunked",
                                        "chunked,",
                                        "\x0b"
                                        "chunked",
                                        "",
                                        "chunked\r\nTransfer-Encoding: chunked",
                                        "\r\n chunked",
                                        "gzip\r\nTransfer-Encoding: chunked",
                                        "chunked\r\nContent-Length: 3"};
    put_text(stream, "Transfer-Encoding: ");
    PUT_FORM(stream, forms, 6);
    put_text(stream, "\r\n");
    put_end(stream);
    for (size_t i = chance_below(&stream->state, 4); i > 0; i--) {
        put_chunk(stream, 1 + chance_below(&stream->state, 9));
    }
    put_chunk(stream, 0);
    put_trailers(stream);
    put_end(stream);
}

static void put_length(struct stream *stream)
{
    static const char *const forms[] = {"5",
                                        "005",
                                        "+5",
                                        "-5",
                                        "5,5",
                                        "5, 5",
                                        "0x5",
                                        "5 ",
                                        "5\t",
                                        "\t5",
                                        "5a",
                                        "",
                                        "5.0",
                                        "1e1",
                                        "5\r\n 5",
                                        "\r\n 5",
                                        "5_",
                                        "\xa0"
                                        "5",
                                        "18446744073709551616",
                                        "18446744073709551615",
                                        "99999999999999999999999",
                                        "5\r\nContent-Length: 5",
                                        "5\r\nContent-Length: 6",
                                        "0",
                                        "5 5",
                                        "5;a",
                                        "5\r\nTransfer-Encoding: chunked",
                                        "5\r\nTransfer-Encoding: identity"};
    put_text(stream, "Content-Length: ");
    PUT_FORM(stream, forms, 4);
    put_text(stream, "\r\n");
    put_end(stream);
    put_text(stream, "hello");
}

static void put_request(struct stream *stream)
{
    put_line(stream);
    put_host(stream);
    put_connection(stream);
    while (chance_one_in(&stream->state, 2)) {
        put_field(stream);
    }
    if (chance_one_in(&stream->state, 600)) {
        for (size_t i = 94 + chance_below(&stream->state, 10); i > 0; i--) {
            put_text(stream, "A:b\r\n");
        }
    }
    if (chance_one_in(&stream->state, 600)) {
        put_text(stream, "B: ");
        put_repeated(stream, 'b', 16200 + chance_below(&stream->state, 300));
        put_text(stream, "\r\n");
    }
    switch (chance_below(&stream->state, 3)) {
    case 0:
        put_end(stream);
        break;
    case 1:
        put_length(stream);
        break;
    default:
        put_chunked(stream);
        break;
    }
}

/* ---- Changes ---- */

static void change(struct stream *stream)
{
    static const char bytes[] =
        "\0\t\n\v\f\r !\"#%&'()*+,-./0123456789:;<=>?@AHTX[\\]^_`acehktx{|}~\x7f\x80\xa0\xff";
    static const char *const words[] = {"\r\n",
                                        "\r\n\r\n",
                                        "\r\n ",
                                        "Content-Length: 3\r\n",
                                        "Transfer-Encoding: chunked\r\n",
                                        "Host: b\r\n",
                                        "Connection: close\r\n",
                                        ", ",
                                        ": ",
                                        "0\r\n\r\n",
                                        "HTTP/1.1",
                                        ";"};
    if (stream->len == 0) {
        return;
    }
    size_t at = chance_below(&stream->state, stream->len);
    const char *word = words[chance_below(&stream->state, COUNT_OF(words))];
    size_t len = strlen(word);
    switch (chance_below(&stream->state, 6)) {
    case 0:
    case 1:
        stream->at[at] = bytes[chance_below(&stream->state, sizeof bytes - 1)];
        break;
    case 2:
        memmove(stream->at + at, stream->at + at + 1, --stream->len - at);
        break;
    case 3:
        stream->len = at; /* cut short */
        break;
    case 4:
        word = bytes + chance_below(&stream->state, sizeof bytes - 1);
        len = 1;
        /* fall through */
    default:
        if (len <= DIFFER_STREAM_MAX - stream->len) {
            memmove(stream->at + at + len, stream->at + at, stream->len - at);
            memcpy(stream->at + at, word, len);
            stream->len += len;
        }
        break;
    }
}

size_t stream_make(uint64_t number, char *to)
{
    struct stream stream = {.state = number * 2 + 1, .at = to};
    bool case_of_table = seed_count > 0 && chance_one_in(&stream.state, 4);
    if (case_of_table) {
        struct span seed = seeds[chance_below(&stream.state, seed_count)];
        put(&stream, seed.at, seed.len);
    }
    if (!case_of_table || chance_one_in(&stream.state, 3)) {
        for (size_t i = 1 + chance_below(&stream.state, 3); i > 0; i--) {
            put_request(&stream);
        }
    }
    if (chance_one_in(&stream.state, 2)) {
        for (size_t i = 1 + chance_below(&stream.state, 3); i > 0; i--) {
            change(&stream);
        }
    }
    return stream.len;
}

size_t stream_cuts(uint64_t number, size_t len, size_t *cuts, size_t most)
{
    uint64_t state = ~number;
    size_t count = chance_below(&state, most + 1);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        at += chance_below(&state, (len - at) / 2 + 2);
        cuts[i] = at = at < len ? at : len;
    }
    return count;
}

/* ---- The tables of cases ---- */

/* The files write bytes as code points below 256. */
static bool seed_bytes(struct span *seed, const json_t *raw)
{
    const unsigned char *text = (const unsigned char *)json_string_value(raw);
    size_t len = json_string_length(raw);
    char *bytes = malloc(len + 1);
    size_t used = 0;
    if (bytes == NULL || len > DIFFER_STREAM_MAX / 2) {
        free(bytes);
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        bool two = text[i] >= 0x80 && i + 1 < len;
        bytes[used++] = (char)(two ? (text[i] & 3) << 6 | (text[i + 1] & 0x3F) : text[i]);
        i += two ? 1 : 0;
    }
    *seed = (struct span){bytes, used};
    return true;
}

size_t stream_seeds(const char *path)
{
    json_error_t error;
    size_t index;
    json_t *item;
    size_t before = seed_count;
    json_t *cases = json_load_file(path, JSON_ALLOW_NUL, &error);
    json_array_foreach(cases, index, item)
    {
        if (seed_count < SEEDS_MAX &&
            seed_bytes(&seeds[seed_count], json_object_get(item, "raw"))) {
            seed_count++;
        }
    }
    json_decref(cases);
    return seed_count - before;
}

void stream_seeds_free(void)
{
    while (seed_count > 0) {
        free((void *)(uintptr_t)seeds[--seed_count].at);
    }
}
