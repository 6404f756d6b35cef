/*
 * Where the snapshot's thread stands in change_log, and what it has seen ahead of that. It asks for
 * a page of rows, and, where such a page is full of rows that are not settled (something older is
 * still open), for how many stand behind it. Used by that thread alone.
 */
#ifndef SERVER_SNAPSHOT_TAIL_H
#define SERVER_SNAPSHOT_TAIL_H

#include "server/snapshot_changes.h"

#include <corridor/db.h>

#define SNAPSHOT_TAIL_EARLY 4096 /* rows above the cursor that are remembered */

struct snapshot_tail_count {
    char corridor[6];
    int64_t rows;
};
struct snapshot_tail {
    uint64_t xid; /* the cursor: everything up to it has been seen */
    int64_t seq;
    int64_t early[SNAPSHOT_TAIL_EARLY]; /* seqs above it that are read already; no order */
    size_t early_count;
    uint64_t page_xid; /* the last row of the page, when `behind` was counted; 0: it was not */
    int64_t page_seq;
    struct snapshot_tail_count *behind; /* by corridor, ascending */
    size_t behind_count;
    char xid_text[24];
    char seq_text[24];
    const char *params[2];
};

/* Everything below the horizon has been seen. */
void snapshot_tail_start(struct snapshot_tail *tail, uint64_t horizon);
void snapshot_tail_free(struct snapshot_tail *tail);

/* The statements and their parameters, which hold until the next are asked for. */
extern const struct db_statement snapshot_tail_page;
extern const struct db_statement snapshot_tail_behind;
const char *const *snapshot_tail_page_params(struct snapshot_tail *tail);
const char *const *snapshot_tail_behind_params(struct snapshot_tail *tail);

enum snapshot_tail_next {
    SNAPSHOT_TAIL_OVER,   /* that was all */
    SNAPSHOT_TAIL_PAGE,   /* another page may follow */
    SNAPSHOT_TAIL_BEHIND, /* rows stand behind this page that paging will not reach now */
};
/* Notes what the rows of a page change. */
enum snapshot_tail_next snapshot_tail_take_page(struct snapshot_tail *tail,
                                                const struct db_result *rows,
                                                struct snapshot_changes *changes);
/* The same of those behind it: the corridors of which there are not as many as before. */
void snapshot_tail_take_behind(struct snapshot_tail *tail, const struct db_result *rows,
                               struct snapshot_changes *changes);

#endif
