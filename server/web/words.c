/*
 * Codes to words. Lists ("in cash, by card or online") differ between languages in more than their
 * commas, so ICU joins them; that is slow, so every set is joined at the start.
 */
#include "server/web/words.h"

#include "server/web/say.h"

#include <stdlib.h>

#define LANGUAGES_MAX 16

static const char *const PAY_IN_WORDS[PAY_IN_COUNT] = {
    [PAY_IN_CASH] = MESSAGE("in cash"),
    [PAY_IN_BANK_ACCOUNT] = MESSAGE("from a bank account"),
    [PAY_IN_DEBIT_CARD] = MESSAGE("by debit card"),
    [PAY_IN_CREDIT_CARD] = MESSAGE("by credit card"),
    [PAY_IN_PREPAID_CARD] = MESSAGE("by prepaid card"),
    [PAY_IN_MOBILE_MONEY] = MESSAGE("with mobile money"),
    [PAY_IN_OTHER] = MESSAGE("in another way"),
};

static const char *const PAY_IN_NAMES[PAY_IN_COUNT] = {
    [PAY_IN_CASH] = MESSAGE("Cash"),
    [PAY_IN_BANK_ACCOUNT] = MESSAGE("Bank account"),
    [PAY_IN_DEBIT_CARD] = MESSAGE("Debit card"),
    [PAY_IN_CREDIT_CARD] = MESSAGE("Credit card"),
    [PAY_IN_PREPAID_CARD] = MESSAGE("Prepaid card"),
    [PAY_IN_MOBILE_MONEY] = MESSAGE("Mobile money"),
    [PAY_IN_OTHER] = MESSAGE("Another way"),
};

static const char *const ACCESS_WORDS[ACCESS_COUNT] = {
    [ACCESS_AGENT] = MESSAGE("at an agent"),
    [ACCESS_BRANCH] = MESSAGE("at a branch"),
    [ACCESS_ONLINE] = MESSAGE("online"),
    [ACCESS_MOBILE] = MESSAGE("by mobile phone"),
    [ACCESS_CALL_CENTRE] = MESSAGE("by telephone"),
    [ACCESS_OTHER] = MESSAGE("in another place"),
};

static const char *const PAY_OUT_WORDS[PAY_OUT_COUNT] = {
    [PAY_OUT_CASH] = MESSAGE("in cash"),
    [PAY_OUT_BANK_ACCOUNT] = MESSAGE("in a bank account"),
    [PAY_OUT_MOBILE_WALLET] = MESSAGE("in a mobile wallet"),
    [PAY_OUT_CARD] = MESSAGE("on a card"),
    [PAY_OUT_HOME_DELIVERY] = MESSAGE("at home"),
    [PAY_OUT_OTHER] = MESSAGE("in another way"),
};

static const char *const PAY_OUT_NAMES[PAY_OUT_COUNT] = {
    [PAY_OUT_CASH] = MESSAGE("Cash"),
    [PAY_OUT_BANK_ACCOUNT] = MESSAGE("Bank account"),
    [PAY_OUT_MOBILE_WALLET] = MESSAGE("Mobile wallet"),
    [PAY_OUT_CARD] = MESSAGE("Card"),
    [PAY_OUT_HOME_DELIVERY] = MESSAGE("Home delivery"),
    [PAY_OUT_OTHER] = MESSAGE("Another way"),
};

static const char *const SPEED_WORDS[SPEED_COUNT] = {
    [SPEED_LESS_THAN_ONE_HOUR] = MESSAGE("in less than one hour"),
    [SPEED_SAME_DAY] = MESSAGE("the same day"),
    [SPEED_NEXT_DAY] = MESSAGE("the next day"),
    [SPEED_TWO_DAYS] = MESSAGE("in 2 days"),
    [SPEED_THREE_TO_FIVE_DAYS] = MESSAGE("in 3 to 5 days"),
    [SPEED_SIX_DAYS_OR_MORE] = MESSAGE("in 6 days or more"),
    [SPEED_UNKNOWN] = MESSAGE("the time is not known"),
};

static const char *const COVERAGE_WORDS[COVERAGE_COUNT] = {
    [COVERAGE_HIGH] = MESSAGE("in the whole country"),
    [COVERAGE_MEDIUM] = MESSAGE("in the large towns"),
    [COVERAGE_LOW] = MESSAGE("in one town or one area"),
    [COVERAGE_UNKNOWN] = MESSAGE("not known"),
};

static const char *const FIRM_WORDS[FIRM_COUNT] = {
    [FIRM_BANK] = MESSAGE("Bank"),
    [FIRM_MTO] = MESSAGE("Money transfer company"),
    [FIRM_POST_OFFICE] = MESSAGE("Post office"),
    [FIRM_MOBILE_OPERATOR] = MESSAGE("Mobile phone company"),
    [FIRM_NON_BANK_FI] = MESSAGE("Financial company"),
    [FIRM_CREDIT_UNION] = MESSAGE("Credit union"),
    [FIRM_BUILDING_SOCIETY] = MESSAGE("Building society"),
    [FIRM_OTHER] = MESSAGE("Other company"),
};

