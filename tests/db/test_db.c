/*
 * The asynchronous database against a real server that is killed, stopped and restarted: whatever
 * happens, every request has exactly one outcome, and everything recovers by itself.
 */
#include "cluster.h"

#include <corridor/db.h>

#include <event2/event.h>

#define LIMIT_MS 15000U /* for what must work */

static struct event_base *base;

/* What became of a request. */
struct outcome {
    unsigned count; /* of replies; 1 is right */
    enum db_outcome outcome;
    char sqlstate[6];
    char message[512];
    char value[128]; /* first column of the first row */
    bool null;
};

static void on_reply(const struct db_reply *reply, void *arg)
{
    struct outcome *o = arg;
    o->count++;
    o->outcome = reply->outcome;
    snprintf(o->sqlstate, sizeof o->sqlstate, "%s", reply->sqlstate);
    snprintf(o->message, sizeof o->message, "%s", reply->message);
    assert_true((reply->outcome == DB_OK) == (reply->message[0] == '\0'));
    assert_null(strchr(reply->message, '\n'));
    if (reply->result && db_result_rows(reply->result) > 0) {
        const char *text = db_result_text(reply->result, 0, 0);
        o->null = !text;
        snprintf(o->value, sizeof o->value, "%s", text ? text : "");
    }
}

static const struct db_statement one = {"one", "SELECT 1", 0};
static const struct db_statement echo = {"echo", "SELECT $1::text, $2::integer + 1", 2};
static const struct db_statement divide = {"divide", "SELECT 1 / $1::integer", 1};
static const struct db_statement nap = {"nap", "SELECT pg_sleep($1::float8)", 1};
static const struct db_statement pid = {"pid", "SELECT pg_backend_pid()", 0};
static const struct db_statement whoami = {
    "whoami",
    "SELECT current_user || ' ' || current_setting('search_path') || ' ' || "
    "current_setting('statement_timeout')",
    0};
static const struct db_statement wrong = {"wrong", "SELECT no_such_column", 0};
static const struct db_statement write_something = {"write", "INSERT INTO async_test VALUES (0)",
                                                    0};

static struct db *open_as(const char *login, const char *role, unsigned connections,
                          unsigned queue_max)
{
    return db_open(base, &(struct db_config){.conninfo = cluster_conninfo(login),
                                             .role = role,
                                             .application_name = "test",
                                             .connections = connections,
                                             .queue_max = queue_max});
}

static struct db *open_db(unsigned connections, unsigned queue_max)
{
    return open_as("corridor_owner", NULL, connections, queue_max);
}

/* Runs the loop until *what reaches a number, or the time is over. */
static bool run_until(const unsigned *what, unsigned reaches, int64_t limit_ms)
{
    const struct timeval tick = {0, 10000};
    int64_t deadline = cluster_now_ms() + limit_ms;
    while (*what < reaches && cluster_now_ms() < deadline) {
        event_base_loopexit(base, &tick);
        event_base_dispatch(base);
    }
    return *what >= reaches;
}

static void run_for(int64_t ms)
{
    const unsigned never = 0;
    (void)run_until(&never, 1, ms);
}

static bool run_until_ready(struct db *db, bool ready, int64_t limit_ms)
{
    int64_t deadline = cluster_now_ms() + limit_ms;
    while (db_ready(db) != ready && cluster_now_ms() < deadline) {
        run_for(10);
    }
    return db_ready(db) == ready;
}

/* Asks and waits: the outcome. */
static struct outcome ask(struct db *db, const struct db_statement *statement, const char *param,
                          unsigned timeout_ms)
{
    struct outcome o = {0};
    assert_non_null(db_query(db, statement, &param, timeout_ms, on_reply, &o));
    assert_int_equal(o.count, 0); /* never before db_query returns */
    assert_true(run_until(&o.count, 1, timeout_ms + 1000));
    return o;
}

