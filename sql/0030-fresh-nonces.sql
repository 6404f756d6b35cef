-- Nonces of a batch that was decided from memory are nearly always fresh. ON CONFLICT looks for each first and then writes its
-- row in two steps, a fifth of the statement; without it a used one fails the batch, which is then asked about as before.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(30, 'fresh-nonces');

-- Takes the place of what sql/0029-feed-turns.sql made.
CREATE OR REPLACE FUNCTION feed_take_turns(this_instant timestamptz, operators text[], since timestamptz[], first_submission bigint,
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
    -- What feed_take_nonces does, where all of them are fresh. One that is not fails by its key.
    INSERT INTO feed_nonce (key, nonce, created)
    SELECT a.key, a.nonce, to_timestamp(a.created)
    FROM unnest(keys, nonces, created_at) AS a (key, nonce, created) JOIN valid_feed_key v ON v.id = a.key
    WHERE abs(extract(epoch FROM clock_timestamp()) - a.created) <= 3600 ORDER BY a.key, a.nonce;
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken <> cardinality(keys) THEN
        RAISE EXCEPTION 'a key is worth nothing, or its nonce too old' USING ERRCODE = 'FT001';
    END IF;
END $$;
COMMENT ON FUNCTION feed_take_turns IS 'For a batch that was decided from memory: takes its operators'' locks, their turns and its nonces, or fails where a lock is another''s, a turn is not the one remembered, or a key is worth nothing (FT001), or a nonce was used before (23505).';
COMMIT;
