/* What ICU said of a language; filled by format_open.c, used by format.c. */
#ifndef CORRIDOR_WEB_FORMAT_PRIVATE_H
#define CORRIDOR_WEB_FORMAT_PRIVATE_H

#include "server/web/format.h"

#include <unicode/ulistformatter.h>

#define AFFIX_MAX 40
#define DIGIT_MAX 4 /* bytes of a character */

/* What stands round the digits of a number, positive and negative. */
struct affixes {
    char before[2][AFFIX_MAX];
    char after[2][AFFIX_MAX];
};

/* How one currency is written. */
struct currency_style {
    const struct currency *currency;
    struct affixes affixes;
};

struct format {
    char digits[10][DIGIT_MAX + 1];
    size_t digit_len; /* bytes of each of them */
    char group[8];
    char decimal[8];
    unsigned group_first; /* digits of the group before the decimals: 3 */
    unsigned group_next;  /* of the groups before that: 3, in India 2 */
    unsigned group_min;   /* digits that must stand before the first separator: 2 in Spanish */
    struct affixes plain;
    struct affixes percent;
    struct currency_style *currencies; /* in the order of their addresses */
    size_t currency_count;
    char date[64]; /* ICU's pattern: "d MMMM y" */
    char months[12][40];
    UListFormatter *list_or;
};

#endif
