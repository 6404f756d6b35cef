/*
 * Sheets to rows. The hard part is that a sheet says little by its shape: rows and cells may be
 * left out, a cell's text may stand in it or elsewhere, a date is a number in a certain style. Each
 * row is gathered cell by cell where its place says, and handed over when it ends; the parser waits
 * meanwhile.
 */
#include <ingest/xlsx_reader.h>

#include <ingest/rpw_map.h>
#include <ingest/xlsx_cell.h>
#include <ingest/xlsx_styles.h>
#include <ingest/xlsx_text.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SHEETS_MAX = 4, /* that may be wanted */
    PLACE_SIZE = 256
};

/* What a cell holds, by its t="…". */
enum cell_type {
    CELL_NUMBER,
    CELL_SHARED,
    CELL_TEXT, /* inline strings, results of formulas, errors, ISO dates: as they stand */
    CELL_TRUTH
};

struct xlsx_reader {
    struct xlsx_zip *zip;
    struct xlsx_book book;
    struct xlsx_styles styles;
    struct xlsx_strings *strings;
    uint64_t size;

    const struct xlsx_sheet_entry *sheets[SHEETS_MAX]; /* those wanted */
    size_t sheet_count;
    size_t sheet; /* the one read, or to be read next */
    struct xlsx_part *part;

    size_t columns; /* 0 until the header is read */
    struct span names[XLSX_READER_COLUMNS_MAX];
    char *header; /* the names' bytes */

    uint64_t row; /* its number; 0 before the first */
    bool row_has_text;
    bool row_done;
    struct span cells[XLSX_READER_COLUMNS_MAX];
    size_t row_len; /* used of row_text, where what is not shared lies */
    char row_text[XLSX_READER_ROW_MAX];

    size_t column; /* of the cell being read */
    size_t next_column;
    enum cell_type type;
    bool styled_date;
    bool in_cell;
    bool in_inline;
    struct xlsx_text text; /* the cell's */
};

/* " of sheet 'NAME', row N" goes before every complaint about what is in one. */
static void fail(struct xlsx_reader *r, const char *format, ...) PRINTF_LIKE(2, 3);
static void fail(struct xlsx_reader *r, const char *format, ...)
{
    char reason[PLACE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    (void)xlsx_zip_fail(r->zip, "sheet '%s', row %llu: %s", r->sheets[r->sheet]->name,
                        (unsigned long long)r->row, reason);
    xlsx_part_stop(r->part);
}

/* ---- One row ---- */

static void row_start(struct xlsx_reader *r, const char **attributes)
{
    const char *number = xlsx_attribute(attributes, "r");
    uint64_t row = r->row + 1;
    if (number && (!xlsx_count(number, XLSX_ROWS, &row) || row <= r->row)) {
        fail(r, "the next row is numbered '%.20s'", number);
        return;
    }
    if (row > XLSX_ROWS) {
        fail(r, "a sheet has at most %d rows", XLSX_ROWS);
        return;
    }
    r->row = row;
    r->row_len = 0;
    r->row_has_text = false;
    r->next_column = 0;
    size_t used = r->columns > 0 ? r->columns : XLSX_READER_COLUMNS_MAX;
    for (size_t i = 0; i < used; i++) {
        r->cells[i] = (struct span){"", 0};
    }
}

static enum cell_type type_of(const char *name)
{
    if (strcmp(name, "s") == 0) {
        return CELL_SHARED;
    }
    if (strcmp(name, "n") == 0) {
        return CELL_NUMBER;
    }
    return strcmp(name, "b") == 0 ? CELL_TRUTH : CELL_TEXT;
}

static void cell_start(struct xlsx_reader *r, const char **attributes)
{
    uint64_t style = 0;
    r->column = r->next_column;
    r->type = CELL_NUMBER;
    r->in_cell = true;
    xlsx_text_clear(&r->text);
    /* Millions of cells have these three: looked at in one pass. */
    for (; attributes[0]; attributes += 2) {
        bool single = attributes[0][0] != '\0' && attributes[0][1] == '\0';
        if (single && attributes[0][0] == 'r' && !xlsx_column(attributes[1], &r->column)) {
            fail(r, "a cell stands at '%.20s'", attributes[1]);
            return;
        }
        if (single && attributes[0][0] == 't') {
            r->type = type_of(attributes[1]);
        }
        if (single && attributes[0][0] == 's' &&
            !xlsx_count(attributes[1], XLSX_STYLES_MAX, &style)) {
            fail(r, "a cell has the style '%.20s'", attributes[1]);
            return;
        }
    }
    if (r->column < r->next_column) {
        fail(r, "its cells are out of order");
        return;
    }
    r->styled_date = style < r->styles.count && r->styles.dates[style];
    r->next_column = r->column + 1;
}

/* Copies into the row; the text being read is the next cell's too. */
static void put(struct xlsx_reader *r, struct span text)
{
    if (r->row_len + text.len > sizeof r->row_text) {
        fail(r, "its text is longer than %d bytes", XLSX_READER_ROW_MAX);
        return;
    }
    memcpy(r->row_text + r->row_len, text.at, text.len);
    r->cells[r->column] = (struct span){r->row_text + r->row_len, text.len};
    r->row_len += text.len;
}

static void put_number(struct xlsx_reader *r, struct span text)
{
    char buffer[XLSX_NUMBER_SIZE];
    if (r->styled_date && xlsx_date(text, r->book.from_1904, buffer)) {
        put(r, span_of(buffer));
    } else {
        size_t len = xlsx_number(text, buffer);
        put(r, (struct span){buffer, len});
    }
}

static void put_shared(struct xlsx_reader *r, struct span text)
{
    size_t count = xlsx_strings_count(r->strings);
    size_t index = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < text.len; i++) {
        ok = text.at[i] >= '0' && text.at[i] <= '9';
        index = index * 10 + (size_t)(text.at[i] - '0');
        ok = ok && index < count;
    }
    if (!ok) {
        fail(r, "a cell has the shared text '%.*s', and there are %zu",
             (int)(text.len < 23 ? text.len : 23), text.at, count);
        return;
    }
    r->cells[r->column] = xlsx_strings_at(r->strings, index);
}

