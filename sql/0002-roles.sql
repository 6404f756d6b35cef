-- Least rights: each program has a role of its own. Roles belong to the whole cluster, so they may exist already.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(2, 'roles');

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['corridor_ingest', 'corridor_server', 'corridor_moderator', 'corridor_researcher'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', wanted);
        END IF;
        -- The owner may act as each of them, so that one connection string serves a small installation.
        IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO %I', wanted, current_user);
        END IF;
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA corridor TO corridor_ingest, corridor_server, corridor_moderator, corridor_researcher;
GRANT SELECT ON migration TO corridor_ingest, corridor_server, corridor_moderator, corridor_researcher;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA corridor GRANT EXECUTE ON FUNCTIONS TO corridor_ingest, corridor_server;
REVOKE EXECUTE ON FUNCTION register_migration FROM PUBLIC;

-- Imports gather a file in temporary tables first. PostgreSQL lets everybody make them unless somebody took that away.
DO $$
BEGIN
    IF NOT has_database_privilege('corridor_ingest', current_database(), 'TEMPORARY') THEN
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO corridor_ingest', current_database());
    END IF;
END $$;
COMMIT;
