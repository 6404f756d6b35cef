/*
 * The CSV reader against files written byte by byte: what it reads, on which lines, and what it
 * refuses to take for a whole file.
 */
#include "unit.h"

#include <ingest/csv_reader.h>

#include <openssl/evp.h>
#include <unistd.h>

#define PATH_SIZE 64

static void write_file(char path[PATH_SIZE], const char *bytes, size_t len)
{
    (void)snprintf(path, PATH_SIZE, "/tmp/corridor-csv-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, len), (ssize_t)len);
    assert_int_equal(close(file), 0);
}

/* All records as "line:field|field;", or "!" and the error. */
static void read_all(const char *bytes, size_t len, char *out, size_t size)
{
    char path[PATH_SIZE];
    char error[CSV_READER_ERROR_SIZE];
    const struct span *fields = NULL;
    enum csv_reader_result result = CSV_READER_ERROR;
    size_t at = 0;
    out[0] = '\0';
    write_file(path, bytes, len);
    struct csv_reader *reader = csv_reader_open(path, error);
    if (!reader) {
        (void)snprintf(out, size, "!%s", error);
        assert_int_equal(unlink(path), 0);
        return;
    }
    while ((result = csv_reader_next(reader, &fields)) == CSV_READER_ROW) {
        at += (size_t)snprintf(out + at, size - at,
                               "%llu:", (unsigned long long)csv_reader_line(reader));
        for (size_t i = 0; i < csv_reader_columns(reader); i++) {
            at += (size_t)snprintf(out + at, size - at, "%.*s%s", (int)fields[i].len, fields[i].at,
                                   i + 1 < csv_reader_columns(reader) ? "|" : ";");
        }
    }
    if (result == CSV_READER_ERROR) {
        (void)snprintf(out, size, "!%s", csv_reader_error(reader));
    } else {
        assert_int_equal(csv_reader_done(reader), len);
        assert_int_equal(csv_reader_size(reader), len);
    }
    csv_reader_close(reader);
    assert_int_equal(unlink(path), 0);
}

/* A string with its length, so that it may hold a NUL. */
#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *name;
    const char *bytes;
    size_t len;
    const char *wanted; /* as read_all gives it; of an error the beginning is enough */
} cases[] = {
    {"plain", BYTES("a,b\n1,2\n3,4\n"), "2:1|2;3:3|4;"},
    {"header alone", BYTES("a,b\n"), ""},
    {"carriage returns", BYTES("a,b\r\n1,2\r\n3,4\r\n"), "2:1|2;3:3|4;"},
    {"carriage returns alone", BYTES("a,b\r1,2\r3,4\r"), "2:1|2;3:3|4;"},
    {"byte order mark",
     BYTES("\xEF\xBB\xBF"
           "a,b\n1,2\n"),
     "2:1|2;"},
    {"quotes, commas and doubled quotes", BYTES("a,b\n\"1,5\",\"say \"\"x\"\"\"\n"),
     "2:1,5|say \"x\";"},
    {"a line break inside quotes", BYTES("a,b\n\"x\ny\",2\n3,4\n"), "2:x\ny|2;4:3|4;"},
    {"a carriage return inside quotes", BYTES("a,b\r\n\"x\r\ny\",2\r\n3,4\r\n"),
     "2:x\r\ny|2;4:3|4;"},
    {"blank lines", BYTES("\n \na,b\n\n1,2\n  \t\n\n3,4\n\n"), "5:1|2;8:3|4;"},
    {"records of nothing", BYTES("a,b\n,\n1,2\n,\n"), "3:1|2;"},
    {"spaces round fields", BYTES("a,b\n 1 ,\t2\n\" 3 \",4\n"), "2:1|2;3: 3 |4;"},
    {"UTF-8", BYTES("a,b\nEnv\xC3\xADos,\xE4\xB8\xAD\n"), "2:Env\xC3\xADos|\xE4\xB8\xAD;"},
    {"an empty last column", BYTES("a,\n1,\n"), "2:1|;"},

    {"nothing", BYTES(""), "!is empty"},
    {"only blank lines", BYTES("\n\n  \n"), "!is empty"},
    {"a field too few", BYTES("a,b,c\n1,2,3\n1,2\n1,2,3\n"),
     "!line 3 has 2 fields and the header 3"},
    {"a field too many", BYTES("a,b\n1,2,3\n"), "!line 2 has 3 fields and the header 2"},
    {"cut within the header", BYTES("a,b"), "!the file ends on line 1"},
    {"cut between fields", BYTES("a,b,c\n1,2,3\n1,2"),
     "!the file ends in the middle of line 3, after 2 of 3 fields"},
    {"cut within the last field", BYTES("a,b\n1,2\n1,23"),
     "!the file ends on line 3 without a line break"},
    {"cut within quotes", BYTES("a,b\n1,2\n1,\"x\ny"),
     "!the file ends inside the quotes of the record on line 3"},
    {"cut after the closing quote", BYTES("a,b\n1,\"x\""),
     "!the file ends on line 2 without a line break"},
    {"a quote in a bare field", BYTES("a,b\n1,2\"3\n"), "!line 2: a quote stands where none may"},
    {"text after a closing quote", BYTES("a,b\n1,2\n1,\"2\"3\n"),
     "!line 3: a quote stands where none may"},
    {"Latin-1", BYTES("a,firm\n1,Env\xEDos\n"),
     "!line 2 (column firm) holds bytes that are not UTF-8"},
    {"Latin-1 in the header", BYTES("a,f\xEDrm\n1,2\n"), "!line 1 holds bytes that are not UTF-8"},
    {"Latin-1 after a line break in quotes", BYTES("a,b\n\"x\ny\",\xED\n"),
     "!line 3 (column b) holds"},
    {"NUL", BYTES("a,b\n1,2\0\n"), "!line 2 (column b) holds bytes that are not UTF-8"},
    {"UTF-16",
     BYTES("\xFF\xFE"
           "a\0,\0b\0\n\0"),
     "!is UTF-16"},
};

