/* /v1/observatory/series: how one figure moved, for the world or for groups, quarter by quarter. */
#include "server/fields.h"
#include "server/methodology.h"
#include "server/observatory_json.h"
#include "server/routes.h"

static void write_point(struct out *out, const struct observatory_table *points, size_t row,
                        bool in_percent)
{
    json_open(out, '{');
    observatory_text(out, "period", observatory_cell(points, row, POINT_PERIOD));
    if (in_percent)
        observatory_text(out, "value", observatory_cell(points, row, POINT_VALUE));
    else
        observatory_number(out, "value", observatory_cell(points, row, POINT_VALUE));
    observatory_number(out, "count", observatory_cell(points, row, POINT_SERVICES));
    json_close(out, '}');
}

static bool same(struct span a, struct span b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static enum http_result answer(struct http_request *req, const struct observatory_ask *ask,
                               const struct observatory *found)
{
    const struct observatory_table *points = &found->points;
    const char *indicator = observatory_indicator_code(ask->indicator);
    char name[128];
    struct out *out = http_out(req);
    json_open(out, '{');
    json_member_text(out, "indicator", indicator);
    json_member_text(out, "unit", methodology_unit(indicator));
    json_member_text(out, "group", observatory_kind_code(ask->kind));
    json_member_text(out, "from", ask->from);
    json_member_text(out, "to", ask->to[0] == '\0' ? NULL : ask->to);
    observatory_members(out, ask, found);
    json_key(out, "series");
    json_open(out, '[');
    for (size_t row = 0; row < points->rows;) {
        struct span group = observatory_cell(points, row, POINT_GROUP);
        json_open(out, '{');
        json_member(out, "group", group);
        observatory_group_name(ask->kind, group, name, sizeof(name));
        if (name[0] != '\0')
            json_member_text(out, "name", name);
        json_key(out, "points");
        json_open(out, '[');
        for (; row < points->rows && same(group, observatory_cell(points, row, POINT_GROUP)); row++)
            write_point(out, points, row, methodology_in_percent(indicator));
        json_close(out, ']');
        json_close(out, '}');
    }
    json_close(out, ']');
    methodology_link(out, "definition", indicator);
    field_demonstration(out, found->demonstration);
    return observatory_reply(req, out, ask);
}

enum http_result api_observatory_series(struct http_request *req)
{
    struct api_parameter parameters[] = {
        {.name = "indicator"}, {.name = "group"},   {.name = "from"},       {.name = "to"},
        {.name = "as_of"},     {.name = "exclude"}, {.name = "price_point"}};
    struct observatory_ask ask;
    if (!observatory_asked(req, &ask, parameters, COUNT_OF(parameters)))
        return HTTP_DONE;
    return observatory_read(req, OBSERVATORY_SERIES, &ask, answer);
}
