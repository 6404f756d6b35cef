/*
 * The thread that keeps the market. Its one hard problem is to miss no change while transactions
 * commit out of order (snapshot_tail.c).
 *
 * States, all on the thread:
 *
 *   IDLE --tick, hint--> POLLING --corridors changed--> LOADING --published--> IDLE
 *     |                     '--nothing--> IDLE             '--failed--> IDLE, all of it next
 *     '--first time, new day, or after any failure--> LOADING all of it
 *
 * A corridor's figures take longer to work out than its prices to read. So, but for the first load,
 * they follow on a second connection; until then the figures known before are published. */
#include "server/snapshot.h"
#include "server/history.h"

#include "server/market_builder.h"
#include "server/market_load.h"
#include "server/market_sql.h"
#include "server/market_table.h"
#include "server/snapshot_changes.h"
#include "server/snapshot_publish.h"
#include "server/snapshot_tail.h"

#include <corridor/log.h>
#include <corridor/metrics.h>

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define POLL_MS       250
#define REFUSED_MS    1000  /* what was refused once will be again, until somebody mends it */
#define POLL_LIMIT    5000  /* ms a poll may take */
#define LOAD_LIMIT    60000 /* ms a load may take */
#define CLOCK_SKEW    (5 * INSTANT_SECOND) /* how far the database's clock may be ahead of ours */
#define STALE_SECONDS 2 /* without a good poll the market is no longer known to be up to date */

/* ---- Statements ---- */

static const struct db_statement horizon = {"snapshot_horizon",
                                            "SELECT pg_snapshot_xmin(pg_current_snapshot())", 0};

enum state {
    IDLE,
    POLLING,
    LOADING
};

struct snapshot {
    char *conninfo;
    struct http_server *server;
    pthread_t thread;
    bool running;
    _Atomic bool stopping;

    /* The thread's own. */
    struct event_base *base;
    struct db *db;
    struct event *tick;
    struct history_reader *history;
    enum state state;
    bool hinted;                     /* poll again at once */
    int64_t rest_until;              /* after a load, as long as it took: hints wait */
    struct snapshot_changes changes; /* to be loaded next */
    int32_t day;                     /* of the last load of all */
    struct snapshot_tail tail;
    struct market_load *load;
    struct snapshot_changes loading; /* what it reads */
    uint64_t load_xid;               /* the horizon of a load of all */
    int64_t load_began;
    struct market_table *current; /* what has been published */
    struct snapshot_changes figures_due;
    struct snapshot_changes figuring; /* asked for; any while the answer is awaited */

    /* Read by any thread. */
    _Atomic int64_t up_to_date; /* the last instant the market was known to be; 0: never */
    _Atomic bool refused;       /* the last poll or load was refused by PostgreSQL */
};

/* ---- Metrics ---- */

static struct metric loads[] = {
    {METRIC_COUNTER, "corridor_snapshot_loads_total", "what=\"corridors\"", "Loads published", 0,
     NULL},
    {METRIC_COUNTER, "corridor_snapshot_loads_total", "what=\"market\"", "Loads published", 0,
     NULL},
};
static struct metric failures = {.kind = METRIC_COUNTER,
                                 .name = "corridor_snapshot_failures_total",
                                 .help = "Polls and loads that failed"};
static struct metric corridors = {.kind = METRIC_GAUGE,
                                  .name = "corridor_snapshot_corridors",
                                  .help = "Corridors in the last whole market"};
static struct metric load_micros = {.kind = METRIC_GAUGE_SECONDS,
                                    .name = "corridor_snapshot_load_seconds",
                                    .help = "How long the last load took"};

void snapshot_metrics(void)
{
    metric_register(&loads[false]);
    metric_register(&loads[true]);
    metric_register(&failures);
    metric_register(&corridors);
    metric_register(&load_micros);
}

/* ---- Loading ---- */

static void become(struct snapshot *snapshot, enum state state)
{
    static const char *const names[] = {"idle", "polling", "loading"};
    if (snapshot->state != state)
        log_debug("snapshot: %s -> %s", names[snapshot->state], names[state]);
    snapshot->state = state;
}

static void tick_in(struct snapshot *snapshot, unsigned ms)
{
    struct timeval delay = {ms / 1000, (suseconds_t)(ms % 1000) * 1000};
    event_add(snapshot->tick, &delay);
}

