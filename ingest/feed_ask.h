/*
 * What is asked of the record before a batch is decided: the operators' locks and the keys' (held
 * to the end of the transaction), what was stored under the keys before, whether the nonces are
 * fresh, or the keys still valid, and what is known of each quote's service. One round trip for all
 * of it.
 */
#ifndef INGEST_FEED_ASK_H
#define INGEST_FEED_ASK_H

#include "ingest/feed_knowledge.h"
#include "ingest/feed_submission.h"

/* What became of asking for one submission. */
enum feed_entry_state {
    FEED_ENTRY_FREE,         /* to be decided and stored */
    FEED_ENTRY_BUSY,         /* the operator's quotes are being changed by somebody else */
    FEED_ENTRY_RUNNING,      /* the same key is on its way somewhere else */
    FEED_ENTRY_REPEATED,     /* stored before, with the same payload */
    FEED_ENTRY_REUSED,       /* the key was used for another payload */
    FEED_ENTRY_BELIEVED_NOT, /* `nonce` says why */
};
struct feed_entry {
    struct feed_submission *submission;
    enum feed_entry_state state;
    enum feed_fault_code nonce; /* FEED_FAULT_NONE: fresh */
    int64_t earlier;            /* the submission stored under the key; 0: none */
    bool same_payload;
    int status;                              /* of its answer */
    bool in_pieces;                          /* its answer lies in submission_answer */
    size_t withdrawn_first, withdrawn_count; /* its prices among `withdrawals` */
};

struct feed_withdrawn {
    int64_t service;
    bool first_transfer;
};

struct feed_ask {
    struct feed_knowledge *knowledge;
    struct feed_entry *entries;
    size_t count, cap;
    int64_t now;
    int64_t at; /* the transaction's instant, by the database's clock; known once asked */
    struct db_array arrays[12];
    struct db_value values[14];
    struct feed_market_question question;
    struct feed_asked {
        struct feed_item *item;
        const struct feed_submission *submission;
        size_t entry; /* the submission's; SIZE_MAX: it has none, and the lock is held */
    } * items;        /* that were asked about, in order */
    size_t item_count, item_cap;
    struct feed_recalled *recalled; /* of which nothing was asked */
    size_t recalled_count, recalled_cap;
    struct feed_withdrawn *withdrawals;
    size_t withdrawal_count, withdrawal_cap;
};

void feed_ask_init(struct feed_ask *ask, struct feed_knowledge *knowledge);
void feed_ask_free(struct feed_ask *ask);
void feed_ask_clear(struct feed_ask *ask);

/* An entry for a submission, of which nothing is asked yet. False: no memory. */
MUST_CHECK bool feed_ask_add(struct feed_ask *ask, struct feed_submission *submission);
/* Asks for the whole of each entry's submission: lock, key, its nonce unless that is taken, and its
 * quotes. False: no memory. */
MUST_CHECK bool feed_ask_entries(struct feed_ask *ask, int64_t now);
/* Asks for the nonces alone. */
void feed_ask_nonces(struct feed_ask *ask);
/* What was asked for of nonces, as parameters: keys, nonces, when they were signed. False: no
 * memory. */
#define FEED_ASK_NONCE_VALUES 3
MUST_CHECK bool feed_ask_nonce_values(struct feed_ask *ask,
                                      struct db_value values[FEED_ASK_NONCE_VALUES]);
/* Asks about quotes of a submission that has its operator's lock, but for those that are
 * remembered. They must stay where they are. False: no memory. */
MUST_CHECK bool feed_ask_items(struct feed_ask *ask, const struct feed_submission *submission,
                               struct feed_item *items, size_t count, int64_t now);
/* Judges those that are remembered. */
void feed_ask_recalled(const struct feed_ask *ask);
#define FEED_ASK_COMMANDS (7 + FEED_MARKET_COMMANDS)
MUST_CHECK bool feed_ask_commands(struct feed_ask *ask, struct db_command *commands, size_t *count);
/* The rows of one of these commands, or of feed_numbers_statement. Items are judged as their rows
 * come, if the rows of the market have come: they stand before. */
void feed_ask_rows(struct feed_ask *ask, const struct db_statement *statement,
                   const struct db_result *rows);

#endif
