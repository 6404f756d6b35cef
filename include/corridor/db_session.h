/*
 * PostgreSQL for commands that may wait: one connection, one statement at a time, every call with a
 * time limit. After a function has returned false or NULL, db_session_error says why in one line.
 */
#ifndef CORRIDOR_DB_SESSION_H
#define CORRIDOR_DB_SESSION_H

#include <corridor/db.h>

struct db_session;

struct db_session_config {
    const char *conninfo;
    const char *role; /* as in struct db_config */
    const char *application_name;
    unsigned timeout_ms; /* longest any one call may take */
};

/* NULL when the database can't be reached or used; error (at least 256 bytes) then holds the reason
 * and what to do. */
MUST_CHECK struct db_session *db_session_open(const struct db_session_config *config, char *error,
                                              size_t size);
/* An open transaction is rolled back. NULL is nothing to close. */
void db_session_close(struct db_session *session);

/* Why the last call failed, one line; "" when it didn't. Good until the next call. */
const char *db_session_error(const struct db_session *session);
/* Its SQLSTATE; "" when PostgreSQL gave none (connection lost, time limit). */
const char *db_session_sqlstate(const struct db_session *session);

/* One statement with $1 … $count as text; NULL is SQL's null. The caller frees the result with
 * db_result_free. */
MUST_CHECK struct db_result *db_session_query(struct db_session *session, const char *sql,
                                              const char *const *params, size_t count);
/* The same where the rows don't matter. */
MUST_CHECK bool db_session_exec(struct db_session *session, const char *sql,
                                const char *const *params, size_t count);
/* Several statements as they stand in a file of ours; never with anything from outside in them. */
MUST_CHECK bool db_session_script(struct db_session *session, const char *sql);
/* NULL is nothing to free. */
void db_result_free(struct db_result *result);

MUST_CHECK bool db_session_begin(struct db_session *session);
MUST_CHECK bool db_session_commit(struct db_session *session);
/* For the way out after a failure: says nothing of its own and keeps the error that led here. */
void db_session_rollback(struct db_session *session);

/*
 * COPY table (columns) FROM STDIN: begin, any number of rows, end. Names are quoted here. A row has
 * one span per column; at = NULL is SQL's null. Tabs, newlines and backslashes are escaped here; a
 * NUL byte is refused. Rows are gathered, so a refusal of PostgreSQL's may come rows later or at
 * the end; then, or after false, the copy is over and its transaction can only be rolled back.
 * copied may be NULL.
 */
MUST_CHECK bool db_session_copy_begin(struct db_session *session, const char *table,
                                      const char *const *columns, size_t count);
MUST_CHECK bool db_session_copy_row(struct db_session *session, const struct span *values);
MUST_CHECK bool db_session_copy_end(struct db_session *session, uint64_t *copied);

/*
 * COPY … TO STDOUT, the program's own text: take is called with each row, its line end included,
 * and each wait for the next has the session's time limit. Where take returns false the rest is not
 * wanted; then, or after any failure, the session can only be closed.
 */
typedef bool db_session_row_fn(struct span row, void *arg);
MUST_CHECK bool db_session_copy_out(struct db_session *session, const char *sql,
                                    db_session_row_fn *take, void *arg);

#endif
