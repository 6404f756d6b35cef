/*
 * corridor import rpw. Reads the file once, row by row; a row the survey got wrong is refused and
 * counted, a file that is not whole changes nothing. Which of the two a fault is, is all that is
 * decided here: the file's shape is the reader's, a row's sense rpw_row's, the record's
 * rpw_store's.
 */
#include <ingest/import_rpw.h>

#include <ingest/csv_reader.h>
#include <ingest/import_session.h>
#include <ingest/progress.h>
#include <ingest/rpw_store.h>

#include <corridor/codes.h>
#include <corridor/out.h>

#include <stdio.h>
#include <stdlib.h>

#define NAME "import rpw"

const char import_rpw_details[] =
    "Takes the rows of Remittance Prices Worldwide, in the columns of either generation (up to "
    "the\n"
    "first quarter of 2016, or since), saved as CSV in UTF-8. Rows that the record has are left,\n"
    "corrected ones become new versions, and the old ones stay. A file that was cut or damaged, "
    "or\n"
    "that lacks a column, changes nothing. Rows that make no sense are refused and named by line.\n"
    "\n"
    "  --json   the summary as one JSON object\n";

struct import {
    struct csv_reader *reader;
    struct db_session *session;
    struct rpw_store *store;
    struct rpw_columns columns;
    struct import_summary summary;
    struct out published;
};

static void tell_unknown(struct span column, struct span word, void *arg)
{
    struct import *import = arg;
    import_summary_unknown(&import->summary, column, word);
}

/* The row as it stands, under the file's own names; blank cells and nameless columns left out. */
static struct span published(struct import *import, const struct span *cells)
{
    struct out *out = &import->published;
    char name[256];
    out_clear(out);
    json_open(out, '{');
    for (size_t i = 0; i < csv_reader_columns(import->reader); i++) {
        struct span column = csv_reader_name(import->reader, i);
        if (cells[i].len > 0 && column.len > 0 && column.len < sizeof name) {
            memcpy(name, column.at, column.len);
            name[column.len] = '\0';
            json_member(out, name, cells[i]);
        }
    }
    json_close(out, '}');
    return out_span(out);
}

/* False when the database fails; a row that makes no sense is refused. */
static bool take_row(struct import *import, const struct span *cells)
{
    const struct rpw_unknown unknown = {tell_unknown, import};
    struct rpw_observation observation;
    uint64_t line = csv_reader_line(import->reader);
    enum rpw_refusal refusal = rpw_row_read(&import->columns, cells, &observation, &unknown);
    import->summary.read++;
    if (refusal == RPW_REFUSED_NONE) {
        switch (rpw_store_add(import->store, &observation, published(import, cells), line)) {
        case RPW_STORED:
            break;
        case RPW_STORED_NO_NAME:
            refusal = RPW_REFUSED_FIRM_NAME;
            break;
        case RPW_STORED_FAILED:
            return false;
        }
    }
    if (refusal != RPW_REFUSED_NONE) {
        import_summary_refuse(&import->summary, rpw_refusal_text(refusal), line);
    }
    return true;
}

static enum command_exit database_failed(const struct import *import)
{
    const char *reason = db_session_error(import->session);
    return command_failed(NAME, "%s; nothing was changed", reason[0] ? reason : "out of memory");
}

static enum command_exit import_rows(struct import *import, const char *path)
{
    struct progress progress;
    const struct span *cells = NULL;
    enum csv_reader_result result = CSV_READER_ROW;
    bool ok = true;
    import->store = rpw_store_open(import->session);
    if (!import->store) {
        return database_failed(import);
    }
    progress_start(&progress, "rows", csv_reader_size(import->reader));
    while (ok && (result = csv_reader_next(import->reader, &cells)) == CSV_READER_ROW) {
        ok = take_row(import, cells);
        progress_update(&progress, import->summary.read, csv_reader_done(import->reader));
    }
    progress_end(&progress);
    if (result == CSV_READER_ERROR) {
        return command_failed(NAME, "%s: %s; nothing was changed", path,
                              csv_reader_error(import->reader));
    }
    if (!ok ||
        !rpw_store_commit(import->store, &import->summary, csv_reader_digest(import->reader))) {
        return database_failed(import);
    }
    return COMMAND_OK;
}

static enum command_exit import_file(struct import *import, const char *path)
{
    char error[CSV_READER_ERROR_SIZE];
    struct span names[CSV_READER_COLUMNS_MAX];
    import->reader = csv_reader_open(path, error);
    if (!import->reader) {
        return command_failed(NAME, "%s: %s", path, error);
    }
    size_t columns = csv_reader_columns(import->reader);
    for (size_t i = 0; i < columns; i++) {
        names[i] = csv_reader_name(import->reader, i);
    }
    if (!rpw_columns_find(&import->columns, names, columns, error, sizeof error)) {
        return command_failed(NAME, "%s, line 1: %s; nothing was changed", path, error);
    }
    if (!codes_open()) {
        return command_failed(NAME, "the tables of countries and currencies cannot be built");
    }
    import->session = import_session_open(NAME, "rpw");
    return import->session ? import_rows(import, path) : COMMAND_FAILED;
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
    enum command_exit result = import_file(import, path);
    if (result == COMMAND_OK && !import_summary_print(&import->summary, json)) {
        result = command_failed(NAME, "the summary cannot be written; the file was imported");
    }
    rpw_store_close(import->store);
    db_session_close(import->session);
    csv_reader_close(import->reader);
    out_free(&import->published);
    free(import);
    return result;
}
