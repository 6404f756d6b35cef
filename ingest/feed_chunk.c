/* What a stream stores at a time. A receipt's parts join to one JSON text: all but the first begin
 * with a comma. */
#include "ingest/feed_chunk.h"

#include <inttypes.h>
#include <stdio.h>

#define PART_MAX ((size_t)4 << 20)

const struct db_statement feed_book_begin = {"feed_book_begin", "SELECT corridor.book_begin()", 0};
const struct db_statement feed_book_end = {
    "feed_book_end", "SELECT corridor.book_end($1::timestamptz, $2::bigint, $3::text)", 3};
static const struct db_statement book_add = {
    "feed_book_add", "SELECT corridor.book_add($1::text, $2::text[], $3::text[])", 3};
static const struct db_statement store_part = {
    "feed_store_part",
    "INSERT INTO corridor.submission_answer (submission, part, body)"
    " VALUES ($1::bigint, $2::integer, $3::text)",
    3};

void feed_chunk_init(struct feed_chunk *chunk)
{
    feed_store_init(&chunk->store);
    db_array_init(&chunk->book_refs, PART_MAX);
    db_array_init(&chunk->book_prices, PART_MAX);
    out_init(&chunk->part, PART_MAX);
    out_init(&chunk->head, PART_MAX);
}

void feed_chunk_free(struct feed_chunk *chunk)
{
    feed_store_free(&chunk->store);
    db_array_free(&chunk->book_refs);
    db_array_free(&chunk->book_prices);
    out_free(&chunk->part);
    out_free(&chunk->head);
}

static struct db_value text_value(const char *text)
{
    return (struct db_value){text, strlen(text), false};
}

static void begin(struct feed_chunk *chunk, const struct feed_submission *submission, int64_t at)
{
    feed_store_begin(&chunk->store, at);
    db_array_clear(&chunk->book_refs);
    db_array_clear(&chunk->book_prices);
    out_clear(&chunk->part);
    (void)snprintf(chunk->id, sizeof chunk->id, "%" PRId64, submission->id);
    (void)snprintf(chunk->number_text, sizeof chunk->number_text, "%d", ++chunk->number);
}

void feed_chunk_decide(struct feed_chunk *chunk, struct feed_submission *submission, int64_t at,
                       const struct feed_item *items, size_t count)
{
    begin(chunk, submission, at);
    if (chunk->number > 1) {
        out_text(&chunk->part, ",\n");
    }
    for (size_t i = 0; i < count; i++) {
        const struct feed_item *item = &items[i];
        submission->counts[item->status]++;
        feed_tally_add(&chunk->tally, item);
        feed_store_item(&chunk->store, submission->operator_id, submission->id, item);
        feed_item_receipt(item, submission->dry_run, &chunk->part);
        if (submission->kind == FEED_BOOK && item->quote.ref[0] != '\0') {
            /* Of one that was refused on reading, it is not known which of the two it is. */
            bool read = item->status != FEED_REFUSED || item->why.code == REFUSAL_DUPLICATE_REF;
            db_array_text(&chunk->book_refs, item->quote.ref);
            db_array_text(&chunk->book_prices,
                          read ? feed_price_word(item->quote.first_transfer) : NULL);
        }
    }
}

void feed_chunk_last(struct feed_chunk *chunk, const struct feed_submission *submission, int64_t at)
{
    begin(chunk, submission, at);
    if (!submission->dry_run) { /* that of a dry run has no key, and is asked for by nobody */
        feed_store_submission(&chunk->store, submission, 201, (struct span){0});
    }
    out_text(&chunk->part, "]}\n");
}

bool feed_chunk_commands(struct feed_chunk *chunk, const struct feed_submission *submission,
                         struct db_command *commands, size_t *count)
{
    bool ok = feed_store_commands(&chunk->store, commands, count);
    if (chunk->book_refs.count > 0) {
        chunk->book_values[0] = text_value(submission->operator_id);
        chunk->book_values[1] = db_array_value(&chunk->book_refs, DB_ARRAY_TEXT);
        chunk->book_values[2] = db_array_value(&chunk->book_prices, DB_ARRAY_TEXT);
        ok = ok && !out_failed(&chunk->book_refs.out) && !out_failed(&chunk->book_prices.out);
        commands[(*count)++] = (struct db_command){&book_add, chunk->book_values};
    }
    out_char(&chunk->part, '\0');
    chunk->part_values[0] = text_value(chunk->id);
    chunk->part_values[1] = text_value(chunk->number_text);
    chunk->part_values[2] = (struct db_value){chunk->part.at, chunk->part.len - 1, false};
    commands[(*count)++] = (struct db_command){&store_part, chunk->part_values};
    return ok && !out_failed(&chunk->part);
}

bool feed_chunk_head(struct feed_chunk *chunk, const struct feed_submission *submission, int64_t at,
                     struct db_command *command)
{
    out_clear(&chunk->head);
    feed_receipt_head(submission, at, &chunk->head);
    json_key(&chunk->head, "quotes");
    json_open(&chunk->head, '[');
    out_char(&chunk->head, '\0');
    if (out_failed(&chunk->head)) {
        return false;
    }
    chunk->head_values[0] = text_value(chunk->id);
    chunk->head_values[1] = text_value("0");
    chunk->head_values[2] = text_value(chunk->head.at);
    *command = (struct db_command){&store_part, chunk->head_values};
    return true;
}

struct db_command feed_chunk_book_end(struct feed_chunk *chunk,
                                      const struct feed_submission *submission, int64_t at)
{
    (void)snprintf(chunk->id, sizeof chunk->id, "%" PRId64, submission->id);
    chunk->end_values[0] = feed_instant_value(chunk->store.at, at);
    chunk->end_values[1] = text_value(chunk->id);
    chunk->end_values[2] = text_value(submission->operator_id);
    return (struct db_command){&feed_book_end, chunk->end_values};
}