/* After a failure nobody can say what was missed: all is read as soon as it can be. */
static void failed(struct snapshot *snapshot, const char *what, const struct db_reply *reply)
{
    static struct log_site site;
    metric_add(&failures, 1);
    atomic_store(&snapshot->refused, reply->outcome == DB_FAILED);
    log_warn_sometimes(&site, "%s failed (%s): %s", what, db_outcome_code(reply->outcome),
                       reply->message);
    market_load_drop(snapshot->load);
    snapshot->load = NULL;
    snapshot->changes.all = true;
    become(snapshot, IDLE);
    tick_in(snapshot, reply->outcome == DB_FAILED ? REFUSED_MS : POLL_MS);
}

/* Steps 1 to LOAD_KINDS of a load are its kinds in order; step 0 is the horizon. */
static void load_rows(size_t step, const struct db_result *rows, void *arg)
{
    struct snapshot *snapshot = arg;
    if (step > 0)
        market_load_rows(snapshot->load, (enum market_load_kind)(step - 1), rows);
    else
        snapshot->load_xid = strtoull(db_result_text(rows, 0, 0), NULL, 10);
}

static void publish(struct snapshot *snapshot, const struct market **markets, size_t count,
                    bool all)
{
    market_table_put(snapshot->current, markets, count, all);
    snapshot_publish(snapshot->server, markets, count, all);
}

static const struct market **room_for(size_t count)
{
    const struct market **markets = calloc(count + 1, sizeof(*markets));
    if (markets == NULL) {
        log_error("out of memory: %zu corridors", count);
        abort();
    }
    return markets;
}

static void load_done(const struct db_reply *reply, void *arg)
{
    struct snapshot *snapshot = arg;
    if (reply->outcome != DB_OK) {
        failed(snapshot, "reading the market", reply);
        return;
    }
    bool all = snapshot->loading.all;
    bool first = !market_table_loaded(snapshot->current);
    size_t count = market_load_count(snapshot->load);
    const struct market **markets = room_for(count);
    market_load_finish(snapshot->load, markets);
    snapshot->load = NULL;
    for (size_t i = 0; !first && i < count; i++) {
        const struct market *before =
            market_table_find(snapshot->current, markets[i]->from, markets[i]->to);
        if (before != NULL)
            markets[i] = market_with_figures(markets[i], &before->figures);
    }
    publish(snapshot, markets, count, all);
    free(markets);
    if (!first)
        snapshot_changes_join(&snapshot->figures_due, &snapshot->loading);

    int64_t micros = instant_now() - snapshot->load_began;
    if (all) {
        /* Everything below the horizon has been seen; from there on the log is followed. */
        snapshot_tail_start(&snapshot->tail, snapshot->load_xid);
        snapshot->day = instant_day(snapshot->load_began);
        metric_set(&corridors, (int64_t)count);
        log_info("market read: %zu corridors in %" PRId64 " ms", count, micros / 1000);
    }
    metric_add(&loads[all], 1);
    metric_set(&load_micros, micros);
    atomic_store(&snapshot->refused, false);
    atomic_store(&snapshot->up_to_date, snapshot->load_began);
    become(snapshot, IDLE);
    /* A writer that never pauses gets half of our time, not all of it. */
    int64_t rest = micros / 1000 < POLL_MS ? micros / 1000 : POLL_MS;
    snapshot->rest_until = snapshot->load_began + micros + rest * 1000;
    tick_in(snapshot, (unsigned)rest);
}

static void start_load(struct snapshot *snapshot)
{
    int64_t now = instant_now();
    char day[DAY_TEXT_MAX];
    char known[24];
    char list[SNAPSHOT_CHANGES_TEXT_MAX];
    const char *only = snapshot_changes_text(&snapshot->changes, list);
    day_print(day, sizeof(day), instant_day(now));
    (void)snprintf(known, sizeof(known), "%" PRId64, now + CLOCK_SKEW);

    const char *dated[] = {only, day, known, market_sql_countries, market_sql_tenders};
    const char *figures[] = {only, known};
    const struct db_step steps[] = {
        {&horizon, NULL},
        [1 + LOAD_STANDINGS] = {&market_sql_standing, dated},
        [1 + LOAD_OFFERS] = {&market_sql_offers_now, dated},
        [1 + LOAD_REFERENCES] = {&market_sql_references_now, dated},
        [1 + LOAD_OBSERVATIONS] = {&market_sql_observations, dated},
        [1 + LOAD_FIGURES] = {&market_sql_figures, figures}, /* the last, the first time only */
    };
    bool first = !market_table_loaded(snapshot->current);
    snapshot->loading = snapshot->changes;
    snapshot->changes = (struct snapshot_changes){0};
    snapshot->load_began = now;
    snapshot->load = market_load_new(instant_day(now));
    become(snapshot, LOADING);
    (void)db_read_at_once(snapshot->db, steps, COUNT_OF(steps) - !first, LOAD_LIMIT, load_rows,
                          load_done, snapshot);
}

