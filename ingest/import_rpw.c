/*
 * corridor import rpw. Reads the file once, row by row; a row the survey got wrong is refused and
 * counted, a file that is not whole changes nothing. Which of the two a fault is, is all that is
 * decided here: the file's shape is the reader's, a row's sense rpw_row's, the record's
 * rpw_store's.
 */
#include <ingest/import_rpw.h>

#include <ingest/import_ids.h>
#include <ingest/import_session.h>
#include <ingest/progress.h>
#include <ingest/rpw_source.h>
#include <ingest/rpw_store.h>

#include <corridor/codes.h>
#include <corridor/out.h>

#include <stdio.h>
#include <stdlib.h>

#define NAME "import rpw"

const char import_rpw_details[] =
    "Takes the rows of Remittance Prices Worldwide: the World Bank's workbook as it is downloaded\n"
    "(.xlsx, with the sheets 'Dataset (up to Q1 2016)' and 'Dataset (from Q2 2016)'; others are\n"
    "ignored), or rows of either sheet saved as CSV in UTF-8. Rows that the record has are left,\n"
    "corrected ones become new versions, and the old ones stay. A file that was cut or damaged, "
    "or\n"
    "that lacks a sheet or a column, changes nothing. Rows that make no sense are refused and "
    "named\n"
    "by sheet and row, or by line.\n"
    "\n"
    "  --json   the summary as one JSON object\n";

enum {
    KEY_MAX = 256 /* bytes of a column's name; those of longer ones are not kept */
};

struct import {
    struct rpw_source *source;
    struct db_session *session;
    struct rpw_store *store;
    struct rpw_columns columns;
    struct import_summary summary;
    struct out keys;
    struct span key[RPW_SOURCE_COLUMNS_MAX]; /* in keys */
    struct out published;
    bool told; /* why it failed */
};

static void tell_unknown(struct span column, struct span word, void *arg)
{
    struct import *import = arg;
    import_summary_unknown(&import->summary, column, word);
}

/* Each column's name as a member's key, `,"name":`, escaped once for all rows; empty of a nameless
 * one. */
static bool render_keys(struct import *import)
{
    struct out *keys = &import->keys;
    size_t ends[RPW_SOURCE_COLUMNS_MAX];
    size_t columns = rpw_source_columns(import->source);
    out_clear(keys);
    for (size_t i = 0; i < columns; i++) {
        struct span column = rpw_source_name(import->source, i);
        if (column.len > 0 && column.len < KEY_MAX) {
            out_char(keys, ',');
            json_quoted(keys, column);
            out_char(keys, ':');
        }
        ends[i] = keys->len;
    }
    for (size_t i = 0; i < columns; i++) {
        size_t begin = i > 0 ? ends[i - 1] : 0;
        import->key[i] = (struct span){keys->at + begin, ends[i] - begin};
    }
    return !out_failed(keys);
}

/* The row as it stands, under the file's own names; blank cells and nameless columns left out. */
static struct span published(struct import *import, const struct span *cells)
{
    struct out *out = &import->published;
    size_t columns = rpw_source_columns(import->source);
    out_clear(out);
    for (size_t i = 0; i < columns; i++) {
        struct span key = import->key[i];
        if (cells[i].len > 0 && key.len > 0) {
            out_span_append(out, key);
            json_quoted(out, cells[i]);
        }
    }
    if (out->len == 0) {
        out_char(out, '{');
    } else if (!out_failed(out)) {
        out->at[0] = '{'; /* the first member's comma */
    }
    out_char(out, '}');
    return out_span(out);
}

/* False when no row can be taken any more, mostly since the database failed; one that makes no
 * sense is refused. */
static bool take_row(struct import *import, const struct span *cells)
{
    const struct rpw_unknown unknown = {tell_unknown, import};
    struct rpw_observation observation;
    uint64_t place = rpw_source_place(import->source);
    enum rpw_refusal refusal = rpw_row_read(&import->columns, cells, &observation, &unknown);
    import->summary.read++;
    if (refusal == RPW_REFUSED_NONE) {
        switch (rpw_store_add(import->store, &observation, published(import, cells))) {
        case RPW_STORED:
            break;
        case RPW_STORED_REPEATED:
            refusal = RPW_REFUSED_REPEATED;
            break;
        case RPW_STORED_NO_NAME:
            refusal = RPW_REFUSED_FIRM_NAME;
            break;
        case RPW_STORED_TOO_MANY:
            command_failed(NAME,
                           "%s has more than %u rows, the most that is taken at once; split it;"
                           " nothing was changed",
                           import->summary.file, IMPORT_IDS_MAX);
            import->told = true;
            return false;
        case RPW_STORED_FAILED:
            return false;
        }
    }
    if (refusal != RPW_REFUSED_NONE) {
        import_summary_refuse(&import->summary, rpw_refusal_text(refusal), place);
    }
    return true;
}

