/* A sorted array of (corridor, block): some hundreds of entries, looked up by halving. */
#include "server/market_table.h"

#include <corridor/codes.h>
#include <corridor/log.h>

#include <stdlib.h>

struct market_table {
    bool loaded;
    uint64_t version;
    uint64_t corridors_version;
    size_t count;
    size_t room;
    const struct market **markets; /* by id */
};

struct market_table *market_table_new(void)
{
    return calloc(1, sizeof(struct market_table));
}

void market_table_free(struct market_table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->count; i++)
        market_release(table->markets[i]);
    free(table->markets);
    free(table);
}

bool market_table_loaded(const struct market_table *table)
{
    return table->loaded;
}

/* Where a corridor stands, or would. */
static size_t place_of(const struct market_table *table, const char id[6])
{
    size_t low = 0;
    size_t high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(table->markets[middle]->id, id, 5) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool stands_at(const struct market_table *table, size_t place, const char id[6])
{
    return place < table->count && memcmp(table->markets[place]->id, id, 5) == 0;
}

const struct market *market_table_find(const struct market_table *table, const struct country *from,
                                       const struct country *to)
{
    char id[6];
    corridor_print(id, from, to);
    size_t place = place_of(table, id);
    return stands_at(table, place, id) ? table->markets[place] : NULL;
}

const struct market *const *market_table_all(const struct market_table *table, size_t *count)
{
    *count = table->count;
    return table->markets;
}

uint64_t market_table_version(const struct market_table *table)
{
    return table->version;
}

uint64_t market_table_corridors_version(const struct market_table *table)
{
    return table->corridors_version;
}

static void make_room(struct market_table *table)
{
    if (table->count < table->room)
        return;
    size_t room = table->room == 0 ? 256 : table->room * 2;
    const struct market **grown = realloc(table->markets, room * sizeof(*grown));
    if (grown == NULL) {
        log_error("out of memory: a table of %zu corridors", room);
        abort();
    }
    table->markets = grown;
    table->room = room;
}

void market_table_put(struct market_table *table, const struct market *const *markets, size_t count,
                      bool whole)
{
    table->version++;
    if (whole) {
        table->corridors_version++;
        for (size_t i = 0; i < table->count; i++)
            market_release(table->markets[i]);
        table->count = 0;
        table->loaded = true;
    }
    for (size_t i = 0; i < count; i++) {
        const struct market *market = market_hold(markets[i]);
        size_t place = place_of(table, market->id);
        if (stands_at(table, place, market->id)) {
            market_release(table->markets[place]);
        } else {
            make_room(table);
            memmove(&table->markets[place + 1], &table->markets[place],
                    (table->count - place) * sizeof(*table->markets));
            table->count++;
            table->corridors_version++;
        }
        table->markets[place] = market;
    }
}
