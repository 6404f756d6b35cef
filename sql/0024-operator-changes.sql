-- What is told of an operator may change; what it was before, who changed it and why is kept.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(24, 'operator-changes');

CREATE TABLE operator_change (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operator    text        NOT NULL REFERENCES operator,
    was         jsonb       NOT NULL CHECK (jsonb_typeof(was) = 'object'),
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    login       text        NOT NULL DEFAULT acting_login(),
    person      text        NOT NULL CHECK (length(person) BETWEEN 1 AND 100),
    recorded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE operator_change IS 'Changes of what is told of an operator. Only added to; contacts keep their own past.';
COMMENT ON COLUMN operator_change.id IS 'Order of the changes.';
COMMENT ON COLUMN operator_change.operator IS 'The operator.';
COMMENT ON COLUMN operator_change.was IS 'The columns of operator that changed, with what they were before; empty where only the contact did.';
COMMENT ON COLUMN operator_change.reason IS 'Why.';
COMMENT ON COLUMN operator_change.login IS 'The database login that did it.';
COMMENT ON COLUMN operator_change.person IS 'Who ran the command, by the operating system.';
COMMENT ON COLUMN operator_change.recorded_at IS 'When its transaction began.';
CREATE INDEX operator_change_operator ON operator_change (operator, id);
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON operator_change FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Servers hold names with the corridors that they read: those of the operator are read again.
CREATE FUNCTION operator_renamed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
BEGIN
    INSERT INTO change_log (corridor) SELECT DISTINCT s.corridor FROM service s WHERE s.operator = NEW.id;
    NOTIFY corridor_changes;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION operator_renamed IS 'Trigger: tells the servers that an operator is another in what they show.';
REVOKE EXECUTE ON FUNCTION operator_renamed FROM corridor_ingest, corridor_server;
CREATE TRIGGER operator_renamed AFTER UPDATE ON operator FOR EACH ROW
    WHEN ((OLD.name, OLD.type, OLD.country) IS DISTINCT FROM (NEW.name, NEW.type, NEW.country))
    EXECUTE FUNCTION operator_renamed();

GRANT SELECT ON operator_change TO corridor_moderator;
COMMIT;
