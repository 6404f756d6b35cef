/* Exact decimals: what is read, how it is printed, and arithmetic against its own inverse. */
#include "unit.h"

#include <corridor/decimal.h>

#define GENERATED 60000

static const struct {
    const char *text;
    enum decimal_error error;
    const char *printed; /* NULL: as read */
} parse_cases[] = {
    {"0", DECIMAL_OK, NULL},
    {"-0", DECIMAL_OK, "0"},
    {"-0.00", DECIMAL_OK, "0.00"},
    {"007", DECIMAL_OK, "7"},
    {"1.50", DECIMAL_OK, NULL},
    {"-1.5", DECIMAL_OK, NULL},
    {"0.05", DECIMAL_OK, NULL},
    {"-0.05", DECIMAL_OK, NULL},
    {"655.957", DECIMAL_OK, NULL},
    {"0.000000000000000001", DECIMAL_OK, NULL},
    {"170141183460469231731687303715884105727", DECIMAL_OK, NULL},  /* 2^127 - 1 */
    {"-170141183460469231731687303715884105727", DECIMAL_OK, NULL}, /* its opposite */
    {"-170141183460469231731.687303715884105727", DECIMAL_OK, NULL},
    {"170141183460469231731687303715884105728", DECIMAL_TOO_LARGE, NULL},
    {"-170141183460469231731687303715884105728", DECIMAL_TOO_LARGE, NULL},
    {"999999999999999999999999999999999999999999999", DECIMAL_TOO_LARGE, NULL},
    {"0.0000000000000000001", DECIMAL_TOO_PRECISE, NULL},
    {"1.0000000000000000000", DECIMAL_TOO_PRECISE, NULL},
    {"", DECIMAL_NOT_A_NUMBER, NULL},
    {"-", DECIMAL_NOT_A_NUMBER, NULL},
    {".", DECIMAL_NOT_A_NUMBER, NULL},
    {"1.", DECIMAL_NOT_A_NUMBER, NULL},
    {".5", DECIMAL_NOT_A_NUMBER, NULL},
    {"+1", DECIMAL_NOT_A_NUMBER, NULL},
    {"--1", DECIMAL_NOT_A_NUMBER, NULL},
    {"1-", DECIMAL_NOT_A_NUMBER, NULL},
    {"1.2.3", DECIMAL_NOT_A_NUMBER, NULL},
    {"1,5", DECIMAL_NOT_A_NUMBER, NULL},
    {"1 000", DECIMAL_NOT_A_NUMBER, NULL},
    {" 1", DECIMAL_NOT_A_NUMBER, NULL},
    {"1 ", DECIMAL_NOT_A_NUMBER, NULL},
    {"1e3", DECIMAL_NOT_A_NUMBER, NULL},
    {"0x10", DECIMAL_NOT_A_NUMBER, NULL},
    {"NaN", DECIMAL_NOT_A_NUMBER, NULL},
    {"inf", DECIMAL_NOT_A_NUMBER, NULL},
    {"\xD9\xA1", DECIMAL_NOT_A_NUMBER, NULL}, /* the Arabic digit one */
    /* No number, although it stopped fitting before that showed. */
    {"99999999999999999999999999999999999999999999x", DECIMAL_NOT_A_NUMBER, NULL},
};

static struct decimal decimal_of(const char *text)
{
    struct decimal value = {0, 0};

    assert_int_equal(decimal_parse(&value, span_of(text)), DECIMAL_OK);
    return value;
}

static void assert_prints(struct decimal value, const char *text)
{
    char buffer[DECIMAL_TEXT_MAX];

    assert_int_equal(decimal_print(buffer, sizeof buffer, value), strlen(text));
    assert_string_equal(buffer, text);
}

