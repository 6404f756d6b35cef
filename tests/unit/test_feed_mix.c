/* Which submissions may be in one batch, however many wait for the next. */
#include "ingest/feed_mix.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#define MANY 1000U

static size_t noted(const struct feed_mix *mix)
{
    size_t count = 0;
    for (size_t i = 0; i < FEED_MIX_SIZE; i++) {
        count += mix->seen[i] != 0;
    }
    return count;
}

/* Prices with the refs r0, r1 … of an operator. */
static struct feed_submission *of(const char *operator_id, size_t count)
{
    struct feed_submission *submission = feed_submission_new(NULL);
    assert_non_null(submission);
    (void)snprintf(submission->operator_id, sizeof submission->operator_id, "%s", operator_id);
    submission->items = calloc(count, sizeof *submission->items);
    assert_non_null(submission->items);
    submission->count = count;
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(submission->items[i].quote.ref, sizeof submission->items[i].quote.ref,
                       "r%zu", i);
    }
    return submission;
}

static void a_service_is_in_a_batch_once(void **state)
{
    (void)state;
    static struct feed_mix mix;
    struct feed_submission *one = of("one", 2);
    struct feed_submission *other = of("other", 2);
    memset(&mix, 0, sizeof mix);
    memcpy(one->items[1].quote.ref, "r0", 3); /* its two prices */
    one->items[1].quote.first_transfer = true;
    assert_true(feed_mix_fits(&mix, one));
    assert_true(feed_mix_fits(&mix, other)); /* another's of the same name */
    assert_false(feed_mix_fits(&mix, one));
    memcpy(one->items[1].quote.ref, "r7", 3);
    assert_false(feed_mix_fits(&mix, one));
    one->items[0].status = FEED_REFUSED; /* nothing is stored of it */
    assert_true(feed_mix_fits(&mix, one));
    other->count = 0;
    other->kind = FEED_WITHDRAW;
    memcpy(other->ref, "r1", 3);
    assert_false(feed_mix_fits(&mix, other));
    memcpy(other->ref, "r2", 3);
    assert_true(feed_mix_fits(&mix, other));
    assert_false(feed_mix_fits(&mix, other));
    feed_submission_free(one);
    feed_submission_free(other);
}

static void those_that_wait_take_no_place(void **state)
{
    (void)state;
    static struct feed_mix mix;
    memset(&mix, 0, sizeof mix);
    for (size_t i = 0; i < 2 * FEED_MIX_SIZE / MANY; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "firm-%zu", i);
        struct feed_submission *first = of(name, 1);
        struct feed_submission *second = of(name, MANY);
        assert_true(feed_mix_fits(&mix, first));
        assert_false(feed_mix_fits(&mix, second));
        assert_int_equal(noted(&mix), i + 1);
        feed_submission_free(first);
        feed_submission_free(second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_service_is_in_a_batch_once),
        cmocka_unit_test(those_that_wait_take_no_place),
    };
    return cmocka_run_group_tests_name("which submissions may be in one batch", tests, NULL, NULL);
}
