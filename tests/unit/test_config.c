/* The settings: where a value comes from, and what a wrong one is answered. */
#include <corridor/config.h>
#include <corridor/http.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void clear(void)
{
    static const char *const names[] = {"CORRIDOR_ADDRESS",
                                        "CORRIDOR_PORT",
                                        "CORRIDOR_FEED_PORT",
                                        "CORRIDOR_VAR",
                                        "CORRIDOR_DB",
                                        "CORRIDOR_USER",
                                        "CORRIDOR_TLS_PORT",
                                        "CORRIDOR_TLS_CERTS",
                                        "CORRIDOR_CACHE_MB",
                                        "CORRIDOR_ORIGIN",
                                        "CORRIDOR_CONNECTIONS",
                                        "CORRIDOR_CONNECTIONS_PER_ADDRESS",
                                        "CORRIDOR_PROXY_FROM",
                                        "CORRIDOR_HANDSHAKE_SECONDS",
                                        "CORRIDOR_HEAD_SECONDS",
                                        "CORRIDOR_BODY_SECONDS",
                                        "CORRIDOR_BODY_RATE",
                                        "CORRIDOR_WRITE_SECONDS",
                                        "CORRIDOR_WRITE_RATE",
                                        "CORRIDOR_IDLE_SECONDS",
                                        "CORRIDOR_DRAIN_SECONDS",
                                        "CORRIDOR_STREAM_SECONDS",
                                        "CORRIDOR_REQUEST_LOG",
                                        "CORRIDOR_FEED_ORIGIN",
                                        "CORRIDOR_MASTER_KEY_FILE",
                                        "CORRIDOR_MODERATOR",
                                        "CORRIDOR_CONTACT"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        (void)unsetenv(names[i]);
    }
}

static void defaults(void **state)
{
    (void)state;
    struct config config;
    clear();
    assert_true(config_load(&config));
    assert_string_equal(config.address, "127.0.0.1");
    assert_int_equal(config.port, 8080);
    assert_int_equal(config.feed_port, 8081);
    assert_int_equal(config.tls_port, 0);
    assert_string_equal(config.origin, "http://127.0.0.1:8080");
    assert_string_equal(config.db, "");
    /* The test lies in build/, so the default folder is beside that build/. */
    assert_int_equal(config.var[0], '/');
    assert_non_null(strstr(config.var, "/var"));
    assert_null(strstr(config.var, "/build/"));
    /* The certificates lie in it. */
    assert_memory_equal(config.tls_certs, config.var, strlen(config.var));
    assert_string_equal(config.tls_certs + strlen(config.var), "/tls");
}

static void environment_is_taken_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        bool ok;
    } cases[] = {
        {"CORRIDOR_ORIGIN", "https://corridor.example", true},
        {"CORRIDOR_ORIGIN", "http://[::1]:8080", true},
        {"CORRIDOR_ORIGIN", "corridor.example", false},
        {"CORRIDOR_ORIGIN", "https://", false},
        {"CORRIDOR_ORIGIN", "https://corridor.example/", false},
        {"CORRIDOR_ORIGIN", "https://corridor.example/\">", false},
        {"CORRIDOR_ORIGIN", "ftp://corridor.example", false},
        {"CORRIDOR_FEED_ORIGIN", "https://feed.corridor.example", true},
        {"CORRIDOR_FEED_ORIGIN", "", true}, /* what Host says */
        {"CORRIDOR_FEED_ORIGIN", "feed.corridor.example", false},
        {"CORRIDOR_FEED_ORIGIN", "https://feed.corridor.example/", false},
        {"CORRIDOR_CONTACT", "help@corridor.example", true},
        {"CORRIDOR_CONTACT", "https://corridor.example/contact", true},
        {"CORRIDOR_CONTACT", "corridor.example", false},
        {"CORRIDOR_CONTACT", "https://", false},
        {"CORRIDOR_CONTACT", "javascript:alert(1)@x", false},
        {"CORRIDOR_CONTACT", "a@b'onclick=", false},
        {"CORRIDOR_PORT", "1", true},
        {"CORRIDOR_PORT", "65535", true},
        {"CORRIDOR_PORT", "", true}, /* as if unset */
        {"CORRIDOR_PORT", "0", false},
        {"CORRIDOR_PORT", "65536", false},
        {"CORRIDOR_PORT", "99999", false},
        {"CORRIDOR_PORT", "-1", false},
        {"CORRIDOR_PORT", "+80", false},
        {"CORRIDOR_PORT", " 80", false},
        {"CORRIDOR_PORT", "80x", false},
        {"CORRIDOR_PORT", "http", false},
        {"CORRIDOR_PORT", "111111111111111", false},
        {"CORRIDOR_PORT", "18446744073709551617", false},
        {"CORRIDOR_FEED_PORT", "8443", true},
        {"CORRIDOR_FEED_PORT", "0x50", false},
        {"CORRIDOR_TLS_PORT", "8443", true},
        {"CORRIDOR_TLS_PORT", "", true},
        {"CORRIDOR_TLS_PORT", "0", false},
        {"CORRIDOR_TLS_PORT", "https", false},
        {"CORRIDOR_TLS_PORT", "8080", false}, /* another's */
        {"CORRIDOR_TLS_PORT", "8081", false},
        {"CORRIDOR_CONNECTIONS", "0", true},
        {"CORRIDOR_CONNECTIONS", "many", false},
        {"CORRIDOR_CONNECTIONS_PER_ADDRESS", "64", true},
        {"CORRIDOR_CONNECTIONS_PER_ADDRESS", "0", false},
        {"CORRIDOR_IDLE_SECONDS", "0", false},
        {"CORRIDOR_IDLE_SECONDS", "3600", true},
        {"CORRIDOR_IDLE_SECONDS", "3601", false},
        {"CORRIDOR_PROXY_FROM", "10.0.0.5, 2001:db8::/32", true},
        {"CORRIDOR_PROXY_FROM", "10.0.0.5/33", false},
        {"CORRIDOR_PROXY_FROM", "proxy.example", false},
        {"CORRIDOR_REQUEST_LOG", "off", true},
        {"CORRIDOR_REQUEST_LOG", "all", true},
        {"CORRIDOR_REQUEST_LOG", "yes", false},
        {"CORRIDOR_CACHE_MB", "0", true},
        {"CORRIDOR_CACHE_MB", "65536", true},
        {"CORRIDOR_CACHE_MB", "65537", false},
        {"CORRIDOR_CACHE_MB", "16M", false},
        {"CORRIDOR_ADDRESS", "::", true},
        {"CORRIDOR_ADDRESS", "0.0.0.0", true},
        {"CORRIDOR_ADDRESS", "localhost", false},
        {"CORRIDOR_ADDRESS", "127.0.0.1; rm -rf", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config config;
        clear();
        assert_int_equal(setenv(cases[i].name, cases[i].value, 1), 0);
        if (config_load(&config) != cases[i].ok) {
            fail_msg("%s='%s' should be %s", cases[i].name, cases[i].value,
                     cases[i].ok ? "taken" : "refused");
        }
    }
    clear();
}

