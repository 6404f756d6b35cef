/*
 * Rows to a market. Its one hard problem: the lists grow while rows come, and what points into them
 * (an offer at its operator and its reference rate) must point at where they end. So operators,
 * which are pointed at from the first row, stand singly in the arena; offers and the other lists
 * grow beside it, and are copied in and linked at the end.
 */
#include "server/market_builder.h"

#include "server/market_render.h"
#include "server/row.h"

#include <corridor/log.h>

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct list {
    char *at;
    size_t count;
    size_t room;
    size_t size; /* bytes of an element */
};

struct market_builder {
    struct market *market;
    struct list offers;       /* struct market_offer */
    struct list references;   /* struct market_reference */
    struct list observations; /* struct market_observation */
    struct list operators;    /* const struct market_operator * */
};

/* A place for one more, zeroed; NULL at the bound. */
static void *list_add(struct list *list)
{
    if (list->count == MARKET_ROWS_MAX)
        return NULL;
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 32 : list->room * 2;
        char *grown = realloc(list->at, room * list->size);
        if (grown == NULL) {
            log_error("out of memory: %zu rows of a market", room);
            abort();
        }
        list->at = grown;
        list->room = room;
    }
    void *at = list->at + list->count++ * list->size;
    memset(at, 0, list->size);
    return at;
}

static void *list_to_arena(struct list *list, struct arena *arena)
{
    void *copy = arena_take(arena, list->count * list->size);
    if (list->count > 0)
        memcpy(copy, list->at, list->count * list->size);
    return copy;
}

/* FNV-1a over a row's cells, their ends and nulls included. */
static void digest_row(struct market *market, const struct span *cells, unsigned count)
{
    uint64_t hash = market->digest;
    for (unsigned i = 0; i < count; i++) {
        for (size_t j = 0; j < cells[i].len; j++)
            hash = (hash ^ (unsigned char)cells[i].at[j]) * UINT64_C(1099511628211);
        hash = (hash ^ (cells[i].at == NULL ? 256U : 257U)) * UINT64_C(1099511628211);
    }
    market->digest = hash;
}

static const char *english_name(struct arena *arena, const struct country *country)
{
    char name[128];
    size_t length = country_name(country, "en", name, sizeof(name));
    return arena_text(arena, (struct span){name, length});
}

struct market_builder *market_builder_new(const struct country *from, const struct country *to,
                                          int32_t day)
{
    struct market_builder *builder = calloc(1, sizeof(*builder));
    if (builder == NULL) {
        log_error("out of memory: a market's builder");
        abort();
    }
    builder->offers.size = sizeof(struct market_offer);
    builder->references.size = sizeof(struct market_reference);
    builder->observations.size = sizeof(struct market_observation);
    builder->operators.size = sizeof(const struct market_operator *);

    struct arena arena = {0};
    struct market *market = arena_take(&arena, sizeof(*market));
    market->arena = arena;
    atomic_init(&market->holders, 1);
    market->serial = market_serial();
    market->from = from;
    market->to = to;
    corridor_print(market->id, from, to);
    market->from_name = english_name(&market->arena, from);
    market->to_name = english_name(&market->arena, to);
    market->day = day;
    market->digest = UINT64_C(14695981039346656037);
    market->figures.price_point_usd = market_price_point_usd[MARKET_USD_200];
    market->figures.average_pct = MARKET_PCT_NONE;
    market->figures.median_pct = MARKET_PCT_NONE;
    market->figures.smart_pct = MARKET_PCT_NONE;
    market->figures.best_pct = MARKET_PCT_NONE;
    market->figures.thin = true;
    builder->market = market;
    return builder;
}

void market_builder_drop(struct market_builder *builder)
{
    if (builder == NULL)
        return;
    free(builder->offers.at);
    free(builder->references.at);
    free(builder->observations.at);
    free(builder->operators.at);
    market_release(builder->market);
    free(builder);
}

/* The block's one copy of an operator. A survey may call the same firm by another name than we do,
 * and then both stand. */
static const struct market_operator *operator_of(struct market_builder *builder, struct span id,
                                                 struct span name, enum firm_type type,
                                                 const struct country *country, bool demonstration)
{
    const struct market_operator **known =
        (const struct market_operator **)(void *)builder->operators.at;
    for (size_t i = 0; i < builder->operators.count; i++) {
        if (span_is(id, known[i]->id) && span_is(name, known[i]->name) && known[i]->type == type)
            return known[i];
    }
    const struct market_operator **place = list_add(&builder->operators);
    if (place == NULL)
        return NULL;
    struct arena *arena = &builder->market->arena;
    struct market_operator *firm = arena_take(arena, sizeof(*firm));
    firm->id = arena_text(arena, id);
    firm->name = arena_text(arena, name);
    firm->type = type;
    firm->country = country;
    firm->demonstration = demonstration;
    *place = firm;
    return firm;
}

