/*
 * PostgreSQL for programs that live in an event loop: queries that never hold it, each with a time
 * limit and exactly one outcome. A struct db belongs to one event base and its thread; only
 * db_ready, db_describe and db_stats may be called from others. Commands that may wait use
 * <corridor/db_session.h>.
 */
#ifndef CORRIDOR_DB_H
#define CORRIDOR_DB_H

#include <corridor/base.h>

struct event_base;
struct db;
struct db_request;
struct db_result;

struct db_config {
    /* libpq connection string or URI. Hosts should be addresses or socket folders: libpq looks
     * names up while the loop waits. */
    const char *conninfo;
    const char *role; /* taken with SET ROLE once connected; NULL keeps the one that connected */
    const char *application_name; /* seen in pg_stat_activity */
    unsigned connections;         /* at least 1 */
    unsigned queue_max;           /* requests that may wait for a connection */
    /* Every statement keeps its first plan: for those that unnest arrays, whose lengths would lead
     * PostgreSQL to plan them anew each time. */
    bool keep_plans;
    /* Connections are made when a request waits for one and closed when none does: for long reads,
     * which are few and should hold nothing when there are none. */
    bool on_demand;
};

/* Opens nothing yet: connecting starts when the loop runs and goes on for ever, with back-off. The
 * config is copied. */
struct db *db_open(struct event_base *base, const struct db_config *config);
/*
 * Ends every outstanding request with DB_UNAVAILABLE, then frees all. Never from one of its own
 * callbacks. NULL is nothing to close.
 */
void db_close(struct db *db);

/* A statement of the program's own, in a const table: prepared once per connection, when first
 * used, under its name. */
struct db_statement {
    const char *name;
    const char *sql;
    size_t params; /* how many $n it has, at most DB_PARAMS_MAX */
};
#define DB_PARAMS_MAX 64

enum db_outcome {
    DB_OK,
    DB_FAILED,  /* PostgreSQL refused it: sqlstate and message say why; asking again won't help */
    DB_TIMEOUT, /* no answer within the limit, waiting in the queue included; what it was doing is
                   undone or unknown */
    DB_UNAVAILABLE, /* not connected, connection lost, queue full or closing; of a write it is
                       unknown whether it happened */
};
const char *db_outcome_code(enum db_outcome outcome); /* "ok", "failed", "timeout", "unavailable" */

struct db_reply {
    enum db_outcome outcome;
    const struct db_result *result; /* rows on DB_OK, else NULL; gone when the callback returns */
    const char *sqlstate; /* five characters on DB_FAILED and where PostgreSQL gave one, else "" */
    const char *message;  /* one line for the log, not for the public; "" on DB_OK */
};
typedef void db_reply_fn(const struct db_reply *reply, void *arg);

/*
 * Runs one statement. params has statement->params texts, copied; NULL is SQL's null. reply is
 * called once, from the loop, never before this returns, unless db_cancel came first; the request
 * is gone when it returns. timeout_ms is 1 to DB_TIMEOUT_MAX_MS. Requests start in the order they
 * came. Returns NULL, and won't call back, only while db_close is under way.
 */
struct db_request *db_query(struct db *db, const struct db_statement *statement,
                            const char *const *params, unsigned timeout_ms, db_reply_fn *reply,
                            void *arg);
#define DB_TIMEOUT_MAX_MS 300000U

struct db_step {
    const struct db_statement *statement;
    const char *const *params; /* as for db_query */
};
#define DB_STEPS_MAX 16
/* Called with the rows of each step in order; they are gone when it returns. */
typedef void db_step_fn(size_t step, const struct db_result *rows, void *arg);
/*
 * Runs several statements in one REPEATABLE READ, READ ONLY transaction: all see the same instant.
 * rows is called after each, then reply once, after the commit, with no rows. At the first failure
 * the rest is left out and the transaction rolled back: what rows was told is then to be thrown
 * away. Otherwise as db_query.
 */
struct db_request *db_read_at_once(struct db *db, const struct db_step *steps, size_t count,
                                   unsigned timeout_ms, db_step_fn *rows, db_reply_fn *reply,
                                   void *arg);

/*
 * A transaction that writes: what is to be done next may depend on what was read, and each run of
 * statements goes to the server in one go (pipeline mode), so that a whole one costs two round
 * trips. It takes a connection with its first run and keeps it to its end. READ COMMITTED.
 */
struct db_transaction;
/* NULL only while db_close is under way. */
struct db_transaction *db_transaction_open(struct db *db);
/*
 * Frees it. Still open, it is rolled back; a run under way won't call back, and when that run
 * commits it is unknown whether it did. Allowed from its own callbacks. NULL is nothing to close.
 */
void db_transaction_close(struct db_transaction *transaction);
/* For one that stays open for long: `lost` is called from the loop, once, when its connection is
 * lost between two runs. It is over then, what it did undone, and its locks are free. */
typedef void db_lost_fn(void *arg);
void db_transaction_watch(struct db_transaction *transaction, db_lost_fn *lost, void *arg);

