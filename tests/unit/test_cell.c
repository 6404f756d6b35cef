/* A survey's cell by itself: days and numbers as the files write them, and what is neither. */
#include "unit.h"

#include <ingest/cell.h>

static void dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *date; /* NULL: none */
    } table[] = {
        {"22/Jan/2011", "2011-01-22"},
        {"1/feb/2012", "2012-02-01"},
        {"01-DEC-2013", "2013-12-01"},
        {"5 May 2014", "2014-05-05"},
        {"2025-09-03", "2025-09-03"},
        {"2025/9/3", "2025-09-03"},
        {"2025-09-03T10:00", "2025-09-03"},
        {"29/Feb/2012", "2012-02-29"},
        {"29/Feb/2011", NULL},
        {"31/Apr/2011", NULL},
        {"0/Jan/2011", NULL},
        {"22/Jan/11", NULL},
        {"22/01/2011", NULL},
        {"Jan/22/2011", NULL},
        {"22/Jan/2011x", NULL},
        {"2011-13-01", NULL},
        {"2011-01-01x", NULL},
        {"22/eb /2011", NULL},
        {"22/n f/2011", NULL},
        {"40567", NULL},
        {"", NULL},
        {"1899-12-31", NULL},
    };
    char date[CELL_DATE_SIZE];
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        bool read = cell_date(span_of(table[i].text), date);
        if (read != (table[i].date != NULL) || (read && strcmp(date, table[i].date) != 0)) {
            fail_msg("'%s': %s", table[i].text, read ? date : "none");
        }
    }
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *number; /* NULL: none */
    } table[] = {
        {"1.50", "1.50"},
        {"-0.49", "-0.49"},
        {"6.2E-05", "0.000062"},
        {"1.5e3", "1500"},
        {"1.2345e2", "123.45"},
        {"12e0", "12"},
        {"1e-18", "0.000000000000000001"},
        {"1e-19", NULL},
        {"1e", NULL},
        {"1e+", NULL},
        {"e5", NULL},
        {"1e99", NULL},
        {"1e5x", NULL},
        {"1,5", NULL},
        {"", NULL},
        {"0x10", NULL},
        {"1 000", NULL},
    };
    struct decimal number;
    char text[DECIMAL_TEXT_MAX];
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        bool read = cell_number(span_of(table[i].text), &number);
        if (read) {
            (void)decimal_print(text, sizeof text, number);
        }
        if (read != (table[i].number != NULL) || (read && strcmp(text, table[i].number) != 0)) {
            fail_msg("'%s': %s", table[i].text, read ? text : "none");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates),
        cmocka_unit_test(numbers),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
