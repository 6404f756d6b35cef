/* What the endpoints share. */
#include "server/api.h"

#include "server/answer.h"

#include <corridor/log.h>

#include <stdio.h>

static const char json_type[] = "application/json; charset=utf-8";

/* ---- Parameters ---- */

static struct api_parameter *parameter_of(struct api_parameter *parameters, size_t count,
                                          struct span name)
{
    for (size_t i = 0; i < count; i++) {
        if (span_is(name, parameters[i].name))
            return &parameters[i];
    }
    return NULL;
}

static void unknown_parameter(struct http_request *req, const struct api_parameter *parameters,
                              size_t count, struct span name, struct span value)
{
    struct ask_error error = {.fault = ASK_UNKNOWN_PARAMETER, .received = value};
    struct span cut = utf8_cut(name, sizeof(error.name) - 1);
    size_t length = 0;
    memcpy(error.name, cut.at, cut.len);
    error.parameter = error.name;
    (void)snprintf(error.allowed, sizeof(error.allowed), "none");
    for (size_t i = 0; i < count; i++) {
        int written = snprintf(error.allowed + length, sizeof(error.allowed) - length, "%s%s",
                               i == 0 ? "" : ", ", parameters[i].name);
        length += (size_t)written;
    }
    (void)api_ask_problem(req, &error);
}

bool api_parameters(struct http_request *req, struct api_parameter *parameters, size_t count)
{
    for (unsigned i = 0; i < http_query_count(req); i++) {
        struct span name;
        struct span value;
        http_query_at(req, i, &name, &value);
        struct api_parameter *parameter = parameter_of(parameters, count, name);
        if (parameter == NULL) {
            unknown_parameter(req, parameters, count, name, value);
            return false;
        }
        if (parameter->value.at != NULL && parameter->repeats)
            continue;
        if (parameter->value.at != NULL) {
            struct ask_error error = {.fault = ASK_REPEATED,
                                      .parameter = parameter->name,
                                      .received = value,
                                      .allowed = "given once"};
            (void)api_ask_problem(req, &error);
            return false;
        }
        /* An empty value is given too. */
        parameter->value = value.at == NULL ? span_of("") : value;
    }
    return true;
}

enum http_result api_ask_problem(struct http_request *req, const struct ask_error *error)
{
    return http_problem(req, &(struct http_problem){
                                 .status = ask_fault_status(error->fault),
                                 .code = ask_fault_code(error->fault),
                                 .title = ask_fault_title(error->fault),
                                 .parameter = error->parameter,
                                 .received = error->received,
                                 .allowed = error->allowed,
                             });
}

enum http_result api_bad_parameter(struct http_request *req, const char *parameter,
                                   struct span received, const char *allowed)
{
    return http_problem(req, &(struct http_problem){
                                 .status = 400,
                                 .code = "bad-parameter",
                                 .title = "A parameter is not one of those allowed",
                                 .parameter = parameter,
                                 .received = received,
                                 .allowed = allowed,
                             });
}

enum http_result api_not_found(struct http_request *req, const char *code, const char *what,
                               const char *parameter, struct span received, const char *allowed)
{
    return http_problem(req, &(struct http_problem){
                                 .status = 404,
                                 .code = code,
                                 .title = what,
                                 .parameter = parameter,
                                 .received = received,
                                 .allowed = allowed,
                             });
}

enum http_result api_unavailable(struct http_request *req, const char *detail, unsigned seconds)
{
    return http_problem(req, &(struct http_problem){
                                 .status = 503,
                                 .code = "unavailable",
                                 .title = "This cannot be answered right now",
                                 .detail = detail,
                                 .retry_after = seconds,
                             });
}

enum http_result api_db_problem(struct http_request *req, const struct db_reply *reply)
{
    static struct log_site site;
    /* Classes 53 and 57: short of something, or being shut down. Any other refusal is our mistake,
     * and asking again won't help. */
    bool mistake = reply->outcome == DB_FAILED && strncmp(reply->sqlstate, "53", 2) != 0 &&
                   strncmp(reply->sqlstate, "57", 2) != 0;
    log_warn_sometimes(&site, "a query for an answer failed (%s): %s",
                       db_outcome_code(reply->outcome), reply->message);
    if (!mistake)
        return api_unavailable(req, "The database cannot be reached. Comparisons of today go on.",
                               5);
    return http_problem(req, &(struct http_problem){
                                 .status = 500,
                                 .code = "internal",
                                 .title = "Something went wrong here",
                             });
}

/* ---- Pages of a list ---- */

/* A plain whole number from 1 to most. */
static bool read_number(unsigned *number, struct span text, unsigned most)
{
    unsigned value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text.at[i] - '0');
        if (value > most)
            return false;
    }
    *number = value;
    return value > 0;
}

bool api_page(struct http_request *req, struct api_page *page, struct span number,
              struct span per_page)
{
    *page = (struct api_page){1, API_PER_PAGE_DEFAULT};
    if (number.at != NULL && !read_number(&page->page, number, API_PAGE_MAX)) {
        (void)api_bad_parameter(req, "page", number, "a whole number from 1 to 1000000");
        return false;
    }
    if (per_page.at != NULL && !read_number(&page->per_page, per_page, API_PER_PAGE_MAX)) {
        (void)api_bad_parameter(req, "per_page", per_page, "a whole number from 1 to 200");
        return false;
    }
    return true;
}

static size_t pages_of(const struct api_page *page, size_t total)
{
    return (total + page->per_page - 1) / page->per_page;
}

void api_page_members(struct out *out, const struct api_page *page, size_t total)
{
    json_member_int(out, "page", page->page);
    json_member_int(out, "per_page", page->per_page);
    json_member_int(out, "pages", (int64_t)pages_of(page, total));
    json_member_int(out, "total", (int64_t)total);
}

/* ---- Answers ---- */

enum http_result api_reply_with(struct http_request *req, struct out *out, const char *link,
                                const char *cache_control)
{
    char etag[ANSWER_ETAG_MAX];
    answer_etag(etag, out_span(out));
    struct http_field field = {"Link", link};
    struct http_head head = {.status = 200,
                             .content_type = json_type,
                             .etag = etag,
                             .cache_control = cache_control,
                             .fields = &field,
                             .field_count = link == NULL ? 0 : 1};
    return http_reply_encoded(req, &head);
}

enum http_result api_reply(struct http_request *req, struct out *out)
{
    return api_reply_with(req, out, NULL, NULL);
}

enum http_result api_reply_page(struct http_request *req, struct out *out,
                                const struct api_page *page, size_t total, const char *filters)
{
    char link[1200]; /* twice the longest path and filters */
    size_t length = 0;
    struct span path = http_path(req);
    size_t pages = pages_of(page, total);
    link[0] = '\0';
    if (path.len > 100)
        path.len = 0; /* relative to the list itself */
    if (page->page < pages)
        length += (size_t)snprintf(link, sizeof(link), "<%.*s?page=%u&per_page=%u%s>; rel=\"next\"",
                                   (int)path.len, path.at, page->page + 1, page->per_page, filters);
    if (page->page > 1 && length < sizeof(link))
        (void)snprintf(link + length, sizeof(link) - length,
                       "%s<%.*s?page=%u&per_page=%u%s>; rel=\"prev\"", length == 0 ? "" : ", ",
                       (int)path.len, path.at, page->page - 1, page->per_page, filters);
    return api_reply_with(req, out, link[0] == '\0' ? NULL : link, NULL);
}
