/*
 * The figures' upkeep: refresh_figures (sql/0014-figure-refresh.sql) again and again. The hard
 * part is to be soon without being a burden: a first load is done step by step with a pause after
 * each, and a busy feed, which notifies all the time, causes one refresh in ten seconds, or fewer
 * where one takes long: looking through a day's hundreds of thousands of prices took as much of
 * PostgreSQL's time as storing them.
 */
#include <ingest/figures_upkeep.h>

#include <corridor/db.h>
#include <corridor/instant.h>
#include <corridor/log.h>
#include <corridor/metrics.h>

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    STEP_TIMEOUT_MS = 120000,
    PAUSE_MS = 100,  /* between the steps of much work */
    SOON_MS = 500,   /* after a notification: more of the same may follow at once */
    REST_MS = 10000, /* after the work is done … */
    REST_PART = 20,  /* … or so many times as long as it took, which bounds the burden */
    RETRY_MS = 5000,
};

/* A step is 100 quarters of corridors, under a second. A running quarter's figures may be an hour
 * old: they are provisional, and every version of them is kept. */
static const struct db_statement refresh = {
    "refresh_figures",
    "SELECT versions, remaining, recorded_at FROM corridor.refresh_figures(100, '1 hour')", 0};

struct figures_upkeep {
    struct db *db;
    struct event *due;
    bool running;
    bool quiet; /* the last refresh found nothing changed: the next may come at once */
    int64_t began_us;
    char stand[40];
};

static struct metric versions_made = {
    .kind = METRIC_COUNTER,
    .name = "corridor_ingest_figure_versions_total",
    .help = "Versions of a corridor's figures in a quarter that were worked out.",
};
static struct metric work_left = {
    .kind = METRIC_GAUGE,
    .name = "corridor_ingest_figures_remaining",
    .help = "Quarters of corridors whose figures wait to be worked out.",
};

static void due_in(struct figures_upkeep *self, long ms)
{
    const struct timeval delay = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    (void)event_add(self->due, &delay);
}

static long took_ms(const struct figures_upkeep *self)
{
    return (long)((instant_monotonic() - self->began_us) / 1000);
}

static void refreshed(const struct db_reply *reply, void *arg)
{
    struct figures_upkeep *self = arg;
    int64_t versions = 0;
    int64_t remaining = 0;
    self->running = false;
    if (reply->outcome != DB_OK || !db_result_int64(reply->result, 0, 0, &versions) ||
        !db_result_int64(reply->result, 0, 1, &remaining)) {
        static struct log_site site;
        log_warn_sometimes(&site, "figures not refreshed: %s %s", db_outcome_code(reply->outcome),
                           reply->message);
        due_in(self, RETRY_MS);
        return;
    }
    metric_add(&versions_made, versions);
    metric_set(&work_left, remaining);
    if (remaining > 0) {
        due_in(self, PAUSE_MS);
        return;
    }
    const char *stand = db_result_text(reply->result, 0, 2);
    self->quiet = strcmp(self->stand, stand) == 0;
    if (!self->quiet) {
        (void)snprintf(self->stand, sizeof self->stand, "%s", stand);
        log_info("figures are up to date as of %s", self->stand);
    }
    long rest = took_ms(self) * REST_PART;
    due_in(self, rest > REST_MS ? rest : REST_MS);
}

static void refresh_due(evutil_socket_t fd, short what, void *arg)
{
    struct figures_upkeep *self = arg;
    (void)fd;
    (void)what;
    self->began_us = instant_monotonic();
    self->running = db_query(self->db, &refresh, NULL, STEP_TIMEOUT_MS, refreshed, self) != NULL;
}

/* Somebody stored something. At once after a quiet time, else when the rest is over anyway. */
static void told(void *arg)
{
    struct figures_upkeep *self = arg;
    if (self->quiet && !self->running) {
        self->quiet = false;
        due_in(self, SOON_MS);
    }
}

struct figures_upkeep *figures_upkeep_new(struct event_base *base, const char *conninfo)
{
    const struct db_config config = {.conninfo = conninfo,
                                     .role = "corridor_ingest",
                                     .application_name = "corridor-ingestd figures",
                                     .connections = 1,
                                     .queue_max = 1};
    struct figures_upkeep *self = calloc(1, sizeof *self);
    if (!self) {
        return NULL;
    }
    self->db = db_open(base, &config);
    self->due = evtimer_new(base, refresh_due, self);
    if (!self->db || !self->due) {
        figures_upkeep_free(self);
        return NULL;
    }
    db_listen(self->db, "corridor_changes", told, self);
    due_in(self, SOON_MS);
    return self;
}

void figures_upkeep_register_metrics(void)
{
    metric_register(&versions_made);
    metric_register(&work_left);
}

void figures_upkeep_free(struct figures_upkeep *upkeep)
{
    if (!upkeep) {
        return;
    }
    db_close(upkeep->db);
    if (upkeep->due) {
        event_free(upkeep->due);
    }
    free(upkeep);
}