static void limits_reach_the_engine(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t at; /* in struct http_limits */
        unsigned otherwise;
    } cases[] = {
        {"CORRIDOR_CONNECTIONS", offsetof(struct http_limits, connections), 0},
        {"CORRIDOR_CONNECTIONS_PER_ADDRESS", offsetof(struct http_limits, per_address), 1024},
        {"CORRIDOR_HANDSHAKE_SECONDS", offsetof(struct http_limits, handshake_timeout), 10},
        {"CORRIDOR_HEAD_SECONDS", offsetof(struct http_limits, head_timeout), 10},
        {"CORRIDOR_BODY_SECONDS", offsetof(struct http_limits, body_timeout), 10},
        {"CORRIDOR_BODY_RATE", offsetof(struct http_limits, body_rate), 512},
        {"CORRIDOR_IDLE_SECONDS", offsetof(struct http_limits, idle_timeout), 60},
        {"CORRIDOR_WRITE_SECONDS", offsetof(struct http_limits, write_timeout), 30},
        {"CORRIDOR_WRITE_RATE", offsetof(struct http_limits, write_rate), 256},
        {"CORRIDOR_DRAIN_SECONDS", offsetof(struct http_limits, drain_timeout), 10},
    };
    for (size_t set = 0; set <= COUNT_OF(cases); set++) {
        struct config config;
        struct http_config http = {0};
        clear();
        if (set < COUNT_OF(cases)) {
            assert_int_equal(setenv(cases[set].name, "77", 1), 0);
        }
        assert_true(config_load(&config));
        http_config_settings(&http, &config);
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            unsigned limit;
            memcpy(&limit, (const char *)&http.limits + cases[i].at, sizeof limit);
            if (limit != (i == set ? 77 : cases[i].otherwise)) {
                fail_msg("%s: %u", cases[i].name, limit);
            }
        }
    }
    clear();
}

static void too_long_is_refused(void **state)
{
    (void)state;
    struct config config;
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    clear();
    assert_int_equal(setenv("CORRIDOR_DB", text, 1), 0);
    assert_false(config_load(&config));
    clear();
    assert_int_equal(setenv("CORRIDOR_VAR", text, 1), 0);
    assert_false(config_load(&config));
    clear();
}

static void connection_string(void **state)
{
    (void)state;
    struct config config;
    char db[CONFIG_DB_SIZE];
    clear();

    char folder[] = "/tmp/corridor-config-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(folder));
    assert_int_equal(setenv("CORRIDOR_VAR", folder, 1), 0);
    assert_true(config_load(&config));
    assert_string_equal(config.var, folder);
    assert_false(config_db(&config, "corridor_server", db, sizeof db)); /* no cluster there yet */

    (void)snprintf(path, sizeof path, "%s/connection", folder);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs("host='/x' port=5432 dbname=corridor\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_true(config_db(&config, "corridor_server", db, sizeof db));
    assert_string_equal(db, "host='/x' port=5432 dbname=corridor user=corridor_server");
    assert_false(config_db(&config, "corridor_server", db, 20));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);

    assert_int_equal(setenv("CORRIDOR_DB", "postgresql://db.example/corridor", 1), 0);
    assert_true(config_load(&config));
    assert_true(config_db(&config, "corridor_server", db, sizeof db));
    assert_string_equal(db, "postgresql://db.example/corridor");
    clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(environment_is_taken_or_refused),
        cmocka_unit_test(limits_reach_the_engine),
        cmocka_unit_test(too_long_is_refused),
        cmocka_unit_test(connection_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
