-- What senders tell each other about a corridor. A note waits until a moderator has read it; nothing of its writer is kept.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(20, 'community');

-- The one role of corridord that writes: it can put a note with those that wait, and do nothing else.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'corridor_community') THEN
        CREATE ROLE corridor_community LOGIN NOINHERIT;
    END IF;
    IF NOT pg_has_role(current_user, 'corridor_community', 'MEMBER') THEN
        EXECUTE format('GRANT corridor_community TO %I', current_user);
    END IF;
END $$;
GRANT USAGE ON SCHEMA corridor TO corridor_community;

CREATE TABLE community_note (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    corridor    text        NOT NULL CHECK (corridor ~ '^[A-Z]{2}-[A-Z]{2}$'),
    language    text        NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    first_name  text        CHECK (length(first_name) BETWEEN 1 AND 40),
    body        text        NOT NULL CHECK (length(body) BETWEEN 1 AND 1000),
    recorded_on date        NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date
);
COMMENT ON TABLE community_note IS 'Notes as they would be shown: links, e-mail addresses and telephone numbers are out already. Only added to.';
COMMENT ON COLUMN community_note.id IS 'Number of the note.';
COMMENT ON COLUMN community_note.corridor IS 'What it is about.';
COMMENT ON COLUMN community_note.language IS 'Language of the page it was written on, ISO 639-1.';
COMMENT ON COLUMN community_note.first_name IS 'As the writer wants to be called; null for nobody.';
COMMENT ON COLUMN community_note.body IS 'What was written.';
COMMENT ON COLUMN community_note.recorded_on IS 'The day it came, UTC. The hour would tell more of the writer than the note needs.';
-- The same words twice are one note: a form sent again, a page loaded anew.
CREATE UNIQUE INDEX community_note_once ON community_note (corridor, md5(body));
CREATE INDEX community_note_corridor ON community_note (corridor, id);

CREATE TABLE community_decision (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    note        bigint      NOT NULL REFERENCES community_note,
    decision    text        NOT NULL CHECK (decision IN ('approved', 'rejected')),
    reason      text        CHECK (length(reason) BETWEEN 1 AND 500),
    moderator   text        NOT NULL REFERENCES moderator,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CHECK (decision = 'approved' OR reason IS NOT NULL)
);
COMMENT ON TABLE community_decision IS 'What moderators decided of notes: the latest of a note holds, so a shown one can be taken down. Only added to.';
COMMENT ON COLUMN community_decision.id IS 'Order of the decisions.';
COMMENT ON COLUMN community_decision.note IS 'The note.';
COMMENT ON COLUMN community_decision.decision IS 'approved: it is shown; rejected: it is not.';
COMMENT ON COLUMN community_decision.reason IS 'Why, always told of a rejection.';
COMMENT ON COLUMN community_decision.moderator IS 'Who decided.';
COMMENT ON COLUMN community_decision.recorded_at IS 'When.';
CREATE INDEX community_decision_note ON community_decision (note, id);

-- A flood of notes must not fill the disk: past these nothing more is taken until moderators have read some.
CREATE FUNCTION community_limit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM (SELECT FROM community_note n
                              WHERE n.corridor = NEW.corridor
                                AND NOT EXISTS (SELECT FROM community_decision d WHERE d.note = n.id) LIMIT 200) w) >= 200
       OR (SELECT count(*) FROM (SELECT FROM community_note n WHERE n.recorded_on = NEW.recorded_on LIMIT 5000) w) >= 5000 THEN
        RAISE EXCEPTION 'too many notes wait' USING ERRCODE = 'configuration_limit_exceeded';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION community_limit IS 'Trigger: at most 200 notes of a corridor wait, and 5,000 come on a day.';
CREATE INDEX community_note_day ON community_note (recorded_on);
CREATE TRIGGER community_limit BEFORE INSERT ON community_note FOR EACH ROW EXECUTE FUNCTION community_limit();
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON community_note FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON community_decision FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE VIEW community_waiting AS
    SELECT n.id, n.corridor, n.language, n.first_name, n.body, n.recorded_on, d.decision, d.reason, d.moderator
    FROM community_note n
    LEFT JOIN LATERAL (SELECT * FROM community_decision d WHERE d.note = n.id ORDER BY d.id DESC LIMIT 1) d ON true;
COMMENT ON VIEW community_waiting IS 'Every note with what was last decided of it, nulls where nothing was yet: for moderators.';
COMMENT ON COLUMN community_waiting.id IS 'As in community_note, and so the next five.';
COMMENT ON COLUMN community_waiting.corridor IS 'As in community_note.';
COMMENT ON COLUMN community_waiting.language IS 'As in community_note.';
COMMENT ON COLUMN community_waiting.first_name IS 'As in community_note.';
COMMENT ON COLUMN community_waiting.body IS 'As in community_note.';
COMMENT ON COLUMN community_waiting.recorded_on IS 'As in community_note.';
COMMENT ON COLUMN community_waiting.decision IS 'As in community_decision, and so the next two.';
COMMENT ON COLUMN community_waiting.reason IS 'As in community_decision.';
COMMENT ON COLUMN community_waiting.moderator IS 'As in community_decision.';

CREATE VIEW community_shown AS
    SELECT w.id, w.corridor, w.language, w.first_name, w.body, w.recorded_on
    FROM community_waiting w WHERE w.decision = 'approved';
COMMENT ON VIEW community_shown IS 'The notes that are shown.';
COMMENT ON COLUMN community_shown.id IS 'As in community_note, and so all.';
COMMENT ON COLUMN community_shown.corridor IS 'As in community_note.';
COMMENT ON COLUMN community_shown.language IS 'As in community_note.';
COMMENT ON COLUMN community_shown.first_name IS 'As in community_note.';
COMMENT ON COLUMN community_shown.body IS 'As in community_note.';
COMMENT ON COLUMN community_shown.recorded_on IS 'As in community_note.';

CREATE FUNCTION community_decide(this_note bigint, this_decision text, this_reason text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
DECLARE
    who    text := acting_moderator();
    stands text;
BEGIN
    SELECT coalesce(w.decision, 'waiting') INTO stands FROM community_waiting w WHERE w.id = this_note;
    IF NOT FOUND THEN
        RETURN 'unknown';
    END IF;
    IF stands = this_decision THEN
        RETURN 'unchanged';
    END IF;
    INSERT INTO community_decision (note, decision, reason, moderator) VALUES (this_note, this_decision, this_reason, who);
    RETURN stands;
END $$;
COMMENT ON FUNCTION community_decide IS 'Approves or rejects a note as the moderator who acts; returns what it was before (waiting, approved, rejected), unchanged where that was decided already, unknown where there is no such note.';

REVOKE EXECUTE ON FUNCTION community_decide, community_limit FROM corridor_ingest, corridor_server;
GRANT EXECUTE ON FUNCTION community_decide TO corridor_moderator;
GRANT INSERT (corridor, language, first_name, body) ON community_note TO corridor_community;
GRANT SELECT ON community_waiting TO corridor_moderator;
GRANT SELECT ON community_shown TO corridor_server;
COMMIT;
