/*
 * Reads CSV through libcsv. The hard part is what libcsv does not tell: on which line a record
 * begins when fields hold line breaks, and whether the file's end is its real end. So the bytes are
 * given to it line by line: a line that ends no record lies inside quotes, and a file that ends
 * within a record was cut.
 */
#include <ingest/csv_reader.h>

#include <corridor/out.h>

#include <csv.h>
#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    BUFFER_SIZE = 256 * 1024
};

struct csv_reader {
    FILE *file;
    struct csv_parser parser;
    EVP_MD_CTX *hash;

    char buffer[BUFFER_SIZE];
    size_t begin; /* what was read and not yet given to the parser */
    size_t end;
    uint64_t done;
    uint64_t size;

    uint64_t line;        /* the line that buffer[begin] lies on */
    uint64_t record_line; /* the line the record begins on */
    bool after_cr;        /* the last byte given was a carriage return, which ended a line */
    bool in_record;
    bool record_done;
    bool unended; /* the last record may lack its line break */

    char *text; /* the record's fields, one after the other */
    size_t text_len;
    size_t text_size;
    size_t starts[CSV_READER_COLUMNS_MAX + 1];
    size_t count;
    struct span fields[CSV_READER_COLUMNS_MAX];

    char *header; /* the names' bytes */
    struct span names[CSV_READER_COLUMNS_MAX];
    size_t columns; /* 0 while the header is read */

    bool failed;
    char error[CSV_READER_ERROR_SIZE];
    unsigned char digest[CSV_READER_DIGEST_SIZE];
};

/* The first thing that goes wrong is the one told. */
static void fail(struct csv_reader *reader, const char *format, ...) PRINTF_LIKE(2, 3);
static void fail(struct csv_reader *reader, const char *format, ...)
{
    if (!reader->failed) {
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(reader->error, sizeof reader->error, format, arguments);
        va_end(arguments);
        reader->failed = true;
    }
}

/* " (column NAME)" of the field that comes next, or nothing while the header is read. */
static const char *column_text(const struct csv_reader *reader, char *buffer, size_t size)
{
    buffer[0] = '\0';
    if (reader->count < reader->columns) {
        struct span name = utf8_cut(reader->names[reader->count], 60);
        (void)snprintf(buffer, size, " (column %.*s)", (int)name.len, name.at);
    }
    return buffer;
}

static void take_field(void *bytes, size_t len, void *arg)
{
    struct csv_reader *reader = arg;
    struct span field = {len > 0 ? bytes : "", len};
    char column[80];
    if (reader->failed) {
        return;
    }
    if (reader->count == CSV_READER_COLUMNS_MAX) {
        fail(reader, "line %" PRIu64 " has more than %d fields", reader->record_line,
             CSV_READER_COLUMNS_MAX);
        return;
    }
    if (!utf8_valid(field) || memchr(field.at, '\0', field.len)) {
        fail(reader,
             "line %" PRIu64 "%s holds bytes that are not UTF-8 text; save the file as UTF-8",
             reader->line, column_text(reader, column, sizeof column));
        return;
    }
    if (len > CSV_READER_FIELD_MAX || reader->text_len + len > CSV_READER_ROW_MAX) {
        fail(reader, "line %" PRIu64 "%s is too long: a field may have %d bytes, a record %d",
             reader->record_line, column_text(reader, column, sizeof column), CSV_READER_FIELD_MAX,
             CSV_READER_ROW_MAX);
        return;
    }
    if (reader->text_len + len > reader->text_size) {
        size_t size = 2 * (reader->text_len + len);
        char *grown = realloc(reader->text, size);
        if (!grown) {
            fail(reader, "out of memory");
            return;
        }
        reader->text = grown;
        reader->text_size = size;
    }
    if (len > 0) {
        memcpy(reader->text + reader->text_len, field.at, len);
    }
    reader->text_len += len;
    reader->starts[++reader->count] = reader->text_len;
}

static void end_record(int terminator, void *arg)
{
    struct csv_reader *reader = arg;
    (void)terminator;
    reader->record_done = true;
}

