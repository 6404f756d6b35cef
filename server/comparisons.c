/*
 * Gathers the offers of one or many corridors and writes them by provider. What is hard is that a
 * provider's quotes come from several corridors, each with a block of its own: they are brought
 * together by the operator's id, never by address.
 */
#include "server/comparisons.h"

#include "server/digest.h"
#include "server/fields.h"

#include <assert.h>
#include <stdlib.h>

/* An applied rate so near to the reference rate passes for the mid-market rate, either way. */
#define MID_MARKET_PCT (PERCENT_ONE / 10)

struct quote {
    const struct market *market;
    const struct market_offer *offer;
    struct cost cost;
};

struct provider {
    const struct quote *quotes; /* best first */
    size_t count;
};

struct comparisons {
    struct comparisons_ask ask;
    int64_t until;
    bool demonstration;
    size_t left_out; /* offers of the corridors asked about that are in no list here */
    size_t quote_count;
    size_t provider_count;
    struct quote quotes[COMPARISONS_QUOTES_MAX];
    struct provider providers[COMPARISONS_QUOTES_MAX];
};

#define PROVIDER_ROW(name, code) [PROVIDER_##name] = (code),
static const char *const provider_types[] = {PROVIDER_TYPES(PROVIDER_ROW)};

const char *provider_type_code(enum provider_type type)
{
    assert(type < PROVIDER_TYPE_COUNT);
    return provider_types[type];
}

enum provider_type provider_type_of(enum firm_type type)
{
    return type == FIRM_BANK ? PROVIDER_BANK : PROVIDER_TRANSFER;
}

/* ---- Gathering ---- */

struct comparisons *comparisons_new(const struct comparisons_ask *ask)
{
    struct comparisons *all = malloc(sizeof(*all));
    if (all == NULL)
        return NULL;
    all->ask = *ask;
    all->until = instant_day_end(instant_day(ask->ask.at)) + 1;
    all->demonstration = false;
    all->left_out = 0;
    all->quote_count = 0;
    all->provider_count = 0;
    return all;
}

void comparisons_free(struct comparisons *all)
{
    free(all);
}

static bool listed(struct span list, const char *id)
{
    for (;;) {
        const char *comma = memchr(list.at, ',', list.len);
        struct span one = {list.at, comma == NULL ? list.len : (size_t)(comma - list.at)};
        if (span_is(one, id))
            return true;
        if (comma == NULL)
            return false;
        list = (struct span){comma + 1, list.len - one.len - 1};
    }
}

static bool wanted(const struct comparisons_ask *ask, const struct market_operator *firm)
{
    return (ask->provider_types == 0 ||
            (ask->provider_types & 1U << provider_type_of(firm->type)) != 0) &&
           (ask->provider_country == NULL || firm->country == ask->provider_country) &&
           (ask->aliases.at == NULL || listed(ask->aliases, firm->id));
}

void comparisons_add(struct comparisons *all, const struct market *market,
                     struct comparison *scratch)
{
    struct ask ask = all->ask.ask;
    ask.from = market->from;
    ask.to = market->to;
    compare(scratch, &ask, market);
    if (scratch->until < all->until)
        all->until = scratch->until;
    all->left_out += scratch->offers_left_out + market->offers_left_out;
    for (size_t i = 0; i < scratch->offer_count; i++) {
        const struct comparison_offer *ranked = scratch->offers[i];
        if (!wanted(&all->ask, ranked->offer->firm))
            continue;
        if (all->quote_count == COMPARISONS_QUOTES_MAX) {
            all->left_out++;
            continue;
        }
        all->quotes[all->quote_count++] = (struct quote){market, ranked->offer, ranked->cost};
        all->demonstration |= ranked->offer->firm->demonstration;
    }
}

int64_t comparisons_until(const struct comparisons *all)
{
    return all->until;
}

/* ---- Order ---- */

