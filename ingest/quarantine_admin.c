/*
 * Held quotes, for moderators. Who they are and what they may decide is the database's matter; the
 * hard part here is to show a moderator what to decide by: the held price beside the one in force,
 * and what the judge compared.
 */
#include <ingest/quarantine_admin.h>

#include <ingest/arguments.h>
#include <ingest/listing.h>
#include <ingest/moderator_session.h>

#include <stdio.h>

const char quarantine_details[] =
    "CORRIDOR_MODERATOR=ID says who you are, one of corridor moderator list. States: waiting;\n"
    "released (shown); rejected; withdrawn by its operator; superseded by the operator's next "
    "word\n"
    "on the same service; expired, as its operator let it hold no longer.\n";

const char quarantine_decide_details[] =
    "CORRIDOR_MODERATOR=ID says who you are, one of corridor moderator list. Who works for the\n"
    "operator, or issued one of its keys, may not decide. A price far outside (show says so) is\n"
    "shown once two moderators have released it; one rejects it. Every decision is kept, with "
    "who,\n"
    "when and why. A released quote shows at once, and its service's next price is judged by it.\n";

#define INSTANT(column) "to_char(" column " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

/* Rows asked as the moderator who acts; NULL with the reason printed. */
static struct db_result *ask(const char *name, const char *sql, const char *const *params,
                             size_t count)
{
    struct db_session *session = moderator_session(name);
    struct db_result *rows = session ? db_session_query(session, sql, params, count) : NULL;

    if (session && !rows && strcmp(db_session_sqlstate(session), "55P03") == 0) {
        (void)command_failed(name, "its operator's quotes are being stored, which can take minutes "
                                   "where they are many; nothing is decided, say it again then");
    } else if (session && !rows) {
        /* What a rule says, without the line of the function that keeps it. */
        const char *error = db_session_error(session);
        const char *end = strstr(error, ", in PL/pgSQL function");
        (void)command_failed(name, "%.*s", end ? (int)(end - error) : (int)strlen(error), error);
    }
    db_session_close(session);
    return rows;
}

/* A quote's number; false after having complained. */
static bool is_number(const char *name, const char *quote)
{
    size_t digits = strspn(quote, "0123456789");

    if (digits > 0 && digits <= 18 && quote[digits] == '\0') {
        return true;
    }
    (void)command_usage(name, "QUOTE is '%s'; it must be a number of corridor quarantine list",
                        quote);
    return false;
}

/* ---- list ---- */

/* Lines around a macro would be cut to a word each. */
/* clang-format off */
static const char list_sql[] =
    "SELECT q.id, " INSTANT("q.recorded_at") ", q.operator, q.ref, q.corridor, q.price, q.code,"
    " CASE WHEN q.far THEN q.releases || ' of 2' ELSE q.releases || ' of 1' END, q.state FROM"
    " quarantine q WHERE $1 = 'all' OR q.state = 'waiting' ORDER BY q.recorded_at, q.id LIMIT"
    " 10000";
/* clang-format on */

