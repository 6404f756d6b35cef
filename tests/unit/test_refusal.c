/* The refusal codes: each word is one, each has its explanations, and the published list has all.
 */
#include "unit.h"

#include <corridor/out.h>
#include <corridor/refusal.h>

#include <jansson.h>

static bool is_word(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= '0' && *c <= '9') && *c != '_')
            return false;
    }
    return text[0] >= 'a' && text[0] <= 'z';
}

static void has_a_word_for_each(void **state)
{
    (void)state;
    assert_string_equal(refusal_word(REFUSAL_NONE), "");
    for (enum refusal_code code = REFUSAL_NONE + 1; code < REFUSAL_COUNT; code++) {
        assert_true(is_word(refusal_word(code)));
        for (enum refusal_code other = REFUSAL_NONE + 1; other < code; other++)
            assert_string_not_equal(refusal_word(code), refusal_word(other));
    }
    assert_int_equal(refusal_group(REFUSAL_NOT_JSON), REFUSAL_OF_DOCUMENT);
    assert_int_equal(refusal_group(REFUSAL_RATE_NOT_POSITIVE), REFUSAL_OF_QUOTE);
    assert_int_equal(refusal_group(REFUSAL_RATE_INVERTED), REFUSAL_OF_HELD);
}

static void publishes_them_all(void **state)
{
    static const char *const groups[] = {"document", "quote", "observation", "quarantine"};
    struct out out;
    json_t *root;
    const json_t *list;

    (void)state;
    out_init(&out, OUT_LIMIT_DEFAULT);
    refusals_json(&out);
    root = json_loadb(out.at, out.len, JSON_REJECT_DUPLICATES, NULL);
    list = json_object_get(root, "refusals");
    assert_int_equal(json_array_size(list), REFUSAL_COUNT - 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        enum refusal_code code = (enum refusal_code)(i + 1);
        const char *english = json_string_value(json_object_get(row, "en"));
        const char *french = json_string_value(json_object_get(row, "fr"));

        assert_string_equal(json_string_value(json_object_get(row, "code")), refusal_word(code));
        assert_string_equal(json_string_value(json_object_get(row, "applies_to")),
                            groups[refusal_group(code)]);
        assert_true(strlen(english) > 15 && english[strlen(english) - 1] == '.');
        assert_true(strlen(french) > 15 && french[strlen(french) - 1] == '.');
        assert_string_not_equal(english, french);
    }
    json_decref(root);
    out_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_a_word_for_each),
        cmocka_unit_test(publishes_them_all),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
