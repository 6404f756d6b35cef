/*
 * Rows as they come: COPY … TO STDOUT of the asynchronous database. The hard part is to hold
 * nothing for a slow taker: libpq reads whatever the socket has, so the socket is left alone while
 * the taker is full, and the server then waits by itself.
 */
#include "db_async.h"

#include <assert.h>

void db_stream_run(struct db_connection *c)
{
    const struct db_statement *statement = c->request->steps[c->step].statement;
    assert(statement->params == 0);
    db_connection_enter(c, DB_COPYING);
    db_connection_sent(c, PQsendQuery(c->pg, statement->sql));
}

bool db_stream_rows(struct db_connection *c)
{
    struct db_request *request = c->request;
    while (!c->full) {
        char *row = NULL;
        int len = PQgetCopyData(c->pg, &row, 1);
        if (len < 0) {
            /* The end, or an error: either way PQgetResult says which. */
            c->rows_come = false;
            return true;
        }
        if (len == 0) {
            return false;
        }
        c->db->in_callback++;
        bool more = request->take(c->step, (struct span){row, (size_t)len}, request->arg);
        c->db->in_callback--;
        PQfreemem(row);
        if (c->request != request) {
            return false; /* it was cancelled, and the connection is closed */
        }
        c->full = !more;
    }
    return false;
}

void db_stream_resume(struct db_request *request)
{
    if (request->place == DB_RUNNING && request->connection->full) {
        db_connection_read_on(request->connection);
    }
}
