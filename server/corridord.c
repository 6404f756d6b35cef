/*
 * corridord: answers comparisons, lists and pages. It only reads; what it knows of prices comes
 * from PostgreSQL through the snapshot.
 */
#include "server/answer_cache.h"
#include "server/market_load.h"
#include "server/market_sql.h"
#include "server/market_table.h"
#include "server/report.h"
#include "server/routes.h"
#include "server/snapshot.h"
#include "server/web/offer_text.h"
#include "server/web/web.h"
#include "server/worker.h"

#include <corridor/config.h>
#include <corridor/daemon.h>
#include <corridor/db.h>
#include <corridor/log.h>
#include <corridor/version.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define VERSION            "0.1"

#define WORKER_CONNECTIONS 2
#define WORKER_QUEUE       64 /* questions of the past that may wait a worker; more get 503 */

/* Reports read at once, in all workers together and by one at least; and how many may wait. */
#define REPORTS_TOGETHER  24U
#define REPORTS_OF_WORKER 4U
#define REPORTS_QUEUE     16

static const char help[] =
    "Usage: corridord [--help | --version]\n"
    "\n"
    "Serves the comparison, its API and its pages. Settings come from the environment or\n"
    "corridor.env:\n"
    "\n"
    "  CORRIDOR_ADDRESS  the IP address to listen on [127.0.0.1]\n"
    "  CORRIDOR_PORT     the TCP port [8080]\n"
    "  CORRIDOR_TLS_PORT the TCP port for TLS [none]\n"
    "  CORRIDOR_TLS_CERTS\n"
    "                    the folder of its certificates, NAME.crt and NAME.key [var/tls]\n"
    "  CORRIDOR_ORIGIN   how people reach the site [http://127.0.0.1:PORT]\n"
    "  CORRIDOR_CONTACT  where people reach whoever runs it: e-mail or https address [none]\n"
    "  CORRIDOR_CACHE_MB memory for kept answers in MiB, for each processor [16]\n"
    "  CORRIDOR_CONNECTIONS, CORRIDOR_CONNECTIONS_PER_ADDRESS\n"
    "                    at once in all [as descriptors allow] and from one address [1024]\n"
    "  CORRIDOR_PROXY_FROM\n"
    "                    addresses of proxies that speak the PROXY protocol [none]\n"
    "  CORRIDOR_HANDSHAKE_SECONDS, CORRIDOR_HEAD_SECONDS, CORRIDOR_IDLE_SECONDS,\n"
    "  CORRIDOR_DRAIN_SECONDS\n"
    "                    time for TLS, for a head, between requests, to end [10 10 60 10]\n"
    "  CORRIDOR_BODY_SECONDS, CORRIDOR_BODY_RATE, CORRIDOR_WRITE_SECONDS, CORRIDOR_WRITE_RATE\n"
    "                    how many bytes a second a body must bring and a reader take, and after\n"
    "                    how many seconds that is judged [10 512 30 256]\n"
    "  CORRIDOR_REQUEST_LOG\n"
    "                    a line for requests: off, errors, sampled or all [off]\n"
    "  CORRIDOR_VAR      the folder of the private database cluster [var]\n"
    "  CORRIDOR_DB       a libpq connection string, instead of the private cluster\n"
    "  CORRIDOR_USER     whom it becomes when started as root [nobody]\n"
    "\n"
    "SIGTERM and SIGINT end it after the requests under way. With TLS, SIGHUP reads the\n"
    "certificates again.\n";

struct server {
    char conninfo[CONFIG_DB_SIZE];
    char community_conninfo[CONFIG_DB_SIZE];
    struct snapshot *snapshot;
    size_t cache_bytes;
};

/* ---- Workers ---- */

static void worker_free(struct worker_context *context)
{
    db_close(context->db);
    db_close(context->community);
    db_close(context->reports);
    answer_cache_free(context->answers);
    offer_texts_free(context->texts);
    market_table_free(context->markets);
    free(context);
}

static bool worker_init(struct http_worker *worker, void *arg)
{
    struct server *server = arg;
    struct db_config config = {
        .conninfo = server->conninfo,
        .role = "corridor_server",
        .application_name = "corridord",
        .connections = WORKER_CONNECTIONS,
        .queue_max = WORKER_QUEUE,
    };
    struct worker_context *context = calloc(1, sizeof(*context));
    if (context == NULL)
        return false;
    context->snapshot = server->snapshot;
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
        seed = (uint64_t)instant_now();
    context->answers = answer_cache_new(server->cache_bytes, seed);
    context->texts = offer_texts_new();
    context->markets = market_table_new();
    context->conninfo = server->conninfo;
    context->db = db_open(http_worker_base(worker), &config);
    struct db_config streams = config;
    streams.application_name = "corridord report";
    streams.connections = REPORTS_TOGETHER / http_processors();
    if (streams.connections < REPORTS_OF_WORKER)
        streams.connections = REPORTS_OF_WORKER;
    streams.queue_max = REPORTS_QUEUE;
    streams.on_demand = true;
    context->reports = db_open(http_worker_base(worker), &streams);
    config.conninfo = server->community_conninfo;
    config.role = "corridor_community";
    config.connections = 1;
    context->community = db_open(http_worker_base(worker), &config);
    if (context->answers == NULL || context->texts == NULL || context->markets == NULL ||
        context->db == NULL || context->community == NULL || context->reports == NULL) {
        worker_free(context);
        return false;
    }
    http_worker_set_data(worker, context);
    return true;
}

