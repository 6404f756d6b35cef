/*
 * Deciding from memory. A batch whose services are all remembered is decided without asking, and
 * stored in one round trip, whose first statement fails where what was remembered is not so any
 * more (feed_take_turns in sql/0029-feed-turns.sql); then nothing is stored, and the batch goes the
 * way of asking. A stream, which has its operator's lock for as long as it lasts, looks its turn up
 * once and then asks only for what is not remembered.
 */
#ifndef INGEST_FEED_RECALL_H
#define INGEST_FEED_RECALL_H

#include "ingest/feed_ask.h"
#include "ingest/feed_knowledge.h"

/* A batch's turns: what the statements below need. */
struct feed_turns {
    char at[8], first[24], last[24];
    struct db_array operators, since;
    struct db_value values[8];
};
void feed_turns_init(struct feed_turns *turns);
void feed_turns_free(struct feed_turns *turns);

/*
 * Decides all that was gathered, none of it withdrawn, a dry run or tried before: ask->at, the
 * submissions' numbers and the items. False: something has to be asked first, and items may have
 * been judged in vain.
 */
MUST_CHECK bool feed_recall_batch(struct feed_knowledge *knowledge, struct feed_ask *ask,
                                  int64_t now);
/* The command that comes first when such a batch is stored. False: no memory. */
MUST_CHECK bool feed_turns_take(struct feed_turns *turns, const struct feed_knowledge *knowledge,
                                struct feed_ask *ask, struct db_command *command);
/* The command that goes with what is stored after asking. False: it changes nobody's prices. */
MUST_CHECK bool feed_turns_note(struct feed_turns *turns, const struct feed_ask *ask,
                                struct db_command *command);
/* The same for a stream. */
struct db_command feed_turns_note_stream(struct feed_turns *turns,
                                         const struct feed_submission *submission, int64_t at);
/* Either way, once it is stored: remembers what came of it. */
void feed_turns_over(struct feed_knowledge *knowledge, const struct feed_ask *ask);
/* It is unknown whether it was. */
void feed_turns_lost(struct feed_knowledge *knowledge, const struct feed_ask *ask);

#endif
