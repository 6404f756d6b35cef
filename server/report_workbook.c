/*
 * A report as a workbook, by libxlsxwriter. The hard part is that a workbook is a zip whose
 * beginning can only be written when its end is known, and that making one takes seconds: so a
 * thread of its own makes it, with a connection of its own, into a file without a name, and the
 * worker sends that. The library's constant-memory mode keeps each sheet in a file meanwhile; rows,
 * workbooks at once and waits are bounded, and with them the disk.
 *
 * Numbers are cells of numbers in a format with the decimals published, so that they are shown and
 * saved as they stand in the CSV.
 */
#include "server/api.h"
#include "server/report.h"
#include "server/worker.h"

#include <corridor/db_session.h>
#include <corridor/log.h>

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define AT_ONCE      2U       /* in the whole program */
#define WAIT_MS      60000    /* for the next row */
#define ROWS_MAX     1048575U /* a sheet's, without its header */
#define CELL_MAX     4096
#define DECIMALS_MAX 18U
#define READ_PIECE   ((size_t)64 << 10)

struct workbook {
    struct http_request *req;
    struct http_worker *worker;
    const char *conninfo;
    struct report_ask ask;
    struct report_standing standing;
    struct report_head head;
    char digest[REPORT_DIGEST_MAX];
    int file; /* -1: not made, and why below */
    int status;
    const char *why;

    /* While it is made. */
    lxw_worksheet *sheet;
    lxw_format *bold;
    lxw_format *date;
    lxw_format *decimals[DECIMALS_MAX + 1];
    lxw_row_t row;
};

/* Those being made. Guarded by the lock, for the wait at the end. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t over = PTHREAD_COND_INITIALIZER;
static unsigned making;
static atomic_bool stopping;

static void workbook_free(struct workbook *book)
{
    if (book->file >= 0)
        (void)close(book->file);
    free(book);
}

/* ---- Cells ---- */

/* One value of COPY's text format, its escapes undone. False for null. */
static bool unescape(char cell[CELL_MAX], struct span value)
{
    size_t len = 0;
    if (span_is(value, "\\N"))
        return false;
    for (size_t i = 0; i < value.len && len < CELL_MAX - 1; i++) {
        char c = value.at[i];
        if (c == '\\' && i + 1 < value.len) {
            c = value.at[++i];
            c = c == 't'   ? '\t'
                : c == 'n' ? '\n'
                : c == 'r' ? '\r'
                : c == 'b' ? '\b'
                : c == 'f' ? '\f'
                : c == 'v' ? '\v'
                           : c;
        }
        cell[len++] = c;
    }
    cell[utf8_cut((struct span){cell, len}, len).len] = '\0';
    return true;
}

/* A workbook counts days from the end of 1899. */
#define DAYS_TO_1970 25569

static lxw_error write_date(struct workbook *book, lxw_col_t column, const char *text)
{
    int32_t day;
    if (!day_parse(&day, span_of(text)))
        return worksheet_write_string(book->sheet, book->row, column, text, NULL);
    return worksheet_write_number(book->sheet, book->row, column, day + DAYS_TO_1970, book->date);
}

/* A cell of a workbook is a binary fraction, whoever writes it; with 15 digits it shows what stands
 * here. What has more is kept as text. */
static lxw_error write_number(struct workbook *book, lxw_col_t column, const char *text)
{
    const char *point = strchr(text, '.');
    size_t decimals = point == NULL ? 0 : strlen(point + 1);
    size_t digits = 0;
    for (const char *at = text; *at != '\0'; at++)
        digits += *at >= '0' && *at <= '9' && (digits > 0 || *at != '0');
    if (decimals > DECIMALS_MAX || digits > 15)
        return worksheet_write_string(book->sheet, book->row, column, text, NULL);
    return worksheet_write_number(book->sheet, book->row, column, strtod(text, NULL),
                                  book->decimals[decimals]);
}

static lxw_error write_cell(struct workbook *book, size_t column, struct span value)
{
    char cell[CELL_MAX];
    lxw_col_t at = (lxw_col_t)column;
    if (!unescape(cell, value))
        return LXW_NO_ERROR;
    switch (book->ask.report->columns[column].type) {
    case REPORT_DECIMAL:
    case REPORT_INTEGER:
        return write_number(book, at, cell);
    case REPORT_DATE:
        return write_date(book, at, cell);
    case REPORT_CODE:
    case REPORT_LIST:
    case REPORT_TEXT:
    case REPORT_BOOLEAN:
        break;
    }
    return worksheet_write_string(book->sheet, book->row, at, cell, NULL);
}

