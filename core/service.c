/*
 * The codes of a service, both ways, made from the one list in the header so that a value cannot
 * lack its code. Lists of at most eight words: read in order.
 */
#include <corridor/service.h>

#include <assert.h>

#define SERVICE_CODE(name, code) code,

/* The index of a code in a list; `count` when it is not there. */
static unsigned code_index(const char *const *codes, unsigned count, struct span code)
{
    unsigned index = 0;

    while (index < count && !span_is(code, codes[index]))
        index++;
    return index;
}

/* One pair of functions for each list: `type`_code and `type`_find. */
#define SERVICE_LIST(type, LIST, COUNT)                             \
    static const char *const type##_codes[] = {LIST(SERVICE_CODE)}; \
                                                                    \
    const char *type##_code(enum type value)                        \
    {                                                               \
        assert((unsigned)value < COUNT);                            \
        return type##_codes[value];                                 \
    }                                                               \
                                                                    \
    bool type##_find(enum type *out, struct span code)              \
    {                                                               \
        unsigned index = code_index(type##_codes, COUNT, code);     \
                                                                    \
        if (index == COUNT)                                         \
            return false;                                           \
        *out = (enum type)index;                                    \
        return true;                                                \
    }

SERVICE_LIST(firm_type, FIRM_TYPES, FIRM_COUNT)
SERVICE_LIST(pay_in, PAY_INS, PAY_IN_COUNT)
SERVICE_LIST(access_point, ACCESS_POINTS, ACCESS_COUNT)
SERVICE_LIST(pay_out, PAY_OUTS, PAY_OUT_COUNT)
SERVICE_LIST(speed, SPEEDS, SPEED_COUNT)
SERVICE_LIST(coverage, COVERAGES, COVERAGE_COUNT)
