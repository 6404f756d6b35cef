/* Lists of corridors, as ways on from a page. */
#ifndef CORRIDOR_WEB_CORRIDORS_H
#define CORRIDOR_WEB_CORRIDORS_H

#include "server/market_table.h"
#include "server/web/question.h"

/*
 * A section of links to the corridors from one country, or to one (the other is NULL), those with
 * most services first; nothing where there are none. The one that the page itself is about, whose
 * id is `but`, is not a way on (NULL: there is none).
 */
void corridors_section(struct html *h, const struct market_table *markets,
                       const struct country *from, const struct country *to, const char *but);

/* Where all known corridors stand together: one line against the goal of 3 %; nothing without
 * figures. */
void corridors_world(struct html *h, const struct market_table *markets);

/* True when a figure that these lists may show is invented. */
bool corridors_invented(const struct market_table *markets);

/* The country with most corridors from it; NULL when none is known. */
const struct country *corridors_busiest(const struct market_table *markets);

#endif
