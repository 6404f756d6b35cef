/*
 * One quote of a submission, from its text to its line of the receipt: what was read, why it was
 * refused or held, what it is stored as.
 */
#ifndef INGEST_FEED_ITEM_H
#define INGEST_FEED_ITEM_H

#include "ingest/judge.h"
#include "ingest/quote_rules.h"

enum feed_status {
    FEED_ACCEPTED,
    FEED_QUARANTINED,
    FEED_REFUSED,
    FEED_UNCHANGED, /* the record says the same already: nothing is stored */
    FEED_STATUSES,
};
#define FEED_CONTENT_SIZE 16

/* A price that was given without an end is prolonged by a repeat, but not more often than this. */
#define FEED_PROLONG (1 * INSTANT_SECOND * 3600)

struct feed_item {
    enum feed_status status;
    bool from_said;  /* the quote has its own valid_from */
    bool until_said; /* … and valid_until */
    bool is_new;     /* accepted, and the first of its service where little could be compared */
    bool held_again; /* quarantined before already: nothing is stored */
    bool new_service;
    int64_t service;
    int64_t id; /* the quote's number; of an unchanged one, that of the quote in force */
    struct feed_quote quote; /* but for its ref worth nothing when refused on reading */
    struct refusal why;      /* of a refused or held one */
    bool far;
    struct judge_price price;
    unsigned char content[FEED_CONTENT_SIZE]; /* digest of what it says, to tell a repeat */
};

const char *feed_status_word(enum feed_status status);
const char *feed_price_word(bool first_transfer); /* "regular", "first_transfer" */

/*
 * Reads a text at an instant. False when the text is no quote at all (item->why has a code of the
 * group DOCUMENT): then nothing of the submission can be taken.
 */
MUST_CHECK bool feed_item_read(struct feed_item *item, struct span text, int64_t now);

/* What the record knows of a service and one of its two prices, but for what is held. */
struct feed_service {
    int64_t id;       /* of the service */
    char corridor[6]; /* the service's */
    bool said;        /* `content` is known */
    bool priced;      /* `last` is, of the current price or one withdrawn */
    int64_t quote;    /* 0: no price in force */
    int64_t until;    /* it is in force */
    unsigned char content[FEED_CONTENT_SIZE];
    struct judge_price last;
    int64_t told_at; /* when it was last said; 0: never */
};
/* A price of it that waits in quarantine, later than the current one. */
struct feed_held {
    int64_t id;
    unsigned char content[FEED_CONTENT_SIZE];
    const char *code;
    const char *field;
    const char *reason;
};
struct feed_known {
    struct feed_service service; /* with a fresh number where it is new */
    bool is_new;
    int64_t fresh_id;             /* for the quote */
    const struct feed_held *held; /* NULL: none */
};
/* Decides, at the instant of the transaction, what becomes of an item that was read and not
 * refused. */
struct feed_market;
void feed_item_judge(struct feed_item *item, const struct feed_known *known,
                     const struct feed_market *market, int64_t at);
/* What is known of its service once it is stored, if it was accepted. */
void feed_item_learn(const struct feed_item *item, int64_t at, struct feed_service *service);

/* Refuses it: the ref and price stood before in its submission. */
void feed_item_repeated(struct feed_item *item);
/* Refuses it: its ref is a service on this corridor. */
void feed_item_elsewhere(struct feed_item *item, const char *corridor);

/* {"ref","status","code","field","reason","quote"} */
void feed_item_receipt(const struct feed_item *item, bool dry_run, struct out *out);

#endif
