/* What ICU said of a language; filled by format_open.c, used by format.c. */
#ifndef CORRIDOR_WEB_FORMAT_PRIVATE_H
#define CORRIDOR_WEB_FORMAT_PRIVATE_H

#include "server/web/format.h"

#include <unicode/ulistformatter.h>

#define AFFIX_MAX 40
#define DIGIT_MAX 4 /* bytes of a character */

/* What stands before or after digits. */
struct affix {
    char text[AFFIX_MAX];
    size_t len;
};

/* What stands round the digits of a number, positive and negative. */
struct affixes {
    struct affix before[2];
    struct affix after[2];
};

/* What stands between two digits. */
struct separator {
    char text[8];
    size_t len;
};

struct format {
    char digits[10][DIGIT_MAX + 1];
    size_t digit_len; /* bytes of each of them */
    struct separator group;
    struct separator decimal;
    unsigned group_first; /* digits of the group before the decimals: 3 */
    unsigned group_next;  /* of the groups before that: 3, in India 2 */
    unsigned group_min;   /* digits that must stand before the first separator: 2 in Spanish */
    struct affixes plain;
    struct affixes percent;
    struct affixes *currencies; /* by currency_index */
    char date[64];              /* ICU's pattern: "d MMMM y" */
    struct affix months[12];
    struct affix quarters[4][2]; /* before the year, and after it */
    UListFormatter *list_or;
};

#endif
