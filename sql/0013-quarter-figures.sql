-- The figures of every corridor and quarter, worked out once and kept in versions, so that any past answer can be had again.
--
-- Three steps, each of them small: what changed is planned as work (figure_work), work is done corridor by corridor and
-- quarter by quarter (figures_of says how), and each doing is dated (figure_stand). An answer says the stand it was read at,
-- and asked with that stand it is the same, whatever was corrected since. The next migration has the doing.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(13, 'quarter-figures');

CREATE TABLE operator_past (
    operator      text        NOT NULL REFERENCES operator,
    superseded_at timestamptz NOT NULL DEFAULT now(),
    name          text        NOT NULL,
    type          text        NOT NULL,
    country       text,
    PRIMARY KEY (operator, superseded_at)
);
COMMENT ON TABLE operator_past IS 'What operators were, up to the instant at which they became something else: past answers tell of them as they were then.';
COMMENT ON COLUMN operator_past.operator IS 'The operator.';
COMMENT ON COLUMN operator_past.superseded_at IS 'Until when it was so.';
COMMENT ON COLUMN operator_past.name IS 'As in operator.';
COMMENT ON COLUMN operator_past.type IS 'As in operator.';
COMMENT ON COLUMN operator_past.country IS 'As in operator.';

CREATE FUNCTION operator_keeps_past() RETURNS trigger LANGUAGE plpgsql SET search_path = corridor, pg_temp AS $$
BEGIN
    INSERT INTO operator_past (operator, name, type, country) VALUES (OLD.id, OLD.name, OLD.type, OLD.country)
    ON CONFLICT DO NOTHING; -- twice in one transaction: what was before it counts
    RETURN NULL;
END $$;
COMMENT ON FUNCTION operator_keeps_past IS 'Trigger: keeps what an operator was.';
CREATE TRIGGER operator_keeps_past AFTER UPDATE ON operator FOR EACH ROW
    WHEN ((OLD.name, OLD.type, OLD.country) IS DISTINCT FROM (NEW.name, NEW.type, NEW.country))
    EXECUTE FUNCTION operator_keeps_past();

CREATE FUNCTION operator_at(this_operator text, known_at timestamptz)
RETURNS TABLE (name text, type text, country text) LANGUAGE sql STABLE AS $$
    SELECT v.name, v.type, v.country
    FROM (SELECT p.superseded_at, p.name, p.type, p.country FROM corridor.operator_past p
          WHERE p.operator = this_operator AND p.superseded_at > known_at
          UNION ALL
          SELECT 'infinity', o.name, o.type, o.country FROM corridor.operator o WHERE o.id = this_operator) v
    ORDER BY v.superseded_at LIMIT 1
$$;
COMMENT ON FUNCTION operator_at IS 'What an operator was at an instant.';

CREATE TABLE figure_stand (
    recorded_at     timestamptz PRIMARY KEY,
    changes         pg_snapshot NOT NULL,
    flow_submission bigint      NOT NULL,
    remaining       integer     NOT NULL CHECK (remaining >= 0)
);
COMMENT ON TABLE figure_stand IS 'Each time figures were worked out. One transaction at a time adds a row, each later than the last, so what is dated by a stand was seen whole by everybody who read at it.';
COMMENT ON COLUMN figure_stand.recorded_at IS 'Transaction time of the versions that it made: the as_of that answers carry.';
COMMENT ON COLUMN figure_stand.changes IS 'Which transactions of change_log have been planned for: those visible in this snapshot.';
COMMENT ON COLUMN figure_stand.flow_submission IS 'The last matrix of flows known to it; 0 for none.';
COMMENT ON COLUMN figure_stand.remaining IS 'Quarters of corridors that were due and not worked out yet after it; 0 when all was done but running quarters that settle.';

