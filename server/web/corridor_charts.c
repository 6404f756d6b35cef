/* What the comparison found, as pictures; the figures themselves are compare()'s. */
#include "server/web/corridor_charts.h"

#include "server/history.h"
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
    say(h, "What each offer costs, in percent of what you pay");
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
        values[i] = comparison->offers[i]->cost.cost_share_pct; /* as its card says it */
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
    chart_dots_explain(h);
    html(h, "</p>\n");
    chart_dots(h, &(struct chart_dots){.chart = {"spread", offers_title, offers_desc, &spread},
                                       .values = values,
                                       .count = count,
                                       .marks = GOALS,
                                       .mark_count = COUNT_OF(GOALS)});
    html(h, "</section>\n");
}

/* ---- History ---- */

static void history_title(struct html *h, const void *view)
{
    (void)view;
    say(h, "What it costs to send 200 US dollars, over time");
}

/* Of the first and last average that are known. */
static void history_desc(struct html *h, const void *view)
{
    const struct history *history = view;
    size_t first = 0;
    size_t last = history->count - 1;

    while (first < last && history->average_pct[first] == MARKET_PCT_NONE)
        first++;
    while (last > first && history->average_pct[last] == MARKET_PCT_NONE)
        last--;
    if (history->average_pct[first] == MARKET_PCT_NONE)
        return;
    say_with(
        h,
        "The average was {before} ({beginning}) and is {now} ({end}). The dotted lines are the "
        "goals of 3% and 5%.",
        SAY_PERCENT("before", history->average_pct[first], 2),
        SAY_PERIOD("beginning", history->periods[first]),
        SAY_PERCENT("now", history->average_pct[last], 2),
        SAY_PERIOD("end", history->periods[last]));
}

void corridor_charts_history(struct html *h, const char *corridor)
{
    struct histories *histories = histories_hold();
    struct history history;

    if (histories == NULL)
        return;
    if (histories_find(histories, corridor, &history) && history.count >= 2) {
        const struct chart_series series[] = {
            {"average", message(h->language, "Average"), history.average_pct},
            {"smart", message(h->language, "The three cheapest good services (SmaRT)"),
             history.smart_pct},
            {"best", message(h->language, "The cheapest"), history.best_pct},
        };

        html(h, "<section aria-labelledby='moved'>\n<h2 id='moved'>");
        say(h, "How prices moved");
        html(h, "</h2>\n<p>");
        history_desc(h, &history);
        html(h, "</p>\n");
        chart_lines(h, &(struct chart_lines){
                           .chart = {"history", history_title, history_desc, &history},
                           .periods = history.periods,
                           .count = history.count,
                           .series = series,
                           .series_count = COUNT_OF(series),
                           .marks = GOALS,
                           .mark_count = COUNT_OF(GOALS),
                       });
        html(h, "</section>\n");
    }
    histories_release(histories);
}

bool corridor_charts_history_invented(const char *corridor)
{
    struct histories *histories = histories_hold();
    struct history history;
    bool invented;

    if (histories == NULL)
        return false;
    invented = histories_find(histories, corridor, &history) && history.count >= 2 &&
               history.demonstration;
    histories_release(histories);
    return invented;
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
    const struct comparison_offer *offer = view;
    const struct currency *send = offer->offer->tariff->send;

    say_with(h, "Of {paid}, {cost} goes on fees and the exchange rate.",
             SAY_MONEY_SHORT("paid", offer->cost.pays, send),
             SAY_MONEY("cost", offer->cost.total_cost, send));
}

void corridor_charts_cost(struct html *h, const struct comparison_offer *offer)
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

    chart_stack(h, &(struct chart_stack){.title = cost_title,
                                         .view = offer,
                                         .parts = parts,
                                         .count = receiving == 0 ? 3 : 4,
                                         .currency = tariff->send});
}
