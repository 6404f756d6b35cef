-- What becomes of quotes that the judge held back: moderators decide, each by a login of their own, and the database itself
-- keeps the rules. A held quote moves only so (ingest/README.md has the drawing):
--
--   waiting -> released | rejected | withdrawn | superseded | expired
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(19, 'quarantine');

CREATE TABLE quarantine_decision (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    quote       bigint      NOT NULL REFERENCES quarantined_quote,
    decision    text        NOT NULL CHECK (decision IN ('release', 'reject')),
    moderator   text        NOT NULL REFERENCES moderator,
    login       text        NOT NULL DEFAULT acting_login(),
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (quote, decision, moderator)
);
COMMENT ON TABLE quarantine_decision IS 'What moderators decided on held quotes, one row a decision. A price far outside is released by the second of two. Only added to.';
COMMENT ON COLUMN quarantine_decision.id IS 'Order of the decisions.';
COMMENT ON COLUMN quarantine_decision.quote IS 'The held quote.';
COMMENT ON COLUMN quarantine_decision.decision IS 'release: show it; reject: never.';
COMMENT ON COLUMN quarantine_decision.moderator IS 'Who decided.';
COMMENT ON COLUMN quarantine_decision.login IS 'The database login they acted by.';
COMMENT ON COLUMN quarantine_decision.reason IS 'Why, in their words.';
COMMENT ON COLUMN quarantine_decision.recorded_at IS 'When.';
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON quarantine_decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON quarantined_quote FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE VIEW quarantine AS
    SELECT h.id, h.recorded_at, s.operator, s.ref, h.corridor, h.service, h.price, h.submission, h.code, h.field, h.reason,
           h.far, h.valid_until, h.content, d.releases,
           CASE WHEN d.rejects > 0 THEN 'rejected'
                WHEN d.releases >= CASE WHEN h.far THEN 2 ELSE 1 END THEN 'released'
                WHEN EXISTS (SELECT FROM withdrawal w WHERE w.service = h.service AND w.price = h.price
                             AND (w.recorded_at, w.id) > (h.recorded_at, h.id)) THEN 'withdrawn'
                WHEN EXISTS (SELECT FROM current_offer c WHERE c.service = h.service AND c.price = h.price
                             AND (c.recorded_at, c.quote) > (h.recorded_at, h.id))
                     OR EXISTS (SELECT FROM quarantined_quote later WHERE later.service = h.service
                                AND later.price = h.price AND (later.recorded_at, later.id) > (h.recorded_at, h.id))
                     THEN 'superseded'
                WHEN h.valid_until <= now() THEN 'expired'
                ELSE 'waiting' END AS state
    FROM quarantined_quote h
    JOIN service s ON s.id = h.service
    CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE q.decision = 'release') AS releases,
                               count(*) FILTER (WHERE q.decision = 'reject') AS rejects
                        FROM quarantine_decision q WHERE q.quote = h.id) d;
COMMENT ON VIEW quarantine IS 'Held quotes and what became of each. Its operator''s next word on the same service and price, accepted or held, supersedes a waiting one: nobody can publish what its operator has since corrected.';
COMMENT ON COLUMN quarantine.id IS 'Number of the quote.';
COMMENT ON COLUMN quarantine.recorded_at IS 'When it came.';
COMMENT ON COLUMN quarantine.operator IS 'Who sent it.';
COMMENT ON COLUMN quarantine.ref IS 'Its operator''s name of the service.';
COMMENT ON COLUMN quarantine.corridor IS 'Of the service.';
COMMENT ON COLUMN quarantine.service IS 'The service.';
COMMENT ON COLUMN quarantine.price IS 'regular or first_transfer.';
COMMENT ON COLUMN quarantine.submission IS 'The delivery it came in.';
COMMENT ON COLUMN quarantine.code IS 'Why it is held: a code of /v1/refusals.';
COMMENT ON COLUMN quarantine.field IS 'The member at fault.';
COMMENT ON COLUMN quarantine.reason IS 'What was compared with what.';
COMMENT ON COLUMN quarantine.far IS 'Two moderators must agree to release it.';
COMMENT ON COLUMN quarantine.valid_until IS 'Until when its operator lets it hold: past that nothing is left to release.';
COMMENT ON COLUMN quarantine.content IS 'As in quarantined_quote.';
COMMENT ON COLUMN quarantine.releases IS 'How many moderators want it shown.';
COMMENT ON COLUMN quarantine.state IS 'waiting, released, rejected, withdrawn, superseded or expired.';

