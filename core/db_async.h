/*
 * Shared by the files of the asynchronous database: db.c, which keeps the requests,
 * db_connection.c, which has the connections, db_run.c and db_transaction.c, which run them. All of
 * it belongs to the event base's thread but the atomics and what the mutex guards.
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
    db_stream_fn *take;
    db_reply_fn *reply; /* NULL once cancelled */
    void *arg;
    bool at_once;        /* in one transaction */
    size_t copies;       /* of the steps, how many at the end are COPY … TO STDOUT */
    const char *refusal; /* once ended */
    /* A run of a transaction: its commands are the caller's. */
    struct db_transaction *transaction; /* NULL for others, and once that is closed */
    bool piped;
    const struct db_command *commands;
    enum db_finish finish;
    size_t early; /* the server sends what it has behind so many of them */
    bool more;    /* they go behind those under way, in the loop's next turn */
    size_t count;
    struct db_step steps[];
};
TAILQ_HEAD(db_requests, db_request);

struct db_transaction {
    struct db *db;
    struct db_connection *connection; /* from its first run to its end */
    struct db_request *request;       /* its run, queued or under way */
    bool over;                        /* nothing can be run any more */
    db_lost_fn *lost;                 /* told if the connection goes between two runs */
    void *lost_arg;
};

/*
 *   waiting ──▶ connecting ──▶ setting up ──┬──────────────────▶ idle ◀───────────┐
 *      ▲                                    └─▶ listening ──────▲ │               │
 *      │                                        (first only)      ▼               │
 *      │                          (transaction) beginning ──▶ preparing           │
 *      │                                                          │ ▲ next step   │
 *      └── from any: lost, refused, out of time                   ▼ │             │
 *                                        (COPY)  copying ◀─▶ executing ─▶ ending ┘
 *
 * beginning and ending are left out where there is no transaction, preparing where the connection
 * has prepared the statement before. A connection on demand rests in waiting, without a timer.
 *
 * A db_transaction has two states of its own:
 *
 *   idle ──▶ piping ──▶ reserved ──▶ piping … ──▶ idle
 *              '── at an error: piping a ROLLBACK ──'
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
    DB_COPYING,
    DB_ENDING,
    DB_PIPING,
    DB_RESERVED,
};

/* What a pipeline's next result answers. */
enum db_pipe {
    DB_PIPE_CONTROL, /* BEGIN, COMMIT, ROLLBACK */
    DB_PIPE_PREPARE,
    DB_PIPE_EXECUTE,
};
#define DB_PIPE_MAX (4 * DB_STEPS_MAX + 2)

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
    bool rows_come;    /* while copying: the rows are next, not a result */
    bool full;         /* the taker of rows wants no more for now: the socket is not watched */
    PGresult *answer;  /* of the command under way: its error, else its last result */
    PGresult *failure; /* why the transaction being rolled back failed */
    struct db_transaction *transaction; /* while reserved or piping, unless it was closed */
    size_t pipe_count;                  /* results that the pipeline is to bring … */
    size_t pipe_next;                   /* … and how many have come */
    size_t pipe_syncs;                  /* that are still to come: the run ends with the last */
    unsigned char pipe[DB_PIPE_MAX];    /* enum db_pipe */
    bool pipe_undoing;                  /* a ROLLBACK of our own, after an error */
    size_t pipe_prepared;               /* prepared_count, as far as it is sure */
    size_t prepared_count;
    const struct db_statement *prepared[DB_PREPARED_MAX];
};

struct db {
    struct event_base *base;
    char *conninfo;
    char *role;
    char *application_name;
    unsigned queue_max;
    bool keep_plans;
    bool on_demand;
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
/* Makes a connection that rests; closes an idle one, or one whose request was given up. */
void db_connection_wake(struct db_connection *connection);
void db_connection_rest(struct db_connection *connection);
/* True when it rests. */
bool db_connection_rests(const struct db_connection *connection);
/* Takes up reading again, in the loop's next turn. */
void db_connection_read_on(struct db_connection *connection);

/* db_run.c. An idle connection takes a request … */
void db_connection_run(struct db_connection *connection, struct db_request *request);
/* … and gets the answer, which this takes, to each command it sends for it. */
void db_run_answered(struct db_connection *connection, PGresult *pg);
/* The server's own time limit, or a person, ended it: the same as ours. */
enum db_outcome db_failure_outcome(const PGresult *pg);
bool db_is_prepared(const struct db_connection *connection, const struct db_statement *statement);
/* A migration changed what a prepared statement gives, or somebody threw it away: an idle
 * connection is dropped then, and a new one prepares again. failure may be NULL. */
void db_drop_outdated(struct db_connection *connection, const PGresult *failure);

/* db_transaction.c. The same for a run of a transaction: the connection is idle, or reserved for
 * it … */
void db_pipe_run(struct db_connection *connection, struct db_request *request);
/* … is given more, which its request has … */
void db_pipe_more(struct db_connection *connection);
/* … gets each result, then one with PGRES_PIPELINE_SYNC. Takes pg. */
void db_pipe_answered(struct db_connection *connection, PGresult *pg);
/* The connection is being given up. */
void db_pipe_lost(struct db_connection *connection);

/* db.c, for db_transaction.c. Queues a request: one whose connection is reserved goes first. */
void db_ask(struct db *db, struct db_request *request, unsigned timeout_ms);
/* Its time limit, from now. */
void db_limit(struct db_request *request, unsigned timeout_ms);
void *db_must_have(void *memory);

/* db_stream.c. Sends the COPY the request is at … */
void db_stream_run(struct db_connection *connection);
/* … and hands on the rows that libpq holds. True when the COPY's result is next. */
MUST_CHECK bool db_stream_rows(struct db_connection *connection);

#endif
