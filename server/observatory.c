/*
 * The observatory's questions to the record: what the question means (stand, quarter, real prices
 * or invented ones) is decided by observatory_ask in the database, within each statement, so that
 * all that an answer needs is read in one turn, at one instant.
 */
#include "server/observatory.h"

#include "server/api.h"
#include "server/arena.h"
#include "server/worker.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define OBSERVATORY_LIMIT 8000 /* ms the record may take */

/* $1 as_of or null, $2 period or null, $3 price point, $4 senders left out. What every function of
 * the record takes after its quarters stands in `a` under the same names. */
#define ASK                                                                             \
    "WITH ask AS MATERIALIZED (SELECT a.*, $3::integer AS point, $4::text[] AS exclude" \
    " FROM corridor.observatory_ask("                                                   \
    "  coalesce('epoch'::timestamptz + $1::bigint * interval '1 microsecond', now()),"  \
    "  $2::text, $3::integer) a) "

static const struct db_statement head = {
    "observatory_head",
    ASK "SELECT (extract(epoch FROM a.stand) * 1000000)::bigint, a.period,"
        " a.period >= corridor.period_of(a.stand), a.invented,"
        " a.remaining = 0 AND EXISTS (SELECT FROM corridor.figure_stand),"
        " CASE WHEN $1::bigint IS NULL THEN (SELECT w.changed FROM corridor.figures_waiting() w)"
        "  + (SELECT count(*) FROM corridor.figure_work w WHERE w.period = a.period) END, "
        "$1::bigint IS NULL AND a.stand < now() - interval '1 day'"
        " AND EXISTS (SELECT FROM corridor.current_offer)"
        " FROM ask a",
    4};
enum {
    HEAD_STAND,
    HEAD_PERIOD,
    HEAD_PROVISIONAL,
    HEAD_INVENTED,
    HEAD_COMPLETE,
    HEAD_CHANGED,
    HEAD_AGED
};

static const struct db_statement world = {
    "observatory_world",
    ASK
    "SELECT f.services, round(f.average_pct, 4), f.corridors,"
    " round(f.corridors_average_pct, 4), round(f.flow_weighted_pct, 4), f.flows_year,"
    " round(f.smart_pct, 4), f.smart_corridors, f.smart_without, f.smart_at_most_5, f.meets,"
    " f.near, f.must_fall, round(f.at_stake_usd), round(f.above_target_usd),"
    " round(f.flow_usd_million * 1000000), f.thin, f.surveyed, f.not_transparent,"
    " coalesce(o.operators, 0), round(100 * f.flow_usd_million / nullif((SELECT sum(y.usd_million)"
    "  FROM corridor.flow_years(a.stand) y"
    "  WHERE y.year = f.flows_year AND y.sender <> ALL (a.exclude)), 0), 4),"
    " round(d.deciles[1], 4), round(d.deciles[2], 4), round(d.deciles[3], 4),"
    " round(d.deciles[4], 4), round(d.deciles[5], 4), round(d.deciles[6], 4),"
    " round(d.deciles[7], 4), round(d.deciles[8], 4), round(d.deciles[9], 4),"
    " round(c.quarter_change, 4), round(c.year_change, 4), c.quarters, c.first_period,"
    " round(c.value_pct, 4), round(c.low_pct, 4), round(c.high_pct, 4),"
    " round(4 * c.slope_pct, 4)"
    " FROM ask a"
    " CROSS JOIN LATERAL corridor.figures_by('world', NULL, a.period, a.period, a.point,"
    "  a.invented, a.stand, a.exclude) f"
    " LEFT JOIN LATERAL corridor.operators_by(a.period, a.period, a.point, a.invented,"
    "  a.stand, a.exclude) o ON true"
    " CROSS JOIN LATERAL (SELECT corridor.cost_deciles(a.period, a.point, a.invented,"
    "  a.stand, a.exclude) AS deciles) d"
    " CROSS JOIN LATERAL corridor.world_course(a.period, a.point, a.invented, a.stand,"
    "  a.exclude) c",
    4};

static const struct db_statement groups = {
    "observatory_groups",
    ASK "SELECT g.kind, g.value, round(g.average_pct, 4), g.services"
        " FROM ask a CROSS JOIN LATERAL corridor.quarter_groups(a.period, a.point, a.invented,"
        "  a.stand, a.exclude) g"
        " ORDER BY g.kind, g.value",
    4};

static const struct db_statement course = {
    "observatory_course",
    ASK "SELECT f.period, round(f.average_pct, 4), round(f.flow_weighted_pct, 4),"
        " round(f.smart_pct, 4) FROM ask a CROSS JOIN LATERAL corridor.figures_by('world', NULL,"
        "  '0000-Q1', a.period, a.point, a.invented, a.stand, a.exclude) f ORDER BY f.period",
    4};

