/* /v1/countries: the countries by name in a language, with how many corridors leave and reach
 * each. */
#include "server/api.h"
#include "server/fields.h"
#include "server/market_table.h"
#include "server/routes.h"
#include "server/worker.h"

#include <stdio.h>

static const char *const languages[] = {"en", "fr", "es", "pt", "ar", "zh", "vi", "tr"};

enum http_result api_countries(struct http_request *req)
{
    struct api_parameter parameters[] = {{.name = "lang"}};
    size_t language = 0;
    size_t country_count;
    size_t market_count;
    struct worker_context *context = worker_context(req);
    if (!api_parameters(req, parameters, COUNT_OF(parameters)))
        return HTTP_DONE;
    if (parameters[0].value.at != NULL) {
        while (language < COUNT_OF(languages) && !span_is(parameters[0].value, languages[language]))
            language++;
        if (language == COUNT_OF(languages))
            return api_bad_parameter(req, "lang", parameters[0].value,
                                     "en, fr, es, pt, ar, zh, vi or tr");
    }
    if (!market_table_loaded(context->markets))
        return api_unavailable(req, "The market has not been read yet.", 1);
    const struct country *const *countries = country_all(&country_count);
    const struct market *const *markets = market_table_all(context->markets, &market_count);
    struct out *out = http_out(req);
    json_open(out, '{');
    json_member_text(out, "language", languages[language]);
    json_key(out, "countries");
    json_open(out, '[');
    for (size_t i = 0; i < country_count; i++) {
        const struct country *country = countries[i];
        char name[128];
        char m49[8];
        int sends = 0;
        int receives = 0;
        for (size_t j = 0; j < market_count; j++) {
            sends += markets[j]->from == country;
            receives += markets[j]->to == country;
        }
        country_name(country, languages[language], name, sizeof(name));
        (void)snprintf(m49, sizeof(m49), "%03u", (unsigned)country->m49);
        json_open(out, '{');
        json_member_text(out, "iso2", country->iso2);
        json_member_text(out, "iso3", country->iso3);
        json_member_text(out, "m49", m49);
        json_member_text(out, "name", name);
        json_member_text(out, "currency",
                         country->currency == NULL ? NULL : country->currency->code);
        json_member_int(out, "corridors_from", sends);
        json_member_int(out, "corridors_to", receives);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
    out_char(out, '\n');
    return api_reply(req, out);
}
