-- Keeping the figures of quarters up to date: what changed is planned, some of it is done, the doing is dated. The hard part is
-- to lose no change though transactions end in any order: a stand keeps the snapshot up to which change_log was planned for.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(14, 'figure-refresh');

CREATE FUNCTION work_out_quarter(this_corridor text, this_period text, this_known_at timestamptz, dated timestamptz,
                                 stand timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = corridor, pg_temp AS $$
DECLARE
    made  integer := 0;
    fresh record;
    stamp timestamptz;
BEGIN
    FOR fresh IN
        WITH now_found AS (
            SELECT f.*, sha256(convert_to(concat_ws('|', f.services, f.surveyed, f.not_transparent, f.operator_ids::text,
                                                    f.costs::text, f.smart_services, f.smart_pct, f.groups::text), 'UTF8'))
                        AS content
            FROM figures_of(this_corridor, this_period, this_known_at) f
        ), before AS (
            SELECT q.price_point_usd, q.demonstration, q.recorded_at, q.services, q.not_transparent, q.content
            FROM quarter_figure q
            WHERE q.corridor = this_corridor AND q.period = this_period AND q.superseded_at = 'infinity'
        )
        SELECT point.usd AS point, kind.invented, n.*, n.content IS NULL AS gone, b.recorded_at AS last_recorded_at
        FROM (VALUES (200::smallint), (500::smallint)) point (usd)
        CROSS JOIN (VALUES (false), (true)) kind (invented)
        LEFT JOIN now_found n ON n.price_point_usd = point.usd AND n.demonstration = kind.invented
        LEFT JOIN before b ON b.price_point_usd = point.usd AND b.demonstration = kind.invented
        WHERE n.content IS DISTINCT FROM b.content
          -- Gone, and known to be: nothing new.
          AND NOT (n.content IS NULL AND b.services = 0 AND b.not_transparent = 0)
    LOOP
        stamp := CASE WHEN dated < stand AND dated > coalesce(fresh.last_recorded_at, '-infinity') THEN dated ELSE stand END;
        UPDATE quarter_figure q SET superseded_at = stamp
        WHERE q.corridor = this_corridor AND q.period = this_period AND q.price_point_usd = fresh.point
          AND q.demonstration = fresh.invented AND q.superseded_at = 'infinity';
        INSERT INTO quarter_figure (corridor, period, price_point_usd, demonstration, recorded_at, known_at, services, surveyed,
                                    not_transparent, operator_ids, costs, sum_pct, average_pct, median_pct, best_pct, worst_pct,
                                    smart_services, smart_pct, content)
        VALUES (this_corridor, this_period, fresh.point, fresh.invented, stamp, this_known_at, coalesce(fresh.services, 0),
                coalesce(fresh.surveyed, 0), coalesce(fresh.not_transparent, 0), coalesce(fresh.operator_ids, '{}'),
                coalesce(fresh.costs, '{}'), coalesce(fresh.sum_pct, 0), fresh.average_pct, fresh.median_pct, fresh.best_pct,
                fresh.worst_pct, coalesce(fresh.smart_services, 0), fresh.smart_pct, coalesce(fresh.content, ''));
        INSERT INTO quarter_group (corridor, period, price_point_usd, demonstration, recorded_at, dimension, value, services,
                                   sum_pct)
        SELECT this_corridor, this_period, fresh.point, fresh.invented, stamp, g.dimension, g.value, g.services, g.sum_pct
        FROM jsonb_to_recordset(fresh.groups) g (dimension text, value text, services integer, sum_pct numeric);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
COMMENT ON FUNCTION work_out_quarter IS 'Works out a corridor''s figures in a quarter and adds a version, where they are not those known; returns how many were added. They are dated as asked, or by the stand where a later version is there already.';

CREATE FUNCTION plan_all_figures(stand timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = corridor, pg_temp AS $$
BEGIN
    -- Every state that a survey was ever known in.
    INSERT INTO figure_work (corridor, period, known_at, dated)
    SELECT DISTINCT o.corridor, o.period, o.recorded_at, o.recorded_at FROM observation o
    UNION
    SELECT before.corridor, before.period, o.recorded_at, o.recorded_at
    FROM observation o JOIN observation before USING (source, source_id)
    WHERE before.recorded_at < o.recorded_at;
    -- Of live prices the last state, dated by the latest of: the quarter's end, its quotes, its rates.
    INSERT INTO figure_work (corridor, period, dated)
    WITH rates AS MATERIALIZED (
        SELECT r.source = 'demonstration' AS demonstration, period_of(r.day::timestamp AT TIME ZONE 'UTC') AS period,
               max(r.recorded_at) AS recorded_at
        FROM reference_rate r GROUP BY 1, 2
    ), quoted AS MATERIALIZED (
        SELECT q.corridor, bool_or(o.origin = 'demonstration') AS demonstration, min(q.valid_from) AS first,
               least(max(q.valid_until), stand) AS last
        FROM quote q JOIN service s ON s.id = q.service JOIN operator o ON o.id = s.operator GROUP BY q.corridor
    )
    SELECT c.corridor, period,
           CASE WHEN period_close(period) > stand THEN 'infinity'
                ELSE greatest(period_close(period),
                              (SELECT max(q.recorded_at) FROM quote q
                               WHERE q.corridor = c.corridor AND q.valid_from < period_close(period)),
                              (SELECT max(r.recorded_at) FROM rates r
                               WHERE r.demonstration = c.demonstration
                                 AND r.period IN (listed.period,
                                                  period_of(period_close(listed.period) - interval '100 days'))),
                              (SELECT max(o.recorded_at) FROM observation o
                               WHERE o.corridor = c.corridor AND o.period = listed.period)) END
    FROM quoted c CROSS JOIN LATERAL periods_between(c.first, c.last) listed (period);
END $$;
COMMENT ON FUNCTION plan_all_figures IS 'Plans every quarter of every corridor: the first stand of a record.';

CREATE FUNCTION plan_changed_figures(changed text[], last timestamptz, stand timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = corridor, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    -- What a transaction stores is dated by its beginning. Every program of ours gives up within minutes, so what the last
    -- stand could not see yet is not a day older than it.
    horizon timestamptz := last - interval '1 day';
BEGIN
    INSERT INTO figure_work (corridor, period)
    WITH changed_corridor AS (SELECT unnest(changed) AS corridor)
    -- Surveys: rows that came, and the places of those that a correction has moved away.
    SELECT o.corridor, o.period FROM changed_corridor JOIN observation o USING (corridor) WHERE o.recorded_at >= horizon
    UNION
    SELECT o.corridor, o.period FROM changed_corridor JOIN observation o USING (corridor)
    WHERE EXISTS (SELECT FROM observation n WHERE n.source = o.source AND n.source_id = o.source_id
                                              AND n.recorded_at > o.recorded_at AND n.recorded_at >= horizon)
    UNION
    -- Live prices: from the first quarter that a new one holds in. The demonstration dates its own back.
    SELECT q.corridor, period
    FROM (SELECT q.corridor, min(q.valid_from) AS first FROM changed_corridor JOIN quote q USING (corridor)
          WHERE q.recorded_at >= horizon GROUP BY q.corridor
          UNION ALL
          SELECT q.corridor, min(q.valid_from) FROM submission d JOIN quote q ON q.submission = d.id
          JOIN changed_corridor USING (corridor)
          WHERE d.kind = 'demonstration' AND d.recorded_at >= horizon GROUP BY q.corridor) q
    CROSS JOIN LATERAL periods_between(q.first, stand) period
    UNION
    -- What ends a price leaves no quote behind.
    SELECT corridor, period
    FROM changed_corridor JOIN (SELECT DISTINCT corridor FROM service) s USING (corridor), periods_between(horizon, stand) period
    UNION
    -- Operators that are another kind of firm now, which is a group that they count in.
    SELECT s.corridor, period
    FROM changed_corridor JOIN service s USING (corridor)
    JOIN operator_past was ON was.operator = s.operator AND was.superseded_at >= horizon
    JOIN operator o ON o.id = s.operator AND o.type <> was.type
    CROSS JOIN LATERAL (SELECT min(q.valid_from) AS first FROM quote q WHERE q.corridor = s.corridor) quoted
    CROSS JOIN LATERAL periods_between(quoted.first, stand) period
    UNION
    -- Reference rates, for the prices they are the measure of.
    SELECT s.corridor, period
    FROM (SELECT r.source = 'demonstration' AS demonstration, min(r.day) AS first, max(r.day) AS last
          FROM reference_rate r JOIN submission d ON d.id = r.submission
          WHERE d.recorded_at >= horizon AND '*' = ANY (changed)
          GROUP BY 1) r
    JOIN (SELECT DISTINCT s.corridor, o.origin = 'demonstration' AS demonstration
          FROM service s JOIN operator o ON o.id = s.operator) s USING (demonstration)
    CROSS JOIN LATERAL (SELECT min(q.valid_from) AS first FROM quote q WHERE q.corridor = s.corridor) quoted
    CROSS JOIN LATERAL periods_between(greatest(r.first::timestamp AT TIME ZONE 'UTC', quoted.first),
                                       least((r.last + 10)::timestamp AT TIME ZONE 'UTC', stand)) period
    UNION
    -- Time itself: a quarter ended, a day brought another rate, an announced price began.
    SELECT c.corridor, period FROM (SELECT DISTINCT corridor FROM current_offer) c, periods_between(last, stand) period
    WHERE (last AT TIME ZONE 'UTC')::date < (stand AT TIME ZONE 'UTC')::date
    UNION
    SELECT c.corridor, period FROM current_offer c, periods_between(last, stand) period
    WHERE c.valid_from > last AND c.valid_from <= stand
    -- What waits from the first stand and has changed since is no longer what could be known then.
    ON CONFLICT (period, corridor, known_at) DO UPDATE SET dated = 'infinity';
END $$;
COMMENT ON FUNCTION plan_changed_figures IS 'Plans the quarters that what happened since the last stand may have changed. One too many costs time alone: figures that stay the same make no version.';

CREATE FUNCTION corridors_changed(since pg_snapshot) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT l.corridor), '{}') FROM corridor.change_log l
    WHERE l.xid >= pg_snapshot_xmin(since) AND NOT pg_visible_in_snapshot(l.xid, since)
$$;
COMMENT ON FUNCTION corridors_changed IS 'What change_log names of transactions that a snapshot did not see yet; * for every corridor.';

CREATE FUNCTION figure_work_due(work figure_work, stand timestamptz, settle interval) RETURNS boolean
LANGUAGE sql STABLE AS $$
    -- A running quarter is provisional, and a busy corridor's would change with every price.
    SELECT work.period < corridor.period_of(stand) OR NOT EXISTS (
        SELECT FROM corridor.quarter_figure q
        WHERE q.corridor = work.corridor AND q.period = work.period AND q.superseded_at = 'infinity'
          AND q.recorded_at > stand - settle)
$$;
COMMENT ON FUNCTION figure_work_due IS 'Whether work is to be done now: of an ended quarter always, of the running one when its last version has settled.';

CREATE FUNCTION refresh_figures(most integer, settle interval, OUT recorded_at timestamptz, OUT versions integer,
                                OUT remaining integer, OUT settling integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = corridor, pg_temp AS $$
#variable_conflict use_column
DECLARE
    last    figure_stand;
    seen    pg_snapshot;
    changed text[];
    flows   bigint;
    stand   timestamptz;
    item    figure_work;
    worked  integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('corridor.refresh_figures'));
    SELECT * INTO last FROM figure_stand s ORDER BY s.recorded_at DESC LIMIT 1;
    -- Taken before anything is looked at, so that what comes meanwhile is planned for again.
    seen := pg_current_snapshot();
    changed := corridors_changed(last.changes);
    SELECT coalesce(max(d.id), 0) INTO flows FROM submission d WHERE d.kind = 'flows';
    stand := greatest(clock_timestamp(), last.recorded_at + interval '1 microsecond');
    IF last.recorded_at IS NULL THEN
        PERFORM plan_all_figures(stand);
    ELSE
        PERFORM plan_changed_figures(changed, last.recorded_at, stand);
    END IF;

    IF flows IS DISTINCT FROM coalesce(last.flow_submission, 0) THEN
        INSERT INTO flow_total (recorded_at, year, sender, usd_million)
        SELECT CASE WHEN last.recorded_at IS NULL THEN max(max(f.recorded_at)) OVER () ELSE stand END, f.year,
               left(f.corridor, 2), sum(f.usd_million)
        FROM (SELECT DISTINCT ON (f.corridor, f.year) f.* FROM flow f
              WHERE f.submission <= flows ORDER BY f.corridor, f.year, f.recorded_at DESC) f
        GROUP BY f.year, left(f.corridor, 2);
    END IF;

    versions := 0;
    FOR item IN
        SELECT w.* FROM figure_work w WHERE figure_work_due(w, stand, settle)
        ORDER BY w.period DESC, w.known_at, w.corridor LIMIT most
    LOOP
        versions := versions + work_out_quarter(item.corridor, item.period, least(item.known_at, stand), item.dated, stand);
        DELETE FROM figure_work w
        WHERE w.period = item.period AND w.corridor = item.corridor AND w.known_at = item.known_at;
        worked := worked + 1;
    END LOOP;

    IF versions > 1000 THEN -- too many for readers to wait until somebody else looks
        ANALYZE quarter_figure, quarter_group;
    END IF;

    SELECT count(*) FILTER (WHERE due), count(*) FILTER (WHERE NOT due) INTO remaining, settling
    FROM (SELECT figure_work_due(w, stand, settle) AS due FROM figure_work w) w;
    IF last.recorded_at IS NULL OR worked > 0 OR flows <> last.flow_submission OR changed <> '{}' THEN
        INSERT INTO figure_stand (recorded_at, changes, flow_submission, remaining)
        VALUES (stand, seen, flows, remaining);
        recorded_at := stand;
    ELSE
        recorded_at := last.recorded_at;
    END IF;
END $$;
COMMENT ON FUNCTION refresh_figures IS 'Works out what changed since the last stand, at most so many quarters of corridors, and of a running quarter what is older than settle; returns the stand, the versions added, and how much is left to do now and later. Called again until nothing remains; READ COMMITTED.';

CREATE FUNCTION figures_waiting(OUT recorded_at timestamptz, OUT changed integer, OUT remaining integer)
LANGUAGE sql STABLE AS $$
    SELECT s.recorded_at, cardinality(corridor.corridors_changed(s.changes)), (SELECT count(*) FROM corridor.figure_work)
    FROM (VALUES (1)) one (row)
    LEFT JOIN LATERAL (SELECT * FROM corridor.figure_stand ORDER BY recorded_at DESC LIMIT 1) s ON true
$$;
COMMENT ON FUNCTION figures_waiting IS 'The last stand (null: none yet), how many corridors changed since (* counts as one), and how many of their quarters are planned and not done, those that settle included.';

CREATE FUNCTION stand_at(known_at timestamptz, OUT recorded_at timestamptz, OUT remaining integer)
LANGUAGE sql STABLE AS $$
    SELECT coalesce(s.recorded_at, known_at), coalesce(s.remaining, 0)
    FROM (VALUES (1)) one (row)
    LEFT JOIN LATERAL (SELECT * FROM corridor.figure_stand f WHERE f.recorded_at <= known_at
                       ORDER BY f.recorded_at DESC LIMIT 1) s ON true
$$;
COMMENT ON FUNCTION stand_at IS 'The stand that was the last at an instant. Before the first one it is the instant itself: what a record held before its figures were first worked out is dated back.';

REVOKE EXECUTE ON FUNCTION refresh_figures, plan_all_figures, plan_changed_figures, work_out_quarter FROM corridor_server;
REVOKE EXECUTE ON FUNCTION plan_all_figures, plan_changed_figures, work_out_quarter FROM corridor_ingest;
COMMIT;
