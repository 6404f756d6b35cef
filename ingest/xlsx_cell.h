/*
 * What a workbook's cell holds, as the text that a spreadsheet shows of it. Pure.
 */
#ifndef INGEST_XLSX_CELL_H
#define INGEST_XLSX_CELL_H

#include <corridor/base.h>

enum {
    XLSX_NUMBER_SIZE = 64,
    XLSX_DIGITS = 15,   /* significant ones: what a spreadsheet keeps and shows of a number */
    XLSX_DECIMALS = 18, /* as many as our decimals have */
    XLSX_COLUMNS = 16384,
    XLSX_ROWS = 1048576
};

/*
 * A number as the file writes it ("6.2000000000000002E-2", the shortest text of a binary fraction
 * or longer) as the plain decimal that was meant ("0.062"): rounded, half up, to 15 significant
 * digits and at most 18 decimals, without zeros at the end. Only the text's own digits are used,
 * never binary floating point. Text that is no number, or of more than 40 digits before the point,
 * is given back as it stands, cut to fit. Returns the length; the buffer gets a NUL.
 */
size_t xlsx_number(struct span text, char buffer[XLSX_NUMBER_SIZE]);

/*
 * A day's number as an ISO date: 1 is 1900-01-01 and 60 the day 1900-02-29 that never was, as
 * spreadsheets count; with `from_1904` 0 is 1904-01-01. A time after it (".5") is dropped. False
 * for anything that is no day from 1900-03-01 to 9999-12-31; buffer then holds nothing.
 */
MUST_CHECK bool xlsx_date(struct span text, bool from_1904, char buffer[11]);

/* "AB12" is column 27; *column counts from 0. False when it is no cell's place. */
MUST_CHECK bool xlsx_column(const char *place, size_t *column);

/* A count as attributes write it; false for anything but digits up to `most`. */
MUST_CHECK bool xlsx_count(const char *text, uint64_t most, uint64_t *count);

/*
 * Undoes in place what cannot stand in XML and is written _xHHHH_: "_x000D_" is a carriage return,
 * "_x005F_" an underscore. Half a surrogate pair and a NUL are left out. Returns the new length.
 */
size_t xlsx_unescape(char *text, size_t len);

#endif
