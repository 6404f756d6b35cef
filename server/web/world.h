/* What the parts of the observatory's page share: world.c is the page, world_charts.c its charts,
 * world_list.c its list of corridors, world_cells.c its figures in words. */
#ifndef CORRIDOR_WEB_WORLD_H
#define CORRIDOR_WEB_WORLD_H

#include "server/web/chart.h"

#include "server/observatory.h"

#define WORLD_ROWS_A_PAGE 25U
#define WORLD_PAGES_MAX   100U
/* SDG 10.c: at most so much on average, and on any corridor. */
#define WORLD_GOAL  (3 * PERCENT_ONE)
#define WORLD_LIMIT (5 * PERCENT_ONE)

struct world {
    const struct language *language;
    const struct observatory_ask *ask;
    const struct observatory *found;
    bool senders;        /* the map shows where is sent from */
    struct span unknown; /* a parameter's value that is none; at = NULL: all is well */
};

/* A figure of the world; at = NULL where there is none. */
struct span world_cell(const struct world *world, size_t column);
/* A cell as percent units, CHART_NONE where there is none; as a count, 0 likewise. */
int64_t world_percent_of(struct span text);
int64_t world_count_of(struct span text);
void world_percent_or_dash(struct html *h, int64_t percent, unsigned decimals);
/* Percentage points with their sign. */
void world_change(struct html *h, int64_t points);
/* Whole US dollars, or a dash. */
void world_dollars(struct html *h, struct span text);
/* The page's address with another order, page or map, within an attribute. */
void world_address(struct html *h, const struct world *world, const char *sort, unsigned page,
                   bool senders);

/* What else was asked for, behind an address that has a query already: as_of, price_point and
 * exclude; or as_of alone, for what takes no more. */
void world_rest(struct html *h, const struct world *world);
void world_as_of(struct html *h, const struct world *world);

/* Sections; each writes nothing where it has nothing to show. */
void world_course(struct html *h, const struct world *world);
void world_map(struct html *h, const struct world *world);
void world_groups(struct html *h, const struct world *world);
void world_corridors(struct html *h, const struct world *world);

#endif
