/*
 * A request's head, line by line. The hard part is to be resumable and strict at once: lines are
 * found by their LF and judged only when whole, so a head means the same however its bytes were cut
 * on the way.
 */
#include "http_parse.h"

/* "METHOD SP target SP HTTP/1.1" at its longest. */
#define REQUEST_LINE_MAX (HTTP_METHOD_MAX + 1U + HTTP_TARGET_MAX + 1U + 8U)

static struct http_place place(size_t at, size_t len)
{
    return (struct http_place){(uint16_t)at, (uint16_t)len};
}

/* " HTTP/1.1" at the end of the line, exactly. */
static bool head_version(struct http_head_read *head, struct span version)
{
    if (version.len != 9 || memcmp(version.at, " HTTP/", 6) != 0 || version.at[6] < '0' ||
        version.at[6] > '9' || version.at[7] != '.' || version.at[8] < '0' || version.at[8] > '9') {
        return http_head_refuse(head, 400, "The request line does not end in an HTTP version.");
    }
    if (version.at[6] != '1' || version.at[8] > '1') {
        return http_head_refuse(head, 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
    }
    head->minor = (uint8_t)(version.at[8] - '0');
    return true;
}

static bool head_request_line(struct http_head_read *head, const char *bytes, size_t at, size_t len)
{
    const char *line = bytes + at;
    size_t method = 0;
    /* In the order of head_unfinished, so that the answer does not depend on how the line came. */
    if (!http_byte_is(line[0], HTTP_TOKEN)) {
        return http_head_refuse(head, 400, "The request line does not begin with a method.");
    }
    if (len > REQUEST_LINE_MAX) {
        return http_head_refuse(head, 414, "The request line is too long.");
    }
    while (method < len && http_byte_is(line[method], HTTP_TOKEN)) {
        method++;
    }
    if (method == len || line[method] != ' ') {
        return http_head_refuse(head, 400, "The request line does not begin with a method.");
    }
    if (method > HTTP_METHOD_MAX) {
        return http_head_refuse(head, 501, "The method is unknown.");
    }
    size_t target = method + 1;
    if (len < target + 1 + 9) {
        return http_head_refuse(head, 400, "The request line is too short.");
    }
    if (!head_version(head, (struct span){line + len - 9, 9})) {
        return false;
    }
    size_t target_len = len - 9 - target;
    if (target_len > HTTP_TARGET_MAX) {
        return http_head_refuse(head, 414, "The target is too long.");
    }
    head->method = place(at, method);
    head->target = place(at + target, target_len);
    return true;
}

static bool head_field_line(struct http_head_read *head, const char *bytes, size_t at, size_t len)
{
    const char *line = bytes + at;
    size_t name = 0;
    while (name < len && http_byte_is(line[name], HTTP_TOKEN)) {
        name++;
    }
    if (name == 0 || name == len || line[name] != ':') {
        return http_head_refuse(head, 400, "A header line is not a name, a colon and a value.");
    }
    size_t start = name + 1;
    size_t end = len;
    for (size_t i = start; i < len; i++) {
        if (!http_byte_is(line[i], HTTP_VALUE)) {
            return http_head_refuse(head, 400,
                                    "A header's value has a byte that may not be there.");
        }
    }
    while (start < end && (line[start] == ' ' || line[start] == '\t')) {
        start++;
    }
    while (end > start && (line[end - 1] == ' ' || line[end - 1] == '\t')) {
        end--;
    }
    if (head->count == HTTP_FIELDS_MAX) {
        return http_head_refuse(head, 431, "There are too many headers.");
    }
    struct http_line *field = &head->lines[head->count++];
    field->name = place(at, name);
    field->value = place(at + start, end - start);
    return http_field_take(head, bytes, field);
}

/* What can be said before the line has its end. */
static bool head_unfinished(struct http_head_read *head, const char *bytes, size_t len)
{
    size_t begun = len - head->line;
    bool empty = head->line == 0 && begun == 1 && bytes[0] == '\r'; /* perhaps */
    if (!head->begun && begun > 0 && !empty && !http_byte_is(bytes[head->line], HTTP_TOKEN)) {
        return http_head_refuse(head, 400, "This is not HTTP.");
    }
    if (!head->begun && begun > REQUEST_LINE_MAX + 1) {
        return http_head_refuse(head, 414, "The request line is too long.");
    }
    if (len >= HTTP_HEAD_MAX) {
        return http_head_refuse(head, 431, "The head is too long.");
    }
    return true;
}

enum http_step http_head_step(struct http_head_read *head, const char *bytes, size_t len)
{
    len = len > HTTP_HEAD_MAX ? HTTP_HEAD_MAX : len;
    for (;;) {
        const char *lf = memchr(bytes + head->seen, '\n', len - head->seen);
        if (lf == NULL) {
            head->seen = (uint16_t)len;
            return head_unfinished(head, bytes, len) ? HTTP_MORE : HTTP_BAD;
        }
        size_t at = head->line;
        size_t end = (size_t)(lf - bytes);
        head->line = head->seen = (uint16_t)(end + 1);
        if (end == at || bytes[end - 1] != '\r') {
            http_head_refuse(head, 400, "A line ends in a bare LF.");
            return HTTP_BAD;
        }
        size_t line_len = end - 1 - at;
        if (line_len == 0 && head->begun) {
            head->size = head->line;
            return http_field_finish(head) ? HTTP_END : HTTP_BAD;
        }
        /* One empty line before a request is let pass (RFC 9112 2.2): some clients end a body with
         * one. */
        if (line_len == 0 && at == 0) {
            continue;
        }
        bool good = head->begun ? head_field_line(head, bytes, at, line_len)
                                : head_request_line(head, bytes, at, line_len);
        if (!good) {
            return HTTP_BAD;
        }
        head->begun = true;
    }
}
