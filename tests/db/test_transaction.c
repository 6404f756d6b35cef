/*
 * Transactions of the asynchronous database: runs that build on each other, failures at each place,
 * closing at each moment, a connection that goes.
 */
#include "asking.h"

static const struct db_statement make = {
    "tx_make", "CREATE TABLE IF NOT EXISTS corridor.tx_test (n bigint PRIMARY KEY)", 0};
static const struct db_statement insert = {
    "tx_insert", "INSERT INTO corridor.tx_test SELECT unnest($1::bigint[])", 1};
static const struct db_statement count = {"tx_count", "SELECT count(*) FROM corridor.tx_test", 0};
static const struct db_statement echo = {"tx_echo", "SELECT $1::text || $2::text", 2};
static const struct db_statement end_itself = {"tx_end_itself",
                                               "SELECT pg_terminate_backend(pg_backend_pid())", 0};
static const struct db_statement broken = {"tx_broken", "SELECT no_such_column", 0};

/* {7} and {7,8} as bigint[] in binary: dimensions, no nulls, element type, length, lower bound. */
#define HEAD(n) "\0\0\0\1\0\0\0\0\0\0\0\x14\0\0\0" n "\0\0\0\1"
#define ITEM(n) "\0\0\0\x08\0\0\0\0\0\0\0" n
#define BYTES(s)              \
    {                         \
        s, sizeof s - 1, true \
    }
static const struct db_value seven[] = {BYTES(HEAD("\1") ITEM("\7"))};
static const struct db_value two[] = {BYTES(HEAD("\2") ITEM("\7") ITEM("\x08"))};
static const struct db_value text[] = {{"it's", 4, false}, {" so", 3, false}};
static const struct db_value null[] = {{"x", 1, false}, {NULL, 0, false}};

struct seen {
    struct outcome o;
    unsigned rows;
    char last[64];
};

static void on_rows(size_t step, const struct db_result *rows, void *arg)
{
    struct seen *seen = arg;
    const char *value = db_result_rows(rows) > 0 ? db_result_text(rows, 0, 0) : "-";
    (void)step;
    seen->rows++;
    snprintf(seen->last, sizeof seen->last, "%s", value ? value : "null");
}

static void on_seen(const struct db_reply *reply, void *arg)
{
    assert_null(reply->result);
    on_reply(reply, &((struct seen *)arg)->o);
}

static struct seen run(struct db_transaction *t, const struct db_command *commands, size_t n,
                       enum db_finish finish)
{
    struct seen seen = {0};
    db_transaction_run(t, commands, n, finish, LIMIT_MS, on_rows, on_seen, &seen);
    assert_int_equal(seen.o.count, 0); /* never inside the call */
    assert_true(run_until(&seen.o.count, 1, LIMIT_MS));
    return seen;
}

static const char *rows_there(struct db *db)
{
    static struct outcome o;
    o = ask(db, &count, NULL, LIMIT_MS);
    return o.value;
}

static struct db *fresh(unsigned connections)
{
    struct db *db = open_as("corridor_owner", NULL, connections, 8);
    struct outcome o = ask(db, &make, NULL, LIMIT_MS);
    assert_int_equal(o.outcome, DB_OK);
    static const struct db_statement empty = {"tx_empty", "TRUNCATE corridor.tx_test", 0};
    o = ask(db, &empty, NULL, LIMIT_MS);
    assert_int_equal(o.outcome, DB_OK);
    return db;
}

/* ---- Statements behind those under way ---- */

static struct {
    struct db_transaction *transaction;
    const struct db_command *commands;
    size_t count;
    size_t at; /* the step whose rows ask for more */
    bool close;
} more;

static void on_rows_more(size_t step, const struct db_result *rows, void *arg)
{
    on_rows(step, rows, arg);
    if (step == more.at) {
        db_transaction_more(more.transaction, more.commands, more.count, LIMIT_MS);
        db_transaction_early(more.transaction, 1);
        if (more.close) {
            db_transaction_close(more.transaction);
        }
    }
}

