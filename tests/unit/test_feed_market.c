/* How long what the judge was told holds, also when the clock is set back meanwhile. */
#include "ingest/feed_market.h"

#include "core/db_private.h"
#include "unit.h"

#include <corridor/codes.h>

#define MINUTE (60 * INSTANT_SECOND)
#define HOUR   (60 * MINUTE)

enum {
    POINTS = 1,
    CORRIDOR = 2,
};

/* The rows of one answer: a reference rate, or no distribution. */
static PGresult *rows_of(bool points)
{
    static const char *const cells[] = {"EUR", "XOF", "655.957", "171.5"};
    PGresult *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    char name[] = "c";
    PGresAttDesc columns[COUNT_OF(cells)] = {
        {.name = name}, {.name = name}, {.name = name}, {.name = name}};
    assert_non_null(rows);
    assert_int_equal(PQsetResultAttrs(rows, COUNT_OF(cells), columns), 1);
    for (size_t i = 0; points && i < COUNT_OF(cells); i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "%s", cells[i]);
        assert_int_equal(PQsetvalue(rows, 0, (int)i, text, (int)strlen(text)), 1);
    }
    return rows;
}

/* What a quote needs at that instant; it is told then. */
static int asked(struct feed_market *market, const struct feed_quote *quote, int64_t now)
{
    struct feed_market_question question;
    struct db_command commands[FEED_MARKET_COMMANDS];
    bool had = feed_market_has(market, quote, now);
    feed_market_question_init(&question);
    feed_market_need(market, quote, now, &question);
    int what =
        (question.send.count > 0 ? POINTS : 0) + (question.corridors.count > 0 ? CORRIDOR : 0);
    size_t count = feed_market_commands(&question, commands);
    for (size_t i = 0; i < count; i++) {
        const struct db_result rows = {rows_of(commands[i].statement->params == 3)};
        feed_market_rows(market, &question, commands[i].statement, &rows, now);
        PQclear(rows.pg);
    }
    feed_market_question_free(&question);
    assert_int_equal(had, what == 0);
    return what;
}

static void it_holds_a_while(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int64_t after; /* the first time */
        int asked;
    } cases[] = {
        {"the first time", 0, POINTS | CORRIDOR},
        {"a moment later", INSTANT_SECOND, 0},
        {"by a clock that another looked at a moment before", -INSTANT_SECOND, 0},
        {"minutes later", 5 * MINUTE, CORRIDOR},
        {"hours later", 3 * HOUR, POINTS | CORRIDOR},
        {"the clock was set back", HOUR, POINTS | CORRIDOR},
        {"the clock was set back a little", HOUR - 5 * MINUTE, CORRIDOR},
    };
    const int64_t first = 20000 * 24 * HOUR;
    struct feed_market *market = feed_market_new();
    struct feed_quote quote = {.corridor = "FR-SN"};
    assert_non_null(market);
    quote.tariff.send = currency_find(span_of("EUR"));
    quote.tariff.receive = currency_find(span_of("XOF"));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int what = asked(market, &quote, first + cases[i].after);
        if (what != cases[i].asked) {
            fail_msg("%s: %d was asked for", cases[i].what, what);
        }
        assert_true(feed_market_points(market, &quote)->reference.units > 0);
    }
    feed_market_free(market);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_holds_a_while)};
    assert_true(codes_open());
    return cmocka_run_group_tests_name("how long the market is known", tests, NULL, NULL);
}
