/*
 * Shared by the files of the asynchronous database: db.c, which keeps the requests, and
 * db_connection.c, which runs them. All of it belongs to the event base's thread but the atomics
 * and what the mutex guards.
 */
#ifndef CORE_DB_ASYNC_H
#define CORE_DB_ASYNC_H

#include "db_private.h"

#include <event2/event.h>
#include <event2/event_struct.h>

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

/* The program's statements are few; a connection remembers which it has prepared. */
#define DB_PREPARED_MAX 128

enum db_place {
    DB_QUEUED,  /* on db->queue */
    DB_RUNNING, /* a connection's request */
    DB_ENDED,   /* on db->ended: its outcome is known and told in the loop's next turn */
};

/* One allocation, parameters included. */
struct db_request {
    struct db *db;
    TAILQ_ENTRY(db_request) entry;
    enum db_place place;
    struct db_connection *connection; /* while running */
    struct event limit;
    db_step_fn *rows;
    db_reply_fn *reply; /* NULL once cancelled */
    void *arg;
    bool at_once;        /* in one transaction */
    const char *refusal; /* once ended */
    size_t count;
    struct db_step steps[];
};
TAILQ_HEAD(db_requests, db_request);

/*
 *   waiting ──▶ connecting ──▶ setting up ──┬──────────────────▶ idle ◀───────────┐
 *      ▲                                    └─▶ listening ──────▲ │               │
 *      │                                        (first only)      ▼               │
 *      │                          (transaction) beginning ──▶ preparing           │
 *      │                                                          │ ▲ next step   │
 *      └── from any: lost, refused, out of time                   ▼ │             │
 *                                                             executing ─▶ ending ┘
 *
 * beginning and ending are left out where there is no transaction, preparing where the connection
 * has prepared the statement before.
 */
enum db_state {
    DB_WAITING,
    DB_CONNECTING,
    DB_SETTING_UP,
    DB_LISTENING,
    DB_IDLE,
    DB_BEGINNING,
    DB_PREPARING,
    DB_EXECUTING,
    DB_ENDING,
};

struct db_connection {
    struct db *db;
    unsigned number;
    enum db_state state;
    PGconn *pg; /* NULL while waiting */
    struct event io;
    struct event timer; /* waiting: when to connect; until idle: the limit for getting there */
    unsigned failures;  /* attempts failed in a row */
    int64_t up_since;   /* monotonic ms */
    struct db_request *request;
    size_t step;       /* of the request, the one it is at */
    PGresult *answer;  /* of the command under way: its error, else its last result */
    PGresult *failure; /* why the transaction being rolled back failed */
    size_t prepared_count;
    const struct db_statement *prepared[DB_PREPARED_MAX];
};

struct db {
    struct event_base *base;
    char *conninfo;
    char *role;
    char *application_name;
    unsigned queue_max;
    struct event turn; /* runs what must not run inside a caller's call */
    struct db_requests queue;
    struct db_requests ended;
    bool closing;
    bool down;            /* the last word was a failed attempt, and no connection is up */
    unsigned in_callback; /* of a caller's, nested */
    char *channel;
    db_notify_fn *notify;
    void *notify_arg;

    atomic_uint up, busy, queued;
    atomic_uint_fast64_t outcomes[DB_UNAVAILABLE + 1];
    atomic_uint_fast64_t connects, losses;

    pthread_mutex_t mutex; /* of the two below */
    char last_error[256];
    int64_t down_since; /* monotonic ms; 0 while it isn't down */

    unsigned count;
    struct db_connection connections[];
};

int64_t db_now_ms(void);

/* db.c, for the connections. The request is told its outcome, if it still wants it, and is gone. */
void db_request_end(struct db_request *request, enum db_outcome outcome, PGresult *pg,
                    const char *message);
/* A connection became usable, or an attempt to make one failed. */
void db_came_up(struct db *db);
void db_attempt_failed(struct db *db, const char *message);
/* Something can go on: looked after in the loop's next turn. */
void db_turn(struct db *db);

/* db_connection.c. */
void db_connection_start(struct db *db, struct db_connection *connection, unsigned number);
/* The only place that changes the state, and the counts that follow from it. */
void db_connection_enter(struct db_connection *connection, enum db_state state);
/* After a PQsend…, with what it returned: its command is on its way, or the connection is lost. */
void db_connection_sent(struct db_connection *connection, int ok);
/* The connection is gone; its request is told so, and a new one is made. */
void db_connection_lose(struct db_connection *connection, const char *message);
/* Gives the connection up, without a word to its request, and makes a new one. */
void db_connection_drop(struct db_connection *connection, const char *reason);
void db_connection_stop(struct db_connection *connection);

/* db_run.c. An idle connection takes a request … */
void db_connection_run(struct db_connection *connection, struct db_request *request);
/* … and gets the answer, which this takes, to each command it sends for it. */
void db_run_answered(struct db_connection *connection, PGresult *pg);

#endif
