/*
 * Rows as they come: several COPYs of one instant, a taker that is full, a stream that is
 * cancelled, late or fails half way, and connections that are there only while they are wanted.
 */
#include "asking.h"

static const struct db_statement set_limit = {"set_limit",
                                              "SELECT set_config('corridor.limit', $1, true)", 1};
static const struct db_statement numbers = {
    "numbers",
    "COPY (SELECT n, repeat('x', 100) FROM generate_series(1, "
    "current_setting('corridor.limit')::integer) n) TO STDOUT WITH (FORMAT csv)",
    0};
static const struct db_statement squares = {
    "squares",
    "COPY (SELECT n * n, 'a, \"b\"' FROM generate_series(1, 3) n) TO STDOUT WITH (FORMAT csv)", 0};
static const struct db_statement breaks = {
    "breaks", "COPY (SELECT 1000 / (1000 - n) FROM generate_series(1, 2000) n) TO STDOUT", 0};

struct taking {
    struct outcome end;
    struct db_request *request;
    unsigned steps; /* told before the rows */
    unsigned rows;
    unsigned wants; /* rows before it says that it is full */
    unsigned cancel_at;
    size_t last_step;
    char last[256];
};

static void on_step(size_t step, const struct db_result *rows, void *arg)
{
    struct taking *t = arg;
    assert_int_equal(step, t->steps);
    assert_int_equal(db_result_rows(rows), 1);
    t->steps++;
}

static bool on_row(size_t step, struct span row, void *arg)
{
    struct taking *t = arg;
    assert_true(row.len > 0 && row.len < sizeof t->last && row.at[row.len - 1] == '\n');
    t->rows++;
    t->last_step = step;
    memcpy(t->last, row.at, row.len);
    t->last[row.len] = '\0';
    if (t->rows == t->cancel_at) {
        db_cancel(t->request);
    }
    return t->rows < t->wants;
}

static void on_end(const struct db_reply *reply, void *arg)
{
    struct taking *t = arg;
    assert_null(reply->result);
    on_reply(reply, &t->end);
}

static struct db *open_on_demand(unsigned connections)
{
    return db_open(base, &(struct db_config){.conninfo = cluster_conninfo("corridor_owner"),
                                             .application_name = "test stream",
                                             .connections = connections,
                                             .queue_max = 8,
                                             .on_demand = true});
}

static void begin(struct db *db, struct taking *t, const char *limit, unsigned timeout_ms)
{
    const struct db_step steps[] = {{&set_limit, &limit}, {&numbers, NULL}, {&squares, NULL}};
    t->request = db_stream(db, steps, 3, 2, timeout_ms, on_step, on_row, on_end, t);
    assert_non_null(t->request);
    assert_int_equal(t->rows, 0);
}

static void all_rows_in_order(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    for (unsigned round = 1; round <= 2; round++) {
        struct taking t = {.wants = UINT32_MAX};
        begin(db, &t, "5000", LIMIT_MS);
        assert_true(run_until(&t.end.count, 1, LIMIT_MS));
        assert_int_equal(t.end.outcome, DB_OK);
        assert_int_equal(t.steps, 1);
        assert_int_equal(t.rows, 5003);
        assert_int_equal(t.last_step, 2);
        assert_string_equal(t.last, "9,\"a, \"\"b\"\"\"\n");
    }
    assert_works(db); /* and an ordinary request finds the connection as it was */
    struct outcome o =
        ask(db, &(struct db_statement){"limits", "SELECT current_setting('statement_timeout')", 0},
            NULL, LIMIT_MS);
    assert_string_equal(o.value, "5min");
    db_close(db);
}

static void nothing_is_held_for_a_full_taker(void **state)
{
    (void)state;
    /* The server waits for us; so the rows are nowhere. */
    static const char waits[] =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientWrite'";
    struct db *db = open_db(1, 8);
    struct db_session *watcher = cluster_session("corridor_owner");
    struct taking t = {.wants = 10};
    begin(db, &t, "200000", LIMIT_MS); /* 21 MB */
    assert_true(run_until(&t.rows, 10, LIMIT_MS));
    run_for(300);
    assert_int_equal(t.rows, 10);
    assert_int_equal(t.end.count, 0);
    assert_int_equal(cluster_number(watcher, waits), 1);
    /* Bit by bit, asked again in between. */
    for (unsigned i = 0; i < 50; i++) {
        t.wants = t.rows + 100;
        db_stream_resume(t.request);
        assert_true(run_until(&t.rows, t.wants, LIMIT_MS));
        assert_int_equal(t.rows, t.wants);
    }
    run_for(100);
    assert_int_equal(cluster_number(watcher, waits), 1);
    t.wants = UINT32_MAX;
    db_stream_resume(t.request);
    db_stream_resume(t.request); /* once too often does no harm */
    assert_true(run_until(&t.end.count, 1, LIMIT_MS));
    assert_int_equal(t.end.outcome, DB_OK);
    assert_int_equal(t.rows, 200003);
    db_session_close(watcher);
    db_close(db);
}

