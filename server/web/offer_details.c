/* Where an offer's money goes, line by line, so that a reader can recompute the headline. */
#include "server/web/corridor_charts.h"
#include "server/web/offer.h"
#include "server/web/pegs.h"
#include "server/web/say.h"
#include "server/web/words.h"

#include <corridor/instant.h>

/* Said of every offer, and explained once. */
static const char THE_WORDS[] = MESSAGE("What the words mean");
static const char REFERENCE_RATE[] = MESSAGE("Reference rate");
static const char MARGIN[] = MESSAGE("Margin on the rate");
static const char INVENTED[] = MESSAGE("invented, for the demonstration");
static const char SHARE_OF_PRINCIPAL[] = MESSAGE("Share of the amount that is exchanged");

/* A term and what it is; the value follows, then row_end. */
static void row(struct html *h, const char *term)
{
    html(h, "<div><dt>");
    say(h, term);
    html(h, "</dt><dd>");
}

static void row_end(struct html *h)
{
    html(h, "</dd></div>");
}

/* A figure that is alone in its row has nothing to be kept apart from: no <bdi>. */
static void money_row(struct html *h, const char *term, int64_t minor,
                      const struct currency *currency)
{
    row(h, term);
    format_money(h->out, language_format(h->language), minor, currency);
    row_end(h);
}

static void percent_row(struct html *h, const char *term, int64_t percent)
{
    row(h, term);
    format_percent(h->out, language_format(h->language), percent, 2);
    row_end(h);
}

/* "1 € = 652.12 F CFA". */
static void rate(struct html *h, struct rate rate, const struct currency *send,
                 const struct currency *receive)
{
    html_money_short(h, (int64_t)decimal_powers[send->exponent], send);
    html(h, " = ");
    html_rate(h, rate, receive);
}

static void price(struct html *h, const struct cost *cost, const struct tariff *tariff)
{
    html(h, "<dl class='sum'>");
    money_row(h, MESSAGE("You pay"), cost->pays, tariff->send);
    money_row(h, MESSAGE("Fee"), cost->fee, tariff->send);
    if (cost->tax != 0)
        money_row(h, MESSAGE("Tax"), cost->tax, tariff->send);
    money_row(h, MESSAGE("Amount that is exchanged"), cost->principal, tariff->send);
    row(h, MESSAGE("Their rate"));
    rate(h, cost->rate, tariff->send, tariff->receive);
    row_end(h);
    if (cost->receive_fee != 0)
        money_row(h, MESSAGE("Fee on the receiving side"), cost->receive_fee, tariff->receive);
    money_row(h, MESSAGE("What arrives"), cost->receives, tariff->receive);
    html(h, "</dl>");
}

/* The one word of the card that few know is explained where it stands. */
static void margin(struct html *h, int64_t percent)
{
    row(h, MARGIN);
    format_percent(h->out, language_format(h->language), percent, 2);
    if (percent != 0) {
        html(h, "</dd><dd class='why'>");
        say(h, percent > 0 ? MESSAGE("Their rate is this much lower: a cost that no fee shows.")
                           : MESSAGE("Their rate is better than the reference rate."));
    }
    row_end(h);
}

static void reference_rate(struct html *h, const struct market_offer *offer)
{
    html(h, "<dl class='sum'>");
    row(h, REFERENCE_RATE);
    rate(h, offer->reference->rate, offer->tariff->send, offer->tariff->receive);
    row_end(h);
}

