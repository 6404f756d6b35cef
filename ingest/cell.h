/* What a table's cell may hold, whatever the table: exact numbers and days. */
#ifndef INGEST_CELL_H
#define INGEST_CELL_H

#include <corridor/decimal.h>

enum {
    CELL_DATE_SIZE = 11
};

/* A plain decimal, also with a power of ten ("6.2E-05", as spreadsheets write small rates); exact,
 * at most 18 decimals. */
MUST_CHECK bool cell_number(struct span text, struct decimal *number);
/*
 * "22/Jan/2011", also with - or a space between, or ISO 8601 with or without a time after it, from
 * 1900 on, as "2011-01-22".
 */
MUST_CHECK bool cell_date(struct span text, char date[CELL_DATE_SIZE]);

#endif
