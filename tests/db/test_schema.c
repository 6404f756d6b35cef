/*
 * What the migrations promise: rights of each role, a comment on everything, partitions ahead, and
 * a change log that loses nothing when transactions commit out of order.
 */
#include "cluster.h"

/* The value of a query with one row and one column, as text; fails with it unless it is what is
 * wanted. */
static void assert_sql(struct db_session *session, const char *wanted, const char *sql)
{
    struct db_result *result = db_session_query(session, sql, NULL, 0);
    if (!result) {
        fail_msg("%s: %s", sql, db_session_error(session));
    }
    const char *got = db_result_text(result, 0, 0);
    if (strcmp(got ? got : "(null)", wanted) != 0) {
        fail_msg("wanted '%s', got '%s': %s", wanted, got ? got : "(null)", sql);
    }
    db_result_free(result);
}

/* ---- Rights ---- */

/* Each of these gives the names of what is wrong, or nothing. */
static const struct {
    const char *what;
    const char *sql;
} rights[] = {
    {"who but the ingest role can change a table at all",
     "SELECT string_agg(r || ' ' || p || ' ' || c.relname, ', ') FROM pg_class c, "
     "unnest('{corridor_server,corridor_moderator,corridor_researcher}'::text[]) r, "
     "unnest('{INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) p "
     "WHERE c.relnamespace = 'corridor'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') "
     "AND has_table_privilege(r, c.oid, p)"},
    {"columns that the readers can change",
     "SELECT string_agg(r || ' ' || c.relname, ', ') FROM pg_class c, "
     "unnest('{corridor_server,corridor_moderator,corridor_researcher}'::text[]) r "
     "WHERE c.relnamespace = 'corridor'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') "
     "AND has_any_column_privilege(r, c.oid, 'INSERT, UPDATE')"},
    {"what the ingest role can do to a table but read and append",
     "SELECT string_agg(p || ' ' || c.relname, ', ') FROM pg_class c, "
     "unnest('{UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) p "
     "WHERE c.relnamespace = 'corridor'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') "
     "AND has_table_privilege('corridor_ingest', c.oid, p)"},
    {"where the ingest role can append that is not its own to fill",
     "SELECT string_agg(c.relname, ', ') FROM pg_class c WHERE c.relnamespace = "
     "'corridor'::regnamespace "
     "AND c.relkind IN ('r', 'p') AND c.relname IN ('migration', 'current_offer', 'peg', "
     "'country_group', 'quarantine_decision') "
     "AND has_table_privilege('corridor_ingest', c.oid, 'INSERT')"},
    {"sequences that the readers can move",
     "SELECT string_agg(r || ' ' || c.relname, ', ') FROM pg_class c, "
     "unnest('{corridor_server,corridor_moderator,corridor_researcher}'::text[]) r "
     "WHERE c.relnamespace = 'corridor'::regnamespace AND c.relkind = 'S' "
     "AND has_sequence_privilege(r, c.oid, 'USAGE, UPDATE')"},
    {"functions that act as the owner, for the readers, but for the moderators' decision",
     "SELECT string_agg(r || ' ' || p.proname, ', ') FROM pg_proc p, "
     "unnest('{corridor_server,corridor_moderator,corridor_researcher}'::text[]) r "
     "WHERE p.pronamespace = 'corridor'::regnamespace AND p.prosecdef AND "
     /* What a moderator decides is a row that only these can add. */
     "NOT (r = 'corridor_moderator' AND p.proname IN ('community_decide', 'quarantine_decide')) "
     "AND "
     "has_function_privilege(r, p.oid, 'EXECUTE')"},
    {"functions that act as the owner without a search path of their own",
     "SELECT string_agg(p.proname, ', ') FROM pg_proc p WHERE p.pronamespace = "
     "'corridor'::regnamespace AND p.prosecdef "
     "AND NOT coalesce(array_to_string(p.proconfig, ' ') ~ 'search_path=corridor, pg_temp', "
     "false)"},
    {"who but the owner can make things",
     "SELECT string_agg(r || ' ' || n.nspname, ', ') FROM pg_namespace n, "
     "unnest('{corridor_ingest,corridor_server,corridor_moderator,corridor_researcher}'::text[]) r "
     "WHERE n.nspname IN ('corridor', 'public') AND has_schema_privilege(r, n.oid, 'CREATE')"},
    {"who but the owner can make schemas",
     "SELECT string_agg(r, ', ') FROM "
     "unnest('{corridor_ingest,corridor_server,corridor_moderator,corridor_researcher}'::text[]) r "
     "WHERE has_database_privilege(r, current_database(), 'CREATE')"},
    {"roles that can more than log in",
     "SELECT string_agg(rolname, ', ') FROM pg_roles WHERE rolname LIKE 'corridor\\_%' AND rolname "
     "<> 'corridor_owner' "
     "AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR "
     "rolinherit)"},
    {"things that are not the owner's", "SELECT string_agg(c.relname, ', ') FROM pg_class c WHERE "
                                        "c.relnamespace = 'corridor'::regnamespace "
                                        "AND c.relowner <> 'corridor_owner'::regrole"},
};

