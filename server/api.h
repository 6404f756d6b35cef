/* What the endpoints share: their parameters, their errors, their answers. */
#ifndef SERVER_API_H
#define SERVER_API_H

#include "server/ask.h"

#include <corridor/db.h>
#include <corridor/http.h>

/* ---- Parameters ---- */

struct api_parameter {
    const char *name;
    struct span value; /* at = NULL: not given */
    bool repeats;      /* may be given more than once; value is the first */
};
/*
 * Fills the values from the query. False when one is repeated that may not be, or none of these:
 * the problem has been sent, `return HTTP_DONE`.
 */
MUST_CHECK bool api_parameters(struct http_request *req, struct api_parameter *parameters,
                               size_t count);

/* Problems about one parameter. */
enum http_result api_bad_parameter(struct http_request *req, const char *parameter,
                                   struct span received, const char *allowed);
enum http_result api_ask_problem(struct http_request *req, const struct ask_error *error);
/* 404; what is its title: "There is no such operator". */
enum http_result api_not_found(struct http_request *req, const char *code, const char *what,
                               const char *parameter, struct span received, const char *allowed);

/* 503 with Retry-After in seconds. */
enum http_result api_unavailable(struct http_request *req, const char *detail, unsigned seconds);
/* The problem of a database reply that is not DB_OK: 503 while it may help to ask again. */
enum http_result api_db_problem(struct http_request *req, const struct db_reply *reply);

/* ---- Pages of a list ---- */

struct api_page {
    unsigned page;     /* from 1 */
    unsigned per_page; /* 1 to API_PER_PAGE_MAX */
};
#define API_PER_PAGE_MAX     200
#define API_PER_PAGE_DEFAULT 50
#define API_PAGE_MAX         1000000
/* From two parameters, either not given. False when the problem has been sent. */
MUST_CHECK bool api_page(struct http_request *req, struct api_page *page, struct span number,
                         struct span per_page);

/* ---- Answers ---- */

/* Sends what http_out holds as JSON, with an ETag of its bytes. */
enum http_result api_reply(struct http_request *req, struct out *out);
/* The same with a Link, NULL for none; cache_control NULL: the route's. */
enum http_result api_reply_with(struct http_request *req, struct out *out, const char *link,
                                const char *cache_control);
/*
 * The same for a page of a list of `total`, with Link to its neighbours (RFC 8288). filters: "" or
 * encoded parameters with a "&" before each, together under 400 bytes.
 */
enum http_result api_reply_page(struct http_request *req, struct out *out,
                                const struct api_page *page, size_t total, const char *filters);
/* {"page","per_page","pages","total"} as members. */
void api_page_members(struct out *out, const struct api_page *page, size_t total);

#endif
