/* The demonstration market's quotes as rows of the record. */
#ifndef INGEST_DEMO_ROWS_H
#define INGEST_DEMO_ROWS_H

#include <ingest/demo_market.h>

/* "2026-11-22 00:00:00+00" of an instant. */
#define DEMO_TIME_TEXT 32
void demo_print_time(char buffer[DEMO_TIME_TEXT], int64_t instant);

/* Columns of table quote that don't depend on a database: all but service and submission. */
#define DEMO_QUOTE_COLUMNS 19
extern const char *const demo_quote_columns[DEMO_QUOTE_COLUMNS];

/* One row. Its values point into it, and hold until the next demo_row_fill or demo_row_close. */
struct demo_row {
    struct span values[DEMO_QUOTE_COLUMNS];
    char recorded[DEMO_TIME_TEXT], from[DEMO_TIME_TEXT], until[DEMO_TIME_TEXT];
    char pay_in[SERVICE_SET_TEXT_MAX], access_point[SERVICE_SET_TEXT_MAX],
        pay_out[SERVICE_SET_TEXT_MAX];
    char points[24], receive_fee[MONEY_TEXT_MAX], tax[PERCENT_TEXT_MAX];
    char min[MONEY_TEXT_MAX], max[MONEY_TEXT_MAX];
    char *tariff;
};

/* row is zeroed before its first use. False when memory is short. */
MUST_CHECK bool demo_row_fill(struct demo_row *row, const struct demo_service *service,
                              const struct demo_quote *quote);
void demo_row_close(struct demo_row *row);

#endif