static bool fail(struct workbook *book, int status, const char *why)
{
    book->status = status;
    book->why = why;
    return false;
}

static bool take_row(struct span row, void *arg)
{
    struct workbook *book = arg;
    const char *at = row.at;
    const char *end = row.at + row.len - 1; /* its line end */
    if (atomic_load(&stopping))
        return fail(book, 503, "The server is stopping.");
    if (book->row == ROWS_MAX)
        return fail(book, 400,
                    "A workbook holds 1,048,575 rows. Ask for fewer quarters, or for CSV.");
    book->row++;
    for (size_t i = 0; i < book->ask.report->column_count; i++) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        struct span value = {at, (size_t)((tab == NULL ? end : tab) - at)};
        if (write_cell(book, i, value) != LXW_NO_ERROR)
            return fail(book, 503, "The workbook cannot be written.");
        at = tab == NULL ? end : tab + 1;
    }
    return true;
}

/* ---- Sheets ---- */

static void write_line(lxw_worksheet *sheet, lxw_row_t row, const char *const *cells, size_t count,
                       lxw_format *format)
{
    for (size_t i = 0; i < count; i++) {
        if (cells[i] != NULL)
            (void)worksheet_write_string(sheet, row, (lxw_col_t)i, cells[i], format);
    }
}

static const char *type_word(enum report_type type)
{
    switch (type) {
    case REPORT_CODE:
        return "code";
    case REPORT_LIST:
        return "codes, divided by " REPORT_SEPARATOR;
    case REPORT_TEXT:
        return "text";
    case REPORT_DECIMAL:
        return "decimal";
    case REPORT_INTEGER:
        return "whole number";
    case REPORT_BOOLEAN:
        return "true or false";
    case REPORT_DATE:
        return "day";
    }
    return "";
}

static void write_dictionary(struct workbook *book, lxw_workbook *workbook)
{
    static const char *const titles[] = {"column", "type", "unit", "meaning"};
    const struct report *report = book->ask.report;
    lxw_worksheet *sheet = workbook_add_worksheet(workbook, "dictionary");
    write_line(sheet, 0, titles, COUNT_OF(titles), book->bold);
    for (size_t i = 0; i < report->column_count; i++) {
        const struct report_column *column = &report->columns[i];
        const char *const cells[] = {column->name, type_word(column->type), column->unit,
                                     column->means};
        write_line(sheet, (lxw_row_t)i + 1, cells, COUNT_OF(cells), NULL);
    }
    (void)worksheet_set_column(sheet, 0, 2, 24, NULL);
    (void)worksheet_set_column(sheet, 3, 3, 100, NULL);
}

static void write_about(struct workbook *book, lxw_workbook *workbook)
{
    const struct report *report = book->ask.report;
    lxw_worksheet *sheet = workbook_add_worksheet(workbook, "about");
    const char *const lines[][2] = {
        {"report", report->title},
        {"what it is", report->means},
        {"from", book->ask.from[0] == '\0' ? "the first quarter" : book->ask.from},
        {"to", book->ask.to[0] == '\0' ? "the last quarter" : book->ask.to},
        {"as of", book->head.as_of},
        {"fingerprint", book->head.fingerprint},
        {"licence", "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"},
        {"sources",
         "World Bank, Remittance Prices Worldwide (CC BY 4.0), and operators' own prices"},
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        (void)worksheet_write_string(sheet, (lxw_row_t)i, 0, lines[i][0], book->bold);
        (void)worksheet_write_string(sheet, (lxw_row_t)i, 1, lines[i][1], NULL);
    }
    (void)worksheet_set_column(sheet, 0, 0, 16, NULL);
    (void)worksheet_set_column(sheet, 1, 1, 100, NULL);
}

