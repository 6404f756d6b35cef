/* The alphabet of short messages: what stays, what is written otherwise, what is left out. */
#include "server/web/gsm.h"
#include "unit.h"

static void writes_within_the_alphabet(void **state)
{
    static const struct {
        const char *text;
        const char *written;
    } CASES[] = {
        {"FR-SN 200 EUR", "FR-SN 200 EUR"},
        {"Sahéline à Nîmes", "Sahéline à Nimes"},
        {"Příbram Žižkov", "Pribram Zizkov"},
        {"đồng Việt Nam", "dong Viet Nam"},
        {"İstanbul ığüşöç", "Istanbul igüsöc"},
        {"Straße Ærø Ñandú Çà", "Straße Ærø Ñandu Çà"},
        {"don’t “quote” – dash…", "don't \"quote\" - dash..."},
        {"[a] {b} c^d~e|f\\g`h", "(a) (b) c-d-e-f/g'h"},
        {"5\xC2\xA0"
         "000 F\xE2\x80\xAF"
         "CFA",
         "5 000 F CFA"},
        {"a\x01"
         "b\tc",
         "abc"},
        {"مرحبا 你好", "مرحبا 你好"},
        {"bad \xFF bytes \xC3", "bad  bytes "},
        {"", ""},
    };
    struct out out;
    (void)state;
    out_init(&out, 4096);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        out_clear(&out);
        gsm_append(&out, span_of(CASES[i].text));
        out_char(&out, '\0');
        assert_string_equal(out.at, CASES[i].written);
    }
    out_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_within_the_alphabet),
    };
    if (!gsm_open())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
