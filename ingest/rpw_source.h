/*
 * The survey as it is published or saved: a workbook with its two sheets of rows, or one table as
 * CSV. Rows come the same way from either, with the place they stand at.
 */
#ifndef INGEST_RPW_SOURCE_H
#define INGEST_RPW_SOURCE_H

#include <ingest/import_summary.h>

enum {
    RPW_SOURCE_ERROR_SIZE = 512,
    RPW_SOURCE_COLUMNS_MAX = 256
};

struct rpw_source;

/* NULL when the file cannot be read as either: error (RPW_SOURCE_ERROR_SIZE bytes) says why. */
MUST_CHECK struct rpw_source *rpw_source_open(const char *path, char *error);
/* NULL is nothing to close. */
void rpw_source_close(struct rpw_source *source);

/* The sheets' names, for the summary; NULL of a CSV file. */
const char *const *rpw_source_sheets(const struct rpw_source *source);

enum rpw_source_result {
    RPW_SOURCE_TABLE, /* a header: its columns are there, its rows come next */
    RPW_SOURCE_ROW,
    RPW_SOURCE_END,  /* the whole file was read, and it was whole */
    RPW_SOURCE_ERROR /* rpw_source_error says what, with its place */
};
/* The next table or row; cells hold until the next call, one for each column of the table. */
MUST_CHECK enum rpw_source_result rpw_source_next(struct rpw_source *source,
                                                  const struct span **cells);
size_t rpw_source_columns(const struct rpw_source *source);
struct span rpw_source_name(const struct rpw_source *source, size_t column);
/* Where the header or row read last stands: import_place of its sheet and row, or its line. */
uint64_t rpw_source_place(const struct rpw_source *source);
const char *rpw_source_error(const struct rpw_source *source);

/* For progress, in bytes that mean the same in both; size is 0 when unknown. */
uint64_t rpw_source_done(const struct rpw_source *source);
uint64_t rpw_source_size(const struct rpw_source *source);
/* SHA-256 of the file; valid after RPW_SOURCE_END. */
const unsigned char *rpw_source_digest(const struct rpw_source *source);

#endif
