/*
 * Free text to codes, by tables. The hard part is that one word of the survey may say several
 * things: a "Cash to account" product is a way to pay and a way to collect, and "Online service"
 * neither. So a word carries a bit for all that it says, and its column decides only which table it
 * is looked up in. What a word leaves open stays open: an empty set is "not told", never a guess.
 */
#include <ingest/rpw_map.h>

enum {
    WORD_SIZE = 64 /* longer ones are in no table */
};

/* A word, folded as rpw_fold does, and what it says. */
struct word {
    const char *text;
    unsigned pay_in;
    unsigned access_point;
    unsigned pay_out;
};

struct choice {
    const char *text;
    int value;
};

#define IN(name)     (1U << PAY_IN_##name)
#define AT(name)     (1U << ACCESS_##name)
#define OUT_BY(name) (1U << PAY_OUT_##name)

/* Services named after their currency, and what is written where nothing was collected: nothing is
 * said of how to pay. */
static const struct word products[] = {
    {"cash to cash", IN(CASH), 0, OUT_BY(CASH)},
    {"cash to account", IN(CASH), 0, OUT_BY(BANK_ACCOUNT)},
    {"cash to account same bank", IN(CASH), 0, OUT_BY(BANK_ACCOUNT)},
    {"cash to account other bank", IN(CASH), 0, OUT_BY(BANK_ACCOUNT)},
    {"cash to mobile", IN(CASH), 0, OUT_BY(MOBILE_WALLET)},
    {"cash", IN(CASH), 0, 0},
    {"account to account", IN(BANK_ACCOUNT), 0, OUT_BY(BANK_ACCOUNT)},
    {"account to account same bank", IN(BANK_ACCOUNT), 0, OUT_BY(BANK_ACCOUNT)},
    {"account to account other bank", IN(BANK_ACCOUNT), 0, OUT_BY(BANK_ACCOUNT)},
    {"account to cash", IN(BANK_ACCOUNT), 0, OUT_BY(CASH)},
    {"account to mobile", IN(BANK_ACCOUNT), 0, OUT_BY(MOBILE_WALLET)},
    {"account", IN(BANK_ACCOUNT), 0, 0},
    {"bank account", IN(BANK_ACCOUNT), 0, 0},
    {"bank account transfer", IN(BANK_ACCOUNT), 0, 0},
    {"card", IN(DEBIT_CARD) | IN(CREDIT_CARD), 0, 0},
    {"credit debit card service", IN(DEBIT_CARD) | IN(CREDIT_CARD), 0, 0},
    {"debit credit card service", IN(DEBIT_CARD) | IN(CREDIT_CARD), 0, 0},
    {"debit credit card", IN(DEBIT_CARD) | IN(CREDIT_CARD), 0, 0},
    {"credit card", IN(CREDIT_CARD), 0, 0},
    {"debit card", IN(DEBIT_CARD), 0, 0},
    /* The sender charges a card that the family draws on. */
    {"prepaid card", 0, 0, OUT_BY(CARD)},
    {"mobile", IN(MOBILE_MONEY), AT(MOBILE), 0},
    {"mobile money", IN(MOBILE_MONEY), 0, 0},
    {"mobile to mobile", IN(MOBILE_MONEY), AT(MOBILE), OUT_BY(MOBILE_WALLET)},
    {"online service", 0, AT(ONLINE), 0},
    {"online", 0, AT(ONLINE), 0},
    {"online to cash", 0, AT(ONLINE), OUT_BY(CASH)},
    {"online to account", 0, AT(ONLINE), OUT_BY(BANK_ACCOUNT)},
    /* Collected at the sender's door, in cash. */
    {"door to door", IN(CASH), 0, OUT_BY(HOME_DELIVERY)},
    {"door to account", IN(CASH), 0, OUT_BY(BANK_ACCOUNT)},
    {"door to cash", IN(CASH), 0, OUT_BY(CASH)},
    {"home delivery", 0, 0, OUT_BY(HOME_DELIVERY)},
    {"usd service", 0, 0, 0},
    {"eur service", 0, 0, 0},
    {"gbp service", 0, 0, 0},
    {"jpy service", 0, 0, 0},
    {"aud service", 0, 0, 0},
    {"lcu service", 0, 0, 0},
};

