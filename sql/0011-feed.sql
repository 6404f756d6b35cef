-- Quotes that operators push: what became of each submission and each quote, and what a quote is judged against.
--
-- A held quote never is in quote: it lies whole in quarantined_quote, and its release stores it as a quote of that moment,
-- under its number. A withdrawal is a row of its own, so that what held before it still did. Both keep the past as it was.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(11, 'feed');

-- ---- Submissions: the key that makes a repeat safe, and the answer that a repeat gets

ALTER TABLE submission
    ADD COLUMN quarantined     integer  NOT NULL DEFAULT 0 CHECK (quarantined >= 0),
    ADD COLUMN idempotency_key text     CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    ADD COLUMN key_id          text,
    ADD COLUMN status          smallint CHECK (status BETWEEN 200 AND 599),
    ADD COLUMN answer          text;
COMMENT ON COLUMN submission.quarantined IS 'Held back by the judge of quotes.';
COMMENT ON COLUMN submission.idempotency_key IS 'The operator''s own name for a feed submission: the same name and bytes get the same answer again.';
COMMENT ON COLUMN submission.key_id IS 'The key that signed it.';
COMMENT ON COLUMN submission.status IS 'HTTP status of its answer.';
COMMENT ON COLUMN submission.answer IS 'Its answer, word for word; null where it is kept in pieces, in submission_answer.';
CREATE UNIQUE INDEX submission_key ON submission (idempotency_key, operator) WHERE idempotency_key IS NOT NULL;
-- An operator's submissions, page by page.
CREATE INDEX submission_operator ON submission (operator, id) WHERE idempotency_key IS NOT NULL;

CREATE TABLE submission_answer (
    submission bigint  NOT NULL REFERENCES submission DEFERRABLE INITIALLY DEFERRED,
    part       integer NOT NULL CHECK (part >= 0),
    body       text    NOT NULL,
    PRIMARY KEY (submission, part)
);
COMMENT ON TABLE submission_answer IS 'Long answers, in pieces: together they are the answer, word for word.';
COMMENT ON COLUMN submission_answer.submission IS 'Whose answer.';
COMMENT ON COLUMN submission_answer.part IS 'Order of the pieces.';
COMMENT ON COLUMN submission_answer.body IS 'The piece.';

-- ---- Quotes

ALTER TABLE quote ADD COLUMN is_new boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN quote.is_new IS 'A new operator''s first price where too few others could be compared: shown as new.';

-- What a price is judged by, in the few figures of ingest/judge.h; null where an offer did not come by the feed.
ALTER TABLE current_offer
    ADD COLUMN valid_until    timestamptz,
    ADD COLUMN content        bytea CHECK (length(content) = 16),
    ADD COLUMN judged_pair    integer,
    ADD COLUMN judged_rate    bigint,
    ADD COLUMN judged_log     bigint,
    ADD COLUMN judged_fee_200 bigint,
    ADD COLUMN judged_terms bigint;
UPDATE current_offer c SET valid_until = q.valid_until FROM quote q WHERE q.id = c.quote AND q.recorded_at = c.recorded_at;
ALTER TABLE current_offer ALTER COLUMN valid_until SET NOT NULL;
COMMENT ON COLUMN current_offer.valid_until IS 'The quote''s valid_until.';
COMMENT ON COLUMN current_offer.content IS 'Digest of what the operator said, to tell a repeat.';
COMMENT ON COLUMN current_offer.judged_pair IS 'The currencies'' ISO 4217 numbers: sending * 1000 + receiving.';
COMMENT ON COLUMN current_offer.judged_rate IS 'Applied rate at 200 dollars, 10^-12; null where it is not disclosed.';
COMMENT ON COLUMN current_offer.judged_log IS 'ln(rate / reference rate), millionths; null where one of them is unknown.';
COMMENT ON COLUMN current_offer.judged_fee_200 IS 'Fee, tax and receiving fee of 200 dollars, millionths of them.';
COMMENT ON COLUMN current_offer.judged_terms IS 'What its fee is made of at 200 dollars: the fixed part, minor units, times 10^9, and the percentage, millionths.';

