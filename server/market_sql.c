/*
 * SQL in, columns of market_builder.h out. The definitions (what is in force, which rate holds,
 * which survey) are the functions of sql/; here they are only asked for many corridors at a time.
 */
#include "server/market_sql.h"

#include <corridor/codes.h>
#include <corridor/log.h>
#include <corridor/out.h>

#include <stdlib.h>

#define CORRIDORS                                                           \
    "corridors AS MATERIALIZED ("                                           \
    " SELECT unnest($1::text[]) AS corridor"                                \
    " UNION SELECT corridor FROM corridor.service WHERE $1::text[] IS NULL" \
    " UNION SELECT corridor FROM corridor.observation WHERE $1::text[] IS NULL)"

#define MICROSECONDS(instant) "(extract(epoch FROM " instant ") * 1000000)::bigint"
#define INSTANT(parameter) \
    "('epoch'::timestamptz + " parameter "::bigint * interval '1 microsecond')"

/* firm: where what the operator is called stands, now or then. */
#define OFFER_LIST(firm)                                                                           \
    "q.corridor, op.id, " firm ".name, " firm ".type, " firm                                       \
    ".country, op.origin = 'demonstration', s.id, s.ref, "                                         \
    "q.price,"                                                                                     \
    " q.send_currency, q.receive_currency, array_to_string(q.pay_in, ','),"                        \
    " array_to_string(q.access_point, ','), array_to_string(q.pay_out, ','), q.speed, q.coverage," \
    " q.pickup_points, q.tariff, q.receive_fee, q.tax_pct, q.min, q.max,"                          \
    " " MICROSECONDS("q.collected_at") ", " MICROSECONDS(                                          \
        "q.recorded_at") ","                                                                       \
                         " " MICROSECONDS(                                                         \
                             "q.valid_from") ","                                                   \
                                             " CASE WHEN isfinite(q.valid_until) "                 \
                                             "THEN " MICROSECONDS(                                 \
                                                 "q.valid_until") " END, q.id, d.kind, q.is_new"
/* Each operator's first service, then each one's second: where there are more than a market holds,
 * whoever has very many hides no other. */
#define OFFER_JOINS(then)                                                                          \
    " JOIN corridor.service s ON s.id = q.service"                                                 \
    " JOIN corridor.operator op ON op.id = s.operator"                                             \
    " JOIN corridor.submission d ON d.id = q.submission" then                                      \
    " ORDER BY q.corridor, dense_rank() OVER (PARTITION BY q.corridor, op.id ORDER BY q.service)," \
    "  q.service, q.price DESC, q.recorded_at DESC, q.id DESC"

const struct db_statement market_sql_offers_now = {
    "market_offers_now",
    "WITH " CORRIDORS " SELECT " OFFER_LIST("op") " FROM corridors"
                                                  " JOIN corridor.current_offer c USING (corridor)"
                                                  " JOIN corridor.quote q ON q.id = c.quote AND "
                                                  "q.recorded_at = c.recorded_at" OFFER_JOINS(""),
    1};

/* What held at the instant, and what had been announced by then; what was withdrawn by then is
 * neither. */
#define PAST_QUOTES(at)                                                                     \
    "q AS MATERIALIZED ("                                                                   \
    " SELECT o.* FROM corridors CROSS JOIN LATERAL corridor.offers_at(corridor, " INSTANT(  \
        at) ", " INSTANT("$3") ") o"                                                        \
                               " UNION ALL"                                                 \
                               " SELECT n.* FROM corridors CROSS JOIN LATERAL "             \
                               "corridor.announced_at(corridor, " INSTANT(at) ", " INSTANT( \
                                   "$3") ") n)"

const struct db_statement market_sql_offers_past = {
    "market_offers_past",
    "WITH " CORRIDORS ", " PAST_QUOTES("$2") " SELECT " OFFER_LIST("firm") " FROM q" OFFER_JOINS(
        " CROSS JOIN LATERAL corridor.operator_at(op.id, " INSTANT("$3") ") firm"),
    3};

/* A pair is crossed once, however many corridors use it. */
#define REFERENCES                                                                                \
    " tender (country, currency) AS MATERIALIZED (SELECT * FROM unnest($4::text[], $5::text[]))," \
    " pairs AS MATERIALIZED ("                                                                    \
    "  SELECT DISTINCT q.corridor, q.send_currency::text AS send,"                                \
    "         q.receive_currency::text AS receive,"                                               \
    "         op.origin = 'demonstration' AS demonstration"                                       \
    "  FROM q JOIN corridor.service s ON s.id = q.service"                                        \
    "  JOIN corridor.operator op ON op.id = s.operator"                                           \
    "  UNION"                                                                                     \
    "  SELECT c.corridor, f.currency, t.currency, false FROM corridors c"                         \
    "  JOIN tender f ON f.country = left(c.corridor, 2)"                                          \
    "  JOIN tender t ON t.country = right(c.corridor, 2)),"                                       \
    " rates AS MATERIALIZED ("                                                                    \
    "  SELECT p.*, r.* FROM (SELECT DISTINCT send, receive, demonstration FROM pairs) p"          \
    "  CROSS JOIN LATERAL corridor.reference_rate_at(p.send, p.receive, $2::date,"                \
    "                                                " INSTANT(                                   \
        "$3") ", p.demonstration) r"                                                              \
              "  WHERE r.rate > 0)"                                                               \
              " SELECT corridor, send, receive, demonstration, rate, source, day"                 \
              " FROM pairs JOIN rates USING (send, receive, demonstration)"                       \
              " ORDER BY corridor, send, receive, demonstration"

