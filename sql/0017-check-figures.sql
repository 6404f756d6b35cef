-- The kept figures against the record: what `corridor check aggregates` asks.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(17, 'check-figures');

CREATE FUNCTION figures_kept(this_period text, history boolean)
RETURNS TABLE (corridor text, price_point_usd smallint, demonstration boolean, recorded_at timestamptz, known_at timestamptz,
               figures jsonb)
LANGUAGE sql STABLE AS $$
    SELECT q.corridor, q.price_point_usd, q.demonstration, q.recorded_at,
           -- The last version of a quarter that has ended holds by all that is known now.
           CASE WHEN q.superseded_at = 'infinity' AND corridor.period_close(q.period) <= q.known_at THEN now() ELSE q.known_at END,
           to_jsonb(q) - '{corridor,period,price_point_usd,demonstration,recorded_at,superseded_at,known_at,content}'::text[]
           || jsonb_build_object('groups', coalesce(g.groups, '{}'))
    FROM corridor.quarter_figure q
    LEFT JOIN LATERAL (
        SELECT jsonb_object_agg(g.dimension || ' ' || g.value, jsonb_build_array(g.services, g.sum_pct)) AS groups
        FROM corridor.quarter_group g
        WHERE g.period = q.period AND g.price_point_usd = q.price_point_usd AND g.demonstration = q.demonstration
          AND g.corridor = q.corridor AND g.recorded_at = q.recorded_at) g ON true
    WHERE q.period = this_period AND (history OR q.superseded_at = 'infinity')
$$;
COMMENT ON FUNCTION figures_kept IS 'A quarter''s kept figures, the last versions or all, and by what was known when they must come out again.';

CREATE FUNCTION figures_apart(this_period text, history boolean)
RETURNS TABLE (corridor text, price_point_usd smallint, demonstration boolean, recorded_at timestamptz, figure text, kept text,
               again text)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH kept AS MATERIALIZED (
        SELECT * FROM figures_kept(this_period, history)
    ), questions AS MATERIALIZED (
        SELECT DISTINCT k.corridor, k.known_at FROM kept k
        UNION
        -- What has no figures at all and should have.
        SELECT o.corridor, now() FROM observation o WHERE o.period = this_period
          AND NOT EXISTS (SELECT FROM kept k WHERE k.corridor = o.corridor)
        UNION
        SELECT q.corridor, now() FROM quote q
        WHERE q.valid_from < period_close(this_period) AND q.valid_until > period_close(period_before(this_period, 1))
          AND NOT EXISTS (SELECT FROM kept k WHERE k.corridor = q.corridor)
    ), again AS MATERIALIZED (
        SELECT q.corridor, q.known_at, f.price_point_usd, f.demonstration,
               to_jsonb(f) - '{price_point_usd,demonstration,groups}'::text[]
               || jsonb_build_object('groups', coalesce(
                    (SELECT jsonb_object_agg(g ->> 'dimension' || ' ' || (g ->> 'value'),
                                             jsonb_build_array(g -> 'services', g -> 'sum_pct'))
                     FROM jsonb_array_elements(f.groups) g), '{}')) AS figures
        FROM questions q CROSS JOIN LATERAL figures_of(q.corridor, this_period, q.known_at) f
    ), both_ways AS (
        SELECT k.corridor, k.price_point_usd, k.demonstration, k.recorded_at, k.figures AS kept, a.figures AS again
        FROM kept k
        LEFT JOIN again a USING (corridor, known_at, price_point_usd, demonstration)
        -- A version that says nothing is left stands for no figures.
        WHERE NOT (a.figures IS NULL AND (k.figures ->> 'services')::integer = 0 AND (k.figures ->> 'not_transparent') = '0')
        UNION ALL
        SELECT a.corridor, a.price_point_usd, a.demonstration, NULL, NULL, a.figures
        FROM again a
        WHERE NOT EXISTS (SELECT FROM kept k WHERE k.corridor = a.corridor AND k.price_point_usd = a.price_point_usd
                                               AND k.demonstration = a.demonstration)
    )
    SELECT b.corridor, b.price_point_usd, b.demonstration, b.recorded_at, key, b.kept ->> key, b.again ->> key
    FROM both_ways b
    CROSS JOIN LATERAL (SELECT DISTINCT key FROM (SELECT jsonb_object_keys(b.kept) AS key
                                                  UNION ALL SELECT jsonb_object_keys(b.again)) k) keys
    WHERE b.kept -> key IS DISTINCT FROM b.again -> key
    ORDER BY b.corridor, b.price_point_usd, b.demonstration, b.recorded_at, key;
END $$;
COMMENT ON FUNCTION figures_apart IS 'Where the kept figures of a quarter differ from those worked out again from the record: every figure, as kept (null: not at all) and again. history: earlier versions too, by what was known then.';

CREATE FUNCTION versions_apart() RETURNS TABLE (corridor text, period text, price_point_usd smallint, demonstration boolean,
                                                recorded_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT v.corridor, v.period, v.price_point_usd, v.demonstration, v.recorded_at
    FROM (SELECT q.*, lead(q.recorded_at, 1, 'infinity')
                      OVER (PARTITION BY q.period, q.price_point_usd, q.demonstration, q.corridor ORDER BY q.recorded_at) AS next
          FROM corridor.quarter_figure q) v
    WHERE v.superseded_at <> v.next
    ORDER BY 2, 1, 3, 4, 5
$$;
COMMENT ON FUNCTION versions_apart IS 'Versions of figures that do not end where the next begins: there must be none.';

CREATE FUNCTION periods_with_figures() RETURNS TABLE (period text, corridors bigint)
LANGUAGE sql STABLE AS $$
    SELECT p.period, count(*) FROM (
        SELECT q.period, q.corridor FROM corridor.quarter_figure q
        UNION SELECT o.period, o.corridor FROM corridor.observation o
        UNION SELECT period, q.corridor
        FROM (SELECT corridor, min(valid_from) AS first, max(valid_until) AS last FROM corridor.quote GROUP BY corridor) q,
             corridor.periods_between(q.first, least(q.last, now())) period) p
    GROUP BY p.period ORDER BY p.period
$$;
COMMENT ON FUNCTION periods_with_figures IS 'The quarters that have figures, or prices to make them of, and of how many corridors.';
COMMIT;
