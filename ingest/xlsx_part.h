/*
 * One part of a workbook as a stream of XML events, through expat: document types are refused, and
 * depth and the length of a token are bounded.
 */
#ifndef INGEST_XLSX_PART_H
#define INGEST_XLSX_PART_H

#include <ingest/xlsx_zip.h>

struct xlsx_part;

/* Names come without their prefix: <x:row> and <row> are one. Attributes are expat's: name, value,
 * …, NULL. */
struct xlsx_handler {
    void (*start)(void *arg, const char *name, const char **attributes);
    void (*end)(void *arg, const char *name);
    void (*text)(void *arg, struct span text); /* in pieces */
};

/* NULL when the part is missing or memory is; the zip has the reason. One part at a time. */
MUST_CHECK struct xlsx_part *xlsx_part_open(struct xlsx_zip *zip, const char *member,
                                            const struct xlsx_handler *handler, void *arg);
/* NULL is nothing to close. */
void xlsx_part_close(struct xlsx_part *part);

enum xlsx_part_result {
    XLSX_PART_PAUSED, /* a handler asked for it; run goes on from there */
    XLSX_PART_END,    /* the whole part was read, and it was whole */
    XLSX_PART_ERROR   /* the zip has the reason */
};
MUST_CHECK enum xlsx_part_result xlsx_part_run(struct xlsx_part *part);

/* For handlers. Returns to the caller of run, now or for good: before stop, xlsx_zip_fail takes the
 * reason. */
void xlsx_part_pause(struct xlsx_part *part);
void xlsx_part_stop(struct xlsx_part *part);

/* Opens a part, runs it to its end and closes it: for the small ones. */
MUST_CHECK bool xlsx_part_read(struct xlsx_zip *zip, const char *member,
                               const struct xlsx_handler *handler, void *arg);

/* The value of an attribute, its name without prefix; NULL when it is not there. */
const char *xlsx_attribute(const char **attributes, const char *name);

#endif
