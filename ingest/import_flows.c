/*
 * corridor import flows. The matrix names countries in words, in a row and a column each, with sums
 * and rests among them; so the hard part is to take every country, no sum, and to say which names
 * were neither. As with surveys the whole file is gathered first, then what is new or changed is
 * stored at once.
 */
#include <ingest/import_flows.h>

#include <ingest/cell.h>
#include <ingest/country_named.h>
#include <ingest/csv_reader.h>
#include <ingest/import_session.h>
#include <ingest/progress.h>
#include <ingest/rpw_map.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME "import flows"

const char import_flows_details[] =
    "Takes a matrix of remittances between countries as CSV in UTF-8: senders in the first "
    "column,\n"
    "receivers in the first line, millions of US dollars, as the World Bank publishes it. "
    "Countries\n"
    "are known by their English names; sums and rests (WORLD, Total, Other South) are left out, "
    "as\n"
    "are blank cells and N/A, and names that no table knows are listed. Pairs that the record has\n"
    "are left, corrected ones become new versions. A file that was cut or damaged changes "
    "nothing.\n"
    "\n"
    "  --year YEAR   the year the money was sent in; without it, the first year in the file's "
    "name\n"
    "  --json        the summary as one JSON object\n";

static const char no_amount[] = "an amount that is no number from zero on";
static const char same_country[] = "money from a country to itself";
static const char twice[] = "a sender that an earlier line has";

static const char create_sql[] =
    "CREATE TEMPORARY TABLE incoming (corridor text, year smallint, usd_million numeric)";

static const char fresh_sql[] =
    "CREATE TEMPORARY TABLE fresh AS "
    "SELECT i.corridor, i.year, i.usd_million, before.usd_million IS NOT NULL AS corrects "
    "FROM incoming i LEFT JOIN LATERAL ("
    "  SELECT f.usd_million FROM corridor.flow f"
    "  WHERE f.corridor = i.corridor AND f.year = i.year"
    "  ORDER BY f.recorded_at DESC LIMIT 1) before ON true "
    "WHERE before.usd_million IS DISTINCT FROM i.usd_million";

static const char store_sql[] =
    "INSERT INTO corridor.flow (corridor, year, usd_million, submission) "
    "SELECT corridor, year, usd_million, $1::bigint FROM fresh ORDER BY corridor";

enum {
    SENDERS_MAX = 400 /* more than there are countries */
};

struct import {
    struct csv_reader *reader;
    struct db_session *session;
    struct country_names *names;
    char year[8];
    const struct country *receivers[CSV_READER_COLUMNS_MAX]; /* NULL: passed over */
    struct import_summary summary;
    const struct country *senders[SENDERS_MAX];
    size_t sender_count;
};

/* The countries of the first line; false when there is none, or one twice. */
static bool find_receivers(struct import *import, char *error, size_t size)
{
    size_t found = 0;
    for (size_t i = 1; i < csv_reader_columns(import->reader); i++) {
        struct span name = csv_reader_name(import->reader, i);
        import->receivers[i] = country_named(import->names, name);
        if (!import->receivers[i]) {
            if (name.len > 0 && !country_name_is_total(name)) {
                import_summary_unknown(&import->summary, span_of("receiver"), name);
            }
            continue;
        }
        for (size_t before = 1; before < i; before++) {
            if (import->receivers[before] == import->receivers[i]) {
                (void)snprintf(error, size, "twice the column '%.*s'",
                               (int)(name.len < 60 ? name.len : 60), name.at);
                return false;
            }
        }
        found++;
    }
    if (found == 0) {
        (void)snprintf(error, size, "no column is named after a country");
    }
    return found > 0;
}

/* One pair; false when the database fails. */
static bool take_pair(struct import *import, const struct country *from, const struct country *to,
                      struct span cell)
{
    uint64_t line = csv_reader_line(import->reader);
    char corridor[6];
    char amount_text[DECIMAL_TEXT_MAX];
    struct decimal amount;
    struct decimal zero = {0, 0};
    import->summary.read++;
    if (!cell_number(cell, &amount) || decimal_compare(amount, zero) < 0) {
        import_summary_refuse(&import->summary, no_amount, line);
        return true;
    }
    if (from == to) {
        import_summary_refuse(&import->summary, same_country, line);
        return true;
    }
    corridor_print(corridor, from, to);
    (void)decimal_print(amount_text, sizeof amount_text, amount);
    const struct span values[] = {span_of(corridor), span_of(import->year), span_of(amount_text)};
    return db_session_copy_row(import->session, values);
}

/* What one country sends; false when the database fails. */
static bool take_sender(struct import *import, const struct span *cells)
{
    const struct country *from = country_named(import->names, cells[0]);
    bool ok = true;
    if (!from) {
        if (cells[0].len > 0 && !country_name_is_total(cells[0])) {
            import_summary_unknown(&import->summary, span_of("sender"), cells[0]);
        }
        return true;
    }
    for (size_t i = 0; i < import->sender_count; i++) {
        if (import->senders[i] == from) {
            import->summary.read++;
            import_summary_refuse(&import->summary, twice, csv_reader_line(import->reader));
            return true;
        }
    }
    assert(import->sender_count < SENDERS_MAX);
    import->senders[import->sender_count++] = from;
    for (size_t i = 1; ok && i < csv_reader_columns(import->reader); i++) {
        const struct country *to = import->receivers[i];
        /* The diagonal is zero, or blank: nobody remits at home. */
        bool nothing = from == to && span_is(cells[i], "0");
        if (to && !nothing && !rpw_blank(cells[i])) {
            ok = take_pair(import, from, to, cells[i]);
        }
    }
    return ok;
}

