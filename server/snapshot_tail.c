/*
 * Reading the log so that nothing is missed while transactions commit out of order, and nobody
 * waits for a long one.
 *
 * The cursor (xid, seq) moves only over rows below pg_snapshot_xmin: every transaction there is
 * over, so nothing can still appear behind the cursor. Rows above it that can be seen already are
 * read early, each once (`early`): otherwise one long import would hold back everybody's changes
 * until it ends. They are met again when the cursor passes them, and passed over.
 *
 * They may become more than a page while the long one is open. Those behind the page are counted
 * by corridor: while the page ends at the same row they can only become more, so a corridor whose
 * number is another has changed. When the page ends elsewhere, all of them are read once more.
 */
#include "server/snapshot_tail.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PAGE_ROWS 1000 /* as in the statement */

/* The last column: nothing can appear before this row any more. */
const struct db_statement snapshot_tail_page = {
    "snapshot_tail",
    "SELECT xid, seq, corridor, xid < pg_snapshot_xmin(pg_current_snapshot())"
    " FROM corridor.change_log WHERE (xid, seq) > ($1::xid8, $2::bigint)"
    " ORDER BY xid, seq LIMIT 1000",
    2};

const struct db_statement snapshot_tail_behind = {
    "snapshot_behind",
    "SELECT corridor, count(*) FROM corridor.change_log WHERE (xid, seq) > ($1::xid8, $2::bigint)"
    " GROUP BY corridor ORDER BY corridor COLLATE \"C\"",
    2};

static void forget_behind(struct snapshot_tail *tail)
{
    free(tail->behind);
    tail->behind = NULL;
    tail->behind_count = 0;
    tail->page_xid = 0;
}

void snapshot_tail_start(struct snapshot_tail *tail, uint64_t horizon)
{
    tail->xid = horizon;
    tail->seq = 0;
    tail->early_count = 0;
    forget_behind(tail);
}

void snapshot_tail_free(struct snapshot_tail *tail)
{
    forget_behind(tail);
}

static const char *const *params(struct snapshot_tail *tail, uint64_t xid, int64_t seq)
{
    (void)snprintf(tail->xid_text, sizeof(tail->xid_text), "%" PRIu64, xid);
    (void)snprintf(tail->seq_text, sizeof(tail->seq_text), "%" PRId64, seq);
    tail->params[0] = tail->xid_text;
    tail->params[1] = tail->seq_text;
    return tail->params;
}

const char *const *snapshot_tail_page_params(struct snapshot_tail *tail)
{
    return params(tail, tail->xid, tail->seq);
}

const char *const *snapshot_tail_behind_params(struct snapshot_tail *tail)
{
    return params(tail, tail->page_xid, tail->page_seq);
}

/* True the first time, or when it could not be remembered; forgets it when the cursor passes. */
static bool first_sight(struct snapshot_tail *tail, int64_t seq, bool settled)
{
    for (size_t i = 0; i < tail->early_count; i++) {
        if (tail->early[i] != seq)
            continue;
        if (settled)
            tail->early[i] = tail->early[--tail->early_count];
        return false;
    }
    if (!settled && tail->early_count < SNAPSHOT_TAIL_EARLY)
        tail->early[tail->early_count++] = seq;
    return true;
}

enum snapshot_tail_next snapshot_tail_take_page(struct snapshot_tail *tail,
                                                const struct db_result *rows,
                                                struct snapshot_changes *changes)
{
    size_t count = db_result_rows(rows);
    uint64_t xid = 0;
    int64_t seq = 0;
    bool settled = true;
    for (size_t i = 0; i < count; i++) {
        xid = strtoull(db_result_text(rows, i, 0), NULL, 10);
        settled = db_result_bool(rows, i, 3);
        if (!db_result_int64(rows, i, 1, &seq))
            continue; /* seq is never null */
        if (first_sight(tail, seq, settled))
            snapshot_changes_note(changes, db_result_span(rows, i, 2));
        if (settled) {
            tail->xid = xid;
            tail->seq = seq;
        }
    }
    if (count < PAGE_ROWS || settled) {
        forget_behind(tail);
        return count < PAGE_ROWS ? SNAPSHOT_TAIL_OVER : SNAPSHOT_TAIL_PAGE;
    }
    if (xid != tail->page_xid || seq != tail->page_seq)
        forget_behind(tail);
    tail->page_xid = xid;
    tail->page_seq = seq;
    return SNAPSHOT_TAIL_BEHIND;
}

void snapshot_tail_take_behind(struct snapshot_tail *tail, const struct db_result *rows,
                               struct snapshot_changes *changes)
{
    size_t count = db_result_rows(rows);
    size_t before = 0;
    struct snapshot_tail_count *behind = calloc(count + 1, sizeof(*behind));
    for (size_t i = 0; i < count; i++) {
        struct span corridor = db_result_span(rows, i, 0);
        struct snapshot_tail_count now = {.rows = 0};
        if (!db_result_int64(rows, i, 1, &now.rows) || corridor.len != sizeof(now.corridor) - 1)
            continue; /* the record has no such row */
        memcpy(now.corridor, corridor.at, corridor.len);
        while (before < tail->behind_count &&
               strcmp(tail->behind[before].corridor, now.corridor) < 0)
            before++;
        if (before == tail->behind_count ||
            strcmp(tail->behind[before].corridor, now.corridor) != 0 ||
            tail->behind[before].rows != now.rows)
            snapshot_changes_note(changes, corridor);
        if (behind != NULL)
            behind[i] = now;
    }
    free(tail->behind);
    tail->behind = behind; /* without memory, all of them have changed the next time */
    tail->behind_count = behind != NULL ? count : 0;
}
