/*
 * Is this price a slip? The hard problem is to hold every misplaced point and hardly any honest
 * change, though both may move a fee by the same sum: so rates are judged by how far they moved,
 * relative to the market, and fees also by the one mark that an honest change does not have, being
 * just ten times the last one. The fences are in judge_limits.h.
 */
#include "ingest/judge.h"

#include "ingest/document.h"
#include "ingest/judge_limits.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#define MILLION    INT64_C(1000000)
#define FIXED_MOST INT64_C(9000000000) /* times JUDGE_TERMS it fits */

/* ---- The price of a quote ---- */

/* The nearest round amount, so that the point stays where it is while the dollar moves a little. */
static int64_t round_amount(int64_t amount)
{
    static const int64_t tenths[] = {10, 15, 20, 30, 50, 70, 100};
    int64_t ten = 1;
    size_t i = 0;

    while (amount / ten >= 100)
        ten *= 10;
    if (amount < 10)
        return amount > 0 ? amount : 1;
    while (amount > tenths[i + 1] * ten)
        i++;
    return amount - tenths[i] * ten < tenths[i + 1] * ten - amount ? tenths[i] * ten
                                                                   : tenths[i + 1] * ten;
}

static int64_t within_limits(const struct tariff *tariff, int64_t amount)
{
    int64_t least = tariff->min > 0 ? tariff->min : 1;
    int64_t most = tariff->max < MONEY_MAX ? tariff->max : MONEY_MAX;

    return amount < least ? least : amount > most ? most : amount;
}

/* The amount that a quote is looked at by. */
static int64_t find_point(const struct tariff *tariff, int64_t usd_200)
{
    int64_t least = within_limits(tariff, 0);
    int64_t most = within_limits(tariff, MONEY_MAX);

    if (usd_200 > 0)
        return within_limits(tariff, round_amount(usd_200));
    return within_limits(tariff, (int64_t)(sqrt((double)least) * sqrt((double)most)));
}

/* What fee, tax and receiving fee take of an amount, millionths. */
static int64_t fee_part(const struct tariff *tariff, const struct tariff_band *band, int64_t amount)
{
    int64_t fee = tariff_fee(band, amount) + tariff_tax(tariff, amount);
    int64_t part = (int64_t)(((int128)fee * MILLION + amount / 2) / amount);
    int64_t arrives;

    if (tariff->receive_fee > 0 && band->rate.units != 0 &&
        money_convert(&arrives, amount, tariff->send, tariff->receive, band->rate, DECIMAL_DOWN))
        part += arrives > tariff->receive_fee
                    ? (int64_t)((int128)tariff->receive_fee * MILLION / arrives)
                    : MILLION;
    return part;
}

static int64_t millionths(double value)
{
    return llround(value * (double)MILLION);
}

struct judge_price judge_price_of(const struct feed_quote *quote, const struct judge_points *points)
{
    const struct tariff *tariff = &quote->tariff;
    struct judge_price price = {
        .pair = (int32_t)tariff->send->numeric * 1000 + (int32_t)tariff->receive->numeric,
        .rate = JUDGE_UNKNOWN,
        .log = JUDGE_UNKNOWN,
    };
    int64_t amount = find_point(tariff, points->usd_200);
    const struct tariff_band *band = tariff_band_at(tariff, amount);

    assert(band != NULL); /* limits lie within the bands */
    if (band->rate.units != 0) {
        price.rate = band->rate.units;
        if (points->reference.units != 0)
            price.log = millionths(log((double)band->rate.units / (double)points->reference.units));
    }
    price.fee_200 = fee_part(tariff, band, amount);
    price.terms = (band->fee < FIXED_MOST ? band->fee : FIXED_MOST) * JUDGE_TERMS + band->fee_pct;
    return price;
}

/* ---- Judging ---- */

struct judging {
    struct judgement *out;
    const struct feed_quote *quote;
    const struct judge_price *price;
    const struct judge_points *points;
    const struct judge_price *last;        /* NULL: none */
    const struct judge_corridor *corridor; /* NULL: no distribution that the rate can be held to */
    int64_t amount;                        /* what it is looked at by */
    char rate_field[32];
    char fee_field[32];
};

