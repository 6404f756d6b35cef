/*
 * The observatory's questions. The hard part is that a group is named in its kind's own words
 * (countries, regions, codes of services), and each is checked against them here, so that nothing
 * but known names ever reaches the record.
 */
#include "server/observatory_ask.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const indicator_codes[] = {
#define CODE(name, code, decimals) code,
    OBSERVATORY_INDICATORS(CODE)
#undef CODE
};
static const char *const kind_codes[] = {
#define CODE(name, code, values) code,
    OBSERVATORY_KINDS(CODE)
#undef CODE
};
static const char *const sort_codes[] = {
#define CODE(name, code) code,
    OBSERVATORY_SORTS(CODE)
#undef CODE
};

const char *observatory_indicator_code(enum observatory_indicator indicator)
{
    return indicator_codes[indicator];
}

const char *observatory_kind_code(enum observatory_kind kind)
{
    return kind_codes[kind];
}

bool observatory_kind_of_services(enum observatory_kind kind)
{
    return kind >= OBSERVATORY_BY_FIRM_TYPE;
}

const char *observatory_sort_code(enum observatory_sort sort)
{
    return sort_codes[sort];
}

/* ---- Words ---- */

static bool find_code(size_t *index, struct span text, const char *const *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (span_is(text, codes[i])) {
            *index = i;
            return true;
        }
    }
    return false;
}

static const char *const regions[] = {"EAS", "ECS", "LCN", "MEA", "NAC", "SAS", "SSF"};
static const char *const incomes[] = {"LIC", "LMC", "UMC", "HIC", "INX"};
static const char *const g20s[] = {"member", "other"};
static const char *const digitals[] = {"digital", "cash", "other"};

enum words {
    WORDS_NONE,
    WORDS_CORRIDOR,
    WORDS_COUNTRY,
    WORDS_REGION,
    WORDS_INCOME,
    WORDS_G20,
    WORDS_FIRM_TYPE,
    WORDS_PAY_IN,
    WORDS_PAY_OUT,
    WORDS_DIGITAL,
    WORDS_SPEED,
};
static const struct {
    enum words words;
    const char *allowed;
} kind_words[] = {
#define WORDS(name, code, values) {WORDS_##values, GROUPS_##values},
#define GROUPS_NONE               "world, which has no groups of its own"
#define GROUPS_CORRIDOR           "corridor:FR-SN, at most 20 of them with commas between"
#define GROUPS_COUNTRY            "sender or receiver, or sender:FR,IT with at most 20 countries"
#define GROUPS_REGION             "at most 20 of EAS, ECS, LCN, MEA, NAC, SAS, SSF after the colon"
#define GROUPS_INCOME             "at most 20 of LIC, LMC, UMC, HIC, INX after the colon"
#define GROUPS_G20                "member, other after the colon"
#define GROUPS_FIRM_TYPE          "at most 20 codes of firm types, or unknown, after the colon"
#define GROUPS_PAY_IN             "at most 20 codes of ways to pay in, or unknown, after the colon"
#define GROUPS_PAY_OUT            "at most 20 codes of ways to pay out, or unknown, after the colon"
#define GROUPS_DIGITAL            "digital, cash, other after the colon"
#define GROUPS_SPEED              "at most 20 speed classes, or unknown, after the colon"
    OBSERVATORY_KINDS(WORDS)
#undef WORDS
};

/* A code that is a value as it stands. */
static bool is_code(enum words words, struct span text)
{
    size_t index;
    enum firm_type firm;
    enum pay_in pay_in;
    enum pay_out pay_out;
    enum speed speed;
    switch (words) {
    case WORDS_REGION:
        return find_code(&index, text, regions, COUNT_OF(regions));
    case WORDS_INCOME:
        return find_code(&index, text, incomes, COUNT_OF(incomes));
    case WORDS_G20:
        return find_code(&index, text, g20s, COUNT_OF(g20s));
    case WORDS_DIGITAL:
        return find_code(&index, text, digitals, COUNT_OF(digitals));
    case WORDS_FIRM_TYPE:
        return firm_type_find(&firm, text);
    case WORDS_PAY_IN:
        return span_is(text, "unknown") || pay_in_find(&pay_in, text);
    case WORDS_PAY_OUT:
        return span_is(text, "unknown") || pay_out_find(&pay_out, text);
    case WORDS_SPEED:
        return speed_find(&speed, text);
    case WORDS_NONE:
    case WORDS_CORRIDOR:
    case WORDS_COUNTRY:
        break;
    }
    return false;
}

