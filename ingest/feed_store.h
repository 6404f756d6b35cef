/*
 * What a batch stores, gathered as arrays and sent as one statement a table: rows of any number of
 * submissions. The statements are those of sql/0011-feed.sql.
 */
#ifndef INGEST_FEED_STORE_H
#define INGEST_FEED_STORE_H

#include <corridor/db_array.h>

#include "ingest/feed_submission.h"

/* The columns of store_quotes, in its order: X(NAME, type). */
#define FEED_QUOTE_COLUMNS(X) \
    X(ID, INT8)               \
    X(SUBMISSION, INT8)       \
    X(SERVICE, INT8)          \
    X(CORRIDOR, TEXT)         \
    X(PRICE, TEXT)            \
    X(SEND, TEXT)             \
    X(RECEIVE, TEXT)          \
    X(PAY_IN, TEXT)           \
    X(ACCESS_POINT, TEXT)     \
    X(PAY_OUT, TEXT)          \
    X(SPEED, TEXT)            \
    X(COVERAGE, TEXT)         \
    X(POINTS, INT4)           \
    X(TARIFF, TEXT)           \
    X(RECEIVE_FEE, TEXT)      \
    X(TAX_PCT, TEXT)          \
    X(MIN, TEXT)              \
    X(MAX, TEXT)              \
    X(VALID_FROM, INSTANT)    \
    X(VALID_UNTIL, INSTANT)   \
    X(IS_NEW, BOOL)           \
    X(CONTENT, BYTEA)         \
    X(JUDGED_PAIR, INT4)      \
    X(JUDGED_RATE, INT8)      \
    X(JUDGED_LOG, INT8)       \
    X(JUDGED_FEE_200, INT8)   \
    X(JUDGED_TERMS, INT8)
#define FEED_QUOTE_ENUM(name, type) FEED_QUOTE_##name,
enum feed_quote_column {
    FEED_QUOTE_COLUMNS(FEED_QUOTE_ENUM) FEED_QUOTE_COUNT
};

enum feed_held_column {
    FEED_HELD_CODE,
    FEED_HELD_FIELD,
    FEED_HELD_REASON,
    FEED_HELD_FAR,
    FEED_HELD_COUNT
};
enum feed_service_column {
    FEED_SERVICE_ID,
    FEED_SERVICE_OPERATOR,
    FEED_SERVICE_REF,
    FEED_SERVICE_CORRIDOR,
    FEED_SERVICE_COUNT
};
#define FEED_SUBMISSION_COUNT 13
enum feed_withdrawal_column {
    FEED_WITHDRAWAL_SUBMISSION,
    FEED_WITHDRAWAL_SERVICE,
    FEED_WITHDRAWAL_PRICE,
    FEED_WITHDRAWAL_COUNT
};

struct feed_store {
    char at[8]; /* the instant, binary */
    struct db_array quotes[FEED_QUOTE_COUNT];
    struct db_array held[FEED_QUOTE_COUNT];
    struct db_array held_why[FEED_HELD_COUNT];
    struct db_array services[FEED_SERVICE_COUNT];
    struct db_array submissions[FEED_SUBMISSION_COUNT];
    struct db_array withdrawals[FEED_WITHDRAWAL_COUNT];
    struct out tariff; /* for one at a time */
    struct db_value quote_values[1 + FEED_QUOTE_COUNT];
    struct db_value held_values[1 + FEED_QUOTE_COUNT + FEED_HELD_COUNT];
    struct db_value service_values[FEED_SERVICE_COUNT];
    struct db_value submission_values[1 + FEED_SUBMISSION_COUNT];
    struct db_value withdrawal_values[1 + FEED_WITHDRAWAL_COUNT];
};

void feed_store_init(struct feed_store *store);
void feed_store_free(struct feed_store *store);
/* Empty, for what is stored at an instant. */
void feed_store_begin(struct feed_store *store, int64_t at);

/* An accepted or newly quarantined item, and its service where that is new; of others nothing is
 * stored. */
void feed_store_item(struct feed_store *store, const char *operator_id, int64_t submission,
                     const struct feed_item *item);
void feed_store_withdrawal(struct feed_store *store, int64_t submission, int64_t service,
                           const char *price);

/* A submission's own row; its answer, at NULL where that is kept in pieces. */
void feed_store_submission(struct feed_store *store, const struct feed_submission *submission,
                           int status, struct span answer);

/* The commands for what was gathered, in their order; 0 to FEED_STORE_COMMANDS. False when memory
 * was short. They last as long as the store is left alone. */
#define FEED_STORE_COMMANDS 6
MUST_CHECK bool feed_store_commands(struct feed_store *store, struct db_command *commands,
                                    size_t *count);
/* An instant as a binary parameter. */
struct db_value feed_instant_value(char buffer[8], int64_t at);

/* One NOTIFY of a batch that changed what is shown. */
extern const struct db_statement feed_notify;

#endif
