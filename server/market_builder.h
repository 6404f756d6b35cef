/*
 * Makes a market from rows of the record, given as texts in the columns below. The snapshot and
 * questions about the past use it alike, and the tests without a database. One thread at a time.
 */
#ifndef SERVER_MARKET_BUILDER_H
#define SERVER_MARKET_BUILDER_H

#include "server/market.h"

/* The most rows of a kind that one block takes; what is above is left out and logged. */
#define MARKET_ROWS_MAX 4096

/* Columns in the order the statements of market_sql.c give them. Sets are comma lists of codes,
 * instants microseconds since 1970 in UTC (null: never), days "2014-06-30", booleans "t" or "f",
 * the rest plain decimals and texts. */
enum market_offer_column {
    OFFER_OPERATOR,
    OFFER_OPERATOR_NAME,
    OFFER_OPERATOR_TYPE,
    OFFER_OPERATOR_COUNTRY, /* alpha-2, or null */
    OFFER_DEMONSTRATION,
    OFFER_SERVICE_NUMBER,
    OFFER_SERVICE,
    OFFER_PRICE,
    OFFER_SEND,
    OFFER_RECEIVE,
    OFFER_PAY_IN,
    OFFER_ACCESS_POINT,
    OFFER_PAY_OUT,
    OFFER_SPEED,
    OFFER_COVERAGE,
    OFFER_PICKUP_POINTS, /* or null */
    OFFER_TARIFF,
    OFFER_RECEIVE_FEE,
    OFFER_TAX_PCT,
    OFFER_MIN,
    OFFER_MAX, /* or null */
    OFFER_COLLECTED_AT,
    OFFER_RECORDED_AT,
    OFFER_VALID_FROM,
    OFFER_VALID_UNTIL, /* or null */
    OFFER_QUOTE,
    OFFER_SOURCE,
    OFFER_NEW,
    OFFER_COLUMNS
};
enum market_reference_column {
    REFERENCE_SEND,
    REFERENCE_RECEIVE,
    REFERENCE_DEMONSTRATION,
    REFERENCE_RATE,
    REFERENCE_SOURCE,
    REFERENCE_DAY,
    REFERENCE_COLUMNS
};
enum market_observation_column {
    OBSERVATION_OPERATOR,
    OBSERVATION_FIRM, /* its name as published */
    OBSERVATION_FIRM_TYPE,
    OBSERVATION_DEMONSTRATION,
    OBSERVATION_SERVICE, /* "rpw:1234" */
    OBSERVATION_PAY_IN,
    OBSERVATION_ACCESS_POINT,
    OBSERVATION_PAY_OUT,
    OBSERVATION_SPEED,
    OBSERVATION_COVERAGE,
    OBSERVATION_TRANSPARENT,
    OBSERVATION_CURRENCY,     /* or null */
    OBSERVATION_COLLECTED_ON, /* or null */
    OBSERVATION_NUMBER,
    OBSERVATION_PRINCIPAL_200, /* null: no price at this point; likewise all of the same point */
    OBSERVATION_FEE_200,       /* or null */
    OBSERVATION_RATE_200,      /* or null */
    OBSERVATION_MARGIN_200,    /* or null */
    OBSERVATION_TOTAL_200,
    OBSERVATION_PRINCIPAL_500,
    OBSERVATION_FEE_500,
    OBSERVATION_RATE_500,
    OBSERVATION_MARGIN_500,
    OBSERVATION_TOTAL_500,
    OBSERVATION_COLUMNS
};
enum market_standing_column {
    STANDING_SURVEY,        /* in force, or null */
    STANDING_LATEST_SURVEY, /* or null */
    STANDING_COLUMNS
};
enum market_figures_column {
    FIGURES_PERIOD, /* or null */
    FIGURES_PRICE_POINT,
    FIGURES_SERVICES,
    FIGURES_OPERATORS,
    FIGURES_AVERAGE, /* percentages or null */
    FIGURES_MEDIAN,
    FIGURES_SMART,
    FIGURES_BEST,
    FIGURES_STATUS,
    FIGURES_DEMONSTRATION,
    FIGURES_COLUMNS
};

struct market_builder;

struct market_builder *market_builder_new(const struct country *from, const struct country *to,
                                          int32_t day);

/*
 * Each takes one row. False when it can't be one of ours: *column is then the one at fault, and the
 * row is left out.
 */
MUST_CHECK bool market_builder_offer(struct market_builder *builder,
                                     const struct span row[OFFER_COLUMNS], unsigned *column);
MUST_CHECK bool market_builder_reference(struct market_builder *builder,
                                         const struct span row[REFERENCE_COLUMNS],
                                         unsigned *column);
MUST_CHECK bool market_builder_observation(struct market_builder *builder,
                                           const struct span row[OBSERVATION_COLUMNS],
                                           unsigned *column);
MUST_CHECK bool market_builder_standing(struct market_builder *builder,
                                        const struct span row[STANDING_COLUMNS], unsigned *column);
MUST_CHECK bool market_builder_figures(struct market_builder *builder,
                                       const struct span row[FIGURES_COLUMNS], unsigned *column);

/* The block, with one reference for the caller; the builder is gone. */
const struct market *market_builder_finish(struct market_builder *builder);
/* Throws away what was begun. NULL is fine. */
void market_builder_drop(struct market_builder *builder);

/* A row of figures by itself, for a quarter that no block holds. */
MUST_CHECK bool market_figures_read(struct market_figures *figures,
                                    const struct span row[FIGURES_COLUMNS], unsigned *column);

#endif
