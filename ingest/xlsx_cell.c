/*
 * Cells to text. The hard part is numbers: files hold the digits of a binary fraction, which are
 * not those that somebody typed. The first fifteen are; so the text is rounded there, digit by
 * digit, and no rounding of ours comes on top.
 */
#include <ingest/xlsx_cell.h>

#include <stdio.h>

enum {
    DIGITS_KEPT = 400, /* more than any spreadsheet writes */
    WHOLE_MAX = 40,
    EXPONENT_MAX = 400
};

struct number {
    bool negative;
    char digits[DIGITS_KEPT];
    int count; /* of digits */
    int point; /* value = 0.digits * 10^point */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits, with a point among them or not; at least one. */
static bool take_digits(struct span *text, struct number *n)
{
    bool any = false;
    bool after_point = false;
    n->count = 0;
    n->point = 0;
    while (text->len > 0 && (is_digit(text->at[0]) || (text->at[0] == '.' && !after_point))) {
        char c = text->at[0];
        text->at++;
        text->len--;
        if (c == '.') {
            after_point = true;
            continue;
        }
        any = true;
        if (n->count == 0 && c == '0') {
            n->point -= after_point;
            continue;
        }
        if (n->count == DIGITS_KEPT) {
            return false;
        }
        n->digits[n->count++] = c;
        n->point += !after_point;
    }
    return any;
}

static bool take_exponent(struct span *text, int *exponent)
{
    *exponent = 0;
    if (text->len == 0) {
        return true;
    }
    bool signed_text = text->len > 1 && (text->at[1] == '-' || text->at[1] == '+');
    bool negative = signed_text && text->at[1] == '-';
    size_t at = signed_text ? 2 : 1;
    if ((text->at[0] != 'e' && text->at[0] != 'E') || at == text->len) {
        return false;
    }
    for (; at < text->len; at++) {
        if (!is_digit(text->at[at]) || *exponent > EXPONENT_MAX) {
            return false;
        }
        *exponent = *exponent * 10 + (text->at[at] - '0');
    }
    *exponent = negative ? -*exponent : *exponent;
    return true;
}

static bool read_number(struct span text, struct number *n)
{
    int exponent = 0;
    n->negative = text.len > 0 && text.at[0] == '-';
    if (n->negative) {
        text.at++;
        text.len--;
    }
    if (!take_digits(&text, n) || !take_exponent(&text, &exponent)) {
        return false;
    }
    n->point += exponent;
    return n->count == 0 || n->point <= WHOLE_MAX;
}

/* Keeps the first `kept` digits, rounded half up. */
static void round_digits(struct number *n, int kept)
{
    if (kept < 0) {
        n->count = 0;
    } else if (kept < n->count) {
        bool up = n->digits[kept] >= '5';
        n->count = kept;
        while (up && n->count > 0 && n->digits[n->count - 1] == '9') {
            n->count--;
        }
        if (up && n->count > 0) {
            n->digits[n->count - 1]++;
        } else if (up) {
            n->digits[n->count++] = '1';
            n->point++;
        }
    }
    while (n->count > 0 && n->digits[n->count - 1] == '0') {
        n->count--;
    }
}

/* At most a sign, WHOLE_MAX digits, or "0." and XLSX_DECIMALS, or XLSX_DIGITS and a point. */
static size_t print_number(const struct number *n, char *buffer)
{
    size_t len = 0;
    if (n->count == 0) {
        buffer[len++] = '0';
        buffer[len] = '\0';
        return len;
    }
    if (n->negative) {
        buffer[len++] = '-';
    }
    if (n->point <= 0) {
        buffer[len++] = '0';
    }
    for (int i = 0; i < n->point; i++) {
        buffer[len++] = i < n->count ? n->digits[i] : '0';
    }
    if (n->count > n->point) {
        buffer[len++] = '.';
    }
    for (int i = n->point; i < n->count; i++) {
        buffer[len++] = i < 0 ? '0' : n->digits[i];
    }
    buffer[len] = '\0';
    return len;
}

size_t xlsx_number(struct span text, char buffer[XLSX_NUMBER_SIZE])
{
    struct number n;
    if (!read_number(text, &n)) {
        size_t len = text.len < XLSX_NUMBER_SIZE - 1 ? text.len : XLSX_NUMBER_SIZE - 1;
        if (len > 0) {
            memcpy(buffer, text.at, len);
        }
        buffer[len] = '\0';
        return len;
    }
    round_digits(&n, XLSX_DIGITS);
    round_digits(&n, XLSX_DECIMALS + n.point);
    return print_number(&n, buffer);
}

bool xlsx_date(struct span text, bool from_1904, char buffer[11])
{
    struct number n;
    int64_t days = 0;
    if (!read_number(text, &n) || n.negative || n.point > 7) {
        return false;
    }
    for (int i = 0; i < n.point; i++) {
        days = days * 10 + (i < n.count ? n.digits[i] - '0' : 0);
    }
    days += from_1904 ? 1462 : 0;
    if (days < 61 || days > 2958465) {
        return false;
    }
    /* Days since 1 March 0000, in eras of 400 years: 1899-12-30, day 0 here, is the 693,899th. */
    int64_t day = days + 693899;
    int64_t era = day / 146097;
    int64_t of_era = day % 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * of_year + 2) / 153;
    int64_t date = of_year - (153 * month_from_march + 2) / 5 + 1;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2);
    (void)snprintf(buffer, 11, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100,
                   (unsigned)date % 100);
    return true;
}

bool xlsx_column(const char *place, size_t *column)
{
    size_t number = 0;
    while (*place >= 'A' && *place <= 'Z' && number <= XLSX_COLUMNS) {
        number = number * 26 + (size_t)(*place - 'A') + 1;
        place++;
    }
    *column = number - 1;
    return number >= 1 && number <= XLSX_COLUMNS && is_digit(*place);
}

bool xlsx_count(const char *text, uint64_t most, uint64_t *count)
{
    *count = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text; text++) {
        if (!is_digit(*text) || *count > most / 10) {
            return false;
        }
        *count = *count * 10 + (uint64_t)(*text - '0');
    }
    return *count <= most;
}

/* The four hexadecimal digits of _xHHHH_ at the text; -1 when it is none. */
static int escaped(const char *at, size_t len)
{
    int code = 0;
    if (len < 7 || at[0] != '_' || at[1] != 'x' || at[6] != '_') {
        return -1;
    }
    for (size_t i = 2; i < 6; i++) {
        static const char hex[] = "0123456789abcdefABCDEF";
        const char *found = at[i] != '\0' ? strchr(hex, at[i]) : NULL;
        if (!found) {
            return -1;
        }
        int digit = (int)(found - hex);
        code = code * 16 + (digit < 16 ? digit : digit - 6);
    }
    return code;
}

size_t xlsx_unescape(char *text, size_t len)
{
    size_t to = 0;
    for (size_t from = 0; from < len;) {
        int code = escaped(text + from, len - from);
        if (code < 0) {
            text[to++] = text[from++];
            continue;
        }
        from += 7;
        if (code == 0 || (code >= 0xD800 && code <= 0xDFFF)) {
            continue;
        }
        if (code < 0x80) {
            text[to++] = (char)code;
        } else if (code < 0x800) {
            text[to++] = (char)(0xC0 | (code >> 6));
            text[to++] = (char)(0x80 | (code & 0x3F));
        } else {
            text[to++] = (char)(0xE0 | (code >> 12));
            text[to++] = (char)(0x80 | ((code >> 6) & 0x3F));
            text[to++] = (char)(0x80 | (code & 0x3F));
        }
    }
    return to;
}
