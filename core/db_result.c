/* What the asynchronous connections and the waiting sessions share: reading results, and how a
 * connection begins. */
#include "db_private.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * A silent host gives way to the next of the list in 5 s, before the limit on connecting; a peer
 * that died without a word is noticed within a minute.
 */
const char *const db_keywords[DB_KEYWORDS_MAX] = {
    "application_name",     "connect_timeout",
    "keepalives_idle",      "keepalives_interval",
    "keepalives_count",     "tcp_user_timeout",
    "target_session_attrs", "dbname",
    "client_encoding",      NULL,
};

void db_keyword_values(const char *values[DB_KEYWORDS_MAX], const char *conninfo,
                       const char *application_name)
{
    const char *const all[DB_KEYWORDS_MAX] = {
        application_name, "10", "30", "10", "3", "5000", "any", conninfo, "UTF8", NULL,
    };
    memcpy(values, all, sizeof all);
}

/*
 * statement_timeout backs up our own time limit when the other side of a cut network goes on
 * working; client_connection_check_interval ends the work of a connection that we dropped; the idle
 * limit frees what a stopped program holds.
 */
const char db_setup_sql[] = "SELECT set_config('search_path', 'corridor', false),"
                            " set_config('timezone', 'UTC', false),"
                            " set_config('datestyle', 'ISO, YMD', false),"
                            " set_config('statement_timeout', $2, false),"
                            " set_config('client_connection_check_interval', '1s', false),"
                            " set_config('idle_in_transaction_session_timeout', '10min', false),"
                            " set_config('plan_cache_mode', $3, false),"
                            " set_config('role', $1, false)";

bool db_is_error(const PGresult *pg)
{
    ExecStatusType status = PQresultStatus(pg);
    return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK;
}

void db_message_copy(char *buffer, size_t size, const char *message)
{
    static const char *const prefixes[] = {"ERROR:  ", "FATAL:  ", "PANIC:  "};
    assert(size > 0);
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        if (strncmp(message, prefixes[i], strlen(prefixes[i])) == 0) {
            message += strlen(prefixes[i]);
        }
    }
    snprintf(buffer, size, "%.*s", (int)strcspn(message, "\n"), message);
}

const char *db_outcome_code(enum db_outcome outcome)
{
    static const char *const codes[] = {[DB_OK] = "ok",
                                        [DB_FAILED] = "failed",
                                        [DB_TIMEOUT] = "timeout",
                                        [DB_UNAVAILABLE] = "unavailable"};
    return codes[outcome];
}

size_t db_result_rows(const struct db_result *result)
{
    return (size_t)PQntuples(result->pg);
}

size_t db_result_columns(const struct db_result *result)
{
    return (size_t)PQnfields(result->pg);
}

const char *db_result_text(const struct db_result *result, size_t row, size_t column)
{
    assert(row < db_result_rows(result) && column < db_result_columns(result));
    return PQgetisnull(result->pg, (int)row, (int)column)
               ? NULL
               : PQgetvalue(result->pg, (int)row, (int)column);
}

struct span db_result_span(const struct db_result *result, size_t row, size_t column)
{
    const char *text = db_result_text(result, row, column);
    return (struct span){text, text ? (size_t)PQgetlength(result->pg, (int)row, (int)column) : 0};
}

bool db_result_int64(const struct db_result *result, size_t row, size_t column, int64_t *out)
{
    const char *text = db_result_text(result, row, column);
    if (!text || !(text[0] == '-' || (text[0] >= '0' && text[0] <= '9'))) {
        return false;
    }
    char *end = NULL;
    errno = 0;
    intmax_t value = strtoimax(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0') {
        return false;
    }
    *out = value;
    return true;
}

bool db_result_bool(const struct db_result *result, size_t row, size_t column)
{
    const char *text = db_result_text(result, row, column);
    return text && text[0] == 't';
}

uint64_t db_result_affected(const struct db_result *result)
{
    return strtoull(PQcmdTuples(result->pg), NULL, 10);
}
