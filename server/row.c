/* Cells to values. Everything here was checked when it was stored; it is checked again because a
 * price read wrongly is worse than one left out. */
#include "server/row.h"

#include <errno.h>
#include <stdlib.h>

void row_fail(struct row *row, unsigned column)
{
    if (!row->bad) {
        row->bad = true;
        row->column = column;
    }
}

bool row_null(const struct row *row, unsigned column)
{
    return row->cells[column].at == NULL;
}

struct span row_text(struct row *row, unsigned column)
{
    if (row_null(row, column))
        row_fail(row, column);
    return row->cells[column];
}

int64_t row_int(struct row *row, unsigned column, int64_t least, int64_t most)
{
    char digits[24];
    char *end = digits;
    struct span text = row_text(row, column);
    long long value = 0;
    if (text.at != NULL && text.len > 0 && text.len < sizeof(digits)) {
        memcpy(digits, text.at, text.len);
        digits[text.len] = '\0';
        errno = 0;
        value = strtoll(digits, &end, 10);
    }
    if (end == digits || *end != '\0' || errno != 0 || value < least || value > most) {
        row_fail(row, column);
        return least;
    }
    return value;
}

bool row_bool(struct row *row, unsigned column)
{
    struct span text = row_text(row, column);
    bool is_true = text.at != NULL && span_is(text, "t");
    if (text.at != NULL && !is_true && !span_is(text, "f"))
        row_fail(row, column);
    return is_true;
}

int64_t row_instant(struct row *row, unsigned column)
{
    return row_null(row, column) ? INSTANT_NEVER : row_int(row, column, INT64_MIN, INT64_MAX - 1);
}

int32_t row_day(struct row *row, unsigned column)
{
    int32_t day = 0;
    if (!day_parse(&day, row_text(row, column)))
        row_fail(row, column);
    return day;
}

const struct currency *row_currency(struct row *row, unsigned column)
{
    struct span text = row_text(row, column);
    const struct currency *currency = text.at == NULL ? NULL : currency_find(text);
    if (currency == NULL)
        row_fail(row, column);
    return currency;
}

int64_t row_money(struct row *row, unsigned column, const struct currency *currency)
{
    int64_t minor = 0;
    struct span text = row_text(row, column);
    if (text.at == NULL || currency == NULL || money_parse(&minor, text, currency) != MONEY_OK)
        row_fail(row, column);
    return minor;
}

struct rate row_rate(struct row *row, unsigned column)
{
    struct rate rate = {0};
    struct span text = row_text(row, column);
    if (text.at == NULL || !rate_parse(&rate, text))
        row_fail(row, column);
    return rate;
}

int64_t row_percent(struct row *row, unsigned column, int64_t none)
{
    int64_t percent = none;
    if (!row_null(row, column) && !percent_parse(&percent, row->cells[column]))
        row_fail(row, column);
    return percent;
}

enum firm_type row_firm_type(struct row *row, unsigned column)
{
    enum firm_type value = FIRM_OTHER;
    struct span text = row_text(row, column);
    if (text.at == NULL || !firm_type_find(&value, text))
        row_fail(row, column);
    return value;
}

enum speed row_speed(struct row *row, unsigned column)
{
    enum speed value = SPEED_UNKNOWN;
    struct span text = row_text(row, column);
    if (text.at == NULL || !speed_find(&value, text))
        row_fail(row, column);
    return value;
}

enum coverage row_coverage(struct row *row, unsigned column)
{
    enum coverage value = COVERAGE_UNKNOWN;
    struct span text = row_text(row, column);
    if (text.at == NULL || !coverage_find(&value, text))
        row_fail(row, column);
    return value;
}

/* Gives the next code of a comma list and takes it off. */
static struct span next_code(struct span *list)
{
    const char *comma = memchr(list->at, ',', list->len);
    struct span code = {list->at, comma == NULL ? list->len : (size_t)(comma - list->at)};
    size_t taken = comma == NULL ? code.len : code.len + 1;
    list->at += taken;
    list->len -= taken;
    return code;
}

unsigned row_pay_ins(struct row *row, unsigned column)
{
    unsigned set = 0;
    enum pay_in value;
    struct span list = row_text(row, column);
    while (list.len > 0) {
        if (pay_in_find(&value, next_code(&list)))
            set |= 1U << value;
        else
            row_fail(row, column);
    }
    return set;
}

unsigned row_access_points(struct row *row, unsigned column)
{
    unsigned set = 0;
    enum access_point value;
    struct span list = row_text(row, column);
    while (list.len > 0) {
        if (access_point_find(&value, next_code(&list)))
            set |= 1U << value;
        else
            row_fail(row, column);
    }
    return set;
}

unsigned row_pay_outs(struct row *row, unsigned column)
{
    unsigned set = 0;
    enum pay_out value;
    struct span list = row_text(row, column);
    while (list.len > 0) {
        if (pay_out_find(&value, next_code(&list)))
            set |= 1U << value;
        else
            row_fail(row, column);
    }
    return set;
}
