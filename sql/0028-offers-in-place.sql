-- A service's next price takes its last one's place in current_offer, where that was deleted and another row added: one page
-- changed instead of four, and no index, as none has a column that a price changes.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(28, 'offers-in-place');

ALTER TABLE current_offer DROP CONSTRAINT current_offer_pkey;
CREATE INDEX current_offer_service ON current_offer (service, price);
ALTER TABLE current_offer SET (fillfactor = 70); -- room for the next version on the same page

-- Takes the place of what sql/0011-feed.sql made.
CREATE OR REPLACE FUNCTION store_quotes(
    at timestamptz, q_id bigint[], q_submission bigint[], q_service bigint[], q_corridor text[], q_price text[],
    q_send text[], q_receive text[], q_pay_in text[], q_access_point text[], q_pay_out text[], q_speed text[],
    q_coverage text[], q_points integer[], q_tariff text[], q_receive_fee text[], q_tax_pct text[], q_min text[],
    q_max text[], q_valid_from timestamptz[], q_valid_until timestamptz[], q_is_new boolean[], q_content bytea[],
    q_judged_pair integer[], q_judged_rate bigint[], q_judged_log bigint[], q_judged_fee_200 bigint[],
    q_judged_terms bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    changed  bigint;
    services bigint;
BEGIN
    INSERT INTO quote (id, recorded_at, service, corridor, submission, price, send_currency, receive_currency, pay_in,
                       access_point, pay_out, speed, coverage, pickup_points, tariff, receive_fee, tax_pct, min, max,
                       collected_at, valid_from, valid_until, is_new)
    SELECT u.id, at, u.service, u.corridor, u.submission, u.price, u.send, u.receive, u.pay_in::text[],
           u.access_point::text[], u.pay_out::text[], u.speed, u.coverage, u.points, u.tariff::jsonb,
           u.receive_fee::numeric, u.tax_pct::numeric, u.min::numeric, u.max::numeric, at, u.valid_from, u.valid_until,
           u.is_new
    FROM unnest(q_id, q_service, q_corridor, q_submission, q_price, q_send, q_receive, q_pay_in, q_access_point,
                q_pay_out, q_speed, q_coverage, q_points, q_tariff, q_receive_fee, q_tax_pct, q_min, q_max, q_valid_from,
                q_valid_until, q_is_new)
         AS u (id, service, corridor, submission, price, send, receive, pay_in, access_point, pay_out, speed, coverage,
               points, tariff, receive_fee, tax_pct, min, max, valid_from, valid_until, is_new);
    -- As publish_submission does, for quotes that are the latest of their service and price, each once.
    WITH moved AS (
        UPDATE current_offer c
        SET quote = u.id, recorded_at = at, valid_from = u.valid_from, valid_until = u.valid_until, content = u.content,
            judged_pair = u.pair, judged_rate = u.rate, judged_log = u.log, judged_fee_200 = u.fee_200,
            judged_terms = u.terms
        FROM unnest(q_service, q_price, q_id, q_valid_from, q_valid_until, q_content, q_judged_pair, q_judged_rate,
                    q_judged_log, q_judged_fee_200, q_judged_terms)
             AS u (service, price, id, valid_from, valid_until, content, pair, rate, log, fee_200, terms)
        WHERE c.service = u.service AND c.price = u.price AND u.valid_from <= greatest(at, c.valid_from)
        RETURNING u.id
    )
    SELECT count(*), count(DISTINCT m.id) INTO changed, services FROM moved m;
    IF services < cardinality(q_id) THEN -- the first price of a service, or one announced for later
        INSERT INTO current_offer (service, price, quote, recorded_at, corridor, valid_from, valid_until, content,
                                   judged_pair, judged_rate, judged_log, judged_fee_200, judged_terms)
        SELECT u.service, u.price, u.id, at, u.corridor, u.valid_from, u.valid_until, u.content, u.pair, u.rate, u.log,
               u.fee_200, u.terms
        FROM unnest(q_service, q_price, q_id, q_corridor, q_valid_from, q_valid_until, q_content, q_judged_pair,
                    q_judged_rate, q_judged_log, q_judged_fee_200, q_judged_terms)
             AS u (service, price, id, corridor, valid_from, valid_until, content, pair, rate, log, fee_200, terms)
        WHERE NOT EXISTS (SELECT FROM current_offer c
                          WHERE c.service = u.service AND c.price = u.price AND c.quote = u.id);
    END IF;
    IF changed > services THEN -- it took the place of two: a price in force, and what was announced to follow
        DELETE FROM current_offer c
        USING unnest(q_service, q_price, q_id) AS u (service, price, id), current_offer other
        WHERE c.service = u.service AND c.price = u.price AND c.quote = u.id
          AND other.service = u.service AND other.price = u.price AND other.quote = u.id AND other.ctid < c.ctid;
    END IF;
    INSERT INTO change_log (corridor) SELECT DISTINCT u.corridor FROM unnest(q_corridor) AS u (corridor);
END $$;
COMMIT;
