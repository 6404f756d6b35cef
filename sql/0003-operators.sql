-- Who quotes, what they offer, and each delivery of data: the three things every quote points to.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(3, 'operators');

CREATE TABLE operator (
    id            text        PRIMARY KEY CHECK (id ~ '^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$'),
    name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    type          text        NOT NULL CHECK (type IN ('bank', 'mto', 'post_office', 'mobile_operator', 'non_bank_fi',
                                                       'credit_union', 'building_society', 'other')),
    country       text        CHECK (country ~ '^[A-Z]{2}$'),
    website       text,
    origin        text        NOT NULL CHECK (origin IN ('survey', 'feed', 'demonstration')),
    recorded_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE operator IS 'The firms: MTOs, banks, post offices, mobile operators.';
COMMENT ON COLUMN operator.id IS 'Slug used in addresses and the feed.';
COMMENT ON COLUMN operator.name IS 'Trade name as the public knows it.';
COMMENT ON COLUMN operator.type IS 'Firm type code; a firm of several kinds has the first that applies.';
COMMENT ON COLUMN operator.country IS 'ISO 3166-1 alpha-2 of its seat, where known.';
COMMENT ON COLUMN operator.website IS 'Its public address, where known.';
COMMENT ON COLUMN operator.origin IS 'How it came here: found by a survey, registered for the feed, or invented for the demonstration.';
COMMENT ON COLUMN operator.recorded_at IS 'When we first heard of it.';

CREATE TABLE submission (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('survey', 'rates', 'demonstration', 'feed')),
    operator    text        REFERENCES operator,
    source      text        NOT NULL,
    sha256      bytea       NOT NULL CHECK (length(sha256) = 32),
    rows_read   integer     NOT NULL CHECK (rows_read >= 0),
    taken       integer     NOT NULL CHECK (taken >= 0),
    unchanged   integer     NOT NULL CHECK (unchanged >= 0),
    refused     integer     NOT NULL CHECK (refused >= 0),
    recorded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE submission IS 'Each delivery of data: a file imported, a feed document, the demonstration. Provenance starts here.';
COMMENT ON COLUMN submission.id IS 'Number of the delivery.';
COMMENT ON COLUMN submission.kind IS 'What was delivered.';
COMMENT ON COLUMN submission.operator IS 'Who delivered a feed document; null for files.';
COMMENT ON COLUMN submission.source IS 'File name without its folder, or the feed''s target.';
COMMENT ON COLUMN submission.sha256 IS 'SHA-256 of the bytes delivered.';
COMMENT ON COLUMN submission.rows_read IS 'Rows or quotes found in it.';
COMMENT ON COLUMN submission.taken IS 'Stored as new or as a new version.';
COMMENT ON COLUMN submission.unchanged IS 'Known already, word for word.';
COMMENT ON COLUMN submission.refused IS 'Not stored; the reasons went to whoever delivered.';
COMMENT ON COLUMN submission.recorded_at IS 'When its transaction began.';

CREATE TABLE service (
    id        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operator  text    NOT NULL REFERENCES operator,
    ref       text    NOT NULL CHECK (length(ref) BETWEEN 1 AND 100),
    corridor  text    NOT NULL CHECK (corridor ~ '^[A-Z]{2}-[A-Z]{2}$'),
    UNIQUE (operator, ref)
);
COMMENT ON TABLE service IS 'One operator''s product on one corridor, by the operator''s own reference. What it is like stands on each quote.';
COMMENT ON COLUMN service.id IS 'Number of the service.';
COMMENT ON COLUMN service.operator IS 'Whose it is.';
COMMENT ON COLUMN service.ref IS 'The operator''s own name for it, unique with that operator.';
COMMENT ON COLUMN service.corridor IS 'Sending and receiving country, alpha-2: FR-SN. A service never changes corridor.';
CREATE INDEX service_corridor ON service (corridor);

GRANT SELECT ON operator, submission, service TO corridor_ingest, corridor_server, corridor_moderator, corridor_researcher;
GRANT INSERT ON operator, submission, service TO corridor_ingest;
COMMIT;