static void worker_done(struct http_worker *worker, void *arg)
{
    (void)arg;
    worker_free(http_worker_data(worker));
}

/* ---- The program ---- */

static void say_why(const struct config *config, int error)
{
    if (error == EADDRINUSE) /* another one: as deploy/dev/process.sh says, and not the feed's */
        (void)fprintf(stderr,
                      "corridord: port %u of %s is in use by another program.\n"
                      "Choose another one: CORRIDOR_PORT=%u\n",
                      (unsigned)config->port, config->address, config->port % 55000U + 10000U);
    else if (error == ECANCELED)
        (void)fputs("corridord: not started; the reason stands above.\n", stderr);
    else if (error == EACCES)
        (void)fprintf(stderr,
                      "corridord: no permission to listen on port %u.\n"
                      "Choose one above 1023: CORRIDOR_PORT=8080\n",
                      (unsigned)config->port);
    else
        (void)fprintf(stderr, "corridord: cannot listen on %s, port %u (CORRIDOR_PORT): %s\n",
                      config->address, (unsigned)config->port, strerror(error));
}

static int serve(const struct config *config)
{
    struct server server;
    sigset_t signals;
    int error = 0;
    int status = 1;
    int signal_number;
    struct http_server *http = NULL;
    server.snapshot = NULL;
    server.cache_bytes = (size_t)config->cache_mb << 20;
    if (!config_db(config, "corridor_server", server.conninfo, sizeof(server.conninfo)) ||
        !config_db(config, "corridor_community", server.community_conninfo,
                   sizeof(server.community_conninfo)))
        return 2;

    /* Before connecting, since PostgreSQL asks who we are; so a port below 1024 needs the
     * capability to bind it, not root. */
    if (!daemon_drop_user(config->user))
        return 1;
    /* Blocked before any thread starts, so that only sigwait below sees them. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (config->tls_port != 0)
        sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);

    server.snapshot = snapshot_new(server.conninfo);
    if (server.snapshot == NULL) {
        log_error("the snapshot cannot be made: memory is short");
        goto out;
    }
    struct http_config http_config = {
        .port = config->port,
        .tls_port = config->tls_port,
        .certificates = config->tls_port != 0 ? config->tls_certs : NULL,
        .routes = routes,
        .route_count = route_count,
        .fallback = web_not_found,
        .worker_init = worker_init,
        .worker_done = worker_done,
        .arg = &server,
    };
    http_config_settings(&http_config, config);
    http = http_server_start(&http_config, &error);
    if (http == NULL) {
        say_why(config, error);
        goto out;
    }
    if (!snapshot_start(server.snapshot, http)) {
        log_error("the snapshot's thread cannot be started: %s", strerror(errno));
        goto out;
    }
    log_info("listening on %s, port %u", config->address, (unsigned)http_server_port(http));
    if (config->tls_port != 0)
        log_info("listening on %s, port %u, for TLS", config->address,
                 (unsigned)http_server_tls_port(http));
    status = 0;
    while (sigwait(&signals, &signal_number) == 0 && signal_number == SIGHUP)
        http_server_reload(http);
    log_info("ending: %s", strsignal(signal_number));
out:
    /* First, since it posts to the workers. */
    if (http != NULL)
        http_server_drain(http);
    snapshot_stop(server.snapshot);
    report_workbooks_stop();
    if (http != NULL)
        http_server_wait(http);
    return status;
}

int main(int argc, char **argv)
{
    struct config config;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(help, stdout) < 0;
    if (argc == 2 && strcmp(argv[1], "--routes") == 0) {
        for (size_t i = 0; i < route_count; i++)
            (void)printf("%s %s\n", routes[i].method, routes[i].pattern);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return puts("corridord " CORRIDOR_VERSION) < 0;
    if (argc > 1) {
        (void)fprintf(stderr, "corridord: unknown argument \"%s\"; see corridord --help\n",
                      argv[1]);
        return 2;
    }
    if (!config_load(&config))
        return 2;
    if (!codes_open()) {
        log_error("ICU has no data of countries and currencies");
        return 1;
    }
    if (!web_open(config.origin, config.contact))
        return 1;
    market_sql_open();
    report_sql_open();
    market_load_metrics();
    snapshot_metrics();
    report_stream_metrics();
    int status = serve(&config);
    report_sql_close();
    web_close();
    codes_close();
    return status;
}
