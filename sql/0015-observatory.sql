-- SDG 10.c: averages over many corridors, by quarter, for the world and for groups, from the versions known at a stand.
-- Definitions: World Bank Remittance Prices Worldwide; SDG indicator 10.c.1 metadata; /v1/methodology says them in words.
--
-- What every function here takes: point is the price point (200 or 500), invented asks for the demonstration instead of real
-- prices, stand is the instant whose knowledge counts (stand_at), exclude lists senders that are left out.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(15, 'observatory');

CREATE FUNCTION country_groups_of(period text)
RETURNS TABLE (country text, region text, income text, g20 text) LANGUAGE sql STABLE AS $$
    -- The World Bank's fiscal year of 2025 began on 2024-07-01.
    WITH asked AS (SELECT extract(year FROM corridor.period_end(period) + interval '6 months') AS fiscal_year)
    SELECT DISTINCT ON (g.country) g.country, g.region, g.income, CASE WHEN g.g20 THEN 'member' ELSE 'other' END
    FROM corridor.country_group g, asked
    ORDER BY g.country, g.fiscal_year > asked.fiscal_year, abs(g.fiscal_year - asked.fiscal_year)
$$;
COMMENT ON FUNCTION country_groups_of IS 'Each country''s groups as classified for a quarter: the latest classification that had begun, else the earliest there is.';

CREATE FUNCTION flow_years(stand timestamptz)
RETURNS TABLE (year integer, sender text, usd_million numeric) LANGUAGE sql STABLE AS $$
    SELECT t.year::integer, t.sender, t.usd_million FROM corridor.flow_total t
    WHERE t.recorded_at = (SELECT max(l.recorded_at) FROM corridor.flow_total l WHERE l.recorded_at <= stand)
$$;
COMMENT ON FUNCTION flow_years IS 'The years whose flows were known at a stand, and what each country sends in them.';

CREATE FUNCTION flow_known(this_corridor text, this_year integer, stand timestamptz, last_submission bigint) RETURNS numeric
LANGUAGE sql STABLE AS $$
    SELECT f.usd_million FROM corridor.flow f
    WHERE f.corridor = this_corridor AND f.year = this_year AND f.recorded_at <= stand AND f.submission <= last_submission
    ORDER BY f.recorded_at DESC LIMIT 1
$$;
COMMENT ON FUNCTION flow_known IS 'A corridor''s flow in a year, US$ million, in the latest version known at a stand; last_submission is the stand''s flow_submission.';

CREATE FUNCTION figures_by(kind text, these text[], first_period text, last_period text, point integer, invented boolean,
                           stand timestamptz, exclude text[])
