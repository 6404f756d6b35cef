/*
 * A question to the observatory, from query parameters: read and checked in one place for the API
 * and the pages. Pure.
 */
#ifndef SERVER_OBSERVATORY_ASK_H
#define SERVER_OBSERVATORY_ASK_H

#include "server/ask.h"

/* What a series can be of: X(NAME, "code", decimals of its values). The codes are columns of
 * figures_by (sql/0015-observatory.sql), but for operators, which operators_by gives. */
#define OBSERVATORY_INDICATORS(X)                    \
    X(AVERAGE, "average_pct", 4)                     \
    X(SERVICES, "services", 0)                       \
    X(CORRIDORS_AVERAGE, "corridors_average_pct", 4) \
    X(CORRIDORS, "corridors", 0)                     \
    X(FLOW_WEIGHTED, "flow_weighted_pct", 4)         \
    X(SMART, "smart_pct", 4)                         \
    X(SMART_CORRIDORS, "smart_corridors", 0)         \
    X(SMART_WITHOUT, "smart_without", 0)             \
    X(SMART_AT_MOST_5, "smart_at_most_5", 0)         \
    X(MEETS, "meets", 0)                             \
    X(NEAR, "near", 0)                               \
    X(MUST_FALL, "must_fall", 0)                     \
    X(AT_STAKE, "at_stake_usd", 0)                   \
    X(OPERATORS, "operators", 0)                     \
    X(THIN, "thin", 0)                               \
    X(NOT_TRANSPARENT, "not_transparent", 0)

/* Kinds of groups: X(NAME, "code", how its values are read). In those of countries a corridor lies
 * once; those of services (SERVICE) count a service in each group that it is in. */
#define OBSERVATORY_KINDS(X)                        \
    X(WORLD, "world", NONE)                         \
    X(CORRIDOR, "corridor", CORRIDOR)               \
    X(SENDER, "sender", COUNTRY)                    \
    X(RECEIVER, "receiver", COUNTRY)                \
    X(SENDING_REGION, "sending_region", REGION)     \
    X(RECEIVING_REGION, "receiving_region", REGION) \
    X(SENDING_INCOME, "sending_income", INCOME)     \
    X(RECEIVING_INCOME, "receiving_income", INCOME) \
    X(SENDING_G20, "sending_g20", G20)              \
    X(RECEIVING_G20, "receiving_g20", G20)          \
    X(FIRM_TYPE, "firm_type", FIRM_TYPE)            \
    X(PAY_IN, "pay_in", PAY_IN)                     \
    X(PAY_OUT, "pay_out", PAY_OUT)                  \
    X(DIGITAL, "digital", DIGITAL)                  \
    X(SPEED, "speed", SPEED)

#define OBSERVATORY_INDICATOR_ENUM(name, code, decimals) OBSERVATORY_##name,
#define OBSERVATORY_KIND_ENUM(name, code, values)        OBSERVATORY_BY_##name,
enum observatory_indicator {
    OBSERVATORY_INDICATORS(OBSERVATORY_INDICATOR_ENUM) OBSERVATORY_INDICATOR_COUNT
};
enum observatory_kind {
    OBSERVATORY_KINDS(OBSERVATORY_KIND_ENUM) OBSERVATORY_KIND_COUNT
};
const char *observatory_indicator_code(enum observatory_indicator indicator);
const char *observatory_kind_code(enum observatory_kind kind);
/* True for the kinds whose groups are of services. */
bool observatory_kind_of_services(enum observatory_kind kind);

/* How a list of corridors is ordered: the dearest, the most at stake, the largest rise first. */
#define OBSERVATORY_SORTS(X) \
    X(AVERAGE, "average")    \
    X(AT_STAKE, "at_stake")  \
    X(CHANGE, "change")
#define OBSERVATORY_SORT_ENUM(name, code) OBSERVATORY_SORT_##name,
enum observatory_sort {
    OBSERVATORY_SORTS(OBSERVATORY_SORT_ENUM) OBSERVATORY_SORT_COUNT
};
const char *observatory_sort_code(enum observatory_sort sort);

#define OBSERVATORY_EXCLUDE_MAX 50 /* senders left out */
#define OBSERVATORY_GROUPS_MAX  20 /* groups of one series that are named */
#define OBSERVATORY_VALUE_MAX   24 /* bytes of a group's name, with its NUL */

struct observatory_ask {
    int64_t as_of;                                          /* INSTANT_NEVER: not asked, so now */
    char period[PERIOD_TEXT_MAX];                           /* "": the latest with data */
    unsigned price_point;                                   /* 200 or 500 */
    const struct country *exclude[OBSERVATORY_EXCLUDE_MAX]; /* each once, by alpha-2 */
    size_t exclude_count;

    /* Of a series. */
    enum observatory_indicator indicator;
    enum observatory_kind kind;
    char values[OBSERVATORY_GROUPS_MAX][OBSERVATORY_VALUE_MAX];
    size_t value_count; /* 0: every group of the kind */
    char from[PERIOD_TEXT_MAX];
    char to[PERIOD_TEXT_MAX]; /* "": the latest with data */

    /* Of a list of corridors. */
    enum observatory_sort sort;
    char receiving_region[8]; /* "": any */
    char sending_region[8];
    unsigned page;
    unsigned per_page;
};

/* What was wrong. */
struct observatory_fault {
    const char *parameter;
    struct span received;
    const char *allowed;
};

/*
 * Reads period, as_of, exclude, price_point; indicator, group, from, to; sort, region,
 * sending_region. Other names are passed over: which there may be is for the caller to say. now is
 * the instant of the question. False with *fault set.
 */
MUST_CHECK bool observatory_ask_read(struct observatory_ask *ask,
                                     const struct ask_parameter *parameters, size_t count,
                                     int64_t now, struct observatory_fault *fault);

/* What was asked for of as_of, price_point and exclude, as more of a query:
 * "&as_of=…&price_point=500&exclude=AE,RU"; "" for none of it. */
#define OBSERVATORY_QUERY_MAX 256
void observatory_ask_print(char query[OBSERVATORY_QUERY_MAX], const struct observatory_ask *ask);

#endif