/* A parameter: bytes as PostgreSQL reads them, text or binary; at NULL is SQL's null. */
struct db_value {
    const char *at; /* text ends with a NUL, which len leaves out */
    size_t len;
    bool binary;
};
struct db_command {
    const struct db_statement *statement;
    const struct db_value *values; /* statement->params of them */
};
enum db_finish {
    DB_STAY,     /* the transaction stays open for another run */
    DB_COMMIT,   /* committed when every statement went well */
    DB_ROLLBACK, /* the end too, and what was done is undone */
};
/*
 * Runs statements, at most DB_STEPS_MAX and none is fine; one run at a time. rows is called with
 * the rows of each in order, then reply once, without rows. At the first failure the rest is left
 * out and all is rolled back. After anything but DB_OK with DB_STAY the transaction is over: only
 * closing it is left. Commands and values stay the caller's and must last until rows or reply is
 * called first, or until it is closed. Otherwise as db_query; outcomes of DB_COMMIT other than
 * DB_OK and DB_FAILED leave unknown whether it happened.
 */
void db_transaction_run(struct db_transaction *transaction, const struct db_command *commands,
                        size_t count, enum db_finish finish, unsigned timeout_ms, db_step_fn *rows,
                        db_reply_fn *reply, void *arg);
/*
 * Puts statements behind those of a run under way that stays, so that the server need not wait:
 * when rows of that run were told, its reply was not, and what was put there before has been sent.
 * Steps go on counting, reply comes behind all of it, and the limit begins anew; at a failure,
 * which may have happened already, they are left out with the rest. Commands and values must last
 * until rows is called with one of theirs.
 */
void db_transaction_more(struct db_transaction *transaction, const struct db_command *commands,
                         size_t count, unsigned timeout_ms);
/* Of what was asked for last, still within the turn: the rows of its first statements come as soon
 * as they are there, while the server works on the others; else all come at its end. */
void db_transaction_early(struct db_transaction *transaction, size_t statements);

/*
 * Streams rows as they come, for reads that no memory should hold: the steps before the last
 * `copies` run as in db_read_at_once and tell `rows`; the last are COPY … TO STDOUT, in the order
 * given. COPY takes no parameters: a step before it leaves them in settings of the transaction
 * (set_config('corridor.…', $1, true)), where current_setting finds them.
 *
 * take is called with each row of a COPY, its line end included, and with the number of its step.
 * When it returns false it wants no more for now: the row was taken, the socket is not read any
 * further, the server waits, and db_stream_resume goes on. So what is held is one row and libpq's
 * buffer, whoever is slow.
 *
 * A slow reader holds a connection, and with it PostgreSQL's horizon (rows that nobody needs any
 * more are kept), so timeout_ms, which is for all of it, is at most DB_STREAM_MAX_MS; db_cancel
 * ends a stream at once and closes its connection. reply is called once, after the last row, with
 * no rows; unless it says DB_OK, what was taken is not whole.
 */
typedef bool db_stream_fn(size_t step, struct span row, void *arg);
struct db_request *db_stream(struct db *db, const struct db_step *steps, size_t count,
                             size_t copies, unsigned timeout_ms, db_step_fn *rows,
                             db_stream_fn *take, db_reply_fn *reply, void *arg);
#define DB_STREAM_MAX_MS 900000U
/* After take returned false, and not from within it. take is called from the loop again. */
void db_stream_resume(struct db_request *request);

/* The request won't call back. It is gone: don't use the pointer again. Never on one that has
 * called back. */
void db_cancel(struct db_request *request);

/*
 * Asks for the notifications of a channel, again after each reconnection. Once per db, before the
 * loop runs. A hint only: a standby has none, and those sent while the connection was away are
 * lost.
 */
typedef void db_notify_fn(void *arg);
void db_listen(struct db *db, const char *channel, db_notify_fn *notify, void *arg);

/* True while at least one connection can be used. From any thread. */
bool db_ready(const struct db *db);
/* One line for /readyz and logs: "connected", "connecting", "unreachable for 12 s: …". From any
 * thread. */
void db_describe(struct db *db, char *buffer, size_t size);

struct db_stats {
    uint64_t ok, failed, timeout, unavailable; /* requests by outcome, cancelled ones left out */
    uint64_t connects;                         /* connections made */
    uint64_t losses; /* connections lost or dropped, failed attempts included */
    unsigned up;     /* connections in use or ready for it now */
    unsigned busy;   /* of these, running a request */
    unsigned queued; /* requests waiting */
};
/* From any thread. */
void db_stats(const struct db *db, struct db_stats *out);

/* Results, of db_query and of sessions. Rows and columns count from 0; asking outside them is a
 * mistake (asserted). */
size_t db_result_rows(const struct db_result *result);
size_t db_result_columns(const struct db_result *result);
/* The value as PostgreSQL prints it, NUL-terminated; NULL for SQL's null. Lives as long as the
 * result. */
const char *db_result_text(const struct db_result *result, size_t row, size_t column);
/* The same with its length; at is NULL for null. */
struct span db_result_span(const struct db_result *result, size_t row, size_t column);
/* A bigint or smaller. False for null and for anything else. */
MUST_CHECK bool db_result_int64(const struct db_result *result, size_t row, size_t column,
                                int64_t *out);
/* A boolean; null is false. */
bool db_result_bool(const struct db_result *result, size_t row, size_t column);
/* Rows inserted, updated, deleted or copied; 0 for other statements. */
uint64_t db_result_affected(const struct db_result *result);

#endif
