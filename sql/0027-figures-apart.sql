-- Invented prices and real ones never meet in a figure, also where a corridor has both in one quarter: then its figures are of
-- the real ones alone, as those that are kept already are (0013).
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(27, 'figures-apart');

-- Takes the place of what sql/0007-figures.sql made, which counted both together.
CREATE OR REPLACE FUNCTION corridor_figures(this_corridor text, this_period text, price_point integer, known_at timestamptz,
                                 OUT services integer, OUT operators integer, OUT average_pct numeric, OUT median_pct numeric,
                                 OUT smart_pct numeric, OUT best_pct numeric, OUT surveyed integer, OUT demonstration boolean)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
BEGIN
    WITH found AS MATERIALIZED (
        SELECT * FROM corridor_services(this_corridor, this_period, price_point, known_at)
    ), counted AS MATERIALIZED (
        SELECT * FROM found
        WHERE found.demonstration = (SELECT bool_and(f.demonstration) FROM found f) -- all are invented, or the real ones
    ), cheapest AS (
        SELECT total_cost_pct FROM counted WHERE qualifies_for_smart(speed, coverage, pay_out)
        ORDER BY total_cost_pct LIMIT 3
    )
    SELECT count(*), count(DISTINCT operator), avg(total_cost_pct),
           -- percentile_cont is binary floating point; the median of exact figures is exact.
           (SELECT avg(total_cost_pct) FROM (SELECT total_cost_pct, row_number() OVER (ORDER BY total_cost_pct) AS place,
                                                    count(*) OVER () AS n FROM counted) m
            WHERE place IN ((n + 1) / 2, (n + 2) / 2)),
           (SELECT CASE WHEN count(*) = 3 THEN avg(total_cost_pct) END FROM cheapest),
           min(total_cost_pct), count(*) FILTER (WHERE counted.surveyed), coalesce(bool_or(counted.demonstration), false)
    INTO services, operators, average_pct, median_pct, smart_pct, best_pct, surveyed, demonstration
    FROM counted;
END $$;
COMMENT ON FUNCTION corridor_figures IS 'A corridor''s figures in a quarter at a price point (200 or 500 US dollars) as known at an instant: of its real prices, or of invented ones where there is no real one; nulls where no service counts, smart_pct null where fewer than three qualify.';
COMMIT;
