/*
 * A workbook's table of contents: its sheets by name, and the parts that hold them
 * (xl/workbook.xml and its relationships).
 */
#ifndef INGEST_XLSX_BOOK_H
#define INGEST_XLSX_BOOK_H

#include <ingest/xlsx_part.h>

enum {
    XLSX_SHEETS_MAX = 64,
    XLSX_SHEET_NAME_SIZE = 160, /* 31 characters are allowed */
    XLSX_ID_SIZE = 64
};

struct xlsx_sheet_entry {
    char name[XLSX_SHEET_NAME_SIZE];
    char id[XLSX_ID_SIZE];          /* of its relationship */
    char member[XLSX_NAME_MAX + 1]; /* "" for what is no table of cells: a chart, a macro */
};

struct xlsx_book {
    struct xlsx_sheet_entry sheets[XLSX_SHEETS_MAX];
    size_t count;
    char strings[XLSX_NAME_MAX + 1]; /* members; "" when there is none */
    char styles[XLSX_NAME_MAX + 1];
    bool from_1904; /* how days are counted */
};

/* False with the reason in the zip. */
MUST_CHECK bool xlsx_book_read(struct xlsx_book *book, struct xlsx_zip *zip);

#endif
