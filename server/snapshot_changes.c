/* A small set of corridors that becomes "all" when it is full. */
#include "server/snapshot_changes.h"

void snapshot_changes_note(struct snapshot_changes *changes, struct span corridor)
{
    for (size_t i = 0; i < changes->count; i++) {
        if (span_is(corridor, changes->ids[i]))
            return;
    }
    if (corridor.len != 5 || changes->count == SNAPSHOT_CHANGES_MAX) {
        changes->all = true;
        return;
    }
    memcpy(changes->ids[changes->count], corridor.at, 5);
    changes->ids[changes->count++][5] = '\0';
}

void snapshot_changes_join(struct snapshot_changes *changes, const struct snapshot_changes *more)
{
    changes->all |= more->all;
    for (size_t i = 0; i < more->count; i++)
        snapshot_changes_note(changes, span_of(more->ids[i]));
}

const char *snapshot_changes_text(const struct snapshot_changes *changes,
                                  char buffer[SNAPSHOT_CHANGES_TEXT_MAX])
{
    size_t length = 0;
    if (changes->all)
        return NULL;
    buffer[length++] = '{';
    for (size_t i = 0; i < changes->count; i++) {
        if (i > 0)
            buffer[length++] = ',';
        memcpy(buffer + length, changes->ids[i], 5);
        length += 5;
    }
    memcpy(buffer + length, "}", 2);
    return buffer;
}
