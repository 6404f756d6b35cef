-- Live offers. History only grows; what is in force or will be stands in current_offer, kept in the same transaction;
-- change_log tells the servers which corridors to read again.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(4, 'quotes');

CREATE SEQUENCE quote_id;

CREATE TABLE quote (
    id               bigint      NOT NULL DEFAULT nextval('quote_id'),
    recorded_at      timestamptz NOT NULL DEFAULT now(),
    service          bigint      NOT NULL REFERENCES service,
    corridor         text        NOT NULL,
    submission       bigint      NOT NULL REFERENCES submission,
    price            text        NOT NULL CHECK (price IN ('regular', 'first_transfer')),
    send_currency    text        NOT NULL CHECK (send_currency ~ '^[A-Z]{3}$'),
    receive_currency text        NOT NULL CHECK (receive_currency ~ '^[A-Z]{3}$'),
    pay_in           text[]      NOT NULL,
    access_point     text[]      NOT NULL,
    pay_out          text[]      NOT NULL,
    speed            text        NOT NULL,
    coverage         text        NOT NULL,
    pickup_points    integer     CHECK (pickup_points >= 0),
    tariff           jsonb       NOT NULL CHECK (jsonb_typeof(tariff) = 'array'),
    receive_fee      numeric     NOT NULL DEFAULT 0 CHECK (receive_fee >= 0),
    tax_pct          numeric     NOT NULL DEFAULT 0 CHECK (tax_pct BETWEEN 0 AND 100),
    min              numeric     NOT NULL DEFAULT 0 CHECK (min >= 0),
    max              numeric     CHECK (max >= min),
    collected_at     timestamptz NOT NULL,
    valid_from       timestamptz NOT NULL,
    valid_until      timestamptz NOT NULL CHECK (valid_until > valid_from),
    PRIMARY KEY (id, recorded_at)
) PARTITION BY RANGE (recorded_at);
COMMENT ON TABLE quote IS 'Every live offer ever accepted, one row a version, never changed. Partitioned by the month we learned it.';
COMMENT ON COLUMN quote.id IS 'Public number of the quote.';
COMMENT ON COLUMN quote.recorded_at IS 'Transaction time: when we learned it.';
COMMENT ON COLUMN quote.service IS 'The service it prices.';
COMMENT ON COLUMN quote.corridor IS 'The service''s corridor, repeated so that a corridor is read from one index.';
COMMENT ON COLUMN quote.submission IS 'The delivery it came in.';
COMMENT ON COLUMN quote.price IS 'The regular price, or a promotion for a customer''s first transfer; never mixed.';
COMMENT ON COLUMN quote.send_currency IS 'ISO 4217.';
COMMENT ON COLUMN quote.receive_currency IS 'ISO 4217.';
COMMENT ON COLUMN quote.pay_in IS 'Codes: how the customer pays.';
COMMENT ON COLUMN quote.access_point IS 'Codes: where the order is placed.';
COMMENT ON COLUMN quote.pay_out IS 'Codes: how the family collects.';
COMMENT ON COLUMN quote.speed IS 'RPW''s speed class.';
COMMENT ON COLUMN quote.coverage IS 'Coverage of the receiving network: high, medium, low, unknown.';
COMMENT ON COLUMN quote.pickup_points IS 'Number of pick-up points, where told.';
COMMENT ON COLUMN quote.tariff IS 'Bands: [{"from","to","fee","fee_pct","fee_min","fee_max","rate"}], decimal strings in the sending currency; see include/corridor/tariff.h.';
COMMENT ON COLUMN quote.receive_fee IS 'Receiving side''s fee, receiving currency.';
COMMENT ON COLUMN quote.tax_pct IS 'Tax on the principal, percent.';
COMMENT ON COLUMN quote.min IS 'Smallest principal taken, sending currency.';
COMMENT ON COLUMN quote.max IS 'Largest principal taken, sending currency; null for none.';
COMMENT ON COLUMN quote.collected_at IS 'When the price was observed or declared by its source.';
COMMENT ON COLUMN quote.valid_from IS 'Valid time: in force from this instant.';
COMMENT ON COLUMN quote.valid_until IS 'Valid time: no longer in force from this instant.';
-- A corridor's market on a past day is read by this index alone.
CREATE INDEX quote_corridor ON quote (corridor, valid_from);
-- A delivery is published, and answered for, by this one.
CREATE INDEX quote_submission ON quote (submission);

