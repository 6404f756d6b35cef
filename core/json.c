/*
 * JSON written straight into a buffer. The one trick: whether a comma is due can be read from the
 * byte before, since a value never ends in an opening bracket, a colon or a line end.
 */
#include <corridor/out.h>

#include <assert.h>

static void json_comma(struct out *out)
{
    if (out->len > 0) {
        char last = out->at[out->len - 1];
        if (last != '{' && last != '[' && last != ':' && last != '\n') {
            out_char(out, ',');
        }
    }
}

/* What follows the backslash for a byte, 'u' for \u00XX, 0 for a byte that stands as it is. */
static const char json_escape[128] = {
    ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r',
    ['\t'] = 't', [0] = 'u',     [1] = 'u',    [2] = 'u',    [3] = 'u',    [4] = 'u',
    [5] = 'u',    [6] = 'u',     [7] = 'u',    [11] = 'u',   [14] = 'u',   [15] = 'u',
    [16] = 'u',   [17] = 'u',    [18] = 'u',   [19] = 'u',   [20] = 'u',   [21] = 'u',
    [22] = 'u',   [23] = 'u',    [24] = 'u',   [25] = 'u',   [26] = 'u',   [27] = 'u',
    [28] = 'u',   [29] = 'u',    [30] = 'u',   [31] = 'u',   [127] = 'u',
};

static void json_escaped(struct out *out, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', json_escape[byte], '0', '0', hex[byte >> 4], hex[byte & 15]};
    out_bytes(out, text, text[1] == 'u' ? 6 : 2);
}

void json_quoted(struct out *out, struct span text)
{
    out_char(out, '"');
    size_t start = 0;
    size_t at = 0;
    while (at < text.len) {
        unsigned char byte = (unsigned char)text.at[at];
        size_t step = 1;
        bool plain = byte < 0x80 && json_escape[byte] == 0;
        if (byte >= 0x80) {
            step = utf8_character((struct span){text.at + at, text.len - at});
            plain = step > 0;
        }
        if (!plain) {
            out_bytes(out, text.at + start, at - start);
            if (byte >= 0x80) {
                out_text(out, "\xEF\xBF\xBD");
                step = 1;
            } else {
                json_escaped(out, byte);
            }
            start = at + step;
        }
        at += step;
    }
    if (at > start) {
        out_bytes(out, text.at + start, at - start);
    }
    out_char(out, '"');
}

void json_open(struct out *out, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    json_comma(out);
    out_char(out, bracket);
}

void json_close(struct out *out, char bracket)
{
    assert(bracket == '}' || bracket == ']');
    out_char(out, bracket);
}

void json_key(struct out *out, const char *key)
{
    json_comma(out);
    json_quoted(out, span_of(key));
    out_char(out, ':');
}

void json_span(struct out *out, struct span text)
{
    json_comma(out);
    json_quoted(out, text);
}

void json_raw(struct out *out, struct span json)
{
    json_comma(out);
    out_span_append(out, json);
}

void json_none(struct out *out)
{
    json_raw(out, span_of("null"));
}

void json_text(struct out *out, const char *text)
{
    if (text == NULL) {
        json_none(out);
    } else {
        json_span(out, span_of(text));
    }
}

void json_int(struct out *out, int64_t value)
{
    json_comma(out);
    out_int(out, value);
}

void json_bool(struct out *out, bool value)
{
    json_raw(out, span_of(value ? "true" : "false"));
}

void json_member(struct out *out, const char *key, struct span text)
{
    json_key(out, key);
    json_span(out, text);
}

void json_member_text(struct out *out, const char *key, const char *text)
{
    json_key(out, key);
    json_text(out, text);
}

void json_member_int(struct out *out, const char *key, int64_t value)
{
    json_key(out, key);
    json_int(out, value);
}

void json_member_bool(struct out *out, const char *key, bool value)
{
    json_key(out, key);
    json_bool(out, value);
}