static const struct word instruments[] = {
    {"cash", IN(CASH), 0, 0},
    {"bank account", IN(BANK_ACCOUNT), 0, 0},
    {"bank account transfer", IN(BANK_ACCOUNT), 0, 0},
    {"bank transfer", IN(BANK_ACCOUNT), 0, 0},
    {"debit card", IN(DEBIT_CARD), 0, 0},
    {"credit card", IN(CREDIT_CARD), 0, 0},
    {"debit credit card", IN(DEBIT_CARD) | IN(CREDIT_CARD), 0, 0},
    {"credit debit card", IN(DEBIT_CARD) | IN(CREDIT_CARD), 0, 0},
    {"prepaid card", IN(PREPAID_CARD), 0, 0},
    {"mobile money", IN(MOBILE_MONEY), 0, 0},
    {"mobile wallet", IN(MOBILE_MONEY), 0, 0},
    {"mobile", IN(MOBILE_MONEY), 0, 0},
    /* The older products, where a file of the newer columns has taken them over. */
    {"cash to cash", IN(CASH), 0, OUT_BY(CASH)},
    {"cash to account", IN(CASH), 0, OUT_BY(BANK_ACCOUNT)},
    {"account to account", IN(BANK_ACCOUNT), 0, OUT_BY(BANK_ACCOUNT)},
    {"account to account same bank", IN(BANK_ACCOUNT), 0, OUT_BY(BANK_ACCOUNT)},
    {"account to account other bank", IN(BANK_ACCOUNT), 0, OUT_BY(BANK_ACCOUNT)},
    {"account to cash", IN(BANK_ACCOUNT), 0, OUT_BY(CASH)},
};

static const struct word locations[] = {
    {"at branch", 0, AT(BRANCH), 0},
    {"branch", 0, AT(BRANCH), 0},
    {"bank branch", 0, AT(BRANCH), 0},
    {"post office branch", 0, AT(BRANCH), 0},
    {"post office", 0, AT(BRANCH), 0},
    {"credit union branch", 0, AT(BRANCH), 0},
    {"agent", 0, AT(AGENT), 0},
    {"mobile operator agent", 0, AT(AGENT), 0},
    {"mobile agent", 0, AT(AGENT), 0},
    {"retail store", 0, AT(AGENT), 0},
    {"call center", 0, AT(CALL_CENTRE), 0},
    {"call centre", 0, AT(CALL_CENTRE), 0},
    {"phone", 0, AT(CALL_CENTRE), 0},
    {"on line", 0, AT(ONLINE), 0},
    {"online", 0, AT(ONLINE), 0},
    {"internet", 0, AT(ONLINE), 0},
    {"mobile phone", 0, AT(MOBILE), 0},
    {"on mobile phone", 0, AT(MOBILE), 0},
    {"mobile phone app", 0, AT(MOBILE), 0},
    {"mobile app", 0, AT(MOBILE), 0},
    {"mobile", 0, AT(MOBILE), 0},
    {"atm", 0, AT(OTHER), 0},
    {"kiosk", 0, AT(OTHER), 0},
    {"not available", 0, 0, 0},
};