static void parses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(parse_cases); i++) {
        const char *text = parse_cases[i].text;
        struct decimal value = {77, 7};

        if (decimal_parse(&value, span_of(text)) != parse_cases[i].error)
            fail_msg("\"%s\" is not read as %d", text, parse_cases[i].error);
        if (parse_cases[i].error == DECIMAL_OK)
            assert_prints(value, parse_cases[i].printed ? parse_cases[i].printed : text);
        else
            assert_true(value.units == 77 && value.scale == 7);
    }
    assert_int_equal(decimal_parse(&(struct decimal){0, 0}, (struct span){NULL, 0}),
                     DECIMAL_NOT_A_NUMBER);
    /* A NUL inside is a byte like another, and no digit. */
    assert_int_equal(decimal_parse(&(struct decimal){0, 0}, (struct span){"1\0002", 3}),
                     DECIMAL_NOT_A_NUMBER);
}

static const struct {
    const char *a, *b;
    int order;
} compare_cases[] = {
    {"1", "1.000", 0},
    {"0", "-0.00", 0},
    {"1.001", "1", 1},
    {"-1.001", "-1", -1},
    {"-1", "1", -1},
    {"0.1", "0.09", 1},
    /* Brought to one scale these pass 128 bits. */
    {"170141183460469231731687303715884105727", "0.000000000000000001", 1},
    {"170141183460469231731687303715884105727", "170141183460469231731.687303715884105727", 1},
    {"-170141183460469231731687303715884105727", "-170141183460469231731.687303715884105727", -1},
    {"170141183460469231731", "170141183460469231731.000000000000000000", 0},
};

static void compares(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(compare_cases); i++) {
        struct decimal a = decimal_of(compare_cases[i].a), b = decimal_of(compare_cases[i].b);

        assert_int_equal(decimal_compare(a, b), compare_cases[i].order);
        assert_int_equal(decimal_compare(b, a), -compare_cases[i].order);
    }
}

