/*
 * The demonstration's reference rates: a usual level near the real one, a slow trend, a wave of
 * months and a flicker of days. Small on purpose: a service holds its rate for weeks, and what the
 * reference does meanwhile moves its margin.
 */
#include <ingest/demo_market.h>
#include <ingest/demo_random.h>

#include <assert.h>

static const struct level {
    char currency[4];
    int16_t trend; /* parts per million a year against the euro */
    int64_t euro;  /* millionths for one euro at the beginning of 2026 */
} levels[] = {
    {"AUD", 1500, 1670000},     {"BDT", 9000, 142500000},   {"BRL", 4000, 5950000},
    {"CAD", 1000, 1615000},     {"CDF", 5000, 2650000000},  {"CHF", -3000, 925000},
    {"CLP", 3000, 1085000000},  {"CNY", 1000, 8050000},     {"COP", -4000, 4350000000},
    {"CRC", -3000, 585000000},  {"DOP", 4000, 72500000},    {"DZD", 2000, 152000000},
    {"EGP", 9000, 57500000},    {"FJD", 1000, 2640000},     {"GBP", 1500, 870000},
    {"GHS", -5000, 12900000},   {"GTQ", 500, 8930000},      {"HTG", 2000, 152500000},
    {"IDR", 4000, 20050000000}, {"INR", 7000, 108500000},   {"JMD", 3000, 186000000},
    {"JPY", 5000, 184500000},   {"KES", -2000, 150700000},  {"KHR", 500, 4680000000},
    {"KRW", 4000, 1735000000},  {"KWD", 200, 357500},       {"LBP", 0, 104300000000},
    {"LKR", 5000, 362000000},   {"MAD", -500, 10750000},    {"MGA", 6000, 5230000000},
    {"MUR", 2000, 53400000},    {"MXN", -3000, 20400000},   {"MYR", -4000, 4660000},
    {"MZN", 500, 74400000},     {"NGN", 8000, 1620000000},  {"NIO", 500, 42900000},
    {"NZD", 4000, 2010000},     {"PEN", -2000, 4000000},    {"PHP", 3000, 69900000},
    {"PKR", 3000, 327000000},   {"RSD", -100, 117150000},   {"SGD", -1000, 1495000},
    {"THB", -2000, 37800000},   {"TND", 500, 3385000},      {"TOP", 1000, 2790000},
    {"TRY", 12000, 51000000},   {"TZS", 3000, 2870000000},  {"UGX", -1000, 4150000000},
    {"USD", 1000, 1165000},     {"VND", 3000, 30400000000}, {"WST", 1000, 3220000},
    {"ZAR", -1000, 19600000},
};
const size_t demo_currency_count = COUNT_OF(levels);

/* Held at a fixed rate in the real world too; the record's own table of pegs says by whom. */
static const struct peg {
    char currency[4];
    char anchor[4];
    int64_t rate; /* millionths of the anchor */
} pegs[] = {
    {"AED", "USD", 3672500}, {"CVE", "EUR", 110265000}, {"KMF", "EUR", 491967750},
    {"LSL", "ZAR", 1000000}, {"NPR", "INR", 1600000},   {"QAR", "USD", 3640000},
    {"SAR", "USD", 3750000}, {"XAF", "EUR", 655957000}, {"XOF", "EUR", 655957000},
};

#define MILLION     INT64_C(1000000)
#define LEVEL_DAY   20454 /* 2026-01-01 */
#define YEAR        365   /* days, near enough for a trend */
#define WAVE_DAYS   128
#define WAVE_HEIGHT 5000 /* parts per million */
#define FLICKER     300

const char *demo_currency(size_t index)
{
    assert(index < demo_currency_count);
    return levels[index].currency;
}

static const struct peg *find_peg(const char *currency)
{
    for (size_t i = 0; i < COUNT_OF(pegs); i++) {
        if (strcmp(pegs[i].currency, currency) == 0) {
            return &pegs[i];
        }
    }
    return NULL;
}

static const struct level *find_level(const char *currency)
{
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        if (strcmp(levels[i].currency, currency) == 0) {
            return &levels[i];
        }
    }
    return NULL;
}

/* Parts per million that the currency stands above its level. */
static int64_t drift(const struct level *level, int64_t day)
{
    uint64_t key = demo_key(level->currency);
    return level->trend * (day - LEVEL_DAY) / YEAR +
           demo_wave(key, DEMO_SALT_WAVE, day, WAVE_DAYS, WAVE_HEIGHT) +
           demo_draw(demo_join(key, (uint64_t)day), DEMO_SALT_JITTER, -FLICKER, FLICKER);
}

/* 10^-12 of the currency for one euro; day < 0: on no day in particular. */
static int64_t rate_units(const char *currency, int64_t day)
{
    if (strcmp(currency, "EUR") == 0) {
        return MILLION * MILLION;
    }
    const struct peg *peg = find_peg(currency);
    if (peg) {
        return (int64_t)((int128)rate_units(peg->anchor, day) * peg->rate / MILLION);
    }
    const struct level *level = find_level(currency);
    assert(level);
    return level->euro * (MILLION + (day < 0 ? 0 : drift(level, day))) / MILLION * MILLION;
}

struct rate demo_euro_rate(const char *currency, int64_t day)
{
    assert(day >= 0);
    return (struct rate){rate_units(currency, day)};
}

struct rate demo_usual_rate(const char *currency)
{
    return (struct rate){rate_units(currency, -1)};
}
