/* The survey's file, a workbook or CSV. What it is, its first bytes say; its name may be wrong. */
#include <ingest/rpw_source.h>

#include <ingest/csv_reader.h>
#include <ingest/xlsx_reader.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* The columns changed in Q2 2016, and the World Bank keeps the two kinds of rows apart. Its other
 * sheets explain them. */
static const char *const sheets[] = {"Dataset (up to Q1 2016)", "Dataset (from Q2 2016)"};

static_assert((int)CSV_READER_COLUMNS_MAX <= (int)RPW_SOURCE_COLUMNS_MAX &&
                  (int)XLSX_READER_COLUMNS_MAX <= (int)RPW_SOURCE_COLUMNS_MAX,
              "a table may have as many columns as its reader takes");

/* One of the two is NULL. */
struct rpw_source {
    struct csv_reader *csv;
    struct xlsx_reader *workbook;
    bool begun; /* of CSV: the one table was announced */
};

struct rpw_source *rpw_source_open(const char *path, char *error)
{
    struct rpw_source *source = calloc(1, sizeof *source);
    if (!source) {
        (void)snprintf(error, RPW_SOURCE_ERROR_SIZE, "out of memory");
        return NULL;
    }
    if (xlsx_zip_is(path)) {
        source->workbook = xlsx_reader_open(path, sheets, COUNT_OF(sheets), error);
    } else {
        source->csv = csv_reader_open(path, error);
    }
    if (!source->csv && !source->workbook) {
        free(source);
        return NULL;
    }
    return source;
}

void rpw_source_close(struct rpw_source *source)
{
    if (source) {
        csv_reader_close(source->csv);
        xlsx_reader_close(source->workbook);
        free(source);
    }
}

const char *const *rpw_source_sheets(const struct rpw_source *source)
{
    return source->workbook ? sheets : NULL;
}

static enum rpw_source_result next_of_workbook(struct xlsx_reader *workbook,
                                               const struct span **cells)
{
    switch (xlsx_reader_next(workbook, cells)) {
    case XLSX_READER_SHEET:
        return RPW_SOURCE_TABLE;
    case XLSX_READER_ROW:
        return RPW_SOURCE_ROW;
    case XLSX_READER_END:
        return RPW_SOURCE_END;
    case XLSX_READER_ERROR:
        break;
    }
    return RPW_SOURCE_ERROR;
}

enum rpw_source_result rpw_source_next(struct rpw_source *source, const struct span **cells)
{
    if (source->workbook) {
        return next_of_workbook(source->workbook, cells);
    }
    if (!source->begun) {
        source->begun = true;
        *cells = NULL;
        return RPW_SOURCE_TABLE;
    }
    switch (csv_reader_next(source->csv, cells)) {
    case CSV_READER_ROW:
        return RPW_SOURCE_ROW;
    case CSV_READER_END:
        return RPW_SOURCE_END;
    case CSV_READER_ERROR:
        break;
    }
    return RPW_SOURCE_ERROR;
}

size_t rpw_source_columns(const struct rpw_source *source)
{
    return source->workbook ? xlsx_reader_columns(source->workbook)
                            : csv_reader_columns(source->csv);
}

struct span rpw_source_name(const struct rpw_source *source, size_t column)
{
    return source->workbook ? xlsx_reader_name(source->workbook, column)
                            : csv_reader_name(source->csv, column);
}

uint64_t rpw_source_place(const struct rpw_source *source)
{
    return source->workbook ? import_place(1 + xlsx_reader_sheet(source->workbook),
                                           xlsx_reader_row(source->workbook))
                            : csv_reader_line(source->csv);
}

const char *rpw_source_error(const struct rpw_source *source)
{
    return source->workbook ? xlsx_reader_error(source->workbook) : csv_reader_error(source->csv);
}

uint64_t rpw_source_done(const struct rpw_source *source)
{
    return source->workbook ? xlsx_reader_done(source->workbook) : csv_reader_done(source->csv);
}

uint64_t rpw_source_size(const struct rpw_source *source)
{
    return source->workbook ? xlsx_reader_size(source->workbook) : csv_reader_size(source->csv);
}

const unsigned char *rpw_source_digest(const struct rpw_source *source)
{
    return source->workbook ? xlsx_reader_digest(source->workbook) : csv_reader_digest(source->csv);
}