static bool tariff_read(struct tariff *tariff, struct row *row)
{
    tariff->send = row_currency(row, OFFER_SEND);
    tariff->receive = row_currency(row, OFFER_RECEIVE);
    tariff->receive_fee = row_money(row, OFFER_RECEIVE_FEE, tariff->receive);
    tariff->tax_pct = row_percent(row, OFFER_TAX_PCT, 0);
    tariff->min = row_money(row, OFFER_MIN, tariff->send);
    tariff->max =
        row_null(row, OFFER_MAX) ? TARIFF_NO_LIMIT : row_money(row, OFFER_MAX, tariff->send);
    struct span text = row_text(row, OFFER_TARIFF);
    if (!row_ok(row))
        return false;

    uint32_t band = 0;
    const char *field = NULL;
    json_t *bands = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
    bool read = bands != NULL && tariff_bands_from_json(tariff, bands, &band, &field);
    json_decref(bands);
    if (read && tariff->count > 0) {
        /* Limits that were not told are those of the bands. */
        if (tariff->min < tariff->bands[0].from)
            tariff->min = tariff->bands[0].from;
        if (tariff->max == TARIFF_NO_LIMIT)
            tariff->max = tariff->bands[tariff->count - 1].to;
    }
    if (!read || tariff_check(tariff, &band) != TARIFF_OK)
        row_fail(row, OFFER_TARIFF);
    return row_ok(row);
}

bool market_builder_offer(struct market_builder *builder, const struct span cells[OFFER_COLUMNS],
                          unsigned *column)
{
    struct arena *arena = &builder->market->arena;
    struct row row = {.cells = cells};
    struct tariff tariff = {0};
    struct market_offer offer = {0};
    struct span id = row_text(&row, OFFER_OPERATOR);
    struct span name = row_text(&row, OFFER_OPERATOR_NAME);
    enum firm_type type = row_firm_type(&row, OFFER_OPERATOR_TYPE);
    /* A code that no list has any more leaves the seat unknown; the offer still counts. */
    const struct country *country = country_find(cells[OFFER_OPERATOR_COUNTRY]);
    bool demonstration = row_bool(&row, OFFER_DEMONSTRATION);
    struct span service = row_text(&row, OFFER_SERVICE);
    struct span price = row_text(&row, OFFER_PRICE);
    struct span source = row_text(&row, OFFER_SOURCE);
    offer.service_number = row_int(&row, OFFER_SERVICE_NUMBER, 1, INT64_MAX);
    offer.service.pay_in = row_pay_ins(&row, OFFER_PAY_IN);
    offer.service.access_point = row_access_points(&row, OFFER_ACCESS_POINT);
    offer.service.pay_out = row_pay_outs(&row, OFFER_PAY_OUT);
    offer.service.speed = row_speed(&row, OFFER_SPEED);
    offer.service.coverage = row_coverage(&row, OFFER_COVERAGE);
    offer.service.pickup_points = row_null(&row, OFFER_PICKUP_POINTS)
                                      ? -1
                                      : (int32_t)row_int(&row, OFFER_PICKUP_POINTS, 0, INT32_MAX);
    offer.collected_at = row_instant(&row, OFFER_COLLECTED_AT);
    offer.recorded_at = row_instant(&row, OFFER_RECORDED_AT);
    offer.valid_from = row_instant(&row, OFFER_VALID_FROM);
    offer.valid_until = row_instant(&row, OFFER_VALID_UNTIL);
    offer.quote = row_int(&row, OFFER_QUOTE, 1, INT64_MAX);
    offer.is_new = row_bool(&row, OFFER_NEW);
    if (row_ok(&row) && !span_is(price, "regular") && !span_is(price, "first_transfer"))
        row_fail(&row, OFFER_PRICE);
    if (!tariff_read(&tariff, &row)) {
        *column = row.column;
        return false;
    }
    offer.first_transfer = span_is(price, "first_transfer");
    offer.firm = operator_of(builder, id, name, type, country, demonstration);
    struct market_offer *place = list_add(&builder->offers);
    if (offer.firm == NULL || place == NULL) {
        static struct log_site site;
        log_warn_sometimes(&site, "%s has more than %d offers: the rest is left out",
                           builder->market->id, MARKET_ROWS_MAX);
        builder->market->offers_left_out++;
        return true;
    }
    struct tariff *kept = arena_take(arena, sizeof(*kept));
    *kept = tariff;
    offer.tariff = kept;
    offer.service.id = arena_text(arena, service);
    offer.source = arena_text(arena, source);
    *place = offer;
    builder->market->demonstration |= demonstration;
    digest_row(builder->market, cells, OFFER_COLUMNS);
    return true;
}

