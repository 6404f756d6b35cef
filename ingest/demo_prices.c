/*
 * What a service of the demonstration market charges, version after version. The hard part is that
 * a version is a function of its service and number alone, and that costs still lie where the
 * world's do: a target cost is reckoned first, from the kind of firm, the region and the day; fees
 * take their share of it in round figures; the exchange rate takes the rest.
 */
#include <ingest/demo_market.h>
#include <ingest/demo_random.h>

#include <assert.h>

#define MILLION INT64_C(1000000)
#define NO_TAX_BEFORE                                                          \
    INT64_C(1767225600) /* 2026-01-01: the United States tax cash from then on \
                         */

/* Total cost of 200 US dollars in parts per million, with everything else average. */
static const int64_t kind_cost[DEMO_KIND_COUNT] = {
    [DEMO_AGENT] = 62000,    [DEMO_DIGITAL] = 48000,      [DEMO_BANK] = 124000,
    [DEMO_POST] = 74000,     [DEMO_MOBILE] = 48000,       [DEMO_CARD] = 62000,
    [DEMO_EXCHANGE] = 44000, [DEMO_CREDIT_UNION] = 60000, [DEMO_BUILDING_SOCIETY] = 85000,
};

/* Percent. */
static const int64_t region_level[DEMO_REGION_COUNT] = {
    [DEMO_EAP] = 95,  [DEMO_ECA] = 92, [DEMO_LAC] = 92,
    [DEMO_MENA] = 98, [DEMO_SA] = 72,  [DEMO_SSA] = 128,
};

/* How often prices change, days. */
static const struct {
    int64_t low, high;
} rhythm[DEMO_KIND_COUNT] = {
    [DEMO_AGENT] = {30, 45},    [DEMO_DIGITAL] = {28, 35},      [DEMO_BANK] = {55, 80},
    [DEMO_POST] = {60, 80},     [DEMO_MOBILE] = {35, 50},       [DEMO_CARD] = {40, 60},
    [DEMO_EXCHANGE] = {28, 40}, [DEMO_CREDIT_UNION] = {50, 70}, [DEMO_BUILDING_SOCIETY] = {60, 80},
};

/* Ends of the bands but the last, in tenths of the sender's round hundred. */
static const struct {
    uint32_t count;
    int64_t ends[4];
} band_plans[] = {
    {3, {10, 30, 100}}, {4, {5, 25, 50, 200}}, {2, {40, 120}}, {3, {13, 50, 150}}, {1, {100}},
};

/* ---- Times ---- */

#define UNEVEN_DAYS 5
#define KEPT_FOR    (90 * DEMO_DAY) /* a price holds that long past its expected successor */

static int64_t rhythm_days(const struct demo_service *service)
{
    enum demo_kind kind = service->product->kind;
    return demo_draw(service->key, DEMO_SALT_RHYTHM, rhythm[kind].low, rhythm[kind].high);
}

static int64_t version_begins(const struct demo_service *service, uint64_t version)
{
    int64_t days = rhythm_days(service);
    uint64_t key = demo_join(service->key, version);
    return (demo_draw(service->key, DEMO_SALT_PHASE, 0, days - 1) + (int64_t)version * days +
            demo_draw(key, DEMO_SALT_DAY, 0, UNEVEN_DAYS)) *
               DEMO_DAY +
           demo_draw(key, DEMO_SALT_CLOCK, 6 * 3600, 20 * 3600);
}

int64_t demo_version_recorded(const struct demo_service *service, uint64_t version)
{
    /* One service in eight announces its prices; by less than the shortest life of a version. */
    int64_t notice = demo_once_in(service->key, DEMO_SALT_ANNOUNCES, 8)
                         ? demo_draw(service->key, DEMO_SALT_NOTICE, 6, 14)
                         : 0;
    return version_begins(service, version) - notice * DEMO_DAY;
}

uint64_t demo_version_since(const struct demo_service *service, int64_t instant)
{
    /* Two rhythms early, whatever the phase and the unevenness; then step forward. */
    int64_t guess = instant / DEMO_DAY / rhythm_days(service) - 2;
    uint64_t version = guess > 0 ? (uint64_t)guess : 0;
    while (version_begins(service, version + 1) <= instant) {
        version++;
    }
    return version;
}

static int64_t version_ends(const struct demo_service *service, uint64_t version)
{
    /* One service in sixteen is careless: half of the time its last price has lapsed. */
    if (!service->cheap && demo_once_in(service->key, DEMO_SALT_CARELESS, 16)) {
        return version_begins(service, version) + rhythm_days(service) * DEMO_DAY / 2;
    }
    return version_begins(service, version + 1) + KEPT_FOR;
}

