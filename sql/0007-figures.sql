-- The figures of one corridor in one quarter, from surveys and live offers alike, as a statistician would write them.
-- Definitions: World Bank Remittance Prices Worldwide; SDG indicator 10.c.1 metadata (SmaRT).
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(7, 'figures');

CREATE FUNCTION currency_exponent(code text) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN code IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV',
                      'XAF', 'XOF', 'XPF') THEN 0
        WHEN code IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
        WHEN code IN ('CLF', 'UYW') THEN 4
        ELSE 2
    END
$$;
COMMENT ON FUNCTION currency_exponent IS 'Decimals of a currency''s minor unit, ISO 4217.';

CREATE FUNCTION tariff_cost_pct(tariff jsonb, principal numeric, send text, tax_pct numeric, receive_fee numeric,
                                reference numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (
    WITH band AS (
        SELECT coalesce((b ->> 'fee')::numeric, 0) AS fee, coalesce((b ->> 'fee_pct')::numeric, 0) AS fee_pct,
               coalesce((b ->> 'fee_min')::numeric, 0) AS fee_min, (b ->> 'fee_max')::numeric AS fee_max,
               (b ->> 'rate')::numeric AS rate
        FROM jsonb_array_elements(tariff) WITH ORDINALITY AS e (b, place)
        WHERE (b ->> 'from')::numeric <= principal
          AND (b ->> 'to' IS NULL OR principal < (b ->> 'to')::numeric
               OR (place = jsonb_array_length(tariff) AND principal = (b ->> 'to')::numeric))
    ), charged AS (
        SELECT least(greatest(round(fee + fee_pct * principal / 100, corridor.currency_exponent(send)), fee_min), fee_max)
               + round(tax_pct * principal / 100, corridor.currency_exponent(send)) AS fees, rate
        FROM band
    )
    SELECT round(100 * (fees / principal + (reference - rate) / reference + receive_fee / (principal * reference)), 6)
    FROM charged
    WHERE rate > 0 AND reference > 0 AND principal > 0);
END $$;
COMMENT ON FUNCTION tariff_cost_pct IS 'Total cost, percent of the principal, of a tariff at a principal: what include/corridor/cost.h computes, in SQL. Null when no band holds, or rate or reference is unknown.';

CREATE FUNCTION corridor_services(this_corridor text, this_period text, price_point integer, known_at timestamptz)
RETURNS TABLE (operator text, service text, firm_type text, pay_in text[], access_point text[], pay_out text[], speed text,
               coverage text, surveyed boolean, demonstration boolean, total_cost_pct numeric)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    -- In plpgsql for its plan over all months of quotes, which a session keeps: in sql it would be made anew for each
    -- corridor, 6 of 7 ms.
    RETURN QUERY
    WITH live AS MATERIALIZED (
        SELECT s.operator, s.ref, op.type, op.origin = 'demonstration' AS demonstration, q.pay_in, q.access_point, q.pay_out,
               q.speed, q.coverage, q.send_currency::text AS send, q.receive_currency::text AS receive, q.tariff, q.tax_pct,
               q.receive_fee, q.min, q.max, (least(quarter.at, q.valid_until) AT TIME ZONE 'UTC')::date AS day
        FROM (SELECT least((period_end(this_period) + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 microsecond', known_at)
                     AS at) quarter
        CROSS JOIN LATERAL offers_at(this_corridor, quarter.at, known_at) q
        JOIN service s ON s.id = q.service
        JOIN operator op ON op.id = s.operator
        WHERE q.price = 'regular'
          AND q.valid_until > ((period_end(this_period) + 1) - interval '3 months')::timestamp AT TIME ZONE 'UTC'
    ), rates AS MATERIALIZED (
        -- Most services of a corridor share their pair and day; finding a rate is what costs here.
        SELECT pair.*, r.rate AS reference, round(price_point * usd.rate) AS principal
        FROM (SELECT DISTINCT send, receive, day, demonstration FROM live) pair
        CROSS JOIN LATERAL reference_rate_at(pair.send, pair.receive, pair.day, known_at, pair.demonstration) r
        CROSS JOIN LATERAL reference_rate_at('USD', pair.send, pair.day, known_at, pair.demonstration) usd
    )
    SELECT o.operator, o.source || ':' || o.source_id, o.firm_type, o.pay_in, o.access_point, o.pay_out, o.speed, o.coverage,
           true, false, p.total_cost_pct
    FROM observations_of(this_corridor, this_period, known_at) o
    JOIN observed_price p ON p.observation = o.id AND p.price_point_usd = price_point
    WHERE o.transparent
    UNION ALL
    SELECT live.operator, live.operator || ':' || live.ref, live.type, live.pay_in, live.access_point, live.pay_out, live.speed,
           live.coverage, false, live.demonstration, c.pct
    FROM live
    JOIN rates USING (send, receive, day, demonstration)
    CROSS JOIN LATERAL (SELECT tariff_cost_pct(live.tariff, rates.principal, live.send, live.tax_pct, live.receive_fee,
                                               rates.reference) AS pct) c
    WHERE c.pct IS NOT NULL AND rates.principal >= live.min AND (live.max IS NULL OR rates.principal <= live.max);
END $$;
COMMENT ON FUNCTION corridor_services IS 'The services that count in a corridor''s averages of a quarter: transparent, regular price, one row each. A survey row is its own service. A live service counts with the price in force at the quarter''s end (or now, in a running quarter), or its last within it, at the price point''s worth in the sending currency, to the whole unit.';

CREATE FUNCTION qualifies_for_smart(speed text, coverage text, pay_out text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT speed IN ('less_than_one_hour', 'same_day', 'next_day', '2_days', '3_5_days')
       AND (coverage = 'high' OR pay_out && ARRAY['bank_account', 'mobile_wallet', 'card', 'home_delivery'])
$$;
COMMENT ON FUNCTION qualifies_for_smart IS 'SmaRT counts services that deliver within five days and are accessible: a nationwide network where something has to be collected, any coverage where it comes to an account, a wallet, a card or the door.';

CREATE FUNCTION corridor_figures(this_corridor text, this_period text, price_point integer, known_at timestamptz,
                                 OUT services integer, OUT operators integer, OUT average_pct numeric, OUT median_pct numeric,
                                 OUT smart_pct numeric, OUT best_pct numeric, OUT surveyed integer, OUT demonstration boolean)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
BEGIN
    WITH counted AS (
        SELECT * FROM corridor_services(this_corridor, this_period, price_point, known_at)
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
COMMENT ON FUNCTION corridor_figures IS 'A corridor''s figures in a quarter at a price point (200 or 500 US dollars) as known at an instant; nulls where no service counts, smart_pct null where fewer than three qualify.';

CREATE FUNCTION latest_period(this_corridor text, known_at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN greatest(latest_survey(this_corridor, known_at),
                    (SELECT to_char(least(max(q.valid_until), known_at) AT TIME ZONE 'UTC', 'YYYY"-Q"Q') FROM quote q
                     WHERE q.corridor = this_corridor AND q.recorded_at <= known_at AND q.valid_from <= known_at
                     HAVING count(*) > 0)); -- least() passes over nulls
END $$;
COMMENT ON FUNCTION latest_period IS 'The latest quarter with any price of a corridor, surveyed or live; null where there is none.';
COMMIT;
