/*
 * Links instead of fields: one touch, no button, and each answer has its own address. On a phone
 * they would fill a screen between the question and its answer, so they are folded there, and what
 * is chosen stands on the fold (style.css opens it where there is room).
 */
#include "server/web/filters.h"

#include "server/web/say.h"
#include "server/web/words.h"

/* Said in two places. */
static const char SHOW_ONLY[] = MESSAGE("Show only");
static const char NO_ACCOUNT_NEEDED[] = MESSAGE("No bank account needed");
static const unsigned NO_ACCOUNT =
    1U << PAY_OUT_CASH | 1U << PAY_OUT_MOBILE_WALLET | 1U << PAY_OUT_HOME_DELIVERY;

struct group {
    const char *title;
    const char *parameter;
};
static const struct group COLLECTED = {MESSAGE("They get it"), "pay_out"};
static const struct group PAID = {MESSAGE("I pay"), "pay_in"};
static const struct group ARRIVES = {MESSAGE("It arrives"), "max_speed"};

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

/* value NULL: the choice that does without. Returns whether it is the one that is chosen. */
static bool choice(struct html *h, const struct base *base, const struct group *group,
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
    return chosen;
}

/* What only an address chooses, several ways at once or a rare time: it stands in the list too,
 * which would show nothing as chosen. */
static void rare(struct html *h, const struct base *base, void (*words)(struct html *, unsigned),
                 unsigned set)
{
    html(h, "<li><a rel='nofollow' href='");
    html_text(h, base->corridor);
    question_link(h, base->question, NULL, NULL);
    html(h, "' aria-current='true'>");
    words(h, set);
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
    bool shown;

    group_begin(h, &COLLECTED);
    shown = choice(h, base, &COLLECTED, NULL, MESSAGE("In any way"), ask->pay_out == 0);
    for (unsigned way = 0; way < PAY_OUT_COUNT; way++) {
        if ((way != PAY_OUT_OTHER && offered >> way & 1) || ask->pay_out == 1U << way)
            shown |= choice(h, base, &COLLECTED, pay_out_code((enum pay_out)way),
                            words_pay_out_name((enum pay_out)way), ask->pay_out == 1U << way);
    }
    if ((offered & NO_ACCOUNT) != 0 && (offered & 1U << PAY_OUT_BANK_ACCOUNT) != 0)
        shown |= choice(h, base, &COLLECTED, "cash,mobile_wallet,home_delivery", NO_ACCOUNT_NEEDED,
                        ask->pay_out == NO_ACCOUNT);
    if (!shown)
        rare(h, base, words_pay_out, ask->pay_out);
    group_end(h);
}

static void paid(struct html *h, const struct base *base, const struct ask *ask, unsigned offered)
{
    bool shown;

    group_begin(h, &PAID);
    shown = choice(h, base, &PAID, NULL, MESSAGE("In any way"), ask->pay_in == 0);
    for (unsigned way = 0; way < PAY_IN_COUNT; way++) {
        if ((way != PAY_IN_OTHER && offered >> way & 1) || ask->pay_in == 1U << way)
            shown |= choice(h, base, &PAID, pay_in_code((enum pay_in)way),
                            words_pay_in_name((enum pay_in)way), ask->pay_in == 1U << way);
    }
    if (!shown)
        rare(h, base, words_pay_in, ask->pay_in);
    group_end(h);
}

static void speed_words(struct html *h, unsigned speed)
{
    say(h, words_speed((enum speed)speed));
}

static void arrives(struct html *h, const struct base *base, const struct ask *ask)
{
    static const struct {
        enum speed speed;
        const char *label;
    } CHOICES[] = {
        {SPEED_UNKNOWN, MESSAGE("At any time")},
        {SPEED_LESS_THAN_ONE_HOUR, MESSAGE("In one hour")},
        {SPEED_SAME_DAY, MESSAGE("Today")},
        {SPEED_NEXT_DAY, MESSAGE("By tomorrow")},
    };

    bool shown = false;

    group_begin(h, &ARRIVES);
    for (size_t i = 0; i < COUNT_OF(CHOICES); i++) {
        enum speed speed = CHOICES[i].speed;

        shown |= choice(h, base, &ARRIVES, speed == SPEED_UNKNOWN ? NULL : speed_code(speed),
                        CHOICES[i].label, ask->max_speed == speed);
    }
    if (!shown)
        rare(h, base, speed_words, ask->max_speed);
    group_end(h);
}

static void chosen(struct html *h, const char *title)
{
    html(h, "<b>");
    say(h, title);
    html(h, " ");
}

/* What opens the fold: what is chosen, or what there is to choose. */
static void fold(struct html *h, const struct ask *ask)
{
    if (!filters_active(ask)) {
        /* Translators: opens the filters on a telephone; keep it in one line, some examples do. */
        say(h, "Choose: cash, wallet, today…");
        return;
    }
    say(h, SHOW_ONLY);
    html_colon(h);
    if (ask->pay_out == NO_ACCOUNT) {
        html(h, "<b>");
        say(h, NO_ACCOUNT_NEEDED);
        html(h, "</b> ");
    } else if (ask->pay_out != 0) {
        chosen(h, COLLECTED.title);
        words_pay_out(h, ask->pay_out);
        html(h, "</b> ");
    }
    if (ask->pay_in != 0) {
        chosen(h, PAID.title);
        words_pay_in(h, ask->pay_in);
        html(h, "</b> ");
    }
    if (ask->max_speed != SPEED_UNKNOWN) {
        chosen(h, ARRIVES.title);
        say(h, words_speed(ask->max_speed));
        html(h, "</b>");
    }
}

void filters_undo(struct html *h, const char *corridor, const struct question *question)
{
    html(h, "<p class='undo'><a href='");
    html_text(h, corridor);
    question_link_unfiltered(h, question);
    html(h, "'>");
    say(h, "Show all offers");
    html(h, "</a></p>\n");
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
    html(h, "<nav class='filters' aria-labelledby='filters'>\n<h2 id='filters' class='hidden'>");
    say(h, SHOW_ONLY);
    html(h, "</h2>\n<details>\n<summary><span>");
    fold(h, &comparison->ask);
    html(h, "</span></summary>\n");
    collected(h, &base, &comparison->ask, pay_out);
    paid(h, &base, &comparison->ask, pay_in);
    arrives(h, &base, &comparison->ask);
    html(h, "</details>\n");
    /* Where nothing is left, the answer itself says so (corridor.c). */
    if (filters_active(&comparison->ask) && comparison->emptiness != EMPTY_FILTERED)
        filters_undo(h, base.corridor, question);
    html(h, "</nav>\n");
}
