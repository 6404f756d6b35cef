/*
 * The zip file that a workbook is: its members by name, one read at a time, through minizip. What a
 * stranger's file may expand to is bounded.
 */
#ifndef INGEST_XLSX_ZIP_H
#define INGEST_XLSX_ZIP_H

#include <corridor/base.h>

enum {
    XLSX_ERROR_SIZE = 512,
    XLSX_DIGEST_SIZE = 32,
    XLSX_NAME_MAX = 200, /* bytes of a member's name */
    XLSX_MEMBERS_MAX = 10000
};

/* All that one workbook may expand to. The World Bank's of 2025 comes to 320 MB from 50. */
#define XLSX_EXPANDED_MAX (2ULL << 30)
/* XML of tables is pressed to a fifth or a tenth, of tables that repeat themselves to a fiftieth; a
 * bomb to a thousandth. Told only once this much has come out. */
#define XLSX_RATIO_MAX  200U
#define XLSX_RATIO_FROM (16ULL << 20)

struct xlsx_zip;

/*
 * Opens the file and reads it once for its digest. NULL when it is none, or not whole: error
 * (XLSX_ERROR_SIZE bytes) then says why.
 */
MUST_CHECK struct xlsx_zip *xlsx_zip_open(const char *path, char *error);
/* NULL is nothing to close. */
void xlsx_zip_close(struct xlsx_zip *zip);

/* True when the file begins as zip files do, or as the older container that Excel puts locked
 * workbooks into: whatever it is, it is no CSV. */
bool xlsx_zip_is(const char *path);

/* Whether there is such a member, and the size it says it expands to. */
bool xlsx_zip_has(struct xlsx_zip *zip, const char *member, uint64_t *size);

/* Begins to read a member. False when it is missing, encrypted or packed in a way that is not
 * known. */
MUST_CHECK bool xlsx_zip_enter(struct xlsx_zip *zip, const char *member);
/* Reads on: *len is 0 at its end, which it has only when it was whole. False on any fault. */
MUST_CHECK bool xlsx_zip_read(struct xlsx_zip *zip, void *buffer, size_t size, size_t *len);
/* Leaves the member, read to its end or not. */
void xlsx_zip_leave(struct xlsx_zip *zip);

/* Takes down what is wrong with the workbook; the first thing told is kept. Always false. */
bool xlsx_zip_fail(struct xlsx_zip *zip, const char *format, ...) PRINTF_LIKE(2, 3);
/* "" while nothing is. */
const char *xlsx_zip_error(const struct xlsx_zip *zip);

/* Bytes expanded so far, of all members. */
uint64_t xlsx_zip_done(const struct xlsx_zip *zip);
/* SHA-256 of the file. */
const unsigned char *xlsx_zip_digest(const struct xlsx_zip *zip);

#endif
