-- What surveys found: each row is a service at two price points on one day. Never stretched into an offer.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(5, 'surveys');

CREATE FUNCTION period_end(period text) RETURNS date
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (make_date(substr(period, 1, 4)::integer, substr(period, 7, 1)::integer * 3 - 2, 1)
            + interval '3 months' - interval '1 day')::date
$$;
COMMENT ON FUNCTION period_end IS 'Last day of a quarter written 2011-Q3.';

CREATE TABLE observation (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    submission      bigint      NOT NULL REFERENCES submission,
    source          text        NOT NULL CHECK (source ~ '^[a-z0-9-]+$'),
    source_id       text        NOT NULL,
    content         bytea       NOT NULL CHECK (length(content) = 32),
    period          text        NOT NULL CHECK (period ~ '^[0-9]{4}-Q[1-4]$'),
    corridor        text        NOT NULL CHECK (corridor ~ '^[A-Z]{2}-[A-Z]{2}$'),
    operator        text        NOT NULL REFERENCES operator,
    firm            text        NOT NULL,
    firm_type       text        NOT NULL,
    pay_in          text[]      NOT NULL,
    access_point    text[]      NOT NULL,
    pay_out         text[]      NOT NULL,
    speed           text        NOT NULL,
    coverage        text        NOT NULL,
    transparent     boolean     NOT NULL,
    send_currency   text        CHECK (send_currency ~ '^[A-Z]{3}$'),
    reference_rate  numeric     CHECK (reference_rate > 0),
    collected_on    date,
    published       jsonb       NOT NULL CHECK (jsonb_typeof(published) = 'object'),
    UNIQUE (source, source_id, recorded_at)
);
COMMENT ON TABLE observation IS 'Survey rows, one a version: a corrected file adds the row again and the latest learned counts. Never changed.';
COMMENT ON COLUMN observation.id IS 'Public number of the version.';
COMMENT ON COLUMN observation.recorded_at IS 'Transaction time: when we learned it.';
COMMENT ON COLUMN observation.submission IS 'The file it came in.';
COMMENT ON COLUMN observation.source IS 'The survey: rpw is the World Bank''s Remittance Prices Worldwide.';
COMMENT ON COLUMN observation.source_id IS 'The row''s own identity in that survey.';
COMMENT ON COLUMN observation.content IS 'SHA-256 of the row''s columns by name, to tell a repeat from a correction.';
COMMENT ON COLUMN observation.period IS 'Quarter: 2011-Q3.';
COMMENT ON COLUMN observation.corridor IS 'Sending and receiving country, alpha-2.';
COMMENT ON COLUMN observation.operator IS 'The firm, by slug of its name.';
COMMENT ON COLUMN observation.firm IS 'The firm''s name as published.';
COMMENT ON COLUMN observation.firm_type IS 'Firm type code.';
COMMENT ON COLUMN observation.pay_in IS 'Codes, from the product.';
COMMENT ON COLUMN observation.access_point IS 'Codes, from the sending location.';
COMMENT ON COLUMN observation.pay_out IS 'Codes, from the pick-up method and the product.';
COMMENT ON COLUMN observation.speed IS 'Speed class code.';
COMMENT ON COLUMN observation.coverage IS 'Coverage code.';
COMMENT ON COLUMN observation.transparent IS 'The survey''s own mark. A row that is not carries margin 0 and rate 1, which mean nothing.';
COMMENT ON COLUMN observation.send_currency IS 'ISO 4217 of the amounts, null where the row has no price.';
COMMENT ON COLUMN observation.reference_rate IS 'Interbank rate as published with the row.';
COMMENT ON COLUMN observation.collected_on IS 'Day of collection, where told.';
COMMENT ON COLUMN observation.published IS 'The row as published: every named column and its text.';
CREATE INDEX observation_corridor ON observation (corridor, period, source_id, recorded_at DESC);

CREATE TABLE observed_price (
    observation     bigint   NOT NULL REFERENCES observation,
    price_point_usd smallint NOT NULL CHECK (price_point_usd IN (200, 500)),
    principal       numeric  NOT NULL CHECK (principal > 0),
    fee             numeric  CHECK (fee >= 0),
    rate            numeric  CHECK (rate > 0),
    margin_pct      numeric,
    total_cost_pct  numeric  NOT NULL,
    consistent      boolean,
    PRIMARY KEY (observation, price_point_usd)
);
COMMENT ON TABLE observed_price IS 'What a survey row found at the equivalent of 200 and of 500 US dollars, as published. A row of the survey without a total has none.';
COMMENT ON COLUMN observed_price.observation IS 'The survey row.';
COMMENT ON COLUMN observed_price.price_point_usd IS 'Nominal price point, US dollars.';
COMMENT ON COLUMN observed_price.principal IS 'Amount sent, sending currency.';
COMMENT ON COLUMN observed_price.fee IS 'Fee, sending currency; null where the survey left it blank and gave the total all the same.';
COMMENT ON COLUMN observed_price.rate IS 'Applied rate as published; its direction is the survey''s. Null when not transparent.';
COMMENT ON COLUMN observed_price.margin_pct IS 'Exchange rate margin, percent, as published. Null when not transparent: the survey''s 0 then means nothing.';
COMMENT ON COLUMN observed_price.total_cost_pct IS 'Total cost, percent of the principal, as published.';
COMMENT ON COLUMN observed_price.consistent IS 'fee / principal * 100 + margin equals the total within 0.01 point, by the numbers as published; null where one of them is blank.';

CREATE FUNCTION observations_of(this_corridor text, this_period text, known_at timestamptz)
RETURNS SETOF observation LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (o.source, o.source_id) o.*
    FROM corridor.observation o
    WHERE o.corridor = this_corridor AND o.period = this_period AND o.recorded_at <= known_at
      AND NOT EXISTS (SELECT FROM corridor.observation later
                      WHERE later.source = o.source AND later.source_id = o.source_id
                        AND later.recorded_at > o.recorded_at AND later.recorded_at <= known_at)
    ORDER BY o.source, o.source_id, o.recorded_at DESC
$$;
COMMENT ON FUNCTION observations_of IS 'A corridor''s survey rows of one quarter, each in the latest version known at an instant (a correction may also move a row elsewhere).';

CREATE FUNCTION survey_in_force(this_corridor text, on_day date, known_at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT max(o.period)
    FROM corridor.observation o
    WHERE o.corridor = this_corridor AND o.recorded_at <= known_at
      AND corridor.period_end(o.period) BETWEEN on_day - 200 AND on_day
$$;
COMMENT ON FUNCTION survey_in_force IS 'The survey in force on a day: the latest quarter that has ended by then, at most 200 days before.';

CREATE FUNCTION latest_survey(this_corridor text, known_at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT max(o.period) FROM corridor.observation o WHERE o.corridor = this_corridor AND o.recorded_at <= known_at
$$;
COMMENT ON FUNCTION latest_survey IS 'The latest quarter a corridor was surveyed in, in force or not.';

GRANT SELECT ON observation, observed_price TO corridor_ingest, corridor_server, corridor_moderator, corridor_researcher;
GRANT INSERT ON observation, observed_price TO corridor_ingest;
COMMIT;