/* $5 kind, $6 its groups or null, $7 first and $8 last quarter, $9 the indicator's column. */
#define POINTS                                                                         \
    ASK "SELECT v.value, v.period, CASE WHEN $9 LIKE '%\\_pct' THEN round(v.shown, 4)" \
        " ELSE round(v.shown) END, v.services FROM ask a CROSS JOIN LATERAL ("
#define POINTS_END ") v ORDER BY v.value, v.period"
static const struct db_statement points = {
    "observatory_points",
    POINTS "SELECT f.value, f.period, (to_jsonb(f) ->> $9::text)::numeric AS shown, f.services"
           " FROM corridor.figures_by($5::text, $6::text[], $7::text,"
           "  coalesce($8::text, '9999-Q4'), a.point, a.invented, a.stand, a.exclude) f" POINTS_END,
    9};
static const struct db_statement points_of_services = {
    "observatory_points_of_services",
    POINTS "SELECT f.value, f.period, (to_jsonb(f) ->> $9::text)::numeric AS shown, f.services"
           " FROM corridor.service_figures_by(ARRAY[$5::text], $6::text[], $7::text,"
           "  coalesce($8::text, '9999-Q4'), a.point, a.invented, a.stand, a.exclude) f" POINTS_END,
    9};
static const struct db_statement points_of_operators = {
    "observatory_points_of_operators",
    POINTS "SELECT $5::text AS value, o.period, o.operators::numeric AS shown, f.services"
           " FROM corridor.operators_by($7::text, coalesce($8::text, '9999-Q4'), a.point,"
           "  a.invented, a.stand, a.exclude) o"
           " JOIN corridor.figures_by($5::text, $6::text[], $7::text,"
           "  coalesce($8::text, '9999-Q4'), a.point, a.invented, a.stand, a.exclude) f"
           "  USING (period)" POINTS_END,
    9};

/* $5 order, $6 receiving and $7 sending region or null, $8 how many, $9 after how many. */
static const struct db_statement corridors = {
    "observatory_corridors",
    ASK ", listed AS MATERIALIZED ("
        " SELECT q.*, CASE $5::text WHEN 'average' THEN q.average_pct"
        "  WHEN 'at_stake' THEN q.at_stake_usd ELSE q.quarter_change END AS place"
        " FROM ask a CROSS JOIN LATERAL corridor.quarter_corridors(a.period, a.point, a.invented,"
        "  a.stand, a.exclude, $6::text, $7::text) q)"
        " SELECT t.total, l.corridor, l.services, l.operators, round(l.average_pct, 4),"
        " round(l.median_pct, 4), round(l.smart_pct, 4), l.status, l.thin, l.flow_usd_million,"
        " l.flows_year, round(l.at_stake_usd), round(l.quarter_change, 4),"
        " round(l.year_change, 4)"
        " FROM (SELECT count(*) AS total FROM listed) t LEFT JOIN LATERAL ("
        "  SELECT * FROM listed ORDER BY place DESC NULLS LAST, corridor"
        "  LIMIT $8::bigint OFFSET $9::bigint) l ON true"
        " ORDER BY l.place DESC NULLS LAST, l.corridor",
    9};

#define STEPS_MAX 6

struct reading {
    struct http_request *req;
    observatory_answer *answer;
    struct arena arena;
    struct observatory_ask ask;
    struct observatory found;
    struct db_step steps[STEPS_MAX];
    struct observatory_table *tables[STEPS_MAX]; /* where each step's rows go */
    size_t count;
    struct observatory_table head;
};

/* A copy in the reading's memory: the result is gone after the step. */
static void copy_rows(struct reading *reading, struct observatory_table *table,
                      const struct db_result *rows)
{
    table->rows = db_result_rows(rows);
    table->columns = db_result_columns(rows);
    struct span *cells =
        arena_take(&reading->arena, (table->rows * table->columns + 1) * sizeof(*cells));
    for (size_t i = 0; i < table->rows; i++) {
        for (size_t j = 0; j < table->columns; j++) {
            struct span cell = db_result_span(rows, i, j);
            if (cell.at != NULL)
                cell.at = arena_text(&reading->arena, cell);
            cells[i * table->columns + j] = cell;
        }
    }
    table->cells = cells;
}

static void take_rows(size_t step, const struct db_result *rows, void *arg)
{
    struct reading *reading = arg;
    copy_rows(reading, reading->tables[step], rows);
}

static int64_t number(struct span cell)
{
    return cell.at == NULL ? 0 : strtoll(cell.at, NULL, 10); /* digits, by the statement */
}

