-- Where a series is heading: the robust linear trend of Theil (1950) and Sen (1968), and its interval. Exact but for the
-- division by whole quarters, which keeps PostgreSQL's 16 significant digits and more.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(16, 'outlook');

CREATE FUNCTION period_number(period text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT substr(period, 1, 4)::integer * 4 + substr(period, 7, 1)::integer - 1
$$;
COMMENT ON FUNCTION period_number IS 'Quarters counted, so that two of them can be subtracted.';

CREATE FUNCTION trend_at(quarters integer[], costs numeric[], target integer, slope numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT corridor.median_of(array_agg(v.cost + slope * (target - v.quarter) ORDER BY v.cost + slope * (target - v.quarter)))
    FROM unnest(quarters, costs) v (quarter, cost)
$$;
COMMENT ON FUNCTION trend_at IS 'The line of a slope at a quarter, its height the median of the residuals.';

CREATE FUNCTION outlook_of(quarters integer[], costs numeric[], target integer,
                           OUT value_pct numeric, OUT low_pct numeric, OUT high_pct numeric, OUT slope_pct numeric)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    slopes numeric[];
BEGIN
    IF cardinality(quarters) <> 12 OR cardinality(costs) <> 12 THEN
        RETURN;
    END IF;
    SELECT array_agg((b.cost - a.cost) / (b.quarter - a.quarter) ORDER BY (b.cost - a.cost) / (b.quarter - a.quarter))
    INTO slopes
    FROM unnest(quarters, costs) a (quarter, cost) JOIN unnest(quarters, costs) b (quarter, cost) ON a.quarter < b.quarter;
    -- Of 66 slopes the 19th and the 48th: the true slope lies between them in 95.5 % of all orders of the 12 residuals, since
    -- 2.24 % of orders have 18 inversions or fewer, and as many have 48 or more (Kendall's distribution).
    slope_pct := corridor.median_of(slopes);
    value_pct := corridor.trend_at(quarters, costs, target, slope_pct);
    low_pct := corridor.trend_at(quarters, costs, target, slopes[19]);
    high_pct := corridor.trend_at(quarters, costs, target, slopes[48]);
END $$;
COMMENT ON FUNCTION outlook_of IS 'The Theil-Sen trend of exactly 12 quarters, read at a target quarter, with the interval of its slope; slope in percentage points a quarter. Nulls for fewer.';

CREATE FUNCTION world_course(this_period text, point integer, invented boolean, stand timestamptz, exclude text[],
                             OUT quarter_change numeric, OUT year_change numeric, OUT quarters integer, OUT first_period text,
                             OUT value_pct numeric, OUT low_pct numeric, OUT high_pct numeric, OUT slope_pct numeric)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
DECLARE
    target constant text := '2030-Q4';
BEGIN
    WITH course AS MATERIALIZED (
        SELECT f.period, sum(f.sum_pct) / sum(f.services) AS average_pct -- as figures_by has it
        FROM quarter_figure f
        WHERE f.price_point_usd = point AND f.demonstration = invented AND f.services > 0
          AND f.period BETWEEN period_before(this_period, 15) AND this_period
          AND f.recorded_at <= stand AND f.superseded_at > stand AND left(f.corridor, 2) <> ALL (exclude)
        GROUP BY f.period
    ), latest AS MATERIALIZED (
        -- Twelve quarters in at most four years: surveys have gaps.
        SELECT c.period, c.average_pct FROM course c ORDER BY c.period DESC LIMIT 12
    ), trend AS (
        SELECT count(*)::integer AS quarters, min(l.period) AS first_period, bool_or(l.period = this_period) AS whole,
               array_agg(period_number(l.period) ORDER BY l.period) AS numbers,
               array_agg(l.average_pct ORDER BY l.period) AS costs
        FROM latest l
    )
    SELECT (SELECT b.average_pct - a.average_pct FROM course a, course b
            WHERE b.period = this_period AND a.period = period_before(this_period, 1)),
           (SELECT b.average_pct - a.average_pct FROM course a, course b
            WHERE b.period = this_period AND a.period = period_before(this_period, 4)),
           t.quarters, t.first_period, o.value_pct, o.low_pct, o.high_pct, o.slope_pct
    INTO quarter_change, year_change, quarters, first_period, value_pct, low_pct, high_pct, slope_pct
    FROM trend t
    LEFT JOIN LATERAL outlook_of(t.numbers, t.costs, period_number(target)) o ON t.whole AND this_period <= target;
END $$;
COMMENT ON FUNCTION world_course IS 'How the average over all services moved on the quarter and on the year before (percentage points, null without that quarter), and where the last twelve quarters lead by 2030-12-31 (nulls without twelve in the last sixteen).';
COMMIT;
