/* Escaping, one function for each place a text can stand in. */
#include "server/web/html.h"

#include "server/web/atlas.h"

/* What a byte becomes between tags and in quoted attributes; NULL: itself. */
#define NO_CHARACTER "\xEF\xBF\xBD"
static const char *const ESCAPES[256] = {
    [0 ... 31] = NO_CHARACTER,
    [127] = NO_CHARACTER,
    ['&'] = "&amp;",
    ['<'] = "&lt;",
    ['>'] = "&gt;",
    ['"'] = "&quot;",
    ['\''] = "&#39;",
};

/* Well-formed UTF-8. */
static void escaped(struct out *out, struct span text)
{
    size_t done = 0;

    for (size_t i = 0; i < text.len; i++) {
        const char *instead = ESCAPES[(unsigned char)text.at[i]];

        if (instead == NULL)
            continue;
        out_bytes(out, text.at + done, i - done);
        out_text(out, instead);
        done = i + 1;
    }
    out_bytes(out, text.at + done, text.len - done);
}

/* The bytes of the character that begins the text, 0 when it is none. */
static size_t character(struct span text)
{
    for (size_t len = 1; len <= 4 && len <= text.len; len++) {
        if (utf8_valid((struct span){text.at, len}))
            return len;
    }
    return 0;
}

/* The bytes at its beginning that are written as they are, whatever follows. */
static size_t plain(struct span text)
{
    size_t len = 0;

    while (len < text.len && (unsigned char)text.at[len] < 0x80 &&
           ESCAPES[(unsigned char)text.at[len]] == NULL)
        len++;
    return len;
}

void html_span(struct html *h, struct span text)
{
    size_t good = plain(text);

    out_bytes(h->out, text.at, good);
    if (good == text.len)
        return;
    if (utf8_valid((struct span){text.at + good, text.len - good})) {
        escaped(h->out, (struct span){text.at + good, text.len - good});
        return;
    }
    while (good < text.len) {
        size_t len = character((struct span){text.at + good, text.len - good});

        if (len > 0)
            escaped(h->out, (struct span){text.at + good, len});
        else
            out_text(h->out, NO_CHARACTER);
        good += len > 0 ? len : 1;
    }
}

void html_text(struct html *h, const char *text)
{
    html_span(h, span_of(text));
}

static const bool UNRESERVED[256] = {
    ['-' ... '.'] = true, ['0' ... '9'] = true, ['A' ... 'Z'] = true,
    ['_'] = true,         ['a' ... 'z'] = true, ['~'] = true,
};

void html_url(struct html *h, struct span component)
{
    static const char HEX[] = "0123456789ABCDEF";
    size_t done = 0;

    for (size_t i = 0; i < component.len; i++) {
        unsigned char c = (unsigned char)component.at[i];

        if (!UNRESERVED[c]) {
            const char encoded[] = {'%', HEX[c >> 4], HEX[c & 15]};

            out_bytes(h->out, component.at + done, i - done);
            out_bytes(h->out, encoded, sizeof(encoded));
            done = i + 1;
        }
    }
    out_bytes(h->out, component.at + done, component.len - done);
}

void html_int(struct html *h, int64_t value)
{
    out_int(h->out, value);
}

/* A figure among words that run the other way is kept together. */
static bool isolated(const struct html *h)
{
    return !h->words_only && language_right_to_left(h->language);
}

static void figure_begin(struct html *h)
{
    if (isolated(h))
        html(h, "<bdi>");
}

static void figure_end(struct html *h)
{
    if (isolated(h))
        html(h, "</bdi>");
}

void html_number(struct html *h, int64_t value)
{
    format_int(h->out, language_format(h->language), value);
}

void html_count(struct html *h, int64_t value)
{
    if (value != 0)
        html_number(h, value);
    else
        /* Translators: no services, no corridors. */
        html_text(h, message(h->language, "none"));
}

void html_decimal(struct html *h, struct span plain)
{
    struct decimal value;

    if (decimal_parse(&value, plain) == DECIMAL_OK && value.units >= INT64_MIN &&
        value.units <= INT64_MAX)
        format_decimal(h->out, language_format(h->language), (int64_t)value.units, value.scale);
    else
        html_span(h, plain);
}

void html_money(struct html *h, int64_t minor, const struct currency *currency)
{
    figure_begin(h);
    format_money(h->out, language_format(h->language), minor, currency);
    figure_end(h);
}

void html_money_short(struct html *h, int64_t minor, const struct currency *currency)
{
    figure_begin(h);
    format_money_short(h->out, language_format(h->language), minor, currency);
    figure_end(h);
}

void html_percent(struct html *h, int64_t percent, unsigned decimals)
{
    figure_begin(h);
    format_percent(h->out, language_format(h->language), percent, decimals);
    figure_end(h);
}

void html_percent_short(struct html *h, int64_t percent, unsigned decimals)
{
    figure_begin(h);
    format_percent_short(h->out, language_format(h->language), percent, decimals);
    figure_end(h);
}

void html_rate(struct html *h, struct rate rate, const struct currency *currency)
{
    figure_begin(h);
    format_rate(h->out, language_format(h->language), rate, currency);
    figure_end(h);
}

void html_day(struct html *h, int32_t day)
{
    format_day(h->out, language_format(h->language), day);
}

void html_year(struct html *h, unsigned year)
{
    format_year(h->out, language_format(h->language), year);
}

void html_arrow(struct html *h)
{
    if (language_right_to_left(h->language))
        html(h, " ←\u00A0");
    else
        html(h, " →\u00A0");
}

void html_comma(struct html *h)
{
    /* Translators: what stands between two parts of a sentence, with the blank that follows it. */
    out_span_append(h->out, message_span(h->language, ", "));
}

void html_colon(struct html *h)
{
    /* Translators: what stands between a name and what is said of it, with the blanks round it. */
    out_span_append(h->out, message_span(h->language, ": "));
}

void html_stop(struct html *h)
{
    /* Translators: what ends a sentence before the next one, with the blank that follows it. */
    out_span_append(h->out, message_span(h->language, ". "));
}

void html_country(struct html *h, const struct country *country)
{
    out_span_append(h->out, atlas_name(h->language, country));
}

void html_currency(struct html *h, const struct currency *currency)
{
    char name[128];
    size_t len = currency_name(currency, language_code(h->language), name, sizeof(name));

    html_span(h, (struct span){name, len});
}
