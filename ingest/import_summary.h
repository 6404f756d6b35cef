/* What became of a file: counts, refusals with their lines, words that no table knows. */
#ifndef INGEST_IMPORT_SUMMARY_H
#define INGEST_IMPORT_SUMMARY_H

#include <corridor/base.h>

enum {
    IMPORT_REFUSALS_MAX = 32,
    IMPORT_LINES_SHOWN = 10,
    IMPORT_UNKNOWN_MAX = 100, /* distinct words told; more are only counted */
    IMPORT_FACTS_MAX = 8
};

/* Where something stands in a file: a line, or a row of a workbook's sheet, counted from 1. */
#define IMPORT_SHEET_SHIFT 32
static inline uint64_t import_place(uint64_t sheet, uint64_t row)
{
    return sheet << IMPORT_SHEET_SHIFT | row;
}
/* The sheet's name and the row; "line 15" without sheets. Returns the buffer. */
const char *import_place_text(const char *const *sheets, uint64_t place, char *buffer, size_t size);

struct import_refusal {
    const char *reason; /* static text */
    uint64_t count;
    uint64_t lines[IMPORT_LINES_SHOWN]; /* the first ones, as places */
};

struct import_unknown {
    char column[48];
    char word[96];
    uint64_t count;
};

struct import_fact {
    const char *name; /* static text: "corridors" */
    uint64_t count;
};

struct import_summary {
    const char *file;          /* its name without the folder */
    const char *unit;          /* "rows" */
    const char *const *sheets; /* of a workbook, their names; NULL where places are lines */
    uint64_t read;
    uint64_t added;
    uint64_t corrected;
    uint64_t unchanged;
    uint64_t refused;
    struct import_refusal refusals[IMPORT_REFUSALS_MAX];
    size_t refusal_count;
    struct import_unknown unknown[IMPORT_UNKNOWN_MAX];
    size_t unknown_count;
    uint64_t unknown_more;
    struct import_fact facts[IMPORT_FACTS_MAX];
    size_t fact_count;
};

/* Starts one; path is kept, the folder before its last slash is not shown. */
void import_summary_start(struct import_summary *summary, const char *path, const char *unit);
/* One more refused, at this place. The same text, by address, is the same reason. */
void import_summary_refuse(struct import_summary *summary, const char *reason, uint64_t line);
/* A word in no table; both are copied, trimmed and cut. */
void import_summary_unknown(struct import_summary *summary, struct span column, struct span word);
void import_summary_fact(struct import_summary *summary, const char *name, uint64_t count);
/* To standard output, for people or as one JSON object. False when it cannot be written. */
MUST_CHECK bool import_summary_print(const struct import_summary *summary, bool json);

#endif