static void true_cost(struct html *h, struct offer_text *text, const struct comparison_offer *offer)
{
    const struct cost *cost = &offer->cost;
    const struct tariff *tariff = offer->offer->tariff;

    corridor_charts_cost(h, offer);
    offer_text(h, text, OFFER_PART_REFERENCE, reference_rate, offer->offer);
    margin(h, cost->margin_pct);
    money_row(h, MESSAGE("Total cost"), cost->total_cost, tariff->send);
    percent_row(h, MESSAGE("Share of what you pay"), cost->cost_share_pct);
    percent_row(h, SHARE_OF_PRINCIPAL, cost->total_cost_pct);
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

/* After how long ago the price was found. */
static void provenance(struct html *h, const struct market_offer *offer)
{
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
        say(h, INVENTED);
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

static void opens(struct html *h, const struct market_offer *offer)
{
    html(h, "<details><summary>");
    say(h, "Details");
    html(h, "<span class='hidden'> – <bdi>");
    html_text(h, offer->firm->name);
    html(h, "</bdi></span></summary><div class='details'><div><h4>");
    say(h, "The sum");
    html(h, "</h4>");
}

static void good_to_know(struct html *h, const struct market_offer *offer)
{
    html(h, "</dl><p class='note'><a href='#words'>");
    say(h, THE_WORDS);
    html(h, "</a></p></div><div><h4>");
    say(h, "Good to know");
    html(h, "</h4><dl class='sum'>");
    row(h, MESSAGE("Company"));
    html(h, "<a href='operators/");
    html_url(h, span_of(offer->firm->id));
    html(h, "'><bdi>");
    html_text(h, offer->firm->name);
    html(h, "</bdi></a>");
    row_end(h);
    limits(h, offer->tariff);
    places(h, &offer->service);
    row(h, MESSAGE("Price found"));
}

void offer_details(struct html *h, struct offer_text *text, const struct comparison *comparison,
                   const struct comparison_offer *offer)
{
    offer_text(h, text, OFFER_PART_OPENS, opens, offer->offer);
    price(h, &offer->cost, offer->offer->tariff);
    html(h, "</div><div class='real'><h4>");
    say(h, "The real cost");
    html(h, "</h4>");
    true_cost(h, text, offer);
    offer_text(h, text, OFFER_PART_KNOW, good_to_know, offer->offer);
    words_age(h, comparison_age(comparison, offer->offer));
    offer_text(h, text, OFFER_PART_SOURCE, provenance, offer->offer);
    html(h, "</dl></div></div></details>");
}

/* ---- What is the same for every offer ---- */

/* "peg: " marks a rate fixed by law; any other source is cited as it names itself, in English. */
static void source(struct html *h, const struct market_reference *reference)
{
    static const char PEG[] = "peg: ";
    const char *name = reference->source;
    bool fixed = strncmp(name, PEG, sizeof(PEG) - 1) == 0;
    const char *keeper;

    html(h, " <small>");
    if (fixed)
        name += sizeof(PEG) - 1;
    keeper = fixed ? pegs_source(name) : NULL;
    if (keeper != NULL) {
        /* Translators: the day is the one that the rate is of. */
        say_with(h, "fixed rate ({source}), on {day}",
                 SAY_TEXT("source", message(h->language, keeper)), SAY_DAY("day", reference->day));
    } else {
        if (strcmp(name, "demonstration") == 0) {
            say(h, INVENTED);
        } else {
            html(h, "<bdi lang='en'>");
            html_text(h, name);
            html(h, "</bdi>");
        }
        html_comma(h);
        html_day(h, reference->day);
    }
    html(h, "</small>");
}

static bool measured_by(const struct comparison *comparison,
                        const struct market_reference *reference)
{
    for (size_t i = 0; i < comparison->offer_count; i++) {
        if (comparison->offers[i]->offer->reference == reference)
            return true;
    }
    return false;
}

void offer_words(struct html *h, const struct comparison *comparison)
{
    const struct market *market = comparison->market;

    if (comparison->offer_count == 0)
        return;
    html(h, "<section class='words' id='words' aria-labelledby='words-title'>\n"
            "<h2 id='words-title'>");
    say(h, THE_WORDS);
    html(h, "</h2>\n<dl>\n<dt>");
    say(h, REFERENCE_RATE);
    html(h, "</dt>\n<dd>");
    say(h, "The rate that banks use between themselves, or that a law fixes.");
    html(h, "</dd>\n");
    for (size_t i = 0; i < market->reference_count; i++) {
        const struct market_reference *reference = &market->references[i];

        if (!measured_by(comparison, reference))
            continue;
        html(h, "<dd>");
        rate(h, reference->rate, reference->send, reference->receive);
        source(h, reference);
        html(h, "</dd>\n");
    }
    html(h, "<dt>");
    say(h, MARGIN);
    html(h, "</dt>\n<dd>");
    say(h, "How far a company’s rate is below the reference rate: a cost that no fee shows.");
    html(h, "</dd>\n<dt>");
    say(h, SHARE_OF_PRINCIPAL);
    html(h, "</dt>\n<dd>");
    say(h, "The cost divided by the amount that is exchanged, as the World Bank counts it.");
    html(h, "</dd>\n</dl>\n</section>\n");
}
