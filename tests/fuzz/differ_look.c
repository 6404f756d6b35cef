/* Naive on purpose: see differ_look.h. */
#include "differ_look.h"

#include <arpa/inet.h>
#include <strings.h>

static const char hex[] = "0123456789abcdefABCDEF";
static const char token_marks[] = "!#$%&'*+-.^_`|~";

static bool one_of(char byte, const char *set)
{
    return byte != '\0' && strchr(set, byte) != NULL;
}

static bool alnum(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

/* The byte at a place; NUL past the end. */
static char byte_at(struct span text, size_t at)
{
    return at < text.len ? text.at[at] : '\0';
}

struct span look_line(struct span bytes, size_t at)
{
    size_t from = at < bytes.len ? at : bytes.len;
    size_t to = from;
    while (from > 0 && bytes.at[from - 1] != '\n') {
        from--;
    }
    while (to < bytes.len && bytes.at[to] != '\n') {
        to++;
    }
    while (to > from && bytes.at[to - 1] == '\r') {
        to--;
    }
    return (struct span){bytes.at + from, to - from};
}

static struct span trim(struct span text)
{
    while (text.len > 0 && one_of(text.at[0], " \t")) {
        text = (struct span){text.at + 1, text.len - 1};
    }
    while (text.len > 0 && one_of(text.at[text.len - 1], " \t")) {
        text.len--;
    }
    return text;
}

bool look_is(struct span text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.at, word, text.len) == 0;
}

unsigned look_field(struct span head, const char *name, struct span *value)
{
    unsigned found = 0;
    size_t len = strlen(name);
    *value = (struct span){"", 0};
    for (size_t at = 0; at < head.len; at++) {
        if (at > 0 && head.at[at - 1] != '\n') {
            continue;
        }
        struct span line = look_line(head, at);
        if (line.len > len && line.at[len] == ':' && look_is((struct span){line.at, len}, name) &&
            found++ == 0) {
            *value = trim((struct span){line.at + len + 1, line.len - len - 1});
        }
    }
    return found;
}

bool look_list_has(struct span list, const char *element)
{
    size_t from = 0;
    for (size_t at = 0; at <= list.len; at++) {
        if (at == list.len || list.at[at] == ',') {
            if (look_is(trim((struct span){list.at + from, at - from}), element)) {
                return true;
            }
            from = at + 1;
        }
    }
    return false;
}

bool look_version(struct span line)
{
    static const char *const spoken[] = {" HTTP/1.0", " HTTP/1.1"};
    return line.len > 9 && (memcmp(line.at + line.len - 9, spoken[0], 9) == 0 ||
                            memcmp(line.at + line.len - 9, spoken[1], 9) == 0);
}

bool look_host(struct span host)
{
    size_t at = 0;
    unsigned port = 0;
    if (byte_at(host, 0) == '[') {
        at++;
        while (one_of(byte_at(host, at), hex) || one_of(byte_at(host, at), ":.")) {
            at++;
        }
        char address[INET6_ADDRSTRLEN];
        struct in6_addr ignored;
        size_t len = at - 1;
        if (len >= sizeof address || byte_at(host, at++) != ']') {
            return false;
        }
        memcpy(address, host.at + 1, len);
        address[len] = '\0';
        if (inet_pton(AF_INET6, address, &ignored) != 1) {
            return false;
        }
    } else {
        while (alnum(byte_at(host, at)) || one_of(byte_at(host, at), "-._")) {
            at++;
        }
        if (at == 0) {
            return false;
        }
    }
    if (at == host.len) {
        return true;
    }
    if (host.at[at++] != ':' || host.len - at > 5) {
        return false;
    }
    for (; at < host.len; at++) {
        if (host.at[at] < '0' || host.at[at] > '9') {
            return false;
        }
        port = port * 10 + (unsigned)(host.at[at] - '0');
    }
    return port <= 65535;
}

bool look_target(struct span target)
{
    bool query = false;
    size_t at = 0;
    if (target.len == 1 && target.at[0] == '*') {
        return true;
    }
    if (byte_at(target, 0) != '/') {
        static const char *const schemes[] = {"http://", "https://"};
        size_t scheme = 0;
        for (unsigned i = 0; i < 2; i++) {
            size_t len = strlen(schemes[i]);
            if (target.len >= len && look_is((struct span){target.at, len}, schemes[i])) {
                scheme = len;
            }
        }
        at = scheme;
        while (at < target.len && !one_of(target.at[at], "/?")) {
            at++;
        }
        if (scheme == 0 || !look_host((struct span){target.at + scheme, at - scheme})) {
            return false;
        }
    }
    while (at < target.len) {
        char byte = target.at[at++];
        if (byte == '%') {
            if (!one_of(byte_at(target, at), hex) || !one_of(byte_at(target, at + 1), hex)) {
                return false;
            }
            at += 2;
        } else if (byte == '?') {
            query = true;
        } else if (!alnum(byte) && !one_of(byte, "-._~!$&'()*+,;=:@/") &&
                   !(query && one_of(byte, "[]{}|^`\\"))) {
            return false;
        }
    }
    return true;
}

size_t look_digits(struct span line)
{
    size_t at = 0;
    while (one_of(byte_at(line, at), hex)) {
        at++;
    }
    return at;
}

static size_t skip_blanks(struct span line, size_t at)
{
    while (one_of(byte_at(line, at), " \t")) {
        at++;
    }
    return at;
}

static size_t skip_token(struct span line, size_t at)
{
    while (alnum(byte_at(line, at)) || one_of(byte_at(line, at), token_marks)) {
        at++;
    }
    return at;
}

bool look_token(struct span text)
{
    return text.len > 0 && skip_token(text, 0) == text.len;
}

/* Past a quoted string, or `at` where there is none whole. */
static size_t skip_quoted(struct span line, size_t at)
{
    size_t to = at + 1;
    while (to < line.len && line.at[to] != '"') {
        bool pair = line.at[to] == '\\';
        unsigned char byte = (unsigned char)byte_at(line, to + (pair ? 1 : 0));
        if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
            return at;
        }
        to += pair ? 2 : 1;
    }
    return to < line.len ? to + 1 : at;
}

bool look_chunk_line(struct span line)
{
    size_t at = look_digits(line);
    if (at == 0) {
        return false;
    }
    while (at < line.len) {
        size_t mark = skip_blanks(line, at);
        if (byte_at(line, mark) != ';') {
            return false;
        }
        size_t name = skip_blanks(line, mark + 1);
        at = skip_token(line, name);
        if (at == name) {
            return false;
        }
        size_t equals = skip_blanks(line, at);
        if (byte_at(line, equals) == '=') {
            size_t value = skip_blanks(line, equals + 1);
            at = byte_at(line, value) == '"' ? skip_quoted(line, value) : skip_token(line, value);
            if (at == value) {
                return false;
            }
        }
    }
    return true;
}
