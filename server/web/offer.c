/*
 * The card. What arrives stands first, alone and large, because people choose best when that is the
 * one number to compare (PAGES: what is known of the choice); everything else is a step further.
 */
#include "server/web/offer.h"

#include "server/web/say.h"
#include "server/web/words.h"

#define LONG_AMOUNT ((int64_t)100000000) /* in minor units: nine digits */

static void headline(struct html *h, const struct comparison_offer *offer, enum basis basis)
{
    const struct tariff *tariff = offer->offer->tariff;

    bool pays = basis == BASIS_RECEIVE;
    int64_t amount = pays ? offer->cost.pays : offer->cost.receives;

    /* So long that the word after it would fall into the next line. */
    if (amount >= LONG_AMOUNT)
        html(h, "<p class='headline long'><strong>");
    else
        html(h, "<p class='headline'><strong>");
    html_money(h, amount, pays ? tariff->send : tariff->receive);
    html(h, "</strong> <span>");
    if (basis == BASIS_RECEIVE)
        /* Translators: stands after an amount of money, as the next one does. */
        say(h, "to pay");
    else
        say(h, "arrives");
    html(h, "</span></p>");
}

static void cost_line(struct html *h, const struct comparison_offer *offer, enum basis basis)
{
    const struct cost *cost = &offer->cost;
    const struct currency *send = offer->offer->tariff->send;

    html(h, "<p class='cost'>");
    if (cost->total_cost < 0)
        say_with(h, "For {paid} they get {gain} more than the reference rate gives ({share}).",
                 SAY_MONEY("gain", -cost->total_cost, send),
                 SAY_MONEY_SHORT("paid", cost->pays, send),
                 SAY_PERCENT("share", -cost->cost_share_pct, 1));
    else if (basis != BASIS_PRINCIPAL)
        say_with(h, "{cost} of your {paid} ({share}) goes on fees and the exchange rate.",
                 SAY_MONEY("cost", cost->total_cost, send),
                 SAY_MONEY_SHORT("paid", cost->pays, send),
                 SAY_PERCENT("share", cost->cost_share_pct, 1));
    else
        say_with(h, "You pay {paid}. Of this, {cost} ({share}) goes on fees and the exchange rate.",
                 SAY_MONEY("cost", cost->total_cost, send),
                 SAY_MONEY_SHORT("paid", cost->pays, send),
                 SAY_PERCENT("share", cost->cost_share_pct, 1));
    html(h, "</p>");
}

static void behind(struct html *h, const struct comparison_offer *offer, enum basis basis)
{
    const struct tariff *tariff = offer->offer->tariff;

    if (offer->rank == 1)
        return;
    html(h, "<p class='behind'>");
    if (offer->behind == 0)
        say(h, "As good as the best");
    else if (basis == BASIS_ALL_IN)
        say_with(h, "{difference} less than the best",
                 SAY_MONEY("difference", offer->behind, tariff->receive));
    else if (basis == BASIS_RECEIVE)
        say_with(h, "{difference} more to pay than the best",
                 SAY_MONEY("difference", offer->behind, tariff->send));
    else
        say_with(h, "{difference} more in cost than the best",
                 SAY_MONEY("difference", offer->behind, tariff->send));
    html(h, "</p>");
}

void offer_ways(struct html *h, const struct market_service *service)
{
    html(h, "<dl class='ways'><dt>");
    say(h, "You pay");
    html(h, "</dt><dd>");
    words_pay_in(h, service->pay_in);
    if (service->pay_in != 0 && service->access_point != 0)
        html_comma(h);
    words_access(h, service->access_point);
    html(h, "</dd><dt>");
    say(h, "They get it");
    html(h, "</dt><dd>");
    words_pay_out(h, service->pay_out);
    html(h, "</dd><dt>");
    say(h, "It arrives");
    html(h, "</dt><dd>");
    say(h, words_speed(service->speed));
    html(h, "</dd></dl>");
}

/* Beside the regular price, never in its place: it is true once. */
static void first_transfer(struct html *h, const struct comparison *comparison,
                           const struct comparison_offer *offer)
{
    const struct cost *cost = &offer->first_cost;
    const struct cost *best = &comparison->offers[0]->cost;
    bool pays = comparison->ask.basis == BASIS_RECEIVE;

    if (offer->first_transfer == NULL)
        return;
    html(h, "<p class='first'><strong>");
    say(h, "Your first transfer with them:");
    html(h, "</strong> ");
    if (pays)
        say_with(h, "{paid} to pay. Only once.",
                 SAY_MONEY("paid", cost->pays, offer->first_transfer->tariff->send));
    else
        say_with(h, "{received} arrives. Only once.",
                 SAY_MONEY("received", cost->receives, offer->first_transfer->tariff->receive));
    /* Or it would look like an error that this one is better than the best. */
    if (pays ? cost->pays < best->pays : cost->receives > best->receives) {
        html(h, " ");
        say(h, "The best offer is chosen by usual prices.");
    }
    html(h, "</p>");
}

/* The best offer's rate, for programs that read pages (schema.org). */
static void best_open(struct html *h, const struct comparison_offer *offer)
{
    const struct tariff *tariff = offer->offer->tariff;
    char rate[RATE_TEXT_MAX];

    (void)rate_print(rate, sizeof(rate), offer->cost.rate);
    html(h, "<article class='card best' itemscope "
            "itemtype='https://schema.org/ExchangeRateSpecification'>"
            "<meta itemprop='currency' content='");
    html_text(h, tariff->send->code);
    html(h,
         "'><span hidden itemprop='currentExchangeRate' itemscope "
         "itemtype='https://schema.org/UnitPriceSpecification'><meta itemprop='price' content='");
    html_text(h, rate);
    html(h, "'><meta itemprop='priceCurrency' content='");
    html_text(h, tariff->receive->code);
    html(h, "'></span>");
}

static void who(struct html *h, const struct market_offer *offer)
{
    const struct market_operator *firm = offer->firm;

    html(h, "<header><h3><bdi>");
    html_text(h, firm->name);
    html(h, "</bdi></h3><p class='type'>");
    say(h, words_firm(firm->type));
    html(h, "</p>");
    if (firm->demonstration) {
        html(h, "<p class='mark'>");
        say(h, "not real");
        html(h, "</p>");
    }
    html(h, "</header><div class='figures'>");
}

static void ways(struct html *h, const struct market_offer *offer)
{
    html(h, "</div>");
    offer_ways(h, &offer->service);
}

void offer_card(struct html *h, struct offer_texts *texts, const struct comparison *comparison,
                const struct comparison_offer *offer)
{
    struct offer_text *text = offer_text_of(texts, h->language, comparison->market, offer->offer);
    enum basis basis = comparison->ask.basis;

    if (offer->rank == 1)
        best_open(h, offer);
    else
        html(h, "<article class='card'>");
    offer_text(h, text, OFFER_PART_WHO, who, offer->offer);
    headline(h, offer, basis);
    cost_line(h, offer, basis);
    behind(h, offer, basis);
    offer_text(h, text, OFFER_PART_WAYS, ways, offer->offer);
    first_transfer(h, comparison, offer);
    offer_details(h, text, comparison, offer);
    html(h, "</article>");
}
