/*
 * The reader's own notation for amounts. The hard part is to accept only what cannot mean two
 * things: "1.234" is a thousand and some to a Spaniard, and one and some to a program.
 */
#include "server/web/amount.h"

#include "server/ask.h"

/* Takes `what` off the front of the text. */
static bool take(struct span *text, const char *what)
{
    size_t len = strlen(what);

    if (len == 0 || text->len < len || memcmp(text->at, what, len) != 0)
        return false;
    *text = (struct span){text->at + len, text->len - len};
    return true;
}

/* Blanks that stand between groups of digits or round a number. */
static bool take_space(struct span *text)
{
    static const char *const SPACES[] = {
        " ",
        "\xC2\xA0" /* no-break */,
        "\xE2\x80\xAF" /* narrow no-break */,
        "\xE2\x80\x89" /* thin */,
    };

    for (size_t i = 0; i < COUNT_OF(SPACES); i++) {
        if (take(text, SPACES[i]))
            return true;
    }
    return false;
}

static bool is_space(const char *separator)
{
    struct span text = span_of(separator);

    return take_space(&text) && text.len == 0;
}

/* A group separator: the one given; any blank where that is one. */
static bool take_group(struct span *text, const char *group)
{
    return is_space(group) ? take_space(text) : take(text, group);
}

/* A digit, in ASCII or in any script that a reader's keyboard may have, whatever the page's
 * language; -1 when none is next. */
static int take_digit(struct span *text)
{
    static const char *const ZEROS[] = {
        "0",
        "\u0660" /* Arabic */,
        "\u06F0" /* Persian, Urdu */,
        "\u0966" /* Devanagari */,
        "\u09E6" /* Bengali */,
        "\uFF10" /* wide */,
    };

    for (size_t i = 0; i < COUNT_OF(ZEROS); i++) {
        size_t len = strlen(ZEROS[i]); /* ten in a row differ in the last byte only */
        int digit;

        if (text->len < len || memcmp(text->at, ZEROS[i], len - 1) != 0)
            continue;
        digit = (unsigned char)text->at[len - 1] - (unsigned char)ZEROS[i][len - 1];
        if (digit < 0 || digit > 9)
            continue;
        *text = (struct span){text->at + len, text->len - len};
        return digit;
    }
    return -1;
}

static struct span trimmed(struct span text)
{
    while (take_space(&text))
        ;
    for (bool again = true; again && text.len > 0;) {
        again = false;
        for (size_t len = 1; len <= 3 && len <= text.len && !again; len++) {
            struct span last = {text.at + text.len - len, len};

            if (take_space(&last) && last.len == 0) {
                text.len -= len;
                again = true;
            }
        }
    }
    return text;
}

/* digits[.digits] in a notation into plain digits; 0 when it is not that. */
static size_t local(char buffer[AMOUNT_PLAIN_MAX], struct span text, const char *separator,
                    const char *point)
{
    size_t len = 0;
    unsigned group = 0;   /* digits since the last separator */
    bool grouped = false; /* a separator was seen */
    bool decimals = false;

    while (text.len > 0) {
        int digit = take_digit(&text);

        if (len + 2 >= AMOUNT_PLAIN_MAX)
            return 0;
        if (digit >= 0) {
            buffer[len++] = (char)('0' + digit);
            group++;
        } else if (!decimals && group > 0 && take(&text, point)) {
            if (grouped && group != 3)
                return 0;
            buffer[len++] = '.';
            decimals = true;
            group = 0;
        } else if (!decimals && group > 0 && take_group(&text, separator)) {
            if (grouped ? group != 3 : group > 3 || buffer[0] == '0')
                return 0; /* no thousands begin with 0: "0,500" is half of one */
            grouped = true;
            group = 0;
        } else {
            return 0;
        }
    }
    return group == 0 || (grouped && !decimals && group != 3) ? 0 : len;
}

static bool plain(struct span text)
{
    struct decimal value;

    return decimal_parse(&value, text) == DECIMAL_OK;
}

struct span amount_plain(char buffer[AMOUNT_PLAIN_MAX], struct span typed,
                         const struct format *format, const struct currency *currency)
{
    unsigned decimals = currency == NULL ? 3 : currency->exponent;
    const char *group = format_group_separator(format);
    const char *point = format_decimal_separator(format);
    struct span text = trimmed(typed);
    size_t len = local(buffer, text, group, point);

    /* Many who have a comma for decimals have a point for groups, whatever the language's book
     * says: Portuguese is written so in Brazil, with blanks in Portugal. */
    if (len == 0 && is_space(group) && strcmp(point, ",") == 0)
        len = local(buffer, text, ".", point);
    if (len == 0)
        return plain(text) ? text : typed;
    if (decimals < 3 && ask_three_decimals((struct span){buffer, len}))
        return typed;
    if (decimals > 2 && (len != text.len || memcmp(buffer, text.at, len) != 0) && plain(text))
        return typed; /* two readings */
    return (struct span){buffer, len};
}

/* Currencies whose unit is small or large beside the dollar; everything else begins with 200. Only
 * the size matters here, so nobody has to keep it up with the rates. */
const char *amount_usual(const struct currency *currency)
{
    static const struct {
        char code[4];
        const char *units;
    } OTHERS[] = {
        {"AED", "700"},      {"ANG", "400"},     {"AOA", "200000"},  {"ARS", "200000"},
        {"BHD", "80"},       {"BWP", "2500"},    {"CLP", "200000"},  {"CNY", "1500"},
        {"COP", "800000"},   {"CRC", "100000"},  {"CZK", "4000"},    {"DKK", "1500"},
        {"DOP", "12000"},    {"DZD", "25000"},   {"EGP", "10000"},   {"GHS", "2000"},
        {"HKD", "1500"},     {"HUF", "70000"},   {"IDR", "3000000"}, {"ILS", "700"},
        {"INR", "15000"},    {"ISK", "25000"},   {"JOD", "150"},     {"JPY", "30000"},
        {"KES", "25000"},    {"KRW", "300000"},  {"KWD", "60"},      {"KZT", "100000"},
        {"LBP", "20000000"}, {"LYD", "1000"},    {"MAD", "2000"},    {"MUR", "9000"},
        {"MXN", "4000"},     {"MYR", "900"},     {"NGN", "300000"},  {"NOK", "2000"},
        {"OMR", "80"},       {"PHP", "12000"},   {"PKR", "50000"},   {"PLN", "800"},
        {"QAR", "700"},      {"RSD", "20000"},   {"RUB", "20000"},   {"RWF", "300000"},
        {"SAR", "750"},      {"SEK", "2000"},    {"THB", "7000"},    {"TND", "600"},
        {"TRY", "8000"},     {"TWD", "6000"},    {"TZS", "500000"},  {"UAH", "8000"},
        {"UGX", "700000"},   {"VND", "5000000"}, {"XAF", "100000"},  {"XOF", "100000"},
        {"ZAR", "3500"},     {"ZMW", "5000"},
    };

    for (size_t i = 0; i < COUNT_OF(OTHERS); i++) {
        if (strcmp(OTHERS[i].code, currency->code) == 0)
            return OTHERS[i].units;
    }
    return "200";
}
