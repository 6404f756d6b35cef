/*
 * The thread that keeps the market. Its one hard problem is to miss no change while transactions
 * commit out of order.
 *
 * The cursor (xid, seq) moves only over rows below pg_snapshot_xmin: every transaction there is
 * over, so nothing can still appear behind the cursor. Rows above it that can be seen already are
 * read early, each once (`early`): otherwise one long import would hold back everybody's changes
 * until it ends. They are met again when the cursor passes them, and passed over.
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
#define TAIL_ROWS     1000  /* rows of the log read at a time, as in `tail` */
#define EARLY_MAX     4096  /* rows above the cursor that are remembered; past it they wait */
#define CLOCK_SKEW    (5 * INSTANT_SECOND) /* how far the database's clock may be ahead of ours */
#define STALE_SECONDS 2 /* without a good poll the market is no longer known to be up to date */

/* ---- Statements ---- */

static const struct db_statement horizon = {"snapshot_horizon",
                                            "SELECT pg_snapshot_xmin(pg_current_snapshot())", 0};

/* The last column: nothing can appear before this row any more. */
static const struct db_statement tail = {
    "snapshot_tail",
    "SELECT xid, seq, corridor, xid < pg_snapshot_xmin(pg_current_snapshot())"
    " FROM corridor.change_log WHERE (xid, seq) > ($1::xid8, $2::bigint)"
    " ORDER BY xid, seq LIMIT 1000",
    2};

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
    uint64_t cursor_xid;
    int64_t cursor_seq;
    int64_t early[EARLY_MAX]; /* seqs above the cursor that are read already; no order */
    size_t early_count;
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
        snapshot->cursor_xid = snapshot->load_xid;
        snapshot->cursor_seq = 0;
        snapshot->early_count = 0;
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

/* True the first time; forgets it when the cursor passes. */
static bool first_sight(struct snapshot *snapshot, int64_t seq, bool settled)
{
    for (size_t i = 0; i < snapshot->early_count; i++) {
        if (snapshot->early[i] != seq)
            continue;
        if (settled)
            snapshot->early[i] = snapshot->early[--snapshot->early_count];
        return false;
    }
    if (settled)
        return true;
    if (snapshot->early_count == EARLY_MAX)
        return false;
    snapshot->early[snapshot->early_count++] = seq;
    return true;
}

static void tail_done(const struct db_reply *reply, void *arg)
{
    struct snapshot *snapshot = arg;
    if (reply->outcome != DB_OK) {
        failed(snapshot, "following the change log", reply);
        return;
    }
    size_t rows = db_result_rows(reply->result);
    for (size_t i = 0; i < rows; i++) {
        int64_t seq = 0;
        bool settled = db_result_bool(reply->result, i, 3);
        if (!db_result_int64(reply->result, i, 1, &seq))
            continue; /* seq is never null */
        if (first_sight(snapshot, seq, settled))
            snapshot_changes_note(&snapshot->changes, db_result_span(reply->result, i, 2));
        if (settled) {
            snapshot->cursor_xid = strtoull(db_result_text(reply->result, i, 0), NULL, 10);
            snapshot->cursor_seq = seq;
        }
    }
    if (snapshot_changes_any(&snapshot->changes)) {
        start_load(snapshot);
        return;
    }
    atomic_store(&snapshot->up_to_date, instant_now());
    become(snapshot, IDLE);
    tick_in(snapshot, snapshot->hinted || rows == TAIL_ROWS ? 0 : POLL_MS);
}

static void start_poll(struct snapshot *snapshot)
{
    char xid[24];
    char seq[24];
    (void)snprintf(xid, sizeof(xid), "%" PRIu64, snapshot->cursor_xid);
    (void)snprintf(seq, sizeof(seq), "%" PRId64, snapshot->cursor_seq);
    const char *params[] = {xid, seq};
    snapshot->hinted = false;
    become(snapshot, POLLING);
    (void)db_query(snapshot->db, &tail, params, POLL_LIMIT, tail_done, snapshot);
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