static bool gather(struct import *import, enum csv_reader_result *result)
{
    static const char *const columns[] = {"corridor", "year", "usd_million"};
    struct progress progress;
    const struct span *cells = NULL;
    bool ok = db_session_script(import->session, create_sql) &&
              db_session_copy_begin(import->session, "incoming", columns, COUNT_OF(columns));
    *result = CSV_READER_ROW;
    progress_start(&progress, "senders", csv_reader_size(import->reader));
    while (ok && (*result = csv_reader_next(import->reader, &cells)) == CSV_READER_ROW) {
        ok = take_sender(import, cells);
        progress_update(&progress, import->sender_count, csv_reader_done(import->reader));
    }
    progress_end(&progress);
    return ok;
}

static bool compare(struct import *import)
{
    struct db_session *session = import->session;
    struct import_summary *summary = &import->summary;
    uint64_t kept = 0;
    uint64_t paid = 0;
    if (!db_session_copy_end(session, NULL) || !db_session_script(session, "ANALYZE incoming") ||
        !db_session_script(session, fresh_sql) ||
        !import_count(session, "SELECT count(*) FROM incoming", &kept) ||
        !import_count(session, "SELECT count(*) FROM incoming WHERE usd_million > 0", &paid) ||
        !import_count(session, "SELECT count(*) FROM fresh WHERE NOT corrects", &summary->added) ||
        !import_count(session, "SELECT count(*) FROM fresh WHERE corrects", &summary->corrected)) {
        return false;
    }
    summary->unchanged = kept - summary->added - summary->corrected;
    import_summary_fact(summary, "senders", import->sender_count);
    import_summary_fact(summary, "pairs above zero", paid);
    return true;
}

/* Whatever is weighted by flows may have changed, in any corridor. */
static bool store(struct import *import)
{
    struct db_session *session = import->session;
    char submission[IMPORT_NUMBER_SIZE];
    const char *const params[] = {submission};
    if (import->summary.added + import->summary.corrected == 0) {
        return true;
    }
    if (db_session_begin(session) && import_submission_number(session, submission) &&
        import_submission(session, submission, "flows", &import->summary,
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
    import->names = codes_open() ? country_names_open() : NULL;
    if (!import->names) {
        return command_failed(NAME, "the tables of countries and currencies cannot be built");
    }
    import->reader = csv_reader_open(path, error);
    if (!import->reader) {
        return command_failed(NAME, "%s: %s; nothing was changed", path, error);
    }
    csv_reader_end_may_be_missing(import->reader); /* the World Bank's ends so */
    if (!find_receivers(import, error, sizeof error)) {
        return command_failed(NAME, "%s, line 1: %s; nothing was changed", path, error);
    }
    import->session = import_session_open(NAME, "flows");
    if (!import->session) {
        return COMMAND_FAILED;
    }
    bool ok = gather(import, &result);
    if (result == CSV_READER_ERROR) {
        return command_failed(NAME, "%s: %s; nothing was changed", path,
                              csv_reader_error(import->reader));
    }
    if (ok && import->sender_count == 0) {
        return command_failed(NAME, "%s: no line begins with a country; nothing was changed", path);
    }
    if (!ok || !compare(import) || !store(import)) {
        return command_failed(NAME, "%s; nothing was changed", db_session_error(import->session));
    }
    return COMMAND_OK;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Four digits from 1970 to 2100 and nothing else around them that is a digit. */
static bool is_year(const char *at)
{
    for (size_t i = 0; i < 4; i++) {
        if (!is_digit(at[i])) {
            return false;
        }
    }
    return !is_digit(at[4]) && memcmp(at, "1970", 4) >= 0 && memcmp(at, "2100", 4) <= 0;
}

/* The year asked for, or else the first in the file's name; false when there is none. */
static bool find_year(const char *asked, const char *file, char year[8])
{
    const char *at = asked;
    if (!at) {
        at = file;
        while (*at && !((at == file || !is_digit(at[-1])) && is_year(at))) {
            at++;
        }
    }
    bool found = is_year(at) && (!asked || strlen(asked) == 4);
    (void)snprintf(year, 8, "%.4s", found ? at : "");
    return found;
}

enum command_exit import_flows_command(int argc, char **argv)
{
    const char *asked = NULL;
    const char *path = NULL;
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--year") == 0 && i + 1 < argc) {
            asked = argv[++i];
        } else if (!path && argv[i][0] != '-') {
            path = argv[i];
        } else {
            return command_usage(NAME, "'%s' is not understood", argv[i]);
        }
    }
    if (!path) {
        return command_usage(NAME, "one file is wanted");
    }
    struct import *import = calloc(1, sizeof *import);
    if (!import) {
        return command_failed(NAME, "out of memory");
    }
    import_summary_start(&import->summary, path, "pairs");
    enum command_exit result = COMMAND_USAGE;
    if (find_year(asked, import->summary.file, import->year)) {
        if (!asked) {
            (void)fprintf(stderr, "corridor %s: the year is %s, by the file's name\n", NAME,
                          import->year);
        }
        result = import_file(import, path);
    } else {
        (void)command_usage(NAME,
                            asked ? "'%s' is no year from 1970 to 2100"
                                  : "no year is in the name %s; give --year",
                            asked ? asked : import->summary.file);
    }
    if (result == COMMAND_OK && !import_summary_print(&import->summary, json)) {
        result = command_failed(NAME, "the summary cannot be written; the file was imported");
    }
    db_session_close(import->session);
    csv_reader_close(import->reader);
    country_names_close(import->names);
    free(import);
    return result;
}
