/* Ids of a file: each told apart from every other, whatever its length and however many there are.
 */
#include "unit.h"

#include <ingest/import_ids.h>

#include <stdio.h>

static enum import_id enter(struct import_ids *ids, const char *id, uint16_t *period)
{
    return import_ids_enter(ids, span_of(id), period);
}

static void near_ids_are_told_apart(void **state)
{
    (void)state;
    static const char *const different[] = {
        "",
        "1",
        "01",
        "10",
        "1 ",
        "1@2017-Q1",
        "1234567890123",  /* stands in its slot as it is */
        "12345678901234", /* by its digest */
        "12345678901235",
        "123456789012345678901234567890",
        "123456789012345678901234567891",
    };
    struct import_ids *ids = import_ids_new();
    assert_non_null(ids);
    for (size_t i = 0; i < COUNT_OF(different); i++) {
        uint16_t period = (uint16_t)(100 + i);
        assert_int_equal(enter(ids, different[i], &period), IMPORT_ID_NEW);
    }
    for (size_t i = 0; i < COUNT_OF(different); i++) {
        uint16_t period = 7;
        assert_int_equal(enter(ids, different[i], &period), IMPORT_ID_KNOWN);
        assert_int_equal(period, 100 + i); /* the first one stays */
    }
    import_ids_free(ids);
}

static void many_ids_are_kept(void **state)
{
    (void)state;
    enum {
        MANY = 100000
    };
    char id[32];
    struct import_ids *ids = import_ids_new();
    assert_non_null(ids);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < MANY; i++) {
            uint16_t period = (uint16_t)(i % 40000);
            (void)snprintf(id, sizeof id, i % 3 == 0 ? "%u" : "%u@2017-Q1 and more", i);
            assert_int_equal(enter(ids, id, &period), round == 0 ? IMPORT_ID_NEW : IMPORT_ID_KNOWN);
            assert_int_equal(period, i % 40000);
        }
    }
    import_ids_free(ids);
}

static void no_more_than_the_most_are_taken(void **state)
{
    (void)state;
    char id[16];
    uint16_t period = 0;
    struct import_ids *ids = import_ids_new();
    assert_non_null(ids);
    for (unsigned i = 0; i < IMPORT_IDS_MAX; i++) {
        (void)snprintf(id, sizeof id, "%u", i);
        assert_int_equal(enter(ids, id, &period), IMPORT_ID_NEW);
    }
    assert_int_equal(enter(ids, "one more", &period), IMPORT_ID_TOO_MANY);
    assert_int_equal(enter(ids, "17", &period), IMPORT_ID_KNOWN);
    import_ids_free(ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_ids_are_told_apart),
        cmocka_unit_test(many_ids_are_kept),
        cmocka_unit_test(no_more_than_the_most_are_taken),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
