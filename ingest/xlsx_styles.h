/* Which cell styles show a number as a date: a workbook marks dates by nothing else. */
#ifndef INGEST_XLSX_STYLES_H
#define INGEST_XLSX_STYLES_H

#include <ingest/xlsx_part.h>

enum {
    XLSX_STYLES_MAX = 65536, /* cell formats that a workbook may have */
    XLSX_FORMATS_MAX = 4096  /* number formats of its own */
};

struct xlsx_styles {
    bool dates[XLSX_STYLES_MAX]; /* by a cell's s="…" */
    size_t count;
};

/* Reads the part; without one (member "") no style is a date. False with the reason in the zip. */
MUST_CHECK bool xlsx_styles_read(struct xlsx_styles *styles, struct xlsx_zip *zip,
                                 const char *member);

/* Whether a number format's code ("dd/mmm/yyyy", "[$-409]d\-mmm;@") shows a day. */
bool xlsx_format_is_date(const char *code);

#endif