static int better(const struct quote *a, const struct quote *b, enum basis basis)
{
    const struct rank_key first = {&a->cost, a->offer->service.speed, a->offer->firm->name};
    const struct rank_key second = {&b->cost, b->offer->service.speed, b->offer->firm->name};
    int order = rank_compare(&first, &second, basis);
    if (order == 0)
        order = strcmp(a->market->id, b->market->id);
    return order != 0 ? order : strcmp(a->offer->service.id, b->offer->service.id);
}

static int by_provider(const void *left, const void *right, void *basis)
{
    const struct quote *a = left;
    const struct quote *b = right;
    int order = strcmp(a->offer->firm->id, b->offer->firm->id);
    return order != 0 ? order : better(a, b, *(const enum basis *)basis);
}

static int by_best(const void *left, const void *right, void *basis)
{
    const struct provider *a = left;
    const struct provider *b = right;
    return better(a->quotes, b->quotes, *(const enum basis *)basis);
}

static void group(struct comparisons *all)
{
    enum basis basis = all->ask.ask.basis;
    qsort_r(all->quotes, all->quote_count, sizeof(all->quotes[0]), by_provider, &basis);
    all->provider_count = 0;
    for (size_t i = 0; i < all->quote_count; i++) {
        const struct quote *quote = &all->quotes[i];
        if (i == 0 || strcmp(quote->offer->firm->id, quote[-1].offer->firm->id) != 0)
            all->providers[all->provider_count++] = (struct provider){quote, 0};
        all->providers[all->provider_count - 1].count++;
    }
    qsort_r(all->providers, all->provider_count, sizeof(all->providers[0]), by_best, &basis);
    if (all->ask.providers > 0 && all->provider_count > all->ask.providers)
        all->provider_count = all->ask.providers;
}

/* ---- Writing ---- */

static void number(struct out *out, const char *key, const char *digits, size_t length)
{
    json_key(out, key);
    json_raw(out, (struct span){digits, length});
}

static void money(struct out *out, const char *key, int64_t minor, const struct currency *currency)
{
    char text[MONEY_TEXT_MAX];
    number(out, key, text, money_print(text, sizeof(text), minor, currency));
}

static void country(struct out *out, const char *key, const struct country *value)
{
    json_member_text(out, key, value == NULL ? NULL : value->iso2);
}

/* ISO 8601 durations of the speed classes: "up to" has no least, "or more" no most. */
static const struct {
    const char *min;
    const char *max;
} durations[SPEED_COUNT] = {
    [SPEED_LESS_THAN_ONE_HOUR] = {NULL, "PT1H"},
    [SPEED_SAME_DAY] = {NULL, "PT24H"},
    [SPEED_NEXT_DAY] = {NULL, "PT48H"},
    [SPEED_TWO_DAYS] = {"PT48H", "PT72H"},
    [SPEED_THREE_TO_FIVE_DAYS] = {"PT72H", "PT120H"},
    [SPEED_SIX_DAYS_OR_MORE] = {"PT144H", NULL},
};

static void write_delivery(struct out *out, enum speed speed)
{
    json_key(out, "deliveryEstimation");
    json_open(out, '{');
    json_key(out, "duration");
    if (speed == SPEED_UNKNOWN) {
        json_none(out);
    } else {
        json_open(out, '{');
        json_member_text(out, "min", durations[speed].min);
        json_member_text(out, "max", durations[speed].max);
        json_close(out, '}');
    }
    json_member_bool(out, "providerGivesEstimate", speed != SPEED_UNKNOWN);
    json_close(out, '}');
}

