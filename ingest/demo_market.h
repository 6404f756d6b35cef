/*
 * The demonstration market: who sends from where to where with which invented firm, and what it
 * costs on any day. Pure: tables, and functions of them and of a day. A day is a count of days
 * since 1970-01-01, an instant a count of seconds since then, both UTC. Needs codes_open().
 */
#ifndef INGEST_DEMO_MARKET_H
#define INGEST_DEMO_MARKET_H

#include <corridor/service.h>
#include <corridor/tariff.h>

#define DEMO_DAY INT64_C(86400) /* seconds */

/* ---- The tables ---- */

struct demo_sender {
    char country[3];
    char currency[4];
    int64_t
        hundred;  /* a round amount near 100 US dollars, minor units: where bands and limits lie */
    int64_t step; /* fees are multiples of this, minor units */
};
/* NULL when the country sends nothing here. */
const struct demo_sender *demo_sender_find(const char *country);

/* The World Bank's six regions. */
enum demo_region {
    DEMO_EAP, /* East Asia and Pacific */
    DEMO_ECA, /* Europe and Central Asia */
    DEMO_LAC, /* Latin America and the Caribbean */
    DEMO_MENA,
    DEMO_SA, /* South Asia */
    DEMO_SSA,
    DEMO_REGION_COUNT
};

enum {
    DEMO_WALLETS = 1, /* mobile wallets are in common use */
    DEMO_HOME = 2,    /* money is brought to the door */
};

struct demo_receiver {
    char country[3];
    enum demo_region region;
    char currency[4];
    char second[4]; /* another currency that some services pay out; "" for none */
    unsigned ways;  /* DEMO_WALLETS, DEMO_HOME */
};
const struct demo_receiver *demo_receiver_find(const char *country);

struct demo_corridor {
    char from[3];
    char to[3];
    uint8_t services;
    uint8_t level; /* percent of what its region makes expect */
};
extern const struct demo_corridor demo_corridors[];
extern const size_t demo_corridor_count;

enum demo_kind {
    DEMO_AGENT,   /* a money transfer operator with a network of agents */
    DEMO_DIGITAL, /* one without */
    DEMO_BANK,
    DEMO_POST,
    DEMO_MOBILE,   /* a mobile operator */
    DEMO_CARD,     /* an issuer of prepaid cards */
    DEMO_EXCHANGE, /* an exchange house */
    DEMO_CREDIT_UNION,
    DEMO_BUILDING_SOCIETY,
    DEMO_KIND_COUNT
};
enum firm_type demo_firm_type(enum demo_kind kind);

struct demo_operator {
    const char *id;
    const char *name;
    enum demo_kind kind;
    char country[3];       /* its seat */
    const char *senders;   /* where it takes money: alpha-2 codes; "" everywhere */
    const char *receivers; /* where it pays: alpha-2 codes and names of regions; "" everywhere */
};
extern const struct demo_operator demo_operators[];
extern const size_t demo_operator_count;
/* Whether the operator works on the corridor. */
bool demo_operator_serves(const struct demo_operator *firm, const struct demo_corridor *corridor);

/* ---- Services ---- */

struct demo_product {
    enum demo_kind kind;
    const char *slug;
    unsigned pay_in, access_point, pay_out; /* bits 1u << enum */
    enum speed speed;
    int64_t cost;   /* percent of what the kind of firm makes expect */
    unsigned needs; /* of the receiver's ways */
};

struct demo_service {
    const struct demo_corridor *corridor;
    const struct demo_sender *sender;
    const struct demo_receiver *receiver;
    const struct demo_operator *firm;
    const struct demo_product *product;
    const struct currency *send;
    const struct currency *receive;
    uint64_t key;
    bool cheap;          /* the one that lets every corridor begin below 3 % */
    char corridor_id[6]; /* "FR-SN" */
    char ref[32];        /* the operator's own name for it: "fr-sn-agent-cash" */
    enum coverage coverage;
    int64_t pickup_points; /* -1 where nothing is picked up */
};

/* Every service of the market in a fixed order; free() it. NULL when memory is short. */
MUST_CHECK struct demo_service *demo_services(size_t *count);

/* ---- Rates ---- */

/* The currencies with a reference rate of their own: all but the euro and those pegged. */
extern const size_t demo_currency_count;
const char *demo_currency(size_t index);
/* Units of a currency of the market for one euro on a day: six decimals, pegs exact. */
struct rate demo_euro_rate(const char *currency, int64_t day);
/* The same on no day in particular: what is lasting about it, for amounts that must not move. */
struct rate demo_usual_rate(const char *currency);

/* ---- Prices ---- */

struct demo_quote {
    bool first_transfer;
    int64_t recorded_at, valid_from, valid_until;
    struct tariff tariff;
};

/*
 * A service's prices are versions, numbered from 0 in the 1970s; a version is the same whoever asks
 * and whenever. demo_version_since is the first one that is followed by another only after the
 * instant: what is in force then, or later.
 */
uint64_t demo_version_since(const struct demo_service *service, int64_t instant);
/* When a version is learned: at or before it begins. Grows with the version. */
int64_t demo_version_recorded(const struct demo_service *service, uint64_t version);
void demo_quote(struct demo_quote *out, const struct demo_service *service, uint64_t version);
/* The promotion for a first transfer that goes with a version; false when there is none. */
bool demo_promotion(struct demo_quote *out, const struct demo_service *service, uint64_t version);

#endif