/* Holds the quote; the refusal is to be filled with why. */
static struct refusal *hold(struct judging *j, bool far)
{
    j->out->verdict = JUDGE_HELD;
    j->out->far = far;
    return &j->out->why;
}

static double rate_of(int64_t units)
{
    return (double)units / 1e12;
}

/* The word for a rate that lies `away` (a logarithm) from what is expected, its own being `own`. */
static enum refusal_code name_of(double away, double own, enum refusal_code otherwise)
{
    for (int power = 1; power <= 3; power++) {
        if (fabs(fabs(away) - power * log(10)) < JUDGE_ALIKE)
            return REFUSAL_RATE_SHIFTED;
    }
    /* The inverse of what was expected (own - away) is as far beyond 1 as that is before it. */
    return fabs(own + (own - away)) < JUDGE_ALIKE ? REFUSAL_RATE_INVERTED : otherwise;
}

static bool hold_rate(struct judging *j, double away, enum refusal_code otherwise,
                      const char *expected)
{
    double own = log(rate_of(j->price->rate));

    return document_refuse(hold(j, fabs(away) > JUDGE_FAR), name_of(away, own, otherwise),
                           j->rate_field, "the rate is %.4g times %s", exp(away), expected);
}

static bool bands_agree(struct judging *j)
{
    const struct tariff *tariff = &j->quote->tariff;
    double low = INFINITY;
    double high = -INFINITY;

    for (uint32_t i = 0; i < tariff->count; i++) {
        if (tariff->bands[i].rate.units != 0) {
            low = fmin(low, log((double)tariff->bands[i].rate.units));
            high = fmax(high, log((double)tariff->bands[i].rate.units));
        }
    }
    if (high - low > JUDGE_BANDS_APART) /* not of no rates at all: -INFINITY */
        return document_refuse(hold(j, high - low > JUDGE_FAR), REFUSAL_RATES_APART, "/tariff",
                               "the best rate is %.4g times the worst", exp(high - low));
    return true;
}

static bool currencies_stand(struct judging *j)
{
    int32_t now = j->price->pair;

    if (j->last == NULL || now % 1000 == now / 1000 ||
        j->last->pair != now % 1000 * 1000 + now / 1000)
        return true;
    return document_refuse(hold(j, true), REFUSAL_CURRENCIES_SWAPPED, "/send_currency",
                           "the last price was sent in %s and received in %s",
                           j->quote->tariff.receive->code, j->quote->tariff.send->code);
}

/* ---- The rate ---- */

/* How far the rate moved since the last price; false when the two cannot be compared. */
static bool moved(const struct judging *j, double *by, double *room)
{
    const struct judge_price *last = j->last;
    const struct judge_price *price = j->price;

    *room = 0;
    if (last == NULL)
        return false;
    if (price->log != JUDGE_UNKNOWN && last->log != JUDGE_UNKNOWN) {
        *by = (double)(price->log - last->log) / (double)MILLION;
        return true;
    }
    if (last->pair != price->pair || last->rate == JUDGE_UNKNOWN)
        return false;
    *room = JUDGE_UNREFERENCED;
    *by = log((double)price->rate / (double)last->rate);
    return true;
}

static bool rate_near_last(struct judging *j, double by, double room)
{
    const struct judge_price *last = j->last;

    if (by > JUDGE_LAST_UP + room || by < -JUDGE_LAST_DOWN - room)
        return hold_rate(j, by, REFUSAL_RATE_FAR_FROM_LAST, "this service's last one");
    if (last->pair == j->price->pair && last->rate != JUDGE_UNKNOWN && fabs(by) > JUDGE_TURNED &&
        fabs(log(rate_of(j->price->rate)) + log(rate_of(last->rate))) < JUDGE_JUST_INVERSE)
        return document_refuse(hold(j, false), REFUSAL_RATE_INVERTED, j->rate_field,
                               "the rate is 1 divided by this service's last one, %.6g",
                               rate_of(last->rate));
    return true;
}

