/* The observatory's list of corridors, page by page. */
#include "server/web/say.h"
#include "server/web/world.h"

/* False where nobody told how much money is sent: nothing is known of what is lost then. */
static bool flows_known(const struct world *world)
{
    return world_cell(world, WORLD_FLOWS_YEAR).at != NULL;
}

static void sort_links(struct html *h, const struct world *world)
{
    static const struct {
        enum observatory_sort sort;
        const char *label;
    } SORTS[] = {
        {OBSERVATORY_SORT_AVERAGE, MESSAGE("The most expensive first")},
        {OBSERVATORY_SORT_AT_STAKE, MESSAGE("Most money lost first")},
        {OBSERVATORY_SORT_CHANGE, MESSAGE("The largest rise first")},
    };

    html(h, "<p class='ways-on'>");
    for (size_t i = 0; i < COUNT_OF(SORTS); i++) {
        if (SORTS[i].sort == OBSERVATORY_SORT_AT_STAKE && !flows_known(world))
            continue;
        if (SORTS[i].sort == world->ask->sort) {
            html(h, "<strong>");
            say(h, SORTS[i].label);
            html(h, "</strong>");
            continue;
        }
        html(h, "<a href='");
        world_address(h, world, observatory_sort_code(SORTS[i].sort), 1, world->senders);
        html(h, "#corridors'>");
        say(h, SORTS[i].label);
        html(h, "</a>");
    }
    html(h, "</p>\n");
}

/* `rest` is what a report's address carries on of the question. */
static void corridor_row(struct html *h, const struct world *world, size_t row, const char *rest)
{
    const struct observatory_table *table = &world->found->corridors;
    struct span id = observatory_cell(table, row, LISTED_CORRIDOR);
    const struct country *from;
    const struct country *to;

    if (id.at == NULL || !corridor_parse(id, &from, &to))
        return;
    html(h, "<tr>\n<th scope='row'><a href='reports/");
    html_span(h, id);
    html(h, "?period=");
    html_text(h, world->found->period);
    html_text(h, rest);
    html(h, "'>");
    html_country(h, from);
    html_arrow(h);
    html_country(h, to);
    html(h, "</a> <small>");
    say_n(h, (uint64_t)world_count_of(observatory_cell(table, row, LISTED_SERVICES)), "{n} service",
          "{n} services");
    if (observatory_true(table, row, LISTED_THIN)) {
        html_comma(h);
        say(h, "too few to say much");
    }
    html(h, "</small></th>\n<td>");
    world_percent_or_dash(h, world_percent_of(observatory_cell(table, row, LISTED_AVERAGE)), 2);
    html(h, "</td>\n<td>");
    world_percent_or_dash(h, world_percent_of(observatory_cell(table, row, LISTED_SMART)), 2);
    html(h, "</td>\n<td>");
    world_change(h, world_percent_of(observatory_cell(table, row, LISTED_QUARTER_CHANGE)));
    if (flows_known(world)) {
        html(h, "</td>\n<td>");
        world_dollars(h, observatory_cell(table, row, LISTED_AT_STAKE));
    }
    html(h, "</td>\n</tr>\n");
}

/* True when a row of the page has a dash. */
static bool any_dash(const struct world *world)
{
    static const int columns[] = {LISTED_AVERAGE, LISTED_SMART, LISTED_QUARTER_CHANGE,
                                  LISTED_AT_STAKE};
    const struct observatory_table *table = &world->found->corridors;

    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < COUNT_OF(columns); i++) {
            if (observatory_cell(table, row, (size_t)columns[i]).at == NULL &&
                (columns[i] != LISTED_AT_STAKE || flows_known(world)))
                return true;
        }
    }
    return false;
}

static void pages(struct html *h, const struct world *world, int64_t total)
{
    unsigned page = world->ask->page;
    bool more = (int64_t)page * WORLD_ROWS_A_PAGE < total;

    if (page == 1 && !more)
        return;
    html(h, "<p class='ways-on'>");
    if (page > 1) {
        html(h, "<a rel='prev' href='");
        world_address(h, world, observatory_sort_code(world->ask->sort), page - 1, world->senders);
        html(h, "#corridors'>");
        say(h, "Back");
        html(h, "</a> ");
    }
    if (more) {
        html(h, "<a rel='next' href='");
        world_address(h, world, observatory_sort_code(world->ask->sort), page + 1, world->senders);
        html(h, "#corridors'>");
        say(h, "More corridors");
        html(h, "</a>");
    }
    html(h, "</p>\n");
}

void world_corridors(struct html *h, const struct world *world)
{
    const struct observatory_table *table = &world->found->corridors;
    int64_t total = table->rows == 0 ? 0 : world_count_of(observatory_cell(table, 0, LISTED_TOTAL));
    char rest[OBSERVATORY_QUERY_MAX];

    if (total == 0)
        return;
    observatory_ask_print(rest, &(struct observatory_ask){.as_of = world->ask->as_of,
                                                          .price_point = world->ask->price_point});
    html(h, "<section>\n<h2 id='corridors'>");
    say_n(h, (uint64_t)total, "{n} corridor", "{n} corridors");
    html(h, "</h2>\n");
    sort_links(h, world);
    html(h, "<section class='wide' tabindex='0' aria-labelledby='corridors'>\n"
            "<table class='prices'>\n<thead>\n<tr>\n<th scope='col'>");
    say(h, "Corridor");
    html(h, "</th>\n<th scope='col'>");
    say(h, "Average cost");
    html(h, "</th>\n<th scope='col'>SmaRT</th>\n<th scope='col'>");
    say(h, "Change in a quarter");
    html(h, " <small>");
    say(h, "percentage points");
    html(h, "</small>");
    if (flows_known(world)) {
        html(h, "</th>\n<th scope='col'>");
        say(h, "Lost in a year");
    }
    html(h, "</th>\n</tr>\n</thead>\n<tbody>\n");
    for (size_t i = 0; i < table->rows; i++)
        corridor_row(h, world, i, rest);
    html(h, "</tbody>\n</table>\n</section>\n");
    if (any_dash(world)) {
        html(h, "<p class='note'>");
        say(h, "A dash (–) means not known. SmaRT needs three good services, a change needs the "
               "quarter before, and what is lost needs the sum that is sent in a year.");
        html(h, "</p>\n");
    }
    pages(h, world, total);
    html(h, "</section>\n");
}