enum command_exit quarantine_list_command(int argc, char **argv)
{
    static const char name[] = "quarantine list";
    static const char *const headings[] = {"quote", "since", "operator", "ref",  "corridor",
                                           "price", "code",  "released", "state"};
    bool all = false;
    bool json = false;
    const struct argument known[] = {
        {"--all", "", NULL, &all, false, 0},
        {"--json", "", NULL, &json, false, 0},
    };
    if (!arguments_read(name, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    const char *const params[] = {all ? "all" : ""};
    return listing_finish(name, ask(name, list_sql, params, COUNT_OF(params)), headings, false,
                          json);
}

/* ---- show ---- */

/* The price in force is the service's latest: what readers see meanwhile. */
/* Lines around a macro would be cut to a word each. */
/* clang-format off */
static const char show_sql[] =
    "SELECT q.id, q.state, q.operator, q.ref, q.corridor, q.price, " INSTANT("q.recorded_at") ","
    " q.code, q.field, q.reason, CASE WHEN q.far THEN 'two moderators' ELSE 'one moderator' END,"
    " h.submission, h.send_currency || ' to ' || h.receive_currency, h.tariff, h.receive_fee || '"
    " ' || h.receive_currency, h.tax_pct, h.min, h.max, " INSTANT("h.valid_from") ","
    " " INSTANT("h.valid_until") ", o.id, o.tariff, CASE WHEN o.valid_until > now() THEN 'until '"
    " ELSE 'lapsed ' END || " INSTANT("o.valid_until") " FROM quarantine q JOIN quarantined_quote"
    " h USING (id) LEFT JOIN LATERAL (SELECT p.id, p.tariff, p.valid_until FROM current_offer c"
    " JOIN quote p ON p.id = c.quote AND p.recorded_at = c.recorded_at WHERE c.service = q.service"
    " AND c.price = q.price AND c.quote <> q.id ORDER BY c.recorded_at DESC, c.quote DESC LIMIT 1)"
    " o ON true WHERE q.id = $1::bigint";
/* clang-format on */

static const char decisions_sql[] = "SELECT " INSTANT(
    "d.recorded_at") ", d.decision, d.moderator, d.login, d.reason"
                     " FROM quarantine_decision d WHERE d.quote = $1::bigint ORDER BY d.id";

static void write_quote(struct out *out, const struct db_result *quote,
                        const struct db_result *decisions, bool json)
{
    static const char *const about[] = {
        "quote",      "state",       "operator",    "ref",        "corridor",    "price",
        "since",      "code",        "field",       "reason",     "released_by", "submission",
        "currencies", "tariff",      "receive_fee", "tax_pct",    "min",         "max",
        "valid_from", "valid_until", "in_force",    "its_tariff", "it_holds"};
    static const char *const decided[] = {"when", "decision", "moderator", "login", "reason"};

    if (json) {
        json_open(out, '{');
        json_key(out, "held");
        listing_write_one(out, quote, about, true);
        json_key(out, "decisions");
        listing_write(out, decisions, decided, true);
        json_close(out, '}');
        out_char(out, '\n');
        return;
    }
    listing_write_one(out, quote, about, false);
    if (db_result_rows(decisions) > 0) {
        out_char(out, '\n');
        listing_write(out, decisions, decided, false);
    }
}

enum command_exit quarantine_show_command(int argc, char **argv)
{
    static const char name[] = "quarantine show";
    const char *id = NULL;
    bool json = false;
    const struct argument known[] = {
        {.what = "QUOTE", .value = &id, .needed = true},
        {"--json", "", NULL, &json, false, 0},
    };
    if (!arguments_read(name, argc, argv, known, COUNT_OF(known)) || !is_number(name, id)) {
        return COMMAND_USAGE;
    }
    const char *const params[] = {id};
    enum command_exit status = COMMAND_FAILED;
    struct db_result *decisions = NULL;
    struct db_result *quote = ask(name, show_sql, params, 1);
    if (quote && db_result_rows(quote) == 0) {
        (void)command_failed(name, "no quote %s was ever held back", id);
    } else if (quote && (decisions = ask(name, decisions_sql, params, 1)) != NULL) {
        struct out out;
        out_init(&out, OUT_LIMIT_DEFAULT);
        write_quote(&out, quote, decisions, json);
        status = listing_print(name, &out) ? COMMAND_OK : COMMAND_FAILED;
    }
    db_result_free(decisions);
    db_result_free(quote);
    return status;
}

/* ---- release, reject ---- */

static const char decide_sql[] = "SELECT $1::bigint, quarantine_decide($1::bigint, $2, $3)";

static enum command_exit decide(const char *name, const char *decision, int argc, char **argv)
{
    static const char *const headings[] = {"quote", "state"};
    const char *id = NULL;
    const char *reason = NULL;
    bool json = false;
    const struct argument known[] = {
        {.what = "QUOTE", .value = &id, .needed = true},
        {"--reason", "why, for the record", &reason, NULL, true, 500},
        {"--json", "", NULL, &json, false, 0},
    };
    if (!arguments_read(name, argc, argv, known, COUNT_OF(known)) || !is_number(name, id)) {
        return COMMAND_USAGE;
    }
    const char *const params[] = {id, decision, reason};
    struct db_result *rows = ask(name, decide_sql, params, COUNT_OF(params));
    const bool waits = rows && strcmp(db_result_text(rows, 0, 1), "waiting") == 0;
    const enum command_exit status = listing_finish(name, rows, headings, true, json);
    if (status == COMMAND_OK && waits && !json) {
        (void)printf("it is far outside: it shows once another moderator has released it too\n");
    }
    return status;
}

enum command_exit quarantine_release_command(int argc, char **argv)
{
    return decide("quarantine release", "release", argc, argv);
}

enum command_exit quarantine_reject_command(int argc, char **argv)
{
    return decide("quarantine reject", "reject", argc, argv);
}
