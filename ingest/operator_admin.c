/*
 * Operators registered for the feed. Done as the owner, by whoever may log in as the owner: no
 * program that strangers talk to has the rights. The hard part is a firm that is known already,
 * since a survey found it: registering completes its row instead of adding a second firm.
 */
#include <ingest/operator_admin.h>

#include <corridor/codes.h>
#include <corridor/service.h>

#include <ingest/arguments.h>
#include <ingest/listing.h>

#include <inttypes.h>
#include <stdio.h>

const char operator_add_details[] =
    "  --name NAME           the name customers know it by\n"
    "  --legal-name NAME     its name in law\n"
    "  --type TYPE           bank, mto, post_office, mobile_operator, non_bank_fi, credit_union,\n"
    "                        building_society or other\n"
    "  --country CODE        of its seat: FR, FRA or 250\n"
    "  --licence NUMBER      of its licence to transfer money\n"
    "  --register REGISTER   where that can be looked up, such as REGAFI (ACPR)\n"
    "  --website URL         its public address\n"
    "  --contact CONTACT     whom to reach; not public\n"
    "\nID is its name in addresses: lower-case letters, digits and hyphens. A firm that a survey\n"
    "has found keeps its id. Next: corridor key issue ID\n";

const char operator_change_details[] =
    "  --reason TEXT         why, for the record\n"
    "\nand any of the options of corridor operator add. What is not told stays as it is; what it "
    "was\n"
    "before is kept, with who, when and why. The id never changes.\n";

const char operator_switch_details[] =
    "While an operator is disabled its keys are worth nothing: its requests are refused as a\n"
    "stranger's are. Its prices leave the comparison at once, those held back are not released "
    "any\n"
    "more, and enabled again it sends them anew. Each change is kept, with who, when and why.\n";

#define ID_RULE "of lower-case letters, digits and hyphens, at most 80"