CREATE TABLE figure_work (
    corridor text        NOT NULL CHECK (corridor ~ '^[A-Z]{2}-[A-Z]{2}$'),
    period   text        NOT NULL CHECK (period ~ '^[0-9]{4}-Q[1-4]$'),
    known_at timestamptz NOT NULL DEFAULT 'infinity',
    dated    timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (period, corridor, known_at)
);
COMMENT ON TABLE figure_work IS 'Quarters of corridors that wait to be worked out, the newest first.';
COMMENT ON COLUMN figure_work.corridor IS 'The corridor.';
COMMENT ON COLUMN figure_work.period IS 'The quarter.';
COMMENT ON COLUMN figure_work.known_at IS 'By what was known when: infinity for all that is known; an instant where a record older than its figures gets their past.';
COMMENT ON COLUMN figure_work.dated IS 'The recorded_at of the version that comes of it: infinity for now; an instant, likewise, for when it could be known.';

CREATE TABLE quarter_figure (
    corridor        text        NOT NULL,
    period          text        NOT NULL,
    price_point_usd smallint    NOT NULL CHECK (price_point_usd IN (200, 500)),
    demonstration   boolean     NOT NULL,
    recorded_at     timestamptz NOT NULL,
    superseded_at   timestamptz NOT NULL DEFAULT 'infinity' CHECK (superseded_at > recorded_at),
    known_at        timestamptz NOT NULL,
    services        integer     NOT NULL CHECK (services >= 0),
    surveyed        integer     NOT NULL,
    not_transparent integer     NOT NULL,
    operator_ids    text[]      NOT NULL,
    costs           numeric[]   NOT NULL,
    sum_pct         numeric     NOT NULL,
    average_pct     numeric,
    median_pct      numeric,
    best_pct        numeric,
    worst_pct       numeric,
    smart_services  integer     NOT NULL,
    smart_pct       numeric,
    content         bytea       NOT NULL,
    PRIMARY KEY (period, price_point_usd, demonstration, corridor, recorded_at)
);
COMMENT ON TABLE quarter_figure IS 'A corridor''s figures in a quarter, one row a version: the one known at an instant has recorded_at <= instant < superseded_at. Over transparent services at their regular price, one each (quarter_services).';
COMMENT ON COLUMN quarter_figure.corridor IS 'Sending and receiving country: FR-SN.';
COMMENT ON COLUMN quarter_figure.period IS 'Quarter: 2011-Q3. Running, it is provisional.';
COMMENT ON COLUMN quarter_figure.price_point_usd IS 'Price point, US dollars.';
COMMENT ON COLUMN quarter_figure.demonstration IS 'Made of invented prices; never averaged with real ones.';
COMMENT ON COLUMN quarter_figure.recorded_at IS 'Transaction time: when it was worked out; where a record is older than its figures, when what it is made of was learned.';
COMMENT ON COLUMN quarter_figure.superseded_at IS 'When the next version took its place; infinity while none has.';
COMMENT ON COLUMN quarter_figure.known_at IS 'The instant whose knowledge it is made of; in a running quarter also the instant whose prices it holds.';
COMMENT ON COLUMN quarter_figure.services IS 'Services that count.';
COMMENT ON COLUMN quarter_figure.surveyed IS 'Of these, rows of a survey.';
COMMENT ON COLUMN quarter_figure.not_transparent IS 'Rows of a survey that do not count, since fee or rate was not told beforehand.';
COMMENT ON COLUMN quarter_figure.operator_ids IS 'The operators of the services that count, in order.';
COMMENT ON COLUMN quarter_figure.costs IS 'Total cost of each service that counts, percent of the principal, ascending.';
COMMENT ON COLUMN quarter_figure.sum_pct IS 'Their sum: averages over many corridors are made of sums and counts.';
COMMENT ON COLUMN quarter_figure.average_pct IS 'Their simple mean; null without services.';
COMMENT ON COLUMN quarter_figure.median_pct IS 'Their median.';
COMMENT ON COLUMN quarter_figure.best_pct IS 'The cheapest.';
COMMENT ON COLUMN quarter_figure.worst_pct IS 'The dearest.';
COMMENT ON COLUMN quarter_figure.smart_services IS 'How many qualify for SmaRT (qualifies_for_smart).';
COMMENT ON COLUMN quarter_figure.smart_pct IS 'Mean of the three cheapest that qualify; null where fewer do.';
COMMENT ON COLUMN quarter_figure.content IS 'SHA-256 of all that is told, groups included: tells a new version from the same one again.';
-- What was known at an instant: all versions that end later, which now are only the last ones.
CREATE INDEX quarter_figure_known ON quarter_figure (price_point_usd, demonstration, period, superseded_at);
CREATE INDEX quarter_figure_corridor ON quarter_figure (corridor, period);