/* The corridor's logarithm of a price: of the kind that its distribution is of. */
static double log_of(const struct judge_corridor *corridor, const struct judge_price *price)
{
    return corridor->relative ? (double)price->log / (double)MILLION : log(rate_of(price->rate));
}

static double fence(double least, double mad, double most)
{
    return fmin(fmax(least, JUDGE_SIGMAS * JUDGE_MAD_TO_SIGMA * mad / (double)MILLION), most);
}

static bool is_outside(double away, const struct judge_corridor *corridor, double more_up,
                       double more_down)
{
    double mad = (double)corridor->log_mad;

    return away > fence(JUDGE_CORRIDOR_UP, mad, JUDGE_CORRIDOR_MOST) + more_up ||
           away < -fence(JUDGE_CORRIDOR_DOWN, mad, JUDGE_CORRIDOR_MOST) - more_down;
}

static bool rate_near_corridor(struct judging *j, bool has_moved)
{
    const struct judge_corridor *corridor = j->corridor;
    double median = (double)corridor->log_median / (double)MILLION;
    double away = log_of(corridor, j->price) - median;
    double up = has_moved ? JUDGE_LAST_UP : 0;
    double down = has_moved ? JUDGE_LAST_DOWN : 0;

    if (!is_outside(away, corridor, up, down))
        return true;
    /* Somebody has let this service's last price stand out there already. */
    if (has_moved && (corridor->relative ? j->last->log : j->last->rate) != JUDGE_UNKNOWN &&
        is_outside(log_of(corridor, j->last) - median, corridor, up, down))
        return true;
    return hold_rate(j, away, REFUSAL_RATE_FAR_FROM_CORRIDOR,
                     "the middle one of this corridor's present rates");
}

static bool judge_rate(struct judging *j)
{
    double by = 0;
    double room = 0;
    double away;
    bool has_moved;

    if (j->price->rate == JUDGE_UNKNOWN)
        return true; /* not disclosed: shown, and never ranked */
    has_moved = moved(j, &by, &room);
    if (has_moved && !rate_near_last(j, by, room))
        return false;
    if (j->corridor != NULL)
        return rate_near_corridor(j, has_moved);
    if (has_moved || j->price->log == JUDGE_UNKNOWN)
        return true;
    away = (double)j->price->log / (double)MILLION;
    if (away > JUDGE_REFERENCE_UP || away < -JUDGE_REFERENCE_DOWN)
        return hold_rate(j, away, REFUSAL_RATE_FAR_FROM_REFERENCE, "the reference rate");
    return true;
}

/* ---- Fees ---- */

static double part(int64_t fee)
{
    return (double)fee / (double)MILLION;
}

/* Just ten or a hundred times, within `blur` of the larger one. */
static bool is_shifted(double large, double small, double blur)
{
    return small > 0 &&
           (fabs(large - 10 * small) <= blur || fabs(large - 100 * small) <= 10 * blur);
}

/* A number of the fee, and what a unit of it is of the amount. What was divided may have been
 * rounded to a whole unit. */
static bool term_not_shifted(struct judging *j, double now, double then, double unit)
{
    double low = fmin(now, then);
    double high = fmax(now, then);

    if ((high - low) * unit < JUDGE_FEE_MATTERS || !is_shifted(high, low, now < then ? 5 : 0))
        return true;
    return document_refuse(
        hold(j, (now - then) * unit > JUDGE_FEE_FAR), REFUSAL_FEE_SHIFTED, j->fee_field,
        "the fee, or a part of it, is %.4g times this service's last one", now / then);
}

/* What struct judge_price's terms are made of. */
static double fixed_of(const struct judge_price *price)
{
    int64_t fixed = price->terms / JUDGE_TERMS;

    return (double)fixed;
}

static double percent_of(const struct judge_price *price)
{
    return (double)(price->terms % JUDGE_TERMS);
}