static void reads_or_refuses(void **state)
{
    (void)state;
    char got[1024];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        read_all(cases[i].bytes, cases[i].len, got, sizeof got);
        bool error = cases[i].wanted[0] == '!';
        bool right = error ? strncmp(got, cases[i].wanted, strlen(cases[i].wanted)) == 0
                           : strcmp(got, cases[i].wanted) == 0;
        if (!right) {
            fail_msg("%s: got '%s', wanted '%s'", cases[i].name, got, cases[i].wanted);
        }
    }
}

/* Of a file without line breaks inside fields, every cut but one at a line's end is seen. */
static void every_cut_is_seen(void **state)
{
    (void)state;
    static const char bytes[] = "id,name\n1,\"one, two\"\n2,three\n";
    char got[1024];
    for (size_t len = 0; len < sizeof bytes - 1; len++) {
        read_all(bytes, len, got, sizeof got);
        bool whole_lines = len > 0 && bytes[len - 1] == '\n';
        if ((got[0] == '!') == whole_lines) {
            fail_msg("cut at %zu: %s", len, got);
        }
    }
}

/* Where the last line break may be missing, all fields must be there. */
static void an_end_may_be_missing(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t rows;
        bool whole;
    } files[] = {
        {"a,b\n1,2\n3,4\n", 2, true}, {"a,b\n1,2\n3,4", 2, true}, {"a,b\n1,2\n3,", 2, true},
        {"a,b\n1,2\n3", 1, false},    {"a,b\n1,\"2", 0, false},   {"a,b\n1,2,3", 0, false},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        char path[PATH_SIZE];
        char error[CSV_READER_ERROR_SIZE];
        const struct span *fields = NULL;
        size_t rows = 0;
        enum csv_reader_result result = CSV_READER_ROW;
        write_file(path, files[i].bytes, strlen(files[i].bytes));
        struct csv_reader *reader = csv_reader_open(path, error);
        assert_non_null(reader);
        csv_reader_end_may_be_missing(reader);
        while ((result = csv_reader_next(reader, &fields)) == CSV_READER_ROW) {
            rows++;
        }
        if (rows != files[i].rows || (result == CSV_READER_END) != files[i].whole) {
            fail_msg("'%s': %zu rows", files[i].bytes, rows);
        }
        csv_reader_close(reader);
        assert_int_equal(unlink(path), 0);
    }
}