CREATE TABLE quarantined_quote (
    LIKE quote INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING COMMENTS,
    content        bytea   NOT NULL CHECK (length(content) = 16),
    judged_pair    integer NOT NULL,
    judged_rate    bigint,
    judged_log     bigint,
    judged_fee_200 bigint,
    judged_terms bigint,
    code           text    NOT NULL,
    field          text    NOT NULL,
    reason         text    NOT NULL,
    far            boolean NOT NULL,
    PRIMARY KEY (id)
);
COMMENT ON TABLE quarantined_quote IS 'Quotes held back by the judge, whole. Never shown; never changed: what became of one stands beside it.';
COMMENT ON COLUMN quarantined_quote.content IS 'As in current_offer, and so the next five.';
COMMENT ON COLUMN quarantined_quote.judged_pair IS 'As in current_offer.';
COMMENT ON COLUMN quarantined_quote.judged_rate IS 'As in current_offer.';
COMMENT ON COLUMN quarantined_quote.judged_log IS 'As in current_offer.';
COMMENT ON COLUMN quarantined_quote.judged_fee_200 IS 'As in current_offer.';
COMMENT ON COLUMN quarantined_quote.judged_terms IS 'As in current_offer.';
COMMENT ON COLUMN quarantined_quote.code IS 'Why it is held: a code of /v1/refusals.';
COMMENT ON COLUMN quarantined_quote.field IS 'The member at fault.';
COMMENT ON COLUMN quarantined_quote.reason IS 'What was compared with what, for the operator and the moderator.';
COMMENT ON COLUMN quarantined_quote.far IS 'So far outside that two moderators must agree to release it.';
-- Whether a service has one, asked for each quote that comes.
CREATE INDEX quarantined_quote_service ON quarantined_quote (service, price, recorded_at);
-- A moderator's list.
CREATE INDEX quarantined_quote_recorded ON quarantined_quote (recorded_at);

CREATE TABLE withdrawal (
    id          bigint      NOT NULL DEFAULT nextval('quote_id'),
    service     bigint      NOT NULL REFERENCES service,
    price       text        NOT NULL CHECK (price IN ('regular', 'first_transfer')),
    recorded_at timestamptz NOT NULL,
    submission  bigint      NOT NULL REFERENCES submission DEFERRABLE INITIALLY DEFERRED,
    judged_pair    integer,
    judged_rate    bigint,
    judged_log     bigint,
    judged_fee_200 bigint,
    judged_terms bigint,
    PRIMARY KEY (service, price, recorded_at, id)
);
COMMENT ON TABLE withdrawal IS 'Prices taken back by their operator: all that was learned of the service and price before is over from this instant on, what was announced too.';
COMMENT ON COLUMN withdrawal.id IS 'Numbered together with quotes, so that what came at one instant has an order.';
COMMENT ON COLUMN withdrawal.service IS 'The service.';
COMMENT ON COLUMN withdrawal.price IS 'regular or first_transfer.';
COMMENT ON COLUMN withdrawal.recorded_at IS 'When we learned it, and when it took effect.';
COMMENT ON COLUMN withdrawal.submission IS 'The delivery it came in: a DELETE, or a book that no longer lists it.';
COMMENT ON COLUMN withdrawal.judged_pair IS 'The price taken back, as in current_offer: the next one is judged by it all the same. So the next four.';
COMMENT ON COLUMN withdrawal.judged_rate IS 'As in current_offer.';
COMMENT ON COLUMN withdrawal.judged_log IS 'As in current_offer.';
COMMENT ON COLUMN withdrawal.judged_fee_200 IS 'As in current_offer.';
COMMENT ON COLUMN withdrawal.judged_terms IS 'As in current_offer.';

CREATE OR REPLACE FUNCTION offers_at(this_corridor text, at timestamptz, known_at timestamptz)
RETURNS SETOF quote LANGUAGE sql STABLE AS $$
    SELECT last.* FROM (
        SELECT DISTINCT ON (q.service, q.price) q.*
        FROM corridor.quote q
        WHERE q.corridor = this_corridor AND q.valid_from <= at AND q.recorded_at <= known_at
        ORDER BY q.service, q.price, q.recorded_at DESC, q.id DESC) last
    WHERE NOT EXISTS (SELECT FROM corridor.withdrawal w
                      WHERE w.service = last.service AND w.price = last.price
                        AND (w.recorded_at, w.id) > (last.recorded_at, last.id)
                        AND w.recorded_at <= least(at, known_at))
$$;
COMMENT ON FUNCTION offers_at IS 'The last price of every service of a corridor at an instant, as known at another: the latest learned of those that had begun, unless it was withdrawn. It may have lapsed since (valid_until <= at).';

CREATE FUNCTION announced_at(this_corridor text, at timestamptz, known_at timestamptz)
RETURNS SETOF quote LANGUAGE sql STABLE AS $$
    SELECT q.* FROM corridor.quote q
    WHERE q.corridor = this_corridor AND q.valid_from > at AND q.recorded_at <= least(at, known_at)
      AND NOT EXISTS (SELECT FROM corridor.withdrawal w
                      WHERE w.service = q.service AND w.price = q.price AND (w.recorded_at, w.id) > (q.recorded_at, q.id)
                        AND w.recorded_at <= least(at, known_at))
