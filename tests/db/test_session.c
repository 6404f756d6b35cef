/* The waiting session, against a real server: what goes in by COPY comes out again, and nothing
 * waits for ever. */
#include "cluster.h"

static void values_and_nulls(void **state)
{
    (void)state;
    struct db_session *session = cluster_session("corridor_owner");
    const char *const params[] = {"42", NULL, "é\t\\"};
    struct db_result *result =
        db_session_query(session,
                         "SELECT $1::bigint, $2::text, $3::text, true, -7, 1.5 UNION ALL "
                         "SELECT 9223372036854775807, '', 'x', NULL, NULL, 2",
                         params, 3);
    int64_t number = 0;
    assert_non_null(result);
    assert_int_equal(db_result_rows(result), 2);
    assert_int_equal(db_result_columns(result), 6);
    assert_true(db_result_int64(result, 0, 0, &number));
    assert_int_equal(number, 42);
    assert_true(db_result_int64(result, 1, 0, &number));
    assert_true(number == INT64_MAX);
    assert_true(db_result_int64(result, 0, 4, &number));
    assert_int_equal(number, -7);
    assert_false(db_result_int64(result, 1, 4, &number)); /* null */
    assert_false(db_result_int64(result, 0, 5, &number)); /* 1.5 */
    assert_null(db_result_text(result, 0, 1));
    assert_null(db_result_span(result, 0, 1).at);
    assert_string_equal(db_result_text(result, 1, 1), "");
    assert_string_equal(db_result_text(result, 0, 2), "é\t\\");
    assert_int_equal(db_result_span(result, 0, 2).len, 4);
    assert_true(db_result_bool(result, 0, 3));
    assert_false(db_result_bool(result, 1, 3));
    db_result_free(result);
    db_session_close(session);
}

static void errors_say_what_and_where(void **state)
{
    (void)state;
    struct db_session *session = cluster_session("corridor_owner");
    assert_false(db_session_exec(session, "SELECT 1/0", NULL, 0));
    assert_string_equal(db_session_sqlstate(session), "22012");
    assert_string_equal(db_session_error(session), "division by zero");
    assert_false(db_session_script(session, "BEGIN;\nSELECT 'é';\nSELECT frob;\nCOMMIT;"));
    assert_string_equal(db_session_error(session), "line 3: column \"frob\" does not exist");
    db_session_rollback(session);
    assert_string_equal(db_session_error(session), "line 3: column \"frob\" does not exist");
    assert_int_equal(cluster_number(session, "SELECT 1"), 1);
    assert_string_equal(db_session_error(session), "");
    db_session_close(session);
}

static void unreachable_says_what_to_do(void **state)
{
    (void)state;
    char error[512];
    const struct db_session_config nowhere = {.conninfo = "host=/nonexistent", .timeout_ms = 1000};
    assert_null(db_session_open(&nowhere, error, sizeof error));
    assert_non_null(strstr(error, "cannot reach the database"));
    assert_non_null(strstr(error, "make up"));
    assert_null(strchr(error, '\n'));
    const struct db_session_config nobody = {.conninfo = cluster_conninfo("corridor_owner"),
                                             .role = "no \"such' role",
                                             .timeout_ms = 1000};
    assert_null(db_session_open(&nobody, error, sizeof error));
    assert_non_null(strstr(error, "no \"such' role"));
}

static void role_is_taken(void **state)
{
    (void)state;
    char error[512];
    const struct db_session_config config = {.conninfo = cluster_conninfo("corridor_owner"),
                                             .role = "corridor_server",
                                             .timeout_ms = 1000};
    struct db_session *session = db_session_open(&config, error, sizeof error);
    assert_non_null(session);
    struct db_result *result = db_session_query(session, "SELECT current_user", NULL, 0);
    assert_non_null(result);
    assert_string_equal(db_result_text(result, 0, 0), "corridor_server");
    db_result_free(result);
    db_session_close(session);
}

static void transactions(void **state)
{
    (void)state;
    struct db_session *session = cluster_session("corridor_owner");
    cluster_exec(session, "CREATE TEMP TABLE t (n integer CHECK (n < 10))");
    assert_true(db_session_begin(session));
    cluster_exec(session, "INSERT INTO t VALUES (1)");
    assert_true(db_session_commit(session));
    assert_true(db_session_begin(session));
    cluster_exec(session, "INSERT INTO t VALUES (2)");
    assert_false(db_session_exec(session, "INSERT INTO t VALUES (10)", NULL, 0));
    assert_string_equal(db_session_sqlstate(session), "23514");
    assert_false(db_session_commit(session)); /* it was rolled back, and that is not a success */
    assert_true(db_session_begin(session));
    cluster_exec(session, "INSERT INTO t VALUES (3)");
    db_session_rollback(session);
    assert_int_equal(cluster_number(session, "SELECT sum(n) FROM t"), 1);
    db_session_close(session);
}

