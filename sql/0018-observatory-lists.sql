-- One quarter taken apart: by every group at once, and corridor by corridor. What 0015 says of its parameters holds here.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(18, 'observatory-lists');

CREATE FUNCTION quarter_groups(this_period text, point integer, invented boolean, stand timestamptz, exclude text[])
RETURNS TABLE (kind text, value text, average_pct numeric, services bigint)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH known AS MATERIALIZED (
        SELECT f.corridor, f.services, f.sum_pct FROM quarter_figure f
        WHERE f.price_point_usd = point AND f.demonstration = invented AND f.period = this_period AND f.services > 0
          AND f.recorded_at <= stand AND f.superseded_at > stand AND left(f.corridor, 2) <> ALL (exclude)
    ), grouped AS MATERIALIZED (
        SELECT * FROM country_groups_of(this_period)
    )
    SELECT g.kind, g.value, sum(k.sum_pct) / sum(k.services), sum(k.services)
    FROM known k
    LEFT JOIN grouped s ON s.country = left(k.corridor, 2)
    LEFT JOIN grouped r ON r.country = right(k.corridor, 2)
    CROSS JOIN LATERAL (VALUES ('sender', left(k.corridor, 2)), ('receiver', right(k.corridor, 2)),
                               ('sending_region', s.region), ('receiving_region', r.region),
                               ('sending_income', s.income), ('receiving_income', r.income),
                               ('sending_g20', s.g20), ('receiving_g20', r.g20)) g (kind, value)
    WHERE g.value IS NOT NULL
    GROUP BY g.kind, g.value
    UNION ALL
    SELECT f.kind, f.value, f.average_pct, f.services
    FROM service_figures_by('{firm_type,pay_in,pay_out,digital,speed}', NULL, this_period, this_period, point, invented, stand,
                            exclude) f
    ORDER BY 1, 2;
END $$;
COMMENT ON FUNCTION quarter_groups IS 'The averages of a quarter by every kind of group of figures_by and service_figures_by, but for corridors.';

CREATE FUNCTION quarter_corridors(this_period text, point integer, invented boolean, stand timestamptz, exclude text[],
                                  receiving_region text, sending_region text)
RETURNS TABLE (corridor text, services integer, operators integer, average_pct numeric, median_pct numeric, smart_pct numeric,
               status text, thin boolean, flow_usd_million numeric, flows_year integer, at_stake_usd numeric,
               quarter_change numeric, year_change numeric)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH quarters AS MATERIALIZED (
        SELECT f.corridor, f.period, f.services, cardinality(f.operator_ids) AS operators, f.sum_pct, f.average_pct,
               f.median_pct, f.smart_pct,
               min(f.average_pct) FILTER (WHERE f.period = period_before(this_period, 1)) OVER corridor AS quarter_before,
               min(f.average_pct) FILTER (WHERE f.period = period_before(this_period, 4)) OVER corridor AS year_before
        FROM quarter_figure f
        WHERE f.price_point_usd = point AND f.demonstration = invented AND f.services > 0
          AND f.period IN (this_period, period_before(this_period, 1), period_before(this_period, 4))
          AND f.recorded_at <= stand AND f.superseded_at > stand AND left(f.corridor, 2) <> ALL (exclude)
        WINDOW corridor AS (PARTITION BY f.corridor)
    ), known AS MATERIALIZED (
        SELECT * FROM quarters q WHERE q.period = this_period
    ), matrix AS MATERIALIZED (
        SELECT y.year, coalesce((SELECT s.flow_submission FROM figure_stand s WHERE s.recorded_at = stand),
                                9223372036854775807) AS last
        FROM (SELECT flow_year_of(this_period, stand) AS year) y
    ), grouped AS MATERIALIZED (
        SELECT * FROM country_groups_of(this_period)
    )
    SELECT k.corridor, k.services, k.operators, k.average_pct, k.median_pct, k.smart_pct,
           CASE WHEN k.sum_pct <= 3 * k.services THEN 'meets' WHEN k.sum_pct <= 5 * k.services THEN 'near'
                ELSE 'must_fall' END,
           k.services < 3, f.usd_million, m.year, f.usd_million * (k.average_pct - 3) * 10000,
           k.average_pct - k.quarter_before, k.average_pct - k.year_before
    FROM known k
    CROSS JOIN matrix m
    CROSS JOIN LATERAL (SELECT flow_known(k.corridor, m.year, stand, m.last) AS usd_million) f
    LEFT JOIN grouped s ON s.country = left(k.corridor, 2)
    LEFT JOIN grouped r ON r.country = right(k.corridor, 2)
    WHERE (receiving_region IS NULL OR r.region = receiving_region)
      AND (sending_region IS NULL OR s.region = sending_region);
END $$;
COMMENT ON FUNCTION quarter_corridors IS 'Every corridor of a quarter, with its standing against SDG 10.c, what is at stake in it and how it moved (percentage points); a region left null is any.';

CREATE FUNCTION flow_year_of(this_period text, stand timestamptz) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT m.year FROM (SELECT DISTINCT y.year FROM corridor.flow_years(stand) y) m
    ORDER BY m.year > left(this_period, 4)::integer, abs(m.year - left(this_period, 4)::integer) LIMIT 1
$$;
COMMENT ON FUNCTION flow_year_of IS 'Which year''s flows weigh a quarter: its own or the last before it that has a matrix, else the first after; null without any.';
COMMIT;
