/*
 * Judging, ranking and setting aside the offers of a corridor. Its one hard problem is to be fair
 * and bounded at once: lists are kept in order while they fill, so that a list that is full drops
 * its worst entry and never its latest.
 */
#include "server/compare.h"

#include <assert.h>

/* sql/0006-rates.sql: past ten days a rate is no longer the market's. */
#define REFERENCE_DAYS             10

#define EXCLUSION_CODE(name, code) code,
const char *exclusion_code(enum exclusion reason)
{
    static const char *const codes[] = {EXCLUSIONS(EXCLUSION_CODE)};
    assert(reason < EXCLUSION_COUNT);
    return codes[reason];
}

#define EMPTINESS_CODE(name, code) code,
const char *emptiness_code(enum emptiness emptiness)
{
    static const char *const codes[] = {EMPTINESSES(EMPTINESS_CODE)};
    assert(emptiness < EMPTINESS_COUNT);
    return codes[emptiness];
}

static bool passes_filters(const struct ask *ask, const struct market_service *service)
{
    return (ask->pay_in == 0 || (ask->pay_in & service->pay_in) != 0) &&
           (ask->pay_out == 0 || (ask->pay_out & service->pay_out) != 0) &&
           (ask->max_speed == SPEED_UNKNOWN || service->speed <= ask->max_speed);
}

static bool is_fresh(const struct market_reference *reference, int32_t on)
{
    return on - reference->day <= REFERENCE_DAYS || strcmp(reference->source, "identity") == 0;
}

/* ---- Offers ---- */

static const enum exclusion exclusion_of[] = {
    [COST_BELOW_MINIMUM] = EXCLUDED_BELOW_MINIMUM,
    [COST_ABOVE_MAXIMUM] = EXCLUDED_ABOVE_MAXIMUM,
    [COST_NOT_TRANSPARENT] = EXCLUDED_NOT_TRANSPARENT,
    [COST_NO_REFERENCE_RATE] = EXCLUDED_NO_REFERENCE_RATE,
    [COST_NOTHING_ARRIVES] = EXCLUDED_NOTHING_ARRIVES,
    [COST_OUT_OF_RANGE] = EXCLUDED_OUT_OF_RANGE,
};

/* True with the cost, or false with the reason why there is none. */
static bool judge(const struct ask *ask, const struct market_offer *offer, struct cost *cost,
                  enum exclusion *reason)
{
    if (offer->valid_from > ask->at) {
        *reason = EXCLUDED_NOT_YET_VALID;
        return false;
    }
    if (offer->valid_until <= ask->at) {
        *reason = EXCLUDED_EXPIRED;
        return false;
    }
    if (offer->tariff->send != ask->currency) {
        *reason = EXCLUDED_OTHER_SEND_CURRENCY;
        return false;
    }
    if (offer->tariff->receive != ask->receive_currency) {
        *reason = EXCLUDED_OTHER_RECEIVE_CURRENCY;
        return false;
    }
    struct rate reference = {0};
    if (offer->reference != NULL && is_fresh(offer->reference, ask->on))
        reference = offer->reference->rate;
    enum cost_outcome outcome =
        cost_compute(cost, offer->tariff, ask->basis, ask->amount, reference);
    if (outcome == COST_OK)
        return true;
    *reason = exclusion_of[outcome];
    return false;
}

static int offer_order(const struct comparison_offer *a, const struct comparison_offer *b,
                       enum basis basis)
{
    struct rank_key left = {&a->cost, a->offer->service.speed, a->offer->firm->name};
    struct rank_key right = {&b->cost, b->offer->service.speed, b->offer->firm->name};
    int order = rank_compare(&left, &right, basis);
    return order != 0 ? order : strcmp(a->offer->service.id, b->offer->service.id);
}

