/*
 * Messages on a page, in the reader's language, escaped. What varies is a named place in the
 * message, so that a translator can move it:
 *
 *   say_with(h, "{cost} of your {paid} goes on fees and the exchange rate.",
 *            SAY_MONEY("cost", cost->total_cost, euro), SAY_MONEY_SHORT("paid", cost->pays, euro));
 *
 * Keywords for xgettext: say:2, say_with:2, say_n:3,4, say_n_with:3,4.
 */
#ifndef CORRIDOR_WEB_SAY_H
#define CORRIDOR_WEB_SAY_H

#include "server/web/html.h"

enum say_kind {
    SAID_TEXT,
    SAID_NUMBER,
    SAID_MONEY,
    SAID_MONEY_SHORT,
    SAID_PERCENT,
    SAID_PERCENT_SHORT,
    SAID_DAY,
    SAID_YEAR,
    SAID_PERIOD,
    SAID_COUNTRY,
    SAID_CURRENCY,
};

struct say_value {
    struct span name; /* of its place, without the braces; one without bytes ends a list */
    enum say_kind kind;
    unsigned decimals;
    int64_t number; /* count, minor units, percent units, day */
    const struct currency *currency;
    const struct country *country;
    struct span text;
};

#define SAY_PLACE(literal)                 \
    {                                      \
        "" literal "", sizeof(literal) - 1 \
    }
#define SAY_TEXT(place, words) \
    ((struct say_value){.name = SAY_PLACE(place), .text = span_of(words)})
#define SAY_SPAN(place, words) ((struct say_value){.name = SAY_PLACE(place), .text = (words)})
#define SAY_NUMBER(place, value) \
    ((struct say_value){.name = SAY_PLACE(place), .kind = SAID_NUMBER, .number = (value)})
#define SAY_MONEY(place, minor, in) \
    ((struct say_value){            \
        .name = SAY_PLACE(place), .kind = SAID_MONEY, .number = (minor), .currency = (in)})
#define SAY_MONEY_SHORT(place, minor, in) \
    ((struct say_value){                  \
        .name = SAY_PLACE(place), .kind = SAID_MONEY_SHORT, .number = (minor), .currency = (in)})
#define SAY_PERCENT(place, units, to) \
    ((struct say_value){              \
        .name = SAY_PLACE(place), .kind = SAID_PERCENT, .number = (units), .decimals = (to)})
#define SAY_PERCENT_SHORT(place, units, to)         \
    ((struct say_value){.name = SAY_PLACE(place),   \
                        .kind = SAID_PERCENT_SHORT, \
                        .number = (units),          \
                        .decimals = (to)})
#define SAY_DAY(place, value) \
    ((struct say_value){.name = SAY_PLACE(place), .kind = SAID_DAY, .number = (value)})
#define SAY_YEAR(place, value) \
    ((struct say_value){.name = SAY_PLACE(place), .kind = SAID_YEAR, .number = (value)})
/* A quarter "2014-Q2": "from April to June 2014". */
#define SAY_PERIOD(place, quarter) \
    ((struct say_value){.name = SAY_PLACE(place), .kind = SAID_PERIOD, .text = span_of(quarter)})
#define SAY_COUNTRY(place, value) \
    ((struct say_value){.name = SAY_PLACE(place), .kind = SAID_COUNTRY, .country = (value)})
#define SAY_CURRENCY(place, value) \
    ((struct say_value){.name = SAY_PLACE(place), .kind = SAID_CURRENCY, .currency = (value)})

#define SAY_LIST(...) ((const struct say_value[]){__VA_ARGS__, {.name = {NULL, 0}}})

void say(struct html *h, const char *english);
/* A quarter "2014-Q2" in words; nothing when it is none. */
void say_period(struct html *h, struct span quarter);
/* The same in short, where it stands by itself: "Apr – Jun 2014". */
void say_period_short(struct html *h, struct span quarter);
#define say_with(h, english, ...) \
    say_values(h, message((h)->language, english), SAY_LIST(__VA_ARGS__))
/* "{n}" is the number. */
#define say_n(h, n, one, many) \
    say_values(h, message_n((h)->language, n, one, many), SAY_LIST(SAY_NUMBER("n", (int64_t)(n))))
#define say_n_with(h, n, one, many, ...)                  \
    say_values(h, message_n((h)->language, n, one, many), \
               SAY_LIST(SAY_NUMBER("n", (int64_t)(n)), __VA_ARGS__))

/* A message already in the reader's language. values ends with one that has no name. */
void say_values(struct html *h, const char *translated, const struct say_value *values);

#endif
