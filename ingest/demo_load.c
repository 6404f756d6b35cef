/*
 * Brings the demonstration market into the record, in one transaction. The hard part is time:
 * everything is stored as learned at the instant it would have been, so that past days can be asked
 * for, and the last day of the rates says how far a market that is there already reaches.
 */
#include <ingest/demo_load.h>

#include <ingest/command.h>
#include <ingest/demo_plan.h>
#include <ingest/demo_random.h>
#include <ingest/progress.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct load {
    struct db_session *session;
    const char *name;
    int64_t first; /* days whose rates are missing: first to today */
    int64_t today;
    bool extends;
    struct demo_plan plan;
    int64_t *ids;     /* of the plan's services in the database, 0 where missing */
    uint32_t *sorted; /* indices of services by operator and ref */
    char submission[24];
    struct demo_report *report;
};

static bool failed(const struct load *load, const char *what)
{
    const char *error = db_session_error(load->session);
    command_failed(load->name, "cannot %s: %s", what, error[0] ? error : "out of memory");
    return false;
}

static bool out_of_memory(const struct load *load)
{
    command_failed(load->name, "out of memory");
    return false;
}

/* ---- Operators and services ---- */

static int compare_services(const struct demo_service *a, const char *operator_id, const char *ref)
{
    int order = strcmp(a->firm->id, operator_id);
    return order != 0 ? order : strcmp(a->ref, ref);
}

static int by_name(const void *a, const void *b, void *services)
{
    const struct demo_service *all = services;
    const struct demo_service *y = &all[*(const uint32_t *)b];
    return compare_services(&all[*(const uint32_t *)a], y->firm->id, y->ref);
}

static void read_id(struct load *load, const struct db_result *rows, size_t row)
{
    const char *operator_id = db_result_text(rows, row, 1);
    const char *ref = db_result_text(rows, row, 2);
    size_t low = 0;
    size_t high = load->plan.service_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t index = load->sorted[middle];
        int order = compare_services(&load->plan.services[index], operator_id, ref);
        if (order == 0) {
            bool read = db_result_int64(rows, row, 0, &load->ids[index]);
            assert(read);
            (void)read;
            return;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    /* A service of an earlier release that this one has no more: its last price lapses. */
}

static bool read_ids(struct load *load)
{
    struct db_result *rows =
        db_session_query(load->session,
                         "SELECT s.id, s.operator, s.ref FROM service s "
                         "JOIN operator o ON o.id = s.operator WHERE o.origin = 'demonstration'",
                         NULL, 0);
    if (!rows) {
        return failed(load, "read the services");
    }
    for (size_t i = 0; i < db_result_rows(rows); i++) {
        read_id(load, rows, i);
    }
    db_result_free(rows);
    return true;
}

static bool is_among(const struct db_result *rows, const char *id)
{
    for (size_t i = 0; i < db_result_rows(rows); i++) {
        if (strcmp(db_result_text(rows, i, 0), id) == 0) {
            return true;
        }
    }
    return false;
}

static bool copy_operators(struct load *load)
{
    static const char *const columns[] = {"id",      "name",   "type",       "country",
                                          "website", "origin", "recorded_at"};
    char recorded[DEMO_TIME_TEXT];
    struct db_result *known = db_session_query(
        load->session, "SELECT id FROM operator WHERE origin = 'demonstration'", NULL, 0);
    bool ok = known && db_session_copy_begin(load->session, "operator", columns, COUNT_OF(columns));

    /* Nothing of the market is learned more than a year before its history begins. */
    demo_print_time(recorded, (load->first - 365) * DEMO_DAY);
    for (size_t i = 0; i < demo_operator_count && ok; i++) {
        const struct demo_operator *firm = &demo_operators[i];
        char website[128];
        bool has_website = !demo_once_in(demo_key(firm->id), DEMO_SALT_WEBSITE, 4);
        snprintf(website, sizeof website, "https://%s.example.org/", firm->id);
        if (!is_among(known, firm->id)) {
            ok = db_session_copy_row(
                load->session,
                (const struct span[]){span_of(firm->id), span_of(firm->name),
                                      span_of(firm_type_code(demo_firm_type(firm->kind))),
                                      span_of(firm->country),
                                      has_website ? span_of(website) : (struct span){NULL, 0},
                                      span_of("demonstration"), span_of(recorded)});
        }
    }
    ok = ok && db_session_copy_end(load->session, &load->report->operators);
    if (!ok) {
        failed(load, "store the operators");
    }
    db_result_free(known);
    return ok;
}

static bool copy_services(struct load *load)
{
    static const char *const columns[] = {"operator", "ref", "corridor"};
    bool ok = db_session_copy_begin(load->session, "service", columns, COUNT_OF(columns));
    for (size_t i = 0; i < load->plan.service_count && ok; i++) {
        const struct demo_service *s = &load->plan.services[i];
        if (load->ids[i] == 0) {
            ok = db_session_copy_row(load->session,
                                     (const struct span[]){span_of(s->firm->id), span_of(s->ref),
                                                           span_of(s->corridor_id)});
        }
    }
    return (ok && db_session_copy_end(load->session, &load->report->services)) ||
           failed(load, "store the services");
}

/* Stores the services that are missing and learns the numbers of all. */
static bool store_services(struct load *load)
{
    load->ids = calloc(load->plan.service_count, sizeof *load->ids);
    load->sorted = calloc(load->plan.service_count, sizeof *load->sorted);
    if (!load->ids || !load->sorted) {
        return out_of_memory(load);
    }
    for (size_t i = 0; i < load->plan.service_count; i++) {
        load->sorted[i] = (uint32_t)i;
    }
    qsort_r(load->sorted, load->plan.service_count, sizeof *load->sorted, by_name,
            load->plan.services);
    return copy_operators(load) && read_ids(load) && copy_services(load) && read_ids(load);
}

/* ---- Quotes ---- */

/* The submission comes first and never changes, so its digest takes a pass of its own over the
 * rows. */
static bool store_submission(struct load *load)
{
    unsigned char digest[DEMO_DIGEST_SIZE];
    char hex[2 * DEMO_DIGEST_SIZE + 3] = "\\x";
    char count[24];

    if (!demo_plan_digest(&load->plan, digest, &load->report->quotes)) {
        return out_of_memory(load);
    }
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(hex + 2 + 2 * i, 3, "%02x", digest[i]);
    }
    snprintf(count, sizeof count, "%" PRIu64, load->report->quotes);
    struct db_result *made =
        db_session_query(load->session,
                         "INSERT INTO submission (kind, source, sha256, rows_read, taken, "
                         "unchanged, refused) VALUES ('demonstration', 'corridor demo', $1, "
                         "$2, $2, 0, 0) RETURNING id",
                         (const char *const[]){hex, count}, 2);
    if (!made) {
        return failed(load, "store the submission");
    }
    snprintf(load->submission, sizeof load->submission, "%s", db_result_text(made, 0, 0));
    db_result_free(made);
    return true;
}

