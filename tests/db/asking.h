/*
 * What the tests of the asynchronous database share: a loop, statements, and asking one with its
 * outcome noted.
 */
#ifndef TESTS_DB_ASKING_H
#define TESTS_DB_ASKING_H

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

static inline void on_reply(const struct db_reply *reply, void *arg)
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
static const struct db_statement divide = {"divide", "SELECT 1 / $1::integer", 1};
static const struct db_statement nap = {"nap", "SELECT pg_sleep($1::float8)", 1};
static const struct db_statement pid = {"pid", "SELECT pg_backend_pid()", 0};

static inline struct db *open_as(const char *login, const char *role, unsigned connections,
                                 unsigned queue_max)
{
    return db_open(base, &(struct db_config){.conninfo = cluster_conninfo(login),
                                             .role = role,
                                             .application_name = "test",
                                             .connections = connections,
                                             .queue_max = queue_max});
}

static inline struct db *open_db(unsigned connections, unsigned queue_max)
{
    return open_as("corridor_owner", NULL, connections, queue_max);
}

/* Runs the loop until *what reaches a number, or the time is over. */
static inline bool run_until(const unsigned *what, unsigned reaches, int64_t limit_ms)
{
    const struct timeval tick = {0, 10000};
    int64_t deadline = cluster_now_ms() + limit_ms;
    while (*what < reaches && cluster_now_ms() < deadline) {
        event_base_loopexit(base, &tick);
        event_base_dispatch(base);
    }
    return *what >= reaches;
}

static inline void run_for(int64_t ms)
{
    const unsigned never = 0;
    (void)run_until(&never, 1, ms);
}

/* Asks and waits: the outcome. */
static inline struct outcome ask(struct db *db, const struct db_statement *statement,
                                 const char *param, unsigned timeout_ms)
{
    struct outcome o = {0};
    assert_non_null(db_query(db, statement, &param, timeout_ms, on_reply, &o));
    assert_int_equal(o.count, 0); /* never before db_query returns */
    assert_true(run_until(&o.count, 1, timeout_ms + 1000));
    return o;
}

static inline void assert_works(struct db *db)
{
    struct outcome o = ask(db, &divide, "1", LIMIT_MS);
    if (o.outcome != DB_OK) {
        fail_msg("%s: %s", db_outcome_code(o.outcome), o.message);
    }
}

#endif
