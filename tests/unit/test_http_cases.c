/*
 * Raw requests and the answers they may get: tests/http/cases.json, tests/http/cases_hostile.json,
 * and the shared cases where they are at hand. Each is sent whole, a byte at a time, and cut in two
 * at every position; the answer must be the same every time.
 */
#include "core/http_parse.h"
#include "http_wire.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Long requests are padding for most of their length: there, only these positions and every 97th
 * are tried. */
#define CUT_ALL  1200U
#define CUT_STEP 97U

struct wire_case {
    const char *name;
    struct out raw;
    const json_t *expect; /* statuses, or "close": no answer */
    unsigned responses;
    bool closes;
    const char *contains; /* in the response's bytes, or NULL */
};

/* The files write bytes as code points below 256. */
static bool case_raw(struct out *raw, const json_t *text)
{
    const char *at = json_string_value(text);
    size_t len = json_string_length(text);
    size_t i = 0;
    while (i < len) {
        unsigned char byte = (unsigned char)at[i++];
        if (byte >= 0x80) {
            if ((byte & 0xFC) != 0xC0 || i == len) {
                return false;
            }
            byte = (unsigned char)((byte & 3) << 6 | ((unsigned char)at[i++] & 0x3F));
        }
        out_char(raw, (char)byte);
    }
    return true;
}

static bool status_allowed(const struct wire_case *test, int status)
{
    size_t index;
    json_t *allowed;
    json_array_foreach(test->expect, index, allowed)
    {
        if (json_integer_value(allowed) == status) {
            return true;
        }
    }
    return false;
}

static bool answer_right(const struct wire_case *test, const struct wire_answer *answer)
{
    if (json_is_string(test->expect)) {
        return answer->count == 0;
    }
    if (answer->count != test->responses || !answer->whole || (test->closes && !answer->closed)) {
        return false;
    }
    for (unsigned i = 0; i < answer->count; i++) {
        if (!status_allowed(test, answer->statuses[i])) {
            return false;
        }
    }
    return test->contains == NULL || memmem(answer->bytes.at, answer->bytes.len, test->contains,
                                            strlen(test->contains)) != NULL;
}

static bool judge(const struct wire_case *test, struct wire_answer *answer, const char *how)
{
    bool right = answer_right(test, answer);
    if (!right) {
        printf("not ok - %s, %s: %u responses, first %d, %s%s\n", test->name, how, answer->count,
               answer->statuses[0], answer->closed ? "closed" : "kept open",
               answer->whole ? "" : ", cut short");
    }
    wire_answer_free(answer);
    return right;
}

static bool cut_near(size_t cut, size_t place)
{
    return cut + 40 > place && cut < place + 40;
}

/* The next position to cut at: each one near the ends and the limits. */
static size_t cut_next(size_t cut, size_t len)
{
    do {
        cut++;
    } while (cut > CUT_ALL && cut + CUT_ALL / 4 < len && cut % CUT_STEP != 0 &&
             !cut_near(cut, HTTP_TARGET_MAX) && !cut_near(cut, HTTP_HEAD_MAX));
    return cut;
}

static bool run_case(const struct wire_case *test)
{
    struct wire_answer answer;
    struct span raw = out_span(&test->raw);
    char how[40];
    wire_talk(&answer, raw, NULL, 0);
    bool right = judge(test, &answer, "whole");
    wire_talk_bytes(&answer, raw);
    right = judge(test, &answer, "byte by byte") && right;
    for (size_t cut = 1; cut < raw.len && right; cut = cut_next(cut, raw.len)) {
        wire_talk(&answer, raw, &cut, 1);
        snprintf(how, sizeof how, "cut at %zu", cut);
        right = judge(test, &answer, how);
    }
    return right;
}

/* Returns how many failed; *passed counts the others. -1 when there is no such file. */
static int run_file(const char *path, unsigned *passed)
{
    json_error_t error;
    size_t index;
    json_t *item;
    int failed = 0;
    json_t *cases = json_load_file(path, JSON_ALLOW_NUL, &error);
    if (cases == NULL) {
        if (access(path, F_OK) == 0) {
            printf("not ok - %s:%d: %s\n", path, error.line, error.text);
            return 1;
        }
        return -1;
    }
    json_array_foreach(cases, index, item)
    {
        const json_t *responses = json_object_get(item, "responses");
        struct wire_case test = {
            .name = json_string_value(json_object_get(item, "name")),
            .expect = json_object_get(item, "expect"),
            .responses = responses == NULL ? 1 : (unsigned)json_integer_value(responses),
            .closes = json_is_true(json_object_get(item, "closes")),
            .contains = json_string_value(json_object_get(item, "contains")),
        };
        out_init(&test.raw, OUT_LIMIT_DEFAULT);
        if (case_raw(&test.raw, json_object_get(item, "raw")) && run_case(&test)) {
            ++*passed;
        } else {
            failed++;
        }
        out_free(&test.raw);
    }
    json_decref(cases);
    return failed;
}

int main(void)
{
    static const char *const tables[] = {"tests/http/cases.json", "tests/http/cases_hostile.json"};
    const char *shared = getenv("CORRIDOR_SHARED");
    const char *certificates = getenv("HTTP_CERTIFICATES"); /* by TLS, with those of a folder */
    char path[4096];
    unsigned passed = 0;
    unsigned skipped = 0;
    int failed = 0;
    if (certificates != NULL) {
        wire_open_tls(certificates);
    } else {
        wire_open();
    }
    for (unsigned i = 0; i < COUNT_OF(tables); i++) {
        int more = run_file(tables[i], &passed);
        if (more < 0) {
            printf("not ok - %s is not there; run from the project's folder\n", tables[i]);
            more = 1;
        }
        failed += more;
    }
    snprintf(path, sizeof path, "%s/http11_cases.json", shared == NULL ? "../shared" : shared);
    int more = run_file(path, &passed);
    if (more < 0) {
        printf("# skipped: %s is not there\n", path);
        skipped = 1;
    } else {
        failed += more;
    }
    wire_close();
    printf("%u passed, %d failed", passed, failed);
    printf(skipped > 0 ? ", %u skipped\n" : "\n", skipped);
    return failed > 0;
}
