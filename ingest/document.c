/*
 * Values of documents from outside. The hard problem is to be of help to whoever sent a wrong one
 * without trusting a byte of it: a refusal names the place, shows what came, cut to a few
 * characters, and says what is allowed.
 */
#include "ingest/document.h"

#include <corridor/instant.h>
#include <corridor/out.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define SHOWN 40U /* bytes of a wrong text that a reason repeats */

/* For "%.*s": a text as a reason shows it. */
#define SHOW(text) (int)utf8_cut(text, SHOWN).len, (text).at

/* A text may have been cut within a character, by us or within jansson's own message. */
static void mend(char *text)
{
    struct span rest = span_of(text);

    while (rest.len > 0) {
        size_t length = utf8_character(rest);

        if (length == 0)
            text[rest.at - text] = '?';
        length += length == 0;
        rest = (struct span){rest.at + length, rest.len - length};
    }
}

bool document_refuse(struct refusal *refusal, enum refusal_code code, const char *field,
                     const char *format, ...)
{
    va_list arguments;

    refusal->code = code;
    (void)snprintf(refusal->field, sizeof(refusal->field), "%s", field);
    va_start(arguments, format);
    (void)vsnprintf(refusal->reason, sizeof(refusal->reason), format, arguments);
    va_end(arguments);
    mend(refusal->field);
    mend(refusal->reason);
    return false;
}

/* ---- The whole document ---- */

/* Brackets inside texts are none. What is no JSON is counted somehow and refused later. */
static bool is_deeper(struct span json, unsigned most)
{
    unsigned depth = 0;
    bool in_text = false;

    for (size_t i = 0; i < json.len; i++) {
        char c = json.at[i];

        if (c == '"') {
            in_text = !in_text;
        } else if (in_text) {
            i += c == '\\';
        } else if (c == '{' || c == '[') {
            if (++depth > most)
                return true;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return false;
}

static bool refuse_json(struct refusal *refusal, const json_error_t *error)
{
    enum refusal_code code = REFUSAL_NOT_JSON;

    switch (json_error_code(error)) {
    case json_error_invalid_utf8:
        return document_refuse(refusal, REFUSAL_NOT_UTF8, "", "not valid UTF-8 after byte %d",
                               error->position);
    case json_error_null_character:
        return document_refuse(refusal, REFUSAL_NOT_UTF8, "",
                               "a text holds the character U+0000, up to byte %d", error->position);
    case json_error_duplicate_key:
        code = REFUSAL_DUPLICATE_FIELD;
        break;
    case json_error_numeric_overflow:
        code = REFUSAL_OUT_OF_RANGE;
        break;
    case json_error_premature_end_of_input:
        code = REFUSAL_CUT_OFF;
        break;
    default:
        break;
    }
    return document_refuse(refusal, code, "", "%s, at byte %d", error->text, error->position);
}

static bool is_blank(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != ' ' && text.at[i] != '\t' && text.at[i] != '\r' && text.at[i] != '\n')
            return false;
    }
    return true;
}

json_t *document_parse(struct span json, size_t bytes_max, unsigned depth_max,
                       struct refusal *refusal)
{
    json_error_t error;
    json_t *tree = NULL;

    if (json.len > bytes_max) {
        (void)document_refuse(refusal, REFUSAL_TOO_LONG, "", "%zu bytes; at most %zu are taken",
                              json.len, bytes_max);
    } else if (is_blank(json)) {
        (void)document_refuse(refusal, REFUSAL_EMPTY_DOCUMENT, "", "there is nothing to read");
    } else if (is_deeper(json, depth_max)) {
        (void)document_refuse(refusal, REFUSAL_TOO_DEEP, "",
                              "more than %u brackets are open at once", depth_max);
    } else if ((tree = json_loadb(json.at, json.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
                                  &error)) == NULL) {
        (void)refuse_json(refusal, &error);
    } else if (!json_is_object(tree)) {
        (void)document_refuse(refusal, REFUSAL_NOT_AN_OBJECT, "",
                              "an object {…} is wanted, not another value");
        json_decref(tree);
        tree = NULL;
    }
    return tree;
}

/* ---- Members ---- */

