/*
 * Numbers and dates as tables write them. The hard part is to read what a spreadsheet made of a
 * number without ever going through binary floating point.
 */
#include <ingest/cell.h>

#include <ingest/rpw_map.h>

#include <stdio.h>

/* Digits at the start of the text, at most `most` of them; -1 when there is none. */
static int take_number(struct span *text, size_t most)
{
    int number = -1;
    while (text->len > 0 && most-- > 0 && text->at[0] >= '0' && text->at[0] <= '9') {
        number = (number < 0 ? 0 : number) * 10 + (text->at[0] - '0');
        text->at++;
        text->len--;
    }
    return number;
}

static bool take_separator(struct span *text)
{
    if (text->len == 0 || (text->at[0] != '/' && text->at[0] != '-' && text->at[0] != ' ')) {
        return false;
    }
    text->at++;
    text->len--;
    return true;
}

/* 1 to 12 of "Jan" … "Dec" in any case; 0 for anything else. */
static int take_month(struct span *text)
{
    static const char months[] = "jan feb mar apr may jun jul aug sep oct nov dec";
    char folded[4];
    if (text->len < 3 || rpw_fold((struct span){text->at, 3}, folded, sizeof folded) != 3) {
        return 0;
    }
    const char *found = strstr(months, folded);
    text->at += 3;
    text->len -= 3;
    return found && (found - months) % 4 == 0 ? (int)((found - months) / 4) + 1 : 0;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

bool cell_date(struct span text, char date[11])
{
    struct span iso = text;
    struct span named = text;
    int year = take_number(&iso, 4);
    int month = take_separator(&iso) ? take_number(&iso, 2) : 0;
    int day = take_separator(&iso) ? take_number(&iso, 2) : 0;
    bool ended = iso.len == 0 || iso.at[0] == ' ' || iso.at[0] == 'T';
    if (year < 1000) {
        day = take_number(&named, 2);
        month = take_separator(&named) ? take_month(&named) : 0;
        year = take_separator(&named) ? take_number(&named, 4) : 0;
        ended = named.len == 0;
    }
    if (!ended || year < 1900 || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) {
        return false;
    }
    (void)snprintf(date, 11, "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
    return true;
}

/* Spreadsheets write small rates as 6.2E-05. Splits that off: the power of ten, 0 without one. */
static bool take_exponent(struct span *text, int *exponent)
{
    size_t at = 0;
    while (at < text->len && text->at[at] != 'e' && text->at[at] != 'E') {
        at++;
    }
    *exponent = 0;
    if (at == text->len) {
        return true;
    }
    struct span power = {text->at + at + 1, text->len - at - 1};
    bool negative = power.len > 0 && power.at[0] == '-';
    if (negative || (power.len > 0 && power.at[0] == '+')) {
        power.at++;
        power.len--;
    }
    int size = take_number(&power, 2);
    *exponent = negative ? -size : size;
    text->len = at;
    return size >= 0 && power.len == 0;
}

bool cell_number(struct span text, struct decimal *number)
{
    int exponent = 0;
    if (!take_exponent(&text, &exponent) || decimal_parse(number, text) != DECIMAL_OK) {
        return false;
    }
    for (; exponent > 0 && number->scale > 0; exponent--) {
        number->scale--;
    }
    struct decimal ten = {10, 0};
    for (; exponent > 0; exponent--) {
        if (!decimal_multiply(number, *number, ten)) {
            return false;
        }
    }
    if ((int)number->scale - exponent > (int)DECIMAL_SCALE_MAX) {
        return false;
    }
    number->scale += (unsigned)-exponent;
    return true;
}
