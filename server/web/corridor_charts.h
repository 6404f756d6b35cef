/* The charts of a corridor's page. */
#ifndef CORRIDOR_WEB_CORRIDOR_CHARTS_H
#define CORRIDOR_WEB_CORRIDOR_CHARTS_H

#include "server/compare.h"
#include "server/web/html.h"

/* How a corridor's prices moved, "FR-SN"; nothing where fewer than two quarters are known. */
void corridor_charts_history(struct html *h, const char *corridor);
/* True when what it draws is invented. */
bool corridor_charts_history_invented(const char *corridor);
/* What every ranked offer costs, on one axis; nothing for fewer than three. */
void corridor_charts_offers(struct html *h, const struct comparison *comparison);
/* Where an offer's money goes, as one bar. */
void corridor_charts_cost(struct html *h, const struct comparison_offer *offer);

#endif
