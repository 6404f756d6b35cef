/* /v1/methodology: how each figure is made, for machines. */
#include "server/api.h"
#include "server/methodology.h"
#include "server/routes.h"

static void write_definitions(struct out *out)
{
    size_t count;
    const struct methodology_definition *definitions = methodology_definitions(&count);
    json_key(out, "definitions");
    json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        const struct methodology_definition *one = &definitions[i];
        json_open(out, '{');
        json_member_text(out, "id", one->id);
        json_member_text(out, "title", one->title);
        json_member_text(out, "unit", one->unit);
        json_member_text(out, "definition", one->definition);
        json_member_text(out, "formula", one->formula);
        json_key(out, "sources");
        json_open(out, '[');
        for (size_t s = 0; s < METHODOLOGY_SOURCES_MAX && one->sources[s] != NULL; s++)
            json_text(out, one->sources[s]);
        json_close(out, ']');
        json_member_text(out, "sql", one->sql);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void write_kinds(struct out *out)
{
    size_t count;
    const struct methodology_kind *kinds = methodology_kinds(&count);
    json_key(out, "groups");
    json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(out, '{');
        json_member_text(out, "id", kinds[i].kind);
        json_member_text(out, "title", kinds[i].title);
        json_member_text(out, "definition", kinds[i].definition);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void write_sources(struct out *out)
{
    size_t count;
    const struct methodology_source *sources = methodology_sources(&count);
    json_key(out, "sources");
    json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(out, '{');
        json_member_text(out, "id", sources[i].id);
        json_member_text(out, "title", sources[i].title);
        json_member_text(out, "url", sources[i].url);
        json_close(out, '}');
    }
    json_close(out, ']');
}

enum http_result api_methodology(struct http_request *req)
{
    if (!api_parameters(req, NULL, 0))
        return HTTP_DONE;
    struct out *out = http_out(req);
    json_open(out, '{');
    write_definitions(out);
    write_kinds(out);
    write_sources(out);
    json_key(out, "price_points_usd");
    json_raw(out, span_of("[200,500]"));
    json_member_text(out, "as_of",
                     "Every answer bears the instant whose knowledge it is made of. Asked again "
                     "with that as_of it is the same, whatever has been corrected since.");
    json_member_text(out, "rounding",
                     "Sums, means, medians and quantiles are decimal; percentages are shown with "
                     "four decimals, half away from zero, money in whole dollars.");
    json_member_text(out, "demonstration",
                     "Invented prices are never averaged with real ones: answers are made of them "
                     "only while there are no real ones, and say so.");
    json_close(out, '}');
    out_char(out, '\n');
    return api_reply(req, out);
}