static void read_head(struct reading *reading)
{
    const struct observatory_table *table = &reading->head;
    struct observatory *found = &reading->found;
    struct span period = observatory_cell(table, 0, HEAD_PERIOD);
    found->as_of = number(observatory_cell(table, 0, HEAD_STAND));
    found->period = period.at == NULL ? "" : period.at;
    found->provisional = observatory_true(table, 0, HEAD_PROVISIONAL);
    found->demonstration = found->period[0] != '\0' && observatory_true(table, 0, HEAD_INVENTED);
    found->complete = observatory_true(table, 0, HEAD_COMPLETE);
    found->changed = number(observatory_cell(table, 0, HEAD_CHANGED));
    found->aged = observatory_true(table, 0, HEAD_AGED);
}

static void done(const struct db_reply *reply, void *arg)
{
    struct reading *reading = arg;
    if (reply->outcome != DB_OK) {
        (void)api_db_problem(reading->req, reply);
    } else {
        read_head(reading);
        (void)reading->answer(reading->req, &reading->ask, &reading->found);
    }
    arena_free(&reading->arena);
    free(reading);
}

/* "{RU,AE}": codes need no quoting. NULL for none where that means any. */
static const char *list_text(struct arena *arena, const struct observatory_ask *ask, bool senders)
{
    size_t count = senders ? ask->exclude_count : ask->value_count;
    size_t size = 3 + count * OBSERVATORY_VALUE_MAX;
    if (count == 0)
        return senders ? "{}" : NULL;
    char *text = arena_take(arena, size);
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        int written = snprintf(text + length, size - length, "%s%s", i == 0 ? "{" : ",",
                               senders ? ask->exclude[i]->iso2 : ask->values[i]);
        length += (size_t)written;
    }
    (void)snprintf(text + length, size - length, "}");
    return text;
}

static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static void ask_for(struct reading *reading, const struct db_statement *statement,
                    const char *const *params, struct observatory_table *table)
{
    reading->steps[reading->count] = (struct db_step){statement, params};
    reading->tables[reading->count++] = table;
}

static const struct db_statement *points_statement(const struct observatory_ask *ask)
{
    if (observatory_kind_of_services(ask->kind))
        return &points_of_services;
    return ask->indicator == OBSERVATORY_OPERATORS ? &points_of_operators : &points;
}

enum http_result observatory_read(struct http_request *req, unsigned parts,
                                  const struct observatory_ask *asked, observatory_answer *answer)
{
    struct reading *reading = calloc(1, sizeof(*reading));
    if (reading == NULL)
        return api_unavailable(req, "Memory is short.", 5);
    *reading = (struct reading){.req = req, .answer = answer, .ask = *asked};
    const struct observatory_ask *ask = &reading->ask;
    char as_of[24];
    char limit[24];
    char offset[24];
    (void)snprintf(as_of, sizeof(as_of), "%" PRId64, ask->as_of);
    (void)snprintf(limit, sizeof(limit), "%u", ask->per_page);
    (void)snprintf(offset, sizeof(offset), "%" PRIu64, (uint64_t)(ask->page - 1) * ask->per_page);
    const char *as_of_text = ask->as_of == INSTANT_NEVER ? NULL : as_of;
    const char *point = ask->price_point == 500 ? "500" : "200";
    const char *exclude = list_text(&reading->arena, ask, true);
    const char *values = list_text(&reading->arena, ask, false);
    const char *const series[] = {as_of_text,
                                  or_null(ask->period),
                                  point,
                                  exclude,
                                  observatory_kind_code(ask->kind),
                                  values,
                                  ask->from,
                                  or_null(ask->to),
                                  observatory_indicator_code(ask->indicator)};
    const char *const list[] = {as_of_text,
                                or_null(ask->period),
                                point,
                                exclude,
                                observatory_sort_code(ask->sort),
                                or_null(ask->receiving_region),
                                or_null(ask->sending_region),
                                limit,
                                offset};
    ask_for(reading, &head, list, &reading->head);
    if ((parts & OBSERVATORY_OVERVIEW) != 0) {
        ask_for(reading, &world, list, &reading->found.world);
        ask_for(reading, &groups, list, &reading->found.groups);
    }
    if ((parts & OBSERVATORY_SERIES) != 0)
        ask_for(reading, points_statement(ask), series, &reading->found.points);
    if ((parts & OBSERVATORY_LIST) != 0)
        ask_for(reading, &corridors, list, &reading->found.corridors);
    if ((parts & OBSERVATORY_COURSE) != 0)
        ask_for(reading, &course, list, &reading->found.course);
    if (db_read_at_once(worker_context(req)->db, reading->steps, reading->count, OBSERVATORY_LIMIT,
                        take_rows, done, reading) == NULL) {
        arena_free(&reading->arena);
        free(reading);
        return api_unavailable(req, "The server is stopping.", 5);
    }
    return http_defer(req, NULL, NULL);
}