static void make_formats(struct workbook *book, lxw_workbook *workbook)
{
    char format[DECIMALS_MAX + 3] = "0";
    book->bold = workbook_add_format(workbook);
    format_set_bold(book->bold);
    book->date = workbook_add_format(workbook);
    format_set_num_format(book->date, "yyyy-mm-dd");
    for (size_t i = 0; i <= DECIMALS_MAX; i++) {
        book->decimals[i] = workbook_add_format(workbook);
        format_set_num_format(book->decimals[i], format);
        (void)snprintf(format + strlen(format), sizeof(format) - strlen(format), "%s",
                       i == 0 ? ".0" : "0");
    }
}

/* ---- Making it ---- */

static bool read_rows(struct workbook *book, struct db_session *session, lxw_workbook *workbook)
{
    struct report_params params;
    struct db_step steps[REPORT_STEPS_MAX];
    size_t copies;
    report_params_set(&params, &book->ask);
    size_t count = report_steps(steps, &copies, &book->ask, REPORT_XLSX, &params);
    for (size_t i = 0; i < REPORT_STEP_ROWS; i++) {
        struct db_result *rows = db_session_query(session, steps[i].statement->sql, steps[i].params,
                                                  steps[i].statement->params);
        bool ok = rows != NULL && (i != REPORT_STEP_STANDING ||
                                   report_standing_read(&book->standing, &book->ask, rows));
        db_result_free(rows);
        if (!ok)
            return false;
    }
    report_head_fill(&book->head, &book->ask, REPORT_XLSX, HTTP_IDENTITY, &book->standing);
    make_formats(book, workbook);
    book->sheet = workbook_add_worksheet(workbook, book->ask.report->name);
    for (size_t i = 0; i < book->ask.report->column_count; i++)
        (void)worksheet_write_string(book->sheet, 0, (lxw_col_t)i,
                                     book->ask.report->columns[i].name, book->bold);
    worksheet_freeze_panes(book->sheet, 1, 0);
    for (size_t i = REPORT_STEP_ROWS; i < count; i++) {
        if (!db_session_copy_out(session, steps[i].statement->sql, take_row, book))
            return false;
    }
    (void)worksheet_autofilter(book->sheet, 0, 0, book->row,
                               (lxw_col_t)(book->ask.report->column_count - 1));
    write_dictionary(book, workbook);
    write_about(book, workbook);
    /* Else the file would tell the time it was made at, and no two be the same. */
    lxw_doc_properties properties = {.created = (time_t)(book->standing.as_of / INSTANT_SECOND)};
    return workbook_set_properties(workbook, &properties) == LXW_NO_ERROR;
}

static bool digest_file(struct workbook *book)
{
    static const unsigned char none[1];
    unsigned char digest[EVP_MAX_MD_SIZE];
    char piece[READ_PIECE];
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    bool ok = hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1;
    off_t at = 0;
    ssize_t got = 1;
    while (ok && got > 0) {
        got = pread(book->file, piece, sizeof(piece), at);
        ok = got >= 0 &&
             EVP_DigestUpdate(hash, got > 0 ? (const void *)piece : none, (size_t)got) == 1;
        at += got;
    }
    ok = ok && EVP_DigestFinal_ex(hash, digest, NULL) == 1;
    EVP_MD_CTX_free(hash);
    if (ok)
        report_digest_print(book->digest, digest);
    return ok;
}

static bool make_file(struct workbook *book, struct db_session *session)
{
    const char *folder = getenv("TMPDIR");
    char path[256];
    char folder_copy[200];
    (void)snprintf(folder_copy, sizeof(folder_copy), "%s", folder == NULL ? "/tmp" : folder);
    (void)snprintf(path, sizeof(path), "%s/corridor-report-XXXXXX", folder_copy);
    int made = mkstemp(path);
    if (made < 0) {
        log_error("a workbook's file cannot be made in %s: %s", folder_copy, strerror(errno));
        return fail(book, 503, "The workbook cannot be written.");
    }
    lxw_workbook_options options = {
        .constant_memory = LXW_TRUE, .tmpdir = folder_copy, .use_zip64 = LXW_TRUE};
    lxw_workbook *workbook = workbook_new_opt(path, &options);
    bool ok = workbook != NULL && read_rows(book, session, workbook);
    /* It writes the file and frees all. What went wrong before leaves a file that nobody sees. */
    lxw_error error = workbook == NULL ? LXW_ERROR_MEMORY_MALLOC_FAILED : workbook_close(workbook);
    if (ok && error != LXW_NO_ERROR)
        log_error("a workbook cannot be written in %s: %s", folder_copy, lxw_strerror(error));
    book->file = ok && error == LXW_NO_ERROR ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    (void)unlink(path);
    (void)close(made);
    return book->file >= 0 && digest_file(book);
}

