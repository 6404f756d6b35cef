/*
 * A stream read by our parser, in the order in which the engine calls it (core/http_turn.c,
 * core/http_body.c), but without routes, so that the reading is the parser's alone.
 */
#include "core/http_parse.h"
#include "differ.h"

/* Where the reading stands. */
struct ours {
    struct differ_reading *out;
    struct span stream;
    size_t used; /* bytes of complete messages, and of the body so far */
    struct http_head_read head;
    struct http_chunk_read chunk;
    uint64_t left;
    bool in_body;
};

static void ours_refuse(struct ours *ours, unsigned status, const char *fault, size_t at)
{
    ours->out->status = status;
    ours->out->end = DIFFER_REFUSED;
    ours->out->fault = fault;
    ours->out->fault_at = at;
}

static void ours_body(struct differ_message *message, struct span data)
{
    for (size_t i = 0; i < data.len; i++) {
        message->body_sum = message->body_sum * 31 + (unsigned char)data.at[i];
    }
    message->body += data.len;
}

static bool ours_headed(struct ours *ours, struct differ_message *message)
{
    const char *bytes = ours->stream.at + ours->used;
    struct http_target target;
    message->headed = true;
    message->method = http_span(bytes, ours->head.method);
    message->target = http_span(bytes, ours->head.target);
    message->minor = ours->head.minor;
    message->close = ours->head.close;
    message->field_count = ours->head.count;
    for (unsigned i = 0; i < ours->head.count; i++) {
        message->fields[i].name = http_span(bytes, ours->head.lines[i].name);
        message->fields[i].value = http_span(bytes, ours->head.lines[i].value);
    }
    if (span_is(message->method, "CONNECT")) {
        ours_refuse(ours, 501, "CONNECT", ours->used);
    } else if (!http_target_parse(&target, message->target, message->method)) {
        ours_refuse(ours, 400, "The request's target is not valid.", ours->used);
    } else if (ours->head.length == UINT64_MAX) {
        ours_refuse(ours, 413, "Content-Length does not fit.", ours->used);
    }
    ours->used += ours->head.size;
    ours->left = ours->head.length;
    ours->chunk = (struct http_chunk_read){0};
    ours->in_body = true;
    return ours->out->end != DIFFER_REFUSED;
}

/* True when the body is over. */
static bool ours_body_step(struct ours *ours, struct differ_message *message, size_t len)
{
    enum http_step step = HTTP_DATA;
    if (!ours->head.chunked) {
        size_t piece = len - ours->used < ours->left ? len - ours->used : (size_t)ours->left;
        ours_body(message, (struct span){ours->stream.at + ours->used, piece});
        ours->used += piece;
        ours->left -= piece;
        return ours->left == 0;
    }
    while (step == HTTP_DATA) {
        size_t used = 0;
        struct span data = {"", 0};
        step = http_chunk_step(&ours->chunk, ours->stream.at + ours->used, len - ours->used, &used,
                               &data);
        ours->used += used;
        if (step == HTTP_DATA) {
            ours_body(message, data);
        }
    }
    if (step == HTTP_BAD) {
        ours_refuse(ours, 400, "The chunked body is malformed.", ours->used - 1);
        ours->out->in_trailers = ours->chunk.trailer > 0;
    }
    return step == HTTP_END;
}

/* One step with the first len bytes of the stream; false when there is nothing more to do. */
static bool ours_step(struct ours *ours, size_t len)
{
    struct differ_reading *out = ours->out;
    if (!ours->in_body && len == ours->used) {
        return false;
    }
    if (!ours->in_body && out->count > 0 && !out->messages[out->count - 1].complete) {
        out->count--; /* its head is looked at again, with more bytes */
    }
    if (out->count == DIFFER_MESSAGES_MAX && !ours->in_body) {
        return false;
    }
    struct differ_message *message = &out->messages[ours->in_body ? out->count - 1 : out->count];
    if (!ours->in_body) {
        *message = (struct differ_message){.at = ours->used};
        out->count++;
        switch (http_head_step(&ours->head, ours->stream.at + ours->used, len - ours->used)) {
        case HTTP_MORE:
            if (!ours->head.begun &&
                (ours->used + ours->head.line == len ||
                 (len == ours->used + 1 && ours->stream.at[ours->used] == '\r'))) {
                out->count--; /* an empty line is not a request */
            }
            return false;
        case HTTP_END:
            return ours_headed(ours, message);
        default:
            ours_refuse(ours, ours->head.status, ours->head.fault, ours->used + ours->head.line);
            return false;
        }
    }
    if (!ours_body_step(ours, message, len)) {
        return false;
    }
    message->complete = true;
    ours->in_body = false;
    ours->head = (struct http_head_read){0};
    if (message->close) {
        out->end = DIFFER_CLOSED;
    }
    return !message->close;
}

void differ_ours(struct differ_reading *out, struct span stream, const size_t *cuts, size_t count)
{
    static struct ours ours;
    ours = (struct ours){.out = out, .stream = stream};
    out->count = 0;
    out->end = DIFFER_WAITS;
    out->status = 0;
    out->fault = NULL;
    out->fault_at = 0;
    for (size_t i = 0; i <= count && out->end == DIFFER_WAITS; i++) {
        while (ours_step(&ours, i < count ? cuts[i] : stream.len)) {
        }
    }
}