/* ---- Cost ---- */

#define TREND_DAY   20635 /* 2026-07-01: where the levels above hold */
#define TREND_A_DAY 110   /* parts per million: four percent a year */

/* What the service means to cost on a day, parts per million of 200 dollars. */
static int64_t target_cost(const struct demo_service *s, int64_t day)
{
    int64_t cost;
    if (s->cheap) {
        cost = demo_draw(s->key, DEMO_SALT_COST, 11000, 23000);
    } else {
        cost = kind_cost[s->product->kind] * s->product->cost / 100;
        cost = cost * region_level[s->receiver->region] / 100;
        cost = cost * s->corridor->level / 100;
        cost = cost * demo_draw(demo_key(s->firm->id), DEMO_SALT_COST, 86, 114) / 100;
        cost = cost * demo_draw(s->key, DEMO_SALT_COST, 80, 120) / 100;
    }
    int64_t trend = MILLION + (TREND_DAY - day) * TREND_A_DAY;
    trend = trend < 700000 ? 700000 : trend > 1300000 ? 1300000 : trend;
    int64_t level = MILLION + demo_wave(s->key, DEMO_SALT_LEVEL, day, 200, 50000);
    return cost * trend / MILLION * level / MILLION;
}

/* amount of one currency in minor units of another, at their usual rates */
static int64_t usual_worth(int64_t amount, const struct currency *from, const struct currency *to)
{
    struct rate rate;
    int64_t worth = 0;
    bool fits = rate_cross(&rate, demo_usual_rate(to->code), demo_usual_rate(from->code)) &&
                money_convert(&worth, amount, from, to, rate, DECIMAL_HALF_UP);
    assert(fits);
    (void)fits;
    return worth;
}

static int64_t dollars(int64_t amount, const struct currency *in)
{
    const struct currency *dollar = currency_find(span_of("USD"));
    return usual_worth(amount * 100, dollar, in);
}

/* amount to the nearest multiple of step */
static int64_t round_to(int64_t amount, int64_t step)
{
    return (amount + step / 2) / step * step;
}

/* The power of ten that leaves so many digits of a positive number. */
static int64_t digit_step(int64_t number, unsigned digits)
{
    int64_t step = 1;
    int64_t limit = 1;
    for (unsigned i = 0; i < digits; i++) {
        limit *= 10;
    }
    while (number / step >= limit) {
        step *= 10;
    }
    return step;
}

/* ---- Tariffs ---- */

enum style {
    STYLE_FIXED,
    STYLE_PERCENT,
    STYLE_MIXED,
    STYLE_BANDED,
    STYLE_RATE_ONLY, /* "no fee": all is in the exchange rate */
};

/* Percent of the cost that is taken as a fee. */
static const int64_t fee_share[] = {
    [STYLE_FIXED] = 60,  [STYLE_PERCENT] = 55,  [STYLE_MIXED] = 62,
    [STYLE_BANDED] = 65, [STYLE_RATE_ONLY] = 0,
};

static bool same_currency(const struct demo_service *s)
{
    return s->send == s->receive;
}

static enum style draw_style(const struct demo_service *s)
{
    static const enum style of_ten[] = {
        STYLE_FIXED, STYLE_FIXED,  STYLE_PERCENT, STYLE_PERCENT, STYLE_MIXED,
        STYLE_MIXED, STYLE_BANDED, STYLE_BANDED,  STYLE_BANDED,  STYLE_RATE_ONLY,
    };
    enum style style = of_ten[demo_draw(s->key, DEMO_SALT_STYLE, 0, COUNT_OF(of_ten) - 1)];
    return style == STYLE_RATE_ONLY && same_currency(s) ? STYLE_MIXED : style;
}

/* One open band that costs nothing, and the limits. */
static void start_tariff(struct tariff *t, const struct demo_service *s)
{
    static const int64_t least[] = {0, 1, 5, 10, 20}; /* percent of the round hundred */
    *t = (struct tariff){
        .send = s->send,
        .receive = s->receive,
        .min = s->sender->hundred * least[demo_draw(s->key, DEMO_SALT_LEAST, 0, 4)] / 100,
        .max = TARIFF_NO_LIMIT,
        .count = 1,
        .bands = {{.to = TARIFF_NO_LIMIT, .fee_max = TARIFF_NO_LIMIT}},
    };
}

