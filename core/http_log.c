/*
 * A line for a request, where the operator asked for it: what was asked for as far as our own words
 * go (a method we know, the route's pattern) and how it was answered. Never an address, a query or
 * anything else that a client wrote. The hard part is that strangers decide how many there are, so
 * a worker writes so many a second and says how many it left out.
 */
#include "http_engine.h"

#include <corridor/log.h>

#define LOG_SAMPLE 100U  /* one of so many */
#define LOG_SECOND 1000U /* lines of a worker in a second */

static const char *const protocols[] = {"HTTP/1.0", "HTTP/1.1", "HTTP/2"};

static bool log_wanted(struct http_worker *worker, int status)
{
    switch (worker->server->config.request_log) {
    case HTTP_LOG_ALL:
        return true;
    case HTTP_LOG_SAMPLED:
        return ++worker->log_seen % LOG_SAMPLE == 0;
    case HTTP_LOG_ERRORS:
        return status >= 400 || status == 0;
    default:
        return false;
    }
}

void http_log_second(struct http_worker *worker)
{
    if (worker->log_lines > LOG_SECOND) {
        log_warn("%u requests of the last second were not logged", worker->log_lines - LOG_SECOND);
    }
    worker->log_lines = 0;
}

void http_log_request(const struct http_request *req, bool whole)
{
    struct http_worker *worker = req->worker;
    const struct http_route *route = http_route_of(req);
    if (req->begun_us == 0 || !log_wanted(worker, req->status) ||
        ++worker->log_lines > LOG_SECOND) {
        return;
    }
    const char *method = req->bytes == NULL ? NULL : http_method_known(http_method(req));
    bool read = req->head.size > 0 || req->stream != NULL;
    log_info("request method=%s route=%s status=%d bytes=%llu us=%llu protocol=%s%s%s",
             method == NULL ? "-" : method, route == NULL ? "-" : route->pattern, req->status,
             (unsigned long long)req->given, (unsigned long long)(http_now_us() - req->begun_us),
             read ? protocols[req->head.minor] : "-",
             req->conn != NULL && req->conn->secure ? " tls" : "", whole ? "" : " cut");
}
