/*
 * Rules between the fields of a quote. The tariff's own are core/tariff.c's and only told in our
 * words here; what is added is what no tariff by itself can know: whose money it is, how long a
 * price may hold, and that a fee leaves something to send.
 */
#include "ingest/quote_rules.h"

#include "ingest/document.h"

#include <stdio.h>

/* ---- Currencies ---- */

/* The first money of some country today. Codes of old (FRF) are nobody's. */
static bool is_alive(const struct currency *currency)
{
    size_t count;
    const struct country *const *all = country_all(&count);

    for (size_t i = 0; i < count; i++) {
        if (all[i]->currency == currency)
            return true;
    }
    return false;
}

static bool is_tender(const struct country *country, const struct currency *currency)
{
    return country->currency == currency || (country_uses(country, currency) && is_alive(currency));
}

/* Dollars and euros are paid out in many countries where they are not the law's money. */
static bool is_hard(const struct currency *currency)
{
    return strcmp(currency->code, "USD") == 0 || strcmp(currency->code, "EUR") == 0;
}

static bool refuse_currency(struct refusal *refusal, const char *field,
                            const struct currency *currency, const struct country *country)
{
    const char *usual = country->currency != NULL ? country->currency->code : "none";

    return document_refuse(refusal, REFUSAL_CURRENCY_NOT_USED, field,
                           "%s is not used in %s, whose money is %s", currency->code, country->iso2,
                           usual);
}

static bool check_currencies(const struct feed_quote *quote, struct refusal *refusal)
{
    const struct tariff *tariff = &quote->tariff;

    if (!is_tender(quote->from, tariff->send))
        return refuse_currency(refusal, "/send_currency", tariff->send, quote->from);
    if (!is_tender(quote->to, tariff->receive) && !is_hard(tariff->receive))
        return refuse_currency(refusal, "/receive_currency", tariff->receive, quote->to);
    return true;
}

/* ---- The tariff ---- */

static const struct {
    enum refusal_code code;
    const char *member; /* of the band, or of the quote */
} told[] = {
    [TARIFF_OK] = {REFUSAL_NONE, ""},
    [TARIFF_NO_BANDS] = {REFUSAL_NO_BANDS, ""},
    [TARIFF_TOO_MANY_BANDS] = {REFUSAL_TOO_MANY_BANDS, ""},
    [TARIFF_GAP] = {REFUSAL_BANDS_GAP, "from"},
    [TARIFF_OVERLAP] = {REFUSAL_BANDS_OVERLAP, "from"},
    [TARIFF_BAND_REVERSED] = {REFUSAL_BAND_REVERSED, "to"},
    [TARIFF_NEGATIVE] = {REFUSAL_NEGATIVE, ""},
    [TARIFF_FEE_LIMITS_REVERSED] = {REFUSAL_FEE_LIMITS_REVERSED, "fee_max"},
    [TARIFF_LIMITS_REVERSED] = {REFUSAL_LIMITS_REVERSED, "max"},
    [TARIFF_LIMITS_OUTSIDE] = {REFUSAL_LIMITS_OUTSIDE_BANDS, "max"},
    [TARIFF_TOO_LARGE] = {REFUSAL_OUT_OF_RANGE, ""},
};

static bool check_tariff(const struct feed_quote *quote, struct refusal *refusal)
{
    const struct tariff *tariff = &quote->tariff;
    uint32_t band = 0;
    enum tariff_error error = tariff_check(tariff, &band);
    const char *member = told[error].member;
    char field[48];

    if (error == TARIFF_OK)
        return true;
    if (error == TARIFF_LIMITS_OUTSIDE && tariff->min < tariff->bands[0].from)
        member = "min";
    if (error == TARIFF_LIMITS_OUTSIDE || error == TARIFF_LIMITS_REVERSED)
        (void)snprintf(field, sizeof(field), "/%s", member);
    else
        (void)snprintf(field, sizeof(field), "/tariff/%u%s%s", (unsigned)band,
                       member[0] != '\0' ? "/" : "", member);
    return document_refuse(refusal, told[error].code, field, "%s", tariff_error_text(error));
}

/* The largest amount of a band that is sent; MONEY_MAX where there is no end. */
static int64_t largest_of(const struct tariff *tariff, const struct tariff_band *band)
{
    int64_t end = band->to < tariff->max ? band->to : tariff->max;

    return end < MONEY_MAX ? end : MONEY_MAX;
}

/* Only at a band's largest amount: a fee of 1.99 from an amount of 1 on is how tariffs are. */
static bool check_fees(const struct feed_quote *quote, struct refusal *refusal)
{
    const struct tariff *tariff = &quote->tariff;
    char field[48];

    for (uint32_t i = 0; i < tariff->count; i++) {
        const struct tariff_band *band = &tariff->bands[i];
        int64_t amount = largest_of(tariff, band);
        char text[MONEY_TEXT_MAX];
        int64_t arrives;

        if (band->to < tariff->min || band->from > tariff->max)
            continue; /* no amount of it is taken */
        (void)money_print(text, sizeof(text), amount, tariff->send);
        if (tariff_fee(band, amount) + tariff_tax(tariff, amount) > amount) {
            (void)snprintf(field, sizeof(field), "/tariff/%u/fee", (unsigned)i);
            return document_refuse(refusal, REFUSAL_FEE_ABOVE_AMOUNT, field,
                                   "fee and tax are more than the band's largest amount, %s %s",
                                   text, tariff->send->code);
        }
        if (band->rate.units != 0 && tariff->receive_fee > 0 &&
            money_convert(&arrives, amount, tariff->send, tariff->receive, band->rate,
                          DECIMAL_DOWN) &&
            arrives <= tariff->receive_fee)
            return document_refuse(refusal, REFUSAL_NOTHING_ARRIVES, "/receive_fee",
                                   "of %s %s nothing arrives, the largest amount of band %u", text,
                                   tariff->send->code, (unsigned)i + 1);
    }
    return true;
}

/* ---- Time ---- */

static bool check_times(struct feed_quote *quote, int64_t now, struct refusal *refusal)
{
    bool said = quote->valid_from != QUOTE_NOT_SAID;
    int64_t begins;

    if (!said)
        quote->valid_from = now;
    begins = quote->valid_from > now ? quote->valid_from : now;
    if (begins - now > QUOTE_AHEAD)
        return document_refuse(refusal, REFUSAL_VALID_TOO_FAR, "/valid_from",
                               "it begins more than 30 days from now");
    if (quote->valid_until == QUOTE_NOT_SAID) {
        quote->valid_until = begins + QUOTE_HOLDS;
        return true;
    }
    if (said && quote->valid_until <= quote->valid_from)
        return document_refuse(refusal, REFUSAL_DATES_REVERSED, "/valid_until",
                               "it is not after valid_from");
    if (quote->valid_until <= now)
        return document_refuse(refusal, REFUSAL_ALREADY_EXPIRED, "/valid_until", "it is past");
    if (quote->valid_until - begins > QUOTE_LONGEST)
        return document_refuse(refusal, REFUSAL_VALID_TOO_LONG, "/valid_until",
                               "it is more than 30 days after %s",
                               begins == now ? "now" : "valid_from");
    return true;
}

bool quote_rules(struct feed_quote *quote, int64_t now, struct refusal *refusal)
{
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    return check_currencies(quote, refusal) && check_tariff(quote, refusal) &&
           check_fees(quote, refusal) && check_times(quote, now, refusal);
}
