-- An operator's turn: which change of its prices was the last. Who remembers what came of it need ask nothing before the next
-- one, and is stopped here when somebody else has been there since.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(29, 'feed-turns');

CREATE TABLE feed_turn (
    operator   text        PRIMARY KEY REFERENCES operator,
    at         timestamptz NOT NULL,
    submission bigint      NOT NULL
) WITH (fillfactor = 20); -- changed with every batch: room for it on the page
COMMENT ON TABLE feed_turn IS 'The last change of an operator''s prices by the feed; no row once they were changed in another way.';
COMMENT ON COLUMN feed_turn.operator IS 'Whose.';
COMMENT ON COLUMN feed_turn.at IS 'Its recorded_at.';
COMMENT ON COLUMN feed_turn.submission IS 'Its highest submission: the next has a higher one, since submissions are paged by it.';
GRANT SELECT ON feed_turn TO corridor_ingest;

CREATE FUNCTION feed_note_turns(this_instant timestamptz, operators text[], last_submission bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
BEGIN
    INSERT INTO feed_turn (operator, at, submission)
    SELECT o.operator, this_instant, last_submission FROM unnest(operators) AS o (operator)
    ON CONFLICT (operator) DO UPDATE SET at = EXCLUDED.at, submission = EXCLUDED.submission;
END $$;
COMMENT ON FUNCTION feed_note_turns IS 'For a batch that asked first, and has its operators'' locks: this is their last change now.';

CREATE FUNCTION feed_take_turns(this_instant timestamptz, operators text[], since timestamptz[], first_submission bigint,
                                last_submission bigint, keys text[], nonces text[], created_at bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
DECLARE
    taken bigint;
BEGIN
    PERFORM FROM unnest(operators) AS o (operator) WHERE NOT pg_try_advisory_xact_lock(feed_lock(o.operator));
    IF FOUND THEN
        RAISE EXCEPTION 'the prices of one of the operators are being changed' USING ERRCODE = 'FT001';
    END IF;
    -- A statement of its own, so that it sees what was committed before the lock was free.
    UPDATE feed_turn t SET at = this_instant, submission = last_submission
    FROM unnest(operators, since) AS o (operator, since)
    WHERE t.operator = o.operator AND t.at = o.since AND t.at < this_instant AND t.submission < first_submission;
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken <> cardinality(operators) THEN
        RAISE EXCEPTION 'the prices of one of the operators were changed' USING ERRCODE = 'FT001';
    END IF;
    -- What feed_take_nonces does, where all of them are fresh.
    INSERT INTO feed_nonce (key, nonce, created)
    SELECT a.key, a.nonce, to_timestamp(a.created)
    FROM unnest(keys, nonces, created_at) AS a (key, nonce, created) JOIN valid_feed_key v ON v.id = a.key
    WHERE abs(extract(epoch FROM clock_timestamp()) - a.created) <= 3600 ORDER BY a.key, a.nonce
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken <> cardinality(keys) THEN
        RAISE EXCEPTION 'a nonce was used before, or a key is worth nothing' USING ERRCODE = 'FT001';
    END IF;
END $$;
COMMENT ON FUNCTION feed_take_turns IS 'For a batch that was decided from memory: takes its operators'' locks, their turns and its nonces, or fails (FT001) where a lock is another''s, a turn is not the one remembered, or a nonce is not fresh.';

-- What moderators decide, and whether an operator may use the feed, change prices too. Both come behind its lock.
CREATE FUNCTION feed_turn_over() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'operator_event' THEN
        DELETE FROM feed_turn t WHERE t.operator = NEW.operator;
    ELSE
        DELETE FROM feed_turn t USING quarantined_quote q, service s
        WHERE q.id = NEW.quote AND s.id = q.service AND t.operator = s.operator;
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION feed_note_turns, feed_take_turns, feed_turn_over FROM corridor_server;
COMMENT ON FUNCTION feed_turn_over IS 'Makes whoever remembers an operator''s prices ask again.';
CREATE TRIGGER turn_over AFTER INSERT ON operator_event FOR EACH ROW EXECUTE FUNCTION feed_turn_over();
CREATE TRIGGER turn_over AFTER INSERT ON quarantine_decision FOR EACH ROW EXECUTE FUNCTION feed_turn_over();
COMMIT;