static const struct word pickups[] = {
    {"cash", 0, 0, OUT_BY(CASH)},
    {"agent", 0, 0, OUT_BY(CASH)},
    {"bank account", 0, 0, OUT_BY(BANK_ACCOUNT)},
    {"bank acciunt", 0, 0, OUT_BY(BANK_ACCOUNT)},
    {"own partner bank account", 0, 0, OUT_BY(BANK_ACCOUNT)},
    {"own partner bank account in receiving country", 0, 0, OUT_BY(BANK_ACCOUNT)},
    {"bank account same partner bank", 0, 0, OUT_BY(BANK_ACCOUNT)},
    {"bank account other bank", 0, 0, OUT_BY(BANK_ACCOUNT)},
    {"mobile", 0, 0, OUT_BY(MOBILE_WALLET)},
    {"mobile wallet", 0, 0, OUT_BY(MOBILE_WALLET)},
    {"mobile money", 0, 0, OUT_BY(MOBILE_WALLET)},
    {"home delivery", 0, 0, OUT_BY(HOME_DELIVERY)},
    {"door to door", 0, 0, OUT_BY(HOME_DELIVERY)},
    {"atm", 0, 0, OUT_BY(CARD)},
    {"atm network", 0, 0, OUT_BY(CARD)},
    {"card", 0, 0, OUT_BY(CARD)},
    {"credit card", 0, 0, OUT_BY(CARD)},
    {"debit card", 0, 0, OUT_BY(CARD)},
    {"prepaid card", 0, 0, OUT_BY(CARD)},
    {"prepaid cash card", 0, 0, OUT_BY(CARD)},
    {"not available", 0, 0, 0},
};

static const struct choice speeds[] = {
    {"less than one hour", SPEED_LESS_THAN_ONE_HOUR},
    {"same day", SPEED_SAME_DAY},
    {"next day", SPEED_NEXT_DAY},
    {"2 days", SPEED_TWO_DAYS},
    {"3 5 days", SPEED_THREE_TO_FIVE_DAYS},
    {"6 days or more", SPEED_SIX_DAYS_OR_MORE},
    {"not available", SPEED_UNKNOWN},
};

/* Geographic up to Q1 2016, a rank since. */
static const struct choice coverages[] = {
    {"nationwide", COVERAGE_HIGH}, {"high", COVERAGE_HIGH},     {"major cities", COVERAGE_MEDIUM},
    {"medium", COVERAGE_MEDIUM},   {"main city", COVERAGE_LOW}, {"urban only", COVERAGE_LOW},
    {"rural only", COVERAGE_LOW},  {"low", COVERAGE_LOW},       {"not available", COVERAGE_UNKNOWN},
};

/* "Bank / Money Transfer Operator" is the first of its kinds. */
static const struct choice firm_types[] = {
    {"bank", FIRM_BANK},
    {"money transfer operator", FIRM_MTO},
    {"mto", FIRM_MTO},
    {"fintech", FIRM_MTO},
    {"post office", FIRM_POST_OFFICE},
    {"mobile operator", FIRM_MOBILE_OPERATOR},
    {"mobile network operator", FIRM_MOBILE_OPERATOR},
    {"non bank fi", FIRM_NON_BANK_FI},
    {"non bank financial institution", FIRM_NON_BANK_FI},
    {"credit union", FIRM_CREDIT_UNION},
    {"building society", FIRM_BUILDING_SOCIETY},
};

static const struct vocabulary {
    const struct word *words;     /* of a column that gives sets, or … */
    const struct choice *choices; /* … of one that gives one code */
    size_t count;
    const char *separators;
    struct word other; /* what a word in no table says; the codes' own default for a choice */
} vocabularies[RPW_WORDS_COUNT] = {
    [RPW_WORDS_PRODUCT] = {products, NULL, COUNT_OF(products), ",;", {"", IN(OTHER), 0, 0}},
    [RPW_WORDS_INSTRUMENT] =
        {instruments, NULL, COUNT_OF(instruments), ",;", {"", IN(OTHER), 0, 0}},
    [RPW_WORDS_SENDING_LOCATION] =
        {locations, NULL, COUNT_OF(locations), ",;", {"", 0, AT(OTHER), 0}},
    [RPW_WORDS_PICKUP] = {pickups, NULL, COUNT_OF(pickups), ",;", {"", 0, 0, OUT_BY(OTHER)}},
    [RPW_WORDS_SPEED] = {NULL, speeds, COUNT_OF(speeds), "", {NULL, 0, 0, 0}},
    [RPW_WORDS_COVERAGE] = {NULL, coverages, COUNT_OF(coverages), "", {NULL, 0, 0, 0}},
    [RPW_WORDS_FIRM_TYPE] = {NULL, firm_types, COUNT_OF(firm_types), "/,;", {NULL, 0, 0, 0}},
};

