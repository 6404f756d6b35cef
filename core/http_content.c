/*
 * One answer in every encoding that clients take. Each is made when it is first wanted, and kept:
 * an answer that nobody asks for in gzip is never packed, one that many ask for is packed once.
 */
#include "http_engine.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define CONTENT_ETAG_MAX 64U

struct http_content {
    struct http_head head;
    char etag[CONTENT_ETAG_MAX];                 /* of the plain one; "" when it has none */
    struct http_answer *answers[HTTP_ENCODINGS]; /* NULL: not made yet; the plain one always is */
};

/* Which of them is sent depends on it, small ones included: a client may refuse the plain one. */
static const char vary[] = "Accept-Encoding";

/* "abc" is "abc-br" when packed: other bytes are another entity (RFC 9110 8.8.3.3). NULL and ""
 * have none. */
static const char *content_etag(char packed[CONTENT_ETAG_MAX], const char *etag,
                                enum http_encoding encoding)
{
    size_t len = etag == NULL ? 0 : strlen(etag);
    if (len == 0) {
        return NULL;
    }
    assert(len + 8 < CONTENT_ETAG_MAX);
    (void)snprintf(packed, CONTENT_ETAG_MAX, "%.*s-%s\"", (int)len - 1, etag,
                   http_encoding_name(encoding));
    return packed;
}

struct http_content *http_content_new(const struct http_head *head, struct span body)
{
    struct http_content *content = calloc(1, sizeof *content);
    if (content == NULL) {
        return NULL;
    }
    assert(head->vary == NULL && head->content_encoding == NULL);
    content->head = *head;
    if (head->etag != NULL) {
        /* Room for the encoding's name. */
        assert(strlen(head->etag) + 8 < sizeof content->etag);
        memcpy(content->etag, head->etag, strlen(head->etag) + 1);
    }
    content->head.etag = NULL;
    content->head.vary = vary;
    struct http_head plain = content->head;
    plain.etag = head->etag;
    content->answers[HTTP_IDENTITY] = http_answer_new(&plain, body);
    if (content->answers[HTTP_IDENTITY] == NULL) {
        free(content);
        return NULL;
    }
    return content;
}

void http_content_free(struct http_content *content)
{
    if (content == NULL) {
        return;
    }
    for (unsigned i = 0; i < HTTP_ENCODINGS; i++) {
        http_answer_unref(content->answers[i]);
    }
    free(content);
}

size_t http_content_size(const struct http_content *content)
{
    size_t size = sizeof *content;
    for (unsigned i = 0; i < HTTP_ENCODINGS; i++) {
        size += content->answers[i] == NULL ? 0 : http_answer_size(content->answers[i]);
    }
    return size;
}

/* False when it could not be packed. */
static bool content_make(struct http_content *content, enum http_encoding encoding, bool best)
{
    struct http_head head = content->head;
    char etag[CONTENT_ETAG_MAX];
    struct out packed;
    out_init(&packed, OUT_LIMIT_DEFAULT);
    if (content->answers[encoding] == NULL &&
        http_encode(&packed, encoding, content->answers[HTTP_IDENTITY]->body, best)) {
        head.content_encoding = http_encoding_name(encoding);
        head.etag = content_etag(etag, content->etag, encoding);
        content->answers[encoding] = http_answer_new(&head, out_span(&packed));
    }
    out_free(&packed);
    return content->answers[encoding] != NULL;
}

bool http_content_prepare(struct http_content *content)
{
    return content_make(content, HTTP_GZIP, true) && content_make(content, HTTP_BR, true);
}

static enum http_result content_not_acceptable(struct http_request *req)
{
    return http_problem(req, &(struct http_problem){.status = 406,
                                                    .code = "not-acceptable",
                                                    .title = "No encoding of ours is acceptable",
                                                    .allowed = "br, gzip or identity"});
}

/* What goes instead of one that could not be packed: the plain one, where that is not refused. */
static int content_unpacked(const struct http_request *req)
{
    return http_choose_encoding(req, 0) == HTTP_IDENTITY ? HTTP_IDENTITY : -1;
}

enum http_result http_reply_content(struct http_request *req, struct http_content *content)
{
    int encoding = http_choose_encoding(req, content->answers[HTTP_IDENTITY]->body.len);
    if (encoding > HTTP_IDENTITY && !content_make(content, (enum http_encoding)encoding, false)) {
        encoding = content_unpacked(req);
    }
    if (encoding < 0) {
        return content_not_acceptable(req);
    }
    if (encoding == HTTP_IDENTITY && req->conn->tls == NULL) {
        http_answer_file(content->answers[HTTP_IDENTITY]);
    }
    return http_reply(req, content->answers[encoding]);
}

enum http_result http_reply_encoded(struct http_request *req, const struct http_head *head)
{
    struct http_worker *worker = req->worker;
    struct span body = out_span(&worker->scratch);
    char etag[CONTENT_ETAG_MAX];
    if (out_failed(&worker->scratch)) {
        return http_reply_out(req, head);
    }
    int encoding = http_choose_encoding(req, body.len);
    out_clear(&worker->packed);
    if (encoding > HTTP_IDENTITY &&
        !http_encode_once(&worker->packer, &worker->packed, (enum http_encoding)encoding, body)) {
        encoding = content_unpacked(req);
    }
    if (encoding < 0) {
        return content_not_acceptable(req);
    }
    assert(head->vary == NULL && head->content_encoding == NULL);
    struct http_head sent = *head;
    sent.vary = vary;
    if (encoding == HTTP_IDENTITY) {
        return http_reply_out(req, &sent);
    }
    sent.content_encoding = http_encoding_name((enum http_encoding)encoding);
    sent.etag = content_etag(etag, head->etag, (enum http_encoding)encoding);
    return http_reply_bytes(req, &sent, out_span(&worker->packed));
}
