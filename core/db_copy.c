/*
 * COPY of a waiting session, in and out: the quickest way, and a format of its own. The hard part
 * is that a value may hold anything: what would end a column or a row is escaped, what PostgreSQL's
 * text can't hold (NUL) is refused here, where the caller still knows which row it is.
 */
#include "db_session_private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* Rows are sent when this much is gathered. */
#define CHUNK (64U * 1024)

/* Room for `more` bytes. */
static bool reserve(struct db_session *session, size_t more)
{
    if (session->copy_size - session->copy_len >= more) {
        return true;
    }
    size_t size = session->copy_len + more + CHUNK;
    char *grown = realloc(session->copy, size);
    if (!grown) {
        return db_session_fail_with(session, "out of memory");
    }
    session->copy = grown;
    session->copy_size = size;
    return true;
}

static bool send_gathered(struct db_session *session)
{
    size_t len = session->copy_len;
    session->copy_len = 0;
    /* 0 would mean that libpq's buffer is full; it grows, and flushing after every chunk keeps it
     * small. */
    if (len > 0 && PQputCopyData(session->pg, session->copy, (int)len) != 1) {
        return db_session_fail(session);
    }
    return db_session_flush(session, db_session_deadline(session));
}

static bool add_identifier(struct db_session *session, char **sql, size_t *len, const char *name,
                           char before)
{
    char *quoted = PQescapeIdentifier(session->pg, name, strlen(name));
    if (!quoted) {
        return db_session_fail(session);
    }
    size_t quoted_len = strlen(quoted);
    char *grown = realloc(*sql, *len + quoted_len + 2);
    if (grown) {
        *sql = grown;
        grown[(*len)++] = before;
        memcpy(grown + *len, quoted, quoted_len + 1);
        *len += quoted_len;
    }
    PQfreemem(quoted);
    return grown || db_session_fail_with(session, "out of memory");
}

bool db_session_copy_begin(struct db_session *session, const char *table,
                           const char *const *columns, size_t count)
{
    static const char tail[] = ") FROM STDIN";
    assert(count > 0);
    bool ok = false;
    size_t len = strlen("COPY");
    char *sql = NULL;
    if (!db_session_start(session)) {
        return false;
    }
    sql = strdup("COPY");
    if (!sql) {
        return db_session_fail_with(session, "out of memory");
    }
    if (!add_identifier(session, &sql, &len, table, ' ')) {
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        if (!add_identifier(session, &sql, &len, columns[i], i == 0 ? '(' : ',')) {
            goto done;
        }
    }
    char *grown = realloc(sql, len + sizeof tail);
    if (!grown) {
        db_session_fail_with(session, "out of memory");
        goto done;
    }
    sql = grown;
    memcpy(sql + len, tail, sizeof tail);
    if (!PQsendQuery(session->pg, sql)) {
        db_session_fail(session);
        goto done;
    }
    ok = db_session_finish(session, NULL, NULL);
    if (ok) {
        session->copy_columns = count;
        session->copy_len = 0;
    }
done:
    free(sql);
    return ok;
}

/* What follows the backslash of a byte that must be escaped; '0' of one that can't be told at all.
 */
static const char copy_escape[256] = {
    ['\0'] = '0', ['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r', ['\\'] = '\\'};

/* Appends one value in COPY's text format, its plain stretches at once; there is room. False where
 * it holds a NUL. */
static bool put(struct db_session *session, struct span value)
{
    char *to = session->copy + session->copy_len;
    size_t from = 0;
    for (size_t i = 0; i < value.len; i++) {
        char escaped = copy_escape[(unsigned char)value.at[i]];
        if (escaped == '\0') {
            continue;
        }
        if (escaped == '0') {
            return false;
        }
        memcpy(to, value.at + from, i - from);
        to += i - from;
        *to++ = '\\';
        *to++ = escaped;
        from = i + 1;
    }
    if (value.len > from) {
        memcpy(to, value.at + from, value.len - from);
        to += value.len - from;
    }
    session->copy_len = (size_t)(to - session->copy);
    return true;
}

bool db_session_copy_row(struct db_session *session, const struct span *values)
{
    assert(session->copy_columns > 0);
    size_t most = 0;
    for (size_t i = 0; i < session->copy_columns; i++) {
        /* Every byte escaped, or \N; and what follows the column. */
        most += 2 * values[i].len + 3;
    }
    if (!reserve(session, most)) {
        return false;
    }
    size_t before = session->copy_len;
    for (size_t i = 0; i < session->copy_columns; i++) {
        if (i > 0) {
            session->copy[session->copy_len++] = '\t';
        }
        if (values[i].at) {
            if (!put(session, values[i])) {
                char text[64];
                snprintf(text, sizeof text, "value %zu of the row holds a NUL byte", i + 1);
                session->copy_len = before;
                return db_session_fail_with(session, text);
            }
        } else {
            session->copy[session->copy_len++] = '\\';
            session->copy[session->copy_len++] = 'N';
        }
    }
    session->copy[session->copy_len++] = '\n';
    return session->copy_len < CHUNK || send_gathered(session);
}

bool db_session_copy_end(struct db_session *session, uint64_t *copied)
{
    assert(session->copy_columns > 0);
    PGresult *pg = NULL;
    bool sent = send_gathered(session);
    session->copy_columns = 0;
    if (!sent) {
        return false;
    }
    if (PQputCopyEnd(session->pg, NULL) != 1) {
        return db_session_fail(session);
    }
    if (!db_session_finish(session, NULL, &pg)) {
        return false;
    }
    if (copied) {
        *copied = strtoull(PQcmdTuples(pg), NULL, 10);
    }
    PQclear(pg);
    return true;
}

bool db_session_copy_out(struct db_session *session, const char *sql, db_session_row_fn *take,
                         void *arg)
{
    if (!db_session_start(session)) {
        return false;
    }
    if (!PQsendQuery(session->pg, sql)) {
        return db_session_fail(session);
    }
    if (!db_session_finish(session, NULL, NULL)) {
        return false;
    }
    for (;;) {
        char *row = NULL;
        int len = PQgetCopyData(session->pg, &row, 1);
        if (len < 0) {
            /* The end, or an error: the result says which. */
            return db_session_finish(session, NULL, NULL);
        }
        if (len == 0) {
            if (!db_session_wait(session, db_session_deadline(session), false)) {
                return false;
            }
            if (!PQconsumeInput(session->pg)) {
                return db_session_fail(session);
            }
            continue;
        }
        bool more = take((struct span){row, (size_t)len}, arg);
        PQfreemem(row);
        if (!more) {
            return db_session_fail_with(session, "the rest of the rows is not wanted");
        }
    }
}
