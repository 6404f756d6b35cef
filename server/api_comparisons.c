/*
 * /v4/comparisons: reads the question in the words of Wise's API, which clients of it send as they
 * are; comparisons.h says what becomes of it. Today's market only: the shape has no other day.
 */
#include "server/answer.h"
#include "server/api.h"
#include "server/comparisons.h"
#include "server/market_table.h"
#include "server/routes.h"
#include "server/snapshot.h"
#include "server/worker.h"

#include <stdio.h>
#include <strings.h>

/* X(NAME, "name") */
#define PARAMETERS(X)                                                                    \
    X(SOURCE_CURRENCY, "sourceCurrency")                                                 \
    X(TARGET_CURRENCY, "targetCurrency")                                                 \
    X(SEND_AMOUNT, "sendAmount")                                                         \
    X(RECIPIENT_GETS_AMOUNT, "recipientGetsAmount")                                      \
    X(SOURCE_COUNTRY, "sourceCountry")                                                   \
    X(TARGET_COUNTRY, "targetCountry")                                                   \
    X(PROVIDER_COUNTRY, "providerCountry")                                               \
    X(TYPES, types_name)                                                                 \
    X(PROVIDERS, "providers")                                                            \
    X(FILTER, "filter")                                                                  \
    X(NUMBER_OF_PROVIDERS, "numberOfProviders")                                          \
    /* These say how Wise's own quote is to be shown; here nobody's is treated apart. */ \
    X(MID_MARKET_RATE, "midMarketRate")                                                  \
    X(WISE_FEE, "wiseFee")                                                               \
    X(WISE_DELIVERY, "wiseEstimatedDelivery")                                            \
    X(WISE_CREATED, "wiseQuoteCreatedTime")                                              \
    X(PAY_IN_METHOD, "payInMethod")                                                      \
    X(EXCLUDE_PARTNERS, "excludePartners")                                               \
    X(INCLUDE_WISE, "includeWise")
static const char types_name[] = "providerTypes";
#define PARAMETER_ENUM(id, text) id,
#define PARAMETER_ROW(id, text)  {.name = (text)},
enum {
    PARAMETERS(PARAMETER_ENUM) PARAMETER_COUNT
};

#define POPULAR_DEFAULT 4 /* providers, as that API has it */
#define PROVIDERS_MOST  100

static bool refuse(struct ask_error *error, enum ask_fault fault, const char *parameter,
                   struct span received, const char *allowed)
{
    *error = (struct ask_error){.fault = fault, .parameter = parameter, .received = received};
    (void)snprintf(error->allowed, sizeof(error->allowed), "%s", allowed);
    return false;
}

static bool read_currency(const struct currency **currency, const struct api_parameter *parameter,
                          struct ask_error *error)
{
    if (parameter->value.at == NULL)
        return refuse(error, ASK_MISSING, parameter->name, parameter->value,
                      "a currency: three letters of ISO 4217 (EUR)");
    *currency = currency_find(parameter->value);
    return *currency != NULL ||
           refuse(error, ASK_UNKNOWN_CURRENCY, parameter->name, parameter->value,
                  "a currency: three letters of ISO 4217 (EUR)");
}

static bool read_country(const struct country **country, const struct api_parameter *parameter,
                         struct ask_error *error)
{
    if (parameter->value.at == NULL)
        return true;
    *country = country_find(parameter->value);
    return *country != NULL || refuse(error, ASK_UNKNOWN_COUNTRY, parameter->name, parameter->value,
                                      "a country: ISO 3166-1 alpha-2 (FR)");
}

static bool read_amount(struct comparisons_ask *asked, const struct api_parameter *send,
                        const struct api_parameter *receive, struct ask_error *error)
{
    if (send->value.at == NULL && receive->value.at == NULL)
        return refuse(error, ASK_MISSING, send->name, send->value,
                      "sendAmount or recipientGetsAmount");
    if (send->value.at != NULL && receive->value.at != NULL)
        return refuse(error, ASK_REPEATED, receive->name, receive->value,
                      "sendAmount or recipientGetsAmount, not both");
    const struct api_parameter *given = send->value.at != NULL ? send : receive;
    asked->ask.basis = given == send ? BASIS_ALL_IN : BASIS_RECEIVE;
    if (!ask_amount(&asked->ask, given->name, given->value, error))
        return false;
    if (ask_settle(&asked->ask, NULL, error))
        return true;
    error->parameter = given->name;
    error->received = given->value;
    return false;
}

static bool add_types(struct comparisons_ask *asked, struct span list, struct ask_error *error)
{
    for (;;) {
        const char *comma = memchr(list.at, ',', list.len);
        struct span one = {list.at, comma == NULL ? list.len : (size_t)(comma - list.at)};
        enum provider_type type = 0;
        while (type < PROVIDER_TYPE_COUNT &&
               (strlen(provider_type_code(type)) != one.len ||
                strncasecmp(provider_type_code(type), one.at, one.len) != 0))
            type++;
        if (type == PROVIDER_TYPE_COUNT)
            return refuse(error, ASK_UNKNOWN_CODE, types_name, one,
                          "one or more of: bank moneyTransferProvider travelMoney");
        asked->provider_types |= 1U << type;
        if (comma == NULL)
            return true;
        list = (struct span){comma + 1, list.len - one.len - 1};
    }
}