size_t rpw_fold(struct span text, char *buffer, size_t size)
{
    size_t len = 0;
    bool gap = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c >= 'A' && c <= 'Z') {
            c = (char)(c - 'A' + 'a');
        }
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            gap = len > 0;
            continue;
        }
        if (len + (gap ? 2 : 1) >= size) {
            break;
        }
        if (gap) {
            buffer[len++] = ' ';
            gap = false;
        }
        buffer[len++] = c;
    }
    buffer[len] = '\0';
    return len;
}

bool rpw_blank(struct span cell)
{
    char folded[8];
    struct span text = {folded, rpw_fold(cell, folded, sizeof folded)};
    return text.len == 0 || span_is(text, "n a") || span_is(text, "na");
}

static const struct word *find_word(const struct vocabulary *vocabulary, struct span folded)
{
    for (size_t i = 0; i < vocabulary->count; i++) {
        if (span_is(folded, vocabulary->words[i].text)) {
            return &vocabulary->words[i];
        }
    }
    return NULL;
}

static const struct choice *find_choice(const struct vocabulary *vocabulary, struct span folded)
{
    for (size_t i = 0; i < vocabulary->count; i++) {
        if (span_is(folded, vocabulary->choices[i].text)) {
            return &vocabulary->choices[i];
        }
    }
    return NULL;
}

/* A service starts with the last code of each list ("other", "unknown"): a choice only replaces
 * that, so the first word that decides stands. */
static void choose(enum rpw_vocabulary which, int value, struct rpw_service *service)
{
    if (which == RPW_WORDS_SPEED && service->speed == SPEED_UNKNOWN) {
        service->speed = (enum speed)value;
    } else if (which == RPW_WORDS_COVERAGE && service->coverage == COVERAGE_UNKNOWN) {
        service->coverage = (enum coverage)value;
    } else if (which == RPW_WORDS_FIRM_TYPE && service->firm_type == FIRM_OTHER) {
        service->firm_type = (enum firm_type)value;
    }
}

/* True when the word is in its table. */
static bool map_word(enum rpw_vocabulary which, struct span text, struct rpw_service *service)
{
    const struct vocabulary *vocabulary = &vocabularies[which];
    char buffer[WORD_SIZE];
    struct span folded = {buffer, rpw_fold(text, buffer, sizeof buffer)};
    if (vocabulary->choices) {
        const struct choice *choice = find_choice(vocabulary, folded);
        if (choice) {
            choose(which, choice->value, service);
        }
        return choice != NULL;
    }
    const struct word *word = find_word(vocabulary, folded);
    const struct word *said = word ? word : &vocabulary->other;
    service->pay_in |= said->pay_in;
    service->access_point |= said->access_point;
    service->pay_out |= said->pay_out;
    return word != NULL;
}

void rpw_map(enum rpw_vocabulary vocabulary, struct span column, struct span cell,
             struct rpw_service *service, const struct rpw_unknown *unknown)
{
    if (rpw_blank(cell)) {
        return;
    }
    /* "Mobile Operator/Agent" is one place, "Credit/debit card" one thing: only a firm type is
     * split at a slash. */
    struct span separators = span_of(vocabularies[vocabulary].separators);
    size_t begin = 0;
    for (size_t i = 0; i <= cell.len; i++) {
        if (i < cell.len && !memchr(separators.at, cell.at[i], separators.len)) {
            continue;
        }
        struct span word = {cell.at + begin, i - begin};
        begin = i + 1;
        if (!rpw_blank(word) && !map_word(vocabulary, word, service)) {
            unknown->told(column, word, unknown->arg);
        }
    }
}