static void refill(struct csv_reader *reader)
{
    reader->begin = 0;
    reader->end = fread(reader->buffer, 1, sizeof reader->buffer, reader->file);
    reader->done += reader->end;
    if (ferror(reader->file)) {
        fail(reader, "cannot be read: %s", strerror(errno));
    } else if (EVP_DigestUpdate(reader->hash, reader->buffer, reader->end) != 1) {
        fail(reader, "its digest cannot be computed");
    }
}

/* The end of the file: right only between records, or where a line break may be missing. */
static void check_end(struct csv_reader *reader)
{
    bool quoted = csv_fini(&reader->parser, take_field, end_record, reader) != 0;
    if (reader->failed ||
        (reader->unended && !quoted && reader->columns > 0 && reader->count == reader->columns)) {
        return;
    }
    if (quoted) {
        fail(reader,
             "the file ends inside the quotes of the record on line %" PRIu64 ": it was cut",
             reader->record_line);
    } else if (reader->columns > 0 && reader->count < reader->columns) {
        fail(reader,
             "the file ends in the middle of line %" PRIu64 ", after %zu of %zu fields: it was cut",
             reader->record_line, reader->count, reader->columns);
    } else {
        fail(reader,
             "the file ends on line %" PRIu64
             " without a line break: it may have been cut; end that line if it is whole",
             reader->record_line);
    }
}

/* Nothing but spaces: such a line lies between records and is none. */
static bool is_blank(const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (at[i] != ' ' && at[i] != '\t' && at[i] != '\r' && at[i] != '\n') {
            return false;
        }
    }
    return true;
}

/* Gives the parser the rest of the line, or of the buffer. */
static void feed_line(struct csv_reader *reader)
{
    const char *at = reader->buffer + reader->begin;
    size_t left = reader->end - reader->begin;
    const char *lf = memchr(at, '\n', left);
    const char *cr = memchr(at, '\r', lf ? (size_t)(lf - at) : left);
    const char *stop = cr ? cr : lf;
    size_t len = stop ? (size_t)(stop - at) + 1 : left;
    bool second_half = reader->after_cr && at[0] == '\n'; /* of a CR LF: no line of its own */

    reader->begin += len;
    reader->after_cr = cr != NULL;
    if (!reader->in_record && stop && is_blank(at, len)) {
        reader->line += second_half ? 0 : 1;
        return;
    }
    if (!reader->in_record) {
        reader->in_record = true;
        reader->record_line = reader->line;
    }
    if (csv_parse(&reader->parser, at, len, take_field, end_record, reader) != len) {
        if (csv_error(&reader->parser) == CSV_EPARSE) {
            fail(reader, "line %" PRIu64 ": a quote stands where none may", reader->line);
        } else {
            fail(reader, "line %" PRIu64 ": %s", reader->line,
                 csv_strerror(csv_error(&reader->parser)));
        }
    }
    /* A field that never ends must not grow until the file does. */
    if (reader->parser.entry_pos > CSV_READER_FIELD_MAX) {
        fail(reader, "line %" PRIu64 ": a field has more than %d bytes; is a quote not closed?",
             reader->record_line, CSV_READER_FIELD_MAX);
    }
    reader->line += stop && !second_half ? 1 : 0;
}

/* Reads up to the end of the next record; false at the end of the file and after a failure. */
static bool read_record(struct csv_reader *reader)
{
    reader->text_len = 0;
    reader->count = 0;
    reader->record_done = false;
    while (!reader->failed && !reader->record_done) {
        if (reader->begin == reader->end) {
            refill(reader);
        }
        if (!reader->failed && reader->end == 0) {
            bool unended = reader->in_record;
            if (unended) {
                check_end(reader);
                reader->in_record = false;
            }
            return unended && !reader->failed;
        }
        if (!reader->failed) {
            feed_line(reader);
        }
    }
    reader->in_record = false;
    return !reader->failed;
}

/* The fields as spans, now that their bytes no longer move. */
static void set_spans(const struct csv_reader *reader, const char *text, struct span *spans)
{
    for (size_t i = 0; i < reader->count; i++) {
        size_t len = reader->starts[i + 1] - reader->starts[i];
        spans[i] = (struct span){len > 0 ? text + reader->starts[i] : "", len};
    }
}