/* ---- Figures ---- */

static void figures_done(const struct db_reply *reply, void *arg)
{
    struct snapshot *snapshot = arg;
    size_t count = 0;
    if (reply->outcome != DB_OK) {
        static struct log_site site;
        metric_add(&failures, 1);
        log_warn_sometimes(&site, "working out figures failed (%s): %s",
                           db_outcome_code(reply->outcome), reply->message);
        snapshot_changes_join(&snapshot->figures_due, &snapshot->figuring);
        snapshot->figuring = (struct snapshot_changes){0};
        return;
    }
    size_t rows = db_result_rows(reply->result);
    const struct market **markets = room_for(rows);
    for (size_t i = 0; i < rows; i++) {
        struct span cells[FIGURES_COLUMNS];
        struct market_figures figures;
        const struct country *from;
        const struct country *to;
        unsigned column;
        for (unsigned c = 0; c < FIGURES_COLUMNS; c++)
            cells[c] = db_result_span(reply->result, i, c + 1);
        if (!corridor_parse(db_result_span(reply->result, i, 0), &from, &to) ||
            !market_figures_read(&figures, cells, &column))
            continue; /* said when it was loaded */
        const struct market *market = market_table_find(snapshot->current, from, to);
        if (market != NULL)
            markets[count++] = market_with_figures(market_hold(market), &figures);
    }
    publish(snapshot, markets, count, false);
    free(markets);
    snapshot->figuring = (struct snapshot_changes){0};
}

static void start_figures(struct snapshot *snapshot)
{
    char known[24];
    char list[SNAPSHOT_CHANGES_TEXT_MAX];
    snapshot->figuring = snapshot->figures_due;
    snapshot->figures_due = (struct snapshot_changes){0};
    (void)snprintf(known, sizeof(known), "%" PRId64, instant_now() + CLOCK_SKEW);
    const char *params[] = {snapshot_changes_text(&snapshot->figuring, list), known};
    (void)db_query(snapshot->db, &market_sql_figures, params, LOAD_LIMIT, figures_done, snapshot);
}

/* ---- Following the log ---- */

/* All of it that can be seen is noted. */
static void tail_over(struct snapshot *snapshot, bool again)
{
    if (snapshot_changes_any(&snapshot->changes)) {
        start_load(snapshot);
        return;
    }
    atomic_store(&snapshot->up_to_date, instant_now());
    become(snapshot, IDLE);
    tick_in(snapshot, snapshot->hinted || again ? 0 : POLL_MS);
}

static void behind_done(const struct db_reply *reply, void *arg)
{
    struct snapshot *snapshot = arg;
    if (reply->outcome != DB_OK) {
        failed(snapshot, "following the change log", reply);
        return;
    }
    snapshot_tail_take_behind(&snapshot->tail, reply->result, &snapshot->changes);
    tail_over(snapshot, false);
}

static void page_done(const struct db_reply *reply, void *arg)
{
    struct snapshot *snapshot = arg;
    if (reply->outcome != DB_OK) {
        failed(snapshot, "following the change log", reply);
        return;
    }
    enum snapshot_tail_next next =
        snapshot_tail_take_page(&snapshot->tail, reply->result, &snapshot->changes);
    if (next != SNAPSHOT_TAIL_BEHIND)
        tail_over(snapshot, next == SNAPSHOT_TAIL_PAGE);
    else
        (void)db_query(snapshot->db, &snapshot_tail_behind,
                       snapshot_tail_behind_params(&snapshot->tail), POLL_LIMIT, behind_done,
                       snapshot);
}

