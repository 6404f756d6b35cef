/*
 * Reads the cells of one row: each function gives the value of a column, or marks the row as bad at
 * the first column that isn't what it must be. Whoever reads looks at row_ok once, at the end.
 */
#ifndef SERVER_ROW_H
#define SERVER_ROW_H

#include <corridor/instant.h>
#include <corridor/money.h>
#include <corridor/service.h>

struct row {
    const struct span *cells; /* at = NULL is SQL's null */
    bool bad;
    unsigned column; /* the first at fault, when bad */
};

static inline bool row_ok(const struct row *row)
{
    return !row->bad;
}
void row_fail(struct row *row, unsigned column);
bool row_null(const struct row *row, unsigned column);

struct span row_text(struct row *row, unsigned column);
int64_t row_int(struct row *row, unsigned column, int64_t least, int64_t most);
bool row_bool(struct row *row, unsigned column);
/* An instant in microseconds; null is INSTANT_NEVER. */
int64_t row_instant(struct row *row, unsigned column);
int32_t row_day(struct row *row, unsigned column);
const struct currency *row_currency(struct row *row, unsigned column);
/* currency may be NULL in a row that is bad already. */
int64_t row_money(struct row *row, unsigned column, const struct currency *currency);
struct rate row_rate(struct row *row, unsigned column);
/* null is `none`. */
int64_t row_percent(struct row *row, unsigned column, int64_t none);

enum firm_type row_firm_type(struct row *row, unsigned column);
enum speed row_speed(struct row *row, unsigned column);
enum coverage row_coverage(struct row *row, unsigned column);
/* Comma lists of codes. */
unsigned row_pay_ins(struct row *row, unsigned column);
unsigned row_access_points(struct row *row, unsigned column);
unsigned row_pay_outs(struct row *row, unsigned column);

#endif