static struct seen run_more(struct db *db, const struct db_command *first,
                            const struct db_command *behind, size_t n, bool close)
{
    struct seen seen = {0};
    more.transaction = db_transaction_open(db);
    more.commands = behind;
    more.count = n;
    more.at = 0;
    more.close = close;
    db_transaction_run(more.transaction, first, 2, DB_STAY, LIMIT_MS, on_rows_more, on_seen, &seen);
    db_transaction_early(more.transaction, 1);
    (void)run_until(&seen.o.count, 1, close ? 200 : LIMIT_MS);
    return seen;
}

static void more_goes_behind_what_runs(void **state)
{
    (void)state;
    const struct db_command first[] = {{&echo, text}, {&insert, two}};
    const struct db_command behind[] = {{&count, NULL}, {&echo, null}, {&count, NULL}};
    struct db *db = fresh(2);
    struct seen s = run_more(db, first, behind, 3, false);
    assert_true(s.o.count == 1 && s.o.outcome == DB_OK && s.rows == 5);
    assert_string_equal(s.last, "2");
    assert_string_equal(rows_there(db), "0");
    s = run(more.transaction, NULL, 0, DB_COMMIT);
    assert_int_equal(s.o.outcome, DB_OK);
    assert_string_equal(rows_there(db), "2");
    db_transaction_close(more.transaction);
    db_close(db);
}

/* Whichever of both fails, nothing of either is there, and the connection is as good as before. */
static void more_shares_its_run_s_failure(void **state)
{
    (void)state;
    const struct db_command good[] = {{&echo, text}, {&insert, two}};
    const struct db_command bad[] = {{&echo, text}, {&broken, NULL}};
    const struct db_command twice[] = {{&insert, seven}, {&insert, seven}};
    const struct db_command *const cases[][2] = {{bad, good}, {good, bad}, {good, twice}};
    struct db *db = fresh(1);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seen s = run_more(db, cases[i][0], cases[i][1], 2, false);
        assert_true(s.o.count == 1 && s.o.outcome == DB_FAILED);
        s = run(more.transaction, NULL, 0, DB_COMMIT);
        assert_int_equal(s.o.outcome, DB_UNAVAILABLE);
        db_transaction_close(more.transaction);
        assert_string_equal(rows_there(db), "0");
    }
    db_close(db);
}

static void more_is_closed_before_it_is_sent(void **state)
{
    (void)state;
    const struct db_command first[] = {{&echo, text}, {&insert, two}};
    struct db *db = fresh(1);
    struct seen s = run_more(db, first, first, 2, true);
    assert_true(s.o.count == 0 && s.rows >= 1);
    assert_string_equal(rows_there(db), "0"); /* by the same connection */
    db_close(db);
}

static void runs_build_on_each_other(void **state)
{
    (void)state;
    struct db *db = fresh(2);
    for (int round = 0; round < 2; round++) { /* prepared, then known */
        struct db_transaction *t = db_transaction_open(db);
        struct seen s = run(
            t, (struct db_command[]){{&insert, round ? two : seven}, {&count, NULL}}, 2, DB_STAY);
        assert_true(s.o.outcome == DB_OK && s.rows == 2);
        assert_string_equal(s.last, round ? "2" : "1");
        assert_string_equal(rows_there(db), "0"); /* by another connection */
        s = run(t, (struct db_command[]){{&echo, text}, {&echo, null}, {&echo, text}}, 3, DB_STAY);
        assert_true(s.o.outcome == DB_OK && s.rows == 3);
        assert_string_equal(s.last, "it's so");
        s = run(t, NULL, 0, round ? DB_COMMIT : DB_ROLLBACK);
        assert_int_equal(s.o.outcome, DB_OK);
        assert_string_equal(rows_there(db), round ? "2" : "0");
        s = run(t, NULL, 0, DB_COMMIT); /* it is over */
        assert_int_equal(s.o.outcome, DB_UNAVAILABLE);
        db_transaction_close(t);
    }
    db_close(db);
}