struct copy {
    struct load *load;
    struct progress progress;
    uint64_t rows;
};

static bool copy_row(void *arg, const struct demo_service *service, size_t index,
                     const struct demo_row *row)
{
    struct copy *copy = arg;
    struct span values[DEMO_QUOTE_COLUMNS + 2];
    char id[24];
    (void)service;
    snprintf(id, sizeof id, "%" PRId64, copy->load->ids[index]);
    memcpy(values, row->values, sizeof row->values);
    values[DEMO_QUOTE_COLUMNS] = span_of(id);
    values[DEMO_QUOTE_COLUMNS + 1] = span_of(copy->load->submission);
    copy->rows++;
    progress_update(&copy->progress, copy->rows, copy->rows);
    return db_session_copy_row(copy->load->session, values);
}

static bool store_quotes(struct load *load)
{
    const char *columns[DEMO_QUOTE_COLUMNS + 2];
    char from[DEMO_TIME_TEXT];
    char to[DEMO_TIME_TEXT];
    struct copy copy = {.load = load};
    if (load->plan.change_count == 0) {
        return true;
    }
    demo_print_time(from, load->plan.changes[0].recorded);
    demo_print_time(to, load->today * DEMO_DAY);
    if (!db_session_exec(load->session,
                         "SELECT make_quote_partitions($1::timestamptz::date, "
                         "$2::timestamptz::date)",
                         (const char *const[]){from, to}, 2)) {
        return failed(load, "make the partitions");
    }
    memcpy(columns, demo_quote_columns, sizeof demo_quote_columns);
    columns[DEMO_QUOTE_COLUMNS] = "service";
    columns[DEMO_QUOTE_COLUMNS + 1] = "submission";
    progress_start(&copy.progress, "quotes", load->report->quotes);
    bool ok = db_session_copy_begin(load->session, "quote", columns, COUNT_OF(columns)) &&
              demo_plan_rows(&load->plan, copy_row, &copy) &&
              db_session_copy_end(load->session, NULL);
    progress_end(&copy.progress);
    return ok || failed(load, "store the quotes");
}

/* ---- Rates ---- */

