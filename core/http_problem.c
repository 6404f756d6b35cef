/* Errors as RFC 9457 problem details: what went wrong, with what was received quoted, cut and
 * escaped. */
#include "http_engine.h"

#include <assert.h>
#include <stdio.h>

#define RECEIVED_MAX 64U

static void problem_write(struct out *out, const struct http_problem *problem)
{
    json_open(out, '{');
    json_key(out, "type");
    out_text(out, "\"/problems/");
    out_text(out, problem->code);
    out_char(out, '"');
    json_member_text(out, "title", problem->title);
    json_member_int(out, "status", problem->status);
    if (problem->detail != NULL) {
        json_member_text(out, "detail", problem->detail);
    }
    if (problem->parameter != NULL) {
        json_member_text(out, "parameter", problem->parameter);
    }
    if (problem->received.at != NULL) {
        json_member(out, "received", utf8_cut(problem->received, RECEIVED_MAX));
    }
    if (problem->allowed != NULL) {
        json_member_text(out, "allowed", problem->allowed);
    }
    if (problem->more_text.at != NULL) {
        json_member(out, problem->more, problem->more_text);
    }
    json_close(out, '}');
    out_char(out, '\n');
}

enum http_result http_problem(struct http_request *req, const struct http_problem *problem)
{
    char seconds[12];
    struct http_field fields[2 + HTTP_PROBLEM_FIELDS];
    unsigned count = 0;
    struct out *out = http_out(req);
    problem_write(out, problem);
    if (problem->retry_after > 0) {
        snprintf(seconds, sizeof seconds, "%u", problem->retry_after);
        fields[count++] = (struct http_field){"Retry-After", seconds};
    }
    if (problem->status == 405 && req->compiled != NULL) {
        fields[count++] = (struct http_field){"Allow", req->compiled->allow};
    }
    assert(problem->field_count <= HTTP_PROBLEM_FIELDS);
    for (unsigned i = 0; i < problem->field_count; i++) {
        fields[count++] = problem->fields[i];
    }
    const struct http_head head = {.status = problem->status,
                                   .content_type = "application/problem+json",
                                   .cache_control = "no-store",
                                   .fields = fields,
                                   .field_count = count};
    return http_reply_bytes(req, &head, out_span(out));
}

enum http_result http_reply_allow(struct http_request *req, int status)
{
    const char *allow = req->compiled == NULL ? "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
                                              : req->compiled->allow;
    const struct http_field fields[] = {
        {"Allow", allow},
        {"Access-Control-Allow-Methods", allow},
        {"Access-Control-Allow-Headers", "*"},
        {"Access-Control-Max-Age", "86400"},
    };
    bool api = req->compiled != NULL && (req->compiled->route->flags & HTTP_ROUTE_API) != 0;
    const struct http_head head = {.status = status,
                                   .cache_control = "no-store",
                                   .fields = fields,
                                   .field_count = api ? COUNT_OF(fields) : 1};
    return http_reply_bytes(req, &head, (struct span){"", 0});
}

void http_request_fault(struct http_request *req, int status, const char *fault)
{
    const struct http_problem problem = {
        .status = status,
        .code = status == 408   ? "too-slow"
                : status == 413 ? "body-too-large"
                                : "bad-request",
        .title = http_status_text(status),
        .detail = fault,
    };
    req->last = true;
    if (req->begun_us == 0) {
        req->begun_us = http_now_us(); /* its head never became whole */
    }
    metric_bump(&req->worker->faults, 1);
    http_problem(req, &problem);
}

void http_reply_fault(struct http_conn *conn, int status, const char *fault)
{
    http_request_fault(&conn->work->request, status, fault);
}