#define S(text)                \
    {                          \
        text, sizeof(text) - 1 \
    }
static const struct span nasty[] = {
    S("plain"),
    S(""),
    {NULL, 0},
    S("\t"),
    S("a\tb\nc\rd"),
    S("\\"),
    S("\\N"),
    S("\\."),
    S("\\\\n"),
    S("é 漢 \xF0\x9F\x98\x80"),
    S("\b\f\v\x01\x7f"),
    S("'\"$1;--"),
    S("NULL"),
    S("trailing\\"),
    S(" "),
    S("{a,b}"),
};

static void copy_keeps_every_byte(void **state)
{
    (void)state;
    struct db_session *session = cluster_session("corridor_owner");
    static const char *const columns[] = {"n", "odd \"name\"", "other"};
    uint64_t copied = 0;
    char number[16];
    cluster_exec(session, "CREATE TEMP TABLE \"odd\"\" table\" (n integer, \"odd \"\"name\"\"\" "
                          "text, other text, rest text "
                          "DEFAULT 'default')");
    assert_true(db_session_copy_begin(session, "odd\" table", columns, COUNT_OF(columns)));
    for (size_t i = 0; i < COUNT_OF(nasty); i++) {
        snprintf(number, sizeof number, "%zu", i);
        const struct span row[] = {span_of(number), nasty[i], nasty[COUNT_OF(nasty) - 1 - i]};
        assert_true(db_session_copy_row(session, row));
    }
    assert_true(db_session_copy_end(session, &copied));
    assert_int_equal(copied, COUNT_OF(nasty));
    struct db_result *result =
        db_session_query(session, "SELECT * FROM \"odd\"\" table\" ORDER BY n", NULL, 0);
    assert_non_null(result);
    assert_int_equal(db_result_rows(result), COUNT_OF(nasty));
    for (size_t i = 0; i < COUNT_OF(nasty); i++) {
        for (size_t column = 1; column <= 2; column++) {
            struct span wanted = column == 1 ? nasty[i] : nasty[COUNT_OF(nasty) - 1 - i];
            struct span got = db_result_span(result, i, column);
            assert_int_equal(got.at == NULL, wanted.at == NULL);
            assert_int_equal(got.len, wanted.len);
            assert_true(!got.at || memcmp(got.at, wanted.at, got.len) == 0);
        }
        assert_string_equal(db_result_text(result, i, 3), "default");
    }
    db_result_free(result);
    db_session_close(session);
}

static void copy_refuses_nul(void **state)
{
    (void)state;
    struct db_session *session = cluster_session("corridor_owner");
    static const char *const columns[] = {"a", "b"};
    cluster_exec(session, "CREATE TABLE corridor.copy_test (a text, b text)");
    assert_true(db_session_begin(session));
    assert_true(db_session_copy_begin(session, "copy_test", columns, 2));
    const struct span good[] = {S("a"), S("b")};
    const struct span bad[] = {S("a"), S("b\0c")};
    assert_true(db_session_copy_row(session, good));
    assert_false(db_session_copy_row(session, bad));
    assert_string_equal(db_session_error(session), "value 2 of the row holds a NUL byte");
    db_session_rollback(session);
    assert_string_equal(db_session_error(session), "value 2 of the row holds a NUL byte");
    assert_int_equal(cluster_number(session, "SELECT count(*) FROM corridor.copy_test"), 0);
    cluster_exec(session, "DROP TABLE corridor.copy_test");
    db_session_close(session);
}

static void copy_refused_by_the_server(void **state)
{
    (void)state;
    struct db_session *session = cluster_session("corridor_owner");
    static const char *const columns[] = {"n"};
    static const char *const wrong[] = {"none such"};
    cluster_exec(session, "CREATE TEMP TABLE t (n integer)");
    assert_false(db_session_copy_begin(session, "t", wrong, 1));
    assert_string_equal(db_session_sqlstate(session), "42703");
    const struct span letter[] = {S("x")};
    assert_true(db_session_copy_begin(session, "t", columns, 1));
    /* More than is gathered, so that the refusal meets rows on their way. */
    bool going = true;
    for (int i = 0; going && i < 200000; i++) {
        going = db_session_copy_row(session, letter);
    }
    assert_false(going && db_session_copy_end(session, NULL));
    db_session_rollback(session);
    assert_true(db_session_copy_begin(session, "t", columns, 1));
    assert_true(db_session_copy_row(session, letter));
    assert_false(db_session_copy_end(session, NULL));
    assert_string_equal(db_session_sqlstate(session), "22P02");
    assert_non_null(strstr(db_session_error(session), "COPY t, line 1, column n"));
    const struct span latin1[] = {S("caf\xE9")};
    cluster_exec(session, "ALTER TABLE t ALTER n TYPE text");
    assert_true(db_session_copy_begin(session, "t", columns, 1));
    assert_true(db_session_copy_row(session, latin1));
    assert_false(db_session_copy_end(session, NULL));
    assert_string_equal(db_session_sqlstate(session), "22021");
    assert_int_equal(cluster_number(session, "SELECT count(*) FROM t"), 0);
    db_session_close(session);
}

