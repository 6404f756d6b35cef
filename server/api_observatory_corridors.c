/* /v1/observatory/corridors: where each corridor of a quarter stands, and what it costs. */
#include "server/fields.h"
#include "server/methodology.h"
#include "server/observatory_json.h"
#include "server/routes.h"

#include <stdio.h>
#include <stdlib.h>

static void write_corridor(struct out *out, const struct observatory_table *rows, size_t row)
{
    const struct country *from;
    const struct country *to;
    char from_name[128];
    char to_name[128];
    if (!corridor_parse(observatory_cell(rows, row, LISTED_CORRIDOR), &from, &to))
        return; /* a country that ICU knew once */
    country_name(from, "en", from_name, sizeof(from_name));
    country_name(to, "en", to_name, sizeof(to_name));
    json_open(out, '{');
    field_corridor(out, from, from_name, to, to_name);
    observatory_text(out, "average_pct", observatory_cell(rows, row, LISTED_AVERAGE));
    observatory_text(out, "median_pct", observatory_cell(rows, row, LISTED_MEDIAN));
    observatory_text(out, "smart_pct", observatory_cell(rows, row, LISTED_SMART));
    observatory_text(out, "status", observatory_cell(rows, row, LISTED_STATUS));
    observatory_number(out, "services", observatory_cell(rows, row, LISTED_SERVICES));
    observatory_number(out, "operators", observatory_cell(rows, row, LISTED_OPERATORS));
    json_member_bool(out, "thin", observatory_true(rows, row, LISTED_THIN));
    observatory_text(out, "flow_usd_million", observatory_cell(rows, row, LISTED_FLOW_USD_MILLION));
    observatory_number(out, "flows_year", observatory_cell(rows, row, LISTED_FLOWS_YEAR));
    observatory_text(out, "at_stake_usd", observatory_cell(rows, row, LISTED_AT_STAKE));
    json_key(out, "change");
    json_open(out, '{');
    observatory_text(out, "quarter", observatory_cell(rows, row, LISTED_QUARTER_CHANGE));
    observatory_text(out, "year", observatory_cell(rows, row, LISTED_YEAR_CHANGE));
    json_close(out, '}');
    json_close(out, '}');
}

static size_t total_of(const struct observatory_table *rows)
{
    struct span total = observatory_cell(rows, 0, LISTED_TOTAL);
    return total.at == NULL ? 0 : (size_t)strtoul(total.at, NULL, 10);
}

/* What the neighbouring pages are asked with. */
static void write_filters(char *filters, size_t size, const struct observatory_ask *ask,
                          const struct observatory *found)
{
    char query[OBSERVATORY_QUERY_MAX];
    struct observatory_ask same = *ask;
    size_t length = 0;
    same.as_of = found->as_of; /* the next page is of the same figures */
    observatory_ask_print(query, &same);
    length +=
        (size_t)snprintf(filters, size, "&sort=%s%s", observatory_sort_code(ask->sort), query);
    if (found->period[0] != '\0')
        length += (size_t)snprintf(filters + length, size - length, "&period=%s", found->period);
    if (ask->receiving_region[0] != '\0')
        length +=
            (size_t)snprintf(filters + length, size - length, "&region=%s", ask->receiving_region);
    if (ask->sending_region[0] != '\0')
        (void)snprintf(filters + length, size - length, "&sending_region=%s", ask->sending_region);
}

static enum http_result answer(struct http_request *req, const struct observatory_ask *ask,
                               const struct observatory *found)
{
    const struct observatory_table *rows = &found->corridors;
    struct api_page page = {ask->page, ask->per_page};
    size_t total = total_of(rows);
    char filters[384];
    struct out *out = http_out(req);
    json_open(out, '{');
    field_period(out, "period", found->period);
    json_member_bool(out, "provisional", found->provisional);
    observatory_members(out, ask, found);
    json_member_text(out, "sort", observatory_sort_code(ask->sort));
    json_member_text(out, "region",
                     ask->receiving_region[0] == '\0' ? NULL : ask->receiving_region);
    json_member_text(out, "sending_region",
                     ask->sending_region[0] == '\0' ? NULL : ask->sending_region);
    json_key(out, "corridors");
    json_open(out, '[');
    for (size_t i = 0; i < rows->rows; i++) {
        if (observatory_cell(rows, i, LISTED_CORRIDOR).at != NULL)
            write_corridor(out, rows, i);
    }
    json_close(out, ']');
    api_page_members(out, &page, total);
    methodology_links(out, METHODOLOGY_CORRIDORS);
    field_demonstration(out, found->demonstration);
    json_close(out, '}');
    out_char(out, '\n');
    write_filters(filters, sizeof(filters), ask, found);
    return api_reply_page(req, out, &page, total, filters);
}

enum http_result api_observatory_corridors(struct http_request *req)
{
    struct api_parameter parameters[] = {
        {.name = "sort"},  {.name = "region"},   {.name = "sending_region"},
        {.name = "page"},  {.name = "per_page"}, {.name = "period"},
        {.name = "as_of"}, {.name = "exclude"},  {.name = "price_point"}};
    struct observatory_ask ask;
    if (!observatory_asked(req, &ask, parameters, COUNT_OF(parameters)))
        return HTTP_DONE;
    return observatory_read(req, OBSERVATORY_LIST, &ask, answer);
}
