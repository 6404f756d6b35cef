/* Survey rows into the record: stored as they come, in one transaction. */
#ifndef INGEST_RPW_STORE_H
#define INGEST_RPW_STORE_H

#include <ingest/import_summary.h>
#include <ingest/rpw_row.h>

struct db_session;
struct rpw_store;

/* Gets ready to take rows, in a session of import_session_open, which is the store's from now on.
 * NULL with the reason in the session; where that is empty, memory is short. */
MUST_CHECK struct rpw_store *rpw_store_open(struct db_session *session);
/* Why RPW_STORED_FAILED or false came, likewise. Nothing can be stored after it. */
const char *rpw_store_error(struct rpw_store *store);
/* What was stored and not committed is rolled back. NULL is nothing to close. */
void rpw_store_close(struct rpw_store *store);

enum rpw_stored {
    RPW_STORED,
    RPW_STORED_NO_NAME,  /* not taken: the firm's name has no letter or digit */
    RPW_STORED_REPEATED, /* not taken: an earlier row of the quarter has its id */
    RPW_STORED_TOO_MANY, /* the file has more than IMPORT_IDS_MAX rows */
    RPW_STORED_FAILED
};
/* Takes a row. published is a JSON object of the row as it stands in the file. */
MUST_CHECK enum rpw_stored rpw_store_add(struct rpw_store *store,
                                         const struct rpw_observation *observation,
                                         struct span published);

/*
 * Stores the rest and commits what is new or changed, all or nothing, tells the servers, and
 * completes the summary. When nothing is new nothing at all is written. digest is the file's
 * SHA-256.
 */
MUST_CHECK bool rpw_store_commit(struct rpw_store *store, struct import_summary *summary,
                                 const unsigned char *digest);

#endif