static void opening_what_is_not_there(void **state)
{
    (void)state;
    char error[CSV_READER_ERROR_SIZE];
    assert_null(csv_reader_open("/nonexistent/file.csv", error));
    assert_non_null(strstr(error, "cannot be opened"));
    assert_null(csv_reader_open("/tmp", error));
    assert_non_null(strstr(error, "cannot be read"));
}

/* A header "a" and one record made of `count` times a text. */
static void read_long(const char *begin, const char *text, size_t count, const char *end, char *got,
                      size_t size)
{
    size_t room = 16 + strlen(begin) + count * strlen(text) + strlen(end);
    char *bytes = malloc(room);
    assert_non_null(bytes);
    size_t len = (size_t)snprintf(bytes, room, "a\n%s", begin);
    for (size_t i = 0; i < count; i++) {
        len += (size_t)snprintf(bytes + len, room - len, "%s", text);
    }
    len += (size_t)snprintf(bytes + len, room - len, "%s", end);
    read_all(bytes, len, got, size);
    free(bytes);
}

static void everything_is_bounded(void **state)
{
    (void)state;
    static char got[2 * CSV_READER_FIELD_MAX];
    read_long("", "x", CSV_READER_FIELD_MAX, "\n", got, sizeof got);
    assert_int_equal(strlen(got), CSV_READER_FIELD_MAX + strlen("2:;"));
    read_long("", "x", CSV_READER_FIELD_MAX + 1, "\n", got, sizeof got);
    assert_int_equal(strncmp(got, "!line 2", 7), 0);
    /* A quote that never closes swallows lines, but not the whole file. */
    read_long("\"", "line\n", 2000000, "", got, sizeof got);
    assert_non_null(strstr(got, "is a quote not closed?"));
    read_long("", "x,", CSV_READER_COLUMNS_MAX + 5, "x\n", got, sizeof got);
    assert_non_null(strstr(got, "has more than 256 fields"));
}

static void digest_is_of_the_file(void **state)
{
    (void)state;
    static const char bytes[] = "\xEF\xBB\xBF"
                                "a,b\r\n\r\n1,2\r\n";
    char path[PATH_SIZE];
    char error[CSV_READER_ERROR_SIZE];
    const struct span *fields = NULL;
    unsigned char wanted[EVP_MAX_MD_SIZE];
    write_file(path, bytes, sizeof bytes - 1);
    struct csv_reader *reader = csv_reader_open(path, error);
    assert_non_null(reader);
    assert_int_equal(csv_reader_next(reader, &fields), CSV_READER_ROW);
    assert_int_equal(csv_reader_next(reader, &fields), CSV_READER_END);
    assert_int_equal(EVP_Digest(bytes, sizeof bytes - 1, wanted, NULL, EVP_sha256(), NULL), 1);
    assert_memory_equal(csv_reader_digest(reader), wanted, CSV_READER_DIGEST_SIZE);
    csv_reader_close(reader);
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_or_refuses),      cmocka_unit_test(every_cut_is_seen),
        cmocka_unit_test(an_end_may_be_missing), cmocka_unit_test(opening_what_is_not_there),
        cmocka_unit_test(everything_is_bounded), cmocka_unit_test(digest_is_of_the_file),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