static struct db_session *holder;

static void on_early(size_t step, const struct db_result *rows, void *arg)
{
    if (step == 0) {
        cluster_exec(holder, "SELECT pg_advisory_unlock(4711)");
    }
    on_rows(step, rows, arg);
}

/* The second statement waits for a lock that is given up when the first one's rows have come. */
static void first_rows_come_early(void **state)
{
    (void)state;
    static const struct db_statement wait = {"tx_wait", "SELECT pg_advisory_xact_lock(4711)", 0};
    const struct db_command commands[] = {{&echo, text}, {&wait, NULL}};
    struct db *db = fresh(1);
    struct db_transaction *t = db_transaction_open(db);
    struct seen seen = {0};
    holder = cluster_session("corridor_owner");
    cluster_exec(holder, "SELECT pg_advisory_lock(4711)");
    db_transaction_run(t, commands, 2, DB_COMMIT, LIMIT_MS, on_early, on_seen, &seen);
    db_transaction_early(t, 1);
    assert_true(run_until(&seen.o.count, 1, LIMIT_MS));
    assert_int_equal(seen.o.outcome, DB_OK);
    assert_int_equal(seen.rows, 2);
    db_transaction_close(t);
    db_session_close(holder);
    db_close(db);
}

static void a_failure_undoes_all(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct db_command commands[3];
        unsigned rows;
        const char *sqlstate;
    } cases[] = {
        {"first", {{&broken, NULL}, {&insert, seven}, {&count, NULL}}, 0, "42703"},
        {"between", {{&insert, seven}, {&broken, NULL}, {&echo, text}}, 1, "42703"},
        {"last, of what was done twice",
         {{&count, NULL}, {&insert, seven}, {&insert, seven}},
         2,
         "23505"},
    };
    struct db *db = fresh(1);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (enum db_finish finish = DB_STAY; finish <= DB_ROLLBACK; finish++) {
            struct db_transaction *t = db_transaction_open(db);
            struct seen s = run(t, cases[i].commands, 3, finish);
            assert_int_equal(s.o.outcome, DB_FAILED);
            assert_string_equal(s.o.sqlstate, cases[i].sqlstate);
            assert_int_equal(s.rows, cases[i].rows);
            db_transaction_close(t);
            assert_string_equal(rows_there(db), "0");
        }
        /* One command, prepared before, in a transaction that is open. */
        struct db_transaction *t = db_transaction_open(db);
        assert_int_equal(run(t, (struct db_command[]){{&insert, seven}}, 1, DB_STAY).o.outcome,
                         DB_OK);
        struct seen s = run(t, (struct db_command[]){{&insert, seven}}, 1, DB_STAY);
        assert_int_equal(s.o.outcome, DB_FAILED);
        db_transaction_close(t);
        assert_string_equal(rows_there(db), "0");
    }
    struct db_stats stats;
    db_stats(db, &stats);
    assert_int_equal(stats.connects, 1);
    assert_int_equal(stats.busy, 0);
    db_close(db);
}

static void closing_rolls_back(void **state)
{
    (void)state;
    struct db *db = fresh(1);
    struct seen seen = {0};
    const struct db_command insertion = {&insert, seven};
    /* Open: */
    struct db_transaction *t = db_transaction_open(db);
    assert_int_equal(run(t, &insertion, 1, DB_STAY).o.outcome, DB_OK);
    db_transaction_close(t);
    assert_string_equal(rows_there(db), "0");
    /* waiting for the connection: */
    t = db_transaction_open(db);
    db_transaction_run(t, &insertion, 1, DB_COMMIT, LIMIT_MS, on_rows, on_seen, &seen);
    db_transaction_close(t);
    assert_string_equal(rows_there(db), "0");
    /* under way: */
    t = db_transaction_open(db);
    db_transaction_run(t, &insertion, 1, DB_STAY, LIMIT_MS, on_rows, on_seen, &seen);
    event_base_loop(base, EVLOOP_ONCE);
    db_transaction_close(t);
    assert_string_equal(rows_there(db), "0");
    assert_int_equal(seen.o.count, 0);
    /* never used: */
    db_transaction_close(db_transaction_open(db));
    db_close(db);
}

