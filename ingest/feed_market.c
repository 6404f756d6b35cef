/*
 * Two tables, by pair of currencies and by corridor, bounded by how many of them the world has. The
 * hard part is that a batch and a stream may ask at once: something counts as known when its rows
 * have come, and whoever needs it before asks too, so that nothing is ever judged by what is still
 * on its way.
 */
#include "ingest/feed_market.h"

#include <corridor/log.h>

#include <stdlib.h>

#define POINTS_HOLD   (3600 * INSTANT_SECOND)
#define CORRIDOR_HOLD (60 * INSTANT_SECOND)
#define BUCKETS       1024U
#define ROWS_MAX      64U /* pairs of one corridor */
#define QUESTION_MAX  ((size_t)1 << 20)

struct points {
    struct points *next;
    int32_t pair;
    int64_t known_at; /* 0: never */
    uint64_t asked;   /* the question that asked last */
    struct judge_points points;
};
struct distribution {
    int32_t pair;
    struct judge_corridor corridor;
};
struct corridor {
    struct corridor *next;
    char id[6];
    int64_t known_at;
    uint64_t asked;
    uint32_t count;
    struct distribution *rows;
};

struct feed_market {
    uint64_t serial;
    struct points *points[BUCKETS];
    struct corridor *corridors[BUCKETS];
};

static const struct db_statement points_statement = {"feed_points", judge_points_sql, 3};
static const struct db_statement corridors_statement = {"feed_corridors", judge_corridors_sql, 1};

struct feed_market *feed_market_new(void)
{
    return calloc(1, sizeof(struct feed_market));
}

void feed_market_free(struct feed_market *market)
{
    for (size_t i = 0; market && i < BUCKETS; i++) {
        struct points *p;
        struct corridor *c;
        while ((p = market->points[i])) {
            market->points[i] = p->next;
            free(p);
        }
        while ((c = market->corridors[i])) {
            market->corridors[i] = c->next;
            free(c->rows);
            free(c);
        }
    }
    free(market);
}

/* ---- Finding ---- */

static int32_t pair_of(const struct currency *send, const struct currency *receive)
{
    return (int32_t)send->numeric * 1000 + (int32_t)receive->numeric;
}

static struct points *find_points(const struct feed_market *market, int32_t pair)
{
    struct points *p = market->points[(uint32_t)pair % BUCKETS];
    while (p && p->pair != pair) {
        p = p->next;
    }
    return p;
}

static uint32_t bucket_of(const char *id)
{
    uint32_t hash = 0;
    for (size_t i = 0; i < 5; i++) {
        hash = hash * 31 + (unsigned char)id[i];
    }
    return hash % BUCKETS;
}

static struct corridor *find_corridor(const struct feed_market *market, const char *id)
{
    struct corridor *c = market->corridors[bucket_of(id)];
    while (c && strcmp(c->id, id) != 0) {
        c = c->next;
    }
    return c;
}

static void *make(size_t size)
{
    void *entry = calloc(1, size);
    if (!entry) {
        log_error("out of memory");
        abort();
    }
    return entry;
}

/* ---- Asking ---- */

void feed_market_question_init(struct feed_market_question *question)
{
    *question = (struct feed_market_question){0};
    db_array_init(&question->send, QUESTION_MAX);
    db_array_init(&question->receive, QUESTION_MAX);
    db_array_init(&question->corridors, QUESTION_MAX);
}

void feed_market_question_free(struct feed_market_question *question)
{
    db_array_free(&question->send);
    db_array_free(&question->receive);
    db_array_free(&question->corridors);
}

void feed_market_question_clear(struct feed_market_question *question)
{
    db_array_clear(&question->send);
    db_array_clear(&question->receive);
    db_array_clear(&question->corridors);
    question->serial = 0;
}

/* Not of a time that is to come either, by more than others may be ahead: the clock was set back.
 */
static bool holds(int64_t known_at, int64_t now, int64_t hold)
{
    return llabs(now - known_at) <= hold;
}

bool feed_market_has(const struct feed_market *market, const struct feed_quote *quote, int64_t now)
{
    const struct tariff *t = &quote->tariff;
    const struct points *p = find_points(market, pair_of(t->send, t->receive));
    const struct corridor *c = find_corridor(market, quote->corridor);
    return p && c && holds(p->known_at, now, POINTS_HOLD) && holds(c->known_at, now, CORRIDOR_HOLD);
}

void feed_market_need(struct feed_market *market, const struct feed_quote *quote, int64_t now,
                      struct feed_market_question *question)
{
    const struct tariff *t = &quote->tariff;
    int32_t pair = pair_of(t->send, t->receive);
    struct points *p = find_points(market, pair);
    struct corridor *c = find_corridor(market, quote->corridor);
    if (question->serial == 0) {
        question->serial = ++market->serial;
    }
    if (!p) {
        p = make(sizeof *p);
        p->pair = pair;
        p->next = market->points[(uint32_t)pair % BUCKETS];
        market->points[(uint32_t)pair % BUCKETS] = p;
    }
    if (!holds(p->known_at, now, POINTS_HOLD) && p->asked != question->serial) {
        p->asked = question->serial;
        db_array_text(&question->send, t->send->code);
        db_array_text(&question->receive, t->receive->code);
    }
    if (!c) {
        uint32_t bucket = bucket_of(quote->corridor);
        c = make(sizeof *c);
        memcpy(c->id, quote->corridor, sizeof c->id);
        c->next = market->corridors[bucket];
        market->corridors[bucket] = c;
    }
    if (!holds(c->known_at, now, CORRIDOR_HOLD) && c->asked != question->serial) {
        c->asked = question->serial;
        db_array_text(&question->corridors, c->id);
    }
}

