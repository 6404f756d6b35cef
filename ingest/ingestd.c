/*
 * corridor-ingestd: takes the quotes that operators push and is the only program that writes them,
 * beside corridord that reads them. It also keeps the record ready: the monthly partitions of quote
 * exist ahead of time, checked at start and every hour, and figures follow what changed
 * (figures_upkeep.c).
 *
 * The hard part is the order of things at both ends: nothing is served before root is given up, and
 * the database is closed only when no worker can ask it any more.
 */
#include <corridor/codes.h>
#include <corridor/config.h>
#include <corridor/daemon.h>
#include <corridor/db.h>
#include <corridor/http.h>
#include <corridor/log.h>
#include <corridor/metrics.h>
#include <corridor/published.h>
#include <corridor/version.h>

#include <ingest/feed_metrics.h>
#include <ingest/feed_server.h>
#include <ingest/figures_upkeep.h>
#include <ingest/shopped_read.h>

#include <errno.h>
#include <event2/event.h>
#include <event2/thread.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    EXIT_USAGE = 2,
    UPKEEP_SECONDS = 3600,
    UPKEEP_RETRY_SECONDS = 5,
    UPKEEP_TIMEOUT_MS = 30000,
    MMAP_THRESHOLD = 128 << 10,
};

struct ingestd {
    struct event_base *base;
    struct db *db;
    struct event *upkeep;
    struct figures_upkeep *figures;
    struct feed_server_config feed;
    struct feed_seal *seal;
    struct http_server *server;
};

static const struct db_statement make_partitions = {
    "make_partitions",
    "SELECT corridor.make_quote_partitions(current_date, (current_date + interval '3 "
    "months')::date)",
    0};

static struct metric partitions_made = {
    .kind = METRIC_COUNTER,
    .name = "corridor_ingest_partitions_made_total",
    .help = "Monthly partitions of quote that were missing and were made.",
};

static void upkeep_in(struct ingestd *self, time_t seconds)
{
    const struct timeval delay = {.tv_sec = seconds};
    (void)event_add(self->upkeep, &delay);
}

static void upkeep_done(const struct db_reply *reply, void *arg)
{
    struct ingestd *self = arg;
    if (reply->outcome != DB_OK) {
        log_warn("partitions of quote not checked: %s %s", db_outcome_code(reply->outcome),
                 reply->message);
        upkeep_in(self, UPKEEP_RETRY_SECONDS);
        return;
    }
    int64_t made;
    if (db_result_int64(reply->result, 0, 0, &made) && made > 0) {
        metric_add(&partitions_made, made);
        log_info("made %lld partitions of quote", (long long)made);
    }
    upkeep_in(self, UPKEEP_SECONDS);
}

static void upkeep_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct ingestd *self = arg;
    (void)db_query(self->db, &make_partitions, NULL, UPKEEP_TIMEOUT_MS, upkeep_done, self);
}

static void stop(evutil_socket_t number, short what, void *arg)
{
    (void)what;
    struct ingestd *self = arg;
    log_info("stopping on signal %d", (int)number);
    http_server_drain(self->server);
    (void)event_base_loopbreak(self->base);
}

static enum http_result healthz(struct http_request *req)
{
    const struct http_head head = {
        .status = 200, .content_type = "text/plain; charset=utf-8", .cache_control = "no-store"};
    return http_reply_bytes(req, &head, span_of("ok\n"));
}

/* Ready means that what comes in could be stored. */
static enum http_result readyz(struct http_request *req)
{
    char state[256];
    const bool ready = feed_server_ready(http_data(req), state, sizeof(state));
    struct out *out = http_out(req);
    json_open(out, '{');
    json_member_bool(out, "ready", ready);
    json_member_text(out, "database", state);
    json_close(out, '}');
    const struct http_field retry = {"Retry-After", "1"};
    const struct http_head head = {.status = ready ? 200 : 503,
                                   .content_type = "application/json",
                                   .cache_control = "no-store",
                                   .fields = &retry,
                                   .field_count = ready ? 0 : 1};
    return http_reply_out(req, &head);
}

static const struct http_route routes[] = {
    {.method = "GET", .pattern = "/healthz", .handler = healthz},
    {.method = "GET", .pattern = "/readyz", .handler = readyz},
    {.method = "GET", .pattern = "/metrics", .handler = http_metrics},
    {.method = "GET", .pattern = "/v1/refusals", .handler = published_refusals},
    {.method = "GET", .pattern = "/v1/schemas/quote.json", .handler = published_quote_schema},
    {.method = "POST",
     .pattern = "/v1/operators/{id}/quotes",
     .handler = feed_post_quotes,
     .flags = HTTP_ROUTE_STREAMED,
     .body_limit = HTTP_BODY_UNLIMITED},
    {.method = "GET", .pattern = "/v1/operators/{id}/quotes", .handler = feed_get_quotes},
    {.method = "PUT",
     .pattern = "/v1/operators/{id}/book",
     .handler = feed_put_book,
     .flags = HTTP_ROUTE_STREAMED,
     .body_limit = HTTP_BODY_UNLIMITED},
    {.method = "DELETE",
     .pattern = "/v1/operators/{id}/quotes/{ref}",
     .handler = feed_delete_quote},
    {.method = "GET", .pattern = "/v1/operators/{id}/submissions", .handler = feed_get_submissions},
    {.method = "GET",
     .pattern = "/v1/operators/{id}/submissions/{key}",
     .handler = feed_get_submission},
    {.method = "POST",
     .pattern = "/v1/observations",
     .handler = feed_post_observation,
     .body_limit = SHOPPED_BYTES_MAX},
};

