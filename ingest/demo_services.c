/*
 * Which firm offers which product on which corridor. The hard part is a believable mix everywhere,
 * from a few tables: each corridor has seats for kinds of firms, each seat goes to the best hash
 * among the products that may sit there, and what stays empty goes to the money transfer operators.
 */
#include <ingest/demo_market.h>
#include <ingest/demo_random.h>

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define P(name) (1U << PAY_IN_##name)
#define A(name) (1U << ACCESS_##name)
#define O(name) (1U << PAY_OUT_##name)

static const struct demo_product products[] = {
    /* kind, slug, pay-in, access point, pay-out, speed, cost, needs */
    {DEMO_AGENT, "agent-cash", P(CASH), A(AGENT), O(CASH), SPEED_LESS_THAN_ONE_HOUR, 105, 0},
    {DEMO_AGENT, "agent-account", P(CASH) | P(DEBIT_CARD), A(AGENT), O(BANK_ACCOUNT),
     SPEED_NEXT_DAY, 95, 0},
    {DEMO_AGENT, "agent-wallet", P(CASH), A(AGENT), O(MOBILE_WALLET), SPEED_LESS_THAN_ONE_HOUR, 95,
     DEMO_WALLETS},
    {DEMO_AGENT, "online-cash", P(DEBIT_CARD) | P(CREDIT_CARD), A(ONLINE) | A(MOBILE), O(CASH),
     SPEED_LESS_THAN_ONE_HOUR, 90, 0},
    {DEMO_AGENT, "online-account", P(BANK_ACCOUNT) | P(DEBIT_CARD), A(ONLINE) | A(MOBILE),
     O(BANK_ACCOUNT), SPEED_SAME_DAY, 75, 0},
    {DEMO_AGENT, "credit-cash", P(CREDIT_CARD), A(ONLINE) | A(CALL_CENTRE), O(CASH),
     SPEED_LESS_THAN_ONE_HOUR, 125, 0},
    {DEMO_AGENT, "agent-home", P(CASH), A(AGENT) | A(CALL_CENTRE), O(HOME_DELIVERY), SPEED_TWO_DAYS,
     130, DEMO_HOME},
    {DEMO_DIGITAL, "app-account", P(BANK_ACCOUNT) | P(DEBIT_CARD), A(ONLINE) | A(MOBILE),
     O(BANK_ACCOUNT), SPEED_SAME_DAY, 90, 0},
    {DEMO_DIGITAL, "app-wallet", P(DEBIT_CARD) | P(CREDIT_CARD), A(MOBILE), O(MOBILE_WALLET),
     SPEED_LESS_THAN_ONE_HOUR, 90, DEMO_WALLETS},
    {DEMO_DIGITAL, "app-cash", P(DEBIT_CARD), A(ONLINE) | A(MOBILE), O(CASH),
     SPEED_LESS_THAN_ONE_HOUR, 115, 0},
    {DEMO_DIGITAL, "transfer-account", P(BANK_ACCOUNT), A(ONLINE), O(BANK_ACCOUNT), SPEED_NEXT_DAY,
     80, 0},
    {DEMO_DIGITAL, "app-card", P(DEBIT_CARD) | P(PREPAID_CARD), A(MOBILE),
     O(CARD) | O(BANK_ACCOUNT), SPEED_LESS_THAN_ONE_HOUR, 110, 0},
    {DEMO_BANK, "branch-account", P(BANK_ACCOUNT), A(BRANCH), O(BANK_ACCOUNT),
     SPEED_THREE_TO_FIVE_DAYS, 108, 0},
    {DEMO_BANK, "online-account", P(BANK_ACCOUNT), A(ONLINE) | A(MOBILE), O(BANK_ACCOUNT),
     SPEED_TWO_DAYS, 88, 0},
    {DEMO_BANK, "branch-cash", P(CASH) | P(BANK_ACCOUNT), A(BRANCH), O(CASH),
     SPEED_THREE_TO_FIVE_DAYS, 115, 0},
    {DEMO_BANK, "phone-account", P(BANK_ACCOUNT), A(CALL_CENTRE) | A(BRANCH), O(BANK_ACCOUNT),
     SPEED_SIX_DAYS_OR_MORE, 112, 0},
    {DEMO_POST, "counter-cash", P(CASH) | P(DEBIT_CARD), A(BRANCH), O(CASH), SPEED_SAME_DAY, 100,
     0},
    {DEMO_POST, "counter-home", P(CASH), A(BRANCH), O(HOME_DELIVERY), SPEED_SIX_DAYS_OR_MORE, 115,
     DEMO_HOME},
    {DEMO_POST, "online-account", P(DEBIT_CARD) | P(BANK_ACCOUNT), A(ONLINE), O(BANK_ACCOUNT),
     SPEED_THREE_TO_FIVE_DAYS, 85, 0},
    {DEMO_MOBILE, "wallet-wallet", P(MOBILE_MONEY), A(MOBILE), O(MOBILE_WALLET),
     SPEED_LESS_THAN_ONE_HOUR, 90, DEMO_WALLETS},
    {DEMO_MOBILE, "shop-wallet", P(CASH), A(AGENT), O(MOBILE_WALLET), SPEED_LESS_THAN_ONE_HOUR, 115,
     DEMO_WALLETS},
    {DEMO_MOBILE, "wallet-cash", P(MOBILE_MONEY), A(MOBILE), O(CASH), SPEED_SAME_DAY, 110,
     DEMO_WALLETS},
    {DEMO_CARD, "card-card", P(PREPAID_CARD), A(ONLINE) | A(MOBILE), O(CARD),
     SPEED_LESS_THAN_ONE_HOUR, 95, 0},
    {DEMO_CARD, "cash-card", P(CASH) | P(PREPAID_CARD), A(AGENT), O(CARD), SPEED_SAME_DAY, 120, 0},
    {DEMO_EXCHANGE, "counter-account", P(CASH), A(BRANCH), O(BANK_ACCOUNT), SPEED_SAME_DAY, 95, 0},
    {DEMO_EXCHANGE, "counter-cash", P(CASH) | P(DEBIT_CARD), A(BRANCH), O(CASH),
     SPEED_LESS_THAN_ONE_HOUR, 105, 0},
    {DEMO_CREDIT_UNION, "branch-account", P(BANK_ACCOUNT), A(BRANCH), O(BANK_ACCOUNT),
     SPEED_TWO_DAYS, 105, 0},
    {DEMO_CREDIT_UNION, "online-account", P(BANK_ACCOUNT), A(ONLINE), O(BANK_ACCOUNT),
     SPEED_TWO_DAYS, 90, 0},
    {DEMO_BUILDING_SOCIETY, "branch-account", P(BANK_ACCOUNT) | P(CASH), A(BRANCH), O(BANK_ACCOUNT),
     SPEED_THREE_TO_FIVE_DAYS, 100, 0},
};

#undef P
#undef A
#undef O

static const enum firm_type firm_types[DEMO_KIND_COUNT] = {
    [DEMO_AGENT] = FIRM_MTO,
    [DEMO_DIGITAL] = FIRM_MTO,
    [DEMO_BANK] = FIRM_BANK,
    [DEMO_POST] = FIRM_POST_OFFICE,
    [DEMO_MOBILE] = FIRM_MOBILE_OPERATOR,
    [DEMO_CARD] = FIRM_NON_BANK_FI,
    [DEMO_EXCHANGE] = FIRM_NON_BANK_FI,
    [DEMO_CREDIT_UNION] = FIRM_CREDIT_UNION,
    [DEMO_BUILDING_SOCIETY] = FIRM_BUILDING_SOCIETY,
};

enum firm_type demo_firm_type(enum demo_kind kind)
{
    return firm_types[kind];
}

#define KIND(kind) (1U << (kind))

/* Seats in the order they are given; the first is the cheap one. */
static const struct seats {
    unsigned kinds;
    uint8_t percent; /* of the corridor's services, rounded to the nearest */
    uint8_t least;
} seats[] = {
    {KIND(DEMO_DIGITAL), 24, 2},
    {KIND(DEMO_BANK), 21, 2},
    {KIND(DEMO_POST), 6, 1},
    {KIND(DEMO_MOBILE), 7, 1},
    {KIND(DEMO_CARD) | KIND(DEMO_EXCHANGE) | KIND(DEMO_CREDIT_UNION) | KIND(DEMO_BUILDING_SOCIETY),
     9, 1},
    {KIND(DEMO_AGENT), 100, 0},
    {KIND(DEMO_DIGITAL), 100, 0},
};

struct candidate {
    const struct demo_operator *firm;
    const struct demo_product *product;
    uint64_t key;
    uint64_t order;
    bool taken;
};

static int by_order(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

/* Every product that may be offered on the corridor, in the order in which seats are given. */
static size_t find_candidates(struct candidate *out, const struct demo_corridor *corridor)
{
    const struct demo_receiver *receiver = demo_receiver_find(corridor->to);
    size_t count = 0;
    for (size_t i = 0; i < demo_operator_count; i++) {
        const struct demo_operator *firm = &demo_operators[i];
        if (!demo_operator_serves(firm, corridor)) {
            continue;
        }
        for (size_t j = 0; j < COUNT_OF(products); j++) {
            const struct demo_product *product = &products[j];
            if (product->kind != firm->kind || (product->needs & ~receiver->ways) != 0) {
                continue;
            }
            char name[128];
            int len = snprintf(name, sizeof name, "%s %s-%s %s", firm->id, corridor->from,
                               corridor->to, product->slug);
            assert(len > 0 && (size_t)len < sizeof name);
            uint64_t key = demo_key(name);
            out[count++] = (struct candidate){
                .firm = firm,
                .product = product,
                .key = key,
                .order = demo_join(key, DEMO_SALT_SELECT),
            };
        }
    }
    qsort(out, count, sizeof *out, by_order);
    return count;
}

static enum coverage draw_coverage(uint64_t key, const struct demo_product *product)
{
    int64_t of_ten = demo_draw(key, DEMO_SALT_NETWORK, 1, 10);
    if ((product->pay_out & (1U << PAY_OUT_CASH | 1U << PAY_OUT_HOME_DELIVERY)) == 0) {
        return of_ten > 3 ? COVERAGE_HIGH : COVERAGE_UNKNOWN;
    }
    return of_ten > 4 ? COVERAGE_HIGH : of_ten > 1 ? COVERAGE_MEDIUM : COVERAGE_LOW;
}

/* How many pick-up points there are, by coverage. */
static int64_t draw_points(uint64_t key, enum coverage coverage)
{
    switch (coverage) {
    case COVERAGE_HIGH:
        return demo_draw(key, DEMO_SALT_POINTS, 300, 4000);
    case COVERAGE_MEDIUM:
        return demo_draw(key, DEMO_SALT_POINTS, 40, 400);
    default:
        return demo_draw(key, DEMO_SALT_POINTS, 3, 40);
    }
}

static struct demo_service make_service(const struct demo_corridor *corridor,
                                        const struct candidate *candidate)
{
    struct demo_service s = {
        .corridor = corridor,
        .sender = demo_sender_find(corridor->from),
        .receiver = demo_receiver_find(corridor->to),
        .firm = candidate->firm,
        .product = candidate->product,
        .key = candidate->key,
        .pickup_points = -1,
    };
    bool second = s.receiver->second[0] && demo_once_in(s.key, DEMO_SALT_CURRENCY, 4);
    s.send = currency_find(span_of(s.sender->currency));
    s.receive = currency_find(span_of(second ? s.receiver->second : s.receiver->currency));
    assert(s.send && s.receive);
    s.coverage = draw_coverage(s.key, s.product);
    if (s.product->pay_out & 1U << PAY_OUT_CASH) {
        s.pickup_points = draw_points(s.key, s.coverage);
    }
    snprintf(s.corridor_id, sizeof s.corridor_id, "%.2s-%.2s", corridor->from, corridor->to);
    int len = snprintf(s.ref, sizeof s.ref, "%s-%s%s%s", s.corridor_id, s.product->slug,
                       second ? "-" : "", second ? s.receive->code : "");
    assert(len > 0 && (size_t)len < sizeof s.ref);
    for (char *at = s.ref; *at; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    return s;
}

/* Gives the corridor's seats; out has room for all of them. */
static size_t fill_seats(struct demo_service *out, const struct demo_corridor *corridor,
                         struct candidate *candidates, size_t candidate_count)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(seats); i++) {
        size_t wanted = (corridor->services * seats[i].percent + 50U) / 100;
        wanted = wanted < seats[i].least ? seats[i].least : wanted;
        for (size_t j = 0; j < candidate_count && wanted > 0 && count < corridor->services; j++) {
            struct candidate *c = &candidates[j];
            if (!c->taken && (seats[i].kinds & KIND(c->firm->kind)) != 0) {
                c->taken = true;
                out[count] = make_service(corridor, c);
                out[count].cheap = count == 0;
                count++;
                wanted--;
            }
        }
    }
    assert(count == corridor->services);
    return count;
}

struct demo_service *demo_services(size_t *count)
{
    size_t total = 0;
    for (size_t i = 0; i < demo_corridor_count; i++) {
        total += demo_corridors[i].services;
    }
    assert(total > 0);
    struct demo_service *services = calloc(total, sizeof *services);
    struct candidate *candidates =
        calloc(demo_operator_count * COUNT_OF(products), sizeof *candidates);
    size_t made = 0;

    *count = total;
    if (!services || !candidates) {
        free(services);
        services = NULL;
        goto done;
    }
    for (size_t i = 0; i < demo_corridor_count; i++) {
        size_t found = find_candidates(candidates, &demo_corridors[i]);
        made += fill_seats(&services[made], &demo_corridors[i], candidates, found);
    }
    assert(made == total);
done:
    free(candidates);
    return services;
}
