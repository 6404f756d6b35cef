/*
 * A question to the comparison, from query parameters: read and checked in one place for the API
 * and the pages. Pure.
 */
#ifndef SERVER_ASK_H
#define SERVER_ASK_H

#include "server/market.h"

#include <corridor/cost.h>

struct http_request;

#define ASK_AMOUNT_MAX 64 /* bytes of an amount that are looked at; longer ones are too large */

struct ask {
    const struct country *from;
    const struct country *to;
    enum basis basis;
    unsigned pay_in;      /* set of enum pay_in; 0: any */
    unsigned pay_out;     /* set of enum pay_out; 0: any */
    enum speed max_speed; /* SPEED_UNKNOWN: any */
    int32_t on;           /* the day asked about */
    int64_t at;           /* the instant on it: its end, or now when it is today */
    int64_t as_of;        /* what was known then counts; now unless asked otherwise */
    bool past;            /* not today as known now: only the record can answer */
    bool typed;           /* ASK_TYPED */

    /* As given by ask_read; NULL when left to ask_settle. */
    const struct currency *currency;
    const struct currency *receive_currency;
    /* Set by ask_settle: minor units of currency, on BASIS_RECEIVE of receive_currency. */
    int64_t amount;
    char amount_text[ASK_AMOUNT_MAX]; /* as received */
};

#define ASK_FAULTS(X)                                                                           \
    X(MISSING, "missing-parameter", "A parameter is missing")                                   \
    X(REPEATED, "repeated-parameter", "A parameter is given twice")                             \
    X(UNKNOWN_PARAMETER, "unknown-parameter", "There is no such parameter")                     \
    X(UNKNOWN_COUNTRY, "unknown-country", "There is no such country")                           \
    X(SAME_COUNTRY, "same-country", "Sending and receiving country are the same")               \
    X(NOT_A_NUMBER, "not-a-number", "The amount is not a plain decimal number")                 \
    X(NOT_POSITIVE, "not-positive", "The amount is not above zero")                             \
    X(TOO_LARGE, "too-large", "The amount is too large")                                        \
    X(TOO_MANY_DECIMALS, "too-many-decimals", "The amount has more decimals than its currency") \
    X(UNKNOWN_CURRENCY, "unknown-currency", "There is no such currency")                        \
    X(UNKNOWN_CODE, "unknown-code", "A code is not one of those allowed")                       \
    X(NOT_A_DATE, "not-a-date", "A date or time is not written as one, or does not exist")      \
    X(FUTURE, "future", "A date or time lies in the future")
#define ASK_FAULT_ENUM(name, code, title) ASK_##name,
enum ask_fault {
    ASK_OK,
    ASK_FAULTS(ASK_FAULT_ENUM) ASK_FAULT_COUNT
};

/* What was wrong, for a problem answer or a message at the form's field. */
struct ask_error {
    enum ask_fault fault;
    const char *parameter; /* its name; of an unknown one a copy in `name` */
    struct span received;  /* into the parameters; at = NULL when missing */
    char allowed[320];     /* what would do */
    char name[64];
};
const char *ask_fault_code(enum ask_fault fault);
const char *ask_fault_title(enum ask_fault fault); /* in English */
int ask_fault_status(enum ask_fault fault);        /* 404 for an unknown country, else 400 */

struct ask_parameter {
    struct span name;
    struct span value;
};
#define ASK_PARAMETERS_MAX 40

enum {
    /* As a form sends it: an empty value counts as not given, a repeated filter as a list. */
    ASK_FORM = 1U << 0,
    /* Somebody may have typed the amount: where its currency has fewer, three decimals may be
     * thousands ("200.000") and are refused though they be zeros. */
    ASK_TYPED = 1U << 1,
};

/*
 * Reads from, to, amount, currency, receive_currency, basis, pay_in, pay_out, max_speed, on, as_of.
 * now is the instant of the question. False with *error set.
 */
MUST_CHECK bool ask_read(struct ask *ask, const struct ask_parameter *parameters, size_t count,
                         unsigned flags, int64_t now, struct ask_error *error);
/*
 * Chooses the currencies that were left open and reads the amount in its own. market may be NULL.
 * Default currency: the sending country's, or where no offer in force takes it the one that most
 * take; default receiving currency likewise: the receiving country's legal tender if an offer in
 * force pays it, else the one most pay.
 */
MUST_CHECK bool ask_settle(struct ask *ask, const struct market *market, struct ask_error *error);

/* The form and sign of an amount, for ask_settle to read; how many decimals it may have depends on
 * the currency. False with *error set. */
MUST_CHECK bool ask_amount(struct ask *ask, const char *parameter, struct span value,
                           struct ask_error *error);

/* What `on` and `as_of` may be, to be told to whoever sent something else. */
#define ASK_ALLOWED_DAY "a day from 1970-01-01 to today: 2014-06-30"
#define ASK_ALLOWED_INSTANT \
    "a day or an instant in UTC from 1970 to now: 2026-03-01 or 2026-03-01T12:00:00Z"

/* True of "200.000". */
bool ask_three_decimals(struct span amount);

/* A day or an instant as as_of takes it: of a day its end, of today now. False when it is neither;
 * one that is to come is for the caller to refuse. */
MUST_CHECK bool ask_instant(int64_t *instant, struct span value, int64_t now);

/* The query parameters of a request as ask_read takes them; returns the count. */
size_t ask_parameters(struct ask_parameter parameters[ASK_PARAMETERS_MAX],
                      const struct http_request *req);

#endif