static void copy_of_many(void **state)
{
    (void)state;
    struct db_session *session = cluster_session("corridor_owner");
    static const char *const columns[] = {"n", "text"};
    static char large[300000];
    uint64_t copied = 0;
    char number[16];
    memset(large, '\t', sizeof large);
    cluster_exec(session, "CREATE TEMP TABLE t (n integer, text text)");
    assert_true(db_session_begin(session));
    assert_true(db_session_copy_begin(session, "t", columns, 2));
    for (int i = 1; i <= 100000; i++) {
        snprintf(number, sizeof number, "%d", i);
        const struct span row[] = {span_of(number), {large, i % 10000 == 0 ? sizeof large : 20}};
        assert_true(db_session_copy_row(session, row));
    }
    assert_true(db_session_copy_end(session, &copied));
    assert_true(db_session_commit(session));
    assert_int_equal(copied, 100000);
    assert_int_equal(cluster_number(session, "SELECT sum(n) FROM t"), 5000050000);
    assert_int_equal(cluster_number(session, "SELECT sum(length(text)) FROM t"),
                     10 * 300000 + 99990 * 20);
    db_session_close(session);
}

/* One session strikes the other's server process. */
static void time_limit(void **state)
{
    (void)state;
    char error[512];
    const struct db_session_config config = {.conninfo = cluster_conninfo("corridor_owner"),
                                             .timeout_ms = 500};
    struct db_session *session = db_session_open(&config, error, sizeof error);
    assert_non_null(session);
    /* The server keeps the limit itself … */
    int64_t start = cluster_now_ms();
    assert_false(db_session_exec(session, "SELECT pg_sleep(20)", NULL, 0));
    assert_true(cluster_now_ms() - start < 2000);
    db_session_close(session);
    /* … and when it can't, we do. */
    session = db_session_open(&config, error, sizeof error);
    assert_non_null(session);
    pid_t backend = (pid_t)cluster_number(session, "SELECT pg_backend_pid()");
    assert_int_equal(kill(backend, SIGSTOP), 0);
    start = cluster_now_ms();
    assert_false(db_session_exec(session, "SELECT 1", NULL, 0));
    assert_in_range(cluster_now_ms() - start, 400, 2000);
    assert_string_equal(db_session_error(session), "no answer from the database within 500 ms");
    assert_false(db_session_exec(session, "SELECT 1", NULL, 0));
    assert_string_equal(db_session_error(session), "the connection to the database is lost");
    db_session_rollback(session);
    assert_int_equal(kill(backend, SIGCONT), 0);
    db_session_close(session);
}

static void backend_ended(void **state)
{
    (void)state;
    struct db_session *session = cluster_session("corridor_owner");
    static const char *const columns[] = {"n"};
    cluster_exec(session, "CREATE TEMP TABLE t (n text)");
    pid_t backend = (pid_t)cluster_number(session, "SELECT pg_backend_pid()");
    assert_true(db_session_begin(session));
    assert_true(db_session_copy_begin(session, "t", columns, 1));
    assert_int_equal(kill(backend, SIGTERM), 0);
    const struct span row[] = {S("a row")};
    bool going = true;
    for (int i = 0; going && i < 1000000; i++) {
        going = db_session_copy_row(session, row);
    }
    assert_false(going && db_session_copy_end(session, NULL));
    assert_true(db_session_error(session)[0] != '\0');
    assert_null(strchr(db_session_error(session), '\n'));
    db_session_rollback(session);
    assert_false(db_session_begin(session));
    db_session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_nulls),
        cmocka_unit_test(errors_say_what_and_where),
        cmocka_unit_test(unreachable_says_what_to_do),
        cmocka_unit_test(role_is_taken),
        cmocka_unit_test(transactions),
        cmocka_unit_test(copy_keeps_every_byte),
        cmocka_unit_test(copy_refuses_nul),
        cmocka_unit_test(copy_refused_by_the_server),
        cmocka_unit_test(copy_of_many),
        cmocka_unit_test(time_limit),
        cmocka_unit_test(backend_ended),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
