/* Reads a corridor's report: its quarters, its services, its flow, all at one instant. */
#include "server/web/report.h"

#include "server/worker.h"

#include <corridor/db.h>

#include <inttypes.h>
#include <stdio.h>

#define REPORT_LIMIT_MS 8000

/* $1 as_of or null, $2 period or null, $3 price point, $4 corridor. */
#define ASK                                                           \
    "WITH ask AS MATERIALIZED (SELECT a.*, $3::integer AS point FROM" \
    " corridor.observatory_ask(coalesce('epoch'::timestamptz"         \
    "  + $1::bigint * interval '1 microsecond', now()), $2::text, $3::integer) a) "

static const struct db_statement history = {
    "report_history",
    ASK "SELECT f.period, round(f.average_pct, 4), round(f.median_pct, 4), round(f.smart_pct, 4),"
        " round(f.best_pct, 4), round(f.worst_pct, 4), f.services, cardinality(f.operator_ids),"
        " f.surveyed, f.not_transparent, f.period = a.period,"
        " (extract(epoch FROM f.known_at) * 1000000)::bigint, a.invented,"
        " f.sum_pct <= 3 * f.services, f.sum_pct <= 5 * f.services, f.smart_services,"
        " f.period >= corridor.period_of(a.stand)"
        " FROM ask a JOIN corridor.quarter_figure f ON f.corridor = $4 AND"
        " f.price_point_usd = a.point AND f.demonstration = a.invented AND f.services > 0"
        " AND f.recorded_at <= a.stand AND f.superseded_at > a.stand ORDER BY f.period",
    4};
enum {
    H_PERIOD,
    H_AVERAGE,
    H_MEDIAN,
    H_SMART,
    H_BEST,
    H_WORST,
    H_SERVICES,
    H_OPERATORS,
    H_SURVEYED,
    H_NOT_TRANSPARENT,
    H_CHOSEN,
    H_KNOWN_AT,
    H_INVENTED,
    H_MEETS,
    H_NEAR,
    H_SMART_SERVICES,
    H_PROVISIONAL
};

/* As known when the figures were worked out: a running quarter's prices have moved on since. */
static const struct db_statement services = {
    "report_services",
    ASK
    "SELECT firm.name, array_to_string(s.pay_in, ','), array_to_string(s.pay_out, ','), s.speed,"
    " round(s.total_cost_pct, 4)"
    " FROM ask a JOIN corridor.quarter_figure f ON f.corridor = $4 AND f.period = a.period"
    " AND f.price_point_usd = a.point AND f.demonstration = a.invented"
    " AND f.recorded_at <= a.stand AND f.superseded_at > a.stand"
    " CROSS JOIN LATERAL corridor.corridor_services($4, a.period, a.point, f.known_at) s"
    " CROSS JOIN LATERAL corridor.operator_at(s.operator, a.stand) firm"
    " WHERE s.demonstration = a.invented ORDER BY s.total_cost_pct, firm.name, s.service",
    4};
enum {
    S_OPERATOR,
    S_PAY_IN,
    S_PAY_OUT,
    S_SPEED,
    S_COST
};

/* Live services that are not transparent: a kept figure counts those of surveys alone. The rows are
 * those of the services report, which has the column too. */
static const struct db_statement hidden = {
    "report_hidden",
    ASK "SELECT count(*)"
        " FROM ask a JOIN corridor.quarter_figure f ON f.corridor = $4 AND f.period = a.period"
        " AND f.price_point_usd = a.point AND f.demonstration = a.invented"
        " AND f.recorded_at <= a.stand AND f.superseded_at > a.stand"
        " CROSS JOIN LATERAL corridor.report_live_of($4, a.period, f.known_at) l"
        " WHERE l.demonstration = a.invented AND NOT l.transparent",
    4};

static const struct db_statement flow = {
    "report_flow",
    ASK "SELECT round(f.flow_usd_million * 1000000), f.flows_year, round(f.at_stake_usd)"
        " FROM ask a CROSS JOIN LATERAL corridor.figures_by('corridor', ARRAY[$4], a.period,"
        "  a.period, a.point, a.invented, a.stand, '{}') f",
    4};

static int64_t percent_of(const struct db_result *rows, size_t row, size_t column)
{
    struct span text = db_result_span(rows, row, column);
    int64_t percent;

    return text.at != NULL && percent_parse(&percent, text) ? percent : CHART_NONE;
}

static int64_t count_of(const struct db_result *rows, size_t row, size_t column)
{
    int64_t count;

    return db_result_int64(rows, row, column, &count) ? count : 0;
}

