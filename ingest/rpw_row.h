/*
 * One row of Remittance Prices Worldwide, from named cells to an observation. Pure, and free of any
 * file format: whoever reads a workbook or a CSV finds the columns once and then gives cells.
 */
#ifndef INGEST_RPW_ROW_H
#define INGEST_RPW_ROW_H

#include <ingest/cell.h>
#include <ingest/rpw_map.h>

#include <corridor/codes.h>
#include <corridor/decimal.h>

/*
 * X(NAME, "the column up to Q1 2016", "the column since, where it differs", needed)
 * Columns are matched by their letters and digits alone, in any case and order. The identity of a
 * row's content is taken over these columns in this order.
 */
#define RPW_FIELDS(X)                                             \
    X(ID, "id", "", true)                                         \
    X(PERIOD, "period", "", true)                                 \
    X(SOURCE, "source", "source_code", true)                      \
    X(DESTINATION, "destination", "destination_code", true)       \
    X(FIRM, "firm", "", true)                                     \
    X(FIRM_TYPE, "firm_type", "", true)                           \
    X(PRODUCT, "product", "", false)                              \
    X(INSTRUMENT, "payment instrument", "", false)                \
    X(SENDING_LOCATION, "sending location", "access point", true) \
    X(SPEED, "speed actual", "", true)                            \
    X(CC1_AMOUNT, "cc1 lcu amount", "", true)                     \
    X(CC1_DENOMINATION, "cc1 denomination amount", "", false)     \
    X(CC1_CODE, "cc1 lcu code", "", true)                         \
    X(CC1_FEE, "cc1 lcu fee", "", true)                           \
    X(CC1_RATE, "cc1 lcu fx rate", "", true)                      \
    X(CC1_MARGIN, "cc1 fx margin", "", true)                      \
    X(CC1_TOTAL, "cc1 total cost %", "", true)                    \
    X(CC2_AMOUNT, "cc2 lcu amount", "", true)                     \
    X(CC2_DENOMINATION, "cc2 denomination amount", "", false)     \
    X(CC2_CODE, "cc2 lcu code", "", true)                         \
    X(CC2_FEE, "cc2 lcu fee", "", true)                           \
    X(CC2_RATE, "cc2 lcu fx rate", "", true)                      \
    X(CC2_MARGIN, "cc2 fx margin", "", true)                      \
    X(CC2_TOTAL, "cc2 total cost %", "", true)                    \
    X(BANK_RATE, "inter lcu bank fx", "", true)                   \
    X(TRANSPARENT, "transparent", "", true)                       \
    X(NOTE1, "note1", "standard note", false)                     \
    X(NOTE2, "note2", "", false)                                  \
    X(COVERAGE, "coverage", "receiving network coverage", true)   \
    X(PICKUP_LOCATION, "pickup location", "", false)              \
    X(PICKUP, "pick-up method", "pickup method", true)            \
    X(DATE, "date", "", true)

#define RPW_FIELD_ENUM(name, old, new, needed) RPW_FIELD_##name,
enum rpw_field {
    RPW_FIELDS(RPW_FIELD_ENUM) RPW_FIELD_COUNT
};

enum {
    RPW_PRICE_POINTS = 2, /* the equivalents of 200 and of 500 US dollars */
    RPW_FIRM_MAX = 200,   /* bytes */
    RPW_ID_MAX = 100
};

/* Where each field stands in a row, and what the file calls it. */
struct rpw_columns {
    size_t at[RPW_FIELD_COUNT]; /* RPW_NO_COLUMN where the file lacks it */
    struct span name[RPW_FIELD_COUNT];
};
#define RPW_NO_COLUMN SIZE_MAX

/*
 * Finds the columns by name. Unknown ones are passed over. False when a needed one is missing or
 * one appears twice: error, of `size` bytes, then names them all.
 */
MUST_CHECK bool rpw_columns_find(struct rpw_columns *columns, const struct span *names,
                                 size_t count, char *error, size_t size);

/* Plain decimals ready for SQL; "" is null: blank in the survey, or meaningless. */
struct rpw_price {
    bool present; /* there is a principal and a total */
    char principal[DECIMAL_TEXT_MAX];
    char fee[DECIMAL_TEXT_MAX];
    char rate[DECIMAL_TEXT_MAX];       /* null when not transparent: it reads 1 then */
    char margin_pct[DECIMAL_TEXT_MAX]; /* null when not transparent: it reads 0 then */
    char total_cost_pct[DECIMAL_TEXT_MAX];
    bool checked;    /* fee, margin and total were all given … */
    bool consistent; /* … and fee / principal * 100 + margin is the total to 0.01 point, as
                        published */
};

struct rpw_observation {
    struct span id;
    char period[8];   /* "2011-Q3" */
    char corridor[6]; /* "FR-SN" */
    struct span firm;
    struct rpw_service service;
    bool transparent;
    const struct currency *currency; /* of the principals and fees; NULL without a price */
    char reference_rate[DECIMAL_TEXT_MAX];
    char collected_on[CELL_DATE_SIZE]; /* "2011-01-22"; "" when not told */
    struct rpw_price prices[RPW_PRICE_POINTS];
    unsigned char content[32]; /* SHA-256 of the fields by name */
};

/* Why a row is not taken: X(NAME, "reason") */
#define RPW_REFUSALS(X)                                                \
    X(NONE, "")                                                        \
    X(ID, "no id, or one of more than 100 bytes")                      \
    X(PERIOD, "period not like 2011_3Q")                               \
    X(SOURCE, "unknown sending country")                               \
    X(DESTINATION, "unknown receiving country")                        \
    X(SAME_COUNTRY, "sending and receiving country are one")           \
    X(FIRM, "no firm, or a name of more than 200 bytes")               \
    X(FIRM_NAME, "firm's name has no letter or digit")                 \
    X(TRANSPARENT, "transparent neither yes nor no")                   \
    X(CURRENCY, "no known currency")                                   \
    X(NUMBER, "a rate, fee, margin, amount or cost that is no number") \
    X(RANGE, "an amount not above zero, or a rate or fee below zero")  \
    X(REPEATED, "id already used by an earlier row of the same quarter")

#define RPW_REFUSAL_ENUM(name, text) RPW_REFUSED_##name,
enum rpw_refusal {
    RPW_REFUSALS(RPW_REFUSAL_ENUM) RPW_REFUSED_COUNT
};
const char *rpw_refusal_text(enum rpw_refusal refusal);

/*
 * Reads a row: cells[columns->at[…]] are its texts, UTF-8. The observation's spans point into them.
 * RPW_REFUSED_NONE when it was taken. Words that no table has are told to `unknown`, as is a date
 * that can't be read; they refuse nothing.
 *
 * What the survey means, where that is not plain: a row without any price is taken, as the survey
 * found the service; a price point needs its principal and its total, not its fee; the currency is
 * that code of the two price points' which the sending country uses, or else the first; CFA is the
 * franc of the sending country's union.
 */
MUST_CHECK enum rpw_refusal rpw_row_read(const struct rpw_columns *columns,
                                         const struct span *cells,
                                         struct rpw_observation *observation,
                                         const struct rpw_unknown *unknown);

#endif