/* Names the first member that the table does not know. */
static bool refuse_unknown(struct refusal *refusal, json_t *object, const char *at,
                           const struct document_field *fields, size_t count)
{
    char field[REFUSAL_FIELD_MAX];

    for (void *i = json_object_iter(object); i != NULL; i = json_object_iter_next(object, i)) {
        const char *name = json_object_iter_key(i);
        size_t known = 0;

        while (known < count && strcmp(name, fields[known].name) != 0)
            known++;
        if (known == count) {
            struct span shown = span_of(name);

            (void)snprintf(field, sizeof(field), "%s/%.*s", at, SHOW(shown));
            return document_refuse(refusal, REFUSAL_UNKNOWN_FIELD, field,
                                   "there is no field \"%.*s\" here", SHOW(shown));
        }
    }
    return false;
}

bool document_members(const json_t **values, json_t *object, const char *at,
                      const struct document_field *fields, size_t count, struct refusal *refusal)
{
    char field[REFUSAL_FIELD_MAX];
    size_t known = 0;

    for (size_t i = 0; i < count; i++) {
        values[i] = json_object_get(object, fields[i].name);
        known += values[i] != NULL;
        if (fields[i].nullable && json_is_null(values[i]))
            values[i] = NULL;
    }
    if (known != json_object_size(object))
        return refuse_unknown(refusal, object, at, fields, count);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].required && values[i] == NULL) {
            (void)snprintf(field, sizeof(field), "%s/%s", at, fields[i].name);
            return document_refuse(refusal, REFUSAL_MISSING_FIELD, field, "\"%s\" is needed",
                                   fields[i].name);
        }
    }
    return true;
}

/* ---- Values ---- */

static const char *type_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        return "null";
    }
    return "something else";
}

static struct span text_of(const json_t *value)
{
    return (struct span){json_string_value(value), json_string_length(value)};
}

bool document_text(struct span *out, const json_t *value, const char *field, const char *what,
                   struct refusal *refusal)
{
    if (!json_is_string(value)) {
        (void)document_refuse(refusal, REFUSAL_WRONG_TYPE, field, "%s came; wanted is %s",
                              type_of(value), what);
        return false; /* in so many words, for the analyser */
    }
    *out = text_of(value);
    return true;
}

/* A number that one of the parsers below refused, or that is below zero. */
static bool refuse_number(struct refusal *refusal, const char *field, struct span text,
                          unsigned decimals, const char *of_what, const char *most)
{
    struct decimal value;
    struct decimal rounded;

    switch (decimal_parse(&value, text)) {
    case DECIMAL_NOT_A_NUMBER:
        return document_refuse(refusal, REFUSAL_NOT_A_NUMBER, field,
                               "\"%.*s\" is no number such as \"1234.50\"", SHOW(text));
    case DECIMAL_TOO_PRECISE:
        return document_refuse(refusal, REFUSAL_TOO_MANY_DECIMALS, field,
                               "\"%.*s\" has more than the %u decimals of %s", SHOW(text), decimals,
                               of_what);
    case DECIMAL_TOO_LARGE:
        break;
    case DECIMAL_OK:
        if (text.at[0] == '-')
            return document_refuse(refusal, REFUSAL_NEGATIVE, field, "%.*s is below zero",
                                   SHOW(text));
        if (decimal_rescale(&rounded, value, decimals, DECIMAL_DOWN) &&
            decimal_compare(rounded, value) != 0)
            return document_refuse(refusal, REFUSAL_TOO_MANY_DECIMALS, field,
                                   "\"%.*s\" has more than the %u decimals of %s", SHOW(text),
                                   decimals, of_what);
        break;
    }
    return document_refuse(refusal, REFUSAL_OUT_OF_RANGE, field, "\"%.*s\" is above %s", SHOW(text),
                           most);
}

bool document_money(int64_t *minor, const json_t *value, const struct currency *currency,
                    const char *field, struct refusal *refusal)
{
    char most[MONEY_TEXT_MAX];
    struct span text;

    if (!document_text(&text, value, field, "a text such as \"12.50\", in quotation marks",
                       refusal))
        return false;
    if (money_parse(minor, text, currency) == MONEY_OK && text.at[0] != '-')
        return true;
    (void)money_print(most, sizeof(most), MONEY_MAX, currency);
    return refuse_number(refusal, field, text, currency->exponent, currency->code, most);
}

bool document_percent(int64_t *percent, const json_t *value, const char *field,
                      struct refusal *refusal)
{
    struct span text;

    if (!document_text(&text, value, field, "a text such as \"1.2\", in quotation marks", refusal))
        return false;
    if (percent_parse(percent, text) && text.at[0] != '-' && *percent <= 100 * PERCENT_ONE)
        return true;
    return refuse_number(refusal, field, text, PERCENT_SCALE, "a percentage", "100");
}

bool document_rate(struct rate *rate, const json_t *value, const char *field,
                   struct refusal *refusal)
{
    struct decimal decimal;
    struct span text;

