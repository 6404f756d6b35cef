/* The observatory's figures as a page writes them. */
#include "server/web/world.h"

#include <stdio.h>
#include <stdlib.h>

struct span world_cell(const struct world *world, size_t column)
{
    return world->found->world.rows == 0 ? (struct span){NULL, 0}
                                         : observatory_cell(&world->found->world, 0, column);
}

int64_t world_percent_of(struct span text)
{
    int64_t percent;

    return text.at != NULL && percent_parse(&percent, text) ? percent : CHART_NONE;
}

int64_t world_count_of(struct span text)
{
    return text.at == NULL ? 0 : strtoll(text.at, NULL, 10);
}

void world_percent_or_dash(struct html *h, int64_t percent, unsigned decimals)
{
    if (percent == CHART_NONE)
        html(h, "–");
    else
        html_percent(h, percent, decimals);
}

/* Percentage points, with their sign. One that is negative is the language's own; a plus is put
 * where it puts its minus: before the digits as they are read, which in Arabic is a matter of
 * direction. */
void world_change(struct html *h, int64_t points)
{
    int64_t size = points == CHART_NONE ? 0 : points < 0 ? -points : points;
    int64_t hundredths = (size + PERCENT_ONE / 200) / (PERCENT_ONE / 100);
    char plain[32];

    if (points == CHART_NONE) {
        html(h, "–");
        return;
    }
    (void)snprintf(plain, sizeof(plain), "%s%lld.%02lld", points < 0 && hundredths > 0 ? "-" : "",
                   (long long)hundredths / 100, (long long)hundredths % 100);
    html(h, "<bdi>");
    if (hundredths > 0 && points > 0 && language_right_to_left(h->language))
        html(h, "\u061c+");
    else if (hundredths > 0 && points > 0)
        html(h, "+");
    html_decimal(h, span_of(plain));
    html(h, "</bdi>");
}

void world_dollars(struct html *h, struct span text)
{
    const struct currency *usd = currency_find(span_of("USD"));

    if (text.at == NULL)
        html(h, "–");
    else
        html_money_short(h, world_count_of(text) * 100, usd);
}

void world_address(struct html *h, const struct world *world, const char *sort, unsigned page,
                   bool senders)
{
    html(h, "observatory?period=");
    html_text(h, world->found->period);
    html(h, "&amp;sort=");
    html_text(h, sort);
    if (page > 1) {
        html(h, "&amp;page=");
        html_int(h, page);
    }
    if (senders)
        html(h, "&amp;map=sender");
    if (world->ask->receiving_region[0] != '\0') {
        html(h, "&amp;region=");
        html_text(h, world->ask->receiving_region);
    }
    if (world->ask->sending_region[0] != '\0') {
        html(h, "&amp;sending_region=");
        html_text(h, world->ask->sending_region);
    }
    world_rest(h, world);
}

void world_rest(struct html *h, const struct world *world)
{
    char query[OBSERVATORY_QUERY_MAX];

    observatory_ask_print(query, world->ask);
    html_text(h, query);
}

void world_as_of(struct html *h, const struct world *world)
{
    char query[OBSERVATORY_QUERY_MAX];

    observatory_ask_print(
        query, &(struct observatory_ask){.as_of = world->ask->as_of, .price_point = 200});
    html_text(h, query);
}