CREATE FUNCTION make_quote_partitions(first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
DECLARE
    month date := date_trunc('month', first_day);
    made  integer := 0;
BEGIN
    IF last_day > first_day + interval '20 years' THEN
        RAISE EXCEPTION 'more than 20 years of partitions asked for';
    END IF;
    -- Two programs may ask at once.
    PERFORM pg_advisory_xact_lock(hashtext('corridor.make_quote_partitions'));
    WHILE month <= last_day LOOP
        IF to_regclass(format('corridor.quote_%s', to_char(month, 'YYYYMM'))) IS NULL THEN
            EXECUTE format('CREATE TABLE corridor.quote_%s PARTITION OF corridor.quote FOR VALUES FROM (%L) TO (%L)',
                           to_char(month, 'YYYYMM'), month::timestamp AT TIME ZONE 'UTC',
                           (month + interval '1 month') AT TIME ZONE 'UTC');
            EXECUTE format('COMMENT ON TABLE corridor.quote_%s IS %L', to_char(month, 'YYYYMM'),
                           'Quotes learned in ' || to_char(month, 'YYYY-MM') || ' (UTC).');
            made := made + 1;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END $$;
COMMENT ON FUNCTION make_quote_partitions IS 'Makes the monthly partitions of quote from the month of first_day to that of last_day; returns how many were missing. Whoever stores quotes calls it some months ahead.';
SELECT make_quote_partitions(current_date, (current_date + interval '12 months')::date);

CREATE TABLE current_offer (
    service     bigint      NOT NULL REFERENCES service,
    price       text        NOT NULL,
    quote       bigint      NOT NULL,
    recorded_at timestamptz NOT NULL,
    corridor    text        NOT NULL,
    valid_from  timestamptz NOT NULL,
    PRIMARY KEY (service, price, quote),
    FOREIGN KEY (quote, recorded_at) REFERENCES quote (id, recorded_at)
);
COMMENT ON TABLE current_offer IS 'The quotes that are in force, have lapsed without a successor, or are announced: what a server holds in memory.';
COMMENT ON COLUMN current_offer.service IS 'The service.';
COMMENT ON COLUMN current_offer.price IS 'regular or first_transfer.';
COMMENT ON COLUMN current_offer.quote IS 'The quote''s number.';
COMMENT ON COLUMN current_offer.recorded_at IS 'With the number, the key of quote.';
COMMENT ON COLUMN current_offer.corridor IS 'The service''s corridor.';
COMMENT ON COLUMN current_offer.valid_from IS 'The quote''s valid_from.';
CREATE INDEX current_offer_corridor ON current_offer (corridor);

CREATE TABLE change_log (
    xid      xid8   NOT NULL DEFAULT pg_current_xact_id(),
    seq      bigint GENERATED ALWAYS AS IDENTITY,
    corridor text   NOT NULL CHECK (corridor = '*' OR corridor ~ '^[A-Z]{2}-[A-Z]{2}$'),
    PRIMARY KEY (xid, seq)
);
COMMENT ON TABLE change_log IS 'What a server must read again. Readers follow (xid, seq) below pg_snapshot_xmin: reading by sequence alone loses rows that commit out of order.';
COMMENT ON COLUMN change_log.xid IS 'The transaction that made the change.';
COMMENT ON COLUMN change_log.seq IS 'Order within it.';
COMMENT ON COLUMN change_log.corridor IS 'The corridor that changed; * when reference rates did, which touches all.';

CREATE FUNCTION publish_submission(this_submission bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
DECLARE
    corridors integer;
BEGIN
    -- An older quote O can still be chosen at some instant t >= now only while no later-recorded quote N of the same service
    -- and price has N.valid_from <= t; so O is finished once N.valid_from <= greatest(now, O.valid_from). A delivery with
    -- a past is weighed before it is stored: of years of prices, only the last ever enter current_offer.
    WITH fresh AS MATERIALIZED (
        SELECT q.service, q.price, q.id AS quote, q.recorded_at, q.corridor, q.valid_from
        FROM quote q WHERE q.submission = this_submission
    ), known AS MATERIALIZED (
        SELECT k.*, coalesce(min(k.valid_from) OVER later <= greatest(now(), k.valid_from), false) AS finished
        FROM (SELECT true AS added, f.* FROM fresh f
              UNION ALL
              SELECT false, c.service, c.price, c.quote, c.recorded_at, c.corridor, c.valid_from
              FROM current_offer c WHERE (c.service, c.price) IN (SELECT f.service, f.price FROM fresh f)) k
        WINDOW later AS (PARTITION BY k.service, k.price ORDER BY k.recorded_at, k.quote
                         ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
    ), dropped AS (
        DELETE FROM current_offer c USING known k
        WHERE k.finished AND NOT k.added AND c.service = k.service AND c.price = k.price AND c.quote = k.quote
    ), kept AS (
        INSERT INTO current_offer (service, price, quote, recorded_at, corridor, valid_from)
        SELECT k.service, k.price, k.quote, k.recorded_at, k.corridor, k.valid_from
        FROM known k WHERE k.added AND NOT k.finished
    )
    INSERT INTO change_log (corridor) SELECT DISTINCT f.corridor FROM fresh f;
    GET DIAGNOSTICS corridors = ROW_COUNT;
    RETURN corridors;
END $$;
COMMENT ON FUNCTION publish_submission IS 'Makes a submission''s quotes current, drops those they replace, and tells the servers; returns the number of corridors touched. Called in the transaction that stored the quotes.';
REVOKE EXECUTE ON FUNCTION publish_submission, make_quote_partitions FROM corridor_server;

CREATE FUNCTION offers_at(this_corridor text, at timestamptz, known_at timestamptz)
RETURNS SETOF quote LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (q.service, q.price) q.*
    FROM corridor.quote q
    WHERE q.corridor = this_corridor AND q.valid_from <= at AND q.recorded_at <= known_at
    ORDER BY q.service, q.price, q.recorded_at DESC, q.id DESC
$$;
COMMENT ON FUNCTION offers_at IS 'The last price of every service of a corridor at an instant, as known at another: the latest learned of those that had begun. It may have lapsed since (valid_until <= at).';

GRANT SELECT ON quote, current_offer, change_log TO corridor_ingest, corridor_server, corridor_moderator, corridor_researcher;
GRANT INSERT ON quote, change_log TO corridor_ingest;
GRANT USAGE ON SEQUENCE quote_id TO corridor_ingest;
COMMIT;