static void cell_end(struct xlsx_reader *r)
{
    size_t width = r->columns > 0 ? r->columns : XLSX_READER_COLUMNS_MAX;
    r->in_cell = false;
    if (r->column >= width || r->text.len == 0) {
        return;
    }
    if (r->text.full) {
        fail(r, "a cell's text is longer than %d bytes", XLSX_TEXT_MAX);
        return;
    }
    struct span text = {r->text.bytes, r->text.len};
    switch (r->type) {
    case CELL_SHARED:
        put_shared(r, text);
        break;
    case CELL_NUMBER:
        put_number(r, text);
        break;
    case CELL_TRUTH:
        put(r, span_of(text.at[0] == '1' ? "TRUE" : "FALSE"));
        break;
    case CELL_TEXT:
        put(r, xlsx_text_take(&r->text));
        break;
    }
    r->row_has_text = r->row_has_text || r->cells[r->column].len > 0;
}

/* ---- XML ---- */

static void start(void *arg, const char *name, const char **attributes)
{
    struct xlsx_reader *r = arg;
    if (r->in_inline) {
        xlsx_text_start(&r->text, name);
    } else if (r->in_cell) {
        r->text.taking = strcmp(name, "v") == 0;
        r->in_inline = strcmp(name, "is") == 0;
    } else if (strcmp(name, "c") == 0) {
        cell_start(r, attributes);
    } else if (strcmp(name, "row") == 0) {
        row_start(r, attributes);
    }
}

static void end(void *arg, const char *name)
{
    struct xlsx_reader *r = arg;
    if (r->in_inline) {
        r->in_inline = strcmp(name, "is") != 0;
        xlsx_text_end(&r->text, name);
    } else if (r->in_cell) {
        r->text.taking = false;
        if (strcmp(name, "c") == 0) {
            cell_end(r);
        }
    } else if (strcmp(name, "row") == 0 && r->row_has_text) {
        r->row_done = true;
        xlsx_part_pause(r->part);
    }
}

static void text(void *arg, struct span piece)
{
    struct xlsx_reader *r = arg;
    xlsx_text_add(&r->text, piece);
}

/* ---- Sheets ---- */

/* The next row that has text; false at the sheet's end and after a failure. */
static bool read_row(struct xlsx_reader *r, bool *failed)
{
    r->row_done = false;
    enum xlsx_part_result result = xlsx_part_run(r->part);
    *failed = result == XLSX_PART_ERROR;
    return result == XLSX_PART_PAUSED && r->row_done;
}

static struct span trim(struct span text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len > 0 && strchr(" \t\r\n", text.at[text.len - 1])) {
        text.len--;
    }
    return text;
}

/* The first row with text: its cells are the names, kept as long as the sheet is read. */
static bool read_header(struct xlsx_reader *r)
{
    bool failed = false;
    size_t len = 0;
    r->columns = 0;
    if (!read_row(r, &failed)) {
        return failed ? false
                      : xlsx_zip_fail(r->zip, "sheet '%s' is empty: a row of names is needed",
                                      r->sheets[r->sheet]->name);
    }
    for (size_t i = 0; i < XLSX_READER_COLUMNS_MAX; i++) {
        r->columns = r->cells[i].len > 0 ? i + 1 : r->columns;
        len += r->cells[i].len;
    }
    free(r->header);
    r->header = malloc(len);
    if (!r->header) {
        return xlsx_zip_fail(r->zip, "out of memory");
    }
    len = 0;
    for (size_t i = 0; i < r->columns; i++) {
        struct span name = r->cells[i];
        memcpy(r->header + len, name.at, name.len);
        r->names[i] = trim((struct span){r->header + len, name.len});
        len += name.len;
    }
    return true;
}

