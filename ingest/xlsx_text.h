/*
 * The text of a string item (<si>, <is>): plain, or runs in several formats that are joined;
 * pronunciations beside it (<rPh>) are left out. For shared and inline strings alike.
 */
#ifndef INGEST_XLSX_TEXT_H
#define INGEST_XLSX_TEXT_H

#include <ingest/xlsx_strings.h>

struct xlsx_text {
    char bytes[XLSX_TEXT_MAX];
    size_t len;
    bool taking; /* inside <t> */
    bool beside; /* inside <rPh> */
    bool full;   /* there was more than fits */
};

void xlsx_text_clear(struct xlsx_text *text);
/* To be told of every element inside the item, and of text. */
void xlsx_text_start(struct xlsx_text *text, const char *name);
void xlsx_text_end(struct xlsx_text *text, const char *name);
void xlsx_text_add(struct xlsx_text *text, struct span piece);
/* The whole, its escapes undone; valid until clear. */
struct span xlsx_text_take(struct xlsx_text *text);

#endif