static void read_header(struct csv_reader *reader)
{
    static const char utf8_mark[] = "\xEF\xBB\xBF";
    refill(reader);
    size_t len = reader->end;
    if (len >= 3 && memcmp(reader->buffer, utf8_mark, 3) == 0) {
        reader->begin = 3;
    } else if (len >= 2 && (memcmp(reader->buffer, "\xFF\xFE", 2) == 0 ||
                            memcmp(reader->buffer, "\xFE\xFF", 2) == 0)) {
        fail(reader, "is UTF-16 text; save it as UTF-8");
    }
    if (!reader->failed && !read_record(reader)) {
        fail(reader, "is empty: a header line is needed");
    }
    if (!reader->failed) {
        reader->header = reader->text;
        reader->text = NULL;
        reader->text_size = 0;
        reader->columns = reader->count;
        set_spans(reader, reader->header, reader->names);
    }
}

struct csv_reader *csv_reader_open(const char *path, char *error)
{
    struct stat status;
    struct csv_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        (void)snprintf(error, CSV_READER_ERROR_SIZE, "out of memory");
        return NULL;
    }
    reader->line = 1;
    if (csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        fail(reader, "the CSV parser does not start");
        goto failed;
    }
    reader->hash = EVP_MD_CTX_new();
    if (!reader->hash || EVP_DigestInit_ex(reader->hash, EVP_sha256(), NULL) != 1) {
        fail(reader, "its digest cannot be computed");
        goto failed;
    }
    reader->file = fopen(path, "re");
    if (!reader->file || fstat(fileno(reader->file), &status) != 0) {
        fail(reader, "cannot be opened: %s", strerror(errno));
        goto failed;
    }
    if (S_ISREG(status.st_mode)) {
        reader->size = (uint64_t)status.st_size;
    }
    read_header(reader);
    if (reader->failed) {
        goto failed;
    }
    return reader;

failed:
    (void)snprintf(error, CSV_READER_ERROR_SIZE, "%s", reader->error);
    csv_reader_close(reader);
    return NULL;
}

void csv_reader_end_may_be_missing(struct csv_reader *reader)
{
    reader->unended = true;
}

void csv_reader_close(struct csv_reader *reader)
{
    if (reader) {
        if (reader->file) {
            (void)fclose(reader->file);
        }
        csv_free(&reader->parser);
        EVP_MD_CTX_free(reader->hash);
        free(reader->text);
        free(reader->header);
        free(reader);
    }
}

size_t csv_reader_columns(const struct csv_reader *reader)
{
    return reader->columns;
}

struct span csv_reader_name(const struct csv_reader *reader, size_t column)
{
    return reader->names[column];
}

enum csv_reader_result csv_reader_next(struct csv_reader *reader, const struct span **fields)
{
    bool found = false;
    do {
        found = read_record(reader);
    } while (found && reader->text_len == 0); /* spreadsheets write their empty rows as commas */
    if (found && reader->count != reader->columns) {
        fail(reader,
             "line %" PRIu64 " has %zu fields and the header %zu: the file is damaged or was cut",
             reader->record_line, reader->count, reader->columns);
    }
    if (!found && !reader->failed && EVP_DigestFinal_ex(reader->hash, reader->digest, NULL) != 1) {
        fail(reader, "its digest cannot be computed");
    }
    if (reader->failed) {
        return CSV_READER_ERROR;
    }
    if (!found) {
        return CSV_READER_END;
    }
    set_spans(reader, reader->text, reader->fields);
    *fields = reader->fields;
    return CSV_READER_ROW;
}

uint64_t csv_reader_line(const struct csv_reader *reader)
{
    return reader->record_line;
}

const char *csv_reader_error(const struct csv_reader *reader)
{
    return reader->error;
}

uint64_t csv_reader_done(const struct csv_reader *reader)
{
    return reader->done;
}

uint64_t csv_reader_size(const struct csv_reader *reader)
{
    return reader->size;
}

const unsigned char *csv_reader_digest(const struct csv_reader *reader)
{
    return reader->digest;
}
