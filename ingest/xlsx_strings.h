/*
 * The shared strings of a workbook: each text once, cells refer to it by number. Held in memory,
 * within a bound.
 */
#ifndef INGEST_XLSX_STRINGS_H
#define INGEST_XLSX_STRINGS_H

#include <ingest/xlsx_part.h>

enum {
    XLSX_TEXT_MAX = 128 * 1024, /* of one cell, bytes: 32,767 characters are allowed */
};
/* Texts and their index together. The World Bank's workbook has some 20 MB; this keeps the whole
 * importer under 64 MiB. */
#define XLSX_STRINGS_MAX (32ULL << 20)

struct xlsx_strings;

/* Reads the part; without one (member "") there are no strings. NULL with the reason in the zip. */
MUST_CHECK struct xlsx_strings *xlsx_strings_read(struct xlsx_zip *zip, const char *member);
/* NULL is nothing to free. */
void xlsx_strings_free(struct xlsx_strings *strings);

size_t xlsx_strings_count(const struct xlsx_strings *strings);
/* A text, which lives as long as the strings and does not move; index < count. */
struct span xlsx_strings_at(const struct xlsx_strings *strings, size_t index);

#endif
