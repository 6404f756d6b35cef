/*
 * A quote under libFuzzer: any bytes are read, checked and judged. What it holds is that nothing
 * crashes or leaks, that a refusal always says why, and that what was taken keeps its promises.
 */
#include <ingest/judge.h>
#include <ingest/quote_rules.h>

#include <corridor/out.h>

#include <assert.h>
#include <stdlib.h>

#define NOW (INT64_C(1780000000) * INSTANT_SECOND)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return codes_open() ? 0 : -1;
}

static void judge_it(const struct feed_quote *quote)
{
    static const struct judge_corridor nobody = {0};
    static const struct judge_points points = {.reference = {INT64_C(655957000000000)},
                                               .usd_200 = 17241};
    static const struct judge_points unknown = {0};
    struct judge_price price = judge_price_of(quote, &points);
    struct judgement out;

    judge(&out, quote, &price, &points, NULL, &nobody);
    assert((out.verdict == JUDGE_HELD) == (out.why.code != REFUSAL_NONE));
    /* A price that is its own last one is no slip, unless it is none by itself. */
    judge(&out, quote, &price, &points, &price, &nobody);
    assert(out.verdict != JUDGE_HELD || out.why.code == REFUSAL_RATES_APART ||
           out.why.code == REFUSAL_FEE_OUT_OF_PROPORTION);
    price = judge_price_of(quote, &unknown);
    judge(&out, quote, &price, &unknown, NULL, &nobody);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct feed_quote quote;
    struct refusal refusal;
    bool taken = quote_read(&quote, (struct span){(const char *)data, size}, &refusal) &&
                 quote_rules(&quote, NOW, &refusal);

    assert(taken == (refusal.code == REFUSAL_NONE));
    assert(taken == (refusal.reason[0] == '\0'));
    assert(utf8_valid(span_of(refusal.field)) && utf8_valid(span_of(refusal.reason)));
    if (taken) {
        assert(quote.ref[0] != '\0' && strlen(quote.corridor) == 5);
        assert(quote.valid_from < quote.valid_until && quote.valid_until > NOW);
        assert(quote.pay_in != 0 && quote.access_point != 0 && quote.pay_out != 0);
        judge_it(&quote);
    }
    return 0;
}