$$;
COMMENT ON FUNCTION announced_at IS 'What had been announced by an instant, for later, and not withdrawn. A quote learned later is no announcement of that day.';

-- ---- Storing

-- A foreign key costs each row a query of its own: these four were 60 % of what storing a quote took (100,000 in batches of
-- 1,000: 5.3 s with them, 2.1 s without). Nothing is ever deleted that they point to, no role may, and what they promised is
-- asked of the whole record by tests/crash instead.
ALTER TABLE current_offer DROP CONSTRAINT current_offer_quote_recorded_at_fkey,
                          DROP CONSTRAINT current_offer_service_fkey;
ALTER TABLE quote DROP CONSTRAINT quote_submission_fkey, DROP CONSTRAINT quote_service_fkey;

CREATE FUNCTION feed_lock(this_operator text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended('corridor.feed.' || this_operator, 0)
$$;
COMMENT ON FUNCTION feed_lock IS 'The advisory lock of an operator''s quotes: held, until the transaction ends, by whoever changes them.';

CREATE FUNCTION store_quotes(
    at timestamptz, q_id bigint[], q_submission bigint[], q_service bigint[], q_corridor text[], q_price text[],
    q_send text[], q_receive text[], q_pay_in text[], q_access_point text[], q_pay_out text[], q_speed text[],
    q_coverage text[], q_points integer[], q_tariff text[], q_receive_fee text[], q_tax_pct text[], q_min text[],
    q_max text[], q_valid_from timestamptz[], q_valid_until timestamptz[], q_is_new boolean[], q_content bytea[],
    q_judged_pair integer[], q_judged_rate bigint[], q_judged_log bigint[], q_judged_fee_200 bigint[],
    q_judged_terms bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
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
    DELETE FROM current_offer c
    USING unnest(q_service, q_price, q_valid_from) AS u (service, price, valid_from)
    WHERE c.service = u.service AND c.price = u.price AND u.valid_from <= greatest(at, c.valid_from);
    INSERT INTO current_offer (service, price, quote, recorded_at, corridor, valid_from, valid_until, content, judged_pair,
                               judged_rate, judged_log, judged_fee_200, judged_terms)
    SELECT u.service, u.price, u.id, at, u.corridor, u.valid_from, u.valid_until, u.content, u.pair, u.rate, u.log,
           u.fee_200, u.terms
    FROM unnest(q_service, q_price, q_id, q_corridor, q_valid_from, q_valid_until, q_content, q_judged_pair, q_judged_rate,
                q_judged_log, q_judged_fee_200, q_judged_terms)
         AS u (service, price, id, corridor, valid_from, valid_until, content, pair, rate, log, fee_200, terms);
    INSERT INTO change_log (corridor) SELECT DISTINCT u.corridor FROM unnest(q_corridor) AS u (corridor);
END $$;
COMMENT ON FUNCTION store_quotes IS 'Stores accepted quotes, makes them current, and tells the servers. Each service and price occurs once in a call, and the caller holds the operators'' locks. The release of a held quote comes here too.';

CREATE FUNCTION store_withdrawals(at timestamptz, w_submission bigint[], w_service bigint[], w_price text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
BEGIN
    WITH asked AS (
        SELECT * FROM unnest(w_submission, w_service, w_price) AS u (submission, service, price)
    ), dropped AS (
        DELETE FROM current_offer c USING asked a WHERE c.service = a.service AND c.price = a.price RETURNING c.*
    ), last AS (
        SELECT DISTINCT ON (d.service, d.price) d.* FROM dropped d ORDER BY d.service, d.price, d.recorded_at DESC, d.quote DESC
    )
    INSERT INTO withdrawal (service, price, recorded_at, submission, judged_pair, judged_rate, judged_log, judged_fee_200,
                            judged_terms)
    SELECT a.service, a.price, at, a.submission, l.judged_pair, l.judged_rate, l.judged_log, l.judged_fee_200,
           l.judged_terms
    FROM asked a LEFT JOIN last l USING (service, price);
    INSERT INTO change_log (corridor)
    SELECT DISTINCT s.corridor FROM service s WHERE s.id = ANY (w_service);
END $$;
COMMENT ON FUNCTION store_withdrawals IS 'Takes prices back, each service and price once in a call: none of them is current any more, and the servers are told. The caller holds the operators'' locks.';

CREATE FUNCTION open_prices(this_service bigint) RETURNS TABLE (service bigint, price text) LANGUAGE sql STABLE AS $$
    SELECT c.service, c.price FROM corridor.current_offer c WHERE c.service = this_service
    UNION
    SELECT h.service, h.price FROM corridor.quarantined_quote h
    WHERE h.service = this_service
      AND NOT EXISTS (SELECT FROM corridor.quote q WHERE q.id = h.id AND q.recorded_at >= h.recorded_at)
      AND NOT EXISTS (SELECT FROM corridor.withdrawal w
                      WHERE w.service = h.service AND w.price = h.price AND w.recorded_at > h.recorded_at)
$$;
COMMENT ON FUNCTION open_prices IS 'What of a service can be withdrawn: its current prices, and those held back.';

CREATE FUNCTION book_begin() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
BEGIN
    CREATE TEMPORARY TABLE book_entry (service bigint NOT NULL, price text NOT NULL) ON COMMIT DROP;
END $$;
COMMENT ON FUNCTION book_begin IS 'Begins an operator''s book, which replaces all its quotes, in the transaction that stores them.';

CREATE FUNCTION book_add(this_operator text, b_ref text[], b_price text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO pg_temp.book_entry
    SELECT s.id, p.price FROM unnest(b_ref, b_price) AS u (ref, price)
    JOIN service s ON s.operator = this_operator AND s.ref = u.ref
    JOIN (VALUES ('regular'), ('first_transfer')) AS p (price) ON p.price = coalesce(u.price, p.price);
END $$;
COMMENT ON FUNCTION book_add IS 'Notes what a book lists, whatever became of it; a price of null is both.';

CREATE FUNCTION book_end(at timestamptz, this_submission bigint, this_operator text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
DECLARE
    services bigint[];
    prices   text[];
BEGIN
    SELECT array_agg(m.service), array_agg(m.price) INTO services, prices
    FROM (SELECT o.service, o.price FROM service s CROSS JOIN LATERAL open_prices(s.id) o WHERE s.operator = this_operator
          EXCEPT
          SELECT b.service, b.price FROM pg_temp.book_entry b) m;
    IF services IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM store_withdrawals(at, array_fill(this_submission, ARRAY[cardinality(services)]), services, prices);
    RETURN cardinality(services);
END $$;
COMMENT ON FUNCTION book_end IS 'Withdraws what the operator''s book does not list; returns how many prices that were.';

CREATE OR REPLACE FUNCTION publish_submission(this_submission bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
DECLARE
    corridors integer;
BEGIN
    -- An older quote O can still be chosen at some instant t >= now only while no later-recorded quote N of the same service
    -- and price has N.valid_from <= t; so O is finished once N.valid_from <= greatest(now, O.valid_from). A delivery with
    -- a past is weighed before it is stored: of years of prices, only the last ever enter current_offer.
    WITH fresh AS MATERIALIZED (
        SELECT q.service, q.price, q.id AS quote, q.recorded_at, q.corridor, q.valid_from, q.valid_until
        FROM quote q WHERE q.submission = this_submission
    ), known AS MATERIALIZED (
        SELECT k.*, coalesce(min(k.valid_from) OVER later <= greatest(now(), k.valid_from), false) AS finished
        FROM (SELECT true AS added, f.* FROM fresh f
              UNION ALL
              SELECT false, c.service, c.price, c.quote, c.recorded_at, c.corridor, c.valid_from, c.valid_until
              FROM current_offer c WHERE (c.service, c.price) IN (SELECT f.service, f.price FROM fresh f)) k
        WINDOW later AS (PARTITION BY k.service, k.price ORDER BY k.recorded_at, k.quote
                         ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
    ), dropped AS (
        DELETE FROM current_offer c USING known k
        WHERE k.finished AND NOT k.added AND c.service = k.service AND c.price = k.price AND c.quote = k.quote
    ), kept AS (
        INSERT INTO current_offer (service, price, quote, recorded_at, corridor, valid_from, valid_until)
        SELECT k.service, k.price, k.quote, k.recorded_at, k.corridor, k.valid_from, k.valid_until
        FROM known k WHERE k.added AND NOT k.finished
    )
    INSERT INTO change_log (corridor) SELECT DISTINCT f.corridor FROM fresh f;
    GET DIAGNOSTICS corridors = ROW_COUNT;
    RETURN corridors;
END $$;

REVOKE EXECUTE ON FUNCTION store_quotes, store_withdrawals, book_begin, book_add, book_end FROM corridor_server;
GRANT SELECT ON submission_answer, quarantined_quote, withdrawal TO corridor_ingest, corridor_server, corridor_moderator,
    corridor_researcher;
GRANT INSERT ON submission_answer, quarantined_quote TO corridor_ingest;
GRANT USAGE ON SEQUENCE submission_id_seq, service_id_seq TO corridor_ingest;
COMMIT;