RETURNS TABLE (period text, value text, services bigint, average_pct numeric, corridors bigint, corridors_average_pct numeric,
               flow_weighted_pct numeric, flows_year integer, smart_pct numeric, smart_corridors bigint, smart_without bigint,
               smart_at_most_5 bigint, meets bigint, near bigint, must_fall bigint, at_stake_usd numeric,
               above_target_usd numeric, flow_usd_million numeric, thin bigint, surveyed bigint, not_transparent bigint)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH known AS MATERIALIZED (
        SELECT f.corridor, f.period, f.services, f.surveyed, f.not_transparent, f.sum_pct, f.average_pct, f.smart_pct
        FROM quarter_figure f
        WHERE f.price_point_usd = point AND f.demonstration = invented AND f.period BETWEEN first_period AND last_period
          AND f.recorded_at <= stand AND f.superseded_at > stand AND left(f.corridor, 2) <> ALL (exclude)
    ), matrices AS MATERIALIZED (
        SELECT DISTINCT m.year, coalesce((SELECT s.flow_submission FROM figure_stand s WHERE s.recorded_at = stand),
                                         9223372036854775807) AS last
        FROM flow_years(stand) m
    ), years AS MATERIALIZED (
        -- The year of the quarter or the last one before it with a matrix, else the first one after.
        SELECT p.period, m.year, m.last
        FROM (SELECT DISTINCT k.period, left(k.period, 4)::integer AS year FROM known k) p
        LEFT JOIN LATERAL (SELECT * FROM matrices m
                           ORDER BY m.year > p.year, abs(m.year - p.year) LIMIT 1) m ON true
    ), grouped AS MATERIALIZED (
        SELECT y.period, c.* FROM years y CROSS JOIN LATERAL country_groups_of(y.period) c
        WHERE kind LIKE '%\_region' OR kind LIKE '%\_income' OR kind LIKE '%\_g20'
    ), placed AS MATERIALIZED (
        SELECT k.*, y.year, flow_known(k.corridor, y.year, stand, y.last) AS usd_million, CASE kind
                   WHEN 'world' THEN 'world'
                   WHEN 'corridor' THEN k.corridor
                   WHEN 'sender' THEN left(k.corridor, 2)
                   WHEN 'receiver' THEN right(k.corridor, 2)
                   WHEN 'sending_region' THEN s.region
                   WHEN 'receiving_region' THEN r.region
                   WHEN 'sending_income' THEN s.income
                   WHEN 'receiving_income' THEN r.income
                   WHEN 'sending_g20' THEN s.g20
                   WHEN 'receiving_g20' THEN r.g20 END AS value
        FROM known k
        JOIN years y ON y.period = k.period
        LEFT JOIN grouped s ON s.period = k.period AND s.country = left(k.corridor, 2)
        LEFT JOIN grouped r ON r.period = k.period AND r.country = right(k.corridor, 2)
    )
    SELECT p.period, p.value, sum(p.services), sum(p.sum_pct) / nullif(sum(p.services), 0),
           count(*) FILTER (WHERE p.services > 0), avg(p.average_pct),
           sum(p.usd_million * p.average_pct) / nullif(sum(p.usd_million) FILTER (WHERE p.services > 0), 0),
           min(p.year) FILTER (WHERE p.services > 0),
           avg(p.smart_pct), count(p.smart_pct), count(*) FILTER (WHERE p.services > 0 AND p.smart_pct IS NULL),
           count(*) FILTER (WHERE p.smart_pct <= 5),
           -- On the sums: the mean's own decimals could round a corridor over its line.
           count(*) FILTER (WHERE p.services > 0 AND p.sum_pct <= 3 * p.services),
           count(*) FILTER (WHERE p.sum_pct > 3 * p.services AND p.sum_pct <= 5 * p.services),
           count(*) FILTER (WHERE p.sum_pct > 5 * p.services),
           -- Millions, and percents.
           sum(p.usd_million * (p.average_pct - 3)) * 10000,
           sum(p.usd_million * greatest(p.average_pct - 3, 0)) FILTER (WHERE p.services > 0) * 10000,
           sum(p.usd_million) FILTER (WHERE p.services > 0),
           count(*) FILTER (WHERE p.services BETWEEN 1 AND 2), sum(p.surveyed), sum(p.not_transparent)
    FROM placed p
    WHERE p.value IS NOT NULL AND (these IS NULL OR p.value = ANY (these))
    GROUP BY p.period, p.value
    ORDER BY p.period, p.value;
END $$;
COMMENT ON FUNCTION figures_by IS 'Averages by quarter and by one kind of group in which a corridor lies once: world, corridor, sender, receiver, sending_region, receiving_region, sending_income, receiving_income, sending_g20 (member, other), receiving_g20. these: only these groups; null for all.';

CREATE FUNCTION service_figures_by(kinds text[], these text[], first_period text, last_period text, point integer,
                                   invented boolean, stand timestamptz, exclude text[])
RETURNS TABLE (period text, kind text, value text, services bigint, average_pct numeric)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT g.period, g.dimension, g.value, sum(g.services), sum(g.sum_pct) / sum(g.services)
    FROM quarter_figure f
    JOIN quarter_group g USING (period, price_point_usd, demonstration, corridor, recorded_at)
    WHERE f.price_point_usd = point AND f.demonstration = invented AND f.period BETWEEN first_period AND last_period
      AND f.recorded_at <= stand AND f.superseded_at > stand AND left(f.corridor, 2) <> ALL (exclude)
      -- Said of both: a range is not handed on through a join.
      AND g.price_point_usd = point AND g.demonstration = invented AND g.period BETWEEN first_period AND last_period
      AND g.dimension = ANY (kinds) AND (these IS NULL OR g.value = ANY (these))
    GROUP BY g.period, g.dimension, g.value
    ORDER BY g.period, g.dimension, g.value;
