/*
 * Keys of operators and researchers. The hard part is the HMAC secret: it is made here, shown once
 * on standard output, and stored sealed; it stands in no argument, no log and no other file. With
 * Ed25519 there is no secret at all on this side, which is why it is preferred.
 */
#include <ingest/key_admin.h>

#include <corridor/config.h>

#include <ingest/arguments.h>
#include <ingest/feed_key.h>
#include <ingest/feed_seal.h>
#include <ingest/listing.h>

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <unistd.h>

const char key_issue_details[] =
    "  --ed25519 FILE.pem    registers the public key that the operator made; - reads standard\n"
    "                        input. Preferred: the secret half never leaves the operator.\n"
    "                          openssl genpkey -algorithm ed25519 -out private.pem\n"
    "                          openssl pkey -in private.pem -pubout -out FILE.pem\n"
    "  --hmac                makes a secret for HMAC-SHA-256 and shows it once\n"
    "  --researcher          the owner is a researcher, not an operator\n"
    "\nTwo keys of an owner may be valid at once: issue the new one, let the operator change "
    "over,\n"
    "revoke the old one. Running programs know a new key within a second.\n";

const char key_revoke_details[] =
    "A revoked key is worth nothing from this moment on, also for what is being sent, and stays\n"
    "revoked. Who revoked it, when and why is kept.\n";

#define ISSUE  "key issue"
#define LIST   "key list"
#define REVOKE "key revoke"

enum {
    SECRET_SIZE = 32,
    KEYID_SIZE = 65,
    SEALED_SIZE = SECRET_SIZE + FEED_SEAL_OVERHEAD,
};

struct issue {
    const char *owner;
    const char *pem;
    bool researcher;
    bool hmac;
    bool json;
    char keyid[KEYID_SIZE];
    char secret[SECRET_SIZE * 2];     /* base64, of HMAC */
    char stored[SEALED_SIZE * 2 + 3]; /* \x and the hexadecimal digits of what is stored */
};

static void write_hex(char *text, const uint8_t *bytes, size_t count)
{
    text += snprintf(text, 3, "\\x");
    for (size_t i = 0; i < count; i++) {
        text += snprintf(text, 3, "%02x", bytes[i]);
    }
}

/* The owner's id, cut, and 40 random bits: a name to recognise, that nobody else's key has. */
static bool make_keyid(struct issue *issue)
{
    static const char digits[] = "abcdefghjkmnpqrstuvwxyz023456789";
    uint8_t bits[8];
    if (RAND_bytes(bits, sizeof bits) != 1) {
        (void)command_failed(ISSUE, "no random bytes to be had");
        return false;
    }
    int len = snprintf(issue->keyid, sizeof issue->keyid, "%.48s-", issue->owner);
    for (size_t i = 0; i < sizeof bits; i++) {
        issue->keyid[len++] = digits[bits[i] % 32];
    }
    issue->keyid[len] = '\0';
    return true;
}

/* ---- Ed25519 ---- */

static bool read_public_key(struct issue *issue)
{
    uint8_t bytes[FEED_ED25519_KEY_SIZE];
    size_t len = sizeof bytes;
    const bool standard = strcmp(issue->pem, "-") == 0;
    BIO *file = standard ? BIO_new_fp(stdin, BIO_NOCLOSE) : BIO_new_file(issue->pem, "r");
    if (!file) {
        (void)command_failed(ISSUE, "%s cannot be opened: %s", issue->pem, strerror(errno));
        return false;
    }
    EVP_PKEY *key = PEM_read_bio_PUBKEY(file, NULL, NULL, NULL);
    BIO_free(file);
    const bool right = key && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 &&
                       EVP_PKEY_get_raw_public_key(key, bytes, &len) == 1 && len == sizeof bytes;
    EVP_PKEY_free(key);
    if (!right) {
        (void)command_failed(ISSUE,
                             "%s holds no public Ed25519 key in PEM (-----BEGIN PUBLIC KEY-----); "
                             "corridor key issue --help shows how one is made. Never send the "
                             "private one",
                             issue->pem);
        return false;
    }
    write_hex(issue->stored, bytes, sizeof bytes);
    return true;
}

/* ---- HMAC ---- */

/* Secrets sealed with a master key that is gone are lost, and with another master key there would
 * be two: then nothing is issued before that is settled. */
static bool check_master_key(struct db_session *session, const struct feed_seal *seal)
{
    const char *const params[] = {seal ? feed_seal_name(seal) : ""};
    struct db_result *rows = db_session_query(
        session,
        "SELECT id FROM feed_key WHERE revoked_at IS NULL AND sealed_secret IS NOT NULL AND "
        "encode(substr(sealed_secret, 2, 4), 'hex') <> $1 LIMIT 1",
        params, 1);
    const bool right = rows && db_result_rows(rows) == 0;
    if (!rows) {
        (void)command_failed(ISSUE, "%s", db_session_error(session));
    } else if (!right) {
        (void)command_failed(ISSUE,
                             "the key %s was sealed with another master key than "
                             "CORRIDOR_MASTER_KEY_FILE has; put that one back, or revoke the keys "
                             "that it sealed",
                             db_result_text(rows, 0, 0));
    }
    db_result_free(rows);
    return right;
}