static void take_history(struct report *report, const struct db_result *rows)
{
    size_t count = db_result_rows(rows);
    size_t first = count > CHART_POINTS_MAX ? count - CHART_POINTS_MAX : 0;

    for (size_t row = first; row < count; row++) {
        struct report_quarter *quarter = &report->quarters[report->quarter_count++];

        *quarter = (struct report_quarter){
            .average = percent_of(rows, row, H_AVERAGE),
            .median = percent_of(rows, row, H_MEDIAN),
            .smart = percent_of(rows, row, H_SMART),
            .best = percent_of(rows, row, H_BEST),
            .worst = percent_of(rows, row, H_WORST),
            .services = count_of(rows, row, H_SERVICES),
            .operators = count_of(rows, row, H_OPERATORS),
            .surveyed = count_of(rows, row, H_SURVEYED),
            .not_transparent = count_of(rows, row, H_NOT_TRANSPARENT),
            .smart_services = count_of(rows, row, H_SMART_SERVICES),
            .meets = db_result_bool(rows, row, H_MEETS),
            .near = db_result_bool(rows, row, H_NEAR),
            .known_at = count_of(rows, row, H_KNOWN_AT),
        };
        (void)snprintf(quarter->period, sizeof(quarter->period), "%s",
                       db_result_text(rows, row, H_PERIOD));
        if (db_result_bool(rows, row, H_CHOSEN)) {
            report->quarter = quarter;
            report->provisional = db_result_bool(rows, row, H_PROVISIONAL);
        }
        report->invented = db_result_bool(rows, row, H_INVENTED);
    }
}

static unsigned set_of(struct span codes, bool pay_in)
{
    unsigned set = 0;

    while (codes.len > 0) {
        const char *comma = memchr(codes.at, ',', codes.len);
        struct span code = {codes.at, comma == NULL ? codes.len : (size_t)(comma - codes.at)};
        enum pay_in in;
        enum pay_out out;

        if (pay_in && pay_in_find(&in, code))
            set |= 1U << in;
        else if (!pay_in && pay_out_find(&out, code))
            set |= 1U << out;
        codes = comma == NULL ? (struct span){NULL, 0}
                              : (struct span){comma + 1, codes.len - code.len - 1};
    }
    return set;
}

static void take_services(struct report *report, const struct db_result *rows)
{
    for (size_t row = 0; row < db_result_rows(rows) && row < REPORT_SERVICES_MAX; row++) {
        struct report_service *service = &report->services[report->service_count++];
        struct span name =
            utf8_cut(db_result_span(rows, row, S_OPERATOR), sizeof(service->name) - 1);

        memcpy(service->name, name.at, name.len);
        service->name[name.len] = '\0';
        service->pay_in = set_of(db_result_span(rows, row, S_PAY_IN), true);
        service->pay_out = set_of(db_result_span(rows, row, S_PAY_OUT), false);
        service->speed = SPEED_UNKNOWN;
        if (!speed_find(&service->speed, db_result_span(rows, row, S_SPEED)))
            service->speed = SPEED_UNKNOWN;
        service->percent = percent_of(rows, row, S_COST);
    }
}

static void take(size_t step, const struct db_result *rows, void *arg)
{
    struct report *report = arg;

    if (step == 0) {
        take_history(report, rows);
    } else if (step == 1) {
        take_services(report, rows);
    } else if (step == 2) {
        report->hidden = count_of(rows, 0, 0);
    } else if (db_result_rows(rows) > 0) {
        if (!db_result_int64(rows, 0, 0, &report->flow_usd) ||
            !db_result_int64(rows, 0, 1, &report->flow_year) ||
            !db_result_int64(rows, 0, 2, &report->at_stake))
            report->flow_usd = INT64_MIN;
    }
}

static void done(const struct db_reply *reply, void *arg)
{
    struct report *report = arg;

    report->then(report, reply->outcome == DB_OK);
}

bool report_read(struct report *report, report_reader *then)
{
    const struct observatory_ask *ask = &report->ask;
    char as_of[24];

    (void)snprintf(as_of, sizeof(as_of), "%" PRId64, ask->as_of);
    const char *params[] = {ask->as_of == INSTANT_NEVER ? NULL : as_of,
                            ask->period[0] == '\0' ? NULL : ask->period,
                            ask->price_point == 500 ? "500" : "200", report->id};
    const struct db_step steps[] = {
        {&history, params}, {&services, params}, {&hidden, params}, {&flow, params}};
    report->then = then;
    return db_read_at_once(worker_context(report->req)->db, steps, COUNT_OF(steps), REPORT_LIMIT_MS,
                           take, done, report) != NULL;
}