/* A list may be written with commas, or one by one. */
static bool read_types(struct comparisons_ask *asked, const struct http_request *req,
                       struct ask_error *error)
{
    for (unsigned i = 0; i < http_query_count(req); i++) {
        struct span name;
        struct span value;
        http_query_at(req, i, &name, &value);
        if (span_is(name, types_name) &&
            !add_types(asked, value.at == NULL ? span_of("") : value, error))
            return false;
    }
    return true;
}

/* Nothing here knows what is popular: the best ones are given, as many as asked for. */
static bool read_filter(struct comparisons_ask *asked, const struct api_parameter *filter,
                        const struct api_parameter *number, struct ask_error *error)
{
    unsigned count = 0;
    for (size_t i = 0; i < number->value.len; i++) {
        char digit = number->value.at[i];
        count = digit < '0' || digit > '9' || count > PROVIDERS_MOST
                    ? PROVIDERS_MOST + 1
                    : count * 10 + (unsigned)(digit - '0');
    }
    if (number->value.at != NULL && (count == 0 || count > PROVIDERS_MOST))
        return refuse(error, ASK_UNKNOWN_CODE, number->name, number->value,
                      "a whole number from 1 to 100");
    if (filter->value.at == NULL)
        return true;
    if (!span_is(filter->value, "POPULAR"))
        return refuse(error, ASK_UNKNOWN_CODE, filter->name, filter->value, "POPULAR");
    asked->providers = count > 0 ? count : POPULAR_DEFAULT;
    return true;
}

static bool read_ask(struct comparisons_ask *asked, const struct http_request *req,
                     const struct api_parameter *given, int64_t now, struct ask_error *error)
{
    *asked = (struct comparisons_ask){
        .ask = {.max_speed = SPEED_UNKNOWN, .on = instant_day(now), .at = now, .as_of = now},
        .aliases = given[PROVIDERS].value,
    };
    return read_currency(&asked->ask.currency, &given[SOURCE_CURRENCY], error) &&
           read_currency(&asked->ask.receive_currency, &given[TARGET_CURRENCY], error) &&
           read_amount(asked, &given[SEND_AMOUNT], &given[RECIPIENT_GETS_AMOUNT], error) &&
           read_country(&asked->source, &given[SOURCE_COUNTRY], error) &&
           read_country(&asked->target, &given[TARGET_COUNTRY], error) &&
           read_country(&asked->provider_country, &given[PROVIDER_COUNTRY], error) &&
           read_types(asked, req, error) &&
           read_filter(asked, &given[FILTER], &given[NUMBER_OF_PROVIDERS], error);
}

static void key_of(struct answer_asked *kept, const struct comparisons_ask *asked)
{
    char key[ANSWER_KEY_MAX + 1];
    int length = snprintf(
        key, sizeof(key), "v4 %s %s %d %lld %s %s %s %u %u %d %.*s", asked->ask.currency->code,
        asked->ask.receive_currency->code, (int)asked->ask.basis, (long long)asked->ask.amount,
        asked->source == NULL ? "*" : asked->source->iso2,
        asked->target == NULL ? "*" : asked->target->iso2,
        asked->provider_country == NULL ? "*" : asked->provider_country->iso2,
        asked->provider_types, asked->providers, asked->aliases.at != NULL,
        (int)(asked->aliases.len < ANSWER_KEY_MAX ? asked->aliases.len : ANSWER_KEY_MAX),
        asked->aliases.at == NULL ? "" : asked->aliases.at);
    answer_key(kept, (struct span){key, (size_t)length});
}

/* Whether anything there takes and pays the currencies: most corridors of the world do not. */
static bool has_pair(const struct market *market, const struct ask *ask)
{
    for (size_t i = 0; i < market->offer_count; i++) {
        const struct tariff *tariff = market->offers[i].tariff;
        if (tariff->send == ask->currency && tariff->receive == ask->receive_currency)
            return true;
    }
    return false;
}

enum http_result api_comparisons(struct http_request *req)
{
    struct worker_context *context = worker_context(req);
    struct api_parameter given[] = {PARAMETERS(PARAMETER_ROW)};
    given[TYPES].repeats = true;
    struct comparisons_ask asked;
    struct ask_error error;
    struct answer_asked kept;
    int64_t now = instant_now();
    if (!api_parameters(req, given, COUNT_OF(given)))
        return HTTP_DONE;
    if (!read_ask(&asked, req, given, now, &error))
        return api_ask_problem(req, &error);
    if (!market_table_loaded(context->markets))
        return api_unavailable(req, "The market has not been read yet.", 1);
    answer_source(&kept, req, NULL, now);
    key_of(&kept, &asked);
    if (answer_kept(req, &kept))
        return HTTP_DONE;
    struct comparisons *all = comparisons_new(&asked);
    if (all == NULL)
        return api_unavailable(req, "There is no memory for this right now.", 1);
    size_t count;
    const struct market *const *markets = market_table_all(context->markets, &count);
    for (size_t i = 0; i < count; i++) {
        if ((asked.source == NULL || markets[i]->from == asked.source) &&
            (asked.target == NULL || markets[i]->to == asked.target) &&
            has_pair(markets[i], &asked.ask))
            comparisons_add(all, markets[i], &context->comparison);
    }
    struct out *out = http_out(req);
    comparisons_json(out, all);
    int64_t until = comparisons_until(all);
    comparisons_free(all);
    return answer_reply(
        req, &kept, &kept.source,
        &(struct http_head){.status = 200, .content_type = "application/json; charset=utf-8"}, out,
        until);
}
