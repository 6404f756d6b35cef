/*
 * The feed's parts, put together. One of them is a promise kept by refusing: nothing is taken
 * before PostgreSQL has said that its COMMIT waits for the disk, and nothing once it says
 * otherwise.
 */
#include "ingest/feed_server.h"

#include "ingest/feed_market.h"
#include "ingest/feed_stream.h"
#include "ingest/feed_watch.h"

#include <corridor/db.h>
#include <corridor/log.h>

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    /* Two for what readers ask and receipts, one for each lane, one for each stream. */
    CONNECTIONS = 2 + FEED_LANES + FEED_STREAMS_MAX,
    QUEUE = 256,
    LOOK_SECONDS = 60,
    LOOK_AGAIN_SECONDS = 1,
    LOOK_MS = 5000,
};

static const struct db_statement ask_durable = {
    "feed_durable",
    "SELECT current_setting('synchronous_commit') IN ('on', 'remote_apply')"
    " AND current_setting('fsync') = 'on',"
    " 'synchronous_commit=' || current_setting('synchronous_commit')"
    " || ', fsync=' || current_setting('fsync')",
    0};

static void look_in(struct feed_server *server, time_t seconds)
{
    const struct timeval delay = {.tv_sec = seconds};
    (void)event_add(server->look, &delay);
}

static void on_durable(const struct db_reply *reply, void *arg)
{
    struct feed_server *server = arg;
    if (reply->outcome != DB_OK) {
        look_in(server, LOOK_AGAIN_SECONDS);
        return;
    }
    bool durable = db_result_bool(reply->result, 0, 0);
    if (!durable) {
        (void)snprintf(server->settings, sizeof server->settings, "%s",
                       db_result_text(reply->result, 0, 1));
        log_error("nothing is taken: PostgreSQL has %s, so that what is accepted could be lost",
                  server->settings);
    }
    server->durable = durable;
    look_in(server, durable ? LOOK_SECONDS : LOOK_AGAIN_SECONDS);
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct feed_server *server = arg;
    if (!db_query(server->db, &ask_durable, NULL, LOOK_MS, on_durable, server)) {
        server->durable = false; /* the program is ending */
    }
}

struct feed_server *feed_server_new(struct event_base *base,
                                    const struct feed_server_config *config)
{
    const struct db_config db = {.conninfo = config->conninfo,
                                 .role = "corridor_ingest",
                                 .application_name = "corridor-ingestd",
                                 .connections = CONNECTIONS,
                                 .queue_max = QUEUE,
                                 .keep_plans = true};
    const struct feed_keys_config keys = {
        .conninfo = config->conninfo, .role = "corridor_ingest", .seal = config->seal};
    struct feed_server *server = calloc(1, sizeof *server);
    if (!server) {
        return NULL;
    }
    server->auth.origin = config->origin;
    server->db = db_open(base, &db);
    server->auth.keys = feed_keys_open(base, &keys);
    server->market = feed_market_new();
    server->look = event_new(base, -1, 0, on_look, server);
    if (server->db && server->market) {
        const struct feed_watch_config watch = {server->auth.keys, config->stream_seconds};
        server->writer = feed_writer_new(base, server->db, server->market, &watch);
    }
    if (!server->auth.keys || !server->writer || !server->look) {
        feed_server_free(server);
        return NULL;
    }
    look_in(server, 0);
    return server;
}

void feed_server_free(struct feed_server *server)
{
    if (!server) {
        return;
    }
    /* What it tells goes to the writer and to streams, which are the writer's until they end. */
    db_close(server->db);
    feed_writer_free(server->writer);
    feed_keys_close(server->auth.keys);
    feed_market_free(server->market);
    if (server->look) {
        event_free(server->look);
    }
    free(server);
}

bool feed_server_ready(const struct feed_server *server, char *reason, size_t size)
{
    if (!db_ready(server->db)) {
        db_describe(server->db, reason, size);
    } else if (server->settings[0] != '\0' && !server->durable) {
        (void)snprintf(reason, size, "connected, but with %s", server->settings);
    } else if (!feed_keys_ready(server->auth.keys)) {
        (void)snprintf(reason, size, "connected; the keys have not been read yet");
    } else {
        (void)snprintf(reason, size, server->durable ? "connected" : "connecting");
        return server->durable;
    }
    return false;
}
