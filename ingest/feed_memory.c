/*
 * A cache of sixteen ways. An operator has a number of its own, which all that is remembered of it
 * carries: a new number forgets everything at once.
 */
#include "ingest/feed_memory.h"

#include "ingest/feed_keys.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define FIRMS 1024U
#define SETS  16384U /* with all ways taken 28 MiB; what is not used takes nothing */
#define WAYS  16U

struct firm {
    char id[FEED_PARTY_ID_MAX + 1];
    uint64_t number;
    struct feed_turn turn;
};

/* What tells one from all others. The owner is compared too: no operator may ever be told what is
 * another's, whatever refs it invents. */
struct name {
    uint64_t owner; /* the operator's number, doubled, + 1 for a first transfer; 0: empty */
    uint64_t hash;  /* of the ref: an operator that makes two alike harms itself alone */
};

struct feed_memory {
    struct firm firms[FIRMS];
    struct name (*names)[WAYS];
    struct feed_service (*services)[WAYS];
    uint64_t seed;
    uint64_t numbers;
    uint64_t puts;
    int64_t clock_at, clock_base_us;
};

struct feed_memory *feed_memory_new(void)
{
    struct feed_memory *memory = calloc(1, sizeof *memory);
    if (!memory) {
        return NULL;
    }
    memory->names = calloc(SETS, sizeof *memory->names);
    memory->services = calloc(SETS, sizeof *memory->services);
    if (!memory->names || !memory->services) {
        feed_memory_free(memory);
        return NULL;
    }
    memory->seed = (uint64_t)instant_monotonic();
    return memory;
}

void feed_memory_free(struct feed_memory *memory)
{
    if (memory) {
        free(memory->names);
        free(memory->services);
        free(memory);
    }
}

/* ---- Operators ---- */

static size_t firm_slot(const struct feed_memory *memory, const char *operator_id)
{
    return XXH3_64bits_withSeed(operator_id, strlen(operator_id), memory->seed) % FIRMS;
}

static const struct firm *find_firm(const struct feed_memory *memory, const char *operator_id)
{
    const struct firm *firm = &memory->firms[firm_slot(memory, operator_id)];
    return strcmp(firm->id, operator_id) == 0 ? firm : NULL;
}

/* The operator's, in place of whoever had its slot. */
static struct firm *have_firm(struct feed_memory *memory, const char *operator_id)
{
    struct firm *firm = &memory->firms[firm_slot(memory, operator_id)];
    if (strcmp(firm->id, operator_id) != 0) {
        *firm = (struct firm){.number = ++memory->numbers};
        memcpy(firm->id, operator_id, strlen(operator_id) + 1);
    }
    return firm;
}

struct feed_turn feed_memory_turn(const struct feed_memory *memory, const char *operator_id)
{
    const struct firm *firm = find_firm(memory, operator_id);
    return firm ? firm->turn : (struct feed_turn){0};
}

void feed_memory_learn_turn(struct feed_memory *memory, const char *operator_id,
                            struct feed_turn turn)
{
    struct firm *firm = have_firm(memory, operator_id);
    if (turn.at == 0 || turn.at != firm->turn.at) {
        firm->number = ++memory->numbers;
    }
    firm->turn = turn;
}

void feed_memory_move_turn(struct feed_memory *memory, const char *operator_id,
                           struct feed_turn turn)
{
    have_firm(memory, operator_id)->turn = turn;
}

void feed_memory_forget(struct feed_memory *memory, const char *operator_id)
{
    feed_memory_learn_turn(memory, operator_id, (struct feed_turn){0});
}

/* ---- Services ---- */

struct found {
    size_t set, way; /* WAYS: it is not there */
    struct name name;
};

static struct found find(const struct feed_memory *memory, const struct firm *firm, const char *ref,
                         bool first_transfer)
{
    struct found found = {
        .name = {.owner = 2 * firm->number + (first_transfer ? 1 : 0),
                 .hash = XXH3_64bits_withSeed(ref, strlen(ref), memory->seed)},
    };
    found.set = (found.name.hash + found.name.owner) % SETS;
    const struct name *names = memory->names[found.set];
    while (found.way < WAYS && (names[found.way].owner != found.name.owner ||
                                names[found.way].hash != found.name.hash)) {
        found.way++;
    }
    return found;
}

const struct feed_service *feed_memory_find(const struct feed_memory *memory,
                                            const char *operator_id, const char *ref,
                                            bool first_transfer)
{
    const struct firm *firm = find_firm(memory, operator_id);
    if (!firm) {
        return NULL;
    }
    struct found found = find(memory, firm, ref, first_transfer);
    return found.way < WAYS ? &memory->services[found.set][found.way] : NULL;
}

void feed_memory_put(struct feed_memory *memory, const char *operator_id, const char *ref,
                     bool first_transfer, const struct feed_service *service)
{
    struct found found = find(memory, have_firm(memory, operator_id), ref, first_transfer);
    for (size_t i = 0; found.way == WAYS && i < WAYS; i++) {
        found.way = memory->names[found.set][i].owner == 0 ? i : WAYS;
    }
    if (found.way == WAYS) {
        found.way = memory->puts++ % WAYS;
    }
    memory->names[found.set][found.way] = found.name;
    memory->services[found.set][found.way] = *service;
}

void feed_memory_drop(struct feed_memory *memory, const char *operator_id, const char *ref,
                      bool first_transfer)
{
    const struct firm *firm = find_firm(memory, operator_id);
    if (!firm) {
        return;
    }
    struct found found = find(memory, firm, ref, first_transfer);
    if (found.way < WAYS) {
        memory->names[found.set][found.way].owner = 0;
    }
}

/* ---- The clock ---- */

void feed_memory_set_clock(struct feed_memory *memory, int64_t at)
{
    memory->clock_at = at;
    memory->clock_base_us = instant_monotonic();
}

int64_t feed_memory_clock(const struct feed_memory *memory)
{
    return memory->clock_at == 0 ? 0
                                 : memory->clock_at + instant_monotonic() - memory->clock_base_us;
}