/* The joined words of every set of one kind. */
struct kind {
    const char *const *words;
    unsigned count;
};
enum {
    KIND_PAY_IN,
    KIND_ACCESS,
    KIND_PAY_OUT,
    KIND_COUNT
};
static const struct kind KINDS[KIND_COUNT] = {
    [KIND_PAY_IN] = {PAY_IN_WORDS, PAY_IN_COUNT},
    [KIND_ACCESS] = {ACCESS_WORDS, ACCESS_COUNT},
    [KIND_PAY_OUT] = {PAY_OUT_WORDS, PAY_OUT_COUNT},
};
#define KIND_SETS_MAX (1U << 7)
_Static_assert((1U << PAY_IN_COUNT) <= KIND_SETS_MAX && (1U << ACCESS_COUNT) <= KIND_SETS_MAX &&
                   (1U << PAY_OUT_COUNT) <= KIND_SETS_MAX,
               "every set has its place");

static char *joined[LANGUAGES_MAX][KIND_COUNT][KIND_SETS_MAX];

static char *join(const struct language *language, const struct kind *kind, unsigned set)
{
    const char *things[FORMAT_LIST_MAX];
    struct out out;
    size_t count = 0;
    char *text;

    for (unsigned i = 0; i < kind->count; i++) {
        if (set >> i & 1)
            things[count++] = message(language, kind->words[i]);
    }
    out_init(&out, OUT_LIMIT_DEFAULT);
    format_list_or(&out, language_format(language), things, count);
    text = out_failed(&out) ? NULL : strndup(out.at == NULL ? "" : out.at, out.len);
    out_free(&out);
    return text;
}

bool words_open(void)
{
    if (language_count() > LANGUAGES_MAX)
        return false;
    for (size_t l = 0; l < language_count(); l++) {
        for (unsigned k = 0; k < KIND_COUNT; k++) {
            for (unsigned set = 1; set < 1U << KINDS[k].count; set++) {
                joined[l][k][set] = join(language_at(l), &KINDS[k], set);
                if (joined[l][k][set] == NULL) {
                    words_close();
                    return false;
                }
            }
        }
    }
    return true;
}

void words_close(void)
{
    for (size_t l = 0; l < LANGUAGES_MAX; l++) {
        for (unsigned k = 0; k < KIND_COUNT; k++) {
            for (unsigned set = 0; set < KIND_SETS_MAX; set++) {
                free(joined[l][k][set]);
                joined[l][k][set] = NULL;
            }
        }
    }
}

static void words_set(struct html *h, unsigned kind, unsigned set)
{
    set &= (1U << KINDS[kind].count) - 1;
    if (set != 0)
        out_text(h->out, joined[language_index(h->language)][kind][set]);
}

void words_pay_in(struct html *h, unsigned set)
{
    words_set(h, KIND_PAY_IN, set);
}

void words_access(struct html *h, unsigned set)
{
    words_set(h, KIND_ACCESS, set);
}

void words_pay_out(struct html *h, unsigned set)
{
    words_set(h, KIND_PAY_OUT, set);
}

const char *words_speed(enum speed speed)
{
    return SPEED_WORDS[speed];
}

const char *words_coverage(enum coverage coverage)
{
    return COVERAGE_WORDS[coverage];
}

const char *words_firm(enum firm_type type)
{
    return FIRM_WORDS[type];
}

const char *words_pay_in_name(enum pay_in way)
{
    return PAY_IN_NAMES[way];
}

const char *words_pay_out_name(enum pay_out way)
{
    return PAY_OUT_NAMES[way];
}

void words_age(struct html *h, int64_t seconds)
{
    int64_t minutes = seconds / 60;

    if (minutes < 1)
        say(h, "less than a minute ago");
    else if (minutes < 60)
        say_n(h, (uint64_t)minutes, "{n} minute ago", "{n} minutes ago");
    else if (minutes < 24 * 60)
        say_n(h, (uint64_t)(minutes / 60), "{n} hour ago", "{n} hours ago");
    else /* to the nearest day */
        say_n(h, (uint64_t)((minutes / 60 + 12) / 24), "{n} day ago", "{n} days ago");
}

void words_within(struct html *h, int64_t seconds)
{
    int64_t minutes = seconds < 0 ? 0 : seconds / 60;

    if (minutes < 60)
        say_n(h, (uint64_t)minutes + 1, "less than {n} minute old", "less than {n} minutes old");
    else if (minutes < 24 * 60)
        say_n(h, (uint64_t)(minutes / 60) + 1, "less than {n} hour old", "less than {n} hours old");
    else
        say_n(h, (uint64_t)(minutes / 60 / 24) + 1, "less than {n} day old",
              "less than {n} days old");
}
