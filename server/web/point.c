/* The amount that a page's costs are for, said where they stand, and the way to the other one. */
#include "server/web/point.h"

#include "server/web/say.h"

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

void point_provisional(struct html *h, bool provisional)
{
    if (!provisional)
        return;
    html(h, "<p class='note'>");
    say(h, "This quarter is not over: its figures still change.");
    html(h, "</p>\n");
}