static struct feed_seal *open_seal(struct db_session *session)
{
    struct config config;
    char error[512];
    bool created = false;
    if (!config_load(&config)) {
        return NULL;
    }
    const bool absent = access(config.master_key_file, F_OK) != 0;
    if (absent && !check_master_key(session, NULL)) {
        return NULL;
    }
    struct feed_seal *seal =
        feed_seal_load(config.master_key_file, absent, &created, error, sizeof error);
    if (!seal) {
        (void)command_failed(ISSUE, "%s", error);
    } else if (created) {
        (void)fprintf(stderr,
                      "corridor " ISSUE
                      ": made the master key %s, which seals HMAC secrets. Keep a "
                      "copy of it, apart from the database's\n",
                      config.master_key_file);
    } else if (!check_master_key(session, seal)) {
        feed_seal_free(seal);
        seal = NULL;
    }
    return seal;
}

static bool make_secret(struct issue *issue, struct db_session *session)
{
    uint8_t secret[SECRET_SIZE];
    uint8_t sealed[SEALED_SIZE];
    struct feed_seal *seal = open_seal(session);
    if (!seal) {
        return false;
    }
    const bool made = RAND_bytes(secret, sizeof secret) == 1 &&
                      feed_seal_seal(seal, span_of(issue->keyid), secret, sizeof secret, sealed);
    if (made) {
        EVP_EncodeBlock((unsigned char *)issue->secret, secret, sizeof secret);
        write_hex(issue->stored, sealed, sizeof sealed);
    } else {
        (void)command_failed(ISSUE, "OpenSSL could not make or seal a secret");
    }
    OPENSSL_cleanse(secret, sizeof secret);
    feed_seal_free(seal);
    return made;
}

/* ---- issue ---- */

/* No row: no such owner. A null slot, which the column refuses: two keys are valid already. */
static const char issue_sql[] =
    "WITH owner AS (SELECT o.id AS operator, NULL AS researcher FROM operator o "
    "               WHERE NOT $3::boolean AND o.id = $2 AND operator_state(o.id) IS NOT NULL "
    "               UNION ALL SELECT NULL, r.id FROM researcher r WHERE $3::boolean AND r.id = $2) "
    "INSERT INTO feed_key (id, operator, researcher, slot, algorithm, public_key, sealed_secret, "
    "                      person) "
    "SELECT $1, w.operator, w.researcher, (SELECT min(s) FROM generate_series(1, 2) s WHERE NOT "
    "       EXISTS (SELECT FROM feed_key k WHERE k.slot = s AND k.revoked_at IS NULL AND "
    "       coalesce(k.operator, k.researcher) = $2 AND (k.operator IS NULL) = $3::boolean)), $4, "
    "       CASE $4 WHEN 'ed25519' THEN $5::bytea END, "
    "       CASE $4 WHEN 'hmac-sha256' THEN $5::bytea END, $6 "
    "FROM owner w";

/* The secret goes from here to standard output, past the database, which may log what it is sent.
 */
static enum command_exit show_key(const struct issue *issue)
{
    const char *const shown[][2] = {
        {"key", issue->keyid},
        {"owner", issue->owner},
        {"algorithm", feed_algorithm_code(issue->hmac ? FEED_HMAC_SHA256 : FEED_ED25519)},
        {"secret", issue->secret},
    };
    struct out out;
    out_init(&out, OUT_LIMIT_DEFAULT);
    if (issue->json) {
        json_open(&out, '{');
    }
    for (size_t i = 0; i < COUNT_OF(shown) - !issue->hmac; i++) {
        if (issue->json) {
            json_member_text(&out, shown[i][0], shown[i][1]);
        } else {
            out_printf(&out, "%-18s%s\n", shown[i][0], shown[i][1]);
        }
    }
    if (issue->json) {
        json_close(&out, '}');
        out_char(&out, '\n');
    } else if (issue->hmac) {
        out_text(&out, "The secret is shown this once and cannot be had again: give it to the "
                       "owner alone.\n");
    }
    return listing_print(ISSUE, &out) ? COMMAND_OK : COMMAND_FAILED;
}

