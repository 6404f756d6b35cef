/*
 * What a mystery shopper found: one transfer that was paid for, from JSON, as strictly as a quote.
 * Stored beside the offers and never as one.
 */
#ifndef INGEST_SHOPPED_READ_H
#define INGEST_SHOPPED_READ_H

#include <corridor/instant.h>
#include <corridor/money.h>
#include <corridor/refusal.h>
#include <corridor/service.h>

#define SHOPPED_BYTES_MAX 4096U
#define SHOPPED_REF_MAX   100U
#define SHOPPED_LATEST    (366 * INSTANT_DAY) /* how long after it may be sent */

struct shopped {
    char operator_id[81];
    char ref[SHOPPED_REF_MAX + 1]; /* the operator's name of the service; "": not known */
    char corridor[6];
    const struct country *from;
    const struct country *to;
    const struct currency *send;
    const struct currency *receive;
    int64_t amount;   /* sent, minor units of the sending currency */
    int64_t paid;     /* in all, fees and taxes included; the same currency */
    int64_t received; /* by the family; minor units of the receiving currency */
    bool first_transfer;
    enum pay_in pay_in;
    enum access_point access_point;
    enum pay_out pay_out;
    int64_t observed_at;
    char receipt[65]; /* SHA-256 of the receipt, hexadecimal */
};

/* True with what was found, or false with the first refusal; now is an instant. */
MUST_CHECK bool shopped_read(struct shopped *shopped, struct span json, int64_t now,
                             struct refusal *refusal);

#endif
