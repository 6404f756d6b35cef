/*
 * A map of the world in which each country has the colour of its cost: world.txt (made once by
 * deploy/dev/world_map.mjs), drawn within the page. Its figures stand in a table beside it, so that
 * nothing is told by colour alone. It is the same way round in every language.
 */
#ifndef CORRIDOR_WEB_MAP_H
#define CORRIDOR_WEB_MAP_H

#include "server/web/chart.h"

/* Reads the shapes. Call once, after codes_open. False, having logged why, when one cannot be read.
 */
MUST_CHECK bool map_open(void);

struct map_value {
    const struct country *country;
    int64_t percent; /* percent units */
};
struct map {
    struct chart chart;
    const struct map_value *values; /* each country once; those without one are left pale */
    size_t count;
};
/* The map, what its colours mean, and the table that opens. */
void map_write(struct html *h, const struct map *map);

#endif