static void add_offer(struct comparison *c, const struct comparison_offer *added)
{
    size_t low = 0;
    size_t high = c->offer_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (offer_order(c->offers[middle], added, c->ask.basis) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    struct comparison_offer *slot;
    if (c->offer_count < COMPARISON_MAX) {
        slot = &c->slots[c->offer_count++];
    } else {
        c->offers_left_out++;
        if (low == COMPARISON_MAX)
            return;
        slot = c->offers[COMPARISON_MAX - 1];
    }
    memmove(&c->offers[low + 1], &c->offers[low],
            (c->offer_count - 1 - low) * sizeof(c->offers[0]));
    *slot = *added;
    c->offers[low] = slot;
}

static int exclusion_order(const struct market_offer *a, const struct market_offer *b)
{
    int order = strcmp(a->firm->name, b->firm->name);
    return order != 0 ? order : strcmp(a->service.id, b->service.id);
}

static void add_exclusion(struct comparison *c, const struct market_offer *offer,
                          enum exclusion reason)
{
    size_t place = c->exclusion_count;
    while (place > 0 && exclusion_order(offer, c->exclusions[place - 1].offer) < 0)
        place--;
    if (c->exclusion_count == COMPARISON_MAX) {
        c->exclusions_left_out++;
        if (place == COMPARISON_MAX)
            return;
    } else {
        c->exclusion_count++;
    }
    memmove(&c->exclusions[place + 1], &c->exclusions[place],
            (c->exclusion_count - 1 - place) * sizeof(c->exclusions[0]));
    c->exclusions[place] = (struct comparison_exclusion){offer, reason};
}

/* One service: its regular and its first-transfer price at the instant, either may be NULL. */
static void add_service(struct comparison *c, const struct market_offer *regular,
                        const struct market_offer *first)
{
    struct comparison_offer added = {.offer = regular};
    enum exclusion reason;
    if (regular == NULL) {
        if (passes_filters(&c->ask, &first->service) && first->valid_from <= c->ask.at &&
            first->valid_until > c->ask.at)
            add_exclusion(c, first, EXCLUDED_FIRST_TRANSFER_ONLY);
        return;
    }
    if (!passes_filters(&c->ask, &regular->service))
        return;
    if (!judge(&c->ask, regular, &added.cost, &reason)) {
        add_exclusion(c, regular, reason);
        return;
    }
    if (first != NULL && passes_filters(&c->ask, &first->service) &&
        judge(&c->ask, first, &added.first_cost, &reason))
        added.first_transfer = first;
    add_offer(c, &added);
}

/* Of one service's offers of one price, latest learned first, the one that holds at an instant;
 * where none has begun the next to begin. Moves *index past them. */
static const struct market_offer *pick(const struct market *market, size_t *index, int64_t at)
{
    const struct market_offer *head = &market->offers[*index];
    const struct market_offer *holds = NULL;
    const struct market_offer *next = NULL;
    for (; *index < market->offer_count; (*index)++) {
        const struct market_offer *offer = &market->offers[*index];
        if (offer->service_number != head->service_number ||
            offer->first_transfer != head->first_transfer)
            break;
        if (offer->valid_from <= at && holds == NULL)
            holds = offer;
        if (offer->valid_from > at && (next == NULL || offer->valid_from < next->valid_from))
            next = offer;
    }
    return holds != NULL ? holds : next;
}

static void take_offers(struct comparison *c)
{
    const struct market *market = c->market;
    size_t i = 0;
    while (i < market->offer_count) {
        int64_t service = market->offers[i].service_number;
        const struct market_offer *prices[2] = {NULL, NULL};
        while (i < market->offer_count && market->offers[i].service_number == service) {
            bool first = market->offers[i].first_transfer;
            prices[first] = pick(market, &i, c->ask.at);
        }
        add_service(c, prices[0], prices[1]);
    }
}

static int64_t how_far_behind(const struct cost *best, const struct cost *cost, enum basis basis)
{
    int64_t behind = basis == BASIS_ALL_IN    ? best->receives - cost->receives
                     : basis == BASIS_RECEIVE ? cost->pays - best->pays
                                              : cost->total_cost - best->total_cost;
    return behind > 0 ? behind : 0;
}

static void rank_offers(struct comparison *c)
{
    for (size_t i = 0; i < c->offer_count; i++) {
        c->offers[i]->rank = (unsigned)i + 1;
        c->offers[i]->behind =
            how_far_behind(&c->offers[0]->cost, &c->offers[i]->cost, c->ask.basis);
    }
}

static const struct market_reference *reference_of(const struct comparison *c)
{
    if (c->offer_count > 0)
        return c->offers[0]->offer->reference;
    for (int demonstration = 0; demonstration <= 1; demonstration++) {
        const struct market_reference *reference = market_reference(
            c->market, c->ask.currency, c->ask.receive_currency, demonstration != 0);
        if (reference != NULL && is_fresh(reference, c->ask.on))
            return reference;
    }
    return NULL;
}

/* ---- Survey ---- */

/* The principal of a price point in what the ask's amount is in. */
static bool comparable(int64_t *amount, const struct comparison *c,
                       const struct market_price *price)
{
    if (c->ask.basis != BASIS_RECEIVE) {
        *amount = price->principal_half;
        return true;
    }
    return c->reference != NULL &&
           money_convert(amount, price->principal_half, c->ask.currency, c->ask.receive_currency,
                         c->reference->rate, DECIMAL_HALF_UP);
}

/* The price point nearest to the ask by its principal in the same currency, else 200 dollars: one
 * for all rows, so that they compare with each other. */
static enum market_price_point nearest_price_point(const struct comparison *c)
{
    for (size_t i = 0; i < c->market->observation_count; i++) {
        const struct market_observation *seen = &c->market->observations[i];
        int64_t low;
        int64_t high;
        if (seen->currency == c->ask.currency && seen->prices[MARKET_USD_200].principal != NULL &&
            seen->prices[MARKET_USD_500].principal != NULL &&
            comparable(&low, c, &seen->prices[MARKET_USD_200]) &&
            comparable(&high, c, &seen->prices[MARKET_USD_500]))
            return c->ask.amount * 2 <= low + high ? MARKET_USD_200 : MARKET_USD_500;
    }
    return MARKET_USD_200;
}

static int observation_order(const struct comparison_observation *a,
                             const struct comparison_observation *b)
{
    bool transparent = a->observation->transparent;
    if (transparent != b->observation->transparent)
        return transparent ? -1 : 1;
    if (transparent && a->price->total_cost_pct != b->price->total_cost_pct)
        return a->price->total_cost_pct < b->price->total_cost_pct ? -1 : 1;
    enum speed left = a->observation->service.speed;
    enum speed right = b->observation->service.speed;
    if (transparent && left != right)
        return left < right ? -1 : 1;
    int order = strcmp(a->observation->firm->name, b->observation->firm->name);
    return order != 0 ? order : strcmp(a->observation->service.id, b->observation->service.id);
}

static void add_observation(struct comparison *c, const struct market_observation *seen)
{
    struct comparison_observation added = {seen, &seen->prices[c->price_point], 0};
    if (added.price->principal == NULL || !passes_filters(&c->ask, &seen->service))
        return;
    size_t place = c->observation_count;
    while (place > 0 && observation_order(&added, &c->observations[place - 1]) < 0)
        place--;
    if (c->observation_count == COMPARISON_MAX) {
        c->observations_left_out++;
        if (place == COMPARISON_MAX)
            return;
    } else {
        c->observation_count++;
    }
    memmove(&c->observations[place + 1], &c->observations[place],
            (c->observation_count - 1 - place) * sizeof(c->observations[0]));
    c->observations[place] = added;
}

static void take_survey(struct comparison *c)
{
    c->price_point = nearest_price_point(c);
    for (size_t i = 0; i < c->market->observation_count; i++)
        add_observation(c, &c->market->observations[i]);
    for (size_t i = 0; i < c->observation_count; i++)
        c->observations[i].rank = c->observations[i].observation->transparent ? (unsigned)i + 1 : 0;
}

/* ---- The whole ---- */

static enum emptiness emptiness_of(const struct comparison *c)
{
    if (c->offer_count > 0)
        return EMPTY_NOT;
    if (c->market == NULL || (c->market->offer_count == 0 && c->market->latest_survey[0] == '\0'))
        return EMPTY_NO_DATA;
    if (c->market->offer_count == 0)
        return EMPTY_NO_LIVE_OFFERS;
    return c->exclusion_count > 0 ? EMPTY_NOT_COMPARED : EMPTY_FILTERED;
}

static bool shows_invented(const struct comparison *c)
{
    for (size_t i = 0; i < c->offer_count; i++) {
        if (c->offers[i]->offer->firm->demonstration)
            return true;
    }
    for (size_t i = 0; i < c->exclusion_count; i++) {
        if (c->exclusions[i].offer->firm->demonstration)
            return true;
    }
    for (size_t i = 0; i < c->observation_count; i++) {
        if (c->observations[i].observation->firm->demonstration)
            return true;
    }
    return c->reference != NULL && c->reference->demonstration;
}

/* An instant that something begins or ends at. */
static void note_change(struct comparison *c, int64_t instant)
{
    if (instant <= c->ask.at && instant > c->since)
        c->since = instant;
    if (instant > c->ask.at && instant < c->until)
        c->until = instant;
}

static void find_changes(struct comparison *c)
{
    for (size_t i = 0; i < c->market->offer_count; i++) {
        note_change(c, c->market->offers[i].valid_from);
        note_change(c, c->market->offers[i].valid_until);
    }
}

void compare(struct comparison *comparison, const struct ask *ask, const struct market *market)
{
    struct comparison *c = comparison;
    /* All but the lists, which are long and written before they are read. */
    memset(c, 0, offsetof(struct comparison, offers));
    c->ask = *ask;
    c->market = market;
    c->since = (int64_t)ask->on * INSTANT_DAY;
    c->until = ((int64_t)ask->on + 1) * INSTANT_DAY; /* reference rates age by days */
    if (market != NULL) {
        assert(market->from == ask->from && market->to == ask->to);
        take_offers(c);
        rank_offers(c);
        c->reference = reference_of(c);
        take_survey(c);
        find_changes(c);
    }
    c->emptiness = emptiness_of(c);
    c->demonstration = shows_invented(c);
}

int64_t comparison_age(const struct comparison *comparison, const struct market_offer *offer)
{
    int64_t age = (comparison->ask.at - offer->collected_at) / INSTANT_SECOND;
    return age > 0 ? age : 0;
}
