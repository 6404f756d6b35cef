/*
 * One query for all corridors, turned into columns that lie one behind the other, and an index of
 * where each corridor's begin. The figures are worked out by another program at its own pace, so
 * while there are none yet the record is asked often, and later seldom: nothing here is urgent.
 */
#include "server/history.h"

#include "server/market.h"

#include <corridor/db.h>
#include <corridor/decimal.h>
#include <corridor/log.h>
#include <corridor/money.h>

#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>

enum {
    FIRST_S = 2,   /* between two tries while quarters that are over still lack figures */
    LATER_S = 600, /* afterwards */
    LIMIT_MS = 30000,
};

/* Real prices before invented ones, so that a corridor's first rows are those to keep. */
static const struct db_statement statement = {
    "histories",
    "SELECT corridor, demonstration, period, round(average_pct, 4), round(smart_pct, 4),"
    " round(best_pct, 4), EXISTS (SELECT FROM corridor.figure_work w"
    "  WHERE w.period < corridor.period_of(now()))"
    " FROM corridor.quarter_figure"
    " WHERE superseded_at = 'infinity' AND price_point_usd = 200 AND services > 0"
    " ORDER BY corridor, demonstration, period",
    0};
enum {
    CORRIDOR,
    DEMONSTRATION,
    PERIOD,
    AVERAGE,
    SMART,
    BEST,
    MORE_TO_COME
};

struct entry {
    char corridor[6];
    bool demonstration;
    size_t first;
    size_t count;
};

struct histories {
    unsigned holders; /* guarded by the lock */
    size_t entry_count;
    struct entry *entries; /* in order of their corridors */
    char (*periods)[PERIOD_TEXT_MAX];
    int64_t *average_pct;
    int64_t *smart_pct;
    int64_t *best_pct;
};

struct history_reader {
    struct db *db;
    struct event *due;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct histories *current;

/* ---- Sharing ---- */

static void release(struct histories *histories)
{
    if (histories == NULL || --histories->holders > 0)
        return;
    free(histories->entries);
    free(histories->periods);
    free(histories->average_pct);
    free(histories->smart_pct);
    free(histories->best_pct);
    free(histories);
}

struct histories *histories_hold(void)
{
    struct histories *held;

    pthread_mutex_lock(&lock);
    held = current;
    if (held != NULL)
        held->holders++;
    pthread_mutex_unlock(&lock);
    return held;
}

void histories_release(struct histories *histories)
{
    pthread_mutex_lock(&lock);
    release(histories);
    pthread_mutex_unlock(&lock);
}

static void publish(struct histories *fresh)
{
    pthread_mutex_lock(&lock);
    release(current);
    current = fresh;
    pthread_mutex_unlock(&lock);
}

bool histories_find(const struct histories *histories, const char *corridor, struct history *out)
{
    size_t low = 0;
    size_t high = histories->entry_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct entry *entry = &histories->entries[middle];
        int order = strcmp(corridor, entry->corridor);

        if (order == 0) {
            *out = (struct history){
                .demonstration = entry->demonstration,
                .count = entry->count,
                .periods = (const char(*)[PERIOD_TEXT_MAX])(histories->periods + entry->first),
                .average_pct = histories->average_pct + entry->first,
                .smart_pct = histories->smart_pct + entry->first,
                .best_pct = histories->best_pct + entry->first,
            };
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

/* ---- Reading ---- */

static int64_t percent(const struct db_result *rows, size_t row, size_t column)
{
    struct decimal value;
    struct span text = db_result_span(rows, row, column);

    if (text.at == NULL || decimal_parse(&value, text) != DECIMAL_OK ||
        !decimal_rescale(&value, value, PERCENT_SCALE, DECIMAL_HALF_UP) ||
        value.units > INT64_MAX / 2 || value.units < INT64_MIN / 2)
        return MARKET_PCT_NONE;
    return (int64_t)value.units;
}

static struct histories *make(size_t rows)
{
    struct histories *made = calloc(1, sizeof(*made));

    if (made == NULL)
        return NULL;
    made->holders = 1;
    made->entries = calloc(rows + 1, sizeof(*made->entries));
    made->periods = calloc(rows + 1, sizeof(*made->periods));
    made->average_pct = calloc(rows + 1, sizeof(*made->average_pct));
    made->smart_pct = calloc(rows + 1, sizeof(*made->smart_pct));
    made->best_pct = calloc(rows + 1, sizeof(*made->best_pct));
    if (made->entries == NULL || made->periods == NULL || made->average_pct == NULL ||
        made->smart_pct == NULL || made->best_pct == NULL) {
        release(made);
        return NULL;
    }
    return made;
}

static void add(struct histories *made, const struct db_result *rows, size_t row, size_t *filled)
{
    struct span corridor = db_result_span(rows, row, CORRIDOR);
    struct span period = db_result_span(rows, row, PERIOD);
    bool demonstration = db_result_bool(rows, row, DEMONSTRATION);
    struct entry *entry = made->entry_count == 0 ? NULL : &made->entries[made->entry_count - 1];

    if (corridor.len != 5 || !period_valid(period))
        return;
    if (entry == NULL || !span_is(corridor, entry->corridor)) {
        entry = &made->entries[made->entry_count++];
        *entry = (struct entry){.demonstration = demonstration, .first = *filled};
        memcpy(entry->corridor, corridor.at, corridor.len);
    } else if (entry->demonstration != demonstration) {
        return;
    }
    memcpy(made->periods[*filled], period.at, period.len);
    made->average_pct[*filled] = percent(rows, row, AVERAGE);
    made->smart_pct[*filled] = percent(rows, row, SMART);
    made->best_pct[*filled] = percent(rows, row, BEST);
    (*filled)++;
    if (entry->count == HISTORY_MAX)
        entry->first++;
    else
        entry->count++;
}

static void due_in(struct history_reader *reader, long seconds)
{
    (void)event_add(reader->due, &(struct timeval){.tv_sec = seconds});
}

static void done(const struct db_reply *reply, void *arg)
{
    struct history_reader *reader = arg;
    size_t rows = reply->outcome == DB_OK ? db_result_rows(reply->result) : 0;
    struct histories *made = rows == 0 ? NULL : make(rows);
    size_t filled = 0;

    if (reply->outcome != DB_OK) {
        static struct log_site site;
        log_warn_sometimes(&site, "reading the corridors' history failed (%s): %s",
                           db_outcome_code(reply->outcome), reply->message);
    }
    for (size_t i = 0; made != NULL && i < rows; i++)
        add(made, reply->result, i, &filled);
    if (made != NULL)
        publish(made);
    due_in(reader,
           made != NULL && !db_result_bool(reply->result, 0, MORE_TO_COME) ? LATER_S : FIRST_S);
}

static void on_due(evutil_socket_t fd, short what, void *arg)
{
    struct history_reader *reader = arg;

    (void)fd;
    (void)what;
    if (db_query(reader->db, &statement, NULL, LIMIT_MS, done, reader) == NULL)
        due_in(reader, FIRST_S);
}

struct history_reader *history_reader_new(struct event_base *base, struct db *db)
{
    struct history_reader *reader = calloc(1, sizeof(*reader));

    if (reader == NULL)
        return NULL;
    reader->db = db;
    reader->due = evtimer_new(base, on_due, reader);
    if (reader->due == NULL) {
        free(reader);
        return NULL;
    }
    due_in(reader, 0);
    return reader;
}

void history_reader_free(struct history_reader *reader)
{
    if (reader == NULL)
        return;
    event_free(reader->due);
    free(reader);
    publish(NULL);
}
