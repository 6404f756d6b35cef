/*
 * Request targets and their percent-encoding. An encoded byte is checked where it stands and
 * decoded only within its own segment or parameter, so that "%2F" never becomes a separator.
 */
#include "http_parse.h"

#include <corridor/out.h>

static bool target_bytes(struct span text, unsigned class)
{
    size_t at = 0;
    while (at < text.len) {
        if (text.at[at] == '%') {
            if (text.len - at < 3 || !http_byte_is(text.at[at + 1], HTTP_HEX) ||
                !http_byte_is(text.at[at + 2], HTTP_HEX)) {
                return false;
            }
            at += 3;
        } else if (http_byte_is(text.at[at], class)) {
            at++;
        } else {
            return false;
        }
    }
    return true;
}

/* Takes "http://authority" off an absolute target. */
static bool target_absolute(struct http_target *out, struct span *rest)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (unsigned i = 0; i < COUNT_OF(schemes); i++) {
        size_t len = strlen(schemes[i]);
        if (rest->len > len && http_word_is((struct span){rest->at, len}, schemes[i])) {
            size_t end = len;
            while (end < rest->len && rest->at[end] != '/' && rest->at[end] != '?') {
                end++;
            }
            out->authority = (struct span){rest->at + len, end - len};
            *rest = (struct span){rest->at + end, rest->len - end};
            return http_host_valid(out->authority);
        }
    }
    return false;
}

bool http_target_parse(struct http_target *out, struct span target, struct span method)
{
    struct span rest = target;
    const struct span none = {target.at, 0};
    *out = (struct http_target){.path = target, .query = none, .authority = none};
    if (span_is(target, "*")) {
        return span_is(method, "OPTIONS");
    }
    if (rest.at[0] != '/' && !target_absolute(out, &rest)) {
        return false;
    }
    const char *mark = rest.len == 0 ? NULL : memchr(rest.at, '?', rest.len);
    size_t path = mark == NULL ? rest.len : (size_t)(mark - rest.at);
    out->path = path == 0 ? span_of("/") : (struct span){rest.at, path};
    out->query = mark == NULL ? none : (struct span){mark + 1, rest.len - path - 1};
    return target_bytes(out->path, HTTP_PATH) && target_bytes(out->query, HTTP_QUERY);
}

bool http_decode(struct span *out, char *to, struct span text, bool plus)
{
    size_t from = 0;
    while (from < text.len && text.at[from] != '%' && !(plus && text.at[from] == '+')) {
        from++;
    }
    if (from == text.len) {
        *out = text; /* a target's own bytes are ASCII without controls */
        return true;
    }
    memcpy(to, text.at, from);
    size_t len = from;
    bool control = false;
    while (from < text.len) {
        char byte = text.at[from++];
        if (byte == '%') {
            byte = (char)(http_hex(text.at[from]) << 4 | http_hex(text.at[from + 1]));
            from += 2;
        } else if (byte == '+' && plus) {
            byte = ' ';
        }
        control = control || (unsigned char)byte < 0x20 || byte == 0x7F;
        to[len++] = byte;
    }
    *out = (struct span){to, len};
    return !control && utf8_valid(*out);
}

bool http_pair_next(struct span *query, struct span *name, struct span *value)
{
    size_t start = 0;
    while (start < query->len && query->at[start] == '&') {
        start++;
    }
    size_t end = start;
    while (end < query->len && query->at[end] != '&') {
        end++;
    }
    struct span pair = {query->at + start, end - start};
    const char *equals = pair.len == 0 ? NULL : memchr(pair.at, '=', pair.len);
    size_t split = equals == NULL ? pair.len : (size_t)(equals - pair.at);
    size_t skip = equals == NULL ? split : split + 1;
    *name = (struct span){pair.at, split};
    *value = (struct span){pair.at + skip, pair.len - skip};
    *query = (struct span){query->at + end, query->len - end};
    return pair.len > 0;
}