static void write_quote(struct out *out, const struct comparisons *all, const struct quote *quote)
{
    const struct market_offer *offer = quote->offer;
    const struct cost *cost = &quote->cost;
    char text[RATE_TEXT_MAX > PERCENT_TEXT_MAX ? RATE_TEXT_MAX : PERCENT_TEXT_MAX];
    json_open(out, '{');
    number(out, "rate", text, rate_print(text, sizeof(text), cost->rate));
    money(out, "fee", cost->fee + cost->tax, offer->tariff->send);
    char collected[INSTANT_TEXT_MAX];
    (void)instant_print(collected, sizeof(collected), offer->collected_at);
    json_member_text(out, "dateCollected", collected);
    json_member_text(out, "sourceCountry", quote->market->from->iso2);
    json_member_text(out, "targetCountry", quote->market->to->iso2);
    number(out, "markup", text, percent_print(text, sizeof(text), cost->margin_pct));
    /* One of the two answers the question; the other is what was asked. */
    if (all->ask.ask.basis == BASIS_RECEIVE) {
        json_member_text(out, "receivedAmount", NULL);
        money(out, "sendAmount", cost->pays, offer->tariff->send);
    } else {
        money(out, "receivedAmount", cost->receives, offer->tariff->receive);
        json_member_text(out, "sendAmount", NULL);
    }
    write_delivery(out, offer->service.speed);
    json_member_bool(out, "isConsideredMidMarketRate",
                     cost->margin_pct <= MID_MARKET_PCT && cost->margin_pct >= -MID_MARKET_PCT);
    /* Beyond the shape: which service it is. */
    json_member_text(out, "service", offer->service.id);
    field_pay_ins(out, "payIn", offer->service.pay_in);
    field_pay_outs(out, "payOut", offer->service.pay_out);
    json_close(out, '}');
}

/* Nobody's logo is shown here; clients look for the members all the same. */
static const char no_logos[] = "{\"normal\":{\"svgUrl\":null,\"pngUrl\":null},"
                               "\"inverse\":{\"svgUrl\":null,\"pngUrl\":null},"
                               "\"white\":{\"svgUrl\":null,\"pngUrl\":null},"
                               "\"circle\":{\"svgUrl\":null,\"pngUrl\":null}}";

static void write_provider(struct out *out, const struct comparisons *all,
                           const struct provider *provider)
{
    const struct market_operator *firm = provider->quotes[0].offer->firm;
    json_open(out, '{');
    /* The shape wants a whole number that stays a firm's own; ours are known by their slug. */
    json_member_int(out, "id", (int64_t)(digest_bytes(0, span_of(firm->id)) & INT32_MAX));
    json_member_text(out, "alias", firm->id);
    json_member_text(out, "name", firm->name);
    json_key(out, "logos");
    json_raw(out, span_of(no_logos));
    json_member_text(out, "type", provider_type_code(provider_type_of(firm->type)));
    json_member_bool(out, "partner", false);
    json_key(out, "quotes");
    json_open(out, '[');
    for (size_t i = 0; i < provider->count; i++)
        write_quote(out, all, &provider->quotes[i]);
    json_close(out, ']');
    json_close(out, '}');
}

static void write_ask(struct out *out, const struct comparisons_ask *asked)
{
    const struct ask *ask = &asked->ask;
    bool receive = ask->basis == BASIS_RECEIVE;
    json_member_text(out, "sourceCurrency", ask->currency->code);
    json_member_text(out, "targetCurrency", ask->receive_currency->code);
    country(out, "sourceCountry", asked->source);
    country(out, "targetCountry", asked->target);
    country(out, "providerCountry", asked->provider_country);
    json_key(out, "providerTypes");
    json_open(out, '[');
    for (unsigned i = 0; i < PROVIDER_TYPE_COUNT; i++) {
        if (asked->provider_types == 0 || (asked->provider_types & 1U << i) != 0)
            json_text(out, provider_type_code(i));
    }
    json_close(out, ']');
    money(out, "amount", ask->amount, receive ? ask->receive_currency : ask->currency);
    json_member_text(out, "amountType", receive ? "RECEIVE" : "SEND");
}

void comparisons_json(struct out *out, struct comparisons *all)
{
    group(all);
    json_open(out, '{');
    write_ask(out, &all->ask);
    json_key(out, "providers");
    json_open(out, '[');
    for (size_t i = 0; i < all->provider_count; i++)
        write_provider(out, all, &all->providers[i]);
    json_close(out, ']');
    if (all->left_out > 0)
        json_member_int(out, "leftOut", (int64_t)all->left_out);
    field_demonstration(out, all->demonstration);
    json_close(out, '}');
    out_char(out, '\n');
}