/* Cuts the tariff into bands and limits it. */
static void cut_bands(struct tariff *t, const struct demo_service *s, enum style style)
{
    static const int64_t most[] = {10, 20, 30, 50, 75, 150}; /* round hundreds */
    int64_t last = 0;
    if (style == STYLE_BANDED || style == STYLE_RATE_ONLY) {
        int64_t plan = demo_draw(s->key, DEMO_SALT_BANDS, 0, COUNT_OF(band_plans) - 1);
        t->count = band_plans[plan].count + 1;
        for (uint32_t i = 0; i < t->count; i++) {
            t->bands[i] = t->bands[0];
            t->bands[i].from = last;
            if (i < band_plans[plan].count) {
                last = band_plans[plan].ends[i] * s->sender->hundred / 10;
                t->bands[i].to = last;
            }
        }
        t->bands[t->count - 1].to = TARIFF_NO_LIMIT;
    }
    if (s->product->kind == DEMO_BANK && demo_once_in(s->key, DEMO_SALT_BOUNDED, 2)) {
        return;
    }
    size_t choice = (size_t)demo_draw(s->key, DEMO_SALT_MOST, 0, COUNT_OF(most) - 1);
    while (most[choice] * s->sender->hundred <= last) {
        choice++;
        assert(choice < COUNT_OF(most));
    }
    t->max = most[choice] * s->sender->hundred;
    if (demo_once_in(s->key, DEMO_SALT_CLOSED, 3)) {
        t->bands[t->count - 1].to = t->max;
    }
}

/* The band of an amount that lies within all. */
static uint32_t band_index(const struct tariff *t, int64_t amount)
{
    const struct tariff_band *band = tariff_band_at(t, amount);
    assert(band);
    return (uint32_t)(band - t->bands);
}

/* Gives the bands fees that take `cost` parts per million of `principal`, near enough. */
static void set_fees(struct tariff *t, enum style style, int64_t principal, int64_t cost,
                     int64_t step)
{
    /* Percent of the fee in the principal's band, from two bands below to four above. */
    static const int64_t ladder[] = {45, 70, 100, 150, 210, 290, 380};
    int64_t fee = principal * cost / MILLION;
    struct tariff_band *first = &t->bands[0];
    uint32_t home = band_index(t, principal);

    switch (style) {
    case STYLE_FIXED:
        first->fee = round_to(fee, step);
        break;
    case STYLE_PERCENT:
        first->fee_pct = round_to(cost, 500) * 100;
        first->fee_min = round_to(fee / 2, step);
        first->fee_max = round_to(fee * 5, step);
        break;
    case STYLE_MIXED:
        first->fee = round_to(fee / 2, step);
        first->fee_pct = round_to(cost / 2, 500) * 100;
        break;
    case STYLE_BANDED:
        for (uint32_t i = 0; i < t->count; i++) {
            t->bands[i].fee = round_to(fee * ladder[i + 2 - home] / 100, step);
        }
        break;
    case STYLE_RATE_ONLY:
        break;
    }
}

/* The reference rate of the service's currencies on a day. */
static struct rate reference_on(const struct demo_service *s, int64_t day)
{
    struct rate rate;
    bool fits = rate_cross(&rate, demo_euro_rate(s->receive->code, day),
                           demo_euro_rate(s->send->code, day));
    assert(fits);
    (void)fits;
    return rate;
}

/* The reference less a margin in parts per million, to six figures as firms write rates. */
static struct rate applied_rate(struct rate reference, int64_t margin)
{
    int64_t units = (int64_t)((int128)reference.units * (MILLION - margin) / MILLION);
    return (struct rate){round_to(units, digit_step(units, 6))};
}

/* Larger amounts get better rates from half of the banded tariffs and all that live on the rate. */
static void set_rates(struct tariff *t, const struct demo_service *s, enum style style,
                      struct rate reference, uint32_t home, int64_t margin)
{
    static const int64_t better[] = {100, 85, 70, 60, 50}; /* percent of the margin */
    bool falling = style == STYLE_RATE_ONLY || demo_once_in(s->key, DEMO_SALT_FALLING, 2);
    for (uint32_t i = 0; i < t->count; i++) {
        int64_t part = falling && i > home ? better[i - home] : 100;
        t->bands[i].rate =
            same_currency(s) ? reference : applied_rate(reference, margin * part / 100);
    }
    if (same_currency(s) || s->cheap) {
        return;
    }
    if (demo_once_in(s->key, DEMO_SALT_HIDDEN, s->product->kind == DEMO_BANK ? 7 : 25)) {
        for (uint32_t i = 0; i < t->count; i++) {
            t->bands[i].rate = (struct rate){0};
        }
    } else if (t->count > home + 1 && demo_once_in(s->key, DEMO_SALT_ASK_US, 5)) {
        t->bands[t->count - 1].rate = (struct rate){0}; /* "ask us" */
    }
}

