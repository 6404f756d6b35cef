/* The observatory's answers: what they share. */
#include "server/observatory_json.h"

#include "server/fields.h"

#include <stdio.h>

#define METHODOLOGY_LINK "</v1/methodology>; rel=\"describedby\""
#define PAST_FOR_EVER    "public, max-age=86400"

void observatory_text(struct out *out, const char *key, struct span cell)
{
    json_key(out, key);
    if (cell.at == NULL)
        json_none(out);
    else
        json_span(out, cell);
}

void observatory_number(struct out *out, const char *key, struct span cell)
{
    json_key(out, key);
    if (cell.at == NULL)
        json_none(out);
    else
        json_raw(out, cell);
}

void observatory_average(struct out *out, const char *key, struct span average, struct span count)
{
    json_key(out, key);
    json_open(out, '{');
    observatory_text(out, "average_pct", average);
    observatory_number(out, "count", count);
    json_close(out, '}');
}

void observatory_members(struct out *out, const struct observatory_ask *ask,
                         const struct observatory *found)
{
    field_instant(out, "as_of", found->as_of);
    json_key(out, "exclude");
    json_open(out, '[');
    for (size_t i = 0; i < ask->exclude_count; i++)
        json_text(out, ask->exclude[i]->iso2);
    json_close(out, ']');
    json_member_int(out, "price_point_usd", ask->price_point);
    json_member_bool(out, "complete", found->complete);
    if (!found->complete)
        json_member_text(out, "incomplete_reason",
                         "Figures are being worked out; ask again in some seconds.");
    if (found->changed > 0 || found->aged) {
        json_member_bool(out, "stale", true);
        json_member_text(out, "stale_reason",
                         found->aged ? "These figures are more than a day old: nobody works them "
                                       "out at present."
                                     : "Prices came in since these figures were worked out.");
    }
}

static const struct {
    const char *code;
    const char *name;
} names[] = {
    {"EAS", "East Asia and Pacific"},
    {"ECS", "Europe and Central Asia"},
    {"LCN", "Latin America and the Caribbean"},
    {"MEA", "Middle East and North Africa"},
    {"NAC", "North America"},
    {"SAS", "South Asia"},
    {"SSF", "Sub-Saharan Africa"},
    {"LIC", "Low income"},
    {"LMC", "Lower middle income"},
    {"UMC", "Upper middle income"},
    {"HIC", "High income"},
    {"INX", "Not classified"},
};

void observatory_group_name(enum observatory_kind kind, struct span value, char *name, size_t size)
{
    const struct country *country = NULL;
    name[0] = '\0';
    if (kind == OBSERVATORY_BY_SENDER || kind == OBSERVATORY_BY_RECEIVER)
        country = country_find(value);
    if (country != NULL) {
        country_name(country, "en", name, size);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (span_is(value, names[i].code))
            (void)snprintf(name, size, "%s", names[i].name);
    }
}

bool observatory_asked(struct http_request *req, struct observatory_ask *ask,
                       struct api_parameter *parameters, size_t count)
{
    struct ask_parameter given[ASK_PARAMETERS_MAX];
    struct observatory_fault fault;
    struct api_page page;
    struct span number = {NULL, 0};
    struct span per_page = {NULL, 0};
    size_t given_count = 0;
    if (!api_parameters(req, parameters, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (parameters[i].value.at == NULL)
            continue;
        given[given_count++] =
            (struct ask_parameter){span_of(parameters[i].name), parameters[i].value};
        if (strcmp(parameters[i].name, "page") == 0)
            number = parameters[i].value;
        else if (strcmp(parameters[i].name, "per_page") == 0)
            per_page = parameters[i].value;
    }
    if (!observatory_ask_read(ask, given, given_count, instant_now(), &fault)) {
        (void)api_bad_parameter(req, fault.parameter, fault.received, fault.allowed);
        return false;
    }
    if (!api_page(req, &page, number, per_page))
        return false;
    ask->page = page.page;
    ask->per_page = page.per_page;
    return true;
}

enum http_result observatory_reply(struct http_request *req, struct out *out,
                                   const struct observatory_ask *ask)
{
    json_close(out, '}');
    out_char(out, '\n');
    return api_reply_with(req, out, METHODOLOGY_LINK,
                          ask->as_of == INSTANT_NEVER ? NULL : PAST_FOR_EVER);
}