static bool worker_init(struct http_worker *worker, void *arg)
{
    struct ingestd *self = arg;
    struct feed_server *feed = feed_server_new(http_worker_base(worker), &self->feed);
    http_worker_set_data(worker, feed);
    return feed != NULL;
}

static void worker_done(struct http_worker *worker, void *arg)
{
    (void)arg;
    feed_server_free(http_worker_data(worker));
}

static struct http_server *listen_on(struct ingestd *self, const struct config *config)
{
    struct http_config http = {
        .port = config->feed_port,
        .workers = 1,
        .routes = routes,
        .route_count = COUNT_OF(routes),
        .worker_init = worker_init,
        .worker_done = worker_done,
        .arg = self,
    };
    int error;
    http_config_settings(&http, config);
    struct http_server *server = http_server_start(&http, &error);
    if (!server) {
        (void)fprintf(stderr,
                      "corridor-ingestd: cannot listen on %s port %u: %s; CORRIDOR_FEED_PORT "
                      "chooses another port\n",
                      config->address, (unsigned)config->feed_port, strerror(error));
    }
    return server;
}

/* The master key, made where there is none yet, so that a key issued later is opened with it.
 * Before root is given up: the file is its owner's alone. NULL: HMAC keys are not believed. */
static struct feed_seal *open_seal(const struct config *config)
{
    char error[512];
    bool created;
    struct feed_seal *seal =
        feed_seal_load(config->master_key_file, true, &created, error, sizeof error);
    if (!seal) {
        log_warn("HMAC keys are not believed: %s", error);
    } else if (created) {
        log_info("made the master key %s, which seals HMAC secrets; keep a copy of it",
                 config->master_key_file);
    }
    return seal;
}

static int run(const struct config *config, const char *conninfo)
{
    struct ingestd self = {.base = event_base_new()};
    const struct db_config db = {.conninfo = conninfo,
                                 .role = "corridor_ingest",
                                 .application_name = "corridor-ingestd",
                                 .connections = 1,
                                 .queue_max = 16};
    struct event *signals[2] = {0};
    int status = EXIT_FAILURE;

    if (!self.base) {
        log_error("no event base: %s", strerror(errno));
        goto out;
    }
    self.db = db_open(self.base, &db);
    self.upkeep = evtimer_new(self.base, upkeep_due, &self);
    signals[0] = evsignal_new(self.base, SIGTERM, stop, &self);
    signals[1] = evsignal_new(self.base, SIGINT, stop, &self);
    if (!self.db || !self.upkeep || !signals[0] || !signals[1]) {
        log_error("no memory to start");
        goto out;
    }
    self.seal = open_seal(config);
    self.feed = (struct feed_server_config){conninfo, self.seal, config->feed_origin,
                                            config->stream_seconds};
    /* As corridord: root is given up before any thread starts that PostgreSQL asks who it is. */
    if (!daemon_drop_user(config->user)) {
        goto out;
    }
    self.server = listen_on(&self, config);
    if (!self.server) {
        goto out;
    }
    for (size_t i = 0; i < COUNT_OF(signals); i++) {
        (void)event_add(signals[i], NULL);
    }
    upkeep_in(&self, 0);
    self.figures = figures_upkeep_new(self.base, conninfo);
    if (!self.figures) {
        log_error("no memory to start");
        goto out;
    }
    log_info("corridor-ingestd %s on %s port %u", CORRIDOR_VERSION, config->address,
             (unsigned)config->feed_port);
    (void)event_base_dispatch(self.base);
    http_server_wait(self.server);
    self.server = NULL;
    status = EXIT_SUCCESS;

out:
    if (self.server) {
        http_server_drain(self.server);
        http_server_wait(self.server);
    }
    figures_upkeep_free(self.figures);
    feed_seal_free(self.seal);
    db_close(self.db);
    for (size_t i = 0; i < COUNT_OF(signals); i++) {
        if (signals[i]) {
            event_free(signals[i]);
        }
    }
    if (self.upkeep) {
        event_free(self.upkeep);
    }
    if (self.base) {
        event_base_free(self.base);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct config config;
    char conninfo[CONFIG_DB_SIZE];

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        (void)printf("corridor-ingestd %s\n", CORRIDOR_VERSION);
        return EXIT_SUCCESS;
    }
    if (argc != 1) {
        const bool help = argc == 2 && strcmp(argv[1], "--help") == 0;
        (void)fprintf(help ? stdout : stderr, "usage: corridor-ingestd [--help | --version]\n\n"
                                              "Takes the quotes that operators push, at "
                                              "/v1/operators/{id}/quotes on CORRIDOR_ADDRESS\n"
                                              "and CORRIDOR_FEED_PORT; also /healthz, /readyz and "
                                              "/metrics. README.md shows how quotes\n"
                                              "are sent, and lists the settings.\n");
        return help ? EXIT_SUCCESS : EXIT_USAGE;
    }
    if (!config_load(&config)) {
        return EXIT_USAGE;
    }
    if (!config_db(&config, "corridor_ingest", conninfo, sizeof(conninfo))) {
        return EXIT_FAILURE;
    }
    /* Left to itself the allocator keeps buffers of megabytes in its heap once one was freed, where
     * what stands behind them holds their pages: 7 MiB. */
    (void)mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
    if (evthread_use_pthreads() != 0) {
        log_error("libevent has no threads here");
        return EXIT_FAILURE;
    }
    if (!codes_open()) {
        log_error("ICU has no data of countries and currencies");
        return EXIT_FAILURE;
    }
    metric_register(&partitions_made);
    feed_metrics_register();
    figures_upkeep_register_metrics();
    return run(&config, conninfo);
}
