/* The past: the same rows through the same builder as the snapshot, for one corridor and once. */
#include "server/past.h"

#include "server/api.h"
#include "server/market_load.h"
#include "server/market_sql.h"
#include "server/worker.h"

#include <corridor/log.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ms the record may take; less than the engine's drain time, so that nothing waits when a worker
 * ends. */
#define PAST_LIMIT 8000

struct past {
    struct http_request *req;
    struct ask ask;
    past_answer *answer;
    struct market_load *load;
};

static void take_rows(size_t step, const struct db_result *rows, void *arg)
{
    struct past *past = arg;
    market_load_rows(past->load, (enum market_load_kind)step, rows);
}

static void done(const struct db_reply *reply, void *arg)
{
    struct past *past = arg;
    const struct market *market = NULL;
    if (reply->outcome != DB_OK) {
        (void)api_db_problem(past->req, reply);
        market_load_drop(past->load);
    } else {
        /* One corridor was asked for, and its standing always comes. */
        assert(market_load_count(past->load) == 1);
        market_load_finish(past->load, &market);
        bool known = market->offer_count > 0 || market->latest_survey[0] != '\0';
        (void)past->answer(past->req, &past->ask, known ? market : NULL);
        market_release(market);
    }
    free(past);
}

enum http_result past_market(struct http_request *req, const struct ask *ask, past_answer *answer)
{
    struct past *past = calloc(1, sizeof(*past));
    if (past == NULL)
        return api_unavailable(req, "Memory is short.", 5);
    *past = (struct past){req, *ask, answer, market_load_new(ask->on)};

    char corridors[8];
    char corridor[6];
    char day[DAY_TEXT_MAX];
    char at[24];
    char known[24];
    corridor_print(corridor, ask->from, ask->to);
    (void)snprintf(corridors, sizeof(corridors), "{%s}", corridor);
    day_print(day, sizeof(day), ask->on);
    (void)snprintf(at, sizeof(at), "%" PRId64, ask->at);
    (void)snprintf(known, sizeof(known), "%" PRId64, ask->as_of);
    const char *dated[] = {corridors, day, known, market_sql_countries, market_sql_tenders, at};
    const char *offers[] = {corridors, at, known};
    const struct db_step steps[] = {
        [LOAD_STANDINGS] = {&market_sql_standing, dated},
        [LOAD_OFFERS] = {&market_sql_offers_past, offers},
        [LOAD_REFERENCES] = {&market_sql_references_past, dated},
        [LOAD_OBSERVATIONS] = {&market_sql_observations, dated},
    };
    if (db_read_at_once(worker_context(req)->db, steps, COUNT_OF(steps), PAST_LIMIT, take_rows,
                        done, past) == NULL) {
        market_load_drop(past->load);
        free(past);
        return api_unavailable(req, "The server is stopping.", 5);
    }
    return http_defer(req, NULL, NULL);
}
