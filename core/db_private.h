/*
 * Shared by core/db*.c, the only files that see libpq.
 */
#ifndef CORE_DB_PRIVATE_H
#define CORE_DB_PRIVATE_H

#include <corridor/db.h>

#include <libpq-fe.h>

struct db_result {
    PGresult *pg; /* never NULL */
};

/*
 * The words every connection starts with. `values` needs DB_KEYWORDS_MAX places; conninfo may
 * override all but the last.
 */
#define DB_KEYWORDS_MAX 10
extern const char *const db_keywords[DB_KEYWORDS_MAX];
void db_keyword_values(const char *values[DB_KEYWORDS_MAX], const char *conninfo,
                       const char *application_name);

/*
 * Sent first on every connection, with $1 the role ("none" keeps the one that connected), $2 the
 * longest a statement may take, in ms, $3 plan_cache_mode. One statement, so that a connection is
 * set up in one round trip or not at all.
 */
extern const char db_setup_sql[];

bool db_is_error(const PGresult *pg);
/* Copies the first line of libpq's message, which says it all, without its "ERROR:  ". */
void db_message_copy(char *buffer, size_t size, const char *message);

#endif
