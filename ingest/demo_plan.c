/*
 * What a stretch of days adds to the record. The hard part is that a market extended day by day
 * must be the one that would be made whole on the last day, so both follow one rule: the record
 * holds every version learned before `today` began, from the one in force when the history began.
 */
#include <ingest/demo_plan.h>

#include <openssl/evp.h>
#include <stdlib.h>

static bool add_change(struct demo_plan *plan, size_t *room, struct demo_change change)
{
    if (plan->change_count == *room) {
        size_t more = *room ? 2 * *room : 4096;
        struct demo_change *grown = realloc(plan->changes, more * sizeof *grown);
        if (!grown) {
            return false;
        }
        plan->changes = grown;
        *room = more;
    }
    plan->changes[plan->change_count++] = change;
    return true;
}

static int by_recorded(const void *a, const void *b)
{
    const struct demo_change *x = a;
    const struct demo_change *y = b;
    if (x->recorded != y->recorded) {
        return x->recorded < y->recorded ? -1 : 1;
    }
    return (x->service > y->service) - (x->service < y->service);
}

bool demo_plan_open(struct demo_plan *plan, int64_t first, int64_t today, bool extends)
{
    int64_t begin = first * DEMO_DAY;
    int64_t end = today * DEMO_DAY;
    size_t room = 0;
    *plan = (struct demo_plan){0};
    plan->services = demo_services(&plan->service_count);
    if (!plan->services) {
        return false;
    }
    for (size_t i = 0; i < plan->service_count; i++) {
        const struct demo_service *service = &plan->services[i];
        for (uint64_t version = demo_version_since(service, begin);; version++) {
            int64_t recorded = demo_version_recorded(service, version);
            if (recorded >= end) {
                break;
            }
            if (extends && recorded < begin) {
                continue; /* it was announced, and is stored already */
            }
            if (!add_change(plan, &room,
                            (struct demo_change){recorded, (uint32_t)i, (uint32_t)version})) {
                return false;
            }
        }
    }
    if (plan->change_count > 0) {
        qsort(plan->changes, plan->change_count, sizeof *plan->changes, by_recorded);
    }
    return true;
}

void demo_plan_close(struct demo_plan *plan)
{
    free(plan->changes);
    free(plan->services);
    *plan = (struct demo_plan){0};
}

bool demo_plan_rows(const struct demo_plan *plan, demo_take_row *take, void *arg)
{
    struct demo_row row = {0};
    struct demo_quote quote;
    bool ok = true;
    for (size_t i = 0; i < plan->change_count && ok; i++) {
        const struct demo_change *change = &plan->changes[i];
        const struct demo_service *service = &plan->services[change->service];
        demo_quote(&quote, service, change->version);
        ok = demo_row_fill(&row, service, &quote) && take(arg, service, change->service, &row);
        if (ok && demo_promotion(&quote, service, change->version)) {
            ok = demo_row_fill(&row, service, &quote) && take(arg, service, change->service, &row);
        }
    }
    demo_row_close(&row);
    return ok;
}

struct digest {
    EVP_MD_CTX *context;
    uint64_t rows;
};

static bool digest_value(EVP_MD_CTX *context, struct span value)
{
    /* A length in front keeps two values from running into one; NULL has its own. */
    uint64_t len = value.at ? value.len : UINT64_MAX;
    unsigned char head[sizeof len];
    for (size_t i = 0; i < sizeof head; i++) {
        head[i] = (unsigned char)(len >> (8 * i));
    }
    return EVP_DigestUpdate(context, head, sizeof head) == 1 &&
           (!value.at || EVP_DigestUpdate(context, value.at, value.len) == 1);
}

static bool digest_row(void *arg, const struct demo_service *service, size_t index,
                       const struct demo_row *row)
{
    struct digest *digest = arg;
    (void)index; /* a place in our tables, no part of the market */
    bool ok = digest_value(digest->context, span_of(service->firm->id)) &&
              digest_value(digest->context, span_of(service->ref));
    for (size_t i = 0; i < DEMO_QUOTE_COLUMNS && ok; i++) {
        ok = digest_value(digest->context, row->values[i]);
    }
    digest->rows++;
    return ok;
}

bool demo_plan_digest(const struct demo_plan *plan, unsigned char digest[DEMO_DIGEST_SIZE],
                      uint64_t *rows)
{
    struct digest running = {.context = EVP_MD_CTX_new()};
    bool ok = running.context && EVP_DigestInit_ex(running.context, EVP_sha256(), NULL) == 1 &&
              demo_plan_rows(plan, digest_row, &running) &&
              EVP_DigestFinal_ex(running.context, digest, NULL) == 1;
    EVP_MD_CTX_free(running.context);
    *rows = running.rows;
    return ok;
}