CREATE TABLE quarter_group (
    corridor        text        NOT NULL,
    period          text        NOT NULL,
    price_point_usd smallint    NOT NULL,
    demonstration   boolean     NOT NULL,
    recorded_at     timestamptz NOT NULL,
    dimension       text        NOT NULL,
    value           text        NOT NULL,
    services        integer     NOT NULL CHECK (services > 0),
    sum_pct         numeric     NOT NULL,
    PRIMARY KEY (period, price_point_usd, demonstration, corridor, recorded_at, dimension, value),
    FOREIGN KEY (period, price_point_usd, demonstration, corridor, recorded_at) REFERENCES quarter_figure
);
COMMENT ON TABLE quarter_group IS 'A version of a corridor''s figures by kinds of service: each group''s count and sum. Groups by country need no rows, since a corridor lies in one each.';
COMMENT ON COLUMN quarter_group.corridor IS 'As in quarter_figure.';
COMMENT ON COLUMN quarter_group.period IS 'As in quarter_figure.';
COMMENT ON COLUMN quarter_group.price_point_usd IS 'As in quarter_figure.';
COMMENT ON COLUMN quarter_group.demonstration IS 'As in quarter_figure.';
COMMENT ON COLUMN quarter_group.recorded_at IS 'With the columns before, the version that it belongs to.';
COMMENT ON COLUMN quarter_group.dimension IS 'firm_type, pay_in, pay_out, digital or speed.';
COMMENT ON COLUMN quarter_group.value IS 'The group''s code; unknown where it was not told.';
COMMENT ON COLUMN quarter_group.services IS 'Services in it. One with two ways to pay in counts in both.';
COMMENT ON COLUMN quarter_group.sum_pct IS 'Sum of their total costs, percent.';

CREATE TABLE flow_total (
    recorded_at timestamptz NOT NULL,
    year        smallint    NOT NULL,
    sender      text        NOT NULL CHECK (sender ~ '^[A-Z]{2}$'),
    usd_million numeric     NOT NULL CHECK (usd_million >= 0),
    PRIMARY KEY (recorded_at, year, sender)
);
COMMENT ON TABLE flow_total IS 'What each country sends in each year that has a matrix, by all matrices known at a stand: which years there are, and what share of the money is covered, without adding up every pair again. All of it anew when a matrix comes; the latest recorded_at counts.';
COMMENT ON COLUMN flow_total.recorded_at IS 'The stand that worked it out; at the first one, when the last matrix was learned.';
COMMENT ON COLUMN flow_total.year IS 'The year of the flows.';
COMMENT ON COLUMN flow_total.sender IS 'Sending country.';
COMMENT ON COLUMN flow_total.usd_million IS 'To all countries together, millions of US dollars.';