static bool is_slug(const char *id)
{
    const size_t len = strlen(id);
    return len > 0 && len <= 80 && id[0] != '-' && id[len - 1] != '-' &&
           strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static bool is_website(const char *url)
{
    const size_t scheme = strncmp(url, "https://", 8) == 0  ? 8
                          : strncmp(url, "http://", 7) == 0 ? 7
                                                            : 0;
    return scheme > 0 && url[scheme] != '\0' && strpbrk(url, " \"<>\\") == NULL;
}

/* ---- add ---- */

#define ADD "operator add"

struct registration {
    const char *id;
    const char *name;
    const char *legal_name;
    const char *type;
    const char *country;
    const char *licence;
    const char *licence_register;
    const char *website;
    const char *contact;
};

/* Whether what is told will do; country becomes its alpha-2 code, or empty where it is not told. */
static bool check(const char *command, const struct registration *r, char country[3])
{
    enum firm_type type;
    country[0] = '\0';
    if (!is_slug(r->id)) {
        (void)command_usage(command, "ID is '%s'; it must consist " ID_RULE, r->id);
        return false;
    }
    if (r->type && !firm_type_find(&type, span_of(r->type))) {
        (void)command_usage(command,
                            "--type is '%s'; it must be bank, mto, post_office, mobile_operator, "
                            "non_bank_fi, credit_union, building_society or other",
                            r->type);
        return false;
    }
    if (r->website && !is_website(r->website)) {
        (void)command_usage(command, "--website is '%s'; it must begin with https:// or http://",
                            r->website);
        return false;
    }
    if (!r->country) {
        return true;
    }
    if (!codes_open()) {
        (void)command_failed(command, "ICU has no data about countries");
        return false;
    }
    const struct country *found = country_find(span_of(r->country));
    if (found) {
        (void)snprintf(country, 3, "%s", found->iso2);
    } else {
        (void)command_usage(command, "--country is '%s'; it must be a country's code, such as FR",
                            r->country);
    }
    codes_close();
    return found != NULL;
}

/* Nothing comes back where the id is taken: by a registered operator, or an invented one. */
static const char add_sql[] =
    "WITH known AS ("
    "  INSERT INTO operator (id, name, legal_name, type, country, licence_number, "
    "                        licence_register, website, origin) "
    "  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'feed') "
    "  ON CONFLICT (id) DO UPDATE SET name = $2, legal_name = $3, type = $4, country = $5, "
    "    licence_number = $6, licence_register = $7, website = $8 "
    "  WHERE operator.legal_name IS NULL AND operator.origin <> 'demonstration' "
    "  RETURNING id, origin), "
    "contact AS (INSERT INTO operator_contact (operator, contact) SELECT id, $9 FROM known), "
    "event AS (INSERT INTO operator_event (operator, event, person) "
    "          SELECT id, 'registered', $10 FROM known) "
    "SELECT id, $2, CASE WHEN origin = 'survey' THEN 'known by a survey' ELSE 'new' END FROM known";

static enum command_exit add(const struct registration *r, const char *country, bool json)
{
    static const char *const headings[] = {"operator", "name", "was"};
    const char *const params[] = {r->id,      r->name,           r->legal_name,       r->type,
                                  country,    r->licence,        r->licence_register, r->website,
                                  r->contact, arguments_person()};
    struct db_result *rows = command_ask(ADD, add_sql, params, COUNT_OF(params));
    if (rows && db_result_rows(rows) == 0) {
        db_result_free(rows);
        return command_failed(ADD,
                              "the id %s is taken, by a registered operator or an invented one of "
                              "the demonstration; corridor operator show %s tells more",
                              r->id, r->id);
    }
    const enum command_exit status = listing_finish(ADD, rows, headings, true, json);
    if (status == COMMAND_OK && !json) {
        (void)printf("registered; next: corridor key issue %s\n", r->id);
    }
    return status;
}

/* The options that add and change have in common. */
enum {
    TOLD = 9
};
static void told_arguments(struct registration *r, bool needed, struct argument known[TOLD])
{
    const struct argument told[TOLD] = {
        {.what = "ID", .value = &r->id, .needed = true},
        {"--name", "the name customers know it by", &r->name, NULL, needed, 0},
        {"--legal-name", "its name in law", &r->legal_name, NULL, needed, 0},
        {"--type", "what kind of firm it is", &r->type, NULL, needed, 0},
        {"--country", "the country of its seat", &r->country, NULL, needed, 0},
        {"--licence", "the number of its licence", &r->licence, NULL, needed, 100},
        {"--register", "where the licence can be looked up", &r->licence_register, NULL, needed, 0},
        {"--website", "its public address", &r->website, NULL, needed, 300},
        {"--contact", "whom to reach", &r->contact, NULL, needed, 300},
    };
    memcpy(known, told, sizeof told);
}

enum command_exit operator_add_command(int argc, char **argv)
{
    struct registration r = {0};
    char country[3];
    bool json = false;
    struct argument known[TOLD + 1] = {[TOLD] = {"--json", "", NULL, &json, false, 0}};
    told_arguments(&r, true, known);
    if (!arguments_read(ADD, argc, argv, known, COUNT_OF(known)) || !check(ADD, &r, country)) {
        return COMMAND_USAGE;
    }
    return add(&r, country, json);
}

/* ---- change ---- */

#define CHANGE "operator change"

/* No row: no such registered operator. Null for what is not told. */
static const char change_sql[] =
    "WITH before AS MATERIALIZED ("
    "  SELECT o.* FROM operator o WHERE o.id = $1 AND o.legal_name IS NOT NULL FOR UPDATE), "
    "now AS ("
    "  UPDATE operator o SET name = coalesce($2, b.name), "
    "    legal_name = coalesce($3, b.legal_name), type = coalesce($4, b.type), "
    "    country = coalesce($5, b.country), licence_number = coalesce($6, b.licence_number), "
    "    licence_register = coalesce($7, b.licence_register), website = coalesce($8, b.website) "
    "  FROM before b WHERE o.id = b.id RETURNING o.*), "
    "contact AS (INSERT INTO operator_contact (operator, contact) "
    "            SELECT id, $9::text FROM now WHERE $9::text IS NOT NULL), "
    "kept AS ("
    "  INSERT INTO operator_change (operator, was, reason, person) "
    "  SELECT b.id, (SELECT coalesce(jsonb_object_agg(w.key, w.value), '{}') "
    "                FROM jsonb_each(to_jsonb(b)) w WHERE w.value IS DISTINCT FROM to_jsonb(n) -> "
    "                w.key), $10, $11 "
    "  FROM before b, now n RETURNING operator, was) "
    "SELECT operator, was FROM kept";

enum command_exit operator_change_command(int argc, char **argv)
{
    static const char *const headings[] = {"operator", "was"};
    struct registration r = {0};
    const char *reason = NULL;
    char country[3];
    bool json = false;
    struct argument known[TOLD + 2] = {
        [TOLD] = {"--reason", "why, for the record", &reason, NULL, true, 500},
        [TOLD + 1] = {"--json", "", NULL, &json, false, 0}};
    told_arguments(&r, false, known);
    if (!arguments_read(CHANGE, argc, argv, known, COUNT_OF(known)) ||
        !check(CHANGE, &r, country)) {
        return COMMAND_USAGE;
    }
    const char *const params[] = {r.id,
                                  r.name,
                                  r.legal_name,
                                  r.type,
                                  country[0] ? country : NULL,
                                  r.licence,
                                  r.licence_register,
                                  r.website,
                                  r.contact,
                                  reason,
                                  arguments_person()};
    size_t told = 0;
    for (size_t i = 1; i < TOLD; i++) {
        told += params[i] != NULL;
    }
    if (told == 0) {
        return command_usage(CHANGE, "nothing to change is told");
    }
    struct db_result *rows = command_ask(CHANGE, change_sql, params, COUNT_OF(params));
    if (rows && db_result_rows(rows) == 0) {
        db_result_free(rows);
        return command_failed(CHANGE, "there is no registered operator %s", r.id);
    }
    return listing_finish(CHANGE, rows, headings, true, json);
}

/* ---- list, show ---- */

enum command_exit operator_list_command(int argc, char **argv)
{
    static const char *const headings[] = {"operator", "name", "state", "keys", "country"};
    return listing_command(
        "operator list", argc, argv,
        "SELECT o.id, o.name, operator_state(o.id), (SELECT count(*) FROM feed_key k "
        "WHERE k.operator = o.id AND k.revoked_at IS NULL), o.country FROM operator o "
        "WHERE o.legal_name IS NOT NULL ORDER BY 1",
        headings);
}

static const char show_sql[] =
    "SELECT o.id, o.name, o.legal_name, o.type, o.country, o.licence_number, o.licence_register, "
    "o.website, (SELECT c.contact FROM operator_contact c WHERE c.operator = o.id ORDER BY "
    "c.recorded_at DESC LIMIT 1), o.origin, coalesce(operator_state(o.id), 'not registered') "
    "FROM operator o WHERE o.id = $1";
static const char events_sql[] =
    "SELECT to_char(e.recorded_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), e.event, e.reason, e.person, "
    "e.login FROM (SELECT operator, recorded_at, event, reason, person, login FROM operator_event "
    "              UNION ALL SELECT operator, recorded_at, 'changed', reason, person, login FROM "
    "              operator_change) e WHERE e.operator = $1 ORDER BY e.recorded_at";
static const char keys_sql[] =
    "SELECT k.id, k.algorithm, CASE WHEN k.revoked_at IS NULL THEN 'valid' ELSE 'revoked' END, "
    "to_char(k.recorded_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM feed_key k WHERE k.operator = "
    "$1 ORDER BY k.recorded_at, k.id";

static void write_operator(struct out *out, const struct db_result *firm,
                           const struct db_result *events, const struct db_result *keys, bool json)
{
    static const char *const about[] = {"operator", "name",    "legal_name", "type",
                                        "country",  "licence", "register",   "website",
                                        "contact",  "origin",  "state"};
    static const char *const event[] = {"when", "event", "why", "who", "login"};
    static const char *const key[] = {"key", "algorithm", "state", "issued"};
    if (json) {
        json_open(out, '{');
        json_key(out, "operator");
        listing_write_one(out, firm, about, true);
        json_key(out, "events");
        listing_write(out, events, event, true);
        json_key(out, "keys");
        listing_write(out, keys, key, true);
        json_close(out, '}');
        out_char(out, '\n');
    } else {
        listing_write_one(out, firm, about, false);
        out_char(out, '\n');
        listing_write(out, events, event, false);
        out_char(out, '\n');
        listing_write(out, keys, key, false);
    }
}

enum command_exit operator_show_command(int argc, char **argv)
{
    static const char name[] = "operator show";
    const char *id = NULL;
    bool json = false;
    const struct argument known[] = {{.what = "OPERATOR", .value = &id, .needed = true},
                                     {"--json", "", NULL, &json, false, 0}};
    enum command_exit status = COMMAND_FAILED;
    if (!arguments_read(name, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    struct db_session *session = command_database(name, NULL);
    if (!session) {
        return COMMAND_FAILED;
    }
    struct db_result *firm = db_session_query(session, show_sql, &id, 1);
    struct db_result *events = firm ? db_session_query(session, events_sql, &id, 1) : NULL;
    struct db_result *keys = events ? db_session_query(session, keys_sql, &id, 1) : NULL;
    if (!keys) {
        (void)command_failed(name, "%s", db_session_error(session));
    } else if (db_result_rows(firm) == 0) {
        (void)command_failed(name,
                             "there is no operator %s; corridor operator list shows those "
                             "that are registered",
                             id);
    } else {
        struct out out;
        out_init(&out, OUT_LIMIT_DEFAULT);
        write_operator(&out, firm, events, keys, json);
        status = listing_print(name, &out) ? COMMAND_OK : COMMAND_FAILED;
    }
    db_result_free(firm);
    db_result_free(events);
    db_result_free(keys);
    db_session_close(session);
    return status;
}

/* ---- disable, enable ---- */

static const char switch_sql[] =
    "WITH changed AS (INSERT INTO operator_event (operator, event, reason, person) "
    "SELECT o.id, $2 || 'd', $3, $4 FROM operator o WHERE o.id = $1 AND operator_state(o.id) <> $2 "
    "|| 'd' RETURNING 1) "
    "SELECT operator_state($1), (SELECT count(*) FROM changed)";

/* Its keys are worth nothing from the commit of switch_sql on; only then does this find all that it
 * can have stored. */
static const char withdraw_sql[] = "SELECT corridor.withdraw_operator($1, $2)";

/* False: said why not. */
static bool withdraw_prices(const char *name, const char *id, const char *reason, int64_t *count)
{
    const char *const params[] = {id, reason};
    struct db_result *rows = command_ask(name, withdraw_sql, params, COUNT_OF(params));
    bool known = rows && db_result_int64(rows, 0, 0, count);
    if (!known) {
        (void)command_failed(name,
                             "the keys of %s are worth nothing any more, but its prices still "
                             "stand; say it again in a moment",
                             id);
    }
    db_result_free(rows);
    return known;
}

static enum command_exit switch_operator(const char *name, bool enable, int argc, char **argv)
{
    const char *to = enable ? "enable" : "disable";
    const char *id = NULL;
    const char *reason = NULL;
    const struct argument known[] = {
        {.what = "OPERATOR", .value = &id, .needed = true},
        {"--reason", "why, for the record", &reason, NULL, true, 500},
    };
    enum command_exit status = COMMAND_FAILED;
    int64_t changed = 0;
    int64_t withdrawn = 0;
    if (!arguments_read(name, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    const char *const params[] = {id, to, reason, arguments_person()};
    struct db_result *rows = command_ask(name, switch_sql, params, COUNT_OF(params));
    if (!rows) {
        return COMMAND_FAILED;
    }
    if (!db_result_text(rows, 0, 0)) {
        (void)command_failed(name, "there is no registered operator %s", id);
    } else if (!db_result_int64(rows, 0, 1, &changed) ||
               (!enable && !withdraw_prices(name, id, reason, &withdrawn))) {
        status = COMMAND_FAILED;
    } else if (changed == 0 && withdrawn == 0) {
        (void)command_failed(name, "%s is %sd already", id, to);
    } else {
        (void)printf("%s is %sd", id, to);
        if (withdrawn > 0) {
            (void)printf("; %" PRId64 " of its prices are withdrawn", withdrawn);
        }
        (void)printf("\n");
        status = COMMAND_OK;
    }
    db_result_free(rows);
    return status;
}

enum command_exit operator_disable_command(int argc, char **argv)
{
    return switch_operator("operator disable", false, argc, argv);
}

enum command_exit operator_enable_command(int argc, char **argv)
{
    return switch_operator("operator enable", true, argc, argv);
}
