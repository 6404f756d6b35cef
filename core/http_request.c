/*
 * What a request asks: its route, its parameters decoded, and the questions a handler may put to
 * it. All decoding is done, or refused, before a handler runs, so that no handler can forget a
 * check.
 */
#include "http_engine.h"

#include <assert.h>
#include <stdlib.h>

static const struct http_problem bad_target = {
    .status = 400,
    .code = "bad-target",
    .title = "The request's target is not valid",
    .detail = "Its percent-encoding does not give UTF-8 text without control characters.",
};
static const struct http_problem too_many_parameters = {
    .status = 400,
    .code = "too-many-parameters",
    .title = "There are too many query parameters",
    .allowed = "at most 32",
};
static const struct http_problem not_found = {
    .status = 404,
    .code = "not-found",
    .title = "There is nothing at this path",
};
static const struct http_problem not_allowed = {
    .status = 405,
    .code = "method-not-allowed",
    .title = "This path does not take the method",
    .detail = "The header Allow lists those that it takes.",
};
static const struct http_problem not_implemented = {
    .status = 501,
    .code = "method-unknown",
    .title = "The method is unknown",
};
static const struct http_problem no_memory = {
    .status = 503,
    .code = "busy",
    .title = "The service is short of memory",
    .retry_after = 5,
};

const char *http_method_known(struct span method)
{
    static const char *const known[] = {"GET",    "HEAD",  "POST",    "PUT",
                                        "DELETE", "PATCH", "OPTIONS", "TRACE"};
    for (unsigned i = 0; i < COUNT_OF(known); i++) {
        if (span_is(method, known[i])) {
            return known[i];
        }
    }
    return NULL;
}

/* Decodes one piece of the target; all pieces together are no longer than the target. */
static bool request_decode(struct http_request *req, struct span *piece, bool plus)
{
    char *to = req->text == NULL ? NULL : req->text + req->text_len;
    if (!http_decode(piece, to, *piece, plus)) {
        return false;
    }
    if (piece->at == to) {
        req->text_len += piece->len;
    }
    return true;
}

static const struct http_problem *request_params(struct http_request *req)
{
    const struct http_compiled *row = req->compiled;
    struct span path = req->target.path;
    for (unsigned i = 0; i < row->segment_count; i++) {
        const char *slash = memchr(path.at + 1, '/', path.len - 1);
        size_t end = slash == NULL ? path.len : (size_t)(slash - path.at);
        struct span segment = {path.at + 1, end - 1};
        path = (struct span){path.at + end, path.len - end};
        if (row->segments[i].len > 0 && row->segments[i].at[0] == '{') {
            if (!request_decode(req, &segment, false)) {
                return &bad_target;
            }
            req->params[req->param_count++] = segment;
        }
    }
    return NULL;
}

static const struct http_problem *request_query(struct http_request *req)
{
    struct span rest = req->target.query;
    struct http_pair pair;
    while (http_pair_next(&rest, &pair.name, &pair.value)) {
        if (req->query_count == HTTP_QUERY_MAX) {
            return &too_many_parameters;
        }
        if (!request_decode(req, &pair.name, true) || !request_decode(req, &pair.value, true)) {
            return &bad_target;
        }
        req->query[req->query_count++] = pair;
    }
    return NULL;
}

/* Decoding needs memory only when something is encoded; it then stays with the work. */
static bool request_text(struct http_request *req)
{
    struct span target = http_target(req);
    bool encoded =
        memchr(target.at, '%', target.len) != NULL || memchr(target.at, '+', target.len) != NULL;
    if (encoded && req->text == NULL) {
        req->text = malloc(HTTP_TARGET_MAX);
    }
    return !encoded || req->text != NULL;
}

/* OPTIONS is answered by the engine: what may be done here, and to whom it is open. */
static enum http_result request_options(struct http_request *req)
{
    return http_reply_allow(req, 204);
}

static const struct http_problem *request_route(struct http_request *req)
{
    const struct http_server *server = req->worker->server;
    struct span method = http_method(req);
    bool options = span_is(method, "OPTIONS");
    req->is_head = span_is(method, "HEAD");
    req->compiled = http_routes_find(&server->routes, req->target.path);
    if (options && (req->compiled != NULL || span_is(req->target.path, "*"))) {
        req->handler = request_options;
        return NULL;
    }
    if (req->compiled == NULL) {
        bool get = req->is_head || span_is(method, "GET");
        req->handler = get ? server->config.fallback : NULL;
        return http_method_known(method) == NULL ? &not_implemented
               : req->handler == NULL            ? &not_found
                                                 : NULL;
    }
    const struct http_compiled *row = http_routes_method(&server->routes, req->compiled, method);
    if (row == NULL) {
        return http_method_known(method) != NULL ? &not_allowed : &not_implemented;
    }
    req->compiled = row;
    req->handler = row->route->handler;
    return NULL;
}