static void start_poll(struct snapshot *snapshot)
{
    snapshot->hinted = false;
    become(snapshot, POLLING);
    (void)db_query(snapshot->db, &snapshot_tail_page, snapshot_tail_page_params(&snapshot->tail),
                   POLL_LIMIT, page_done, snapshot);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct snapshot *snapshot = arg;
    if (atomic_load(&snapshot->stopping)) {
        event_base_loopbreak(snapshot->base);
        return;
    }
    if (snapshot->state != IDLE) {
        tick_in(snapshot, POLL_MS);
        return;
    }
    if (instant_day(instant_now()) != snapshot->day)
        snapshot->changes.all = true;
    if (!snapshot_changes_any(&snapshot->figuring) && snapshot_changes_any(&snapshot->figures_due))
        start_figures(snapshot);
    if (snapshot->changes.all)
        start_load(snapshot);
    else
        start_poll(snapshot);
    /* Also while it runs, so that stopping is noticed. */
    tick_in(snapshot, POLL_MS);
}

static void on_hint(void *arg)
{
    struct snapshot *snapshot = arg;
    int64_t rest = (snapshot->rest_until - instant_now()) / 1000;
    snapshot->hinted = true;
    if (snapshot->state == IDLE)
        tick_in(snapshot, rest > 0 && rest < POLL_MS ? (unsigned)rest : 0);
}

/* ---- Life ---- */

static void *run(void *arg)
{
    struct snapshot *snapshot = arg;
    tick_in(snapshot, 0);
    event_base_dispatch(snapshot->base);
    return NULL;
}

struct snapshot *snapshot_new(const char *conninfo)
{
    struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
    if (snapshot == NULL)
        return NULL;
    snapshot->changes.all = true;
    snapshot->current = market_table_new();
    snapshot->conninfo = strdup(conninfo);
    snapshot->base = event_base_new();
    if (snapshot->base != NULL)
        snapshot->tick = event_new(snapshot->base, -1, 0, on_tick, snapshot);
    struct db_config config = {
        .conninfo = snapshot->conninfo,
        .role = "corridor_server",
        .application_name = "corridord snapshot",
        .connections = 2, /* one for figures */
        .queue_max = 4,
    };
    if (snapshot->tick != NULL && snapshot->conninfo != NULL && snapshot->current != NULL)
        snapshot->db = db_open(snapshot->base, &config);
    if (snapshot->db != NULL)
        snapshot->history = history_reader_new(snapshot->base, snapshot->db);
    if (snapshot->history == NULL) {
        snapshot_stop(snapshot);
        return NULL;
    }
    db_listen(snapshot->db, "corridor_changes", on_hint, snapshot);
    return snapshot;
}

bool snapshot_start(struct snapshot *snapshot, struct http_server *server)
{
    snapshot->server = server;
    errno = pthread_create(&snapshot->thread, NULL, run, snapshot);
    snapshot->running = errno == 0;
    return snapshot->running;
}

void snapshot_stop(struct snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    if (snapshot->running) {
        atomic_store(&snapshot->stopping, true);
        pthread_join(snapshot->thread, NULL);
    }
    db_close(snapshot->db);
    history_reader_free(snapshot->history);
    market_load_drop(snapshot->load);
    market_table_free(snapshot->current);
    snapshot_tail_free(&snapshot->tail);
    if (snapshot->tick != NULL)
        event_free(snapshot->tick);
    if (snapshot->base != NULL)
        event_base_free(snapshot->base);
    free(snapshot->conninfo);
    free(snapshot);
}

bool snapshot_ready(const struct snapshot *snapshot, char *reason, size_t size,
                    int64_t *age_seconds)
{
    char database[256];
    const char *refused = atomic_load(&snapshot->refused) ? ", but refuses; the log says why" : "";
    int64_t up_to_date = atomic_load(&snapshot->up_to_date);
    int64_t age = (instant_now() - up_to_date) / INSTANT_SECOND;
    *age_seconds = up_to_date == 0 ? -1 : age > 0 ? age : 0;
    if (up_to_date != 0 && age <= STALE_SECONDS)
        return true;
    db_describe(snapshot->db, database, sizeof(database));
    if (up_to_date == 0)
        (void)snprintf(reason, size, "The market has not been read yet. PostgreSQL: %s%s.",
                       database, refused);
    else
        (void)snprintf(reason, size,
                       "The prices shown were last known to be up to date %" PRId64
                       " s ago and are served from memory. PostgreSQL: %s%s.",
                       age, database, refused);
    return false;
}

int64_t snapshot_known_at(const struct snapshot *snapshot, int64_t now)
{
    int64_t up_to_date = atomic_load(&snapshot->up_to_date);
    return now - up_to_date <= STALE_SECONDS * INSTANT_SECOND ? now : up_to_date;
}
