/* Two rings of numbers. */
#include "ingest/feed_numbers.h"

#include <stdio.h>

#define FEWEST 64U /* asked for at a time */

const struct db_statement feed_numbers_statement = {
    "feed_numbers",
    "SELECT CASE WHEN n <= $1::integer THEN nextval('corridor.submission_id_seq') END,"
    " CASE WHEN n <= $2::integer THEN nextval('corridor.quote_id') END,"
    " CASE WHEN n = 1 THEN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint END"
    " FROM generate_series(1, greatest($1::integer, $2::integer)) AS n",
    2};

void feed_numbers_init(struct feed_numbers *numbers)
{
    *numbers = (struct feed_numbers){0};
    numbers->submissions = (struct feed_numbers_list){.at = numbers->submission_numbers,
                                                      .size = FEED_NUMBERS_SUBMISSIONS};
    numbers->quotes =
        (struct feed_numbers_list){.at = numbers->quote_numbers, .size = FEED_NUMBERS_QUOTES};
}

static size_t count_of(const struct feed_numbers_list *list)
{
    return list->end - list->begin;
}

static int64_t first(const struct feed_numbers_list *list)
{
    return list->at[list->begin % list->size];
}

static int64_t take(struct feed_numbers_list *list)
{
    int64_t number = first(list);
    list->begin++;
    return number;
}

/* One for which there is no room becomes a gap; so does one lower than what was there before, when
 * two that were asked for come in another order. */
static void add(struct feed_numbers_list *list, int64_t number)
{
    if (count_of(list) < list->size && number > list->highest) {
        list->at[list->end++ % list->size] = number;
        list->highest = number;
    }
}

bool feed_numbers_have(struct feed_numbers *numbers, size_t submissions, size_t quotes)
{
    bool enough =
        count_of(&numbers->submissions) >= submissions && count_of(&numbers->quotes) >= quotes;
    numbers->missed |= !enough;
    return enough;
}

int64_t feed_numbers_submission(struct feed_numbers *numbers)
{
    return take(&numbers->submissions);
}

int64_t feed_numbers_quote(struct feed_numbers *numbers)
{
    return take(&numbers->quotes);
}

void feed_numbers_clear(struct feed_numbers *numbers)
{
    numbers->submissions.begin = numbers->submissions.end;
    numbers->quotes.begin = numbers->quotes.end;
    numbers->submissions.highest = numbers->quotes.highest = 0; /* the next may be lower */
}

void feed_numbers_beyond(struct feed_numbers *numbers, int64_t submission)
{
    struct feed_numbers_list *list = &numbers->submissions;
    while (count_of(list) > 0 && first(list) < submission) {
        list->begin++;
    }
    if (list->highest < submission) {
        list->highest = submission;
    }
}

/* How many to ask for, where twice as many as were taken should be there and a few at least. */
static size_t lacking(const struct feed_numbers_list *list, size_t taken)
{
    size_t wanted = 2 * taken < FEWEST ? FEWEST : 2 * taken;
    wanted = wanted < list->size ? wanted : list->size;
    /* Not for one or two. */
    return count_of(list) * 2 <= wanted ? wanted - count_of(list) : 0;
}

bool feed_numbers_ask(struct feed_numbers *numbers, struct feed_numbers_question *question,
                      size_t submissions, size_t quotes, struct db_command *command)
{
    submissions = lacking(&numbers->submissions, submissions);
    quotes = lacking(&numbers->quotes, quotes);
    numbers->missed = false;
    (void)snprintf(question->submissions, sizeof question->submissions, "%zu", submissions);
    (void)snprintf(question->quotes, sizeof question->quotes, "%zu", quotes);
    question->values[0] =
        (struct db_value){question->submissions, strlen(question->submissions), false};
    question->values[1] = (struct db_value){question->quotes, strlen(question->quotes), false};
    *command = (struct db_command){&feed_numbers_statement, question->values};
    return submissions + quotes > 0;
}

int64_t feed_numbers_rows(struct feed_numbers *numbers, const struct db_result *rows)
{
    int64_t clock = 0;
    for (size_t row = 0; row < db_result_rows(rows); row++) {
        int64_t number;
        if (db_result_int64(rows, row, 0, &number)) {
            add(&numbers->submissions, number);
        }
        if (db_result_int64(rows, row, 1, &number)) {
            add(&numbers->quotes, number);
        }
        if (db_result_int64(rows, row, 2, &number)) {
            clock = number;
        }
    }
    return clock;
}
