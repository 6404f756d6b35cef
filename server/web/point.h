/* The amount and the time that published costs are for: 200 or 500 US dollars (SDG 10.c counts with
 * 200), a quarter that is over or still runs. */
#ifndef CORRIDOR_WEB_POINT_H
#define CORRIDOR_WEB_POINT_H

#include "server/observatory_ask.h"
#include "server/web/html.h"

/* Says it, and begins the link to the same page for the other amount: the address follows, which
 * asks what `other` holds, and point_end. */
void point_begin(struct html *h, const struct observatory_ask *ask, struct observatory_ask *other);
void point_end(struct html *h, const struct observatory_ask *other);

/* What was asked for of as_of, price_point and exclude, within a form, so that another quarter is
 * asked for in the same way. */
void point_hidden(struct html *h, const struct observatory_ask *ask);

/* Says that the figures of a quarter that runs still change; nothing of one that is over. */
void point_provisional(struct html *h, bool provisional);

#endif
