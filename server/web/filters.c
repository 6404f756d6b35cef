/* Links instead of fields: one touch, no button, and each answer has its own address. */
#include "server/web/filters.h"

#include "server/web/say.h"
#include "server/web/words.h"

struct group {
    const char *title;
    const char *parameter;
};

/* What every choice's address is made from. */
struct base {
    const char *corridor; /* "FR-SN", beside this page */
    const struct question *question;
};

static void group_begin(struct html *h, const struct group *group)
{
    html(h, "<div class='group'>\n<h3 id='filter-");
    html_text(h, group->parameter);
    html(h, "'>");
    say(h, group->title);
    html(h, "</h3>\n<ul aria-labelledby='filter-");
    html_text(h, group->parameter);
    html(h, "'>\n");
}

static void group_end(struct html *h)
{
    html(h, "</ul>\n</div>\n");
}

/* value NULL: the choice that does without. */
static void choice(struct html *h, const struct base *base, const struct group *group,
                   const char *value, const char *label, bool chosen)
{
    html(h, "<li><a rel='nofollow' href='");
    html_text(h, base->corridor);
    question_link(h, base->question, group->parameter, value);
    if (chosen)
        html(h, "' aria-current='true'>");
    else
        html(h, "'>");
    say(h, label);
    html(h, "</a></li>\n");
}

/* The ways that the corridor's offers have at all. */
static void ways(const struct market *market, unsigned *pay_in, unsigned *pay_out)
{
    for (size_t i = 0; i < market->offer_count; i++) {
        *pay_in |= market->offers[i].service.pay_in;
        *pay_out |= market->offers[i].service.pay_out;
    }
}

bool filters_active(const struct ask *ask)
{
    return ask->pay_in != 0 || ask->pay_out != 0 || ask->max_speed != SPEED_UNKNOWN;
}

static void collected(struct html *h, const struct base *base, const struct ask *ask,
                      unsigned offered)
{
    static const struct group GROUP = {MESSAGE("They collect it"), "pay_out"};
    static const unsigned NO_ACCOUNT =
        1U << PAY_OUT_CASH | 1U << PAY_OUT_MOBILE_WALLET | 1U << PAY_OUT_HOME_DELIVERY;

    group_begin(h, &GROUP);
    choice(h, base, &GROUP, NULL, MESSAGE("In any way"), ask->pay_out == 0);
    for (unsigned way = 0; way < PAY_OUT_OTHER; way++) {
        if (offered >> way & 1)
            choice(h, base, &GROUP, pay_out_code((enum pay_out)way),
                   words_pay_out_name((enum pay_out)way), ask->pay_out == 1U << way);
    }
    if ((offered & NO_ACCOUNT) != 0 && (offered & 1U << PAY_OUT_BANK_ACCOUNT) != 0)
        choice(h, base, &GROUP, "cash,mobile_wallet,home_delivery",
               MESSAGE("No bank account needed"), ask->pay_out == NO_ACCOUNT);
    group_end(h);
}

static void paid(struct html *h, const struct base *base, const struct ask *ask, unsigned offered)
{
    static const struct group GROUP = {MESSAGE("I pay"), "pay_in"};

    group_begin(h, &GROUP);
    choice(h, base, &GROUP, NULL, MESSAGE("In any way"), ask->pay_in == 0);
    for (unsigned way = 0; way < PAY_IN_OTHER; way++) {
        if (offered >> way & 1)
            choice(h, base, &GROUP, pay_in_code((enum pay_in)way),
                   words_pay_in_name((enum pay_in)way), ask->pay_in == 1U << way);
    }
    group_end(h);
}

static void arrives(struct html *h, const struct base *base, const struct ask *ask)
{
    static const struct group GROUP = {MESSAGE("It arrives"), "max_speed"};
    static const struct {
        enum speed speed;
        const char *label;
    } CHOICES[] = {
        {SPEED_UNKNOWN, MESSAGE("At any time")},
        {SPEED_LESS_THAN_ONE_HOUR, MESSAGE("In one hour")},
        {SPEED_SAME_DAY, MESSAGE("Today")},
        {SPEED_NEXT_DAY, MESSAGE("By tomorrow")},
    };

    group_begin(h, &GROUP);
    for (size_t i = 0; i < COUNT_OF(CHOICES); i++) {
        enum speed speed = CHOICES[i].speed;

        choice(h, base, &GROUP, speed == SPEED_UNKNOWN ? NULL : speed_code(speed), CHOICES[i].label,
               ask->max_speed == speed);
    }
    group_end(h);
}

void filters_write(struct html *h, const struct question *question,
                   const struct comparison *comparison)
{
    unsigned pay_in = 0;
    unsigned pay_out = 0;
    struct base base;

    if (comparison->market == NULL || comparison->market->offer_count == 0)
        return;
    ways(comparison->market, &pay_in, &pay_out);
    base = (struct base){comparison->market->id, question};
    html(h, "<nav class='filters' aria-labelledby='filters'>\n<h2 id='filters'>");
    say(h, "Show only");
    html(h, "</h2>\n");
    collected(h, &base, &comparison->ask, pay_out);
    paid(h, &base, &comparison->ask, pay_in);
    arrives(h, &base, &comparison->ask);
    html(h, "</nav>\n");
}