void http_request_fit(struct http_request *req)
{
    const struct http_problem *refusal = request_route(req);
    if (refusal == NULL && !request_text(req)) {
        refusal = &no_memory;
    }
    if (refusal == NULL && req->compiled != NULL) {
        refusal = request_params(req);
    }
    if (refusal == NULL) {
        refusal = request_query(req);
    }
    req->refusal = refusal;
}

void http_request_clear(struct http_request *req)
{
    out_free(&req->body);
    /* The arrays are long and need no clearing: their counts do. */
    memset(&req->head, 0, offsetof(struct http_head_read, lines));
    req->target = (struct http_target){0};
    req->compiled = NULL;
    req->handler = NULL;
    req->refusal = NULL;
    req->bytes = NULL;
    req->stage = HTTP_STAGE_HEAD;
    req->param_count = req->query_count = 0;
    req->text_len = 0;
    memset((char *)req + offsetof(struct http_request, chunk), 0,
           sizeof *req - offsetof(struct http_request, chunk));
}

/* ---- What handlers ask ---- */

struct span http_method(const struct http_request *req)
{
    return http_span(req->bytes, req->head.method);
}

bool http_is_head(const struct http_request *req)
{
    return req->is_head;
}

struct span http_target(const struct http_request *req)
{
    return http_span(req->bytes, req->head.target);
}

struct span http_path(const struct http_request *req)
{
    return req->target.path;
}

struct span http_host(const struct http_request *req)
{
    return req->target.authority.len > 0 ? req->target.authority
                                         : http_span(req->bytes, req->head.host);
}

const struct http_route *http_route_of(const struct http_request *req)
{
    return req->compiled == NULL ? NULL : req->compiled->route;
}

const struct http_route *http_route_at(const struct http_request *req, struct span path)
{
    const struct http_compiled *row =
        path.len == 0 ? NULL : http_routes_find(&req->worker->server->routes, path);
    return row == NULL ? NULL : row->route;
}

struct span http_param(const struct http_request *req, const char *name)
{
    unsigned param = 0;
    size_t len = strlen(name);
    for (unsigned i = 0; i < req->compiled->segment_count; i++) {
        struct span segment = req->compiled->segments[i];
        if (segment.len > 0 && segment.at[0] == '{') {
            if (segment.len == len + 2 && memcmp(segment.at + 1, name, len) == 0) {
                return req->params[param];
            }
            param++;
        }
    }
    assert(!"the pattern has the parameter");
    return (struct span){"", 0};
}

unsigned http_query(const struct http_request *req, const char *name, struct span *value)
{
    unsigned found = 0;
    *value = (struct span){"", 0};
    for (unsigned i = 0; i < req->query_count; i++) {
        if (span_is(req->query[i].name, name) && found++ == 0) {
            *value = req->query[i].value;
        }
    }
    return found;
}

unsigned http_query_count(const struct http_request *req)
{
    return req->query_count;
}

void http_query_at(const struct http_request *req, unsigned index, struct span *name,
                   struct span *value)
{
    assert(index < req->query_count);
    *name = req->query[index].name;
    *value = req->query[index].value;
}

unsigned http_header(const struct http_request *req, const char *name, struct span *value)
{
    unsigned found = 0;
    size_t len = strlen(name);
    *value = (struct span){"", 0};
    for (unsigned i = 0; i < req->head.count; i++) {
        struct span have = http_span(req->bytes, req->head.lines[i].name);
        if (have.len == len && strncasecmp(have.at, name, len) == 0 && found++ == 0) {
            *value = http_span(req->bytes, req->head.lines[i].value);
        }
    }
    return found;
}

/* Of all lines with that name. Where memory is short, what was joined so far. */
static struct span header_join(const struct http_request *req, const char *name)
{
    struct out *joined = &req->worker->joined;
    size_t len = strlen(name);
    out_clear(joined);
    for (unsigned i = 0; i < req->head.count; i++) {
        struct span have = http_span(req->bytes, req->head.lines[i].name);
        if (have.len == len && strncasecmp(have.at, name, len) == 0) {
            out_text(joined, joined->len > 0 ? ", " : "");
            out_span_append(joined, http_span(req->bytes, req->head.lines[i].value));
        }
    }
    return out_span(joined);
}

unsigned http_header_list(const struct http_request *req, const char *name, struct span *list)
{
    unsigned found = http_header(req, name, list);
    if (found > 1) {
        *list = header_join(req, name);
    }
    return found;
}

struct span http_body(const struct http_request *req)
{
    return req->body.len == 0 ? (struct span){"", 0} : out_span(&req->body);
}

uint64_t http_peer(const struct http_request *req)
{
    return req->conn->peer;
}

void *http_data(const struct http_request *req)
{
    return req->worker->data;
}

struct http_worker *http_worker_of(const struct http_request *req)
{
    return req->worker;
}

bool http_gone(const struct http_request *req)
{
    return req->gone;
}