static void rights_are_least(void **state)
{
    (void)state;
    struct db_session *session = cluster_session("corridor_owner");
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT_OF(rights); i++) {
        struct db_result *result = db_session_query(session, rights[i].sql, NULL, 0);
        if (!result) {
            fail_msg("%s: %s", rights[i].what, db_session_error(session));
        }
        if (db_result_text(result, 0, 0)) {
            print_error("%s: %s\n", rights[i].what, db_result_text(result, 0, 0));
            wrong++;
        }
        db_result_free(result);
    }
    db_session_close(session);
    assert_int_equal(wrong, 0);
}

/* The same, tried. 42501 is insufficient_privilege. */
static const struct {
    const char *role;
    const char *sql;
    const char *sqlstate; /* "" where it works */
} attempts[] = {
    {"corridor_server",
     "SELECT count(*) FROM quote, observation, change_log, reference_rate, service, operator", ""},
    {"corridor_server", "INSERT INTO change_log (corridor) VALUES ('*')", "42501"},
    {"corridor_server", "UPDATE quote SET tax_pct = 0", "42501"},
    {"corridor_server", "DELETE FROM current_offer", "42501"},
    {"corridor_server", "TRUNCATE observation CASCADE", "42501"},
    {"corridor_server", "CREATE TABLE mine (n integer)", "42501"},
    {"corridor_server", "CREATE TABLE public.mine (n integer)", "42501"},
    {"corridor_server", "ALTER TABLE quote ADD mine integer", "42501"},
    {"corridor_server", "SELECT publish_submission(1)", "42501"},
    {"corridor_server", "SELECT make_quote_partitions(current_date, current_date)", "42501"},
    {"corridor_server", "SELECT register_migration(99, 'mine')", "42501"},
    {"corridor_server", "SET ROLE corridor_owner", "42501"},
    {"corridor_server", "SET ROLE corridor_ingest", "42501"},
    {"corridor_researcher", "SELECT count(*) FROM quote", ""},
    {"corridor_researcher", "DELETE FROM quote", "42501"},
    {"corridor_researcher",
     "INSERT INTO operator (id, name, type, origin) VALUES ('a', 'A', 'bank', 'survey')", "42501"},
    {"corridor_moderator", "SELECT count(*) FROM quote", ""},
    {"corridor_moderator", "UPDATE quote SET tax_pct = 0", "42501"},
    {"corridor_ingest",
     "INSERT INTO operator (id, name, type, origin) VALUES ('a', 'A', 'bank', 'survey')", ""},
    {"corridor_ingest", "INSERT INTO change_log (corridor) VALUES ('FR-SN')", ""},
    {"corridor_ingest", "SELECT make_quote_partitions(current_date, current_date)", ""},
    {"corridor_ingest", "SELECT publish_submission(1)", ""},
    {"corridor_ingest", "UPDATE quote SET tax_pct = 0", "42501"},
    {"corridor_ingest", "DELETE FROM quote", "42501"},
    {"corridor_ingest", "UPDATE observation SET transparent = true", "42501"},
    {"corridor_ingest", "DELETE FROM observation", "42501"},
    {"corridor_ingest", "DELETE FROM observed_price", "42501"},
    {"corridor_ingest", "UPDATE operator SET name = 'B'", "42501"},
    {"corridor_ingest", "DELETE FROM change_log", "42501"},
    {"corridor_ingest", "DELETE FROM current_offer", "42501"},
    {"corridor_ingest", "INSERT INTO peg VALUES ('XXX', 'EUR', 1, '2000-01-01', NULL, 'me')",
     "42501"},
    {"corridor_ingest", "DELETE FROM flow", "42501"},
    {"corridor_ingest", "SELECT refresh_figures(10, '0')", ""},
    {"corridor_ingest", "SELECT work_out_quarter('FR-SN', '2014-Q2', now(), now(), now())",
     "42501"},
    {"corridor_ingest", "DELETE FROM quarter_figure", "42501"},
    {"corridor_ingest", "INSERT INTO figure_work VALUES ('FR-SN', '2014-Q2')", "42501"},
    {"corridor_server", "SELECT refresh_figures(10, '0')", "42501"},
    {"corridor_server", "SELECT count(*) FROM quarter_figure, quarter_group, figure_stand", ""},
    {"corridor_ingest", "UPDATE country_group SET g20 = true", "42501"},
    {"corridor_ingest", "CREATE TABLE mine (n integer)", "42501"},
    {"corridor_ingest", "DROP TABLE quote", "42501"},
    {"corridor_ingest", "SELECT register_migration(99, 'mine')", "42501"},
    /* Identities are the owner's to make; keys and contacts not the readers' to see. */
    {"corridor_ingest", "SELECT count(*) FROM valid_feed_key, identity_version", ""},
    {"corridor_ingest", "SELECT feed_take_nonces('{a}', '{b}', '{1}'), feed_prune_nonces()", ""},
    {"corridor_ingest",
     "INSERT INTO feed_key (id, operator, slot, algorithm, person) VALUES ('a', 'a', 1, "
     "'ed25519', 'me')",
     "42501"},
    {"corridor_ingest", "UPDATE feed_key SET revoked_at = NULL", "42501"},
    {"corridor_ingest", "SELECT count(*) FROM feed_key", "42501"},
    {"corridor_ingest", "DELETE FROM feed_nonce", "42501"},
    {"corridor_ingest",
     "INSERT INTO operator_event (operator, event, person) VALUES ('a', 'enabled', 'me')", "42501"},
    {"corridor_ingest", "SELECT make_moderator('a', 'A', NULL, NULL, 'me')", "42501"},
    {"corridor_ingest", "SELECT contact FROM operator_contact", "42501"},
    {"corridor_server", "SELECT legal_name, licence_number, licence_register FROM operator", ""},
    {"corridor_server", "SELECT contact FROM operator_contact", "42501"},
    {"corridor_server", "SELECT id FROM valid_feed_key", "42501"},
    {"corridor_server", "SELECT name FROM researcher", "42501"},
    {"corridor_server", "SELECT feed_take_nonces('{a}', '{b}', '{1}')", "42501"},
    {"corridor_moderator", "SELECT sealed_secret FROM feed_key", "42501"},
    {"corridor_moderator", "SELECT acting_moderator()", "42501"}, /* no one person's login */
    {"corridor_moderator", "UPDATE moderator SET disabled_at = NULL", "42501"},
};

