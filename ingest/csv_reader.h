/*
 * A CSV file (RFC 4180, UTF-8, a header line) read one record at a time, strictly: a file that was
 * cut, damaged or saved in another encoding must not pass for a shorter good one. Everything in it
 * is bounded by the limits below.
 */
#ifndef INGEST_CSV_READER_H
#define INGEST_CSV_READER_H

#include <corridor/base.h>

enum {
    CSV_READER_COLUMNS_MAX = 256,
    CSV_READER_FIELD_MAX = 64 * 1024,
    CSV_READER_ROW_MAX = 1024 * 1024,
    CSV_READER_ERROR_SIZE = 512,
    CSV_READER_DIGEST_SIZE = 32
};

struct csv_reader;

/*
 * Opens the file and reads its header. NULL when that fails; error (CSV_READER_ERROR_SIZE bytes)
 * then says why. A byte order mark is skipped.
 */
MUST_CHECK struct csv_reader *csv_reader_open(const char *path, char *error);
/* NULL is nothing to close. */
void csv_reader_close(struct csv_reader *reader);

/*
 * From now on a last record with all its fields is taken without its line break: for tables that
 * are published so. Their last value may then have been cut.
 */
void csv_reader_end_may_be_missing(struct csv_reader *reader);

size_t csv_reader_columns(const struct csv_reader *reader);
/* A column's name without spaces around it; may be empty. Lives as long as the reader. */
struct span csv_reader_name(const struct csv_reader *reader, size_t column);

enum csv_reader_result {
    CSV_READER_ROW,
    CSV_READER_END,  /* the whole file was read, and it was whole */
    CSV_READER_ERROR /* csv_reader_error says what, with its line; nothing more can be read */
};
/*
 * The next record. *fields has csv_reader_columns spans, well-formed UTF-8 without NUL, that hold
 * until the next call; spaces round an unquoted field are dropped. Blank lines and
 * records of empty fields are skipped. A record with more or fewer fields than the header is an
 * error, and so is a last line without a line break: there is no telling a whole value from one cut
 * in the middle.
 */
MUST_CHECK enum csv_reader_result csv_reader_next(struct csv_reader *reader,
                                                  const struct span **fields);
/* The line the last record begins on; the header's is usually 1. */
uint64_t csv_reader_line(const struct csv_reader *reader);
const char *csv_reader_error(const struct csv_reader *reader);

/* Bytes read so far, and of the file (0 when it has no size, as a pipe), for progress. */
uint64_t csv_reader_done(const struct csv_reader *reader);
uint64_t csv_reader_size(const struct csv_reader *reader);
/* SHA-256 of the file; valid after CSV_READER_END. */
const unsigned char *csv_reader_digest(const struct csv_reader *reader);

#endif