static int64_t draw_receive_fee(const struct demo_service *s)
{
    int64_t times = s->product->kind == DEMO_BANK ? 4 : 30;
    if (s->cheap || !demo_once_in(s->key, DEMO_SALT_RECEIVE_FEE, times)) {
        return 0;
    }
    int64_t fee =
        dollars(1, s->receive) * demo_draw(s->key, DEMO_SALT_RECEIVE_FEE_SIZE, 50, 300) / 100;
    return round_to(fee, digit_step(fee, 1));
}

static bool taxed(const struct demo_service *s, int64_t instant)
{
    return strcmp(s->sender->country, "US") == 0 && s->product->pay_in == 1U << PAY_IN_CASH &&
           instant >= NO_TAX_BEFORE;
}

/* Parts per million that a version's margin strays from its target. */
#define MARGIN_STRAY 2500
#define MARGIN_LEAST (-2000)
#define MARGIN_MOST  200000
/* Fees are set twice a year, each service's in its own week. */
#define SEASON_DAYS 182

static void price(struct demo_quote *out, const struct demo_service *s, uint64_t version,
                  int64_t margin_percent)
{
    struct tariff *t = &out->tariff;
    out->recorded_at = demo_version_recorded(s, version);
    out->valid_from = version_begins(s, version);
    out->valid_until = version_ends(s, version);

    int64_t day = out->recorded_at / DEMO_DAY;
    int64_t shift = demo_draw(s->key, DEMO_SALT_SEASON, 0, SEASON_DAYS - 1);
    int64_t season = (day + shift) / SEASON_DAYS * SEASON_DAYS - shift;
    enum style style = draw_style(s);
    int64_t principal = dollars(200, s->send);
    int64_t share = same_currency(s) ? 100 : fee_share[style];

    start_tariff(t, s);
    cut_bands(t, s, style);
    uint32_t home = band_index(t, principal);
    t->receive_fee = draw_receive_fee(s);
    t->tax_pct = taxed(s, out->valid_from) ? PERCENT_ONE : 0;
    set_fees(t, style, principal, target_cost(s, season) * share / 100, s->sender->step);

    int64_t taken =
        tariff_fee(&t->bands[home], principal) + usual_worth(t->receive_fee, s->receive, s->send);
    int64_t margin =
        target_cost(s, day) - taken * MILLION / principal +
        demo_draw(demo_join(s->key, version), DEMO_SALT_VERSION, -MARGIN_STRAY, MARGIN_STRAY);
    margin = margin < MARGIN_LEAST ? MARGIN_LEAST : margin > MARGIN_MOST ? MARGIN_MOST : margin;
    set_rates(t, s, style, reference_on(s, day), home, margin * margin_percent / 100);
}

/* The tables above can't make anything else. */
static void must_hold(const struct tariff *t)
{
    uint32_t band;
    enum tariff_error error = tariff_check(t, &band);
    assert(error == TARIFF_OK);
    (void)error;
}

void demo_quote(struct demo_quote *out, const struct demo_service *service, uint64_t version)
{
    out->first_transfer = false;
    price(out, service, version, 100);
    must_hold(&out->tariff);
}

bool demo_promotion(struct demo_quote *out, const struct demo_service *service, uint64_t version)
{
    enum demo_kind kind = service->product->kind;
    bool promotes = kind == DEMO_AGENT || kind == DEMO_DIGITAL || kind == DEMO_MOBILE;
    if (!promotes || !demo_once_in(service->key, DEMO_SALT_PROMOTION, 5) ||
        demo_once_in(demo_join(service->key, version), DEMO_SALT_PROMOTION, 3)) {
        return false;
    }
    out->first_transfer = true;
    price(out, service, version, 25);
    struct tariff *t = &out->tariff;
    if (t->bands[0].rate.units == 0) {
        return false;
    }
    /* No fee and a better rate, for one small transfer, until the next price. */
    t->count = 1;
    t->bands[0] = (struct tariff_band){
        .to = TARIFF_NO_LIMIT, .fee_max = TARIFF_NO_LIMIT, .rate = t->bands[0].rate};
    t->max = 5 * service->sender->hundred;
    out->valid_until = version_begins(service, version + 1);
    must_hold(t);
    return true;
}
