/* Sealed secrets: there and back, changed in any byte, moved to another key; and the master key's
 * file. */
#include "unit.h"

#include <ingest/feed_seal.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/corridor-seal-XXXXXX";
static char path[64];
static char error[512];

static int make_folder(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/master.key", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder); /* and nothing else is left in it */
}

static struct feed_seal *load(bool create, bool *created)
{
    return feed_seal_load(path, create, created, error, sizeof error);
}

static void write_file(const char *text, mode_t mode)
{
    (void)unlink(path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    (void)close(fd);
}

#define DIGITS "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void test_file(void **state)
{
    (void)state;
    struct stat about;
    bool created = true;
    assert_null(load(false, &created));
    assert_non_null(strstr(error, path));
    assert_false(created);
    struct feed_seal *seal = load(true, &created);
    assert_non_null(seal);
    assert_true(created);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    struct feed_seal *again = load(true, &created);
    assert_non_null(again);
    assert_false(created);
    assert_string_equal(feed_seal_name(seal), feed_seal_name(again));
    feed_seal_free(seal);
    feed_seal_free(again);

    static const struct {
        const char *text;
        mode_t mode;
        bool right;
    } cases[] = {
        {DIGITS, 0600, true},      {DIGITS "\n", 0400, true}, {DIGITS, 0640, false},
        {DIGITS, 0604, false},     {DIGITS "0", 0600, false}, {DIGITS "\n\n", 0600, false},
        {"x" DIGITS, 0600, false}, {"", 0600, false},         {"0011", 0600, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        write_file(cases[i].text, cases[i].mode);
        seal = load(true, &created);
        if ((seal != NULL) != cases[i].right) {
            fail_msg("case %zu: %s", i, seal ? "taken" : error);
        }
        if (!seal) {
            assert_null(strstr(error, "0011")); /* nothing of it is told */
        }
        feed_seal_free(seal);
    }
}

static void test_there_and_back(void **state)
{
    (void)state;
    struct unit_random random = unit_random_open("secrets");
    bool created;
    uint8_t secret[64];
    uint8_t sealed[64 + FEED_SEAL_OVERHEAD];
    uint8_t opened[64];
    write_file(DIGITS, 0600);
    struct feed_seal *seal = load(false, &created);
    assert_non_null(seal);
    for (size_t len = 1; len <= sizeof secret; len++) {
        for (size_t i = 0; i < len; i++) {
            secret[i] = (uint8_t)unit_random_bits(&random);
        }
        const size_t size = len + FEED_SEAL_OVERHEAD;
        assert_true(feed_seal_seal(seal, span_of("acme-1"), secret, len, sealed));
        assert_true(feed_seal_unseal(seal, span_of("acme-1"), sealed, size, opened));
        assert_memory_equal(secret, opened, len);
        assert_false(feed_seal_unseal(seal, span_of("acme-2"), sealed, size, opened));
        for (size_t i = 0; i < size; i++) {
            sealed[i] ^= 1;
            assert_false(feed_seal_unseal(seal, span_of("acme-1"), sealed, size, opened));
            sealed[i] ^= 1;
        }
        assert_false(feed_seal_unseal(seal, span_of("acme-1"), sealed, size - 1, opened));
    }
    /* Twice the same is not twice the same. */
    uint8_t twice[64 + FEED_SEAL_OVERHEAD];
    assert_true(feed_seal_seal(seal, span_of("acme-1"), secret, sizeof secret, twice));
    assert_memory_not_equal(sealed, twice, sizeof twice);
    feed_seal_free(seal);

    write_file("ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 0600);
    seal = load(false, &created);
    assert_non_null(seal);
    assert_false(feed_seal_unseal(seal, span_of("acme-1"), sealed, sizeof sealed, opened));
    feed_seal_free(seal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_there_and_back),
    };
    return UNIT_RUN(tests, make_folder, remove_folder);
}