static void attempts_end_as_they_should(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT_OF(attempts); i++) {
        struct db_session *session = cluster_session(attempts[i].role);
        assert_true(db_session_begin(session));
        bool worked = db_session_exec(session, attempts[i].sql, NULL, 0);
        const char *sqlstate = worked ? "" : db_session_sqlstate(session);
        if (strcmp(sqlstate, attempts[i].sqlstate) != 0) {
            print_error("%s: %s: '%s' (%s)\n", attempts[i].role, attempts[i].sql, sqlstate,
                        db_session_error(session));
            wrong++;
        }
        db_session_rollback(session);
        db_session_close(session);
    }
    assert_int_equal(wrong, 0);
}

/* ---- Comments and partitions ---- */

static void everything_has_a_comment(void **state)
{
    (void)state;
    struct db_session *session = cluster_session("corridor_owner");
    assert_sql(session, "(null)",
               "SELECT string_agg(c.relname, ', ') FROM pg_class c WHERE c.relnamespace = "
               "'corridor'::regnamespace "
               "AND c.relkind IN ('r', 'p', 'v', 'm') AND coalesce(obj_description(c.oid, "
               "'pg_class'), '') = ''");
    /* A partition's columns are the table's. */
    assert_sql(session, "(null)",
               "SELECT string_agg(c.relname || '.' || a.attname, ', ') FROM pg_class c JOIN "
               "pg_attribute a ON a.attrelid = "
               "c.oid WHERE c.relnamespace = 'corridor'::regnamespace AND c.relkind IN ('r', 'p', "
               "'v', 'm') AND NOT "
               "c.relispartition AND a.attnum > 0 AND NOT a.attisdropped AND "
               "coalesce(col_description(c.oid, a.attnum), "
               "'') = ''");
    assert_sql(session, "(null)",
               "SELECT string_agg(p.proname, ', ') FROM pg_proc p WHERE p.pronamespace = "
               "'corridor'::regnamespace "
               "AND coalesce(obj_description(p.oid, 'pg_proc'), '') = ''");
    db_session_close(session);
}

