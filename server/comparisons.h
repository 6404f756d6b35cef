/*
 * /v4/comparisons: the shape of Wise's public comparison API, so that a client of it works here
 * when it changes the address. Its question names a pair of currencies; countries are filters, so
 * one answer may gather several corridors. Fees come out of the amount (BASIS_ALL_IN).
 */
#ifndef SERVER_COMPARISONS_H
#define SERVER_COMPARISONS_H

#include "server/compare.h"

#include <corridor/out.h>

/* The shape knows banks and everybody else; "travelMoney" it has too, and we never do. */
#define PROVIDER_TYPES(X)                \
    X(BANK, "bank")                      \
    X(TRANSFER, "moneyTransferProvider") \
    X(TRAVEL, "travelMoney")
#define PROVIDER_ENUM(name, code) PROVIDER_##name,
enum provider_type {
    PROVIDER_TYPES(PROVIDER_ENUM) PROVIDER_TYPE_COUNT
};
const char *provider_type_code(enum provider_type type);
enum provider_type provider_type_of(enum firm_type type);

struct comparisons_ask {
    struct ask
        ask; /* of each corridor: currencies, basis and amount settled; from and to are not */
    const struct country *source; /* NULL: any */
    const struct country *target;
    const struct country *provider_country;
    unsigned provider_types; /* set of enum provider_type; 0: any */
    struct span aliases;     /* comma list of operators' ids; at = NULL: any */
    unsigned providers;      /* the best so many; 0: all */
};

/* The most quotes of one answer; a question without countries may meet every corridor of a pair.
 * Those of corridors that come first are kept, and the rest counted. */
#define COMPARISONS_QUOTES_MAX 1024

struct comparisons;
/* NULL: no memory. Free with comparisons_free. */
struct comparisons *comparisons_new(const struct comparisons_ask *ask);
void comparisons_free(struct comparisons *all);
/* Compares in one market, with the caller's scratch, and keeps what fits the question. The market
 * must stay held until comparisons_free. */
void comparisons_add(struct comparisons *all, const struct market *market,
                     struct comparison *scratch);
/* Providers by their best quote, each quote's figures as JSON numbers. */
void comparisons_json(struct out *out, struct comparisons *all);
/* The first instant at which something in it begins or lapses. */
int64_t comparisons_until(const struct comparisons *all);

#endif
