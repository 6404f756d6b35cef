/*
 * The asynchronous database while the server is killed, stopped and restarted: whatever happens,
 * every request has exactly one outcome, and everything recovers by itself.
 */
#include "asking.h"

static pid_t backend_of(struct db *db)
{
    struct outcome o = ask(db, &pid, NULL, LIMIT_MS);
    assert_int_equal(o.outcome, DB_OK);
    return (pid_t)strtol(o.value, NULL, 10);
}

static bool run_until_ready(struct db *db, bool ready, int64_t limit_ms)
{
    int64_t deadline = cluster_now_ms() + limit_ms;
    while (db_ready(db) != ready && cluster_now_ms() < deadline) {
        run_for(10);
    }
    return db_ready(db) == ready;
}

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

/* The connection that listens may be the last one to be made: a notification before that is lost.
 */
static void notify_until_heard(struct db_session *session, const unsigned *notified)
{
    const unsigned before = *notified;
    for (int i = 0; i < 100 && *notified == before; i++) {
        cluster_exec(session, "NOTIFY \"odd \"\"channel\"\"\"");
        run_for(100);
    }
    assert_true(*notified > before);
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
    notify_until_heard(session, &notified);
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
    notify_until_heard(session, &notified);
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