static bool read_value(char value[OBSERVATORY_VALUE_MAX], enum words words, struct span text)
{
    const struct country *from;
    const struct country *to;
    if (words == WORDS_CORRIDOR) {
        if (!corridor_parse(text, &from, &to))
            return false;
        corridor_print(value, from, to);
        return true;
    }
    if (words == WORDS_COUNTRY) {
        from = country_find(text);
        if (from != NULL)
            (void)snprintf(value, OBSERVATORY_VALUE_MAX, "%s", from->iso2);
        return from != NULL;
    }
    if (text.len >= OBSERVATORY_VALUE_MAX || !is_code(words, text))
        return false;
    (void)snprintf(value, OBSERVATORY_VALUE_MAX, "%.*s", (int)text.len, text.at);
    return true;
}

/* The next of a comma list, taken off it; false at its end. An empty item is one, too. */
static bool next_item(struct span *list, struct span *item)
{
    if (list->at == NULL)
        return false;
    const char *comma = list->len == 0 ? NULL : memchr(list->at, ',', list->len);
    *item = (struct span){list->at, comma == NULL ? list->len : (size_t)(comma - list->at)};
    if (comma == NULL)
        *list = (struct span){NULL, 0};
    else
        *list = (struct span){comma + 1, list->len - item->len - 1};
    return true;
}

/* ---- Parameters ---- */

struct reading {
    struct observatory_ask *ask;
    int64_t now;
    const char *allowed; /* what would do, when a reader says no */
};

static bool copy_period(struct reading *reading, struct span text, char period[PERIOD_TEXT_MAX])
{
    char current[PERIOD_TEXT_MAX];
    period_print(current, instant_day(reading->now));
    reading->allowed = "a quarter from 1970-Q1 to the current one: 2011-Q3";
    if (!period_valid(text) || memcmp(text.at, current, PERIOD_TEXT_MAX - 1) > 0)
        return false;
    (void)snprintf(period, PERIOD_TEXT_MAX, "%.*s", PERIOD_TEXT_MAX - 1, text.at);
    return true;
}

static bool read_period(struct reading *reading, struct span text)
{
    return copy_period(reading, text, reading->ask->period);
}

static bool read_from(struct reading *reading, struct span text)
{
    return copy_period(reading, text, reading->ask->from);
}

static bool read_to(struct reading *reading, struct span text)
{
    return copy_period(reading, text, reading->ask->to);
}

static bool read_as_of(struct reading *reading, struct span text)
{
    reading->allowed = ASK_ALLOWED_INSTANT;
    return ask_instant(&reading->ask->as_of, text, reading->now) &&
           reading->ask->as_of <= reading->now;
}

static bool read_price_point(struct reading *reading, struct span text)
{
    reading->allowed = "200 or 500";
    reading->ask->price_point = span_is(text, "500") ? 500 : 200;
    return span_is(text, "200") || span_is(text, "500");
}

static int by_iso2(const void *a, const void *b)
{
    const struct country *const *one = a;
    const struct country *const *other = b;
    return strcmp((*one)->iso2, (*other)->iso2);
}

static bool read_exclude(struct reading *reading, struct span list)
{
    struct observatory_ask *ask = reading->ask;
    struct span item;
    reading->allowed = "at most 50 sending countries with commas between: RUS or RU,AE";
    while (next_item(&list, &item)) {
        const struct country *country = country_find(item);
        if (country == NULL || ask->exclude_count == OBSERVATORY_EXCLUDE_MAX)
            return false;
        ask->exclude[ask->exclude_count++] = country;
    }
    qsort(ask->exclude, ask->exclude_count, sizeof(ask->exclude[0]), by_iso2);
    size_t kept = 0;
    for (size_t i = 0; i < ask->exclude_count; i++) {
        if (kept == 0 || ask->exclude[kept - 1] != ask->exclude[i])
            ask->exclude[kept++] = ask->exclude[i];
    }
    ask->exclude_count = kept;
    return true;
}

static bool read_indicator(struct reading *reading, struct span text)
{
    size_t index;
    reading->allowed = "average_pct, services, corridors_average_pct, corridors, "
                       "flow_weighted_pct, smart_pct, smart_corridors, smart_without, "
                       "smart_at_most_5, meets, near, must_fall, at_stake_usd, operators, thin, "
                       "not_transparent";
    if (!find_code(&index, text, indicator_codes, COUNT_OF(indicator_codes)))
        return false;
    reading->ask->indicator = (enum observatory_indicator)index;
    return true;
}