static enum command_exit store_key(const struct issue *issue, struct db_session *session)
{
    const char *const params[] = {
        issue->keyid,
        issue->owner,
        issue->researcher ? "t" : "f",
        feed_algorithm_code(issue->hmac ? FEED_HMAC_SHA256 : FEED_ED25519),
        issue->stored,
        arguments_person()};
    struct db_result *rows = db_session_query(session, issue_sql, params, COUNT_OF(params));
    const char *sqlstate = db_session_sqlstate(session);
    const char *kind = issue->researcher ? "researcher" : "operator";
    if (!rows && (strcmp(sqlstate, "23502") == 0 ||
                  strstr(db_session_error(session), "feed_key_operator") != NULL ||
                  strstr(db_session_error(session), "feed_key_researcher") != NULL)) {
        return command_failed(ISSUE,
                              "%s has two valid keys already; revoke one: corridor key list "
                              "%s",
                              issue->owner, issue->owner);
    }
    if (!rows && strcmp(sqlstate, "23505") == 0) {
        return command_failed(ISSUE, "that public key is registered already; make a new pair");
    }
    if (!rows) {
        return command_failed(ISSUE, "%s", db_session_error(session));
    }
    const uint64_t stored = db_result_affected(rows);
    db_result_free(rows);
    if (stored == 0) {
        return command_failed(ISSUE, "there is no registered %s %s; corridor %s add registers one",
                              kind, issue->owner, kind);
    }
    return show_key(issue);
}

enum command_exit key_issue_command(int argc, char **argv)
{
    struct issue issue = {0};
    enum command_exit status = COMMAND_FAILED;
    const struct argument known[] = {
        {.what = "OWNER", .value = &issue.owner, .needed = true, .most = 80},
        {"--ed25519", "the file with the public key", &issue.pem, NULL, false, 1000},
        {"--hmac", "", NULL, &issue.hmac, false, 0},
        {"--researcher", "", NULL, &issue.researcher, false, 0},
        {"--json", "", NULL, &issue.json, false, 0},
    };
    if (!arguments_read(ISSUE, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    if (issue.hmac == (issue.pem != NULL)) {
        return command_usage(ISSUE, "one of --ed25519 FILE.pem and --hmac is wanted");
    }
    if (!make_keyid(&issue) || (issue.pem && !read_public_key(&issue))) {
        return COMMAND_FAILED;
    }
    struct db_session *session = command_database(ISSUE, NULL);
    if (session && (issue.pem || make_secret(&issue, session))) {
        status = store_key(&issue, session);
    }
    db_session_close(session);
    OPENSSL_cleanse(issue.secret, sizeof issue.secret);
    return status;
}

/* ---- list, revoke ---- */

enum command_exit key_list_command(int argc, char **argv)
{
    static const char *const headings[] = {"key",   "owner",  "algorithm", "state",
                                           "since", "reason", "who",       "login"};
    const char *owner = NULL;
    bool json = false;
    const struct argument known[] = {
        {.what = "OWNER", .value = &owner},
        {"--json", "", NULL, &json, false, 0},
    };
    if (!arguments_read(LIST, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    return listing_finish(
        LIST,
        command_ask(LIST,
                    "SELECT k.id, coalesce(k.operator, k.researcher), k.algorithm, "
                    "CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' "
                    "     WHEN operator_state(k.operator) = 'disabled' THEN 'owner disabled' "
                    "     ELSE 'valid' END, "
                    "to_char(coalesce(k.revoked_at, k.recorded_at), "
                    "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), k.revoked_reason, coalesce("
                    "k.revoked_person, k.person), coalesce(k.revoked_login, k.login) FROM feed_key "
                    "k WHERE $1::text IS NULL OR coalesce(k.operator, k.researcher) = $1 "
                    "ORDER BY 2, k.recorded_at, k.id",
                    &owner, 1),
        headings, false, json);
}

enum command_exit key_revoke_command(int argc, char **argv)
{
    const char *owner = NULL;
    const char *keyid = NULL;
    const char *reason = NULL;
    const struct argument known[] = {
        {.what = "OWNER", .value = &owner, .needed = true},
        {.what = "KEY", .value = &keyid, .needed = true},
        {"--reason", "why, for the record", &reason, NULL, true, 500},
    };
    if (!arguments_read(REVOKE, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    const char *const params[] = {owner, keyid, reason, arguments_person()};
    struct db_result *rows =
        command_ask(REVOKE,
                    "UPDATE feed_key k SET revoked_at = now(), revoked_reason = $3, revoked_login "
                    "= acting_login(), revoked_person = $4 WHERE k.id = $2 AND "
                    "coalesce(k.operator, k.researcher) = $1 AND k.revoked_at IS NULL",
                    params, COUNT_OF(params));
    if (!rows) {
        return COMMAND_FAILED;
    }
    const uint64_t revoked = db_result_affected(rows);
    db_result_free(rows);
    if (revoked == 0) {
        return command_failed(REVOKE, "%s has no valid key %s; corridor key list %s shows them",
                              owner, keyid, owner);
    }
    (void)printf("%s is revoked\n", keyid);
    return COMMAND_OK;
}