bool market_builder_reference(struct market_builder *builder,
                              const struct span cells[REFERENCE_COLUMNS], unsigned *column)
{
    struct row row = {.cells = cells};
    struct market_reference reference = {0};
    reference.send = row_currency(&row, REFERENCE_SEND);
    reference.receive = row_currency(&row, REFERENCE_RECEIVE);
    reference.demonstration = row_bool(&row, REFERENCE_DEMONSTRATION);
    reference.rate = row_rate(&row, REFERENCE_RATE);
    reference.day = row_day(&row, REFERENCE_DAY);
    struct span source = row_text(&row, REFERENCE_SOURCE);
    struct market_reference *place = row_ok(&row) ? list_add(&builder->references) : NULL;
    if (place == NULL) {
        *column = row.column;
        return row_ok(&row);
    }
    reference.source = arena_text(&builder->market->arena, source);
    *place = reference;
    digest_row(builder->market, cells, REFERENCE_COLUMNS);
    return true;
}

/* As published, with at least the currency's decimals: "9.9" is "9.90", "4.995" stays. */
static const char *money_text(struct arena *arena, struct row *row, unsigned column,
                              const struct currency *currency, struct decimal *exact)
{
    char text[DECIMAL_TEXT_MAX];
    struct span cell = row_text(row, column);
    if (!row_ok(row) || currency == NULL || decimal_parse(exact, cell) != DECIMAL_OK ||
        (exact->scale < currency->exponent &&
         !decimal_rescale(exact, *exact, currency->exponent, DECIMAL_DOWN))) {
        row_fail(row, column);
        return NULL;
    }
    size_t length = decimal_print(text, sizeof(text), *exact);
    return arena_text(arena, (struct span){text, length});
}

/* The five cells of one price point, beginning at `first`. */
static void price_read(struct market_price *price, struct row *row, unsigned first,
                       const struct currency *currency, struct arena *arena)
{
    struct decimal exact = {0};
    struct decimal minor = {0};
    price->margin_pct = MARKET_PCT_NONE;
    if (row_null(row, first))
        return;
    price->margin_pct = row_percent(row, first + 3, MARKET_PCT_NONE);
    price->total_cost_pct = row_percent(row, first + 4, MARKET_PCT_NONE);
    if (price->total_cost_pct == MARKET_PCT_NONE)
        row_fail(row, first + 4);
    if (!row_null(row, first + 1))
        price->fee = money_text(arena, row, first + 1, currency, &exact);
    if (!row_null(row, first + 2))
        price->rate = arena_text(arena, row_text(row, first + 2));
    price->principal = money_text(arena, row, first, currency, &exact);
    if (!row_ok(row) || currency == NULL)
        return;
    if (decimal_rescale(&minor, exact, currency->exponent, DECIMAL_HALF_UP) && minor.units > 0 &&
        minor.units <= MONEY_MAX)
        price->principal_half = (int64_t)minor.units;
    else
        row_fail(row, first);
}

bool market_builder_observation(struct market_builder *builder,
                                const struct span cells[OBSERVATION_COLUMNS], unsigned *column)
{
    struct arena *arena = &builder->market->arena;
    struct row row = {.cells = cells};
    struct market_observation seen = {.collected_on = -1};
    struct span id = row_text(&row, OBSERVATION_OPERATOR);
    struct span name = row_text(&row, OBSERVATION_FIRM);
    enum firm_type type = row_firm_type(&row, OBSERVATION_FIRM_TYPE);
    bool demonstration = row_bool(&row, OBSERVATION_DEMONSTRATION);
    struct span service = row_text(&row, OBSERVATION_SERVICE);
    seen.service.pay_in = row_pay_ins(&row, OBSERVATION_PAY_IN);
    seen.service.access_point = row_access_points(&row, OBSERVATION_ACCESS_POINT);
    seen.service.pay_out = row_pay_outs(&row, OBSERVATION_PAY_OUT);
    seen.service.speed = row_speed(&row, OBSERVATION_SPEED);
    seen.service.coverage = row_coverage(&row, OBSERVATION_COVERAGE);
    seen.service.pickup_points = -1;
    seen.transparent = row_bool(&row, OBSERVATION_TRANSPARENT);
    if (!row_null(&row, OBSERVATION_CURRENCY))
        seen.currency = row_currency(&row, OBSERVATION_CURRENCY);
    if (!row_null(&row, OBSERVATION_COLLECTED_ON))
        seen.collected_on = row_day(&row, OBSERVATION_COLLECTED_ON);
    seen.number = row_int(&row, OBSERVATION_NUMBER, 1, INT64_MAX);
    price_read(&seen.prices[MARKET_USD_200], &row, OBSERVATION_PRINCIPAL_200, seen.currency, arena);
    price_read(&seen.prices[MARKET_USD_500], &row, OBSERVATION_PRINCIPAL_500, seen.currency, arena);
    if (!row_ok(&row)) {
        *column = row.column;
        return false;
    }
    seen.firm = operator_of(builder, id, name, type, NULL, demonstration);
    struct market_observation *place = list_add(&builder->observations);
    if (seen.firm == NULL || place == NULL)
        return true; /* a survey has tens of rows a corridor; past the bound they are too many */
    seen.service.id = arena_text(arena, service);
    *place = seen;
    digest_row(builder->market, cells, OBSERVATION_COLUMNS);
    return true;
}