static void a_cancelled_one_ends_at_once(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    struct db_session *watcher = cluster_session("corridor_owner");
    struct taking t = {.wants = UINT32_MAX, .cancel_at = 100}; /* from within take */
    begin(db, &t, "300000", LIMIT_MS);
    assert_true(run_until(&t.rows, 100, LIMIT_MS));
    assert_works(db);
    assert_int_equal(t.rows, 100);
    assert_int_equal(t.end.count, 0);
    t = (struct taking){.wants = 10}; /* from without, while full */
    begin(db, &t, "300000", LIMIT_MS);
    assert_true(run_until(&t.rows, 10, LIMIT_MS));
    run_for(50);
    db_cancel(t.request);
    assert_works(db);
    assert_int_equal(t.end.count, 0);
    t = (struct taking){.wants = 10}; /* while it waits in the queue */
    struct taking other = {.wants = 10};
    begin(db, &t, "100000", LIMIT_MS);
    begin(db, &other, "1", LIMIT_MS);
    db_cancel(other.request);
    assert_true(run_until(&t.rows, 10, LIMIT_MS));
    db_cancel(t.request);
    int64_t left = 1;
    for (unsigned i = 0; i < 50 && left > 0; i++) {
        run_for(100);
        left = cluster_number(
            watcher, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT n,%'"
                     " AND state = 'active'");
    }
    assert_int_equal(left, 0); /* PostgreSQL has noticed too */
    db_session_close(watcher);
    db_close(db);
}

static void late_or_failed(void **state)
{
    (void)state;
    struct db *db = open_db(1, 8);
    struct taking t = {.wants = 10}; /* never goes on */
    begin(db, &t, "300000", 1500);
    assert_true(run_until(&t.end.count, 1, 3000));
    assert_int_equal(t.end.outcome, DB_TIMEOUT);
    assert_int_equal(t.rows, 10);
    assert_works(db);
    const struct db_step failing[] = {{&breaks, NULL}};
    t = (struct taking){.wants = UINT32_MAX};
    t.request = db_stream(db, failing, 1, 1, LIMIT_MS, NULL, on_row, on_end, &t);
    assert_true(run_until(&t.end.count, 1, LIMIT_MS));
    assert_int_equal(t.end.outcome, DB_FAILED);
    assert_string_equal(t.end.sqlstate, "22012");
    assert_int_equal(t.rows, 999);
    struct outcome o = ask(db, &pid, NULL, LIMIT_MS);
    assert_int_equal(o.outcome, DB_OK);
    const char *const word = "word";
    const struct db_step wrong_setting[] = {{&set_limit, &word}, {&numbers, NULL}};
    t = (struct taking){.wants = UINT32_MAX};
    t.request = db_stream(db, wrong_setting, 2, 1, LIMIT_MS, on_step, on_row, on_end, &t);
    assert_true(run_until(&t.end.count, 1, LIMIT_MS));
    assert_string_equal(t.end.sqlstate, "22P02");
    assert_int_equal(t.rows, 0);
    db_close(db);
}

static void connections_on_demand(void **state)
{
    (void)state;
    static const char here[] =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'test stream'";
    struct db *db = open_on_demand(2);
    struct db_session *watcher = cluster_session("corridor_owner");
    struct taking t[4] = {
        {.wants = 10}, {.wants = 10}, {.wants = UINT32_MAX}, {.wants = UINT32_MAX}};
    run_for(50);
    assert_int_equal(cluster_number(watcher, here), 0);
    for (unsigned i = 0; i < 4; i++) {
        begin(db, &t[i], "100000", LIMIT_MS);
    }
    assert_true(run_until(&t[0].rows, 10, LIMIT_MS) && run_until(&t[1].rows, 10, LIMIT_MS));
    run_for(50);
    assert_int_equal(cluster_number(watcher, here), 2);
    assert_int_equal(t[2].rows, 0); /* it waits */
    for (unsigned i = 0; i < 2; i++) {
        t[i].wants = UINT32_MAX;
        db_stream_resume(t[i].request);
    }
    for (unsigned i = 0; i < 4; i++) {
        assert_true(run_until(&t[i].end.count, 1, LIMIT_MS));
        assert_int_equal(t[i].end.outcome, DB_OK);
        assert_int_equal(t[i].rows, 100003);
    }
    int64_t left = 1;
    for (unsigned i = 0; i < 50 && left > 0; i++) {
        run_for(20);
        left = cluster_number(watcher, here);
    }
    assert_int_equal(left, 0);
    assert_works(db); /* and it comes back */
    struct db_stats stats;
    db_stats(db, &stats);
    assert_int_equal(stats.losses, 0);
    db_session_close(watcher);
    db_close(db);
}

static void closing_tells_a_stream(void **state)
{
    (void)state;
    struct db *db = open_on_demand(1);
    struct taking t = {.wants = 10};
    begin(db, &t, "100000", LIMIT_MS);
    assert_true(run_until(&t.rows, 10, LIMIT_MS));
    db_close(db);
    assert_int_equal(t.end.count, 1);
    assert_int_equal(t.end.outcome, DB_UNAVAILABLE);
}

static void unreachable_is_told(void **state)
{
    (void)state;
    struct db *db = db_open(base, &(struct db_config){.conninfo = "host=/nowhere",
                                                      .application_name = "test stream",
                                                      .connections = 2,
                                                      .queue_max = 8,
                                                      .on_demand = true});
    for (unsigned round = 0; round < 2; round++) { /* at the first attempt, and after it */
        struct taking t = {.wants = 10};
        begin(db, &t, "1", LIMIT_MS);
        assert_true(run_until(&t.end.count, 1, 2000));
        assert_int_equal(t.end.outcome, DB_UNAVAILABLE);
    }
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rows_in_order),
        cmocka_unit_test(nothing_is_held_for_a_full_taker),
        cmocka_unit_test(a_cancelled_one_ends_at_once),
        cmocka_unit_test(late_or_failed),
        cmocka_unit_test(connections_on_demand),
        cmocka_unit_test(closing_tells_a_stream),
        cmocka_unit_test(unreachable_is_told),
    };
    base = event_base_new();
    int status = UNIT_RUN(tests, NULL, NULL);
    event_base_free(base);
    return status;
}
