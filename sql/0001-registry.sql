-- The schema, and the register of migrations: each file registers itself, so that a repeat, a gap or a step back is
-- refused by the database and not by a convention.
BEGIN;

CREATE SCHEMA corridor;
COMMENT ON SCHEMA corridor IS 'The record of Corridor: quotes, surveys, rates and what became of them.';
SET LOCAL search_path = corridor;

CREATE TABLE migration (
    number     integer     PRIMARY KEY CHECK (number > 0),
    name       text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE migration IS 'The migrations this database has seen, one row each.';
COMMENT ON COLUMN migration.number IS 'NNNN of sql/NNNN-name.sql.';
COMMENT ON COLUMN migration.name IS 'name of sql/NNNN-name.sql.';
COMMENT ON COLUMN migration.applied_at IS 'When its transaction began.';

CREATE FUNCTION register_migration(this_number integer, this_name text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    last integer;
BEGIN
    LOCK TABLE corridor.migration IN EXCLUSIVE MODE;
    SELECT coalesce(max(number), 0) INTO last FROM corridor.migration;
    IF this_number <> last + 1 THEN
        RAISE EXCEPTION 'migration % (%) cannot follow migration %', this_number, this_name, last
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    INSERT INTO corridor.migration (number, name) VALUES (this_number, this_name);
END $$;
COMMENT ON FUNCTION register_migration IS 'Called first by every migration: accepts only the next number.';

SELECT register_migration(1, 'registry');
COMMIT;
