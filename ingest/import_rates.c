/*
 * corridor import rates. The ECB's history has a row a day and a column a currency, with N/A where
 * a currency was not quoted, or no longer, or has joined the euro; each other cell is one rate. As
 * with surveys the whole file is gathered first, then what is new or changed is stored at once.
 */
#include <ingest/import_rates.h>

#include <ingest/cell.h>
#include <ingest/csv_reader.h>
#include <ingest/import_session.h>
#include <ingest/progress.h>
#include <ingest/rpw_map.h>

#include <corridor/codes.h>
#include <corridor/money.h>

#include <stdio.h>
#include <stdlib.h>

#define NAME "import rates"

const char import_rates_details[] =
    "Takes the European Central Bank's euro reference rates in its own layout: a column Date and "
    "one\n"
    "for each currency, N/A where there is no rate. Rates that the record has are left, corrected\n"
    "ones become new versions. A file that was cut or damaged changes nothing. A cell that is no\n"
    "rate, or a day that is no date, is refused and named by line; a column that is no currency's "
    "is\n"
    "named and passed over.\n"
    "\n"
    "  --json   the summary as one JSON object\n";

static const char no_date[] = "a day that is no date";
static const char no_rate[] = "a rate that is no number above zero";
static const char twice[] = "a day that an earlier line has";

static const char create_sql[] =
    "CREATE TEMPORARY TABLE incoming (place bigint GENERATED ALWAYS AS IDENTITY, line bigint,"
    " day date, currency text, rate numeric)";

static const char twice_sql[] =
    "WITH gone AS ("
    " DELETE FROM incoming i USING ("
    "  SELECT currency, day, min(place) AS first FROM incoming"
    "  GROUP BY currency, day HAVING count(*) > 1) r "
    " WHERE r.currency = i.currency AND r.day = i.day AND i.place > r.first RETURNING i.line) "
    "SELECT line FROM gone ORDER BY line";

static const char fresh_sql[] =
    "CREATE TEMPORARY TABLE fresh AS "
    "SELECT i.day, i.currency, i.rate, before.rate IS NOT NULL AS corrects "
    "FROM incoming i LEFT JOIN ("
    "  SELECT DISTINCT ON (currency, day) currency, day, rate FROM corridor.reference_rate"
    "  WHERE base = 'EUR' AND source = 'ECB' ORDER BY currency, day, recorded_at DESC) before"
    " ON before.currency = i.currency AND before.day = i.day "
    "WHERE before.rate IS DISTINCT FROM i.rate";

static const char store_sql[] =
    "INSERT INTO corridor.reference_rate (base, currency, day, source, rate, submission) "
    "SELECT 'EUR', currency, day, 'ECB', rate, $1::bigint FROM fresh ORDER BY currency, day";

struct import {
    struct csv_reader *reader;
    struct db_session *session;
    size_t date;                                               /* its column */
    const struct currency *currencies[CSV_READER_COLUMNS_MAX]; /* NULL: passed over */
    struct import_summary summary;
    uint64_t days;
};

/* Finds the date and the currencies; false when there is no date or a currency twice. */
static bool find_columns(struct import *import, char *error, size_t size)
{
    size_t columns = csv_reader_columns(import->reader);
    import->date = columns;
    for (size_t i = 0; i < columns; i++) {
        struct span name = csv_reader_name(import->reader, i);
        char folded[8];
        (void)rpw_fold(name, folded, sizeof folded);
        if (strcmp(folded, "date") == 0) {
            import->date = i;
            continue;
        }
        import->currencies[i] = currency_find(name);
        for (size_t before = 0; import->currencies[i] && before < i; before++) {
            if (import->currencies[before] == import->currencies[i]) {
                (void)snprintf(error, size, "twice the column '%s'", import->currencies[i]->code);
                return false;
            }
        }
        /* The ECB ends its lines with a comma. */
        if (!import->currencies[i] && name.len > 0) {
            import_summary_unknown(&import->summary, span_of("column"), name);
        }
    }
    if (import->date == columns) {
        (void)snprintf(error, size, "no column 'Date'");
        return false;
    }
    return true;
}