static void partitions_are_made_ahead(void **state)
{
    (void)state;
    struct db_session *session = cluster_session("corridor_owner");
    assert_sql(session, "(null)",
               "SELECT string_agg(month::text, ', ') FROM (SELECT to_char(m, 'YYYYMM') AS month "
               "FROM generate_series("
               "date_trunc('month', now()), now() + interval '6 months', '1 month') m) months "
               "WHERE to_regclass('corridor.quote_' || month) IS NULL");
    /* Again makes none; a month further makes one, and never one for ever. */
    assert_sql(session, "0", "SELECT make_quote_partitions(current_date, current_date)");
    assert_true(db_session_begin(session));
    assert_sql(session, "1", "SELECT make_quote_partitions('2001-02-14', '2001-02-28')");
    assert_sql(
        session, "FOR VALUES FROM ('2001-02-01 00:00:00+00') TO ('2001-03-01 00:00:00+00')",
        "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'quote_200102'");
    assert_false(db_session_exec(
        session, "SELECT make_quote_partitions('2001-01-01', '2100-01-01')", NULL, 0));
    db_session_rollback(session);
    db_session_close(session);
}

/* ---- The change log ---- */

/* ORDER BY says the table: a bare xid or seq would be the text of the first column, and 10 come
 * before 9. */
static const char cursor[] =
    "SELECT l.xid::text, l.seq::text, l.corridor FROM corridor.change_log l "
    "WHERE (l.xid, l.seq) > ($1::xid8, $2::bigint) AND l.xid < "
    "pg_snapshot_xmin(pg_current_snapshot()) "
    "ORDER BY l.xid, l.seq";
static const char by_sequence_alone[] =
    "SELECT l.xid::text, l.seq::text, l.corridor FROM corridor.change_log l "
    "WHERE l.seq > $2::bigint AND $1 <> '' ORDER BY l.seq";

struct reader {
    struct db_session *session;
    const char *sql;
    char xid[24];
    char seq[24];
    size_t rows;
    char seen[1024]; /* the corridors, in the order read, a space after each */
};

/* A reader that has read all there is. */
static struct reader reader_at_end(const char *sql)
{
    struct reader reader = {.session = cluster_session("corridor_server"), .sql = sql};
    /* An older transaction still at work, such as the server's own housekeeping, would have it read
     * some again. */
    for (int i = 0; i < 100; i++) {
        struct db_result *result =
            db_session_query(reader.session,
                             "SELECT coalesce(max(xid), '0')::text, coalesce(max(seq), 0)::text, "
                             "coalesce(max(xid), '0') < "
                             "pg_snapshot_xmin(pg_current_snapshot()) FROM change_log",
                             NULL, 0);
        assert_non_null(result);
        snprintf(reader.xid, sizeof reader.xid, "%s", db_result_text(result, 0, 0));
        snprintf(reader.seq, sizeof reader.seq, "%s", db_result_text(result, 0, 1));
        bool settled = db_result_bool(result, 0, 2);
        db_result_free(result);
        if (settled) {
            return reader;
        }
        usleep(100000);
    }
    fail_msg("a transaction older than the last of the log does not end");
    return reader;
}

