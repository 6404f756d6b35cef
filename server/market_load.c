/* Shares the rows of a result out among the builders of their corridors. */
#include "server/market_load.h"

#include "server/market_builder.h"

#include <corridor/log.h>
#include <corridor/metrics.h>

#include <assert.h>
#include <stdlib.h>

#define CELLS_MAX 32

struct entry {
    char id[6];
    struct market_builder *builder;
};

struct market_load {
    int32_t day;
    size_t count;
    size_t room;
    struct entry *entries; /* by id */
};

static struct metric bad_rows = {
    METRIC_COUNTER,
    "corridor_market_bad_rows_total",
    NULL,
    "Rows of the record that could not be read and were left out.",
    0,
    NULL,
};

void market_load_metrics(void)
{
    metric_register(&bad_rows);
}

static void *must_have(void *memory)
{
    if (memory == NULL) {
        log_error("out of memory: loading the market");
        abort();
    }
    return memory;
}

struct market_load *market_load_new(int32_t day)
{
    struct market_load *load = must_have(calloc(1, sizeof(*load)));
    load->day = day;
    return load;
}

void market_load_drop(struct market_load *load)
{
    if (load == NULL)
        return;
    for (size_t i = 0; i < load->count; i++)
        market_builder_drop(load->entries[i].builder);
    free(load->entries);
    free(load);
}

/* Where a corridor stands, or would. */
static size_t place_of(const struct market_load *load, struct span corridor)
{
    size_t low = 0;
    size_t high = load->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(load->entries[middle].id, corridor.at, 5) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The corridor's builder; made when `make` says so. NULL when it is none of ours. */
static struct market_builder *builder_of(struct market_load *load, struct span corridor, bool make)
{
    const struct country *from;
    const struct country *to;
    if (corridor.len != 5)
        return NULL;
    size_t place = place_of(load, corridor);
    if (place < load->count && memcmp(load->entries[place].id, corridor.at, 5) == 0)
        return load->entries[place].builder;
    if (!make || !corridor_parse(corridor, &from, &to))
        return NULL;
    if (load->count == load->room) {
        load->room = load->room == 0 ? 64 : load->room * 2;
        load->entries = must_have(realloc(load->entries, load->room * sizeof(*load->entries)));
    }
    memmove(&load->entries[place + 1], &load->entries[place],
            (load->count - place) * sizeof(*load->entries));
    load->count++;
    memcpy(load->entries[place].id, corridor.at, 5);
    load->entries[place].id[5] = '\0';
    load->entries[place].builder = market_builder_new(from, to, load->day);
    return load->entries[place].builder;
}

static bool take(struct market_builder *builder, enum market_load_kind kind,
                 const struct span *cells, unsigned *column)
{
    switch (kind) {
    case LOAD_STANDINGS:
        return market_builder_standing(builder, cells, column);
    case LOAD_OFFERS:
        return market_builder_offer(builder, cells, column);
    case LOAD_REFERENCES:
        return market_builder_reference(builder, cells, column);
    case LOAD_OBSERVATIONS:
        return market_builder_observation(builder, cells, column);
    case LOAD_FIGURES:
        return market_builder_figures(builder, cells, column);
    case LOAD_KINDS:
        break;
    }
    return false;
}

static const struct {
    const char *name;
    unsigned columns;
} kinds[LOAD_KINDS] = {
    [LOAD_STANDINGS] = {"standing", STANDING_COLUMNS},
    [LOAD_OFFERS] = {"offer", OFFER_COLUMNS},
    [LOAD_REFERENCES] = {"reference rate", REFERENCE_COLUMNS},
    [LOAD_OBSERVATIONS] = {"observation", OBSERVATION_COLUMNS},
    [LOAD_FIGURES] = {"figures", FIGURES_COLUMNS},
};

void market_load_rows(struct market_load *load, enum market_load_kind kind,
                      const struct db_result *rows)
{
    struct span cells[CELLS_MAX];
    unsigned columns = kinds[kind].columns;
    assert(columns <= CELLS_MAX);
    assert(db_result_columns(rows) == columns + 1);
    for (size_t r = 0; r < db_result_rows(rows); r++) {
        struct span corridor = db_result_span(rows, r, 0);
        for (unsigned c = 0; c < columns; c++)
            cells[c] = db_result_span(rows, r, c + 1);
        unsigned column = 0;
        struct market_builder *builder = builder_of(load, corridor, kind == LOAD_STANDINGS);
        if (builder != NULL && take(builder, kind, cells, &column))
            continue;
        static struct log_site site;
        metric_add(&bad_rows, 1);
        log_warn_sometimes(&site, "a row of %.*s is left out: %s, column %u", (int)corridor.len,
                           corridor.at == NULL ? "" : corridor.at, kinds[kind].name, column);
    }
}

size_t market_load_count(const struct market_load *load)
{
    return load->count;
}

void market_load_finish(struct market_load *load, const struct market **markets)
{
    for (size_t i = 0; i < load->count; i++) {
        markets[i] = market_builder_finish(load->entries[i].builder);
        load->entries[i].builder = NULL;
    }
    market_load_drop(load);
}
