/* Puts values into the places of a message. The message itself is written as it is: it is ours, and
 * a catalogue with a character that means something in HTML is refused (catalogue.h). */
#include "server/web/say.h"

static void period(struct html *h, struct span quarter)
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
                   SAY_LIST(SAY_SPAN("year", ((struct span){quarter.at, 4}))));
}

static void value_write(struct html *h, const struct say_value *value)
{
    const struct format *format = language_format(h->language);

    switch (value->kind) {
    case SAID_TEXT:
        html_span(h, value->text);
        break;
    case SAID_NUMBER:
        format_int(h->out, format, value->number);
        break;
    case SAID_MONEY:
        format_money(h->out, format, value->number, value->currency);
        break;
    case SAID_MONEY_SHORT:
        format_money_short(h->out, format, value->number, value->currency);
        break;
    case SAID_PERCENT:
        format_percent(h->out, format, value->number, value->decimals);
        break;
    case SAID_PERCENT_SHORT:
        format_percent_short(h->out, format, value->number, value->decimals);
        break;
    case SAID_DAY:
        format_day(h->out, format, (int32_t)value->number);
        break;
    case SAID_PERIOD:
        period(h, value->text);
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
    out_text(h->out, message(h->language, english));
}

void say_values(struct html *h, const char *translated, const struct say_value *values)
{
    const char *open;

    while ((open = strchr(translated, '{')) != NULL) {
        const char *close = strchrnul(open, '}');
        struct span name = {open + 1, (size_t)(close - open - 1)};
        const struct say_value *value = values;

        out_bytes(h->out, translated, (size_t)(open - translated));
        while (value->name != NULL && !span_is(name, value->name))
            value++;
        if (value->name != NULL)
            value_write(h, value);
        translated = close + (*close == '}');
    }
    out_text(h->out, translated);
}