size_t feed_market_commands(struct feed_market_question *question, struct db_command *commands)
{
    size_t count = 0;
    if (question->send.count > 0) {
        question->points[0] = db_array_value(&question->send, DB_ARRAY_TEXT);
        question->points[1] = db_array_value(&question->receive, DB_ARRAY_TEXT);
        question->points[2] = (struct db_value){"f", 1, false};
        commands[count++] = (struct db_command){&points_statement, question->points};
    }
    if (question->corridors.count > 0) {
        question->distributions[0] = db_array_value(&question->corridors, DB_ARRAY_TEXT);
        commands[count++] = (struct db_command){&corridors_statement, question->distributions};
    }
    return count;
}

static void points_row(struct feed_market *market, const struct db_result *rows, size_t row,
                       int64_t now)
{
    const struct currency *send = currency_find(db_result_span(rows, row, 0));
    const struct currency *receive = currency_find(db_result_span(rows, row, 1));
    struct span reference = db_result_span(rows, row, 2);
    struct span usd = db_result_span(rows, row, 3);
    struct points *p = send && receive ? find_points(market, pair_of(send, receive)) : NULL;
    struct decimal amount;
    if (!p) {
        return;
    }
    p->points = (struct judge_points){0};
    p->known_at = now;
    if (!reference.at || !rate_parse(&p->points.reference, reference)) {
        p->points.reference.units = 0;
    }
    /* 200 dollars have up to 12 decimals here: to the minor unit. */
    if (usd.at && decimal_parse(&amount, usd) == DECIMAL_OK &&
        decimal_rescale(&amount, amount, send->exponent, DECIMAL_HALF_UP) && amount.units > 0 &&
        amount.units <= MONEY_MAX) {
        p->points.usd_200 = (int64_t)amount.units;
    }
}

static void corridor_row(struct feed_market *market, const struct db_result *rows, size_t row)
{
    const char *id = db_result_text(rows, row, 0);
    struct corridor *c = id ? find_corridor(market, id) : NULL;
    int64_t numbers[8] = {0};
    if (!c || c->count >= ROWS_MAX) {
        return;
    }
    for (size_t i = 1; i < 8; i++) {
        if (i != 2 && !db_result_int64(rows, row, i, &numbers[i])) {
            return;
        }
    }
    struct distribution *grown = realloc(c->rows, (c->count + 1) * sizeof *grown);
    if (!grown) {
        return;
    }
    c->rows = grown;
    c->rows[c->count++] = (struct distribution){
        .pair = (int32_t)numbers[1],
        .corridor = {.count = numbers[3],
                     .relative = db_result_bool(rows, row, 2),
                     .log_median = numbers[4],
                     .log_mad = numbers[5],
                     .fee_median = numbers[6],
                     .fee_mad = numbers[7]},
    };
}

/* What was known of these corridors is over, also of those asked about that have no row now. */
static void begin_corridors(struct feed_market *market, uint64_t serial,
                            const struct db_result *rows, int64_t now)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct corridor *c = market->corridors[i]; c; c = c->next) {
            if (c->asked == serial) {
                c->count = 0;
                c->known_at = now;
            }
        }
    }
    for (size_t row = 0; row < db_result_rows(rows); row++) {
        const char *id = db_result_text(rows, row, 0);
        struct corridor *c = id ? find_corridor(market, id) : NULL;
        if (c) {
            c->count = 0;
            c->known_at = now;
        }
    }
}

void feed_market_rows(struct feed_market *market, const struct feed_market_question *question,
                      const struct db_statement *statement, const struct db_result *rows,
                      int64_t now)
{
    size_t count = db_result_rows(rows);
    if (statement == &corridors_statement) {
        begin_corridors(market, question->serial, rows, now);
    }
    for (size_t i = 0; i < count; i++) {
        if (statement == &points_statement) {
            points_row(market, rows, i, now);
        } else if (statement == &corridors_statement) {
            corridor_row(market, rows, i);
        }
    }
}

/* ---- Telling ---- */

const struct judge_points *feed_market_points(const struct feed_market *market,
                                              const struct feed_quote *quote)
{
    static const struct judge_points nothing;
    const struct points *p =
        find_points(market, pair_of(quote->tariff.send, quote->tariff.receive));
    return p ? &p->points : &nothing;
}

const struct judge_corridor *feed_market_corridor(const struct feed_market *market,
                                                  const struct feed_quote *quote,
                                                  const struct judge_price *price)
{
    static const struct judge_corridor nothing;
    const struct corridor *c = find_corridor(market, quote->corridor);
    bool relative = price->log != JUDGE_UNKNOWN;
    for (uint32_t i = 0; c && i < c->count; i++) {
        if (c->rows[i].pair == price->pair && c->rows[i].corridor.relative == relative) {
            return &c->rows[i].corridor;
        }
    }
    return &nothing;
}
