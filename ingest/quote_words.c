/* The codes of a service, as readers of documents take them. */
#include "ingest/quote_words.h"

#include <corridor/service.h>

#define COMMA_CODE(name, code) ", " code
#define WORDS(list, find)            \
    {                                \
        &(list(COMMA_CODE))[2], find \
    }

static bool find_pay_in(unsigned *value, struct span word)
{
    enum pay_in found = PAY_IN_COUNT;
    bool known = pay_in_find(&found, word);

    *value = found;
    return known;
}

static bool find_access_point(unsigned *value, struct span word)
{
    enum access_point found = ACCESS_COUNT;
    bool known = access_point_find(&found, word);

    *value = found;
    return known;
}

static bool find_pay_out(unsigned *value, struct span word)
{
    enum pay_out found = PAY_OUT_COUNT;
    bool known = pay_out_find(&found, word);

    *value = found;
    return known;
}

static bool find_speed(unsigned *value, struct span word)
{
    enum speed found = SPEED_UNKNOWN;
    bool known = speed_find(&found, word);

    *value = found;
    return known;
}

static bool find_coverage(unsigned *value, struct span word)
{
    enum coverage found = COVERAGE_UNKNOWN;
    bool known = coverage_find(&found, word);

    *value = found;
    return known;
}

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
