/* The words for regions, income groups and kinds of services. */
#include "server/web/groups.h"

#include "server/web/i18n.h"
#include "server/web/words.h"

#include <corridor/service.h>

static const struct {
    const char *code;
    const char *name;
} NAMES[] = {
    {"EAS", MESSAGE("East Asia and Pacific")},
    {"ECS", MESSAGE("Europe and Central Asia")},
    {"LCN", MESSAGE("Latin America and the Caribbean")},
    {"MEA", MESSAGE("Middle East and North Africa")},
    {"NAC", MESSAGE("North America")},
    {"SAS", MESSAGE("South Asia")},
    {"SSF", MESSAGE("Sub-Saharan Africa")},
    {"LIC", MESSAGE("Low income")},
    {"LMC", MESSAGE("Lower middle income")},
    {"UMC", MESSAGE("Upper middle income")},
    {"HIC", MESSAGE("High income")},
    {"INX", MESSAGE("Not classified")},
    {"digital", MESSAGE("By phone or computer, no cash")},
    {"cash", MESSAGE("In cash at one end or both")},
    {"member", MESSAGE("Members of the G20")},
};

/* What is in no other group of its kind. */
static const char *other(enum observatory_kind kind)
{
    switch (kind) {
    case OBSERVATORY_BY_DIGITAL:
        return MESSAGE("Another way, or not known");
    case OBSERVATORY_BY_FIRM_TYPE:
        return words_firm(FIRM_OTHER);
    default:
        return MESSAGE("Other countries");
    }
}

const char *groups_name(enum observatory_kind kind, struct span code)
{
    enum firm_type firm;

    if (span_is(code, "other"))
        return other(kind);
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        if (span_is(code, NAMES[i].code))
            return NAMES[i].name;
    }
    return firm_type_find(&firm, code) ? words_firm(firm) : NULL;
}