static void period_read(char period[PERIOD_TEXT_MAX], struct row *row, unsigned column)
{
    if (row_null(row, column))
        return;
    struct span text = row_text(row, column);
    if (!period_valid(text)) {
        row_fail(row, column);
        return;
    }
    memcpy(period, text.at, text.len);
    period[text.len] = '\0';
}

bool market_builder_standing(struct market_builder *builder,
                             const struct span cells[STANDING_COLUMNS], unsigned *column)
{
    struct row row = {.cells = cells};
    period_read(builder->market->survey, &row, STANDING_SURVEY);
    period_read(builder->market->latest_survey, &row, STANDING_LATEST_SURVEY);
    *column = row.column;
    digest_row(builder->market, cells, STANDING_COLUMNS);
    return row_ok(&row);
}

bool market_figures_read(struct market_figures *figures, const struct span cells[FIGURES_COLUMNS],
                         unsigned *column)
{
    struct row row = {.cells = cells};
    struct market_figures read = {0};
    period_read(read.period, &row, FIGURES_PERIOD);
    read.price_point_usd = (int)row_int(&row, FIGURES_PRICE_POINT, 1, 100000);
    read.services = row_int(&row, FIGURES_SERVICES, 0, INT64_MAX);
    read.operators = row_int(&row, FIGURES_OPERATORS, 0, INT64_MAX);
    read.average_pct = row_percent(&row, FIGURES_AVERAGE, MARKET_PCT_NONE);
    read.median_pct = row_percent(&row, FIGURES_MEDIAN, MARKET_PCT_NONE);
    read.smart_pct = row_percent(&row, FIGURES_SMART, MARKET_PCT_NONE);
    read.best_pct = row_percent(&row, FIGURES_BEST, MARKET_PCT_NONE);
    read.demonstration = row_bool(&row, FIGURES_DEMONSTRATION);
    read.thin = read.services < 3;
    struct span status = row_text(&row, FIGURES_STATUS);
    unsigned code = 0;
    while (row_ok(&row) && code < MARKET_STATUS_COUNT && !span_is(status, market_status_code(code)))
        code++;
    if (code == MARKET_STATUS_COUNT)
        row_fail(&row, FIGURES_STATUS);
    read.status = code;
    *column = row.column;
    if (row_ok(&row))
        *figures = read;
    return row_ok(&row);
}

bool market_builder_figures(struct market_builder *builder,
                            const struct span cells[FIGURES_COLUMNS], unsigned *column)
{
    digest_row(builder->market, cells, FIGURES_COLUMNS);
    return market_figures_read(&builder->market->figures, cells, column);
}

static int offer_order(const void *left, const void *right)
{
    const struct market_offer *a = left;
    const struct market_offer *b = right;
    if (a->service_number != b->service_number)
        return a->service_number < b->service_number ? -1 : 1;
    if (a->first_transfer != b->first_transfer)
        return a->first_transfer ? 1 : -1;
    if (a->recorded_at != b->recorded_at)
        return a->recorded_at > b->recorded_at ? -1 : 1;
    return (a->quote < b->quote) - (a->quote > b->quote);
}

const struct market *market_builder_finish(struct market_builder *builder)
{
    struct market *market = builder->market;
    /* With no rows there is nothing to order. */
    if (builder->offers.count > 0)
        qsort(builder->offers.at, builder->offers.count, sizeof(struct market_offer), offer_order);
    market->reference_count = builder->references.count;
    market->references = list_to_arena(&builder->references, &market->arena);
    market->operator_count = builder->operators.count;
    market->operators = list_to_arena(&builder->operators, &market->arena);
    market->observation_count = builder->observations.count;
    struct market_observation *observations = list_to_arena(&builder->observations, &market->arena);
    market->observations = observations;
    market->offer_count = builder->offers.count;
    struct market_offer *offers = list_to_arena(&builder->offers, &market->arena);
    for (size_t i = 0; i < market->offer_count; i++)
        offers[i].reference =
            market_reference(market, offers[i].tariff->send, offers[i].tariff->receive,
                             offers[i].firm->demonstration);
    market->offers = offers;
    market_render(market, offers, observations);
    builder->market = NULL;
    market_builder_drop(builder);
    return market;
}