static void reader_poll(struct reader *reader)
{
    const char *const params[] = {reader->xid, reader->seq};
    struct db_result *result = db_session_query(reader->session, reader->sql, params, 2);
    if (!result) {
        fail_msg("%s", db_session_error(reader->session));
    }
    for (size_t i = 0; i < db_result_rows(result); i++) {
        size_t len = strlen(reader->seen);
        snprintf(reader->seen + len, sizeof reader->seen - len, "%s ",
                 db_result_text(result, i, 2));
        snprintf(reader->xid, sizeof reader->xid, "%s", db_result_text(result, i, 0));
        snprintf(reader->seq, sizeof reader->seq, "%s", db_result_text(result, i, 1));
        reader->rows++;
    }
    db_result_free(result);
}

static void nothing_is_lost_out_of_order(void **state)
{
    (void)state;
    struct db_session *slow = cluster_session("corridor_ingest");
    struct db_session *quick = cluster_session("corridor_ingest");
    struct reader right = reader_at_end(cursor);
    struct reader naive = reader_at_end(by_sequence_alone);
    assert_true(db_session_begin(slow));
    cluster_exec(slow, "INSERT INTO change_log (corridor) VALUES ('FR-SN')");
    assert_true(db_session_begin(quick));
    cluster_exec(quick, "INSERT INTO change_log (corridor) VALUES ('FR-MA')");
    assert_true(db_session_commit(quick));
    reader_poll(&right);
    reader_poll(&naive);
    assert_string_equal(right.seen, ""); /* waits for the older transaction */
    assert_string_equal(naive.seen, "FR-MA ");
    cluster_exec(slow, "INSERT INTO change_log (corridor) VALUES ('FR-ML')");
    assert_true(db_session_commit(slow));
    reader_poll(&right);
    reader_poll(&naive);
    assert_string_equal(right.seen, "FR-SN FR-ML FR-MA ");
    assert_string_equal(naive.seen, "FR-MA FR-ML "); /* FR-SN is lost: what this test is about */
    reader_poll(&right);
    assert_int_equal(right.rows, 3);
    db_session_close(slow);
    db_session_close(quick);
    db_session_close(right.session);
    db_session_close(naive.session);
}

#define WRITERS      6
#define TRANSACTIONS 120

/* Any interleaving, some rolled back: each committed row is read once, and none that was not
 * committed. */
static void any_interleaving(void **state)
{
    (void)state;
    struct unit_random random = unit_random_open("interleaving");
    struct db_session *writers[WRITERS];
    size_t pending[WRITERS] = {0};
    bool open[WRITERS] = {false};
    size_t committed = 0;
    struct reader reader = reader_at_end(cursor);
    for (size_t i = 0; i < WRITERS; i++) {
        writers[i] = cluster_session("corridor_ingest");
    }
    /* The seen text would not hold them all; the rows are what counts here. */
    for (unsigned done = 0; done < TRANSACTIONS;) {
        size_t i = unit_random_bits(&random) % WRITERS;
        reader.seen[0] = '\0';
        if (!open[i]) {
            assert_true(db_session_begin(writers[i]));
            open[i] = true;
            pending[i] = 0;
        } else if (unit_one_in(&random, 2)) {
            cluster_exec(writers[i],
                         "INSERT INTO change_log (corridor) VALUES ('DE-TR'), ('DE-RS')");
            pending[i] += 2;
        } else if (unit_one_in(&random, 4)) {
            db_session_rollback(writers[i]);
            open[i] = false;
            done++;
        } else {
            assert_true(db_session_commit(writers[i]));
            committed += pending[i];
            open[i] = false;
            done++;
        }
        if (unit_one_in(&random, 3)) {
            reader_poll(&reader);
            assert_true(reader.rows <= committed);
        }
    }
    for (size_t i = 0; i < WRITERS; i++) {
        db_session_close(writers[i]);
    }
    int64_t deadline =
        cluster_now_ms() + 5000; /* the sessions closed last roll back in their own time */
    while (reader.rows < committed && cluster_now_ms() < deadline) {
        reader.seen[0] = '\0';
        reader_poll(&reader);
    }
    reader_poll(&reader);
    assert_int_equal(reader.rows, committed);
    assert_true(committed > 50);
    db_session_close(reader.session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rights_are_least),
        cmocka_unit_test(attempts_end_as_they_should),
        cmocka_unit_test(everything_has_a_comment),
        cmocka_unit_test(partitions_are_made_ahead),
        cmocka_unit_test(nothing_is_lost_out_of_order),
        cmocka_unit_test(any_interleaving),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
