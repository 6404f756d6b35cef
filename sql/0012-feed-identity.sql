-- Who may push quotes and report purchases, by which keys, who may judge what is held back, and which nonces are taken.
--
-- Only the owner adds and ends identities, through the corridor tool: the ingest role reads keys and takes nonces, so a
-- program that strangers talk to can make no key for anybody. Whatever is decided about somebody says who, when and why.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(12, 'feed-identity');

-- ---- Who acts

CREATE FUNCTION acting_login() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('role'), 'none'), session_user::text)
$$;
COMMENT ON FUNCTION acting_login IS 'The database login that acts: the one taken with SET ROLE, else the one that connected. Unlike current_user it is the same within a function that runs as its owner; and SET ROLE takes only what the login is a member of, so nobody can pretend.';

-- ---- Operators

ALTER TABLE operator
    ADD COLUMN legal_name       text CHECK (length(legal_name) BETWEEN 1 AND 200),
    ADD COLUMN licence_number   text CHECK (length(licence_number) BETWEEN 1 AND 100),
    ADD COLUMN licence_register text CHECK (length(licence_register) BETWEEN 1 AND 200),
    ADD CONSTRAINT operator_registration CHECK (num_nonnulls(legal_name, licence_number, licence_register) IN (0, 3));
COMMENT ON COLUMN operator.legal_name IS 'The firm''s name in law; null until it registers for the feed, as the next two.';
COMMENT ON COLUMN operator.licence_number IS 'Number of its licence to transfer money.';
COMMENT ON COLUMN operator.licence_register IS 'The register where the licence can be looked up: its keeper''s name or address.';

CREATE TABLE operator_contact (
    operator    text        NOT NULL REFERENCES operator,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    contact     text        NOT NULL CHECK (length(contact) BETWEEN 1 AND 300),
    PRIMARY KEY (operator, recorded_at)
);
COMMENT ON TABLE operator_contact IS 'Whom to reach at an operator. Not public, hence not in operator: only the owner and moderators read it. The latest holds.';
COMMENT ON COLUMN operator_contact.operator IS 'The operator.';
COMMENT ON COLUMN operator_contact.recorded_at IS 'When it was told.';
COMMENT ON COLUMN operator_contact.contact IS 'A person, an address, a number.';

CREATE TABLE operator_event (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operator    text        NOT NULL REFERENCES operator,
    event       text        NOT NULL CHECK (event IN ('registered', 'disabled', 'enabled')),
    reason      text        CHECK (length(reason) BETWEEN 1 AND 500),
    login       text        NOT NULL DEFAULT acting_login(),
    person      text        NOT NULL CHECK (length(person) BETWEEN 1 AND 100),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CHECK (event = 'registered' OR reason IS NOT NULL)
);
COMMENT ON TABLE operator_event IS 'Whether an operator may use the feed: the latest event holds. Only added to.';
COMMENT ON COLUMN operator_event.id IS 'Order of the events.';
COMMENT ON COLUMN operator_event.operator IS 'Whom it is about.';
COMMENT ON COLUMN operator_event.event IS 'registered and enabled: it may; disabled: its keys are worth nothing meanwhile.';
COMMENT ON COLUMN operator_event.reason IS 'Why.';
COMMENT ON COLUMN operator_event.login IS 'The database login that did it.';
COMMENT ON COLUMN operator_event.person IS 'Who ran the command, by the operating system.';
COMMENT ON COLUMN operator_event.recorded_at IS 'When its transaction began.';
CREATE INDEX operator_event_operator ON operator_event (operator, id);

