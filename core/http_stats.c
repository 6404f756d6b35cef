/* The engine's numbers: each worker counts its own without a lock, a scrape adds them up. */
#include "http_engine.h"

static size_t stats_row(const struct http_request *req)
{
    return req->compiled == NULL ? req->worker->server->routes.count : req->compiled->index;
}

void http_stats_reply(struct http_request *req)
{
    struct http_route_stats *stats = &req->worker->stats[stats_row(req)];
    metric_observe(&stats->latency, http_now_us() - req->begun_us);
    metric_bump(&stats->classes[(unsigned)req->status / 100 % 6], 1);
}

/* The labels of a row: `route="/v1/compare",method="GET"`. */
static void stats_labels(struct out *out, const struct http_server *server, size_t row)
{
    const struct http_route *route =
        row < server->routes.count ? server->routes.rows[row].route : NULL;
    out_clear(out);
    out_text(out, "route=\"");
    out_text(out, route == NULL ? "" : route->pattern);
    out_text(out, "\",method=\"");
    out_text(out, route == NULL ? "" : route->method);
    out_bytes(out, "\"", 2); /* with its NUL */
}

static void stats_requests(struct out *out, const struct http_server *server, size_t row,
                           const char *labels)
{
    for (unsigned class = 1; class < 6; class ++) {
        uint64_t count = 0;
        for (unsigned i = 0; i < server->count; i++) {
            count += atomic_load_explicit(&server->workers[i].stats[row].classes[class],
                                          memory_order_relaxed);
        }
        if (count > 0) {
            out_printf(out, "corridor_http_requests_total{%s,class=\"%uxx\"} %llu\n", labels, class,
                       (unsigned long long)count);
        }
    }
}

static void stats_latency(struct out *out, const struct http_server *server, size_t row,
                          const char *labels)
{
    struct metric_histogram all = {0};
    for (unsigned i = 0; i < server->count; i++) {
        metric_histogram_merge(&all, &server->workers[i].stats[row].latency);
    }
    metric_histogram_write(out, "corridor_http_request_seconds", labels, &all);
}

static void stats_totals(struct out *out, const struct http_server *server)
{
    uint64_t accepted = 0;
    uint64_t closed = 0;
    uint64_t faults = 0;
    uint64_t full = 0;
    uint64_t resumed = 0;
    uint64_t failed = 0;
    uint64_t refused[HTTP_REFUSED_COUNT] = {0};
    for (unsigned i = 0; i < server->count; i++) {
        const struct http_worker *worker = &server->workers[i];
        closed += atomic_load_explicit(&worker->closed, memory_order_relaxed);
        accepted += atomic_load_explicit(&worker->accepted, memory_order_relaxed);
        faults += atomic_load_explicit(&worker->faults, memory_order_relaxed);
        for (unsigned why = 0; why < HTTP_REFUSED_COUNT; why++) {
            refused[why] += atomic_load_explicit(&worker->refused[why], memory_order_relaxed);
        }
        full += atomic_load_explicit(&worker->handshakes_full, memory_order_relaxed);
        resumed += atomic_load_explicit(&worker->handshakes_resumed, memory_order_relaxed);
        failed += atomic_load_explicit(&worker->handshakes_failed, memory_order_relaxed);
    }
    out_printf(out,
               "# HELP corridor_http_connections_total Connections accepted.\n"
               "# TYPE corridor_http_connections_total counter\n"
               "corridor_http_connections_total %llu\n"
               "# HELP corridor_http_connections Connections open.\n"
               "# TYPE corridor_http_connections gauge\n"
               "corridor_http_connections %llu\n"
               "# HELP corridor_http_faults_total Requests refused as malformed.\n"
               "# TYPE corridor_http_faults_total counter\n"
               "corridor_http_faults_total %llu\n"
               "# HELP corridor_http_refused_total Connections closed before a request, by why.\n"
               "# TYPE corridor_http_refused_total counter\n"
               "corridor_http_refused_total{reason=\"address\"} %llu\n"
               "corridor_http_refused_total{reason=\"proxy\"} %llu\n",
               (unsigned long long)accepted,
               (unsigned long long)(accepted > closed ? accepted - closed : 0),
               (unsigned long long)faults, (unsigned long long)refused[HTTP_REFUSED_ADDRESS],
               (unsigned long long)refused[HTTP_REFUSED_PROXY]);
    if (server->tickets.seconds > 0) {
        out_printf(out,
                   "# HELP corridor_tls_handshakes_total TLS handshakes, by how they ended.\n"
                   "# TYPE corridor_tls_handshakes_total counter\n"
                   "corridor_tls_handshakes_total{result=\"full\"} %llu\n"
                   "corridor_tls_handshakes_total{result=\"resumed\"} %llu\n"
                   "corridor_tls_handshakes_total{result=\"failed\"} %llu\n",
                   (unsigned long long)full, (unsigned long long)resumed,
                   (unsigned long long)failed);
    }
}

void http_stats_write(struct out *out, void *arg)
{
    const struct http_server *server = arg;
    struct out labels;
    out_init(&labels, OUT_LIMIT_DEFAULT);
    stats_totals(out, server);
    out_text(out, "# HELP corridor_http_requests_total Requests answered, by route and status.\n"
                  "# TYPE corridor_http_requests_total counter\n");
    for (size_t row = 0; row <= server->routes.count; row++) {
        stats_labels(&labels, server, row);
        if (!out_failed(&labels)) {
            stats_requests(out, server, row, labels.at);
        }
    }
    out_text(out, "# HELP corridor_http_request_seconds From a whole head to its reply.\n"
                  "# TYPE corridor_http_request_seconds histogram\n");
    for (size_t row = 0; row <= server->routes.count; row++) {
        stats_labels(&labels, server, row);
        if (!out_failed(&labels)) {
            stats_latency(out, server, row, labels.at);
        }
    }
    out_free(&labels);
}

enum http_result http_metrics(struct http_request *req)
{
    static const struct http_head head = {
        .status = 200, .content_type = "text/plain; version=0.0.4", .cache_control = "no-store"};
    metrics_write(http_out(req));
    return http_reply_out(req, &head);
}