    if (!document_text(&text, value, field, "a text such as \"655.957\", in quotation marks",
                       refusal))
        return false;
    if (rate_parse(rate, text))
        return true;
    if (decimal_parse(&decimal, text) == DECIMAL_OK && decimal.units <= 0)
        return document_refuse(refusal, REFUSAL_RATE_NOT_POSITIVE, field,
                               "%.*s is not above zero; null says that the rate is not disclosed",
                               SHOW(text));
    return refuse_number(refusal, field, text, RATE_SCALE, "a rate", "9223372");
}

bool document_instant(int64_t *instant, const json_t *value, const char *field,
                      struct refusal *refusal)
{
    struct span text;

    if (!document_text(&text, value, field, "a text such as \"2026-03-01T09:00:00Z\"", refusal))
        return false;
    if (instant_parse_any(instant, text))
        return true;
    return document_refuse(refusal, REFUSAL_BAD_TIME, field,
                           "\"%.*s\" is no time such as 2026-03-01T09:00:00Z or "
                           "2026-03-01T10:00:00+01:00",
                           SHOW(text));
}

static int by_alpha2(const void *key, const void *entry)
{
    return strcmp(((const struct country *)key)->iso2,
                  (*(const struct country *const *)entry)->iso2);
}

/* Withdrawn countries are known too, for old surveys; nobody sends money there. */
static bool is_of_today(const struct country *country)
{
    size_t count;
    const struct country *const *all = country_all(&count);

    return bsearch(country, all, count, sizeof(*all), by_alpha2) != NULL;
}

static bool has_letters_and_dash_only(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((text.at[i] < 'A' || text.at[i] > 'Z') && text.at[i] != '-')
            return false;
    }
    return true;
}

bool document_corridor(const struct country **from, const struct country **to, const json_t *value,
                       const char *field, struct refusal *refusal)
{
    struct span text;

    if (!document_text(&text, value, field, "a text such as \"FR-SN\"", refusal))
        return false;
    if (has_letters_and_dash_only(text) && corridor_parse(text, from, to) && is_of_today(*from) &&
        is_of_today(*to))
        return true;
    return document_refuse(refusal, REFUSAL_UNKNOWN_CORRIDOR, field,
                           "\"%.*s\" is not two different countries such as FR-SN or FRASEN",
                           SHOW(text));
}

bool document_currency(const struct currency **currency, const json_t *value, const char *field,
                       struct refusal *refusal)
{
    struct span text;

    if (!document_text(&text, value, field, "a text such as \"EUR\"", refusal))
        return false;
    *currency = currency_find(text);
    if (*currency != NULL && span_is(text, (*currency)->code))
        return true;
    return document_refuse(refusal, REFUSAL_UNKNOWN_CURRENCY, field,
                           "\"%.*s\" is no currency such as EUR (ISO 4217, three capitals)",
                           SHOW(text));
}

bool document_word(unsigned *value, const json_t *json, const struct document_words *words,
                   const char *field, struct refusal *refusal)
{
    struct span text;

    if (!document_text(&text, json, field, "one of the codes, a text", refusal))
        return false;
    if (words->find(value, text))
        return true;
    return document_refuse(refusal, REFUSAL_UNKNOWN_CODE, field, "\"%.*s\" is none of %s",
                           SHOW(text), words->all);
}

bool document_set(unsigned *set, const json_t *json, const struct document_words *words,
                  size_t most, const char *field, struct refusal *refusal)
{
    size_t count = json_array_size(json);
    char place[REFUSAL_FIELD_MAX];

    *set = 0;
    if (!json_is_array(json))
        return document_refuse(refusal, REFUSAL_WRONG_TYPE, field,
                               "%s came; wanted is a list, [\"…\"]", type_of(json));
    if (count == 0)
        return document_refuse(refusal, REFUSAL_EMPTY_LIST, field, "at least one of %s is needed",
                               words->all);
    if (count > most)
        return document_refuse(refusal, REFUSAL_TOO_LONG, field,
                               "%zu entries; at most %zu are taken", count, most);
    for (size_t i = 0; i < count; i++) {
        unsigned value = 0;

        (void)snprintf(place, sizeof(place), "%s/%zu", field, i);
        if (!document_word(&value, json_array_get(json, i), words, place, refusal))
            return false;
        if ((*set & 1U << value) != 0)
            return document_refuse(refusal, REFUSAL_REPEATED_CODE, place, "it stands twice");
        *set |= 1U << value;
    }
    return true;
}
