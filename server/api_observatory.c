/* /v1/observatory: SDG 10.c in one quarter, for the world and every group. */
#include "server/fields.h"
#include "server/methodology.h"
#include "server/observatory_json.h"
#include "server/routes.h"

static struct span world_cell(const struct observatory *found, size_t column)
{
    return found->world.rows == 0 ? (struct span){NULL, 0}
                                  : observatory_cell(&found->world, 0, column);
}

static void write_number(struct out *out, const char *key, const struct observatory *found,
                         size_t column)
{
    struct span cell = world_cell(found, column);
    observatory_number(out, key, found->world.rows == 0 ? span_of("0") : cell);
}

static void write_text(struct out *out, const char *key, const struct observatory *found,
                       size_t column)
{
    observatory_text(out, key, world_cell(found, column));
}

static void write_global(struct out *out, const struct observatory *found)
{
    json_key(out, "global");
    json_open(out, '{');
    json_key(out, "services");
    json_open(out, '{');
    write_text(out, "average_pct", found, WORLD_AVERAGE);
    write_number(out, "count", found, WORLD_SERVICES);
    json_close(out, '}');
    json_key(out, "corridors");
    json_open(out, '{');
    write_text(out, "average_pct", found, WORLD_CORRIDORS_AVERAGE);
    write_number(out, "count", found, WORLD_CORRIDORS);
    json_close(out, '}');
    json_key(out, "flow_weighted");
    json_open(out, '{');
    write_text(out, "average_pct", found, WORLD_FLOW_WEIGHTED);
    observatory_number(out, "flows_year", world_cell(found, WORLD_FLOWS_YEAR));
    json_close(out, '}');
    json_close(out, '}');
}

static void write_standing(struct out *out, const struct observatory *found)
{
    json_key(out, "smart");
    json_open(out, '{');
    write_text(out, "average_pct", found, WORLD_SMART);
    write_number(out, "corridors", found, WORLD_SMART_CORRIDORS);
    write_number(out, "without", found, WORLD_SMART_WITHOUT);
    write_number(out, "at_most_5", found, WORLD_SMART_AT_MOST_5);
    json_close(out, '}');
    json_key(out, "status");
    json_open(out, '{');
    write_number(out, "meets", found, WORLD_MEETS);
    write_number(out, "near", found, WORLD_NEAR);
    write_number(out, "must_fall", found, WORLD_MUST_FALL);
    json_close(out, '}');
    write_text(out, "at_stake_usd", found, WORLD_AT_STAKE);
    write_text(out, "at_stake_above_target_usd", found, WORLD_ABOVE_TARGET);
    json_key(out, "deciles");
    json_open(out, '[');
    for (size_t i = WORLD_DECILE_1; i <= WORLD_DECILE_9; i++) {
        if (world_cell(found, i).at != NULL)
            json_span(out, world_cell(found, i));
    }
    json_close(out, ']');
}

/* One kind of group, keyed by code. */
static void write_kind(struct out *out, const char *key, const struct observatory *found,
                       enum observatory_kind kind)
{
    char name[128];
    json_key(out, key);
    json_open(out, '{');
    for (size_t i = 0; i < found->groups.rows; i++) {
        struct span value = observatory_cell(&found->groups, i, GROUP_VALUE);
        if (!span_is(observatory_cell(&found->groups, i, GROUP_KIND), observatory_kind_code(kind)))
            continue;
        json_key(out, value.at);
        json_open(out, '{');
        observatory_group_name(kind, value, name, sizeof(name));
        if (name[0] != '\0')
            json_member_text(out, "name", name);
        observatory_text(out, "average_pct", observatory_cell(&found->groups, i, GROUP_AVERAGE));
        observatory_number(out, "count", observatory_cell(&found->groups, i, GROUP_SERVICES));
        json_close(out, '}');
    }
    json_close(out, '}');
}

static void write_both_ends(struct out *out, const char *key, const struct observatory *found,
                            enum observatory_kind sending, enum observatory_kind receiving)
{
    json_key(out, key);
    json_open(out, '{');
    write_kind(out, "sending", found, sending);
    write_kind(out, "receiving", found, receiving);
    json_close(out, '}');
}