static enum command_exit database_failed(const struct import *import)
{
    const char *reason =
        import->store ? rpw_store_error(import->store) : db_session_error(import->session);
    return command_failed(NAME, "%s; nothing was changed", reason[0] ? reason : "out of memory");
}

/* The columns of a table that begins; false with the reason printed. */
static bool find_columns(struct import *import, const char *path)
{
    char error[RPW_SOURCE_ERROR_SIZE];
    char place[RPW_SOURCE_ERROR_SIZE];
    struct span names[RPW_SOURCE_COLUMNS_MAX];
    size_t columns = rpw_source_columns(import->source);
    for (size_t i = 0; i < columns; i++) {
        names[i] = rpw_source_name(import->source, i);
    }
    bool found = rpw_columns_find(&import->columns, names, columns, error, sizeof error);
    if (!found) {
        command_failed(NAME, "%s, %s: %s; nothing was changed", path,
                       import_place_text(import->summary.sheets, rpw_source_place(import->source),
                                         place, sizeof place),
                       error);
    }
    if (found && !render_keys(import)) {
        command_failed(NAME, "out of memory; nothing was changed");
        return false;
    }
    return found;
}

/* Reads and gathers all rows; false with the reason printed. */
static bool gather(struct import *import, const char *path)
{
    struct progress progress;
    const struct span *cells = NULL;
    bool ok = true;
    enum rpw_source_result result = RPW_SOURCE_ROW;
    progress_start(&progress, "rows", rpw_source_size(import->source));
    while (ok && (result == RPW_SOURCE_ROW || result == RPW_SOURCE_TABLE)) {
        result = rpw_source_next(import->source, &cells);
        if (result == RPW_SOURCE_ROW) {
            ok = take_row(import, cells);
        } else if (result == RPW_SOURCE_TABLE) {
            ok = find_columns(import, path);
            import->told = !ok;
        }
        progress_update(&progress, import->summary.read, rpw_source_done(import->source));
    }
    progress_end(&progress);
    if (result == RPW_SOURCE_ERROR) {
        command_failed(NAME, "%s: %s; nothing was changed", path, rpw_source_error(import->source));
    } else if (!ok && !import->told) {
        (void)database_failed(import);
    }
    return ok && result == RPW_SOURCE_END;
}

static enum command_exit import_file(struct import *import, const char *path)
{
    char error[RPW_SOURCE_ERROR_SIZE];
    import->source = rpw_source_open(path, error);
    if (!import->source) {
        return command_failed(NAME, "%s: %s; nothing was changed", path, error);
    }
    import->summary.sheets = rpw_source_sheets(import->source);
    if (!codes_open()) {
        return command_failed(NAME, "the tables of countries and currencies cannot be built");
    }
    import->session = import_session_open(NAME, "rpw");
    if (!import->session) {
        return COMMAND_FAILED;
    }
    import->store = rpw_store_open(import->session);
    if (!import->store) {
        return database_failed(import);
    }
    if (!gather(import, path)) {
        return COMMAND_FAILED;
    }
    return rpw_store_commit(import->store, &import->summary, rpw_source_digest(import->source))
               ? COMMAND_OK
               : database_failed(import);
}

enum command_exit import_rpw_command(int argc, char **argv)
{
    bool json = argc == 3 && strcmp(argv[1], "--json") == 0;
    if (argc != 2 && !json) {
        return command_usage(NAME, "one file is wanted");
    }
    const char *path = argv[argc - 1];
    struct import *import = calloc(1, sizeof *import);
    if (!import) {
        return command_failed(NAME, "out of memory");
    }
    import_summary_start(&import->summary, path, "rows");
    out_init(&import->published, OUT_LIMIT_DEFAULT);
    out_init(&import->keys, OUT_LIMIT_DEFAULT);
    enum command_exit result = import_file(import, path);
    if (result == COMMAND_OK && !import_summary_print(&import->summary, json)) {
        result = command_failed(NAME, "the summary cannot be written; the file was imported");
    }
    rpw_store_close(import->store);
    db_session_close(import->session);
    rpw_source_close(import->source);
    out_free(&import->published);
    out_free(&import->keys);
    free(import);
    return result;
}
