/*
 * One quote as an operator sends it, from JSON. Strict: what is not understood is refused by name,
 * so that a misspelt fee never becomes a free one. Amounts, rates and percentages are JSON texts; a
 * JSON number there is refused (wrong_type), since it has been through binary floating point on the
 * way. The fields are those of quote.schema.json, which is published; tests hold the two together.
 */
#ifndef INGEST_QUOTE_READ_H
#define INGEST_QUOTE_READ_H

#include <corridor/instant.h>
#include <corridor/refusal.h>
#include <corridor/service.h>
#include <corridor/tariff.h>

#define QUOTE_REF_MAX    100U
#define QUOTE_BYTES_MAX  (16U << 10) /* of one quote's JSON; 32 whole bands are 5 KiB */
#define QUOTE_DEPTH_MAX  8U          /* brackets open at once; a quote needs 3 */
#define QUOTE_LIST_MAX   16U         /* entries of pay_in, access_point, pay_out */
#define QUOTE_POINTS_MAX INT64_C(10000000)
#define QUOTE_NOT_SAID   INT64_MIN /* a valid_from or valid_until that was not given */

struct feed_quote {
    char ref[QUOTE_REF_MAX + 1]; /* the operator's own name of the service */
    char corridor[6];            /* "FR-SN", whichever spelling came */
    const struct country *from;
    const struct country *to;
    bool first_transfer;  /* price: "first_transfer", else "regular" */
    struct tariff tariff; /* currencies, bands, limits, receive_fee, tax_pct */
    unsigned pay_in;      /* bits 1u << enum pay_in, at least one; likewise the next two */
    unsigned access_point;
    unsigned pay_out;
    enum speed speed;
    enum coverage coverage;
    int32_t pickup_points; /* -1: not told */
    int64_t valid_from; /* <corridor/instant.h>; QUOTE_NOT_SAID until quote_rules has filled it */
    int64_t valid_until;
};

/*
 * Reads one JSON object, which must fill the span (white space around it is fine). True with the
 * quote, or false with the first refusal. As far as it got, quote->ref is the quote's own even
 * then: "" when none was read.
 *
 * Without min and max the limits are those of the bands; without receive_fee and tax_pct, 0;
 * coverage unknown; price regular. Says nothing of rules between fields: quote_rules does.
 *
 * Allocates for jansson's tree only, a few times the span, and frees it before it returns. Any
 * thread. Needs codes_open().
 */
MUST_CHECK bool quote_read(struct feed_quote *quote, struct span json, struct refusal *refusal);

struct json_t;
/* The same from a tree that was parsed with JSON_REJECT_DUPLICATES; it is only borrowed. */
MUST_CHECK bool quote_read_object(struct feed_quote *quote, struct json_t *object,
                                  struct refusal *refusal);

#endif