CREATE FUNCTION operator_state(this_operator text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE e.event WHEN 'disabled' THEN 'disabled' ELSE 'enabled' END
    FROM corridor.operator_event e WHERE e.operator = this_operator ORDER BY e.id DESC LIMIT 1
$$;
COMMENT ON FUNCTION operator_state IS 'enabled or disabled; null for one that never registered for the feed.';

-- Who may not use the feed any more is not compared either. Its keys are worth nothing by then, and whatever was being stored
-- for it is waited for, so nothing comes behind. A withdrawal, so that what readers saw before stays what they saw.
CREATE FUNCTION withdraw_operator(this_operator text, why text) RETURNS bigint
LANGUAGE plpgsql SET lock_timeout = '60s' AS $$
DECLARE
    at        timestamptz;
    delivery  bigint;
    services  bigint[];
    prices    text[];
BEGIN
    PERFORM pg_advisory_xact_lock(corridor.feed_lock(this_operator));
    at := clock_timestamp();
    SELECT array_agg(o.service), array_agg(o.price) INTO services, prices
    FROM corridor.service s CROSS JOIN LATERAL corridor.open_prices(s.id) o WHERE s.operator = this_operator;
    IF services IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO corridor.submission (recorded_at, kind, operator, source, sha256, rows_read, taken, unchanged, refused)
    VALUES (at, 'feed', this_operator, 'operator disable', sha256(convert_to(why, 'UTF8')), 0, 0, 0, 0) RETURNING id INTO delivery;
    PERFORM corridor.store_withdrawals(at, array_fill(delivery, ARRAY[cardinality(services)]), services, prices);
    NOTIFY corridor_changes;
    RETURN cardinality(services);
END $$;
COMMENT ON FUNCTION withdraw_operator IS 'Takes back all prices of an operator, those held back too, in its stead; returns how many. For the owner, when the operator is disabled.';
REVOKE EXECUTE ON FUNCTION withdraw_operator FROM corridor_ingest, corridor_server;

-- ---- Researchers and moderators

CREATE TABLE researcher (
    id          text        PRIMARY KEY CHECK (id ~ '^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$'),
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    institution text        CHECK (length(institution) BETWEEN 1 AND 200),
    contact     text        CHECK (length(contact) BETWEEN 1 AND 300),
    login       text        NOT NULL DEFAULT acting_login(),
    person      text        NOT NULL CHECK (length(person) BETWEEN 1 AND 100),
    recorded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE researcher IS 'Who may report what a transfer really cost: mystery shoppers. Not public.';
COMMENT ON COLUMN researcher.id IS 'Slug.';
COMMENT ON COLUMN researcher.name IS 'The person''s or group''s name.';
COMMENT ON COLUMN researcher.institution IS 'For whom they work.';
COMMENT ON COLUMN researcher.contact IS 'How to reach them.';
COMMENT ON COLUMN researcher.login IS 'The database login that added it.';
COMMENT ON COLUMN researcher.person IS 'Who ran the command, by the operating system.';
COMMENT ON COLUMN researcher.recorded_at IS 'When its transaction began.';

CREATE TABLE moderator (
    id              text        PRIMARY KEY CHECK (id ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
    name            text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    moderates_as    text        NOT NULL CHECK (length(moderates_as) BETWEEN 1 AND 63),
    operator        text        REFERENCES operator,
    login           text        NOT NULL DEFAULT acting_login(),
    person          text        NOT NULL CHECK (length(person) BETWEEN 1 AND 100),
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    disabled_at     timestamptz,
    disabled_reason text        CHECK (length(disabled_reason) BETWEEN 1 AND 500),
    disabled_login  text,
    disabled_person text,
    CHECK (num_nonnulls(disabled_at, disabled_reason, disabled_login, disabled_person) IN (0, 4))
);
COMMENT ON TABLE moderator IS 'Who may release or reject what is held back. Each has a database login of their own, so that the database itself knows who acts.';
COMMENT ON COLUMN moderator.id IS 'Slug.';
COMMENT ON COLUMN moderator.name IS 'The person''s name.';
COMMENT ON COLUMN moderator.moderates_as IS 'The database login that is theirs alone, a member of corridor_moderator.';
COMMENT ON COLUMN moderator.operator IS 'The operator they work for, whose quotes they never decide on; null for none.';
COMMENT ON COLUMN moderator.login IS 'The database login that added them.';
COMMENT ON COLUMN moderator.person IS 'Who ran the command, by the operating system.';
COMMENT ON COLUMN moderator.recorded_at IS 'When its transaction began.';
COMMENT ON COLUMN moderator.disabled_at IS 'Since when they may not any more; null while they may.';
COMMENT ON COLUMN moderator.disabled_reason IS 'Why not.';
COMMENT ON COLUMN moderator.disabled_login IS 'The database login that ended it.';
COMMENT ON COLUMN moderator.disabled_person IS 'Who ran the command, by the operating system.';
CREATE UNIQUE INDEX moderator_moderates_as ON moderator (moderates_as) WHERE disabled_at IS NULL;

CREATE FUNCTION acting_moderator() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    found_id text;
BEGIN
    SELECT m.id INTO found_id FROM corridor.moderator m
    WHERE m.moderates_as = corridor.acting_login() AND m.disabled_at IS NULL;
    IF found_id IS NULL THEN
        RAISE EXCEPTION 'the database login % is no moderator''s', corridor.acting_login()
            USING ERRCODE = 'insufficient_privilege', HINT = 'corridor moderator list shows who is one';
    END IF;
    RETURN found_id;
END $$;
COMMENT ON FUNCTION acting_moderator IS 'The moderator who acts, by the database login; refused when it is nobody''s. To be called wherever a moderator decides.';

CREATE FUNCTION make_moderator(this_id text, this_name text, this_operator text, this_login text, this_person text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    acts_as text := coalesce(this_login, 'corridor_moderator_' || this_id);
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = acts_as) THEN
        IF this_login IS NOT NULL THEN
            RAISE EXCEPTION 'there is no database login %', this_login USING ERRCODE = 'undefined_object';
        END IF;
        EXECUTE format('CREATE ROLE %I LOGIN INHERIT', acts_as);
    END IF;
    IF acts_as IN (current_user, 'corridor_ingest', 'corridor_server', 'corridor_moderator', 'corridor_researcher') THEN
        RAISE EXCEPTION 'the database login % is not one person''s', acts_as USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO corridor.moderator (id, name, moderates_as, operator, person)
    VALUES (this_id, this_name, acts_as, this_operator, this_person);
    EXECUTE format('GRANT corridor_moderator TO %I', acts_as);
    -- A login made here may be taken by the owner, as the programs' may; one that was there keeps its own ways in.
    IF this_login IS NULL AND NOT pg_has_role(current_user, acts_as, 'MEMBER') THEN
        EXECUTE format('GRANT %I TO %I', acts_as, current_user);
    END IF;
    RETURN acts_as;
END $$;
COMMENT ON FUNCTION make_moderator IS 'Adds a moderator, with the database login told, or else one made for them; returns it. For the owner, who must be allowed to create roles unless a login is told.';
REVOKE EXECUTE ON FUNCTION make_moderator FROM corridor_ingest, corridor_server;

-- ---- Keys

CREATE TABLE feed_key (
    id             text        PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9.-]{0,63}$'),
    operator       text        REFERENCES operator,
    researcher     text        REFERENCES researcher,
    slot           smallint    NOT NULL CHECK (slot IN (1, 2)),
    algorithm      text        NOT NULL CHECK (algorithm IN ('ed25519', 'hmac-sha256')),
    public_key     bytea       UNIQUE CHECK (length(public_key) = 32),
    sealed_secret  bytea       CHECK (length(sealed_secret) BETWEEN 65 AND 97),
    login          text        NOT NULL DEFAULT acting_login(),
    person         text        NOT NULL CHECK (length(person) BETWEEN 1 AND 100),
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    revoked_at     timestamptz,
    revoked_reason text        CHECK (length(revoked_reason) BETWEEN 1 AND 500),
    revoked_login  text,
    revoked_person text,
    CHECK (num_nonnulls(operator, researcher) = 1),
    CHECK (CASE algorithm WHEN 'ed25519' THEN public_key IS NOT NULL AND sealed_secret IS NULL
                          ELSE sealed_secret IS NOT NULL AND public_key IS NULL END),
    CHECK (num_nonnulls(revoked_at, revoked_reason, revoked_login, revoked_person) IN (0, 4))
);
COMMENT ON TABLE feed_key IS 'Keys that sign requests. Two at a time are valid for one owner, so that one can be replaced without a gap.';
COMMENT ON COLUMN feed_key.id IS 'The keyid that requests name.';
COMMENT ON COLUMN feed_key.operator IS 'The operator whose key it is; null for a researcher''s.';
COMMENT ON COLUMN feed_key.researcher IS 'The researcher whose key it is; null for an operator''s.';
COMMENT ON COLUMN feed_key.slot IS 'First or second of the two that may be valid: what makes a third impossible.';
COMMENT ON COLUMN feed_key.algorithm IS 'As RFC 9421 names it.';
COMMENT ON COLUMN feed_key.public_key IS 'Of Ed25519, its 32 bytes; never taken twice, so that a revoked one stays revoked.';
COMMENT ON COLUMN feed_key.sealed_secret IS 'Of HMAC, sealed with the master key, which is not in this database; see ingest/feed_seal.h.';
COMMENT ON COLUMN feed_key.login IS 'The database login that issued it.';
COMMENT ON COLUMN feed_key.person IS 'Who ran the command, by the operating system.';
COMMENT ON COLUMN feed_key.recorded_at IS 'When it was issued.';
COMMENT ON COLUMN feed_key.revoked_at IS 'Since when it is worth nothing; null while it is valid.';
COMMENT ON COLUMN feed_key.revoked_reason IS 'Why it was revoked.';
COMMENT ON COLUMN feed_key.revoked_login IS 'The database login that revoked it.';
COMMENT ON COLUMN feed_key.revoked_person IS 'Who ran the command, by the operating system.';
CREATE UNIQUE INDEX feed_key_operator ON feed_key (operator, slot) WHERE operator IS NOT NULL AND revoked_at IS NULL;
CREATE UNIQUE INDEX feed_key_researcher ON feed_key (researcher, slot) WHERE researcher IS NOT NULL AND revoked_at IS NULL;

-- What was decided stays decided, even for the owner.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'feed_key' THEN
        IF OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL
           AND (to_jsonb(NEW) - '{revoked_at,revoked_reason,revoked_login,revoked_person}'::text[])
             = (to_jsonb(OLD) - '{revoked_at,revoked_reason,revoked_login,revoked_person}'::text[]) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is not allowed: it is only added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;
COMMENT ON FUNCTION refuse_change IS 'Trigger: rows stay as they are; a key may be revoked, once.';
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON feed_key FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON operator_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE VIEW valid_feed_key AS
    SELECT k.id, k.operator, k.researcher, k.algorithm, k.public_key, k.sealed_secret
    FROM feed_key k
    WHERE k.revoked_at IS NULL
      AND (k.operator IS NULL OR (SELECT e.event <> 'disabled' FROM operator_event e WHERE e.operator = k.operator
                                  ORDER BY e.id DESC LIMIT 1)); -- no function: it would run with the reader's rights
COMMENT ON VIEW valid_feed_key IS 'The keys that are worth something now.';
COMMENT ON COLUMN valid_feed_key.id IS 'As in feed_key.';
COMMENT ON COLUMN valid_feed_key.operator IS 'As in feed_key.';
COMMENT ON COLUMN valid_feed_key.researcher IS 'As in feed_key.';
COMMENT ON COLUMN valid_feed_key.algorithm IS 'As in feed_key.';
COMMENT ON COLUMN valid_feed_key.public_key IS 'As in feed_key.';
COMMENT ON COLUMN valid_feed_key.sealed_secret IS 'As in feed_key.';

CREATE FUNCTION moderator_may_decide(this_moderator text, this_operator text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM corridor.moderator m
                   WHERE m.id = this_moderator AND m.disabled_at IS NULL AND m.operator IS DISTINCT FROM this_operator
                     AND NOT EXISTS (SELECT FROM corridor.feed_key k
                                     WHERE k.operator = this_operator AND k.login = m.moderates_as))
$$;
COMMENT ON FUNCTION moderator_may_decide IS 'Whether a moderator is somebody else than who submits an operator''s quotes: does not work for it, and issued none of its keys.';

-- Programs that hold the keys in memory ask for this number, and are told when it changes.
CREATE TABLE identity_version (
    version bigint NOT NULL
);
COMMENT ON TABLE identity_version IS 'One row, counted up by whatever changes a valid key; its lock makes the number grow in the order of commits.';
COMMENT ON COLUMN identity_version.version IS 'How often something changed.';
INSERT INTO identity_version VALUES (1);
CREATE FUNCTION identity_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
BEGIN
    UPDATE identity_version SET version = version + 1;
    NOTIFY corridor_identity;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION identity_changed IS 'Trigger: tells the programs that hold keys.';
REVOKE EXECUTE ON FUNCTION identity_changed, refuse_change FROM corridor_ingest, corridor_server;
CREATE TRIGGER identity_changed AFTER INSERT OR UPDATE ON feed_key FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();
CREATE TRIGGER identity_changed AFTER INSERT ON operator_event FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();

-- ---- Nonces

CREATE TABLE feed_nonce (
    key     text        NOT NULL,
    nonce   text        NOT NULL,
    created timestamptz NOT NULL,
    PRIMARY KEY (key, nonce)
) WITH (autovacuum_vacuum_scale_factor = 0.1);
COMMENT ON TABLE feed_nonce IS 'Nonces of requests that were taken. One is kept for as long as a request of its time could still be taken, and half an hour more.';
COMMENT ON COLUMN feed_nonce.key IS 'The keyid.';
COMMENT ON COLUMN feed_nonce.nonce IS 'The nonce, unique with its key.';
COMMENT ON COLUMN feed_nonce.created IS 'When the request says that it was signed.';
-- By which old ones are found. It grows at one end only, and so costs an insert little.
CREATE INDEX feed_nonce_created ON feed_nonce (created);

CREATE FUNCTION feed_take_nonces(keys text[], nonces text[], created_at bigint[])
RETURNS TABLE (item integer, state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
#variable_conflict use_column
BEGIN
    -- One hour, on this clock: the programs demand 300 seconds, on theirs; a long delivery is stored when it ends.
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.item, a.key, a.nonce, to_timestamp(a.created) AS created,
               row_number() OVER (PARTITION BY a.key, a.nonce ORDER BY a.item) AS nth,
               v.id IS NOT NULL AS valid,
               abs(extract(epoch FROM clock_timestamp()) - a.created) <= 3600 AS timely
        FROM unnest(keys, nonces, created_at) WITH ORDINALITY AS a (key, nonce, created, item)
        LEFT JOIN valid_feed_key v ON v.id = a.key
    ), taken AS (
        -- In one order, so that two programs that meet the same nonces wait for each other instead of in a circle.
        INSERT INTO feed_nonce (key, nonce, created)
        SELECT a.key, a.nonce, a.created FROM asked a WHERE a.nth = 1 AND a.valid AND a.timely ORDER BY a.key, a.nonce
        ON CONFLICT DO NOTHING
        RETURNING key, nonce
    )
    SELECT a.item::integer,
           CASE WHEN NOT a.valid THEN 'invalid' WHEN NOT a.timely THEN 'stale'
                WHEN a.nth = 1 AND t.key IS NOT NULL THEN 'fresh' ELSE 'used' END
    FROM asked a LEFT JOIN taken t USING (key, nonce) ORDER BY a.item;
END $$;
COMMENT ON FUNCTION feed_take_nonces IS 'Takes nonces, in the transaction that stores what was signed with them. Of each, in the order given (item counts from 1): fresh, taken just now; used, taken before; stale, signed more than an hour ago or ahead; invalid, the key is revoked, or its owner disabled. Only what is fresh may be stored.';

CREATE FUNCTION feed_prune_nonces() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
DECLARE
    pruned bigint;
BEGIN
    -- Whoever takes nonces looks at the clock when it does: half an hour more than its hour is enough for any statement.
    DELETE FROM feed_nonce n
    WHERE n.ctid = ANY (ARRAY(SELECT o.ctid FROM feed_nonce o WHERE o.created < clock_timestamp() - interval '90 minutes'
                              ORDER BY o.created LIMIT 100000 FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS pruned = ROW_COUNT;
    RETURN pruned;
END $$;
COMMENT ON FUNCTION feed_prune_nonces IS 'Forgets nonces that no request can use any more, at most 100,000 a call; returns how many.';

REVOKE EXECUTE ON FUNCTION feed_take_nonces, feed_prune_nonces FROM corridor_server;
GRANT EXECUTE ON FUNCTION acting_login, acting_moderator, moderator_may_decide, operator_state TO corridor_moderator;
-- operator_state, in the view, looks as whoever asks.
GRANT SELECT (id, operator, event) ON operator_event TO corridor_ingest;
GRANT SELECT ON valid_feed_key, identity_version TO corridor_ingest;
GRANT SELECT ON operator_contact, operator_event, moderator TO corridor_moderator;
GRANT SELECT (id, operator, login) ON feed_key TO corridor_moderator;
GRANT SELECT (id, name) ON researcher TO corridor_ingest;
COMMIT;
