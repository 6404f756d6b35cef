/*
 * A stream read by llhttp (LLHTTP_STRICT_MODE). Its callbacks give pieces; they are gathered in one
 * buffer. An upgrade is declined, as an application may that speaks only HTTP, so that what follows
 * is read as the next request here too.
 */
#include "differ.h"

#include <llhttp/llhttp.h>

static struct differ_reading *reading;
static char text[2 * DIFFER_STREAM_MAX];
static size_t text_len;
static bool in_value; /* the last piece was of a value */

static struct differ_message *current(void)
{
    return &reading->messages[reading->count - 1];
}

/* Appends a piece; `piece` begins in the buffer where it is empty. */
static void gather(struct span *piece, const char *at, size_t len)
{
    if (piece->len == 0) {
        piece->at = text + text_len;
    }
    memcpy(text + text_len, at, len);
    text_len += len;
    piece->len += len;
}

static int on_begin(llhttp_t *parser)
{
    (void)parser;
    if (reading->count == DIFFER_MESSAGES_MAX) {
        return -1; /* enough; seen below */
    }
    reading->messages[reading->count++] = (struct differ_message){0};
    in_value = true;
    return 0;
}

static int on_url(llhttp_t *parser, const char *at, size_t len)
{
    (void)parser;
    gather(&current()->target, at, len);
    return 0;
}

static int on_field(llhttp_t *parser, const char *at, size_t len)
{
    struct differ_message *message = current();
    (void)parser;
    if (message->headed) {
        return 0; /* a trailer: dropped, as we do */
    }
    if (in_value) {
        message->field_count++;
        in_value = false;
        if (message->field_count <= DIFFER_FIELDS_MAX) {
            message->fields[message->field_count - 1] = (struct differ_field){{"", 0}, {"", 0}};
        }
    }
    if (message->field_count <= DIFFER_FIELDS_MAX) {
        gather(&message->fields[message->field_count - 1].name, at, len);
    }
    return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t len)
{
    struct differ_message *message = current();
    (void)parser;
    in_value = true;
    if (!message->headed && message->field_count > 0 && message->field_count <= DIFFER_FIELDS_MAX) {
        gather(&message->fields[message->field_count - 1].value, at, len);
    }
    return 0;
}

static bool blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static int on_head(llhttp_t *parser)
{
    struct differ_message *message = current();
    message->headed = true;
    message->method = span_of(llhttp_method_name((llhttp_method_t)parser->method));
    message->minor = parser->http_minor;
    for (unsigned i = 0; i < message->field_count && i < DIFFER_FIELDS_MAX; i++) {
        struct span *value = &message->fields[i].value;
        while (value->len > 0 && blank(value->at[0])) {
            value->at++;
            value->len--;
        }
        while (value->len > 0 && blank(value->at[value->len - 1])) {
            value->len--;
        }
    }
    parser->upgrade = 0;
    return 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
    struct differ_message *message = current();
    (void)parser;
    for (size_t i = 0; i < len; i++) {
        message->body_sum = message->body_sum * 31 + (unsigned char)at[i];
    }
    message->body += len;
    return 0;
}

static int on_complete(llhttp_t *parser)
{
    current()->complete = true;
    current()->close = !llhttp_should_keep_alive(parser);
    return 0;
}

void differ_llhttp(struct differ_reading *out, struct span stream)
{
    llhttp_t parser;
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_message_begin = on_begin;
    settings.on_url = on_url;
    settings.on_header_field = on_field;
    settings.on_header_value = on_value;
    settings.on_headers_complete = on_head;
    settings.on_body = on_body;
    settings.on_message_complete = on_complete;
    reading = out;
    out->count = 0;
    out->end = DIFFER_WAITS;
    out->status = 0;
    out->fault = NULL;
    out->fault_at = 0;
    text_len = 0;
    llhttp_init(&parser, HTTP_REQUEST, &settings);
    llhttp_errno_t error = llhttp_execute(&parser, stream.at, stream.len);
    bool closed = out->count > 0 && current()->complete && current()->close;
    if (closed) {
        out->end = DIFFER_CLOSED; /* its error about bytes behind the last message is this too */
    } else if (error != HPE_OK && error != HPE_CB_MESSAGE_BEGIN) {
        out->end = DIFFER_REFUSED;
        out->fault = llhttp_errno_name(error);
        out->fault_at = (size_t)(llhttp_get_error_pos(&parser) - stream.at);
    }
}
