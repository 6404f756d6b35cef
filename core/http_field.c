/*
 * The few fields that decide how a request is framed. Each may be said once; anything else about
 * them is refused, since a proxy in front may have read it otherwise (RFC 9112 6.3 and 11.2).
 */
#include "http_parse.h"

#include <arpa/inet.h>

bool http_head_refuse(struct http_head_read *head, uint16_t status, const char *fault)
{
    head->status = status;
    head->fault = fault;
    return false;
}

bool http_word_is(struct span text, const char *word)
{
    if (text.len != strlen(word)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.at[i];
        char lower = byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
        if (lower != word[i]) {
            return false;
        }
    }
    return true;
}

static bool host_port_valid(struct span port)
{
    unsigned number = 0;
    if (port.len > 5) {
        return false;
    }
    for (size_t i = 0; i < port.len; i++) {
        if (port.at[i] < '0' || port.at[i] > '9') {
            return false;
        }
        number = number * 10 + (unsigned)(port.at[i] - '0');
    }
    return number <= 65535;
}

/* The length of "[IPv6 address]" at the beginning of a host; 0 when there is none. */
static size_t host_bracketed(struct span host)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr ignored;
    const char *end = memchr(host.at, ']', host.len);
    size_t len = end == NULL ? 0 : (size_t)(end - host.at) - 1;
    if (len == 0 || len >= sizeof address || memchr(host.at, '\0', len) != NULL) {
        return 0;
    }
    memcpy(address, host.at + 1, len);
    address[len] = '\0';
    return inet_pton(AF_INET6, address, &ignored) == 1 ? len + 2 : 0;
}

bool http_host_valid(struct span host)
{
    size_t name = 0;
    if (host.len > 0 && host.at[0] == '[') {
        name = host_bracketed(host);
    } else {
        while (name < host.len && http_byte_is(host.at[name], HTTP_REG)) {
            name++;
        }
    }
    if (name == 0 || name == host.len) {
        return name > 0;
    }
    return host.at[name] == ':' &&
           host_port_valid((struct span){host.at + name + 1, host.len - name - 1});
}

static bool field_host(struct http_head_read *head, const char *bytes, struct http_place value)
{
    if (head->hosts++ > 0) {
        return http_head_refuse(head, 400, "There is more than one Host.");
    }
    head->host = value;
    return http_host_valid(http_span(bytes, value)) ||
           http_head_refuse(head, 400, "Host is not valid.");
}

static bool field_length(struct http_head_read *head, struct span value)
{
    if (head->lengths++ > 0) {
        return http_head_refuse(head, 400, "There is more than one Content-Length.");
    }
    uint64_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] < '0' || value.at[i] > '9') {
            return http_head_refuse(head, 400, "Content-Length is not a plain decimal number.");
        }
        unsigned digit = (unsigned)(value.at[i] - '0');
        length = length > (UINT64_MAX - digit) / 10 ? UINT64_MAX : length * 10 + digit;
    }
    head->length = length;
    return value.len > 0 || http_head_refuse(head, 400, "Content-Length is empty.");
}

static bool field_encoding(struct http_head_read *head, struct span value)
{
    if (head->encodings++ > 0) {
        return http_head_refuse(head, 400, "There is more than one Transfer-Encoding.");
    }
    head->chunked = http_word_is(value, "chunked");
    return head->chunked ||
           http_head_refuse(head, 501, "The only transfer coding known is chunked.");
}

static void field_connection(struct http_head_read *head, struct span value)
{
    size_t at = 0;
    while (at < value.len) {
        const char *comma = memchr(value.at + at, ',', value.len - at);
        size_t end = comma == NULL ? value.len : (size_t)(comma - value.at);
        size_t next = end + 1;
        while (at < end && (value.at[at] == ' ' || value.at[at] == '\t')) {
            at++;
        }
        while (end > at && (value.at[end - 1] == ' ' || value.at[end - 1] == '\t')) {
            end--;
        }
        if (http_word_is((struct span){value.at + at, end - at}, "close")) {
            head->close = true;
        }
        at = next;
    }
}

static bool field_expect(struct http_head_read *head, struct span value)
{
    if (head->minor == 0) {
        return true; /* HTTP/1.0 has no 100: ignored (RFC 9110 10.1.1) */
    }
    head->expects = http_word_is(value, "100-continue");
    return head->expects ||
           http_head_refuse(head, 417, "The only expectation known is 100-continue.");
}

bool http_field_take(struct http_head_read *head, const char *bytes, const struct http_line *line)
{
    struct span name = http_span(bytes, line->name);
    struct span value = http_span(bytes, line->value);
    switch (name.len) {
    case 4:
        return !http_word_is(name, "host") || field_host(head, bytes, line->value);
    case 6:
        return !http_word_is(name, "expect") || field_expect(head, value);
    case 10:
        if (http_word_is(name, "connection")) {
            field_connection(head, value);
        }
        return true;
    case 14:
        return !http_word_is(name, "content-length") || field_length(head, value);
    case 17:
        return !http_word_is(name, "transfer-encoding") || field_encoding(head, value);
    default:
        return true;
    }
}

bool http_field_finish(struct http_head_read *head)
{
    if (head->minor == 1 && head->hosts == 0) {
        return http_head_refuse(head, 400, "HTTP/1.1 needs a Host.");
    }
    if (head->encodings > 0 && head->lengths > 0) {
        return http_head_refuse(head, 400, "Transfer-Encoding and Content-Length together.");
    }
    if (head->encodings > 0 && head->minor == 0) {
        return http_head_refuse(head, 400, "HTTP/1.0 has no Transfer-Encoding.");
    }
    if (head->minor == 0) {
        head->close = true;
    }
    return true;
}
