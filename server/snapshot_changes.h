/* Which corridors are to be read again: some by name, or all. */
#ifndef SERVER_SNAPSHOT_CHANGES_H
#define SERVER_SNAPSHOT_CHANGES_H

#include <corridor/base.h>

#define SNAPSHOT_CHANGES_MAX 256 /* corridors by name; more are all */

struct snapshot_changes {
    bool all;
    size_t count;
    char ids[SNAPSHOT_CHANGES_MAX][6];
};

static inline bool snapshot_changes_any(const struct snapshot_changes *changes)
{
    return changes->all || changes->count > 0;
}
/* "FR-SN", or "*" for all. */
void snapshot_changes_note(struct snapshot_changes *changes, struct span corridor);
void snapshot_changes_join(struct snapshot_changes *changes, const struct snapshot_changes *more);
/* As PostgreSQL writes an array, in the buffer; NULL (SQL's null) for all. */
#define SNAPSHOT_CHANGES_TEXT_MAX (SNAPSHOT_CHANGES_MAX * 6 + 2)
const char *snapshot_changes_text(const struct snapshot_changes *changes,
                                  char buffer[SNAPSHOT_CHANGES_TEXT_MAX]);

#endif
