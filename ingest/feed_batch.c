/*
 * From submissions to commands. Both ways of deciding end in the same storing; they differ in its
 * first statement, which takes the operators' turns where nothing was asked, and notes them where
 * it was.
 */
#include "ingest/feed_batch.h"

void feed_batch_init(struct feed_batch *batch, struct feed_knowledge *knowledge)
{
    batch->knowledge = knowledge;
    feed_ask_init(&batch->ask, knowledge);
    feed_store_init(&batch->store);
    feed_turns_init(&batch->turns);
}

void feed_batch_free(struct feed_batch *batch)
{
    feed_ask_free(&batch->ask);
    feed_store_free(&batch->store);
    feed_turns_free(&batch->turns);
}

bool feed_batch_recall(struct feed_batch *batch)
{
    batch->recalled = feed_recall_batch(batch->knowledge, &batch->ask, instant_now());
    return batch->recalled;
}

bool feed_batch_ask(struct feed_batch *batch)
{
    batch->recalled = false;
    return feed_ask_entries(&batch->ask, instant_now()) &&
           feed_ask_commands(&batch->ask, batch->commands, &batch->command_count);
}

void feed_batch_rows(struct feed_batch *batch, size_t step, const struct db_result *rows)
{
    feed_ask_rows(&batch->ask, batch->commands[step].statement, rows);
}

/* ---- Storing ---- */

/* Its receipt, and what is stored of it. */
static void decide(struct feed_batch *batch, struct feed_entry *entry)
{
    struct feed_submission *submission = entry->submission;
    int64_t at = batch->ask.at;
    submission->status = submission->kind == FEED_WITHDRAW || submission->dry_run ? 200 : 201;
    if (submission->kind == FEED_WITHDRAW && entry->withdrawn_count == 0) {
        submission->status = 404;
        return;
    }
    memset(submission->counts, 0, sizeof submission->counts);
    feed_submission_count(submission, 0);
    submission->withdrawn = (int64_t)entry->withdrawn_count;
    out_clear(&submission->answer);
    feed_receipt(submission, at, &submission->answer);
    if (submission->dry_run) {
        return;
    }
    for (size_t i = 0; i < submission->count; i++) {
        feed_store_item(&batch->store, submission->operator_id, submission->id,
                        &submission->items[i]);
    }
    for (size_t i = 0; i < entry->withdrawn_count; i++) {
        const struct feed_withdrawn *gone = &batch->ask.withdrawals[entry->withdrawn_first + i];
        feed_store_withdrawal(&batch->store, submission->id, gone->service,
                              feed_price_word(gone->first_transfer));
    }
    feed_store_submission(&batch->store, submission, submission->status,
                          out_span(&submission->answer));
}

bool feed_batch_store(struct feed_batch *batch)
{
    size_t count = 0;
    size_t quotes = 0;
    bool ok = true;
    struct db_command *next = batch->commands;
    feed_store_begin(&batch->store, batch->ask.at);
    for (size_t i = 0; i < batch->ask.count; i++) {
        struct feed_entry *entry = &batch->ask.entries[i];
        if (entry->state == FEED_ENTRY_FREE) {
            decide(batch, entry);
            quotes += entry->submission->count;
            ok = ok && !out_failed(&entry->submission->answer);
        }
    }
    if (batch->recalled) {
        ok = feed_turns_take(&batch->turns, batch->knowledge, &batch->ask, next++) && ok;
    } else if (feed_turns_note(&batch->turns, &batch->ask, next)) {
        next++;
    }
    ok = feed_store_commands(&batch->store, next, &count) && ok;
    next += count;
    /* Numbers for the next one, where they are used at all. */
    if (batch->recalled || batch->knowledge->numbers.missed) {
        next += feed_numbers_ask(&batch->knowledge->numbers, &batch->numbers, batch->ask.count,
                                 quotes, next);
    }
    batch->command_count = (size_t)(next - batch->commands);
    return ok;
}
