/*
 * The codes of a service, both ways, made from the one list in the header so that a value cannot
 * lack its code. Lists of at most eight words: read in order.
 */
#include <corridor/service.h>

#include <assert.h>

#define SERVICE_CODE(name, code) code,

static const char *const firm_type_codes[] = {FIRM_TYPES(SERVICE_CODE)};
static const char *const pay_in_codes[] = {PAY_INS(SERVICE_CODE)};
static const char *const access_point_codes[] = {ACCESS_POINTS(SERVICE_CODE)};
static const char *const pay_out_codes[] = {PAY_OUTS(SERVICE_CODE)};
static const char *const speed_codes[] = {SPEEDS(SERVICE_CODE)};
static const char *const coverage_codes[] = {COVERAGES(SERVICE_CODE)};

static const char *code_of(const char *const *codes, unsigned count, unsigned value)
{
    assert(value < count);
    return codes[value];
}

/* The index of a code in a list; `count` when it is not there. */
static unsigned index_of(const char *const *codes, unsigned count, struct span code)
{
    unsigned index = 0;

    while (index < count && !span_is(code, codes[index]))
        index++;
    return index;
}

const char *firm_type_code(enum firm_type value)
{
    return code_of(firm_type_codes, FIRM_COUNT, value);
}

bool firm_type_find(enum firm_type *out, struct span code)
{
    unsigned index = index_of(firm_type_codes, FIRM_COUNT, code);

    if (index < FIRM_COUNT)
        *out = (enum firm_type)index;
    return index < FIRM_COUNT;
}

const char *pay_in_code(enum pay_in value)
{
    return code_of(pay_in_codes, PAY_IN_COUNT, value);
}

bool pay_in_find(enum pay_in *out, struct span code)
{
    unsigned index = index_of(pay_in_codes, PAY_IN_COUNT, code);

    if (index < PAY_IN_COUNT)
        *out = (enum pay_in)index;
    return index < PAY_IN_COUNT;
}

const char *access_point_code(enum access_point value)
{
    return code_of(access_point_codes, ACCESS_COUNT, value);
}

bool access_point_find(enum access_point *out, struct span code)
{
    unsigned index = index_of(access_point_codes, ACCESS_COUNT, code);

    if (index < ACCESS_COUNT)
        *out = (enum access_point)index;
    return index < ACCESS_COUNT;
}

const char *pay_out_code(enum pay_out value)
{
    return code_of(pay_out_codes, PAY_OUT_COUNT, value);
}

bool pay_out_find(enum pay_out *out, struct span code)
{
    unsigned index = index_of(pay_out_codes, PAY_OUT_COUNT, code);

    if (index < PAY_OUT_COUNT)
        *out = (enum pay_out)index;
    return index < PAY_OUT_COUNT;
}

const char *speed_code(enum speed value)
{
    return code_of(speed_codes, SPEED_COUNT, value);
}

bool speed_find(enum speed *out, struct span code)
{
    unsigned index = index_of(speed_codes, SPEED_COUNT, code);

    if (index < SPEED_COUNT)
        *out = (enum speed)index;
    return index < SPEED_COUNT;
}

const char *coverage_code(enum coverage value)
{
    return code_of(coverage_codes, COVERAGE_COUNT, value);
}

bool coverage_find(enum coverage *out, struct span code)
{
    unsigned index = index_of(coverage_codes, COVERAGE_COUNT, code);

    if (index < COVERAGE_COUNT)
        *out = (enum coverage)index;
    return index < COVERAGE_COUNT;
}

static size_t print_set(char *buffer, const char *const *codes, unsigned count, unsigned set)
{
    size_t length = 0;

    buffer[length++] = '{';
    for (unsigned i = 0; i < count; i++) {
        size_t code = strlen(codes[i]);

        if ((set & 1U << i) == 0)
            continue;
        if (length > 1)
            buffer[length++] = ',';
        assert(length + code + 2 <= SERVICE_SET_TEXT_MAX);
        memcpy(buffer + length, codes[i], code);
        length += code;
    }
    memcpy(buffer + length, "}", 2);
    return length + 1;
}

size_t pay_in_set_print(char buffer[SERVICE_SET_TEXT_MAX], unsigned set)
{
    return print_set(buffer, pay_in_codes, PAY_IN_COUNT, set);
}

size_t access_point_set_print(char buffer[SERVICE_SET_TEXT_MAX], unsigned set)
{
    return print_set(buffer, access_point_codes, ACCESS_COUNT, set);
}

size_t pay_out_set_print(char buffer[SERVICE_SET_TEXT_MAX], unsigned set)
{
    return print_set(buffer, pay_out_codes, PAY_OUT_COUNT, set);
}