static bool make(struct workbook *book)
{
    char error[512];
    struct db_session *session =
        db_session_open(&(struct db_session_config){.conninfo = book->conninfo,
                                                    .role = "corridor_server",
                                                    .application_name = "corridord report",
                                                    .timeout_ms = WAIT_MS},
                        error, sizeof(error));
    if (session == NULL) {
        log_warn("a workbook cannot be made: %s", error);
        return false;
    }
    bool ok =
        db_session_exec(session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, 0) &&
        make_file(book, session);
    if (!ok && book->why == NULL)
        log_warn("a workbook cannot be made: %s", db_session_error(session));
    db_session_close(session);
    return ok;
}

/* ---- Sending it ---- */

static enum http_pull pull(struct http_request *req, struct out *out, void *arg)
{
    struct workbook *book = arg;
    (void)req;
    char *to = out_room(out, READ_PIECE);
    ssize_t got = to == NULL ? -1 : read(book->file, to, READ_PIECE);
    if (got < 0)
        return HTTP_PULL_ABORT;
    out->len += (size_t)got;
    return got == 0 ? HTTP_PULL_END : HTTP_PULL_MORE;
}

static void done(struct http_request *req, void *arg)
{
    (void)req;
    workbook_free(arg);
}

static void made(struct http_worker *worker, void *arg)
{
    struct workbook *book = arg;
    const struct http_producer producer = {pull, done, book};
    (void)worker;
    if (book->file >= 0) {
        struct http_head *head = &book->head.head;
        book->head.fields[head->field_count++] =
            (struct http_field){"Content-Digest", book->digest};
        (void)http_reply_stream(book->req, head, &producer);
        return;
    }
    if (book->status == 400)
        (void)http_problem(book->req,
                           &(struct http_problem){.status = 400,
                                                  .code = "too-many-rows",
                                                  .title = "The report is too long for a workbook",
                                                  .detail = book->why});
    else
        (void)api_unavailable(book->req,
                              book->why == NULL ? "The report cannot be read now." : book->why, 20);
    workbook_free(book);
}

static void *run(void *arg)
{
    struct workbook *book = arg;
    if (!make(book) && book->file >= 0) {
        (void)close(book->file);
        book->file = -1;
    }
    /* Before those who wait for the end can go on: the worker is still there. */
    pthread_mutex_lock(&lock);
    if (!http_worker_post(book->worker, made, book))
        workbook_free(book);
    making--;
    pthread_cond_broadcast(&over);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static bool take_turn(void)
{
    pthread_mutex_lock(&lock);
    bool free_turn = making < AT_ONCE && !atomic_load(&stopping);
    making += free_turn;
    pthread_mutex_unlock(&lock);
    return free_turn;
}

static void give_turn_back(void)
{
    pthread_mutex_lock(&lock);
    making--;
    pthread_cond_broadcast(&over);
    pthread_mutex_unlock(&lock);
}

enum http_result report_workbook(struct http_request *req, const struct report_ask *ask)
{
    pthread_t thread;
    pthread_attr_t attributes;
    if (!take_turn())
        return api_unavailable(
            req, "Other workbooks are being made. The same report as CSV needs no turn.", 20);
    struct workbook *book = calloc(1, sizeof(*book));
    if (book == NULL) {
        give_turn_back();
        return api_unavailable(req, "Memory is short.", 5);
    }
    *book = (struct workbook){.req = req,
                              .worker = http_worker_of(req),
                              .conninfo = worker_context(req)->conninfo,
                              .ask = *ask,
                              .file = -1};
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int error = pthread_create(&thread, &attributes, run, book);
    pthread_attr_destroy(&attributes);
    if (error != 0) {
        give_turn_back();
        workbook_free(book);
        return api_unavailable(req, "No thread can be started.", 20);
    }
    return HTTP_LATER;
}

void report_workbooks_stop(void)
{
    atomic_store(&stopping, true);
    pthread_mutex_lock(&lock);
    while (making > 0)
        pthread_cond_wait(&over, &lock);
    pthread_mutex_unlock(&lock);
}
