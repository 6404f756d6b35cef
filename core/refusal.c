/*
 * The refusal codes as words, made from the one list in the header so that none can lack its
 * explanation.
 */
#include <corridor/refusal.h>

#include <corridor/out.h>

#include <assert.h>

#define REFUSAL_ROW(name, code, group, english, french) \
    [REFUSAL_##name] = {code, REFUSAL_OF_##group, english, french},

static const struct {
    const char *word;
    enum refusal_group group;
    const char *english;
    const char *french;
} rows[REFUSAL_COUNT] = {[REFUSAL_NONE] = {"", REFUSAL_OF_DOCUMENT, "", ""}, REFUSALS(REFUSAL_ROW)};

const char *refusal_word(enum refusal_code code)
{
    assert(code < REFUSAL_COUNT);
    return rows[code].word;
}

enum refusal_group refusal_group(enum refusal_code code)
{
    assert(code > REFUSAL_NONE && code < REFUSAL_COUNT);
    return rows[code].group;
}

void refusals_json(struct out *out)
{
    static const char *const groups[] = {
        [REFUSAL_OF_DOCUMENT] = "document",
        [REFUSAL_OF_QUOTE] = "quote",
        [REFUSAL_OF_OBSERVATION] = "observation",
        [REFUSAL_OF_HELD] = "quarantine",
    };

    json_open(out, '{');
    json_key(out, "refusals");
    json_open(out, '[');
    for (size_t i = REFUSAL_NONE + 1; i < COUNT_OF(rows); i++) {
        json_open(out, '{');
        json_member_text(out, "code", rows[i].word);
        json_member_text(out, "applies_to", groups[rows[i].group]);
        json_member_text(out, "en", rows[i].english);
        json_member_text(out, "fr", rows[i].french);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}
