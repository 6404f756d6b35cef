/*
 * The asynchronous database while the server is well: answers, failures, limits, cancelling,
 * closing, and several statements at one instant.
 */
#include "asking.h"

static const struct db_statement write_something = {"write", "INSERT INTO async_test VALUES (0)",
                                                    0};
static const struct db_statement wrong = {"wrong", "SELECT no_such_column", 0};
static const struct db_statement whoami = {
    "whoami",
    "SELECT current_user || ' ' || current_setting('search_path') || ' ' || "
    "current_setting('statement_timeout')",
    0};
static const struct db_statement echo = {"echo", "SELECT $1::text, $2::integer + 1", 2};
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
    };
    base = event_base_new();
    int status = UNIT_RUN(tests, NULL, NULL);
    event_base_free(base);
    return status;
}
