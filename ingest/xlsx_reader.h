/*
 * Tables out of a workbook (.xlsx, ECMA-376), read a row at a time whatever the size: each named
 * sheet a header row and its rows, as text. Everything in it is bounded.
 */
#ifndef INGEST_XLSX_READER_H
#define INGEST_XLSX_READER_H

#include <ingest/xlsx_book.h>

enum {
    XLSX_READER_COLUMNS_MAX = 256, /* those further right are left out */
    XLSX_READER_ROW_MAX = 1024 * 1024
};

struct xlsx_reader;

/*
 * Opens a workbook and finds the sheets wanted, by name in any case; each must be there. NULL when
 * anything is wrong: error (XLSX_ERROR_SIZE bytes) says what.
 */
MUST_CHECK struct xlsx_reader *xlsx_reader_open(const char *path, const char *const *sheets,
                                                size_t count, char *error);
/* NULL is nothing to close. */
void xlsx_reader_close(struct xlsx_reader *reader);

enum xlsx_reader_result {
    XLSX_READER_SHEET, /* another sheet begins: its names are there, its rows come next */
    XLSX_READER_ROW,
    XLSX_READER_END,  /* all sheets were read, and were whole */
    XLSX_READER_ERROR /* xlsx_reader_error says what; nothing more can be read */
};
/*
 * The next sheet, or row of it. *cells has xlsx_reader_columns spans, well-formed UTF-8 without
 * NUL, that hold until the next call; a cell that is not there is empty, a date is ISO 8601, a
 * number a plain decimal (xlsx_number), a truth TRUE or FALSE, an error its name (#N/A). Empty rows
 * are passed over, and cells right of the header's last.
 */
MUST_CHECK enum xlsx_reader_result xlsx_reader_next(struct xlsx_reader *reader,
                                                    const struct span **cells);

/* Of the sheet being read: which of those wanted, its columns and their names. */
size_t xlsx_reader_sheet(const struct xlsx_reader *reader);
size_t xlsx_reader_columns(const struct xlsx_reader *reader);
struct span xlsx_reader_name(const struct xlsx_reader *reader, size_t column);
/* The row read last, as a spreadsheet numbers it. */
uint64_t xlsx_reader_row(const struct xlsx_reader *reader);
const char *xlsx_reader_error(const struct xlsx_reader *reader);

/* Bytes unpacked so far, and of all that will be, for progress. */
uint64_t xlsx_reader_done(const struct xlsx_reader *reader);
uint64_t xlsx_reader_size(const struct xlsx_reader *reader);
/* SHA-256 of the file. */
const unsigned char *xlsx_reader_digest(const struct xlsx_reader *reader);

#endif
