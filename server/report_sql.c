/*
 * From the tables of reports to SQL, written once when the program begins: COPY takes no
 * parameters, so nothing from outside may ever stand in it, and nothing does. The hard part is the
 * first byte: a plan that reads everything before its first row (a sort, a hash) is quicker to the
 * last row and slower to the first, and holds all rows meanwhile; so such plans are switched off in
 * a report's own transaction, and its order is that of an index.
 */
#include "server/report.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define REPORTS_MAX 12U

static const struct db_statement settings = {
    "report_settings",
    "SELECT set_config('corridor.report_from', $1, true), set_config('corridor.report_to', $2, "
    "true),"
    " set_config('corridor.report_as_of', coalesce(nullif($3, ''), "
    "corridor.report_latest()::text), true),"
    " set_config('enable_sort', 'off', true), set_config('enable_hashjoin', 'off', true),"
    " set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true)",
    3};

static const struct db_statement settings_stand = {
    "report_settings_stand",
    "SELECT set_config('corridor.report_from', $1, true), set_config('corridor.report_to', $2, "
    "true),"
    " set_config('corridor.report_as_of',"
    "  corridor.report_stand(coalesce(nullif($3, '')::timestamptz, now()))::text, true)",
    3};

static const struct db_statement standing = {
    "report_standing",
    "SELECT to_char(as_of, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), submissions, last_submission"
    " FROM corridor.report_standing",
    0};

/* By report, format and source. */
static struct db_statement copies[REPORTS_MAX][REPORT_FORMAT_COUNT][REPORT_SOURCES_MAX];

/* A column as a format wants it. */
static void write_column(struct out *sql, const struct report_column *column,
                         enum report_format format)
{
    bool json = format == REPORT_JSON || format == REPORT_JSONL;
    switch (column->type) {
    case REPORT_TEXT:
        out_printf(sql, format == REPORT_CSV ? "corridor.report_cell(%s)" : "%s", column->name);
        break;
    case REPORT_LIST:
        out_printf(sql, json ? "string_to_array(coalesce(%s, ''), '" REPORT_SEPARATOR "')" : "%s",
                   column->name);
        break;
    case REPORT_DECIMAL:
        out_printf(sql, json ? "%s::text" : "%s", column->name);
        break;
    case REPORT_BOOLEAN:
        out_printf(sql, json ? "%s" : "%s::text", column->name);
        break;
    case REPORT_CODE:
    case REPORT_INTEGER:
    case REPORT_DATE:
        out_text(sql, column->name);
        break;
    }
    out_printf(sql, " AS %s", column->name);
}

/* JSON holds no control character, so with two of these as quote and delimiter CSV's form is the
 * text itself. */
#define AS_IT_IS "(FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"

static void write_copy(struct out *sql, const struct report *report, enum report_format format,
                       const char *source)
{
    bool json = format == REPORT_JSON || format == REPORT_JSONL;
    out_text(sql, json ? "COPY (SELECT row_to_json(r) FROM (SELECT " : "COPY (SELECT ");
    for (size_t i = 0; i < report->column_count; i++) {
        out_text(sql, i == 0 ? "" : ", ");
        write_column(sql, &report->columns[i], format);
    }
    /* By the view's own columns: the names above may stand for other values. */
    out_printf(sql, " FROM corridor.%s v ORDER BY ", source);
    for (const char *at = report->order; *at != '\0';) {
        size_t len = strcspn(at, ",");
        out_printf(sql, "%sv.%.*s", at == report->order ? "" : ", ", (int)len, at);
        at += len;
        at += strspn(at, ", ");
    }
    out_text(sql, json ? ") r" : "");
    out_printf(sql, ") TO STDOUT WITH %s",
               json                   ? AS_IT_IS
               : format == REPORT_CSV ? "(FORMAT csv)"
                                      : "(FORMAT text)");
}

static char *make_copy(const struct report *report, enum report_format format, const char *source)
{
    struct out sql;
    out_init(&sql, 64U << 10);
    write_copy(&sql, report, format, source);
    out_char(&sql, '\0');
    assert(!out_failed(&sql));
    return sql.at;
}

void report_sql_open(void)
{
    size_t count;
    const struct report *reports = report_all(&count);
    assert(count <= REPORTS_MAX);
    for (size_t i = 0; i < count; i++) {
        for (unsigned f = 0; f < REPORT_FORMAT_COUNT; f++) {
            for (size_t s = 0; s < REPORT_SOURCES_MAX && reports[i].sources[s] != NULL; s++)
                copies[i][f][s] = (struct db_statement){
                    "report_rows",
                    make_copy(&reports[i], (enum report_format)f, reports[i].sources[s]), 0};
        }
    }
}

void report_sql_close(void)
{
    for (size_t i = 0; i < REPORTS_MAX; i++) {
        for (unsigned f = 0; f < REPORT_FORMAT_COUNT; f++) {
            for (size_t s = 0; s < REPORT_SOURCES_MAX; s++) {
                union {
                    const char *text;
                    void *memory;
                } sql = {.text = copies[i][f][s].sql};
                free(sql.memory);
            }
        }
    }
}

void report_params_set(struct report_params *params, const struct report_ask *ask)
{
    params->as_of[0] = '\0';
    if (ask->as_of != INSTANT_NEVER)
        instant_print(params->as_of, sizeof(params->as_of), ask->as_of);
    params->values[0] = ask->from;
    params->values[1] = ask->to;
    params->values[2] = params->as_of;
}

size_t report_steps(struct db_step steps[REPORT_STEPS_MAX], size_t *copy_count,
                    const struct report_ask *ask, enum report_format format,
                    const struct report_params *params)
{
    size_t count;
    size_t index = (size_t)(ask->report - report_all(&count));
    steps[REPORT_STEP_SETTINGS] =
        (struct db_step){ask->report->stand ? &settings_stand : &settings, params->values};
    steps[REPORT_STEP_STANDING] = (struct db_step){&standing, NULL};
    count = REPORT_STEP_ROWS;
    for (size_t s = 0; s < REPORT_SOURCES_MAX && ask->report->sources[s] != NULL; s++)
        steps[count++] = (struct db_step){&copies[index][format][s], NULL};
    *copy_count = count - REPORT_STEP_ROWS;
    return count;
}

bool report_standing_read(struct report_standing *out, const struct report_ask *ask,
                          const struct db_result *rows)
{
    struct span as_of = db_result_span(rows, 0, 0);
    char text[256];
    char instant[INSTANT_TEXT_MAX];
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (as_of.at == NULL || !instant_parse(&out->as_of, as_of))
        return false;
    instant_print(instant, sizeof(instant), out->as_of);
    /* The 1 is for how reports are made: another number when their rows come to differ. */
    int len = snprintf(text, sizeof(text), "corridor report 1\n%s\n%s\n%s\n%s\n%s\n%s\n",
                       ask->report->name, ask->from, ask->to, instant, db_result_text(rows, 0, 1),
                       db_result_text(rows, 0, 2));
    if (len < 0 || (size_t)len >= sizeof(text) ||
        EVP_Digest(text, (size_t)len, hash, &size, EVP_sha256(), NULL) != 1)
        return false;
    for (unsigned i = 0; i < size; i++)
        (void)snprintf(out->fingerprint + 2 * i, 3, "%02x", (unsigned)hash[i]);
    return true;
}
