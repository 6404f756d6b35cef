/*
 * What is known of one corridor: its offers, reference rates, survey and figures, in one block that
 * never changes once finished. The snapshot keeps the block of today; a question about the past
 * makes one of its own. Both come from the same rows by the same functions (market_rows.h).
 *
 * Texts are NUL-terminated UTF-8 as they were received: escape them for the place they go to.
 */
#ifndef SERVER_MARKET_H
#define SERVER_MARKET_H

#include "server/arena.h"

#include <corridor/instant.h>
#include <corridor/service.h>
#include <corridor/tariff.h>

#include <stdatomic.h>

struct market_operator {
    const char *id; /* slug of addresses and the feed */
    const char *name;
    enum firm_type type;
    const struct country *country; /* of its seat; NULL: not known */
    bool demonstration;            /* invented, and everything it offers */
};

/* A service as its quote describes it. Sets have bit 1U << value for each value of the enum. */
struct market_service {
    const char *id;        /* the operator's own reference; of a survey "rpw:1234" */
    unsigned pay_in;       /* of enum pay_in */
    unsigned access_point; /* of enum access_point */
    unsigned pay_out;      /* of enum pay_out */
    enum speed speed;
    enum coverage coverage;
    int32_t pickup_points; /* -1: not told */
};

/* Mid-market rate of a pair on the market's day. Invented offers have invented rates. */
struct market_reference {
    const struct currency *send;
    const struct currency *receive;
    bool demonstration;
    struct rate rate;
    const char *source; /* "ECB", "peg: …", "identity"; both when crossed */
    int32_t day;        /* it was published for */
};

struct market_offer {
    const struct market_operator *firm; /* the operator */
    struct market_service service;
    int64_t service_number;
    bool first_transfer; /* a promotion for a customer's first transfer, never ranked */
    const struct tariff *tariff;
    const struct market_reference *reference; /* NULL: none is known */
    int64_t collected_at;                     /* instants */
    int64_t recorded_at;
    int64_t valid_from;
    int64_t valid_until; /* INSTANT_NEVER: open */
    int64_t quote;
    const char *source; /* what it came in: "feed", "demonstration" */
    bool is_new;        /* its service's first price, which too few others could be held against */
    struct span json;   /* members "operator" and "service" of an answer, without commas around */
    struct span provenance_json; /* "collected_at" to "quote" */
};

#define MARKET_PCT_NONE INT64_MIN /* a percentage that is not known */

/* What a survey row found at one price point, as published; texts are plain decimals. */
struct market_price {
    const char *principal;  /* NULL: the row has nothing at this price point */
    const char *fee;        /* NULL: the row has none, as a few do */
    const char *rate;       /* NULL: none; its direction is the survey's */
    int64_t principal_half; /* principal in minor units, rounded half up */
    int64_t margin_pct;     /* percent units or MARKET_PCT_NONE */
    int64_t total_cost_pct;
};

enum market_price_point {
    MARKET_USD_200,
    MARKET_USD_500,
    MARKET_PRICE_POINTS
};
extern const int market_price_point_usd[MARKET_PRICE_POINTS];

struct market_observation {
    const struct market_operator *firm; /* the operator */
    struct market_service service;
    bool transparent;
    const struct currency *currency; /* NULL where the row has no price */
    int32_t collected_on;            /* day; -1: not told */
    int64_t number;                  /* of the observation */
    struct span json;                /* as an offer's */
    struct market_price prices[MARKET_PRICE_POINTS];
};

/* A corridor against SDG 10.c: at most 3 %, at most 5 %, above. */
#define MARKET_STATUSES(X) \
    X(NO_DATA, "no_data")  \
    X(MEETS, "meets")      \
    X(NEAR, "near")        \
    X(MUST_FALL, "must_fall")
#define MARKET_STATUS_ENUM(name, code) MARKET_##name,
enum market_status {
    MARKET_STATUSES(MARKET_STATUS_ENUM) MARKET_STATUS_COUNT
};
const char *market_status_code(enum market_status status);

/* A quarter's figures (sql/0007-figures.sql). Percentages are MARKET_PCT_NONE where none is. */
struct market_figures {
    char period[PERIOD_TEXT_MAX]; /* "" when the corridor never had a price */
    int price_point_usd;
    int64_t services;
    int64_t operators;
    int64_t average_pct; /* rounded half up to four decimals, as all here */
    int64_t median_pct;
    int64_t smart_pct;
    int64_t best_pct;
    enum market_status status; /* by the unrounded average */
    bool thin;                 /* fewer than three services: an average of little meaning */
    bool demonstration;
};

struct market {
    _Atomic unsigned holders;
    struct arena arena;        /* everything below stands in it, this struct included */
    const struct market *base; /* whose arena it stands in, when it is one with other figures */

    char id[6]; /* "FR-SN" */
    const struct country *from;
    const struct country *to;
    const char *from_name; /* in English */
    const char *to_name;
    int32_t day;      /* the day its reference rates, survey and figures are of */
    struct span json; /* member "corridor" of an answer */
    uint64_t serial;  /* of this block: no other ever has it in this process */
    uint64_t digest;  /* of the rows it was made from: the same on every server */

    /* By service, regular price first, then the latest learned first: the first of a service and
     * price that has begun by an instant is the one that holds then. Announced and lapsed ones
     * are among them. */
    const struct market_offer *offers;
    size_t offer_count;
    size_t offers_left_out; /* past what a block holds: in no answer, and counted in it */
    const struct market_operator *const *operators;
    size_t operator_count;
    const struct market_reference *references;
    size_t reference_count;

    char survey[PERIOD_TEXT_MAX];        /* the survey in force on the day; "" when none is */
    char latest_survey[PERIOD_TEXT_MAX]; /* in force or not; "" when never surveyed */
    const struct market_observation *observations; /* of the survey in force */
    size_t observation_count;

    struct market_figures figures; /* of the latest quarter with a price, at 200 US dollars */
    bool demonstration;            /* one of its offers is invented */
};

/* Blocks are shared between threads; each holder has one reference. */
const struct market *market_hold(const struct market *market);
void market_release(const struct market *market); /* NULL is fine; the last one frees it */

/* The same block with other figures; takes the caller's reference and gives one. Everything but the
 * figures is shared with it. */
const struct market *market_with_figures(const struct market *market,
                                         const struct market_figures *figures);

/* The next serial, from 1. Any thread. */
uint64_t market_serial(void);

/* The reference rate of a pair, NULL when none is known. */
const struct market_reference *market_reference(const struct market *market,
                                                const struct currency *send,
                                                const struct currency *receive, bool demonstration);

/* True when anything of it is invented, an offer or a figure. */
bool market_invented(const struct market *market);
/* The sign every answer made from invented offers carries. */
extern const char market_demonstration_notice[];

#endif