static void on_lost(void *arg)
{
    ++*(unsigned *)arg;
}

static void a_lost_connection_ends_it(void **state)
{
    (void)state;
    static const struct db_statement end_it = {"tx_end", "SELECT pg_terminate_backend($1::integer)",
                                               1};
    struct db *db = fresh(2);
    struct db_transaction *t = db_transaction_open(db);
    unsigned told = 0;
    db_transaction_watch(t, on_lost, &told);
    struct seen s = run(t, (struct db_command[]){{&insert, seven}, {&pid, NULL}}, 2, DB_STAY);
    struct outcome o = ask(db, &end_it, s.last, LIMIT_MS);
    assert_int_equal(o.outcome, DB_OK);
    assert_true(run_until(&told, 1, LIMIT_MS));
    s = run(t, (struct db_command[]){{&insert, two}}, 1, DB_COMMIT);
    assert_int_equal(s.o.outcome, DB_UNAVAILABLE);
    /* And never goes on with another one. */
    s = run(t, (struct db_command[]){{&insert, two}}, 1, DB_COMMIT);
    assert_int_equal(s.o.outcome, DB_UNAVAILABLE);
    db_transaction_close(t);
    assert_int_equal(told, 1);
    assert_string_equal(rows_there(db), "0");
    /* A run under way is told alone. */
    t = db_transaction_open(db);
    db_transaction_watch(t, on_lost, &told);
    s = run(t, (struct db_command[]){{&end_itself, NULL}}, 1, DB_STAY);
    assert_int_equal(s.o.outcome, DB_UNAVAILABLE);
    db_transaction_close(t);
    assert_int_equal(told, 1);
    db_close(db);
}

static void its_time_is_limited(void **state)
{
    (void)state;
    static const struct db_value long_nap[] = {{"30", 2, false}};
    struct db *db = fresh(1);
    struct seen seen = {0};
    const struct db_command commands[] = {{&insert, seven}, {&nap, long_nap}};
    struct db_transaction *t = db_transaction_open(db);
    db_transaction_run(t, commands, 2, DB_COMMIT, 100, on_rows, on_seen, &seen);
    assert_true(run_until(&seen.o.count, 1, LIMIT_MS));
    assert_int_equal(seen.o.outcome, DB_TIMEOUT);
    db_transaction_close(t);
    assert_string_equal(rows_there(db), "0");
    db_close(db);
}

static void closing_the_database_ends_it(void **state)
{
    (void)state;
    struct db *db = fresh(2);
    struct seen seen = {0};
    const struct db_command insertion = {&insert, seven};
    struct db_transaction *running = db_transaction_open(db);
    struct db_transaction *open = db_transaction_open(db);
    assert_int_equal(run(open, &insertion, 1, DB_STAY).o.outcome, DB_OK);
    db_transaction_run(running, NULL, 0, DB_STAY, LIMIT_MS, on_rows, on_seen, &seen);
    db_close(db);
    assert_int_equal(seen.o.count, 1);
    assert_int_equal(seen.o.outcome, DB_UNAVAILABLE);
    db_transaction_close(running);
    db_transaction_close(open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_build_on_each_other),
        cmocka_unit_test(first_rows_come_early),
        cmocka_unit_test(a_failure_undoes_all),
        cmocka_unit_test(closing_rolls_back),
        cmocka_unit_test(a_lost_connection_ends_it),
        cmocka_unit_test(its_time_is_limited),
        cmocka_unit_test(closing_the_database_ends_it),
        cmocka_unit_test(more_goes_behind_what_runs),
        cmocka_unit_test(more_shares_its_run_s_failure),
        cmocka_unit_test(more_is_closed_before_it_is_sent),
    };
    base = event_base_new();
    int status = UNIT_RUN(tests, NULL, NULL);
    event_base_free(base);
    return status;
}
