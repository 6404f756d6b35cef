/* What stands on a corridor's page beside the ranked offers. */
#ifndef CORRIDOR_WEB_OTHERS_H
#define CORRIDOR_WEB_OTHERS_H

#include "server/compare.h"
#include "server/web/html.h"

/* Each writes its section, or nothing where it has nothing to say. */
void others_surveyed(struct html *h, const struct comparison *comparison);
void others_not_compared(struct html *h, const struct comparison *comparison);
/* How many of the corridor's offers are in no list of the comparison, where its block was full. */
void others_beyond(struct html *h, const struct comparison *comparison);
/* The corridor against SDG 10.c, as seen on a day: in a quarter that still runs, or after it. */
void others_standing(struct html *h, const struct market *market, int32_t day);

#endif