static void assert_works(struct db *db)
{
    struct outcome o = ask(db, &divide, "1", LIMIT_MS);
    if (o.outcome != DB_OK) {
        fail_msg("%s: %s", db_outcome_code(o.outcome), o.message);
    }
}

static pid_t backend_of(struct db *db)
{
    struct outcome o = ask(db, &pid, NULL, LIMIT_MS);
    assert_int_equal(o.outcome, DB_OK);
    return (pid_t)strtol(o.value, NULL, 10);
}

static void answers(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    char text[64];
    assert_false(db_ready(db));
    db_describe(db, text, sizeof text);
    assert_string_equal(text, "connecting");
    struct outcome o = {0};
    const char *params[] = {"it's é", "41"};
    char changing[8] = "41";
    params[1] = changing;
    assert_non_null(db_query(db, &echo, params, LIMIT_MS, on_reply, &o));
    memcpy(changing, "xx", 3); /* the request has its own copy */
    assert_true(run_until(&o.count, 1, LIMIT_MS));
    assert_int_equal(o.outcome, DB_OK);
    assert_string_equal(o.value, "it's é");
    params[0] = NULL;
    params[1] = NULL;
    o = (struct outcome){0};
    assert_non_null(db_query(db, &echo, params, LIMIT_MS, on_reply, &o));
    assert_true(run_until(&o.count, 1, LIMIT_MS));
    assert_true(o.outcome == DB_OK && o.null);
    assert_true(db_ready(db));
    db_describe(db, text, sizeof text);
    assert_string_equal(text, "connected");
    db_close(db);
}

static void failures(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    struct outcome o = ask(db, &divide, "0", LIMIT_MS);
    assert_int_equal(o.outcome, DB_FAILED);
    assert_string_equal(o.sqlstate, "22012");
    assert_string_equal(o.message, "division by zero");
    o = ask(db, &wrong, NULL, LIMIT_MS); /* refused when prepared */
    assert_int_equal(o.outcome, DB_FAILED);
    assert_string_equal(o.sqlstate, "42703");
    assert_works(db);
    struct db_stats stats;
    db_stats(db, &stats);
    assert_int_equal(stats.failed, 2);
    assert_int_equal(stats.ok, 1);
    assert_int_equal(stats.connects, 1);
    assert_int_equal(stats.up, 1);
    assert_int_equal(stats.busy, 0);
    db_close(db);
}

static void takes_its_role(void **state)
{
    (void)state;
    struct db *db = open_as("corridor_owner", "corridor_server", 1, 8);
    struct outcome o = ask(db, &whoami, NULL, LIMIT_MS);
    assert_string_equal(o.value, "corridor_server corridor 5min");
    db_close(db);
}

static void a_role_that_is_not_there(void **state)
{
    (void)state;
    char text[256];
    struct db *db = open_as("corridor_owner", "no \"such' role", 1, 8);
    struct outcome o = ask(db, &one, NULL, LIMIT_MS);
    assert_int_equal(o.outcome, DB_UNAVAILABLE);
    assert_false(db_ready(db));
    db_describe(db, text, sizeof text);
    assert_non_null(strstr(text, "no \"such' role"));
    db_close(db);
}

