/* The codes of a service, as readers of documents take them. */
#include "ingest/quote_words.h"

#include <corridor/service.h>

#define COMMA_CODE(name, code) ", " code
#define WORDS(list, find)            \
    {                                \
        &(list(COMMA_CODE))[2], find \
    }

/* A list's own finder, for readers that know no enumerations. */
#define FINDER(name, none)                                     \
    static bool find_##name(unsigned *value, struct span word) \
    {                                                          \
        enum name found = none;                                \
        bool known = name##_find(&found, word);                \
                                                               \
        *value = found;                                        \
        return known;                                          \
    }
FINDER(pay_in, PAY_IN_COUNT)
FINDER(access_point, ACCESS_COUNT)
FINDER(pay_out, PAY_OUT_COUNT)
FINDER(speed, SPEED_UNKNOWN)
FINDER(coverage, COVERAGE_UNKNOWN)

static bool find_price(unsigned *value, struct span word)
{
    *value = span_is(word, "first_transfer");
    return *value != 0 || span_is(word, "regular");
}

const struct document_words quote_pay_ins = WORDS(PAY_INS, find_pay_in);
const struct document_words quote_access_points = WORDS(ACCESS_POINTS, find_access_point);
const struct document_words quote_pay_outs = WORDS(PAY_OUTS, find_pay_out);
const struct document_words quote_speeds = WORDS(SPEEDS, find_speed);
const struct document_words quote_coverages = WORDS(COVERAGES, find_coverage);
const struct document_words quote_prices = {"regular, first_transfer", find_price};
