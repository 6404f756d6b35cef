/* What the comparison found, as pictures; the figures themselves are compare()'s. */
#include "server/web/corridor_charts.h"

#include "server/web/chart.h"
#include "server/web/say.h"

static const struct chart_mark GOALS[] = {{3 * PERCENT_ONE, NULL}, {5 * PERCENT_ONE, NULL}};

/* ---- All offers ---- */

struct spread {
    const struct comparison *comparison;
    int64_t least;
    int64_t most;
};

static void offers_title(struct html *h, const void *view)
{
    (void)view;
    say(h, "What each offer costs, in percent");
}

static void offers_desc(struct html *h, const void *view)
{
    const struct spread *spread = view;

    say_n_with(h, spread->comparison->offer_count, "{n} offer, from {least} to {most}.",
               "{n} offers, from {least} to {most}.", SAY_PERCENT("least", spread->least, 1),
               SAY_PERCENT("most", spread->most, 1));
}

void corridor_charts_offers(struct html *h, const struct comparison *comparison)
{
    int64_t values[CHART_POINTS_MAX];
    struct spread spread = {comparison, INT64_MAX, INT64_MIN};
    size_t count =
        comparison->offer_count < COUNT_OF(values) ? comparison->offer_count : COUNT_OF(values);

    if (count < 3)
        return;
    for (size_t i = 0; i < count; i++) {
        values[i] = comparison->offers[i]->cost.total_cost_pct;
        if (values[i] < spread.least)
            spread.least = values[i];
        if (values[i] > spread.most)
            spread.most = values[i];
    }
    html(h, "<section aria-labelledby='spread-heading'>\n<h2 id='spread-heading'>");
    offers_title(h, &spread);
    html(h, "</h2>\n<p>");
    offers_desc(h, &spread);
    html(h, " ");
    say(h, "Each dot is an offer, the green one the best. The red lines are the goal of all "
           "countries, 3%, and the most it should be anywhere, 5%.");
    html(h, "</p>\n");
    chart_dots(h, &(struct chart_dots){.chart = {"spread", offers_title, offers_desc, &spread},
                                       .values = values,
                                       .count = count,
                                       .marks = GOALS,
                                       .mark_count = COUNT_OF(GOALS)});
    html(h, "</section>\n");
}

/* ---- One offer ---- */

/* A fee in the receiving currency as it weighs on the sending side, at the reference rate. */
static int64_t sent_worth(int64_t receive_fee, struct rate reference, const struct tariff *tariff)
{
    int128 above = (int128)receive_fee;
    int128 below = (int128)reference.units;

    if (receive_fee == 0 || reference.units == 0)
        return 0;
    for (unsigned i = 0; i < RATE_SCALE + tariff->send->exponent; i++)
        above *= 10;
    for (unsigned i = 0; i < tariff->receive->exponent; i++)
        below *= 10;
    return (int64_t)((above + below / 2) / below);
}

static void cost_title(struct html *h, const void *view)
{
    (void)view;
    say(h, "Where the money goes");
}

static void cost_desc(struct html *h, const void *view)
{
    const struct comparison_offer *offer = view;
    const struct currency *send = offer->offer->tariff->send;

    say_with(h, "Of {paid}, {cost} goes in fees and rate.",
             SAY_MONEY_SHORT("paid", offer->cost.pays, send),
             SAY_MONEY("cost", offer->cost.total_cost, send));
}

void corridor_charts_cost(struct html *h, const char *id, const struct comparison_offer *offer)
{
    const struct cost *cost = &offer->cost;
    const struct tariff *tariff = offer->offer->tariff;
    int64_t receiving = sent_worth(cost->receive_fee, cost->reference, tariff);
    struct chart_part parts[4] = {
        {"kept", message(h->language, "what arrives"), cost->pays - cost->total_cost},
        {"fee", message(h->language, "fee"), cost->fee + cost->tax},
        {"rate", message(h->language, "rate"),
         cost->total_cost - cost->fee - cost->tax - receiving},
        {"receiving", message(h->language, "fee on the receiving side"), receiving},
    };

    chart_stack(h, &(struct chart_stack){.chart = {id, cost_title, cost_desc, offer},
                                         .parts = parts,
                                         .count = receiving == 0 ? 3 : 4,
                                         .currency = tariff->send});
}
