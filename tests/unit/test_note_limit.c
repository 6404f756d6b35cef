/* Five notes an address and day. */
#include "server/web/note_limit.h"
#include "unit.h"

static void counts_by_address_and_day(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NOTE_LIMIT_A_DAY; i++)
        assert_true(note_limit_take(1, 20000));
    assert_false(note_limit_take(1, 20000));
    assert_false(note_limit_take(1, 20000));
    assert_true(note_limit_take(2, 20000));
    /* A new day knows nobody. */
    assert_true(note_limit_take(1, 20001));
}

static void stays_bounded(void **state)
{
    (void)state;
    for (uint64_t peer = 1; peer < 100000; peer++)
        assert_true(note_limit_take(peer, 20002));
    /* Those that came first are still counted. */
    for (unsigned i = 1; i < NOTE_LIMIT_A_DAY; i++)
        assert_true(note_limit_take(1, 20002));
    assert_false(note_limit_take(1, 20002));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_address_and_day),
        cmocka_unit_test(stays_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
