/* Markets written by hand: rows as the record would give them, each with only what matters to it
 * told. */
#ifndef TESTS_HAND_MARKET_H
#define TESTS_HAND_MARKET_H

#include "server/market_builder.h"
#include "unit.h"

#include <corridor/codes.h>

/* 2026-03-15T12:00:00Z, the now of these tests. */
#define HAND_NOW (INT64_C(1773576000) * INSTANT_SECOND)
#define HAND_DAY 20527

struct hand_offer {
    const char *operator_id;
    const char *operator_name;
    const char *service_number;
    const char *service;
    const char *price;
    const char *send;
    const char *receive;
    const char *pay_in;
    const char *pay_out;
    const char *speed;
    const char *tariff;
    const char *receive_fee;
    const char *min;
    const char *max;
    const char *recorded_at; /* microseconds */
    const char *valid_from;
    const char *valid_until;
    const char *quote;
    const char *demonstration;
};

static inline struct span hand_span(const char *text, const char *otherwise)
{
    if (text == NULL)
        text = otherwise;
    return text == NULL ? (struct span){NULL, 0} : span_of(text);
}

static inline void hand_cells(struct span cells[OFFER_COLUMNS], const struct hand_offer *offer)
{
    const struct span row[OFFER_COLUMNS] = {
        [OFFER_OPERATOR] = hand_span(offer->operator_id, "alpha"),
        [OFFER_OPERATOR_NAME] = hand_span(offer->operator_name, "Alpha"),
        [OFFER_OPERATOR_TYPE] = span_of("mto"),
        [OFFER_OPERATOR_COUNTRY] = {NULL, 0},
        [OFFER_DEMONSTRATION] = hand_span(offer->demonstration, "f"),
        [OFFER_SERVICE_NUMBER] = hand_span(offer->service_number, "1"),
        [OFFER_SERVICE] = hand_span(offer->service, "s1"),
        [OFFER_PRICE] = hand_span(offer->price, "regular"),
        [OFFER_SEND] = hand_span(offer->send, "EUR"),
        [OFFER_RECEIVE] = hand_span(offer->receive, "XOF"),
        [OFFER_PAY_IN] = hand_span(offer->pay_in, "cash,bank_account"),
        [OFFER_ACCESS_POINT] = span_of("agent"),
        [OFFER_PAY_OUT] = hand_span(offer->pay_out, "cash"),
        [OFFER_SPEED] = hand_span(offer->speed, "same_day"),
        [OFFER_COVERAGE] = span_of("high"),
        [OFFER_PICKUP_POINTS] = {NULL, 0},
        [OFFER_TARIFF] = hand_span(offer->tariff,
                                   "[{\"from\":\"0\",\"to\":null,\"fee\":\"2\",\"rate\":\"650\"}]"),
        [OFFER_RECEIVE_FEE] = hand_span(offer->receive_fee, "0"),
        [OFFER_TAX_PCT] = span_of("0"),
        [OFFER_MIN] = hand_span(offer->min, "0"),
        [OFFER_MAX] = hand_span(offer->max, NULL),
        [OFFER_COLLECTED_AT] = span_of("1773570000000000"),
        [OFFER_RECORDED_AT] = hand_span(offer->recorded_at, "1773570000000000"),
        [OFFER_VALID_FROM] = hand_span(offer->valid_from, "1773570000000000"),
        [OFFER_VALID_UNTIL] = hand_span(offer->valid_until, "1783570000000000"),
        [OFFER_QUOTE] = hand_span(offer->quote, "7"),
        [OFFER_SOURCE] = span_of("feed"),
        [OFFER_NEW] = span_of("f"),
    };
    memcpy(cells, row, sizeof(row));
}

static inline void hand_add(struct market_builder *builder, const struct hand_offer *offer)
{
    struct span cells[OFFER_COLUMNS];
    unsigned column;
    hand_cells(cells, offer);
    if (!market_builder_offer(builder, cells, &column))
        fail_msg("an offer is refused for its column %u", column);
}

static inline void hand_reference(struct market_builder *builder, const char *send,
                                  const char *receive, const char *rate, const char *source,
                                  const char *day, const char *demonstration)
{
    const struct span cells[REFERENCE_COLUMNS] = {
        [REFERENCE_SEND] = span_of(send),
        [REFERENCE_RECEIVE] = span_of(receive),
        [REFERENCE_DEMONSTRATION] = span_of(demonstration),
        [REFERENCE_RATE] = span_of(rate),
        [REFERENCE_SOURCE] = span_of(source),
        [REFERENCE_DAY] = span_of(day),
    };
    unsigned column;
    if (!market_builder_reference(builder, cells, &column))
        fail_msg("reference %s/%s: column %u", send, receive, column);
}

struct hand_observation {
    const char *operator_name;
    const char *service;
    const char *transparent;
    const char *speed;
    const char *total_200;
    const char *total_500;
    const char *pay_out;
    const char *currency;
};

static inline void hand_observe(struct market_builder *builder, const struct hand_observation *seen)
{
    const struct span cells[OBSERVATION_COLUMNS] = {
        [OBSERVATION_OPERATOR] = span_of("firm"),
        [OBSERVATION_FIRM] = span_of(seen->operator_name),
        [OBSERVATION_FIRM_TYPE] = span_of("bank"),
        [OBSERVATION_DEMONSTRATION] = span_of("f"),
        [OBSERVATION_SERVICE] = span_of(seen->service),
        [OBSERVATION_PAY_IN] = span_of("cash"),
        [OBSERVATION_ACCESS_POINT] = span_of("branch"),
        [OBSERVATION_PAY_OUT] = hand_span(seen->pay_out, "cash"),
        [OBSERVATION_SPEED] = hand_span(seen->speed, "next_day"),
        [OBSERVATION_COVERAGE] = span_of("medium"),
        [OBSERVATION_TRANSPARENT] = hand_span(seen->transparent, "t"),
        [OBSERVATION_CURRENCY] = hand_span(seen->currency, "EUR"),
        [OBSERVATION_COLLECTED_ON] = {NULL, 0},
        [OBSERVATION_NUMBER] = span_of("11"),
        [OBSERVATION_PRINCIPAL_200] = span_of("140"),
        [OBSERVATION_FEE_200] = span_of("9.9"),
        [OBSERVATION_RATE_200] = span_of("655.957"),
        [OBSERVATION_MARGIN_200] = span_of("0"),
        [OBSERVATION_TOTAL_200] = span_of(seen->total_200),
        [OBSERVATION_PRINCIPAL_500] = hand_span(seen->total_500 == NULL ? NULL : "350", NULL),
        [OBSERVATION_FEE_500] = {NULL, 0},
        [OBSERVATION_RATE_500] = {NULL, 0},
        [OBSERVATION_MARGIN_500] = {NULL, 0},
        [OBSERVATION_TOTAL_500] = hand_span(seen->total_500, NULL),
    };
    unsigned column;
    if (!market_builder_observation(builder, cells, &column))
        fail_msg("observation of %s: column %u", seen->operator_name, column);
}

static inline struct market_builder *hand_begin(void)
{
    return market_builder_new(country_find(span_of("FR")), country_find(span_of("SN")), HAND_DAY);
}

#endif