/* The rates of one day; false when the database fails. */
static bool take_day(struct import *import, const struct span *cells)
{
    uint64_t line = csv_reader_line(import->reader);
    char line_text[IMPORT_NUMBER_SIZE];
    char date[CELL_DATE_SIZE];
    if (!cell_date(cells[import->date], date)) {
        import->summary.read++;
        import_summary_refuse(&import->summary, no_date, line);
        return true;
    }
    import->days++;
    (void)snprintf(line_text, sizeof line_text, "%llu", (unsigned long long)line);
    for (size_t i = 0; i < csv_reader_columns(import->reader); i++) {
        struct rate rate;
        char text[RATE_TEXT_MAX];
        if (!import->currencies[i] || rpw_blank(cells[i])) {
            continue;
        }
        import->summary.read++;
        if (!rate_parse(&rate, cells[i]) || rate.units == 0) {
            import_summary_refuse(&import->summary, no_rate, line);
            continue;
        }
        (void)rate_print(text, sizeof text, rate);
        const struct span values[] = {span_of(line_text), span_of(date),
                                      span_of(import->currencies[i]->code), span_of(text)};
        if (!db_session_copy_row(import->session, values)) {
            return false;
        }
    }
    return true;
}

static bool gather(struct import *import, enum csv_reader_result *result)
{
    static const char *const columns[] = {"line", "day", "currency", "rate"};
    struct progress progress;
    const struct span *cells = NULL;
    bool ok = db_session_script(import->session, create_sql) &&
              db_session_copy_begin(import->session, "incoming", columns, COUNT_OF(columns));
    *result = CSV_READER_ROW;
    progress_start(&progress, "days", csv_reader_size(import->reader));
    while (ok && (*result = csv_reader_next(import->reader, &cells)) == CSV_READER_ROW) {
        ok = take_day(import, cells);
        progress_update(&progress, import->days, csv_reader_done(import->reader));
    }
    progress_end(&progress);
    return ok;
}

static bool compare(struct import *import)
{
    struct db_session *session = import->session;
    struct import_summary *summary = &import->summary;
    uint64_t kept = 0;
    uint64_t currencies = 0;
    if (!db_session_copy_end(session, NULL) ||
        !import_refuse_lines(session, twice_sql, twice, summary) ||
        !db_session_script(session, "ANALYZE incoming") || !db_session_script(session, fresh_sql) ||
        !import_count(session, "SELECT count(*) FROM incoming", &kept) ||
        !import_count(session, "SELECT count(DISTINCT currency) FROM incoming", &currencies) ||
        !import_count(session, "SELECT count(*) FROM fresh WHERE NOT corrects", &summary->added) ||
        !import_count(session, "SELECT count(*) FROM fresh WHERE corrects", &summary->corrected)) {
        return false;
    }
    summary->unchanged = kept - summary->added - summary->corrected;
    import_summary_fact(summary, "days", import->days);
    import_summary_fact(summary, "currencies", currencies);
    return true;
}

/* Every comparison stands on reference rates, so every corridor has changed. */
static bool store(struct import *import)
{
    struct db_session *session = import->session;
    char submission[IMPORT_NUMBER_SIZE];
    const char *const params[] = {submission};
    if (import->summary.added + import->summary.corrected == 0) {
        return true;
    }
    if (db_session_begin(session) && import_submission_number(session, submission) &&
        import_submission(session, submission, "rates", &import->summary,
                          csv_reader_digest(import->reader)) &&
        db_session_exec(session, store_sql, params, 1) &&
        db_session_script(session, "INSERT INTO corridor.change_log (corridor) VALUES ('*');"
                                   "NOTIFY corridor_changes") &&
        db_session_commit(session)) {
        return true;
    }
    db_session_rollback(session);
    return false;
}

static enum command_exit import_file(struct import *import, const char *path)
{
    char error[CSV_READER_ERROR_SIZE];
    enum csv_reader_result result = CSV_READER_ROW;
    if (!codes_open()) {
        return command_failed(NAME, "the tables of countries and currencies cannot be built");
    }
    import->reader = csv_reader_open(path, error);
    if (!import->reader) {
        return command_failed(NAME, "%s: %s", path, error);
    }
    if (!find_columns(import, error, sizeof error)) {
        return command_failed(NAME, "%s, line 1: %s; nothing was changed", path, error);
    }
    import->session = import_session_open(NAME, "rates");
    if (!import->session) {
        return COMMAND_FAILED;
    }
    bool ok = gather(import, &result);
    if (result == CSV_READER_ERROR) {
        return command_failed(NAME, "%s: %s; nothing was changed", path,
                              csv_reader_error(import->reader));
    }
    if (!ok || !compare(import) || !store(import)) {
        return command_failed(NAME, "%s; nothing was changed", db_session_error(import->session));
    }
    return COMMAND_OK;
}

enum command_exit import_rates_command(int argc, char **argv)
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
    import_summary_start(&import->summary, path, "rates");
    enum command_exit result = import_file(import, path);
    if (result == COMMAND_OK && !import_summary_print(&import->summary, json)) {
        result = command_failed(NAME, "the summary cannot be written; the file was imported");
    }
    db_session_close(import->session);
    csv_reader_close(import->reader);
    free(import);
    return result;
}