const struct db_statement market_sql_references_now = {
    "market_references_now",
    "WITH " CORRIDORS ", q AS ("
    " SELECT q.corridor, q.send_currency, q.receive_currency, q.service FROM corridors"
    " JOIN corridor.current_offer c USING (corridor)"
    " JOIN corridor.quote q ON q.id = c.quote AND q.recorded_at = c.recorded_at)," REFERENCES,
    5};
const struct db_statement market_sql_references_past = {
    "market_references_past", "WITH " CORRIDORS ", " PAST_QUOTES("$6") "," REFERENCES, 6};

const struct db_statement market_sql_standing = {
    "market_standing",
    "WITH " CORRIDORS " SELECT corridor, corridor.survey_in_force(corridor, $2::date, " INSTANT(
        "$3") "),"
              " corridor.latest_survey(corridor, " INSTANT(
                  "$3") ") FROM corridors ORDER BY corridor",
    3};

#define OBSERVED(p)                                                               \
    "trim_scale(" p ".principal), trim_scale(" p ".fee), trim_scale(" p ".rate)," \
    " round(" p ".margin_pct, 6), round(" p ".total_cost_pct, 6)"

const struct db_statement market_sql_observations = {
    "market_observations",
    "WITH " CORRIDORS ", surveyed AS MATERIALIZED ("
    " SELECT corridor, corridor.survey_in_force(corridor, $2::date, " INSTANT(
        "$3") ") AS period"
              " FROM corridors)"
              " SELECT o.corridor, o.operator, o.firm, o.firm_type, op.origin = 'demonstration',"
              " o.source || ':' || o.source_id, array_to_string(o.pay_in, ','),"
              " array_to_string(o.access_point, ','), array_to_string(o.pay_out, ','), o.speed, "
              "o.coverage,"
              " o.transparent, o.send_currency, o.collected_on, o.id, " OBSERVED(
                  "p200") ", " OBSERVED("p500") " FROM surveyed v"
                                                " CROSS JOIN LATERAL "
                                                "corridor.observations_of(v.corridor, "
                                                "v.period, " INSTANT(
                                                    "$3") ") o"
                                                          " JOIN corridor.operator op ON op.id = "
                                                          "o.operator"
                                                          " LEFT JOIN corridor.observed_price p200"
                                                          "   ON p200.observation = o.id AND "
                                                          "p200.price_point_usd = 200"
                                                          " LEFT JOIN corridor.observed_price p500"
                                                          "   ON p500.observation = o.id AND "
                                                          "p500.price_point_usd = 500"
                                                          " WHERE v.period IS NOT NULL ORDER BY "
                                                          "o.corridor, o.source, o.source_id",
    3};

/* The standing against SDG 10.c is judged on the average itself, not on its four decimals. */
#define FIGURES                                                                            \
    "coalesce(f.services, 0), coalesce(f.operators, 0), round(f.average_pct, 4),"          \
    " round(f.median_pct, 4), round(f.smart_pct, 4), round(f.best_pct, 4),"                \
    " CASE WHEN f.average_pct IS NULL THEN 'no_data' WHEN f.average_pct <= 3 THEN 'meets'" \
    " WHEN f.average_pct <= 5 THEN 'near' ELSE 'must_fall' END, coalesce(f.demonstration, false)"

const struct db_statement market_sql_figures = {
    "market_figures",
    "WITH " CORRIDORS ", latest AS MATERIALIZED ("
    " SELECT corridor, corridor.latest_period(corridor, " INSTANT(
        "$2") ") AS period"
              " FROM corridors)"
              " SELECT l.corridor, l.period, 200, " FIGURES " FROM latest l"
              " LEFT JOIN LATERAL corridor.corridor_figures(l.corridor, l.period, 200, " INSTANT(
                  "$2") ") f"
                        "   ON l.period IS NOT NULL"
                        " ORDER BY l.corridor",
    2};

const struct db_statement market_sql_figures_of = {
    "market_figures_of",
    "WITH asked AS MATERIALIZED ("
    " SELECT $1::text AS corridor,"
    "  coalesce($2::text, corridor.latest_period($1::text, " INSTANT(
        "$4") ")) AS period)"
              " SELECT a.corridor, a.period, $3::integer, " FIGURES " FROM asked a"
              " LEFT JOIN LATERAL corridor.corridor_figures(a.corridor, a.period, $3::integer,"
              "                                             " INSTANT(
                  "$4") ") f"
                        "   ON a.period IS NOT NULL",
    4};

const char *market_sql_countries;
const char *market_sql_tenders;

void market_sql_open(void)
{
    static struct out countries;
    static struct out tenders;
    size_t count;
    const struct country *const *all = country_all(&count);
    out_init(&countries, OUT_LIMIT_DEFAULT);
    out_init(&tenders, OUT_LIMIT_DEFAULT);
    for (size_t i = 0; i < count; i++) {
        if (all[i]->currency == NULL)
            continue;
        out_text(&countries, countries.len == 0 ? "{" : ",");
        out_text(&countries, all[i]->iso2);
        out_text(&tenders, tenders.len == 0 ? "{" : ",");
        out_text(&tenders, all[i]->currency->code);
    }
    out_text(&countries, "}");
    out_text(&tenders, "}");
    out_char(&countries, '\0');
    out_char(&tenders, '\0');
    if (out_failed(&countries) || out_failed(&tenders)) {
        log_error("out of memory: the list of currencies");
        abort();
    }
    market_sql_countries = countries.at;
    market_sql_tenders = tenders.at;
}