static void time_limit(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    struct db_session *session = cluster_session("corridor_owner");
    assert_works(db);
    int64_t start = cluster_now_ms();
    struct outcome o = ask(db, &nap, "20", 300);
    assert_int_equal(o.outcome, DB_TIMEOUT);
    assert_in_range(cluster_now_ms() - start, 250, 1000);
    assert_works(db);
    /* The server stops working for nobody by itself. */
    int64_t sleeping = 1;
    for (int i = 0; i < 40 && sleeping > 0; i++) {
        run_for(100);
        sleeping = cluster_number(
            session, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    }
    assert_int_equal(sleeping, 0);
    db_session_close(session);
    db_close(db);
}

static void time_limit_in_the_queue(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    struct outcome first = {0};
    struct outcome second = {0};
    const char *const param = "0.8";
    assert_non_null(db_query(db, &nap, &param, LIMIT_MS, on_reply, &first));
    assert_non_null(db_query(db, &one, NULL, 300, on_reply, &second));
    assert_true(run_until(&second.count, 1, 700));
    assert_int_equal(second.outcome, DB_TIMEOUT);
    assert_int_equal(first.count, 0);
    assert_true(run_until(&first.count, 1, 2000));
    assert_int_equal(first.outcome, DB_OK);
    run_for(100);
    assert_int_equal(first.count, 1);
    assert_int_equal(second.count, 1);
    db_close(db);
}

static void queue_full(void **state)
{
    (void)state;
    struct db *db = open_db(1, 3);
    const char *const param = "0.3";
    struct outcome o[6] = {0};
    assert_works(db);
    assert_non_null(db_query(db, &nap, &param, LIMIT_MS, on_reply, &o[0]));
    run_for(50); /* it has left the queue */
    for (size_t i = 1; i < COUNT_OF(o); i++) {
        assert_non_null(db_query(db, &one, NULL, LIMIT_MS, on_reply, &o[i]));
    }
    assert_int_equal(o[5].count, 0);
    assert_true(run_until(&o[5].count, 1, 100));
    assert_true(run_until(&o[3].count, 1, LIMIT_MS));
    for (size_t i = 0; i < COUNT_OF(o); i++) {
        assert_int_equal(o[i].count, 1);
        assert_int_equal(o[i].outcome, i < 4 ? DB_OK : DB_UNAVAILABLE);
    }
    assert_string_equal(o[4].message, "too many requests wait for the database");
    db_close(db);
}

static void cancelled_ones_are_silent(void **state)
{
    (void)state;
    struct db *db = open_db(1, 2);
    const char *const param = "0.2";
    struct outcome o[5] = {0};
    struct db_request *requests[5];
    assert_works(db);
    requests[0] = db_query(db, &nap, &param, LIMIT_MS, on_reply, &o[0]);
    run_for(50);
    for (size_t i = 1; i < COUNT_OF(o); i++) {
        requests[i] = db_query(db, &one, NULL, LIMIT_MS, on_reply, &o[i]);
    }
    db_cancel(requests[0]); /* running */
    db_cancel(requests[1]); /* queued */
    db_cancel(requests[3]); /* refused, not yet told */
    assert_true(run_until(&o[2].count, 1, LIMIT_MS));
    run_for(100);
    assert_int_equal(o[0].count + o[1].count + o[3].count, 0);
    assert_int_equal(o[2].outcome, DB_OK);
    assert_int_equal(o[4].outcome, DB_UNAVAILABLE);
    /* One that runs out of time after it was cancelled. */
    const char *const long_nap = "20";
    requests[0] = db_query(db, &nap, &long_nap, 200, on_reply, &o[0]);
    run_for(50);
    db_cancel(requests[0]);
    run_for(300);
    assert_int_equal(o[0].count, 0);
    assert_works(db);
    db_close(db);
}

static void closing_tells_all(void **state)
{
    (void)state;
    struct db *db = open_db(2, 4);
    const char *const param = "20";
    struct outcome o[8] = {0};
    assert_works(db);
    for (size_t i = 0; i < COUNT_OF(o); i++) {
        db_query(db, &nap, &param, LIMIT_MS, on_reply, &o[i]);
        if (i == 1) {
            run_for(50);
        }
    }
    db_close(db);
    for (size_t i = 0; i < COUNT_OF(o); i++) {
        assert_int_equal(o[i].count, 1);
        assert_int_equal(o[i].outcome, DB_UNAVAILABLE);
    }
    db_close(NULL);
}

/* ---- Transactions ---- */

struct reading {
    struct outcome end;
    unsigned steps;
    int64_t counts[4];
    struct db_session *writer; /* adds a row between steps */
    struct db_request *request;
    size_t cancel_at; /* step at which the reader gives up; out of reach for never */
};

static void on_rows(size_t step, const struct db_result *rows, void *arg)
{
    struct reading *r = arg;
    assert_int_equal(step, r->steps);
    r->steps++;
    assert_true(db_result_int64(rows, 0, 0, &r->counts[step]));
    if (r->writer) {
        cluster_exec(r->writer, "INSERT INTO async_test VALUES (1)");
    }
    if (step == r->cancel_at) {
        db_cancel(r->request);
    }
}

static void on_read(const struct db_reply *reply, void *arg)
{
    struct reading *r = arg;
    assert_null(reply->result);
    on_reply(reply, &r->end);
}

static const struct db_statement count_rows = {"count_rows", "SELECT count(*) FROM async_test", 0};
static const struct db_step three_counts[] = {
    {&count_rows, NULL}, {&count_rows, NULL}, {&count_rows, NULL}};

static void one_instant(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    struct reading r = {.writer = cluster_session("corridor_owner"), .cancel_at = 99};
    cluster_exec(r.writer, "CREATE TABLE async_test (n integer)");
    for (unsigned round = 1; round <= 2; round++) {
        r.request = db_read_at_once(db, three_counts, 3, LIMIT_MS, on_rows, on_read, &r);
        assert_true(run_until(&r.end.count, round, LIMIT_MS));
        assert_int_equal(r.end.outcome, DB_OK);
        assert_int_equal(r.steps, 3);
        assert_true(r.counts[0] == (round - 1) * 3 && r.counts[1] == r.counts[0] &&
                    r.counts[2] == r.counts[0]);
        r.steps = 0;
    }
    db_session_close(r.writer);
    db_close(db);
}

static void a_step_fails(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    const char *const zero = "0";
    const struct db_step steps[] = {{&count_rows, NULL}, {&divide, &zero}, {&count_rows, NULL}};
    struct reading r = {.cancel_at = 99};
    r.request = db_read_at_once(db, steps, 3, LIMIT_MS, on_rows, on_read, &r);
    assert_true(run_until(&r.end.count, 1, LIMIT_MS));
    assert_int_equal(r.end.outcome, DB_FAILED);
    assert_string_equal(r.end.sqlstate, "22012");
    assert_int_equal(r.steps, 1);
    const struct db_step writing[] = {{&count_rows, NULL}, {&write_something, NULL}};
    r = (struct reading){.cancel_at = 99};
    r.request = db_read_at_once(db, writing, 2, LIMIT_MS, on_rows, on_read, &r);
    assert_true(run_until(&r.end.count, 1, LIMIT_MS));
    assert_string_equal(r.end.sqlstate, "25006"); /* read only */
    struct outcome o =
        ask(db, &write_something, NULL, LIMIT_MS); /* and the connection is back to normal */
    assert_int_equal(o.outcome, DB_OK);
    struct db_stats stats;
    db_stats(db, &stats);
    assert_int_equal(stats.connects, 1);
    db_close(db);
}

static void cancelled_between_steps(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    struct reading r = {.cancel_at = 1};
    r.request = db_read_at_once(db, three_counts, 3, LIMIT_MS, on_rows, on_read, &r);
    assert_true(run_until(&r.steps, 2, LIMIT_MS));
    assert_works(db);
    assert_int_equal(r.steps, 2);
    assert_int_equal(r.end.count, 0);
    struct outcome o = ask(db, &write_something, NULL, LIMIT_MS);
    assert_int_equal(o.outcome, DB_OK);
    db_close(db);
}

static void a_migration_changes_a_statement(void **state)
{
    (void)state;
    static const struct db_statement all = {"all", "SELECT * FROM async_test LIMIT 1", 0};
    struct db *db = open_db(1, 8);
    struct db_session *session = cluster_session("corridor_owner");
    assert_int_equal(ask(db, &all, NULL, LIMIT_MS).outcome, DB_OK);
    cluster_exec(session, "ALTER TABLE async_test ADD added text");
    struct outcome o = ask(db, &all, NULL, LIMIT_MS);
    assert_true(o.outcome == DB_FAILED || o.outcome == DB_OK);
    assert_int_equal(ask(db, &all, NULL, LIMIT_MS).outcome, DB_OK);
    cluster_exec(session, "DROP TABLE async_test");
    db_session_close(session);
    db_close(db);
}

/* ---- Blows ---- */

static void an_idle_backend_is_ended(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    pid_t backend = backend_of(db);
    assert_int_equal(kill(backend, SIGTERM), 0);
    run_for(200);
    assert_works(db); /* prepared again on the new connection */
    assert_true(backend_of(db) != backend);
    db_close(db);
}

static void a_busy_backend_is_ended(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    const char *const param = "20";
    struct outcome running = {0};
    struct outcome waiting = {0};
    pid_t backend = backend_of(db);
    db_query(db, &nap, &param, LIMIT_MS, on_reply, &running);
    db_query(db, &one, NULL, LIMIT_MS, on_reply, &waiting);
    run_for(50);
    assert_int_equal(kill(backend, SIGTERM), 0);
    assert_true(run_until(&running.count, 1, 2000));
    assert_int_equal(running.outcome, DB_UNAVAILABLE);
    assert_true(run_until(&waiting.count, 1, LIMIT_MS)); /* it waits for the new connection */
    assert_int_equal(waiting.outcome, DB_OK);
    assert_int_equal(running.count, 1);
    db_close(db);
}

/* A backend that is killed makes the server end all and recover. */
static void a_backend_is_killed(void **state)
{
    (void)state;
    struct db *db = open_db(3, 8);
    const char *const param = "20";
    struct outcome o[3] = {0};
    pid_t backend = backend_of(db);
    for (size_t i = 0; i < COUNT_OF(o); i++) {
        db_query(db, &nap, &param, LIMIT_MS, on_reply, &o[i]);
    }
    run_for(200);
    assert_int_equal(kill(backend, SIGKILL), 0);
    for (size_t i = 0; i < COUNT_OF(o); i++) {
        assert_true(run_until(&o[i].count, 1, 5000));
        assert_int_equal(o[i].outcome, DB_UNAVAILABLE);
    }
    assert_true(run_until_ready(db, true, LIMIT_MS));
    assert_works(db);
    db_close(db);
}

static void a_backend_is_stopped(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    pid_t backend = backend_of(db);
    assert_int_equal(kill(backend, SIGSTOP), 0);
    int64_t start = cluster_now_ms();
    struct outcome o = ask(db, &one, NULL, 300);
    assert_int_equal(o.outcome, DB_TIMEOUT);
    assert_in_range(cluster_now_ms() - start, 250, 1000);
    assert_works(db);
    assert_true(backend_of(db) != backend);
    assert_int_equal(kill(backend, SIGCONT), 0);
    db_close(db);
}

static void the_postmaster_is_stopped(void **state)
{
    (void)state;
    pid_t postmaster = cluster_postmaster();
    assert_int_equal(kill(postmaster, SIGSTOP), 0);
    struct db *db = open_db(2, 8);
    int64_t start = cluster_now_ms();
    struct outcome o = ask(db, &one, NULL, 300);
    assert_int_equal(o.outcome, DB_TIMEOUT);
    assert_in_range(cluster_now_ms() - start, 250, 1000);
    assert_false(db_ready(db));
    /* An attempt to connect has its limit too: then the database counts as unreachable. */
    o = ask(db, &one, NULL, LIMIT_MS);
    assert_int_equal(o.outcome, DB_UNAVAILABLE);
    assert_in_range(cluster_now_ms() - start, 9000, 12000);
    assert_int_equal(kill(postmaster, SIGCONT), 0);
    assert_true(run_until_ready(db, true, LIMIT_MS));
    assert_works(db);
    db_close(db);
}

static void count_notification(void *arg)
{
    ++*(unsigned *)arg;
}

static void the_postmaster_is_killed(void **state)
{
    (void)state;
    struct db *db = open_db(2, 8);
    char text[512];
    const char *const param = "20";
    unsigned notified = 0;
    struct outcome o[4] = {0};
    db_listen(db, "odd \"channel\"", count_notification, &notified);
    assert_works(db);
    struct db_session *session = cluster_session("corridor_owner");
    cluster_exec(session, "NOTIFY \"odd \"\"channel\"\"\"");
    assert_true(run_until(&notified, 1, 2000));
    for (size_t i = 0; i < COUNT_OF(o); i++) { /* two run, two wait */
        db_query(db, &nap, &param, LIMIT_MS, on_reply, &o[i]);
    }
    run_for(200);
    assert_int_equal(kill(cluster_postmaster(), SIGKILL), 0);
    for (size_t i = 0; i < COUNT_OF(o); i++) {
        assert_true(run_until(&o[i].count, 1, LIMIT_MS));
        assert_int_equal(o[i].outcome, DB_UNAVAILABLE);
    }
    db_session_close(session);
    assert_false(db_ready(db));
    db_describe(db, text, sizeof text);
    assert_int_equal(strncmp(text, "unreachable for ", strlen("unreachable for ")), 0);
    assert_non_null(strstr(text, "connection to server"));
    int64_t start = cluster_now_ms();
    struct outcome refused = ask(db, &one, NULL, LIMIT_MS); /* at once */
    assert_int_equal(refused.outcome, DB_UNAVAILABLE);
    assert_true(cluster_now_ms() - start < 200);
    run_for(1000);
    struct db_stats stats;
    db_stats(db, &stats);
    assert_true(stats.losses < 20); /* backs off */

    cluster_command("start");
    assert_true(run_until_ready(db, true, LIMIT_MS));
    assert_works(db);
    for (size_t i = 0; i < COUNT_OF(o); i++) {
        assert_int_equal(o[i].count, 1);
    }
    /* The first connection listens again once it is back. */
    session = cluster_session("corridor_owner");
    unsigned before = notified;
    for (int i = 0; i < 100 && notified == before; i++) {
        cluster_exec(session, "NOTIFY \"odd \"\"channel\"\"\"");
        run_for(100);
    }
    assert_true(notified > before);
    db_session_close(session);
    db_close(db);
}

/* ---- All at once ---- */

#define STORM_REQUESTS 3000

struct storm {
    struct db *db;
    struct storm_request {
        struct storm *storm;
        struct db_request *request;
        unsigned replies;
        bool cancelled;
    } requests[STORM_REQUESTS];
    size_t asked;
    unsigned told;
    struct unit_random random;
};

static void storm_ask(struct storm *storm);

static void storm_reply(const struct db_reply *reply, void *arg)
{
    struct storm_request *r = arg;
    assert_false(r->cancelled);
    r->replies++;
    r->request = NULL;
    r->storm->told++;
    /* Asking and cancelling from within a callback; what was refused is asked again later, as a
     * caller would. */
    if (reply->outcome != DB_UNAVAILABLE) {
        storm_ask(r->storm);
    }
    struct storm_request *other =
        &r->storm->requests[unit_random_bits(&r->storm->random) % r->storm->asked];
    if (other->request && unit_one_in(&r->storm->random, 4)) {
        db_cancel(other->request);
        other->request = NULL;
        other->cancelled = true;
        r->storm->told++;
        storm_ask(r->storm);
    }
}

static void storm_rows(size_t step, const struct db_result *rows, void *arg)
{
    (void)rows;
    struct storm_request *r = arg;
    assert_false(r->cancelled);
    if (step == 1 && unit_one_in(&r->storm->random, 4)) {
        db_cancel(r->request);
        r->request = NULL;
        r->cancelled = true;
        r->storm->told++;
        storm_ask(r->storm);
    }
}

static void storm_ask(struct storm *storm)
{
    static const struct db_step steps[] = {{&one, NULL}, {&pid, NULL}, {&one, NULL}};
    if (storm->asked == STORM_REQUESTS) {
        return;
    }
    struct storm_request *r = &storm->requests[storm->asked++];
    const char *const zero = "0";
    const char *const moment = "0.02";
    unsigned limit = (unsigned)unit_random_between(&storm->random, 1, 2000);
    r->storm = storm;
    switch (unit_random_bits(&storm->random) % 4) {
    case 0:
        r->request = db_query(storm->db, &one, NULL, limit, storm_reply, r);
        break;
    case 1:
        r->request = db_query(storm->db, &divide, &zero, limit, storm_reply, r);
        break;
    case 2:
        r->request = db_query(storm->db, &nap, &moment, limit, storm_reply, r);
        break;
    default:
        r->request =
            db_read_at_once(storm->db, steps, COUNT_OF(steps), limit, storm_rows, storm_reply, r);
    }
}

/* Thousands of requests with short limits, cancelled and repeated from callbacks, while backends
 * are ended under them. */
static void storm(void **state)
{
    (void)state;
    static struct storm storm;
    storm.random = unit_random_open("storm");
    storm.db = open_db(4, 12);
    struct db_session *session = cluster_session("corridor_owner");
    int64_t deadline = cluster_now_ms() + 30000;
    for (unsigned round = 0; storm.told < STORM_REQUESTS && cluster_now_ms() < deadline; round++) {
        while (storm.asked < STORM_REQUESTS && storm.asked < storm.told + 24) {
            storm_ask(&storm);
        }
        run_for(40);
        if (round % 20 == 0) {
            cluster_exec(
                session,
                "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE "
                "application_name = 'test' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1) "
                "a");
        }
    }
    struct db_stats stats;
    db_stats(storm.db, &stats);
    db_session_close(session);
    db_close(storm.db);
    for (size_t i = 0; i < STORM_REQUESTS; i++) {
        assert_int_equal(storm.requests[i].replies + storm.requests[i].cancelled, 1);
    }
    printf(
        "# storm: %llu ok, %llu failed, %llu timed out, %llu unavailable, %llu connections made\n",
        (unsigned long long)stats.ok, (unsigned long long)stats.failed,
        (unsigned long long)stats.timeout, (unsigned long long)stats.unavailable,
        (unsigned long long)stats.connects);
    assert_true(stats.ok > 0 && stats.failed > 0 && stats.timeout > 0 && stats.unavailable > 0 &&
                stats.connects > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(failures),
        cmocka_unit_test(takes_its_role),
        cmocka_unit_test(a_role_that_is_not_there),
        cmocka_unit_test(time_limit),
        cmocka_unit_test(time_limit_in_the_queue),
        cmocka_unit_test(queue_full),
        cmocka_unit_test(cancelled_ones_are_silent),
        cmocka_unit_test(closing_tells_all),
        cmocka_unit_test(one_instant),
        cmocka_unit_test(a_step_fails),
        cmocka_unit_test(cancelled_between_steps),
        cmocka_unit_test(a_migration_changes_a_statement),
        cmocka_unit_test(an_idle_backend_is_ended),
        cmocka_unit_test(a_busy_backend_is_ended),
        cmocka_unit_test(a_backend_is_killed),
        cmocka_unit_test(a_backend_is_stopped),
        cmocka_unit_test(the_postmaster_is_stopped),
        cmocka_unit_test(the_postmaster_is_killed),
        cmocka_unit_test(storm),
    };
    base = event_base_new();
    int status = UNIT_RUN(tests, NULL, NULL);
    event_base_free(base);
    return status;
}
