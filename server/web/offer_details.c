/* Where an offer's money goes, line by line, so that a reader can recompute the headline. */
#include "server/web/corridor_charts.h"
#include "server/web/offer.h"
#include "server/web/say.h"
#include "server/web/words.h"

#include <corridor/instant.h>

#include <stdio.h>

/* A term and what it is; the value follows, then row_end. */
static void row(struct html *h, const char *term)
{
    html(h, "<div><dt>");
    say(h, term);
    html(h, "</dt><dd>");
}

static void row_end(struct html *h)
{
    html(h, "</dd></div>\n");
}

static void money_row(struct html *h, const char *term, int64_t minor,
                      const struct currency *currency)
{
    row(h, term);
    html_money(h, minor, currency);
    row_end(h);
}

/* "1 € = 652.12 F CFA". */
static void rate(struct html *h, struct rate rate, const struct tariff *tariff)
{
    int64_t one = 1;

    for (unsigned i = 0; i < tariff->send->exponent; i++)
        one *= 10;
    html(h, "<bdi>");
    html_money_short(h, one, tariff->send);
    html(h, " = ");
    html_rate(h, rate, tariff->receive);
    html(h, "</bdi>");
}

static void price(struct html *h, const struct cost *cost, const struct tariff *tariff)
{
    html(h, "<dl class='sum'>\n");
    money_row(h, MESSAGE("You pay"), cost->pays, tariff->send);
    money_row(h, MESSAGE("Fee"), cost->fee, tariff->send);
    if (cost->tax != 0)
        money_row(h, MESSAGE("Tax"), cost->tax, tariff->send);
    money_row(h, MESSAGE("Amount that is changed"), cost->principal, tariff->send);
    row(h, MESSAGE("Their rate"));
    rate(h, cost->rate, tariff);
    row_end(h);
    if (cost->receive_fee != 0)
        money_row(h, MESSAGE("Fee on the receiving side"), cost->receive_fee, tariff->receive);
    money_row(h, MESSAGE("What arrives"), cost->receives, tariff->receive);
    html(h, "</dl>\n");
}

/* Sources are cited as they name themselves, in English; "peg: " marks a rate fixed by law. */
static void source(struct html *h, const struct market_reference *reference)
{
    static const char PEG[] = "peg: ";
    const char *name = reference->source;

    html(h, " <small>");
    if (strncmp(name, PEG, sizeof(PEG) - 1) == 0) {
        say(h, "fixed rate");
        html_comma(h);
        name += sizeof(PEG) - 1;
    }
    html(h, "<bdi lang='en'>");
    html_text(h, name);
    html(h, "</bdi>");
    html_comma(h);
    html_day(h, reference->day);
    html(h, "</small>");
}

static void true_cost(struct html *h, const struct comparison_offer *offer)
{
    const struct cost *cost = &offer->cost;
    const struct tariff *tariff = offer->offer->tariff;
    const struct market_reference *reference = offer->offer->reference;
    char id[24];

    snprintf(id, sizeof(id), "cost-%u", offer->rank);
    corridor_charts_cost(h, id, offer);
    html(h, "<dl class='sum'>\n");
    row(h, MESSAGE("Reference rate"));
    rate(h, cost->reference, tariff);
    if (reference != NULL)
        source(h, reference);
    row_end(h);
    row(h, MESSAGE("Margin on the rate"));
    html_percent(h, cost->margin_pct, 2);
    row_end(h);
    money_row(h, MESSAGE("Total cost"), cost->total_cost, tariff->send);
    row(h, MESSAGE("Share of what you pay"));
    html_percent(h, cost->cost_share_pct, 2);
    row_end(h);
    row(h, MESSAGE("Share of the amount that is changed"));
    html_percent(h, cost->total_cost_pct, 2);
    row_end(h);
    html(h, "</dl>\n<p class='note'>");
    say(h,
        "The reference rate is the one banks use between themselves. The margin is how far their "
        "rate lies under it: a cost that no fee shows. The last line is how the World Bank "
        "counts.");
    html(h, "</p>\n");
}

static void limits(struct html *h, const struct tariff *tariff)
{
    row(h, MESSAGE("Limits of one transfer"));
    if (tariff->min > 0 && tariff->max != TARIFF_NO_LIMIT)
        say_with(h, "from {least} to {most}", SAY_MONEY_SHORT("least", tariff->min, tariff->send),
                 SAY_MONEY_SHORT("most", tariff->max, tariff->send));
    else if (tariff->max != TARIFF_NO_LIMIT)
        say_with(h, "up to {most}", SAY_MONEY_SHORT("most", tariff->max, tariff->send));
    else if (tariff->min > 0)
        say_with(h, "from {least}", SAY_MONEY_SHORT("least", tariff->min, tariff->send));
    else
        say(h, "none told");
    row_end(h);
}

static void places(struct html *h, const struct market_service *service)
{
    row(h, MESSAGE("Where it is collected"));
    say(h, words_coverage(service->coverage));
    if (service->pickup_points > 0) {
        html_comma(h);
        say_n(h, (uint64_t)service->pickup_points, "{n} place", "{n} places");
    }
    row_end(h);
}

static void provenance(struct html *h, const struct comparison *comparison,
                       const struct market_offer *offer)
{
    row(h, MESSAGE("Price found"));
    words_age(h, comparison_age(comparison, offer));
    html(h, " <small>");
    html_day(h, instant_day(offer->collected_at));
    html(h, "</small>");
    row_end(h);
    row(h, MESSAGE("Valid until"));
    if (offer->valid_until == INSTANT_NEVER)
        say(h, "no end told");
    else
        html_day(h, instant_day(offer->valid_until));
    row_end(h);
    row(h, MESSAGE("Source"));
    if (strcmp(offer->source, "demonstration") == 0)
        say(h, "invented, for the demonstration");
    else if (strcmp(offer->source, "feed") == 0)
        say(h, "told by the company itself");
    else
        html_text(h, offer->source);
    if (offer->is_new) {
        html(h, " <small>");
        say(h, "first price of this service; too few others to compare it with");
        html(h, "</small>");
    }
    row_end(h);
    row(h, MESSAGE("Quote number"));
    html(h, "q");
    html_int(h, offer->quote);
    row_end(h);
}

void offer_details(struct html *h, const struct comparison *comparison,
                   const struct comparison_offer *offer)
{
    html(h, "<div class='details'>\n<div>\n<h4>");
    say(h, "The sum");
    html(h, "</h4>\n");
    price(h, &offer->cost, offer->offer->tariff);
    html(h, "</div>\n<div class='real'>\n<h4>");
    say(h, "The real cost");
    html(h, "</h4>\n");
    true_cost(h, offer);
    html(h, "</div>\n<div>\n<h4>");
    say(h, "Good to know");
    html(h, "</h4>\n<dl class='sum'>\n");
    limits(h, offer->offer->tariff);
    places(h, &offer->offer->service);
    provenance(h, comparison, offer->offer);
    html(h, "</dl>\n</div>\n</div>\n");
}
