/* /v1/operators and /v1/operators/{id}: the firms and where they operate, from the record. */
#include "server/api.h"
#include "server/fields.h"
#include "server/routes.h"
#include "server/worker.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define OPERATORS_LIMIT 5000 /* ms the record may take */

/* The total stands on every row, and on one row of nulls where the page is past the end. */
static const struct db_statement list = {
    "operators_list",
    "SELECT t.total, o.id, o.name, o.type, o.country, o.website, o.origin"
    " FROM (SELECT count(*) AS total FROM corridor.operator) t"
    " LEFT JOIN LATERAL (SELECT * FROM corridor.operator ORDER BY id"
    "                    LIMIT $1::bigint OFFSET $2::bigint) o ON true ORDER BY o.id",
    2};

/* The operator's row for each of its corridors, one with nulls where it has none. What it has
 * withdrawn is no service. */
static const struct db_statement one = {
    "operators_one",
    "SELECT 0, o.id, o.name, o.type, o.country, o.website, o.origin,"
    " c.corridor, coalesce(c.services, 0), c.surveyed, m.*"
    " FROM corridor.operator o CROSS JOIN LATERAL corridor.shopped_summary(o.id) m LEFT JOIN ("
    "  SELECT corridor, sum(services)::bigint AS services, max(surveyed) AS surveyed FROM ("
    "   SELECT s.corridor, count(DISTINCT s.id) AS services, NULL AS surveyed"
    "   FROM corridor.service s JOIN corridor.current_offer c ON c.service = s.id"
    "   WHERE s.operator = $1 GROUP BY s.corridor"
    "   UNION ALL"
    "   SELECT corridor, 0, max(period) FROM corridor.observation"
    "   WHERE operator = $1 GROUP BY corridor) u GROUP BY corridor) c ON true"
    " WHERE o.id = $1 ORDER BY c.corridor",
    1};
enum {
    TOTAL,
    ID,
    NAME,
    TYPE,
    COUNTRY,
    WEBSITE,
    ORIGIN,
    CORRIDOR,
    SERVICES,
    SURVEYED,
    SHOPPED,
    SHOPPED_COMPARED,
    SHOPPED_GAP,
    SHOPPED_WITHIN
};

static void write_text(struct out *out, const char *key, const struct db_result *rows, size_t row,
                       size_t column)
{
    json_member_text(out, key, db_result_text(rows, row, column));
}

static bool is_demonstration(const struct db_result *rows, size_t row)
{
    const char *origin = db_result_text(rows, row, ORIGIN);
    return origin != NULL && strcmp(origin, "demonstration") == 0;
}

static void write_operator(struct out *out, const struct db_result *rows, size_t row)
{
    write_text(out, "id", rows, row, ID);
    write_text(out, "name", rows, row, NAME);
    write_text(out, "type", rows, row, TYPE);
    write_text(out, "country", rows, row, COUNTRY);
    write_text(out, "website", rows, row, WEBSITE);
}

/* Declared against found: sql/0025-shopped.sql says what is compared with what. */
static void write_shopped(struct out *out, const struct db_result *rows)
{
    int64_t transfers = 0;
    int64_t compared = 0;
    if (!db_result_int64(rows, 0, SHOPPED, &transfers) ||
        !db_result_int64(rows, 0, SHOPPED_COMPARED, &compared))
        transfers = compared = 0;
    json_key(out, "shopped");
    json_open(out, '{');
    json_member_int(out, "count", transfers);
    json_member_int(out, "compared", compared);
    write_text(out, "median_gap_pct", rows, 0, SHOPPED_GAP);
    write_text(out, "within_half_point_pct", rows, 0, SHOPPED_WITHIN);
    json_close(out, '}');
}

/* ---- The list ---- */

struct list_ask {
    struct http_request *req;
    struct api_page page;
};

