/*
 * What readers of documents from outside share: JSON within bounds, members by a table of names,
 * and refusals that say what came and what is allowed. Internal to ingest/.
 */
#ifndef INGEST_DOCUMENT_H
#define INGEST_DOCUMENT_H

#include <corridor/money.h>
#include <corridor/refusal.h>

#include <jansson.h>

/* Fills the refusal; field is a JSON Pointer, both texts are cut to fit. Always false. */
bool document_refuse(struct refusal *refusal, enum refusal_code code, const char *field,
                     const char *format, ...) PRINTF_LIKE(4, 5);

/*
 * One JSON object that fills the span. The tree belongs to the caller (json_decref); NULL with the
 * refusal. Members that stand twice, more brackets open than depth_max, and more bytes than
 * bytes_max are refused; what is allocated is a few times the span.
 */
MUST_CHECK json_t *document_parse(struct span json, size_t bytes_max, unsigned depth_max,
                                  struct refusal *refusal);

struct document_field {
    const char *name;
    bool required;
    bool nullable; /* null is the same as not there */
};
/*
 * Finds the members of an object by a table: values[i] is that of fields[i], or NULL where it is
 * not there (or null, where it may be). Refuses what the table does not know, and what is missing.
 * at is the object's own JSON Pointer.
 */
MUST_CHECK bool document_members(const json_t **values, json_t *object, const char *at,
                                 const struct document_field *fields, size_t count,
                                 struct refusal *refusal);

/* The text of a value; refuses other types. what says what is wanted: "a text such as \"FR-SN\"".
 */
MUST_CHECK bool document_text(struct span *out, const json_t *value, const char *field,
                              const char *what, struct refusal *refusal);
/* Exact decimals from texts; not below zero (a rate: above it). */
MUST_CHECK bool document_money(int64_t *minor, const json_t *value, const struct currency *currency,
                               const char *field, struct refusal *refusal);
MUST_CHECK bool document_percent(int64_t *percent, const json_t *value, const char *field,
                                 struct refusal *refusal);
MUST_CHECK bool document_rate(struct rate *rate, const json_t *value, const char *field,
                              struct refusal *refusal);
MUST_CHECK bool document_instant(int64_t *instant, const json_t *value, const char *field,
                                 struct refusal *refusal);
/* Two different countries of today, by letters. */
MUST_CHECK bool document_corridor(const struct country **from, const struct country **to,
                                  const json_t *value, const char *field, struct refusal *refusal);
MUST_CHECK bool document_currency(const struct currency **currency, const json_t *value,
                                  const char *field, struct refusal *refusal);

/* The words of a list, and how to find one among them. */
struct document_words {
    const char *all; /* "cash, bank_account, …", for the reason */
    bool (*find)(unsigned *value, struct span word);
};
MUST_CHECK bool document_word(unsigned *value, const json_t *json,
                              const struct document_words *words, const char *field,
                              struct refusal *refusal);
/* An array of at least one and at most `most` different words, as bits 1u << value. */
MUST_CHECK bool document_set(unsigned *set, const json_t *json, const struct document_words *words,
                             size_t most, const char *field, struct refusal *refusal);

#endif
