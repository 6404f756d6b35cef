/* What the imports share: one at a time, and what a file's arrival leaves behind. */
#ifndef INGEST_IMPORT_SESSION_H
#define INGEST_IMPORT_SESSION_H

#include <ingest/command.h>
#include <ingest/import_summary.h>

#include <corridor/out.h>

/*
 * Opens the database for the subcommand as the role that ingests, and waits until no other import
 * of the same kind ("rpw", "rates") runs: two that judged the same file against the same past would
 * both find it new. The lock is the session's. NULL with the reason printed.
 */
MUST_CHECK struct db_session *import_session_open(const char *name, const char *kind);

/* The number of a statement's first row and column; false with the reason in the session. */
MUST_CHECK bool import_count(struct db_session *session, const char *sql, uint64_t *count);
/* Refuses the lines that a statement returns, one a row. */
MUST_CHECK bool import_refuse_lines(struct db_session *session, const char *sql, const char *reason,
                                    struct import_summary *summary);
/*
 * Within the transaction that stores a file: the number of its submission, and, when what became of
 * it is known, the submission itself. kind is one of the table's; digest the file's SHA-256, 32
 * bytes.
 */
enum {
    IMPORT_NUMBER_SIZE = 24
};
MUST_CHECK bool import_submission_number(struct db_session *session,
                                         char submission[IMPORT_NUMBER_SIZE]);
MUST_CHECK bool import_submission(struct db_session *session, const char *submission,
                                  const char *kind, const struct import_summary *summary,
                                  const unsigned char *digest);

/* A text[] as a parameter: its elements one by one, from an empty buffer, then the end. */
void import_array_add(struct out *array, struct span element);
/* NULL when memory or the buffer's limit is short; valid until the buffer changes. */
MUST_CHECK const char *import_array_end(struct out *array);

#endif
