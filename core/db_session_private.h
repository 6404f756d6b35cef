/* Shared by the files of the waiting session: db_session.c, which runs statements, and db_copy.c,
 * which loads rows. */
#ifndef CORE_DB_SESSION_PRIVATE_H
#define CORE_DB_SESSION_PRIVATE_H

#include <corridor/db_session.h>

#include "db_private.h"

#define DB_ERROR_SIZE 1024

struct db_session {
    PGconn *pg; /* NULL once a time limit was met */
    unsigned timeout_ms;
    size_t copy_columns; /* 0 when no copy is under way */
    char *copy;          /* rows not yet sent; the buffer is kept for the session's life */
    size_t copy_len;
    size_t copy_size;
    char error[DB_ERROR_SIZE];
    char sqlstate[6];
};

/* Every call begins here: the last error is over. False when the connection is. */
MUST_CHECK bool db_session_start(struct db_session *session);
/* Both note an error, libpq's own or ours, and return false. */
bool db_session_fail(struct db_session *session);
bool db_session_fail_with(struct db_session *session, const char *message);

/* When a call that begins now must have ended, in ms of the monotonic clock. */
int64_t db_session_deadline(const struct db_session *session);
/* Waits until the socket is ready; for sending too where something is left to send. */
MUST_CHECK bool db_session_wait(struct db_session *session, int64_t deadline, bool sending);
/* Sends what libpq still holds. The server may be talking meanwhile, so that is read too. */
MUST_CHECK bool db_session_flush(struct db_session *session, int64_t deadline);
/*
 * Runs the command just sent to its end. The last result goes to *out where it is wanted and none
 * failed; script, or NULL, is what an error's position refers to. Stops early at COPY, whose end is
 * the caller's.
 */
MUST_CHECK bool db_session_finish(struct db_session *session, const char *script, PGresult **out);

#endif