static const struct {
    char operation;
    const char *a, *b;
    unsigned scale; /* of a quotient or a new scale */
    enum decimal_rounding rounding;
    const char *result; /* NULL: does not fit */
} sums[] = {
    {'+', "0.1", "0.02", 0, DECIMAL_DOWN, "0.12"},
    {'+', "99.99", "0.01", 0, DECIMAL_DOWN, "100.00"},
    {'+', "170141183460469231731687303715884105727", "1", 0, DECIMAL_DOWN, NULL},
    {'+', "-170141183460469231731687303715884105727", "-1", 0, DECIMAL_DOWN, NULL},
    {'+', "170141183460469231731687303715884105727", "0.1", 0, DECIMAL_DOWN, NULL},
    {'-', "1", "0.999", 0, DECIMAL_DOWN, "0.001"},
    {'-', "-170141183460469231731687303715884105727", "1", 0, DECIMAL_DOWN, NULL},
    {'*', "1.5", "-0.02", 0, DECIMAL_DOWN, "-0.030"},
    {'*', "0.0000000001", "0.0000000002", 0, DECIMAL_DOWN, NULL}, /* 20 decimals */
    {'*', "0.5000000000", "0.0000000020", 0, DECIMAL_DOWN,
     "0.000000001000000000"}, /* 20, two of them zeros */
    {'*', "13043817825332782212", "13043817825332782212", 0,
     DECIMAL_DOWN, /* floor(sqrt(2^127 - 1))^2 */
     "170141183460469231722567801800623612944"},
    {'*', "13043817825332782213", "13043817825332782213", 0, DECIMAL_DOWN, NULL},
    {'*', "170141183460469231731687303715884105727", "10", 0, DECIMAL_DOWN, NULL},
    /* 2^127 - 1 at 18 decimals, times 1 at 18 decimals: 36 decimals, 57 digits on the way. */
    {'*', "170141183460469231731.687303715884105727", "1.000000000000000000", 0, DECIMAL_DOWN,
     "170141183460469231731.687303715884105727"},
    {'/', "1", "3", 4, DECIMAL_DOWN, "0.3333"},
    {'/', "1", "3", 4, DECIMAL_CEILING, "0.3334"},
    {'/', "-1", "3", 4, DECIMAL_FLOOR, "-0.3334"},
    {'/', "-1", "3", 4, DECIMAL_CEILING, "-0.3333"},
    {'/', "1", "8", 2, DECIMAL_HALF_UP, "0.13"},   /* 0.125, a half: away from zero */
    {'/', "-1", "8", 2, DECIMAL_HALF_UP, "-0.13"}, /* and so below zero */
    {'/', "0.1249", "1", 2, DECIMAL_HALF_UP, "0.12"},
    {'/', "655.957", "1.95583", 6, DECIMAL_HALF_UP, "335.385489"}, /* 335.3854885138… */
    {'/', "5", "0", 2, DECIMAL_DOWN, NULL},
    {'/', "0", "5", 2, DECIMAL_CEILING, "0.00"},
    /* The numerator has 56 digits on the way. */
    {'/', "170141183460469231731687303715884105727", "170141183460469231731687303715884105727", 18,
     DECIMAL_DOWN, "1.000000000000000000"},
    {'/', "170141183460469231731687303715884105727", "2", 18, DECIMAL_DOWN, NULL},
    /* The denominator passes 128 bits: (2^127 - 1) * 10^18. */
    {'/', "0.000000000000000001", "170141183460469231731687303715884105727", 0, DECIMAL_HALF_UP,
     "0"},
    {'/', "0.000000000000000001", "170141183460469231731687303715884105727", 0, DECIMAL_CEILING,
     "1"},
    {'/', "-0.000000000000000001", "170141183460469231731687303715884105727", 0, DECIMAL_FLOOR,
     "-1"},
    {'r', "1.2345", "", 3, DECIMAL_HALF_UP, "1.235"},
    {'r', "1.2345", "", 3, DECIMAL_DOWN, "1.234"},
    {'r', "-1.2345", "", 3, DECIMAL_HALF_UP, "-1.235"},
    {'r', "-1.2341", "", 3, DECIMAL_FLOOR, "-1.235"},
    {'r', "0.5", "", 0, DECIMAL_HALF_UP, "1"},
    {'r', "0.4999999", "", 0, DECIMAL_HALF_UP, "0"},
    {'r', "7", "", 3, DECIMAL_DOWN, "7.000"},
    {'r', "170141183460469231731687303715884105727", "", 1, DECIMAL_DOWN, NULL},
};

static void calculates(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sums); i++) {
        struct decimal a = decimal_of(sums[i].a), b = {0, 0}, result = {77, 7};
        bool fits = false;

        if (sums[i].operation != 'r')
            b = decimal_of(sums[i].b);
        switch (sums[i].operation) {
        case '+':
            fits = decimal_add(&result, a, b);
            break;
        case '-':
            fits = decimal_subtract(&result, a, b);
            break;
        case '*':
            fits = decimal_multiply(&result, a, b);
            break;
        case '/':
            fits = decimal_divide(&result, a, b, sums[i].scale, sums[i].rounding);
            break;
        default:
            fits = decimal_rescale(&result, a, sums[i].scale, sums[i].rounding);
            break;
        }
        if (fits != (sums[i].result != NULL))
            fail_msg("%s %c %s %s", sums[i].a, sums[i].operation, sums[i].b,
                     fits ? "fits" : "does not fit");
        if (sums[i].result)
            assert_prints(result, sums[i].result);
        else
            assert_true(result.units == 77 && result.scale == 7); /* unchanged */
    }
}

/* A value of up to 62 bits, or where `wide` now and then of up to 126. */
static struct decimal random_decimal(struct unit_random *random, bool wide)
{
    int128 units = unit_random_size(random, INT64_MAX / 2);

    if (wide && unit_one_in(random, 2))
        units = units * unit_random_size(random, INT64_MAX / 2) +
                unit_random_size(random, INT64_MAX / 2);
    if (unit_one_in(random, 2))
        units = -units;
    return (struct decimal){units, (unsigned)unit_random_between(random, 0, DECIMAL_SCALE_MAX)};
}

