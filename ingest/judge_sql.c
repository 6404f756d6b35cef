/*
 * What the judge is told, asked of the record. Demonstration offers have no judged_ columns, so
 * that nobody is measured by invented prices.
 */
#include "ingest/judge.h"

const char judge_points_sql[] =
    "SELECT p.send, p.receive, r.rate, 200 * u.rate"
    " FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS a (send, receive)) p"
    " CROSS JOIN LATERAL corridor.reference_rate_at(p.send, p.receive,"
    "   (now() AT TIME ZONE 'UTC')::date, now(), $3::boolean) r"
    " CROSS JOIN LATERAL corridor.reference_rate_at('USD', p.send,"
    "   (now() AT TIME ZONE 'UTC')::date, now(), $3::boolean) u";

const char judge_corridors_sql[] =
    "WITH price AS MATERIALIZED ("
    " SELECT c.corridor, c.judged_pair AS pair, c.judged_log IS NOT NULL AS relative,"
    "  coalesce(c.judged_log, 1e6::float8 * ln(c.judged_rate::float8 / 1e12::float8)) AS log,"
    "  c.judged_fee_200::float8 AS fee"
    " FROM corridor.current_offer c"
    " WHERE c.corridor = ANY ($1::text[]) AND c.price = 'regular' AND c.judged_rate IS NOT NULL"
    "  AND c.valid_from <= now() AND c.valid_until > now()"
    "), middle AS ("
    " SELECT corridor, pair, relative, count(*) AS count,"
    "  percentile_cont(0.5) WITHIN GROUP (ORDER BY log) AS log,"
    "  percentile_cont(0.5) WITHIN GROUP (ORDER BY fee) AS fee"
    " FROM price GROUP BY corridor, pair, relative"
    ")"
    " SELECT corridor, pair, relative, m.count, round(m.log)::bigint,"
    "  round(percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(p.log - m.log)))::bigint,"
    "  round(m.fee)::bigint,"
    "  round(percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(p.fee - m.fee)))::bigint"
    " FROM middle m JOIN price p USING (corridor, pair, relative)"
    " GROUP BY corridor, pair, relative, m.count, m.log, m.fee";