static bool read_group(struct reading *reading, struct span text)
{
    struct observatory_ask *ask = reading->ask;
    const char *colon = text.len == 0 ? NULL : memchr(text.at, ':', text.len);
    struct span kind = {text.at, colon == NULL ? text.len : (size_t)(colon - text.at)};
    struct span list = {NULL, 0};
    struct span item;
    size_t index;
    reading->allowed = "world, corridor:FR-SN, sender, receiver, sending_region, "
                       "receiving_region, sending_income, receiving_income, sending_g20, "
                       "receiving_g20, firm_type, pay_in, pay_out, digital, speed; names of "
                       "groups after a colon: receiving_region:SAS,SSF";
    if (!find_code(&index, kind, kind_codes, COUNT_OF(kind_codes)))
        return false;
    ask->kind = (enum observatory_kind)index;
    reading->allowed = kind_words[index].allowed;
    if (colon != NULL)
        list = (struct span){colon + 1, text.len - kind.len - 1};
    while (next_item(&list, &item)) {
        if (ask->value_count == OBSERVATORY_GROUPS_MAX ||
            !read_value(ask->values[ask->value_count], kind_words[index].words, item))
            return false;
        ask->value_count++;
    }
    /* All corridors at once would be a report. */
    return ask->value_count > 0 || ask->kind != OBSERVATORY_BY_CORRIDOR;
}

static bool read_sort(struct reading *reading, struct span text)
{
    size_t index;
    reading->allowed = "average, at_stake, change";
    if (!find_code(&index, text, sort_codes, COUNT_OF(sort_codes)))
        return false;
    reading->ask->sort = (enum observatory_sort)index;
    return true;
}

static bool copy_region(struct reading *reading, struct span text, char region[8])
{
    reading->allowed = "EAS, ECS, LCN, MEA, NAC, SAS, SSF";
    if (!is_code(WORDS_REGION, text))
        return false;
    (void)snprintf(region, 8, "%.*s", (int)text.len, text.at);
    return true;
}

static bool read_region(struct reading *reading, struct span text)
{
    return copy_region(reading, text, reading->ask->receiving_region);
}

static bool read_sending_region(struct reading *reading, struct span text)
{
    return copy_region(reading, text, reading->ask->sending_region);
}

static const struct {
    const char *name;
    bool (*read)(struct reading *reading, struct span text);
} readers[] = {
    {"period", read_period},
    {"as_of", read_as_of},
    {"exclude", read_exclude},
    {"price_point", read_price_point},
    {"indicator", read_indicator},
    {"group", read_group},
    {"from", read_from},
    {"to", read_to},
    {"sort", read_sort},
    {"region", read_region},
    {"sending_region", read_sending_region},
};

bool observatory_ask_read(struct observatory_ask *ask, const struct ask_parameter *parameters,
                          size_t count, int64_t now, struct observatory_fault *fault)
{
    struct reading reading = {.ask = ask, .now = now};
    const struct ask_parameter *group = NULL;
    const struct ask_parameter *from = NULL;
    *ask = (struct observatory_ask){.as_of = INSTANT_NEVER, .price_point = 200, .page = 1};
    (void)snprintf(ask->from, sizeof(ask->from), "1970-Q1");
    for (size_t i = 0; i < count; i++) {
        for (size_t r = 0; r < COUNT_OF(readers); r++) {
            if (!span_is(parameters[i].name, readers[r].name))
                continue;
            group = readers[r].read == read_group ? &parameters[i] : group;
            from = readers[r].read == read_from ? &parameters[i] : from;
            if (!readers[r].read(&reading, parameters[i].value)) {
                *fault = (struct observatory_fault){readers[r].name, parameters[i].value,
                                                    reading.allowed};
                return false;
            }
        }
    }
    if (from != NULL && ask->to[0] != '\0' && strcmp(ask->from, ask->to) > 0) {
        *fault =
            (struct observatory_fault){"from", from->value, "a quarter that is not after `to`"};
        return false;
    }
    bool few = ask->indicator == OBSERVATORY_AVERAGE || ask->indicator == OBSERVATORY_SERVICES;
    if (group != NULL && !few && observatory_kind_of_services(ask->kind)) {
        *fault = (struct observatory_fault){
            "group", group->value,
            "a kind of country or corridor; kinds of service have average_pct and services only"};
        return false;
    }
    if (group != NULL && ask->indicator == OBSERVATORY_OPERATORS &&
        ask->kind != OBSERVATORY_BY_WORLD) {
        *fault = (struct observatory_fault){"group", group->value, "world, for operators"};
        return false;
    }
    return true;
}

void observatory_ask_print(char query[OBSERVATORY_QUERY_MAX], const struct observatory_ask *ask)
{
    char as_of[INSTANT_TEXT_MAX];
    size_t length = 0;
    query[0] = '\0';
    if (ask->as_of != INSTANT_NEVER) {
        instant_print(as_of, sizeof(as_of), ask->as_of);
        length += (size_t)snprintf(query, OBSERVATORY_QUERY_MAX, "&as_of=%s", as_of);
    }
    if (ask->price_point != 200)
        length += (size_t)snprintf(query + length, OBSERVATORY_QUERY_MAX - length,
                                   "&price_point=%u", ask->price_point);
    for (size_t i = 0; i < ask->exclude_count; i++)
        length += (size_t)snprintf(query + length, OBSERVATORY_QUERY_MAX - length, "%s%s",
                                   i == 0 ? "&exclude=" : ",", ask->exclude[i]->iso2);
}
