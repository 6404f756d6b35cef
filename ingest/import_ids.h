/* The ids that a file has shown so far, and each one's first period: bounded, and exact. */
#ifndef INGEST_IMPORT_IDS_H
#define INGEST_IMPORT_IDS_H

#include <corridor/base.h>

struct import_ids;

/* NULL when memory is short. */
MUST_CHECK struct import_ids *import_ids_new(void);
void import_ids_free(struct import_ids *ids);

/* More than this are not taken: the two sheets of a workbook that is full to its last row hold
 * two thirds of it. 16 bytes each, where the table is full. */
#define IMPORT_IDS_MAX (3U << 20)

enum import_id {
    IMPORT_ID_NEW,
    IMPORT_ID_KNOWN, /* *period is now that of its first appearance */
    IMPORT_ID_TOO_MANY,
    IMPORT_ID_NO_MEMORY
};
/* Enters an id with the number of its period. */
MUST_CHECK enum import_id import_ids_enter(struct import_ids *ids, struct span id,
                                           uint16_t *period);

#endif
