/*
 * Numbers of submissions and quotes, taken from the database's sequences before they are needed, so
 * that a receipt can be written before it is asked for anything. One list for a process, used in
 * its order. Numbers that are not used in the end are gaps.
 *
 * A sequence remembers what it gave once a transaction that began to commit behind it is on disk:
 * what was asked for in one that did not end so may be given again after a crash.
 */
#ifndef INGEST_FEED_NUMBERS_H
#define INGEST_FEED_NUMBERS_H

#include <corridor/db.h>

#define FEED_NUMBERS_SUBMISSIONS 1024U
#define FEED_NUMBERS_QUOTES      8192U

struct feed_numbers_list {
    int64_t *at;
    size_t size; /* a power of two */
    size_t begin, end;
    int64_t highest; /* that it has had */
};
struct feed_numbers {
    int64_t submission_numbers[FEED_NUMBERS_SUBMISSIONS], quote_numbers[FEED_NUMBERS_QUOTES];
    struct feed_numbers_list submissions, quotes;
    bool missed; /* there were fewer than somebody could have used */
};

void feed_numbers_init(struct feed_numbers *numbers);
/* Whether there are so many. */
MUST_CHECK bool feed_numbers_have(struct feed_numbers *numbers, size_t submissions, size_t quotes);
/* The next, of those that there are. */
int64_t feed_numbers_submission(struct feed_numbers *numbers);
int64_t feed_numbers_quote(struct feed_numbers *numbers);
/* The transaction in which some were asked for was not committed, or nobody knows: those that are
 * left are not used. */
void feed_numbers_clear(struct feed_numbers *numbers);
/* A submission has this number by another way: lower ones are not to be used any more, as an
 * operator's are to grow. */
void feed_numbers_beyond(struct feed_numbers *numbers, int64_t submission);

/* Asking for more. */
struct feed_numbers_question {
    char submissions[12], quotes[12];
    struct db_value values[2];
};
/* So that there will be twice as many as a batch takes that has just taken these. Returns whether
 * the command is needed: there may be enough. */
bool feed_numbers_ask(struct feed_numbers *numbers, struct feed_numbers_question *question,
                      size_t submissions, size_t quotes, struct db_command *command);
extern const struct db_statement feed_numbers_statement;
/* Its rows. Returns the database's clock, microseconds since 1970; 0: it did not say. */
int64_t feed_numbers_rows(struct feed_numbers *numbers, const struct db_result *rows);

#endif
