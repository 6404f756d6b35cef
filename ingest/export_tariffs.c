/*
 * corridor export tariffs: what every service charges now, one JSON object a line, for whoever
 * wants to recompute an answer. PostgreSQL writes the objects, so that no figure passes through our
 * own arithmetic; a cursor keeps memory small however large the market.
 */
#include <ingest/export_tariffs.h>

#include <corridor/codes.h>

#include <errno.h>
#include <stdio.h>

#define NAME "export tariffs"

const char export_tariffs_details[] =
    "Writes the offers of all corridors, or of one, as JSON Lines: for each service and price the\n"
    "last one that has begun, in force or lapsed. Amounts, rates and percentages are decimal\n"
    "strings; null is none. Where no real reference rate is known it is null.\n"
    "\n"
    "  --corridor FR-SN   only this one; alpha-2, alpha-3 or M49 codes\n";

/* The reference rate of a pair is looked up once, not once an offer. */
static const char declare[] =
    "DECLARE tariffs NO SCROLL CURSOR FOR "
    "WITH offer AS MATERIALIZED ("
    " SELECT DISTINCT ON (c.service, c.price) q.*, o.id AS operator, o.name AS operator_name, "
    "s.ref,"
    "  o.origin = 'demonstration' AS demonstration"
    " FROM current_offer c JOIN quote q ON q.id = c.quote AND q.recorded_at = c.recorded_at"
    " JOIN service s ON s.id = q.service JOIN operator o ON o.id = s.operator"
    " WHERE c.valid_from <= now() AND c.corridor = coalesce($1, c.corridor)"
    " ORDER BY c.service, c.price, c.recorded_at DESC, c.quote DESC"
    "), pair AS MATERIALIZED ("
    " SELECT p.*, r.rate FROM (SELECT DISTINCT send_currency, receive_currency, demonstration"
    "  FROM offer) p,"
    " reference_rate_at(p.send_currency, p.receive_currency, (now() AT TIME ZONE 'UTC')::date,"
    "  now(), p.demonstration) r"
    ") "
    "SELECT json_build_object('quote', o.id, 'corridor', o.corridor, 'operator', o.operator,"
    " 'operator_name', o.operator_name, 'service', o.ref, 'price', o.price,"
    " 'send_currency', o.send_currency, 'receive_currency', o.receive_currency,"
    " 'send_exponent', currency_exponent(o.send_currency),"
    " 'receive_exponent', currency_exponent(o.receive_currency),"
    " 'tariff', o.tariff, 'receive_fee', o.receive_fee::text, 'tax_pct', o.tax_pct::text,"
    " 'min', o.min::text, 'max', o.max::text, 'speed', o.speed,"
    " 'valid_from', to_char(o.valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
    " 'valid_until', to_char(nullif(o.valid_until, 'infinity') AT TIME ZONE 'UTC', "
    "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
    " 'reference_rate', trim_scale(p.rate)::text, 'demonstration', o.demonstration) "
    "FROM offer o JOIN pair p USING (send_currency, receive_currency, demonstration) "
    "ORDER BY o.corridor, o.operator, o.ref, o.price";

/* Writes what the cursor gives; false with the reason printed. */
static bool write_lines(struct db_session *session)
{
    size_t count;
    do {
        struct db_result *rows = db_session_query(session, "FETCH 500 FROM tariffs", NULL, 0);
        if (!rows) {
            command_failed(NAME, "cannot read the offers: %s", db_session_error(session));
            return false;
        }
        count = db_result_rows(rows);
        for (size_t i = 0; i < count; i++) {
            puts(db_result_text(rows, i, 0));
        }
        db_result_free(rows);
    } while (count > 0 && !ferror(stdout));
    if (fflush(stdout) != 0 || ferror(stdout)) {
        command_failed(NAME, "cannot write: %s", strerror(errno));
        return false;
    }
    return true;
}

static enum command_exit export_tariffs(const char *corridor)
{
    enum command_exit status = COMMAND_FAILED;
    struct db_session *session = command_database(NAME, "corridor_server");
    if (!session) {
        return COMMAND_FAILED;
    }
    if (!db_session_begin(session) ||
        !db_session_exec(session, declare, (const char *const[]){corridor}, 1)) {
        command_failed(NAME, "cannot read the offers: %s", db_session_error(session));
    } else if (write_lines(session)) {
        status = COMMAND_OK;
    }
    db_session_rollback(session); /* nothing was written */
    db_session_close(session);
    return status;
}

enum command_exit export_tariffs_command(int argc, char **argv)
{
    enum command_exit status;
    char corridor[6];
    const struct country *from;
    const struct country *to;
    bool one = argc == 3 && strcmp(argv[1], "--corridor") == 0;
    if (argc > 1 && !one) {
        return command_usage(NAME, "'%.40s' is not something it takes, or lacks its value",
                             argv[1]);
    }
    if (!codes_open()) {
        return command_failed(NAME, "ICU has no data about countries and currencies");
    }
    if (one && !corridor_parse(span_of(argv[2]), &from, &to)) {
        status = command_usage(NAME, "'%.40s' is not a corridor; write it like FR-SN", argv[2]);
    } else {
        if (one) {
            corridor_print(corridor, from, to);
        }
        status = export_tariffs(one ? corridor : NULL);
    }
    codes_close();
    return status;
}
