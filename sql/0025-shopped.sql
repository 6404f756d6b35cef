-- What mystery shoppers found: transfers that were paid for, beside what their operators declared. Never an offer.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(25, 'shopped');

CREATE TABLE shopped_transfer (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at       timestamptz NOT NULL DEFAULT now(),
    researcher        text        NOT NULL REFERENCES researcher,
    key_id            text        NOT NULL,
    operator          text        NOT NULL REFERENCES operator,
    ref               text        CHECK (length(ref) BETWEEN 1 AND 100),
    corridor          text        NOT NULL CHECK (corridor ~ '^[A-Z]{2}-[A-Z]{2}$'),
    price             text        NOT NULL CHECK (price IN ('regular', 'first_transfer')),
    send_currency     text        NOT NULL CHECK (send_currency ~ '^[A-Z]{3}$'),
    receive_currency  text        NOT NULL CHECK (receive_currency ~ '^[A-Z]{3}$'),
    amount            numeric     NOT NULL CHECK (amount > 0),
    paid              numeric     NOT NULL CHECK (paid >= amount),
    received          numeric     NOT NULL CHECK (received > 0),
    pay_in            text        NOT NULL,
    access_point      text        NOT NULL,
    pay_out           text        NOT NULL,
    observed_at       timestamptz NOT NULL,
    receipt_sha256    bytea       NOT NULL CHECK (length(receipt_sha256) = 32),
    reference_rate    numeric     CHECK (reference_rate > 0),
    found_cost_pct    numeric,
    declared_quote    bigint,
    declared_cost_pct numeric,
    UNIQUE (researcher, receipt_sha256)
);
COMMENT ON TABLE shopped_transfer IS 'Transfers that researchers paid for, with what their operator''s offer of that moment would have cost. Only added to.';
COMMENT ON COLUMN shopped_transfer.id IS 'Number of the transfer.';
COMMENT ON COLUMN shopped_transfer.recorded_at IS 'When we learned of it.';
COMMENT ON COLUMN shopped_transfer.researcher IS 'Who reported it. Not public.';
COMMENT ON COLUMN shopped_transfer.key_id IS 'The key that signed the report.';
COMMENT ON COLUMN shopped_transfer.operator IS 'Who carried it out.';
COMMENT ON COLUMN shopped_transfer.ref IS 'The operator''s name of the service, where the shopper knew it.';
COMMENT ON COLUMN shopped_transfer.corridor IS 'Sending and receiving country, alpha-2.';
COMMENT ON COLUMN shopped_transfer.price IS 'regular, or first_transfer where a promotion was used.';
COMMENT ON COLUMN shopped_transfer.send_currency IS 'ISO 4217.';
COMMENT ON COLUMN shopped_transfer.receive_currency IS 'ISO 4217.';
COMMENT ON COLUMN shopped_transfer.amount IS 'Amount sent, sending currency.';
COMMENT ON COLUMN shopped_transfer.paid IS 'Paid in all, fees and taxes included, sending currency.';
COMMENT ON COLUMN shopped_transfer.received IS 'What was collected, receiving currency.';
COMMENT ON COLUMN shopped_transfer.pay_in IS 'Code: how it was paid.';
COMMENT ON COLUMN shopped_transfer.access_point IS 'Code: where it was ordered.';
COMMENT ON COLUMN shopped_transfer.pay_out IS 'Code: how it was collected.';
COMMENT ON COLUMN shopped_transfer.observed_at IS 'When it was paid.';
COMMENT ON COLUMN shopped_transfer.receipt_sha256 IS 'SHA-256 of the receipt, which stays with the researcher.';
COMMENT ON COLUMN shopped_transfer.reference_rate IS 'Of that day, as known when this was recorded; null where none is.';
COMMENT ON COLUMN shopped_transfer.found_cost_pct IS '100 * (paid - received / reference_rate) / amount; null without a reference rate.';
COMMENT ON COLUMN shopped_transfer.declared_quote IS 'The operator''s offer it is held against: in force then, of the same corridor, currencies and price, for the same ways (and ref, where known); where several fit, the one nearest to what was found. Null where none fits.';
COMMENT ON COLUMN shopped_transfer.declared_cost_pct IS 'What that offer costs at this amount, percent of it.';
-- An operator's page.
CREATE INDEX shopped_transfer_operator ON shopped_transfer (operator, observed_at);
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON shopped_transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION store_shopped(
    this_key text, this_nonce text, signed_at bigint, this_researcher text, this_operator text, this_ref text,
    this_corridor text, this_price text, send text, receive text, sent numeric, in_all numeric, collected numeric,
    by_pay_in text, by_access_point text, by_pay_out text, at timestamptz, receipt bytea,
    OUT state text, OUT transfer bigint, OUT found_pct numeric, OUT declared_pct numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
DECLARE
    firm      operator;
    reference numeric;
    against   bigint;
    known     shopped_transfer;
BEGIN
    SELECT n.state INTO state FROM feed_take_nonces(ARRAY[this_key], ARRAY[this_nonce], ARRAY[signed_at]) n;
    IF state <> 'fresh' THEN
        RETURN;
    END IF;
    SELECT * INTO firm FROM operator o WHERE o.id = this_operator;
    IF NOT FOUND THEN
        state := 'no operator';
        RETURN;
    END IF;
    SELECT r.rate INTO reference FROM reference_rate_at(send, receive, (at AT TIME ZONE 'UTC')::date, now(),
                                                        firm.origin = 'demonstration') r;
    found_pct := round(100 * (in_all - collected / reference) / sent, 6);
    SELECT q.id, q.cost INTO against, declared_pct FROM (
        SELECT o.id, tariff_cost_pct(o.tariff, sent, send, o.tax_pct, o.receive_fee, reference) AS cost
        FROM offers_at(this_corridor, at, now()) o JOIN service s ON s.id = o.service
        WHERE s.operator = this_operator AND o.price = this_price AND o.valid_until > at
          AND o.send_currency = send AND o.receive_currency = receive AND (this_ref IS NULL OR s.ref = this_ref)
          AND by_pay_in = ANY (o.pay_in) AND by_access_point = ANY (o.access_point) AND by_pay_out = ANY (o.pay_out)
          AND sent >= o.min AND (o.max IS NULL OR sent <= o.max)) q
    WHERE q.cost IS NOT NULL ORDER BY abs(q.cost - found_pct), q.id LIMIT 1;
    INSERT INTO shopped_transfer (researcher, key_id, operator, ref, corridor, price, send_currency, receive_currency, amount,
                                  paid, received, pay_in, access_point, pay_out, observed_at, receipt_sha256, reference_rate,
                                  found_cost_pct, declared_quote, declared_cost_pct)
    VALUES (this_researcher, this_key, this_operator, this_ref, this_corridor, this_price, send, receive, sent, in_all,
            collected, by_pay_in, by_access_point, by_pay_out, at, receipt, reference, found_pct, against, declared_pct)
    ON CONFLICT (researcher, receipt_sha256) DO NOTHING
    RETURNING id INTO transfer;
    state := 'stored';
    IF transfer IS NULL THEN
        SELECT * INTO known FROM shopped_transfer t WHERE t.researcher = this_researcher AND t.receipt_sha256 = receipt;
        transfer := known.id; found_pct := known.found_cost_pct; declared_pct := known.declared_cost_pct;
        state := CASE WHEN (known.operator, known.ref, known.corridor, known.price, known.send_currency,
                            known.receive_currency, known.amount, known.paid, known.received, known.pay_in,
                            known.access_point, known.pay_out, known.observed_at)
                           IS NOT DISTINCT FROM
                           (this_operator, this_ref, this_corridor, this_price, send, receive, sent, in_all, collected,
                            by_pay_in, by_access_point, by_pay_out, at)
                      THEN 'known' ELSE 'other' END;
    END IF;
END $$;
COMMENT ON FUNCTION store_shopped IS 'Stores what a researcher found, with its nonce, and holds it against the offer of that moment. state: stored; known, by its receipt and in every point; other, the receipt stands for another transfer; no operator; or of the nonce used, stale, invalid.';

CREATE FUNCTION shopped_summary(this_operator text, OUT transfers bigint, OUT compared bigint, OUT median_gap_pct numeric,
                                OUT within_half_point_pct numeric)
LANGUAGE sql STABLE SET search_path = corridor, pg_temp AS $$
    SELECT count(*), count(t.gap),
           round((percentile_cont(0.5) WITHIN GROUP (ORDER BY t.gap))::numeric, 4),
           round(100.0 * count(*) FILTER (WHERE abs(t.gap) <= 0.5) / nullif(count(t.gap), 0), 4)
    FROM (SELECT s.found_cost_pct - s.declared_cost_pct AS gap FROM corridor.shopped_transfer s
          WHERE s.operator = this_operator AND s.observed_at > now() - interval '365 days') t
$$;
COMMENT ON FUNCTION shopped_summary IS 'What mystery shoppers found of an operator in the last 365 days: how many transfers, how many of them an offer of that moment can be held against, the median of found less declared cost in points, and the share within half a point, percent.';

REVOKE EXECUTE ON FUNCTION store_shopped FROM corridor_server;
GRANT SELECT ON shopped_transfer TO corridor_ingest, corridor_moderator;
GRANT SELECT (operator, observed_at, found_cost_pct, declared_cost_pct) ON shopped_transfer TO corridor_server;
COMMIT;