static bool fee_not_shifted(struct judging *j)
{
    const struct judge_price *now = j->price;
    const struct judge_price *then = j->last;
    double total = (double)now->fee_200;
    double blur = JUDGE_FEE_JUST * fmax(total, (double)then->fee_200);

    if (!term_not_shifted(j, fixed_of(now), fixed_of(then), 1 / (double)j->amount) ||
        !term_not_shifted(j, percent_of(now), percent_of(then), 0.01 / (double)PERCENT_ONE))
        return false;
    /* A smallest fee with the point misplaced, where that is what is paid. */
    if (now->terms != then->terms || !is_shifted(total, (double)then->fee_200, blur))
        return true;
    return document_refuse(hold(j, part(now->fee_200) > JUDGE_FEE_FAR), REFUSAL_FEE_SHIFTED,
                           j->fee_field, "the fee is %.4g times this service's last one",
                           total / (double)then->fee_200);
}

static bool fee_near_last(struct judging *j)
{
    double more = part(j->price->fee_200) - part(j->last->fee_200);

    if (more > JUDGE_FEE_LAST)
        return document_refuse(
            hold(j, more > JUDGE_FEE_FAR), REFUSAL_FEE_FAR_FROM_LAST, j->fee_field,
            "the fee takes %.1f points more of the amount than this service's last one",
            100 * more);
    return true;
}

static bool fee_near_corridor(struct judging *j)
{
    double more = part(j->price->fee_200) - part(j->corridor->fee_median);
    double most = fence(JUDGE_FEE_CORRIDOR, (double)j->corridor->fee_mad, 1);

    if (more > most)
        return document_refuse(
            hold(j, more > JUDGE_FEE_FAR), REFUSAL_FEE_FAR_FROM_CORRIDOR, j->fee_field,
            "the fee takes %.1f points more of about 200 dollars than the middle one of "
            "this corridor's present fees",
            100 * more);
    return true;
}

static bool fee_in_proportion(struct judging *j)
{
    const struct tariff *tariff = &j->quote->tariff;
    char field[32];

    for (uint32_t i = 0; i < tariff->count; i++) {
        const struct tariff_band *band = &tariff->bands[i];
        int64_t amount = within_limits(tariff, band->to);
        double takes;

        if (j->points->usd_200 == 0 || amount < j->points->usd_200 / 2 || band->from >= amount)
            continue;
        takes = part(fee_part(tariff, band, amount));
        (void)snprintf(field, sizeof(field), "/tariff/%u/fee", (unsigned)i);
        if (takes > JUDGE_FEE_MOST)
            return document_refuse(hold(j, takes > JUDGE_FEE_FAR), REFUSAL_FEE_OUT_OF_PROPORTION,
                                   field, "the fee takes %.1f %% of the band's largest amount",
                                   100 * takes);
    }
    return true;
}

static bool judge_fee(struct judging *j)
{
    if (j->last != NULL && (!fee_not_shifted(j) || !fee_near_last(j)))
        return false;
    if (j->last == NULL && j->corridor != NULL && !fee_near_corridor(j))
        return false;
    /* Where the last price took so much already, somebody has let it. */
    return (j->last != NULL && part(j->last->fee_200) > JUDGE_FEE_MOST) || fee_in_proportion(j);
}

void judge(struct judgement *out, const struct feed_quote *quote, const struct judge_price *price,
           const struct judge_points *points, const struct judge_price *last,
           const struct judge_corridor *corridor)
{
    struct judging j = {.out = out, .quote = quote, .price = price, .points = points, .last = last};
    unsigned band;

    *out = (struct judgement){.verdict = JUDGE_ACCEPTED};
    if (corridor->count >= JUDGE_COMPARABLE && corridor->relative == (price->log != JUDGE_UNKNOWN))
        j.corridor = corridor;
    j.amount = find_point(&quote->tariff, points->usd_200);
    band = (unsigned)(tariff_band_at(&quote->tariff, j.amount) - quote->tariff.bands);
    (void)snprintf(j.rate_field, sizeof(j.rate_field), "/tariff/%u/rate", band);
    (void)snprintf(j.fee_field, sizeof(j.fee_field), "/tariff/%u/fee", band);
    if (currencies_stand(&j) && bands_agree(&j) && judge_rate(&j) && judge_fee(&j) &&
        last == NULL && corridor->count < JUDGE_COMPARABLE)
        out->verdict = JUDGE_NEW;
}