static bool store_rates(struct load *load)
{
    static const char *const columns[] = {"base",        "currency", "day",       "source",
                                          "recorded_at", "rate",     "submission"};
    bool ok = db_session_copy_begin(load->session, "reference_rate", columns, COUNT_OF(columns));
    for (int64_t day = load->first; day <= load->today && ok; day++) {
        char time[DEMO_TIME_TEXT];
        demo_print_time(time, day * DEMO_DAY);
        struct span date = {time, strlen("2026-11-22")};
        for (size_t i = 0; i < demo_currency_count && ok; i++) {
            char rate[RATE_TEXT_MAX];
            size_t len = rate_print(rate, sizeof rate, demo_euro_rate(demo_currency(i), day));
            ok = db_session_copy_row(load->session,
                                     (const struct span[]){span_of("EUR"),
                                                           span_of(demo_currency(i)),
                                                           date,
                                                           span_of("demonstration"),
                                                           span_of(time),
                                                           {rate, len},
                                                           span_of(load->submission)});
        }
    }
    return (ok && db_session_copy_end(load->session, &load->report->rates)) ||
           failed(load, "store the rates");
}

/* ---- All together ---- */

/* Within the transaction. */
static enum demo_outcome find_state(struct load *load)
{
    enum demo_outcome outcome = DEMO_FAILED;
    struct db_result *state = NULL;
    if (!db_session_exec(load->session, "SELECT pg_advisory_xact_lock(hashtext('corridor.demo'))",
                         NULL, 0)) {
        failed(load, "wait for another one that is at work");
        return DEMO_FAILED;
    }
    state =
        db_session_query(load->session,
                         "SELECT (SELECT max(day) - DATE '1970-01-01' FROM reference_rate"
                         " WHERE currency = 'USD' AND base = 'EUR' AND source = 'demonstration'),"
                         " EXISTS (SELECT FROM service s JOIN operator o ON o.id = s.operator"
                         " WHERE o.origin <> 'demonstration'),"
                         " EXISTS (SELECT FROM observation)",
                         NULL, 0);
    if (!state) {
        failed(load, "read what is there");
        return DEMO_FAILED;
    }
    bool there = db_result_int64(state, 0, 0, &load->report->through);
    bool quotes = db_result_bool(state, 0, 1);
    bool surveys = db_result_bool(state, 0, 2);
    if (quotes || (surveys && !there)) {
        outcome = DEMO_REAL_DATA;
    } else if (there && load->report->through >= load->today) {
        outcome = DEMO_UP_TO_DATE;
    } else if (there) {
        outcome = DEMO_EXTENDED;
    } else {
        outcome = DEMO_LOADED;
    }
    db_result_free(state);
    return outcome;
}

static bool publish(struct load *load)
{
    return (db_session_exec(load->session, "SELECT publish_submission($1)",
                            (const char *const[]){load->submission}, 1) &&
            db_session_exec(load->session, "INSERT INTO change_log (corridor) VALUES ('*')", NULL,
                            0) &&
            db_session_exec(load->session, "NOTIFY corridor_changes", NULL, 0)) ||
           failed(load, "publish the quotes");
}

enum demo_outcome demo_load(struct db_session *session, const char *name, int64_t first,
                            int64_t today, struct demo_report *report)
{
    *report = (struct demo_report){.through = -1};
    struct load load = {
        .session = session, .name = name, .first = first, .today = today, .report = report};
    enum demo_outcome outcome = DEMO_FAILED;

    if (!db_session_begin(session)) {
        failed(&load, "begin");
        return DEMO_FAILED;
    }
    outcome = find_state(&load);
    if (outcome != DEMO_LOADED && outcome != DEMO_EXTENDED) {
        goto done;
    }
    if (outcome == DEMO_EXTENDED) {
        load.extends = true;
        load.first = report->through;
    }
    if (!demo_plan_open(&load.plan, load.first, today, load.extends)) {
        out_of_memory(&load);
        outcome = DEMO_FAILED;
        goto done;
    }
    if (!store_services(&load) || !store_submission(&load) || !store_quotes(&load)) {
        outcome = DEMO_FAILED;
        goto done;
    }
    load.first += load.extends;
    if (!store_rates(&load) || !publish(&load)) {
        outcome = DEMO_FAILED;
        goto done;
    }
    if (!db_session_commit(session)) {
        failed(&load, "commit");
        outcome = DEMO_FAILED;
    }
done:
    if (outcome != DEMO_LOADED && outcome != DEMO_EXTENDED) {
        db_session_rollback(session);
    }
    free(load.sorted);
    free(load.ids);
    demo_plan_close(&load.plan);
    return outcome;
}
