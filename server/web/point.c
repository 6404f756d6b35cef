/* The amount that a page's costs are for, said where they stand, and the way to the other one. */
#include "server/web/point.h"

#include "server/web/say.h"

#include <stdio.h>

void point_begin(struct html *h, const struct observatory_ask *ask, struct observatory_ask *other)
{
    *other = *ask;
    other->price_point = ask->price_point == 200 ? 500 : 200;
    html(h, "<p class='note'>");
    say_with(h, "For a transfer of {amount} US dollars.", SAY_NUMBER("amount", ask->price_point));
    html(h, " <a class='screen' href='");
}

void point_end(struct html *h, const struct observatory_ask *other)
{
    html(h, "'>");
    say_with(h, "Show it for {amount} US dollars", SAY_NUMBER("amount", other->price_point));
    html(h, "</a></p>\n");
}

static void hidden(struct html *h, const char *name, const char *value)
{
    html(h, "<input type='hidden' name='");
    html_text(h, name);
    html(h, "' value='");
    html_text(h, value);
    html(h, "'>\n");
}

void point_hidden(struct html *h, const struct observatory_ask *ask)
{
    char as_of[INSTANT_TEXT_MAX];
    char exclude[3 * OBSERVATORY_EXCLUDE_MAX + 1] = "";

    if (ask->as_of != INSTANT_NEVER) {
        (void)instant_print(as_of, sizeof(as_of), ask->as_of);
        hidden(h, "as_of", as_of);
    }
    if (ask->price_point != 200)
        hidden(h, "price_point", "500");
    for (size_t i = 0; i < ask->exclude_count; i++)
        (void)snprintf(exclude + strlen(exclude), sizeof(exclude) - strlen(exclude), "%s%s",
                       i == 0 ? "" : ",", ask->exclude[i]->iso2);
    if (exclude[0] != '\0')
        hidden(h, "exclude", exclude);
}

void point_provisional(struct html *h, bool provisional)
{
    if (!provisional)
        return;
    html(h, "<p class='note'>");
    say(h, "This quarter is not over: its figures still change.");
    html(h, "</p>\n");
}
