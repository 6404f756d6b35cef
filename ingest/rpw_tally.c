/*
 * Counting distinct things in one pass. The hard part is to need no memory by the row: corridors
 * and quarters are few enough for a bit each, operators for a line each.
 */
#include <ingest/rpw_tally.h>

#include <ingest/import_session.h>

#include <stdlib.h>

enum {
    LETTERS = 26,
    COUNTRIES = LETTERS * LETTERS,
    CORRIDORS = COUNTRIES * COUNTRIES,
    PERIODS = 4 * 10000,
    OPERATORS_FIRST = 256
};

struct operator_tally {
    const char *id;            /* the directory's; NULL of one that the file does not have */
    char *name;                /* as its first stored row has it; NULL when none was stored */
    uint64_t rows[FIRM_COUNT]; /* stored, by the kind of firm */
};

struct rpw_tally {
    uint8_t corridors[CORRIDORS / 8 + 1]; /* of all rows */
    uint8_t touched[CORRIDORS / 8 + 1];
    uint8_t periods[PERIODS / 8 + 1];
    struct operator_tally *operators; /* by number */
    size_t operators_size;
    uint64_t corridor_count;
    uint64_t operator_count;
    uint64_t period_count;
    uint64_t rows;
    uint64_t added;
    uint64_t corrected;
    uint64_t not_transparent;
    uint64_t without_price;
    uint64_t contradictory;
};

struct rpw_tally *rpw_tally_new(void)
{
    return calloc(1, sizeof(struct rpw_tally));
}

void rpw_tally_free(struct rpw_tally *tally)
{
    if (tally) {
        for (size_t i = 0; i < tally->operators_size; i++) {
            free(tally->operators[i].name);
        }
        free(tally->operators);
        free(tally);
    }
}

/* Sets a bit; 1 when it was not set, else 0. */
static uint64_t set_bit(uint8_t *bits, size_t at)
{
    uint8_t bit = (uint8_t)(1U << at % 8);
    uint64_t fresh = (bits[at / 8] & bit) == 0;
    bits[at / 8] |= bit;
    return fresh;
}

/* "FR-SN" */
static size_t corridor_number(const char corridor[6])
{
    size_t from = (size_t)(corridor[0] - 'A') * LETTERS + (size_t)(corridor[1] - 'A');
    size_t to = (size_t)(corridor[3] - 'A') * LETTERS + (size_t)(corridor[4] - 'A');
    return from * COUNTRIES + to;
}

uint16_t rpw_period_number(const char period[8])
{
    unsigned number = 0;
    for (size_t i = 0; i < 4; i++) {
        number = number * 10 + (unsigned)(period[i] - '0');
    }
    return (uint16_t)(number * 4 + (unsigned)(period[6] - '1'));
}

/* NULL when memory is short. */
static struct operator_tally *operator_at(struct rpw_tally *tally, unsigned number)
{
    if (number >= tally->operators_size) {
        size_t size = tally->operators_size > 0 ? tally->operators_size : OPERATORS_FIRST;
        while (size <= number) {
            size *= 2;
        }
        struct operator_tally *grown = realloc(tally->operators, size * sizeof *grown);
        if (!grown) {
            return NULL;
        }
        memset(grown + tally->operators_size, 0, (size - tally->operators_size) * sizeof *grown);
        tally->operators = grown;
        tally->operators_size = size;
    }
    return &tally->operators[number];
}

bool rpw_tally_row(struct rpw_tally *tally, const struct rpw_observation *o,
                   const char *operator_id, unsigned operator_number)
{
    struct operator_tally *operator_tally = operator_at(tally, operator_number);
    if (!operator_tally) {
        return false;
    }
    tally->operator_count += operator_tally->id == NULL;
    operator_tally->id = operator_id;
    tally->corridor_count += set_bit(tally->corridors, corridor_number(o->corridor));
    tally->period_count += set_bit(tally->periods, rpw_period_number(o->period));
    tally->rows++;
    tally->not_transparent += !o->transparent;
    tally->without_price += !o->prices[0].present && !o->prices[1].present;
    for (size_t i = 0; i < RPW_PRICE_POINTS; i++) {
        tally->contradictory += o->prices[i].checked && !o->prices[i].consistent;
    }
    return true;
}

bool rpw_tally_batch(struct rpw_tally *tally, const struct rpw_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct rpw_batch_row *row = &batch->rows[i];
        struct operator_tally *operator_tally = &tally->operators[row->operator_number];
        if (row->state == RPW_BATCH_UNCHANGED) {
            continue;
        }
        if (row->state == RPW_BATCH_CORRECTED) {
            tally->corrected++;
            (void)set_bit(tally->touched, corridor_number(row->corridor_before));
        } else {
            tally->added++;
        }
        (void)set_bit(tally->touched, corridor_number(row->corridor));
        operator_tally->rows[row->firm_type]++;
        if (!operator_tally->name) {
            operator_tally->name = strndup(row->firm.at, row->firm.len);
            if (!operator_tally->name) {
                return false;
            }
        }
    }
    return true;
}

void rpw_tally_tell(const struct rpw_tally *tally, struct import_summary *summary)
{
    summary->added = tally->added;
    summary->corrected = tally->corrected;
    summary->unchanged = tally->rows - tally->added - tally->corrected;
    import_summary_fact(summary, "corridors", tally->corridor_count);
    import_summary_fact(summary, "operators", tally->operator_count);
    import_summary_fact(summary, "periods", tally->period_count);
    import_summary_fact(summary, "rows not transparent", tally->not_transparent);
    import_summary_fact(summary, "rows without a price", tally->without_price);
    import_summary_fact(summary, "contradictory price points", tally->contradictory);
}

void rpw_tally_corridors(const struct rpw_tally *tally, struct out *corridors)
{
    for (size_t i = 0; i < CORRIDORS; i++) {
        if (tally->touched[i / 8] & 1U << i % 8) {
            size_t from = i / COUNTRIES;
            size_t to = i % COUNTRIES;
            const char corridor[5] = {(char)('A' + from / LETTERS), (char)('A' + from % LETTERS),
                                      '-', (char)('A' + to / LETTERS), (char)('A' + to % LETTERS)};
            import_array_add(corridors, (struct span){corridor, sizeof corridor});
        }
    }
}

/* The kind that most rows have; of several the first by its code, so that the same file always
 * gives the same. */
static const char *usual_type(const struct operator_tally *operator_tally)
{
    size_t best = 0;
    for (size_t i = 1; i < FIRM_COUNT; i++) {
        uint64_t rows = operator_tally->rows[i];
        uint64_t most = operator_tally->rows[best];
        if (rows > most || (rows == most && strcmp(firm_type_code((enum firm_type)i),
                                                   firm_type_code((enum firm_type)best)) < 0)) {
            best = i;
        }
    }
    return firm_type_code((enum firm_type)best);
}

void rpw_tally_operators(const struct rpw_tally *tally, struct out *ids, struct out *names,
                         struct out *types)
{
    for (size_t i = 0; i < tally->operators_size; i++) {
        const struct operator_tally *operator_tally = &tally->operators[i];
        if (operator_tally->name) {
            import_array_add(ids, span_of(operator_tally->id));
            import_array_add(names, span_of(operator_tally->name));
            import_array_add(types, span_of(usual_type(operator_tally)));
        }
    }
}