static void round_trips(void **state)
{
    struct unit_random random = unit_random_open("decimals printed and read, added and taken away");

    (void)state;
    for (int i = 0; i < GENERATED; i++) {
        struct decimal a = random_decimal(&random, true), b = random_decimal(&random, false);
        struct decimal back, sum, difference;
        char text[DECIMAL_TEXT_MAX];
        size_t length = decimal_print(text, sizeof text, a);

        assert_int_equal(decimal_parse(&back, (struct span){text, length}), DECIMAL_OK);
        assert_true(back.units == a.units && back.scale == a.scale);
        if (!decimal_add(&sum, a, b))
            continue;
        assert_true(decimal_subtract(&difference, sum, b));
        assert_int_equal(decimal_compare(difference, a), 0);
        assert_int_equal(decimal_compare(sum, a), b.units > 0 ? 1 : b.units < 0 ? -1 : 0);
    }
}

static void multiply_and_divide_are_inverse(void **state)
{
    struct unit_random random = unit_random_open("decimals multiplied and divided");

    (void)state;
    for (int i = 0; i < GENERATED; i++) {
        struct decimal a = random_decimal(&random, false), b = random_decimal(&random, false);
        struct decimal product, quotient;

        a.scale %= 10;
        b.scale %= 10;
        assert_true(decimal_multiply(&product, a, b));
        if (b.units == 0)
            continue;
        for (enum decimal_rounding rounding = DECIMAL_DOWN; rounding <= DECIMAL_HALF_UP;
             rounding++) {
            assert_true(decimal_divide(&quotient, product, b, a.scale, rounding));
            assert_true(quotient.units == a.units);
        }
    }
}

/* floor <= a / b <= ceiling, one unit apart at most; half up is the nearer of the two. */
static void roundings_agree(void **state)
{
    struct unit_random random = unit_random_open("decimals divided and rounded");

    (void)state;
    for (int i = 0; i < GENERATED; i++) {
        struct decimal a = random_decimal(&random, false), b = random_decimal(&random, false);
        struct decimal floor, ceiling, half, down, low, high;
        unsigned scale = (unsigned)unit_random_between(&random, 0, 4);

        a.scale %= 5;
        b.scale %= 5;
        if (b.units == 0)
            continue;
        assert_true(decimal_divide(&floor, a, b, scale, DECIMAL_FLOOR));
        assert_true(decimal_divide(&ceiling, a, b, scale, DECIMAL_CEILING));
        assert_true(decimal_divide(&half, a, b, scale, DECIMAL_HALF_UP));
        assert_true(decimal_divide(&down, a, b, scale, DECIMAL_DOWN));
        assert_true(decimal_multiply(&low, floor, b));
        assert_true(decimal_multiply(&high, ceiling, b));
        assert_true(decimal_compare(low, a) * (b.units < 0 ? -1 : 1) <= 0);
        assert_true(decimal_compare(high, a) * (b.units < 0 ? -1 : 1) >= 0);
        assert_true(ceiling.units - floor.units == (decimal_compare(low, a) != 0));
        assert_true(down.units == (floor.units < 0 ? ceiling.units : floor.units));
        /* 2a against (floor + ceiling) * b, turned with the sign of b, says which is nearer. */
        if (ceiling.units != floor.units) {
            struct decimal twice, middle;
            int nearer;

            assert_true(decimal_add(&twice, a, a));
            assert_true(
                decimal_multiply(&middle, (struct decimal){floor.units + ceiling.units, scale}, b));
            nearer = decimal_compare(twice, middle) * (b.units < 0 ? -1 : 1);
            if (nearer == 0)
                nearer = floor.units >= 0 ? 1 : -1;
            assert_true(half.units == (nearer > 0 ? ceiling.units : floor.units));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(compares),
        cmocka_unit_test(calculates),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(multiply_and_divide_are_inverse),
        cmocka_unit_test(roundings_agree),
    };

    return UNIT_RUN(tests, NULL, NULL);
}