END $$;
COMMENT ON FUNCTION service_figures_by IS 'Averages by quarter and by kinds of service: firm_type, pay_in, pay_out, digital, speed (groups_of_service).';

CREATE FUNCTION operators_by(first_period text, last_period text, point integer, invented boolean, stand timestamptz,
                             exclude text[])
RETURNS TABLE (period text, operators bigint)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT f.period, count(DISTINCT operator)
    FROM quarter_figure f CROSS JOIN LATERAL unnest(f.operator_ids) operator
    WHERE f.price_point_usd = point AND f.demonstration = invented AND f.period BETWEEN first_period AND last_period
      AND f.recorded_at <= stand AND f.superseded_at > stand AND left(f.corridor, 2) <> ALL (exclude)
    GROUP BY f.period
    ORDER BY f.period;
END $$;
COMMENT ON FUNCTION operators_by IS 'How many operators the services that count belong to, by quarter.';

CREATE FUNCTION quantile_of(sorted numeric[], share numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT AS $$
    -- Between the two nearest, linearly: the definition of percentile_cont, which is binary floating point.
    SELECT sorted[below] + (coalesce(sorted[below + 1], sorted[below]) - sorted[below]) * (at - below)
    FROM (SELECT (cardinality(sorted) - 1) * share + 1 AS at, floor((cardinality(sorted) - 1) * share + 1)::integer AS below) p
    WHERE cardinality(sorted) > 0
$$;
COMMENT ON FUNCTION quantile_of IS 'The quantile of numbers in order, exact: share 0.1 is the first decile. Null of none.';

CREATE FUNCTION cost_deciles(this_period text, point integer, invented boolean, stand timestamptz, exclude text[])
RETURNS numeric[]
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
BEGIN
    RETURN (
    WITH sorted AS (
        SELECT array_agg(cost ORDER BY cost) AS costs
        FROM quarter_figure f CROSS JOIN LATERAL unnest(f.costs) cost
        WHERE f.price_point_usd = point AND f.demonstration = invented AND f.period = this_period
          AND f.recorded_at <= stand AND f.superseded_at > stand AND left(f.corridor, 2) <> ALL (exclude)
    )
    SELECT array_agg(quantile_of(s.costs, tenths / 10.0) ORDER BY tenths)
    FROM sorted s, generate_series(1, 9) tenths WHERE s.costs IS NOT NULL);
END $$;
COMMENT ON FUNCTION cost_deciles IS 'The nine deciles of the total costs of all services of a quarter, percent; null where there are none.';

CREATE FUNCTION observatory_ask(known_at timestamptz, asked_period text, point integer,
                                OUT stand timestamptz, OUT remaining integer, OUT invented boolean, OUT period text)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
BEGIN
    SELECT s.recorded_at, s.remaining INTO stand, remaining FROM stand_at(known_at) s;
    invented := NOT EXISTS (SELECT FROM quarter_figure f
                            WHERE f.price_point_usd = point AND NOT f.demonstration AND f.services > 0
                              AND f.recorded_at <= stand AND f.superseded_at > stand);
    period := coalesce(asked_period, (
        SELECT f.period FROM quarter_figure f
        WHERE f.price_point_usd = point AND f.demonstration = invented AND f.services > 0
          AND f.recorded_at <= stand AND f.superseded_at > stand
        ORDER BY f.period DESC LIMIT 1));
END $$;
COMMENT ON FUNCTION observatory_ask IS 'What a question means: the stand that it is answered at, whether there are invented prices only, and the quarter (the latest with any figure, unless one is asked for; null where there is none).';
COMMIT;
