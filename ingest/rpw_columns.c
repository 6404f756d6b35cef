/*
 * Finds the survey's columns in a file by their names. They were renamed over the years and files
 * write them with other hyphens and capitals, so only letters and digits count.
 */
#include <ingest/rpw_row.h>

#include <stdio.h>

static const struct {
    const char *names[2];
    bool needed;
} fields[RPW_FIELD_COUNT] = {
#define RPW_FIELD_ROW(name, old, new, needed) {{old, new}, needed},
    RPW_FIELDS(RPW_FIELD_ROW)
#undef RPW_FIELD_ROW
};

/* Letters and digits alone: "pick-up method" and "Pickup Method" are one. */
static size_t squeeze(struct span name, char *buffer, size_t size)
{
    size_t len = rpw_fold(name, buffer, size);
    size_t kept = 0;
    for (size_t i = 0; i < len; i++) {
        if (buffer[i] != ' ') {
            buffer[kept++] = buffer[i];
        }
    }
    buffer[kept] = '\0';
    return kept;
}

static bool same_name(const char *field, struct span squeezed)
{
    char buffer[64];
    struct span name = {buffer, squeeze(span_of(field), buffer, sizeof buffer)};
    return name.len > 0 && name.len == squeezed.len && memcmp(name.at, squeezed.at, name.len) == 0;
}

/* RPW_FIELD_COUNT when none has the name. */
static size_t find_field(struct span name)
{
    char buffer[64];
    struct span squeezed = {buffer, squeeze(name, buffer, sizeof buffer)};
    size_t field = 0;
    while (field < RPW_FIELD_COUNT && !same_name(fields[field].names[0], squeezed) &&
           !same_name(fields[field].names[1], squeezed)) {
        field++;
    }
    return field;
}

/* Adds "; WHAT 'NAME'" to a complaint, and "; …" once there is no room for all of it. */
static void complain(char *error, size_t size, const char *what, const char *name)
{
    static const char rest[] = "; …";
    size_t len = strlen(error);
    if (strstr(error, rest) != NULL) {
        return;
    }
    int more = snprintf(error + len, size - len, "%s%s '%s'", len > 0 ? "; " : "", what, name);
    if (len + (size_t)more + sizeof rest > size) {
        (void)snprintf(error + len, size - len, "%s", rest);
    }
}

bool rpw_columns_find(struct rpw_columns *columns, const struct span *names, size_t count,
                      char *error, size_t size)
{
    error[0] = '\0';
    for (size_t i = 0; i < RPW_FIELD_COUNT; i++) {
        columns->at[i] = RPW_NO_COLUMN;
        columns->name[i] = (struct span){"", 0};
    }
    for (size_t i = 0; i < count; i++) {
        size_t field = find_field(names[i]);
        if (field < RPW_FIELD_COUNT) {
            if (columns->at[field] != RPW_NO_COLUMN) {
                complain(error, size, "twice the column", fields[field].names[0]);
            }
            columns->at[field] = i;
            columns->name[field] = names[i];
        }
    }
    for (size_t i = 0; i < RPW_FIELD_COUNT; i++) {
        if (fields[i].needed && columns->at[i] == RPW_NO_COLUMN) {
            complain(error, size, "no column", fields[i].names[0]);
        }
    }
    if (columns->at[RPW_FIELD_PRODUCT] == RPW_NO_COLUMN &&
        columns->at[RPW_FIELD_INSTRUMENT] == RPW_NO_COLUMN) {
        complain(error, size, "no column 'product' or", fields[RPW_FIELD_INSTRUMENT].names[0]);
    }
    return error[0] == '\0';
}
