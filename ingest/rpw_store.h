/* Survey rows into the record: gathered in a temporary table, then stored in one transaction. */
#ifndef INGEST_RPW_STORE_H
#define INGEST_RPW_STORE_H

#include <ingest/import_summary.h>
#include <ingest/rpw_row.h>

struct db_session;
struct rpw_store;

/*
 * Gets ready to take rows, in a session of import_session_open. After NULL or false, rpw_store's
 * reason is db_session_error's, or "out of memory" where that is empty.
 */
MUST_CHECK struct rpw_store *rpw_store_open(struct db_session *session);
/* What was gathered and not stored is gone. NULL is nothing to close. */
void rpw_store_close(struct rpw_store *store);

enum rpw_stored {
    RPW_STORED,
    RPW_STORED_NO_NAME, /* the firm's name has no letter or digit; nothing was gathered */
    RPW_STORED_FAILED
};
/* Gathers a row. published is a JSON object of the row as it stands in the file. */
MUST_CHECK enum rpw_stored rpw_store_add(struct rpw_store *store,
                                         const struct rpw_observation *observation,
                                         struct span published, uint64_t line);

/*
 * Stores what is new or changed, all or nothing, tells the servers, and completes the summary. When
 * nothing is new nothing at all is written. digest is the file's SHA-256.
 */
MUST_CHECK bool rpw_store_commit(struct rpw_store *store, struct import_summary *summary,
                                 const unsigned char *digest);

#endif