CREATE FUNCTION period_of(at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT AS $$
    SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY"-Q"Q')
$$;
COMMENT ON FUNCTION period_of IS 'The quarter of an instant, in UTC: 2011-Q3.';

CREATE FUNCTION period_close(period text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (corridor.period_end(period) + 1)::timestamp AT TIME ZONE 'UTC'
$$;
COMMENT ON FUNCTION period_close IS 'The instant at which a quarter is over.';

CREATE FUNCTION period_before(period text, quarters integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT to_char(corridor.period_end(period) - 45 - quarters * interval '3 months', 'YYYY"-Q"Q')
$$;
COMMENT ON FUNCTION period_before IS 'The quarter so many before another.';

CREATE FUNCTION periods_between(first timestamptz, last timestamptz) RETURNS SETOF text
LANGUAGE sql STABLE STRICT AS $$
    SELECT corridor.period_of(quarter AT TIME ZONE 'UTC')
    FROM generate_series(date_trunc('quarter', first AT TIME ZONE 'UTC'), last AT TIME ZONE 'UTC', interval '3 months') quarter
$$;
COMMENT ON FUNCTION periods_between IS 'The quarters from that of one instant to that of another.';

CREATE FUNCTION digital_of_service(pay_in text[], access_point text[], pay_out text[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN pay_in && '{bank_account,debit_card,credit_card,prepaid_card,mobile_money}'
         AND pay_out && '{bank_account,mobile_wallet,card}'
         AND access_point && '{online,mobile,call_centre}' THEN 'digital'
        WHEN 'cash' = ANY (pay_in) OR 'cash' = ANY (pay_out) THEN 'cash'
        ELSE 'other'
    END
$$;
COMMENT ON FUNCTION digital_of_service IS 'digital: an account, a wallet or a card at both ends, ordered online or by phone; cash: none of that, and cash at one end at least; other: neither, or not told.';

CREATE FUNCTION groups_of_service(firm_type text, pay_in text[], access_point text[], pay_out text[], speed text)
RETURNS TABLE (dimension text, value text) LANGUAGE sql IMMUTABLE AS $$
    SELECT 'firm_type', firm_type
    UNION ALL SELECT 'pay_in', code FROM unnest(CASE WHEN pay_in = '{}' THEN '{unknown}' ELSE pay_in END) code
    UNION ALL SELECT 'pay_out', code FROM unnest(CASE WHEN pay_out = '{}' THEN '{unknown}' ELSE pay_out END) code
    UNION ALL SELECT 'digital', corridor.digital_of_service(pay_in, access_point, pay_out)
    UNION ALL SELECT 'speed', speed
$$;
COMMENT ON FUNCTION groups_of_service IS 'The groups that a service counts in, by what it is like.';

CREATE FUNCTION median_of(sorted numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (sorted[(cardinality(sorted) + 1) / 2] + sorted[(cardinality(sorted) + 2) / 2]) / 2
$$;
COMMENT ON FUNCTION median_of IS 'Median of numbers in order, exact; null of none.';

CREATE FUNCTION quarter_offers(this_corridor text, this_period text, known_at timestamptz, OUT offer quote, OUT day date)
RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    -- Once, and not for every quote of every quarter: that was half of the time.
    begins timestamptz := period_close(period_before(this_period, 1));
    ends   timestamptz := least(period_close(this_period) - interval '1 microsecond', known_at);
BEGIN
    -- In plpgsql for its plan over all months of quotes, which a session keeps: in sql it would be made anew for each
    -- corridor, 6 of 7 ms.
    RETURN QUERY
    SELECT last.q, (least(ends, (last.q).valid_until, ended.at) AT TIME ZONE 'UTC')::date
    FROM (
        -- offers_at, but for what was withdrawn: until then it was in force, like what has lapsed.
        SELECT DISTINCT ON (q.service) q FROM quote q
        WHERE q.corridor = this_corridor AND q.valid_from <= ends AND q.recorded_at <= known_at AND q.price = 'regular'
        ORDER BY q.service, q.recorded_at DESC, q.id DESC) last
    CROSS JOIN LATERAL (
        SELECT min(w.recorded_at) AS at FROM withdrawal w
        WHERE w.service = (last.q).service AND w.price = 'regular'
          AND (w.recorded_at, w.id) > ((last.q).recorded_at, (last.q).id) AND w.recorded_at <= ends) ended
    WHERE least((last.q).valid_until, ended.at) > greatest(begins, (last.q).valid_from);
END $$;
COMMENT ON FUNCTION quarter_offers IS 'The regular price of each live service of a corridor that counts in a quarter, as known at an instant: the one in force at the quarter''s end (or now, in a running quarter), or the last in force within it, lapsed or withdrawn since; and the day whose reference rate it is measured by.';

CREATE FUNCTION quarter_services(this_corridor text, this_period text, points integer[], known_at timestamptz)
RETURNS TABLE (point integer, operator text, service text, firm_type text, pay_in text[], access_point text[], pay_out text[],
               speed text, coverage text, surveyed boolean, demonstration boolean, total_cost_pct numeric)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH live AS MATERIALIZED (
        SELECT s.operator, s.ref, firm.type, op.origin = 'demonstration' AS demonstration, (o.offer).pay_in,
               (o.offer).access_point, (o.offer).pay_out, (o.offer).speed, (o.offer).coverage,
               (o.offer).send_currency::text AS send, (o.offer).receive_currency::text AS receive, (o.offer).tariff,
               (o.offer).tax_pct, (o.offer).receive_fee, (o.offer).min, (o.offer).max, o.day
        FROM quarter_offers(this_corridor, this_period, known_at) o
        JOIN service s ON s.id = (o.offer).service
        JOIN operator op ON op.id = s.operator
        CROSS JOIN LATERAL operator_at(s.operator, known_at) firm
    ), rates AS MATERIALIZED (
        -- Most services of a corridor share their pair and day; finding a rate is what costs here.
        SELECT pair.*, r.rate AS reference, usd.rate AS dollar
        FROM (SELECT DISTINCT send, receive, day, demonstration FROM live) pair
        CROSS JOIN LATERAL reference_rate_at(pair.send, pair.receive, pair.day, known_at, pair.demonstration) r
        CROSS JOIN LATERAL reference_rate_at('USD', pair.send, pair.day, known_at, pair.demonstration) usd
    )
    SELECT p.price_point_usd::integer, o.operator, o.source || ':' || o.source_id, o.firm_type, o.pay_in, o.access_point,
           o.pay_out, o.speed, o.coverage, true, false, p.total_cost_pct
    FROM observations_of(this_corridor, this_period, known_at) o
    JOIN observed_price p ON p.observation = o.id AND p.price_point_usd = ANY (points)
    WHERE o.transparent
    UNION ALL
    SELECT a.point, live.operator, live.operator || ':' || live.ref, live.type, live.pay_in, live.access_point, live.pay_out,
           live.speed, live.coverage, false, live.demonstration, c.pct
    FROM live
    JOIN rates USING (send, receive, day, demonstration)
    CROSS JOIN LATERAL (SELECT point, round(point * rates.dollar) AS principal FROM unnest(points) point) a
    CROSS JOIN LATERAL (SELECT tariff_cost_pct(live.tariff, a.principal, live.send, live.tax_pct, live.receive_fee,
                                               rates.reference) AS pct) c
    WHERE c.pct IS NOT NULL AND a.principal >= live.min AND (live.max IS NULL OR a.principal <= live.max);
END $$;
COMMENT ON FUNCTION quarter_services IS 'The services that count in a corridor''s averages of a quarter, at each of some price points (200, 500): transparent, regular price, one row each. A survey row is its own service. A live service counts with its price in quarter_offers, at the price point''s worth in the sending currency, to the whole unit.';

-- Takes the place of what sql/0007-figures.sql made: a price that was withdrawn within a quarter was in force within it.
CREATE OR REPLACE FUNCTION corridor_services(this_corridor text, this_period text, price_point integer, known_at timestamptz)
RETURNS TABLE (operator text, service text, firm_type text, pay_in text[], access_point text[], pay_out text[], speed text,
               coverage text, surveyed boolean, demonstration boolean, total_cost_pct numeric)
LANGUAGE sql STABLE AS $$
    SELECT s.operator, s.service, s.firm_type, s.pay_in, s.access_point, s.pay_out, s.speed, s.coverage, s.surveyed,
           s.demonstration, s.total_cost_pct
    FROM corridor.quarter_services(this_corridor, this_period, ARRAY[price_point], known_at) s
$$;
COMMENT ON FUNCTION corridor_services IS 'quarter_services at one price point.';

CREATE FUNCTION figures_of(this_corridor text, this_period text, known_at timestamptz)
RETURNS TABLE (price_point_usd smallint, demonstration boolean, services integer, surveyed integer, not_transparent integer,
               operator_ids text[], costs numeric[], sum_pct numeric, average_pct numeric, median_pct numeric,
               best_pct numeric, worst_pct numeric, smart_services integer, smart_pct numeric, groups jsonb)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT s.* FROM quarter_services(this_corridor, this_period, '{200,500}', known_at) s
    ), hidden AS (
        SELECT count(*)::integer AS rows FROM observations_of(this_corridor, this_period, known_at) o WHERE NOT o.transparent
    ), counted AS (
        SELECT f.point::smallint AS point, f.demonstration, count(*)::integer AS services,
               (count(*) FILTER (WHERE f.surveyed))::integer AS surveyed,
               array_agg(DISTINCT f.operator ORDER BY f.operator) AS operator_ids,
               array_agg(f.total_cost_pct ORDER BY f.total_cost_pct) AS costs,
               coalesce(array_agg(f.total_cost_pct ORDER BY f.total_cost_pct)
                        FILTER (WHERE qualifies_for_smart(f.speed, f.coverage, f.pay_out)), '{}') AS smart
        FROM found f GROUP BY f.point, f.demonstration
        UNION ALL
        -- A quarter in which a survey found services, and none that counts.
        SELECT p.point, false, 0, 0, '{}', '{}', '{}'
        FROM (VALUES (200::smallint), (500::smallint)) p (point), hidden
        WHERE hidden.rows > 0 AND NOT EXISTS (SELECT FROM found f WHERE f.point = p.point AND NOT f.demonstration)
    ), grouped AS (
        SELECT g.point, g.demonstration,
               jsonb_agg(jsonb_build_object('dimension', g.dimension, 'value', g.value, 'services', g.services,
                                            'sum_pct', g.sum_pct) ORDER BY g.dimension, g.value) AS groups
        FROM (SELECT f.point, f.demonstration, m.dimension, m.value, count(*) AS services, sum(f.total_cost_pct) AS sum_pct
              FROM found f
              CROSS JOIN LATERAL groups_of_service(f.firm_type, f.pay_in, f.access_point, f.pay_out, f.speed) m
              GROUP BY f.point, f.demonstration, m.dimension, m.value) g
        GROUP BY g.point, g.demonstration
    )
    SELECT c.point, c.demonstration, c.services, c.surveyed,
           CASE WHEN c.demonstration THEN 0 ELSE (SELECT h.rows FROM hidden h) END, c.operator_ids, c.costs, s.sum_pct,
           s.sum_pct / nullif(c.services, 0), median_of(c.costs), c.costs[1], c.costs[c.services], cardinality(c.smart),
           (c.smart[1] + c.smart[2] + c.smart[3]) / 3, coalesce(g.groups, '[]')
    FROM counted c
    CROSS JOIN LATERAL (SELECT coalesce(sum(cost), 0) AS sum_pct FROM unnest(c.costs) cost) s
    LEFT JOIN grouped g ON g.point = c.point AND g.demonstration = c.demonstration
    ORDER BY c.point, c.demonstration;
END $$;
COMMENT ON FUNCTION figures_of IS 'A corridor''s figures in a quarter from the record, as known at an instant: what a version of quarter_figure and its groups are made of. Real and invented prices apart, a row each.';

GRANT SELECT ON operator_past, figure_stand, figure_work, quarter_figure, quarter_group, flow_total
    TO corridor_ingest, corridor_server, corridor_moderator, corridor_researcher;
GRANT EXECUTE ON FUNCTION operator_at TO corridor_moderator, corridor_researcher;
COMMIT;