static bool begin_sheet(struct xlsx_reader *r)
{
    static const struct xlsx_handler handler = {start, end, text};
    r->row = 0;
    r->in_cell = false;
    r->in_inline = false;
    r->part = xlsx_part_open(r->zip, r->sheets[r->sheet]->member, &handler, r);
    return r->part && read_header(r);
}

static void end_sheet(struct xlsx_reader *r)
{
    xlsx_part_close(r->part);
    r->part = NULL;
}

enum xlsx_reader_result xlsx_reader_next(struct xlsx_reader *reader, const struct span **cells)
{
    bool failed = false;
    *cells = reader->cells;
    if (reader->part && read_row(reader, &failed)) {
        return XLSX_READER_ROW;
    }
    if (reader->part) {
        end_sheet(reader);
        reader->sheet++;
    }
    if (failed || xlsx_zip_error(reader->zip)[0] != '\0') {
        return XLSX_READER_ERROR;
    }
    if (reader->sheet == reader->sheet_count) {
        return XLSX_READER_END;
    }
    return begin_sheet(reader) ? XLSX_READER_SHEET : XLSX_READER_ERROR;
}

/* ---- Opening ---- */

static bool same_name(const char *a, const char *b)
{
    char folded[2][XLSX_SHEET_NAME_SIZE];
    (void)rpw_fold(span_of(a), folded[0], sizeof folded[0]);
    (void)rpw_fold(span_of(b), folded[1], sizeof folded[1]);
    return strcmp(folded[0], folded[1]) == 0;
}

static bool find_sheet(struct xlsx_reader *r, const char *wanted)
{
    char there[XLSX_ERROR_SIZE] = "";
    uint64_t size = 0;
    for (size_t i = 0; i < r->book.count; i++) {
        const struct xlsx_sheet_entry *sheet = &r->book.sheets[i];
        if (same_name(sheet->name, wanted)) {
            if (!xlsx_zip_has(r->zip, sheet->member, &size)) {
                return xlsx_zip_fail(r->zip,
                                     "sheet '%s' is in the list, and its cells are not in"
                                     " the file",
                                     sheet->name);
            }
            r->sheets[r->sheet_count++] = sheet;
            r->size += size;
            return true;
        }
        size_t len = strlen(there);
        (void)snprintf(there + len, sizeof there - len, "%s'%s'", len > 0 ? ", " : "", sheet->name);
    }
    return xlsx_zip_fail(r->zip, "has no sheet '%s'; it has %.300s", wanted,
                         there[0] ? there : "none");
}

struct xlsx_reader *xlsx_reader_open(const char *path, const char *const *sheets, size_t count,
                                     char *error)
{
    uint64_t size = 0;
    struct xlsx_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        (void)snprintf(error, XLSX_ERROR_SIZE, "out of memory");
        return NULL;
    }
    reader->zip = xlsx_zip_open(path, error);
    if (!reader->zip) {
        free(reader);
        return NULL;
    }
    bool ok = xlsx_book_read(&reader->book, reader->zip);
    for (size_t i = 0; ok && i < count && i < SHEETS_MAX; i++) {
        ok = find_sheet(reader, sheets[i]);
    }
    if (ok) {
        (void)xlsx_zip_has(reader->zip, reader->book.strings, &size);
        reader->size += size;
        ok = xlsx_styles_read(&reader->styles, reader->zip, reader->book.styles);
    }
    reader->strings = ok ? xlsx_strings_read(reader->zip, reader->book.strings) : NULL;
    if (!reader->strings) {
        (void)snprintf(error, XLSX_ERROR_SIZE, "%s", xlsx_zip_error(reader->zip));
        xlsx_reader_close(reader);
        return NULL;
    }
    return reader;
}

void xlsx_reader_close(struct xlsx_reader *reader)
{
    if (reader) {
        xlsx_part_close(reader->part);
        xlsx_strings_free(reader->strings);
        xlsx_zip_close(reader->zip);
        free(reader->header);
        free(reader);
    }
}

size_t xlsx_reader_sheet(const struct xlsx_reader *reader)
{
    return reader->sheet;
}

size_t xlsx_reader_columns(const struct xlsx_reader *reader)
{
    return reader->columns;
}

struct span xlsx_reader_name(const struct xlsx_reader *reader, size_t column)
{
    return reader->names[column];
}

uint64_t xlsx_reader_row(const struct xlsx_reader *reader)
{
    return reader->row;
}

const char *xlsx_reader_error(const struct xlsx_reader *reader)
{
    return xlsx_zip_error(reader->zip);
}

uint64_t xlsx_reader_done(const struct xlsx_reader *reader)
{
    return xlsx_zip_done(reader->zip);
}

uint64_t xlsx_reader_size(const struct xlsx_reader *reader)
{
    return reader->size;
}

const unsigned char *xlsx_reader_digest(const struct xlsx_reader *reader)
{
    return xlsx_zip_digest(reader->zip);
}
