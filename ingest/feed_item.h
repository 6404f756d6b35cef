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

/* What the record knows of a quote's service, from feed_context_sql. */
struct feed_known {
    int64_t service; /* the service's number, a fresh one where it is not known */
    bool known;
    char corridor[6];   /* of a known one */
    int64_t fresh_id;   /* for the quote */
    int64_t current_id; /* 0: no price in force */
    int64_t current_until;
    const char *current_content; /* 32 hexadecimal digits, or NULL */
    bool priced;                 /* `last` is known, of the current price or one withdrawn */
    struct judge_price last;
    int64_t held_id; /* waiting in quarantine, later than the current one; 0: none */
    const char *held_content;
    const char *held_code;
    const char *held_field;
    const char *held_reason;
    int64_t told_at; /* when the later of the two was recorded; 0: neither */
};
/* Decides, at the instant of the transaction, what becomes of an item that was read and not
 * refused. */
struct feed_market;
void feed_item_judge(struct feed_item *item, const struct feed_known *known,
                     const struct feed_market *market, int64_t at);

/* Refuses it: the ref and price stood before in its submission. */
void feed_item_repeated(struct feed_item *item);

/* {"ref","status","code","field","reason","quote"} */
void feed_item_receipt(const struct feed_item *item, bool dry_run, struct out *out);

#endif
