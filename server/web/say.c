/* Puts values into the places of a message. The message itself is written as it is: it is ours, and
 * a catalogue with a character that means something in HTML is refused (catalogue.h). */
#include "server/web/say.h"

#include <corridor/instant.h>

static int64_t year_of(struct span quarter)
{
    int64_t year = 0;

    for (size_t i = 0; i < 4; i++)
        year = year * 10 + (quarter.at[i] - '0');
    return year;
}

void say_period(struct html *h, struct span quarter)
{
    static const char *const QUARTERS[] = {
        MESSAGE("from January to March {year}"),
        MESSAGE("from April to June {year}"),
        MESSAGE("from July to September {year}"),
        MESSAGE("from October to December {year}"),
    };
    unsigned index = quarter.len == 7 ? (unsigned)(quarter.at[6] - '1') : COUNT_OF(QUARTERS);

    if (index < COUNT_OF(QUARTERS))
        say_values(h, message(h->language, QUARTERS[index]),
                   SAY_LIST(SAY_YEAR("year", year_of(quarter))));
}

void say_period_short(struct html *h, struct span quarter)
{
    if (period_valid(quarter))
        format_quarter(h->out, language_format(h->language), (unsigned)year_of(quarter),
                       (unsigned)(quarter.at[6] - '0'));
}

static void value_write(struct html *h, const struct say_value *value)
{
    switch (value->kind) {
    case SAID_TEXT:
        html_span(h, value->text);
        break;
    case SAID_NUMBER:
        html_number(h, value->number);
        break;
    case SAID_MONEY:
        html_money(h, value->number, value->currency);
        break;
    case SAID_MONEY_SHORT:
        html_money_short(h, value->number, value->currency);
        break;
    case SAID_PERCENT:
        html_percent(h, value->number, value->decimals);
        break;
    case SAID_PERCENT_SHORT:
        html_percent_short(h, value->number, value->decimals);
        break;
    case SAID_DAY:
        html_day(h, (int32_t)value->number);
        break;
    case SAID_YEAR:
        html_year(h, (unsigned)value->number);
        break;
    case SAID_PERIOD:
        say_period(h, value->text);
        break;
    case SAID_COUNTRY:
        html_country(h, value->country);
        break;
    case SAID_CURRENCY:
        html_currency(h, value->currency);
        break;
    }
}

void say(struct html *h, const char *english)
{
    out_span_append(h->out, message_span(h->language, english));
}

static const struct say_value *value_of(const struct say_value *values, struct span place)
{
    while (values->name.len > 0 &&
           (values->name.len != place.len || memcmp(values->name.at, place.at, place.len) != 0))
        values++;
    return values;
}

/* The words before a value. An arrow before a country stays on its line. */
static void words_before(struct html *h, struct span words, const struct say_value *value)
{
    static const char ARROWS[][5] = {"→ ", "← "}; /* of three bytes each */

    for (size_t i = 0; value->kind == SAID_COUNTRY && i < COUNT_OF(ARROWS); i++) {
        if (words.len >= 4 && memcmp(words.at + words.len - 4, ARROWS[i], 4) == 0) {
            out_bytes(h->out, words.at, words.len - 1);
            html(h, "\u00A0");
            return;
        }
    }
    out_span_append(h->out, words);
}

void say_values(struct html *h, const char *translated, const struct say_value *values)
{
    const char *open;

    while ((open = strchr(translated, '{')) != NULL) {
        const char *close = strchrnul(open, '}');
        const struct say_value *value =
            value_of(values, (struct span){open + 1, (size_t)(close - open - 1)});

        words_before(h, (struct span){translated, (size_t)(open - translated)}, value);
        if (value->name.len > 0)
            value_write(h, value);
        translated = close + (*close == '}');
    }
    out_text(h->out, translated);
}