static void list_done(const struct db_reply *reply, void *arg)
{
    struct list_ask *ask = arg;
    const struct db_result *rows = reply->result;
    int64_t total = 0;
    bool demonstration = false;
    if (reply->outcome != DB_OK || !db_result_int64(rows, 0, TOTAL, &total)) {
        (void)api_db_problem(ask->req, reply);
        goto out;
    }
    struct out *out = http_out(ask->req);
    json_open(out, '{');
    json_key(out, "operators");
    json_open(out, '[');
    for (size_t i = 0; i < db_result_rows(rows); i++) {
        if (db_result_text(rows, i, ID) == NULL)
            continue;
        json_open(out, '{');
        write_operator(out, rows, i);
        json_member_bool(out, "demonstration", is_demonstration(rows, i));
        json_close(out, '}');
        demonstration |= is_demonstration(rows, i);
    }
    json_close(out, ']');
    api_page_members(out, &ask->page, (size_t)total);
    field_demonstration(out, demonstration);
    json_close(out, '}');
    out_char(out, '\n');
    (void)api_reply_page(ask->req, out, &ask->page, (size_t)total, "");
out:
    free(ask);
}

enum http_result api_operators(struct http_request *req)
{
    struct api_parameter parameters[] = {{.name = "page"}, {.name = "per_page"}};
    struct api_page page;
    char limit[24];
    char offset[24];
    if (!api_parameters(req, parameters, COUNT_OF(parameters)) ||
        !api_page(req, &page, parameters[0].value, parameters[1].value))
        return HTTP_DONE;
    struct list_ask *ask = malloc(sizeof(*ask));
    if (ask == NULL)
        return api_unavailable(req, "Memory is short.", 5);
    *ask = (struct list_ask){req, page};
    (void)snprintf(limit, sizeof(limit), "%u", page.per_page);
    (void)snprintf(offset, sizeof(offset), "%" PRIu64, (uint64_t)(page.page - 1) * page.per_page);
    const char *params[] = {limit, offset};
    if (db_query(worker_context(req)->db, &list, params, OPERATORS_LIMIT, list_done, ask) == NULL) {
        free(ask);
        return api_unavailable(req, "The server is stopping.", 5);
    }
    return http_defer(req, NULL, NULL);
}

/* ---- One ---- */

static void one_done(const struct db_reply *reply, void *arg)
{
    struct http_request *req = arg;
    const struct db_result *rows = reply->result;
    if (reply->outcome != DB_OK) {
        (void)api_db_problem(req, reply);
        return;
    }
    if (db_result_rows(rows) == 0) {
        (void)api_not_found(req, "unknown-operator", "There is no such operator", "id",
                            http_param(req, "id"), "an id from /v1/operators");
        return;
    }
    struct out *out = http_out(req);
    json_open(out, '{');
    write_operator(out, rows, 0);
    json_key(out, "corridors");
    json_open(out, '[');
    for (size_t i = 0; i < db_result_rows(rows); i++) {
        int64_t services = 0;
        if (db_result_text(rows, i, CORRIDOR) == NULL ||
            !db_result_int64(rows, i, SERVICES, &services))
            continue;
        json_open(out, '{');
        write_text(out, "id", rows, i, CORRIDOR);
        json_member_int(out, "services", services);
        write_text(out, "latest_survey", rows, i, SURVEYED);
        json_close(out, '}');
    }
    json_close(out, ']');
    write_shopped(out, rows);
    field_demonstration(out, is_demonstration(rows, 0));
    json_close(out, '}');
    out_char(out, '\n');
    (void)api_reply(req, out);
}

enum http_result api_operator(struct http_request *req)
{
    char id[81]; /* the longest id there is, and its NUL */
    struct span given = http_param(req, "id");
    if (!api_parameters(req, NULL, 0))
        return HTTP_DONE;
    if (given.len >= sizeof(id))
        return api_not_found(req, "unknown-operator", "There is no such operator", "id", given,
                             "an id from /v1/operators");
    memcpy(id, given.at, given.len);
    id[given.len] = '\0';
    const char *params[] = {id};
    if (db_query(worker_context(req)->db, &one, params, OPERATORS_LIMIT, one_done, req) == NULL)
        return api_unavailable(req, "The server is stopping.", 5);
    return http_defer(req, NULL, NULL);
}
