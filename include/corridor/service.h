/*
 * What a service is, in codes: the firm's type, how it is paid in and out, how fast. The codes are
 * the public words of the API, the feed and the database; sets are bit masks over them.
 */
#ifndef CORRIDOR_SERVICE_H
#define CORRIDOR_SERVICE_H

#include <corridor/base.h>

/* X(NAME, "code") */
#define FIRM_TYPES(X)                       \
    X(BANK, "bank")                         \
    X(MTO, "mto")                           \
    X(POST_OFFICE, "post_office")           \
    X(MOBILE_OPERATOR, "mobile_operator")   \
    X(NON_BANK_FI, "non_bank_fi")           \
    X(CREDIT_UNION, "credit_union")         \
    X(BUILDING_SOCIETY, "building_society") \
    X(OTHER, "other")

#define PAY_INS(X)                  \
    X(CASH, "cash")                 \
    X(BANK_ACCOUNT, "bank_account") \
    X(DEBIT_CARD, "debit_card")     \
    X(CREDIT_CARD, "credit_card")   \
    X(PREPAID_CARD, "prepaid_card") \
    X(MOBILE_MONEY, "mobile_money") \
    X(OTHER, "other")

#define ACCESS_POINTS(X)          \
    X(AGENT, "agent")             \
    X(BRANCH, "branch")           \
    X(ONLINE, "online")           \
    X(MOBILE, "mobile")           \
    X(CALL_CENTRE, "call_centre") \
    X(OTHER, "other")

#define PAY_OUTS(X)                   \
    X(CASH, "cash")                   \
    X(BANK_ACCOUNT, "bank_account")   \
    X(MOBILE_WALLET, "mobile_wallet") \
    X(CARD, "card")                   \
    X(HOME_DELIVERY, "home_delivery") \
    X(OTHER, "other")

/* Remittance Prices Worldwide's six classes, fastest first; UNKNOWN sorts last. */
#define SPEEDS(X)                               \
    X(LESS_THAN_ONE_HOUR, "less_than_one_hour") \
    X(SAME_DAY, "same_day")                     \
    X(NEXT_DAY, "next_day")                     \
    X(TWO_DAYS, "2_days")                       \
    X(THREE_TO_FIVE_DAYS, "3_5_days")           \
    X(SIX_DAYS_OR_MORE, "6_days_or_more")       \
    X(UNKNOWN, "unknown")

/* Coverage of the receiving network: high is nationwide, medium the major cities, low one city or
 * one kind of area. */
#define COVERAGES(X)    \
    X(HIGH, "high")     \
    X(MEDIUM, "medium") \
    X(LOW, "low")       \
    X(UNKNOWN, "unknown")

#define SERVICE_ENUM_FIRM(name, code)     FIRM_##name,
#define SERVICE_ENUM_PAY_IN(name, code)   PAY_IN_##name,
#define SERVICE_ENUM_ACCESS(name, code)   ACCESS_##name,
#define SERVICE_ENUM_PAY_OUT(name, code)  PAY_OUT_##name,
#define SERVICE_ENUM_SPEED(name, code)    SPEED_##name,
#define SERVICE_ENUM_COVERAGE(name, code) COVERAGE_##name,

enum firm_type {
    FIRM_TYPES(SERVICE_ENUM_FIRM) FIRM_COUNT
};
enum pay_in {
    PAY_INS(SERVICE_ENUM_PAY_IN) PAY_IN_COUNT
};
enum access_point {
    ACCESS_POINTS(SERVICE_ENUM_ACCESS) ACCESS_COUNT
};
enum pay_out {
    PAY_OUTS(SERVICE_ENUM_PAY_OUT) PAY_OUT_COUNT
};
enum speed {
    SPEEDS(SERVICE_ENUM_SPEED) SPEED_COUNT
};
enum coverage {
    COVERAGES(SERVICE_ENUM_COVERAGE) COVERAGE_COUNT
};

/* The code of a value; a static string. */
const char *firm_type_code(enum firm_type value);
const char *pay_in_code(enum pay_in value);
const char *access_point_code(enum access_point value);
const char *pay_out_code(enum pay_out value);
const char *speed_code(enum speed value);
const char *coverage_code(enum coverage value);

/* The value of a code; false when there is none such. */
MUST_CHECK bool firm_type_find(enum firm_type *out, struct span code);
MUST_CHECK bool pay_in_find(enum pay_in *out, struct span code);
MUST_CHECK bool access_point_find(enum access_point *out, struct span code);
MUST_CHECK bool pay_out_find(enum pay_out *out, struct span code);
MUST_CHECK bool speed_find(enum speed *out, struct span code);
MUST_CHECK bool coverage_find(enum coverage *out, struct span code);

/*
 * A set as PostgreSQL's text[] and the record write it, "{cash,bank_account}", codes in the list's
 * order; bits past the list are no member. NUL-terminated; returns the length.
 */
#define SERVICE_SET_TEXT_MAX 128
size_t pay_in_set_print(char buffer[SERVICE_SET_TEXT_MAX], unsigned set);
size_t access_point_set_print(char buffer[SERVICE_SET_TEXT_MAX], unsigned set);
size_t pay_out_set_print(char buffer[SERVICE_SET_TEXT_MAX], unsigned set);

#endif
