/*
 * Bodies made step by step. Each piece is one chunk, its size written into a place kept for it, so
 * that the producer appends to the connection's own buffer and nothing is copied twice.
 */
#include "http_engine.h"

#include <assert.h>
#include <stdio.h>

#define CHUNK_HEAD 10U /* eight digits and CRLF; leading zeros are allowed */

static void stream_frame(struct out *out, size_t start)
{
    char digits[CHUNK_HEAD + 1];
    size_t len = out->len - start - CHUNK_HEAD;
    assert(len <= HTTP_PULL_MAX);
    snprintf(digits, sizeof digits, "%08zx\r\n", len);
    memcpy(out->at + start, digits, CHUNK_HEAD);
    out_bytes(out, "\r\n", 2);
}

/* The last chunk, and the field behind it. */
static void stream_close(struct out *out, const struct http_field *trailer)
{
    out_text(out, "0\r\n");
    if (trailer->name != NULL) {
        out_text(out, trailer->name);
        out_text(out, ": ");
        out_text(out, trailer->value);
        out_text(out, "\r\n");
    }
    out_text(out, "\r\n");
}

void http_trailer(struct http_request *req, const char *name, const char *value)
{
    assert(req->producing && req->trailer.name == NULL && strpbrk(value, "\r\n") == NULL);
    req->trailer = (struct http_field){name, value};
}

enum http_pull http_stream_step(struct http_request *req)
{
    struct out *out = &req->conn->work->out.own;
    bool chunked = req->head.minor == 1;
    size_t start = out->len;
    if (chunked) {
        out_bytes(out, "00000000\r\n", CHUNK_HEAD);
    }
    size_t body = out->len;
    enum http_pull pull = req->producer.pull(req, out, req->producer.arg);
    if (out_failed(out)) {
        return HTTP_PULL_ABORT;
    }
    assert(pull != HTTP_PULL_MORE || out->len > body);
    req->given += out->len - body;
    if (out->len == body) {
        out->len = start; /* an empty chunk would end the body */
    } else if (chunked) {
        stream_frame(out, start);
    }
    if (pull == HTTP_PULL_END && chunked) {
        stream_close(out, &req->trailer);
    }
    req->waiting = pull == HTTP_PULL_WAIT;
    http_queue_own(&req->conn->work->out);
    return pull;
}

void http_stream_end(struct http_request *req)
{
    req->producing = false;
    if (req->producer.done != NULL) {
        void (*done)(struct http_request *, void *) = req->producer.done;
        req->producer.done = NULL;
        done(req, req->producer.arg);
    }
}
