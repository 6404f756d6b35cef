/* Lists of corridors. Nobody counts visitors here, so "most used" is where most services compete.
 */
#include "server/web/corridors.h"

#include "server/web/say.h"

#define SHOWN_MAX 12

static bool leads_on(const struct market *market, const struct country *from,
                     const struct country *to, const char *but)
{
    return (but == NULL || strcmp(market->id, but) != 0) &&
           (from == NULL || market->from == from) && (to == NULL || market->to == to) &&
           market->figures.services > 0;
}

/* The SHOWN_MAX with most services, most first; ids decide between equals. Returns the count. */
static size_t choose(const struct market *chosen[SHOWN_MAX], const struct market_table *markets,
                     const struct country *from, const struct country *to, const char *but)
{
    size_t total;
    const struct market *const *all = market_table_all(markets, &total);
    size_t count = 0;

    for (size_t i = 0; i < total; i++) {
        size_t at = count;

        if (!leads_on(all[i], from, to, but))
            continue;
        while (at > 0 && chosen[at - 1]->figures.services < all[i]->figures.services)
            at--;
        if (at == SHOWN_MAX)
            continue;
        if (count < SHOWN_MAX)
            count++;
        memmove(&chosen[at + 1], &chosen[at], (count - at - 1) * sizeof(*chosen));
        chosen[at] = all[i];
    }
    return count;
}

void corridors_section(struct html *h, const struct market_table *markets,
                       const struct country *from, const struct country *to, const char *but)
{
    const struct market *chosen[SHOWN_MAX];
    size_t count = choose(chosen, markets, from, to, but);

    if (count == 0)
        return;
    html(h, "<section class='corridors'>\n<h2>");
    if (from != NULL)
        say_with(h, "Sending from {country}", SAY_COUNTRY("country", from));
    else
        say_with(h, "Sending to {country}", SAY_COUNTRY("country", to));
    html(h, "</h2>\n<p class='note'>");
    say(h, "The figure is the average cost of a transfer of 200 US dollars.");
    html(h, "</p>\n<ul>\n");
    for (size_t i = 0; i < count; i++) {
        const struct market_figures *figures = &chosen[i]->figures;

        html(h, "<li><a href='/");
        html_text(h, language_code(h->language));
        html(h, "/");
        html_text(h, chosen[i]->id);
        html(h, "'><span>");
        html_country(h, from != NULL ? chosen[i]->to : chosen[i]->from);
        html(h, "</span>");
        if (figures->average_pct != MARKET_PCT_NONE) {
            html(h, " <small>");
            html_percent(h, figures->average_pct, 1);
            html(h, "</small>");
        }
        html(h, "</a></li>\n");
    }
    html(h, "</ul>\n</section>\n");
}

void corridors_world(struct html *h, const struct market_table *markets)
{
    size_t count;
    const struct market *const *all = market_table_all(markets, &count);
    const char *period = "";
    int64_t services = 0;
    int128 sum = 0;
    int64_t corridors = 0;
    bool invented = true; /* as in the observatory: only while nothing is real */

    for (size_t i = 0; i < count; i++) {
        const struct market_figures *figures = &all[i]->figures;

        invented = invented && (figures->average_pct == MARKET_PCT_NONE || figures->demonstration);
    }
    for (size_t i = 0; i < count; i++) {
        const struct market_figures *figures = &all[i]->figures;

        if (figures->demonstration == invented && strcmp(figures->period, period) > 0)
            period = figures->period;
    }
    for (size_t i = 0; i < count; i++) {
        const struct market_figures *figures = &all[i]->figures;

        if (figures->average_pct == MARKET_PCT_NONE || figures->demonstration != invented ||
            strcmp(figures->period, period) != 0)
            continue;
        sum += (int128)figures->average_pct * figures->services;
        services += figures->services;
        corridors++;
    }
    if (services == 0)
        return;
    html(h, "<section class='world'>\n<p>");
    say_n_with(h, (uint64_t)corridors,
               "Across {n} corridor, sending 200 US dollars costs {average} on average. The "
               "world’s goal is {goal}.",
               "Across {n} corridors, sending 200 US dollars costs {average} on average. The "
               "world’s goal is {goal}.",
               SAY_PERCENT("average", (int64_t)(sum / services), 1),
               SAY_PERCENT_SHORT("goal", 3 * PERCENT_ONE, 0));
    html(h, "</p>\n</section>\n");
}

bool corridors_invented(const struct market_table *markets)
{
    size_t count;
    const struct market *const *all = market_table_all(markets, &count);
    bool invented = false;

    for (size_t i = 0; i < count; i++)
        invented = invented || market_invented(all[i]);
    return invented;
}

const struct country *corridors_busiest(const struct market_table *markets)
{
    size_t count;
    const struct market *const *all = market_table_all(markets, &count);
    const struct country *busiest = NULL;
    size_t most = 0;
    size_t run = 0;

    for (size_t i = 0; i < count; i++) { /* in order of ids, so a sender's stand together */
        run = i > 0 && all[i]->from == all[i - 1]->from ? run + 1 : 1;
        if (run > most) {
            most = run;
            busiest = all[i]->from;
        }
    }
    return busiest;
}