static void write_groups(struct out *out, const struct observatory *found)
{
    write_kind(out, "receiving_regions", found, OBSERVATORY_BY_RECEIVING_REGION);
    write_kind(out, "sending_regions", found, OBSERVATORY_BY_SENDING_REGION);
    write_both_ends(out, "income", found, OBSERVATORY_BY_SENDING_INCOME,
                    OBSERVATORY_BY_RECEIVING_INCOME);
    write_both_ends(out, "g20", found, OBSERVATORY_BY_SENDING_G20, OBSERVATORY_BY_RECEIVING_G20);
    write_kind(out, "firm_types", found, OBSERVATORY_BY_FIRM_TYPE);
    write_kind(out, "pay_in", found, OBSERVATORY_BY_PAY_IN);
    write_kind(out, "pay_out", found, OBSERVATORY_BY_PAY_OUT);
    write_kind(out, "digital", found, OBSERVATORY_BY_DIGITAL);
    write_kind(out, "speed", found, OBSERVATORY_BY_SPEED);
    write_kind(out, "senders", found, OBSERVATORY_BY_SENDER);
    write_kind(out, "receivers", found, OBSERVATORY_BY_RECEIVER);
}

static void write_coverage(struct out *out, const struct observatory *found)
{
    json_key(out, "coverage");
    json_open(out, '{');
    write_number(out, "corridors", found, WORLD_CORRIDORS);
    write_number(out, "services", found, WORLD_SERVICES);
    write_number(out, "operators", found, WORLD_OPERATORS);
    write_number(out, "thin_corridors", found, WORLD_THIN);
    write_number(out, "surveyed_services", found, WORLD_SURVEYED);
    write_number(out, "not_transparent", found, WORLD_NOT_TRANSPARENT);
    write_text(out, "flows_usd", found, WORLD_FLOW_USD);
    write_text(out, "market_share_pct", found, WORLD_MARKET_SHARE);
    json_close(out, '}');
}

static void write_course(struct out *out, const struct observatory *found)
{
    json_key(out, "change");
    json_open(out, '{');
    write_text(out, "quarter", found, WORLD_QUARTER_CHANGE);
    write_text(out, "year", found, WORLD_YEAR_CHANGE);
    json_close(out, '}');
    json_key(out, "outlook");
    json_open(out, '{');
    bool enough = world_cell(found, WORLD_TREND_VALUE).at != NULL;
    json_member_text(out, "date", "2030-12-31");
    json_member_text(out, "result", enough ? "trend" : "not enough data");
    write_text(out, "average_pct", found, WORLD_TREND_VALUE);
    write_text(out, "low_pct", found, WORLD_TREND_LOW);
    write_text(out, "high_pct", found, WORLD_TREND_HIGH);
    write_text(out, "change_a_year", found, WORLD_TREND_YEARLY);
    write_number(out, "quarters", found, WORLD_TREND_QUARTERS);
    write_text(out, "since", found, WORLD_TREND_FROM);
    json_close(out, '}');
}

static enum http_result answer(struct http_request *req, const struct observatory_ask *ask,
                               const struct observatory *found)
{
    struct out *out = http_out(req);
    json_open(out, '{');
    field_period(out, "period", found->period);
    json_member_bool(out, "provisional", found->provisional);
    observatory_members(out, ask, found);
    write_global(out, found);
    write_standing(out, found);
    write_groups(out, found);
    write_coverage(out, found);
    write_course(out, found);
    methodology_links(out, METHODOLOGY_OVERVIEW);
    field_demonstration(out, found->demonstration);
    return observatory_reply(req, out, ask);
}

enum http_result api_observatory(struct http_request *req)
{
    struct api_parameter parameters[] = {
        {.name = "period"}, {.name = "as_of"}, {.name = "exclude"}, {.name = "price_point"}};
    struct observatory_ask ask;
    if (!observatory_asked(req, &ask, parameters, COUNT_OF(parameters)))
        return HTTP_DONE;
    return observatory_read(req, OBSERVATORY_OVERVIEW, &ask, answer);
}
