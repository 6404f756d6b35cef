/* Lists for people are aligned by characters, not bytes: names are in any script. */
#include <ingest/listing.h>

#include <ingest/arguments.h>

#include <assert.h>
#include <errno.h>
#include <stdio.h>

enum {
    COLUMNS_MAX = 16
};

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

static void write_padded(struct out *out, const char *text, size_t width)
{
    out_text(out, text);
    for (size_t i = characters(text); i < width; i++) {
        out_char(out, ' ');
    }
}

static void write_object(struct out *out, const struct db_result *rows, size_t row,
                         const char *const *headings)
{
    json_open(out, '{');
    for (size_t column = 0; column < db_result_columns(rows); column++) {
        json_member_text(out, headings[column], db_result_text(rows, row, column));
    }
    json_close(out, '}');
}

static const char *shown(const struct db_result *rows, size_t row, size_t column)
{
    const char *text = db_result_text(rows, row, column);
    return text && *text ? text : "-";
}

static void write_table(struct out *out, const struct db_result *rows, const char *const *headings)
{
    size_t width[COLUMNS_MAX];
    const size_t columns = db_result_columns(rows);
    assert(columns <= COLUMNS_MAX);
    for (size_t column = 0; column < columns; column++) {
        width[column] = characters(headings[column]);
        for (size_t row = 0; row < db_result_rows(rows); row++) {
            const size_t wide = characters(shown(rows, row, column));
            width[column] = wide > width[column] ? wide : width[column];
        }
    }
    for (size_t line = 0; line <= db_result_rows(rows); line++) {
        for (size_t column = 0; column < columns; column++) {
            write_padded(out, line == 0 ? headings[column] : shown(rows, line - 1, column),
                         column + 1 < columns ? width[column] + 2 : 0);
        }
        out_char(out, '\n');
    }
}

void listing_write(struct out *out, const struct db_result *rows, const char *const *headings,
                   bool json)
{
    if (!json) {
        write_table(out, rows, headings);
        return;
    }
    json_open(out, '[');
    for (size_t row = 0; row < db_result_rows(rows); row++) {
        write_object(out, rows, row, headings);
    }
    json_close(out, ']');
}

void listing_write_one(struct out *out, const struct db_result *rows, const char *const *headings,
                       bool json)
{
    if (json) {
        write_object(out, rows, 0, headings);
        return;
    }
    for (size_t column = 0; column < db_result_columns(rows); column++) {
        const char *text = db_result_text(rows, 0, column);
        if (text) {
            write_padded(out, headings[column], 18);
            out_text(out, text);
            out_char(out, '\n');
        }
    }
}

bool listing_print(const char *command, struct out *out)
{
    const bool whole = !out_failed(out);
    const bool written =
        whole && fwrite(out->at, 1, out->len, stdout) == out->len && fflush(stdout) == 0;
    if (!written) {
        (void)command_failed(command, "cannot write: %s",
                             whole ? strerror(errno) : "out of memory");
    }
    out_free(out);
    return written;
}

enum command_exit listing_finish(const char *command, struct db_result *rows,
                                 const char *const *headings, bool one, bool json)
{
    struct out out;
    if (!rows) {
        return COMMAND_FAILED;
    }
    out_init(&out, OUT_LIMIT_DEFAULT);
    if (one) {
        listing_write_one(&out, rows, headings, json);
    } else {
        listing_write(&out, rows, headings, json);
    }
    if (json) {
        out_char(&out, '\n');
    }
    db_result_free(rows);
    return listing_print(command, &out) ? COMMAND_OK : COMMAND_FAILED;
}

enum command_exit listing_command(const char *command, int argc, char **argv, const char *sql,
                                  const char *const *headings)
{
    bool json = false;
    const struct argument known[] = {{"--json", "", NULL, &json, false, 0}};
    if (!arguments_read(command, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    return listing_finish(command, command_ask(command, sql, NULL, 0), headings, false, json);
}