CREATE FUNCTION quarantine_decide(this_quote bigint, this_decision text, why text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
DECLARE
    me    text := acting_moderator();
    firm  text;
    found quarantine;
    h     quarantined_quote;
    at    timestamptz; -- of the decision, and of what it publishes
BEGIN
    SELECT s.operator INTO firm FROM quarantined_quote q JOIN service s ON s.id = q.service WHERE q.id = this_quote;
    IF firm IS NULL THEN
        RAISE EXCEPTION 'no quote % was ever held back', this_quote USING ERRCODE = 'no_data_found';
    END IF;
    IF NOT moderator_may_decide(me, firm) THEN
        RAISE EXCEPTION 'moderator % may not decide on quotes of %: whoever submits them is no judge of them', me, firm
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Nobody changes this operator's quotes from here on, and nobody else decides.
    PERFORM pg_advisory_xact_lock(feed_lock(firm));
    SELECT * INTO found FROM quarantine q WHERE q.id = this_quote;
    IF found.state <> 'waiting' THEN
        RAISE EXCEPTION 'quote % is % and waits for nobody', this_quote, found.state
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF EXISTS (SELECT FROM quarantine_decision d
               WHERE d.quote = this_quote AND d.decision = this_decision AND d.moderator = me) THEN
        RAISE EXCEPTION 'moderator % has released quote % already; it is far outside, and another one must too', me, this_quote
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    at := clock_timestamp();
    INSERT INTO quarantine_decision (quote, decision, moderator, reason, recorded_at)
    VALUES (this_quote, this_decision, me, why, at);
    IF this_decision = 'reject' THEN
        RETURN 'rejected';
    END IF;
    IF found.far AND found.releases + 1 < 2 THEN
        RETURN 'waiting';
    END IF;
    SELECT * INTO h FROM quarantined_quote q WHERE q.id = this_quote;
    PERFORM store_quotes(
        at, ARRAY[h.id], ARRAY[h.submission], ARRAY[h.service], ARRAY[h.corridor], ARRAY[h.price],
        ARRAY[h.send_currency], ARRAY[h.receive_currency], ARRAY[h.pay_in::text], ARRAY[h.access_point::text],
        ARRAY[h.pay_out::text], ARRAY[h.speed], ARRAY[h.coverage], ARRAY[h.pickup_points], ARRAY[h.tariff::text],
        ARRAY[h.receive_fee::text], ARRAY[h.tax_pct::text], ARRAY[h.min::text], ARRAY[h.max::text], ARRAY[h.valid_from],
        ARRAY[h.valid_until], ARRAY[false], ARRAY[h.content], ARRAY[h.judged_pair], ARRAY[h.judged_rate],
        ARRAY[h.judged_log], ARRAY[h.judged_fee_200], ARRAY[h.judged_terms]);
    NOTIFY corridor_changes;
    RETURN 'released';
END $$;
COMMENT ON FUNCTION quarantine_decide IS 'A moderator''s decision on a held quote, with its reason; returns the state it leads to: released (shown from now on), rejected, or waiting, where a price far outside needs a second moderator. Refused to whoever submits the operator''s quotes.';

REVOKE EXECUTE ON FUNCTION quarantine_decide FROM corridor_ingest, corridor_server;
GRANT EXECUTE ON FUNCTION quarantine_decide TO corridor_moderator;
GRANT SELECT ON quarantine, quarantine_decision TO corridor_ingest, corridor_moderator;
COMMIT;
