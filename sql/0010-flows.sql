-- How much money goes from where to where: what averages are weighted by, and what is at stake.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(10, 'flows');

CREATE TABLE flow (
    corridor    text        NOT NULL CHECK (corridor ~ '^[A-Z]{2}-[A-Z]{2}$'),
    year        smallint    NOT NULL CHECK (year BETWEEN 1970 AND 2100),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    usd_million numeric     NOT NULL CHECK (usd_million >= 0),
    submission  bigint      NOT NULL REFERENCES submission,
    PRIMARY KEY (corridor, year, recorded_at)
);
COMMENT ON TABLE flow IS 'Estimated remittances of a year by corridor, one row a version: a corrected matrix adds the pair again and the latest learned counts. Never changed.';
COMMENT ON COLUMN flow.corridor IS 'Sending and receiving country: FR-SN.';
COMMENT ON COLUMN flow.year IS 'The year the money was sent in.';
COMMENT ON COLUMN flow.recorded_at IS 'Transaction time: when we learned it.';
COMMENT ON COLUMN flow.usd_million IS 'Millions of US dollars, as published. A pair the matrix leaves blank has no row.';
COMMENT ON COLUMN flow.submission IS 'The file it came in.';

CREATE FUNCTION flows_of(this_year integer, known_at timestamptz)
RETURNS TABLE (corridor text, usd_million numeric) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (f.corridor) f.corridor, f.usd_million
    FROM corridor.flow f
    WHERE f.year = this_year AND f.recorded_at <= known_at
    ORDER BY f.corridor, f.recorded_at DESC
$$;
COMMENT ON FUNCTION flows_of IS 'The flows of a year, each in the latest version known at an instant.';

ALTER TABLE submission DROP CONSTRAINT submission_kind_check;
ALTER TABLE submission ADD CONSTRAINT submission_kind_check
    CHECK (kind IN ('survey', 'rates', 'feed', 'demonstration', 'flows'));

GRANT SELECT ON flow TO corridor_ingest, corridor_server, corridor_moderator, corridor_researcher;
GRANT INSERT ON flow TO corridor_ingest;
COMMIT;
