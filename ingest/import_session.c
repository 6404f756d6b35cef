/*
 * The frame round an import's own statements. The lock is taken before the transaction begins: a
 * transaction's time is its beginning, and the later of two versions must bear the later time.
 */
#include <ingest/import_session.h>

#include <inttypes.h>
#include <stdio.h>

enum {
    DIGEST_SIZE = 32
};

struct db_session *import_session_open(const char *name, const char *kind)
{
    const char *const lock[] = {kind};
    struct db_session *session = command_database(name, "corridor_ingest");
    if (!session) {
        return NULL;
    }
    struct db_result *result = db_session_query(
        session, "SELECT pg_try_advisory_lock(hashtext('corridor.import.' || $1))", lock, 1);
    bool ok = result != NULL;
    if (ok && !db_result_bool(result, 0, 0)) {
        (void)fprintf(stderr, "corridor %s: another import is running; waiting for its end\n",
                      name);
        ok = db_session_exec(session, "SELECT pg_advisory_lock(hashtext('corridor.import.' || $1))",
                             lock, 1);
    }
    db_result_free(result);
    if (!ok) {
        command_failed(name, "%s", db_session_error(session));
        db_session_close(session);
        return NULL;
    }
    return session;
}

bool import_count(struct db_session *session, const char *sql, uint64_t *count)
{
    int64_t number = 0;
    struct db_result *result = db_session_query(session, sql, NULL, 0);
    bool ok = result && db_result_int64(result, 0, 0, &number);
    *count = (uint64_t)number;
    db_result_free(result);
    return ok;
}

bool import_refuse_lines(struct db_session *session, const char *sql, const char *reason,
                         struct import_summary *summary)
{
    struct db_result *result = db_session_query(session, sql, NULL, 0);
    size_t rows = result ? db_result_rows(result) : 0;
    for (size_t i = 0; i < rows; i++) {
        int64_t line = 0;
        if (db_result_int64(result, i, 0, &line)) {
            import_summary_refuse(summary, reason, (uint64_t)line);
        }
    }
    db_result_free(result);
    return result != NULL;
}

bool import_submission_number(struct db_session *session, char submission[IMPORT_NUMBER_SIZE])
{
    struct db_result *result =
        db_session_query(session, "SELECT nextval('corridor.submission_id_seq')", NULL, 0);
    if (result) {
        (void)snprintf(submission, IMPORT_NUMBER_SIZE, "%s", db_result_text(result, 0, 0));
    }
    db_result_free(result);
    return result != NULL;
}

bool import_submission(struct db_session *session, const char *submission, const char *kind,
                       const struct import_summary *summary, const unsigned char *digest)
{
    static const char sql[] = "INSERT INTO corridor.submission"
                              " (id, kind, source, sha256, rows_read, taken, unchanged, refused)"
                              " OVERRIDING SYSTEM VALUE"
                              " VALUES ($1, $2, $3, decode($4, 'hex'), $5, $6, $7, $8)";
    char hex[2 * DIGEST_SIZE + 1];
    char numbers[4][IMPORT_NUMBER_SIZE];
    const uint64_t counts[4] = {summary->read, summary->added + summary->corrected,
                                summary->unchanged, summary->refused};
    const char *const params[] = {submission, kind,       summary->file, hex,
                                  numbers[0], numbers[1], numbers[2],    numbers[3]};
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", (unsigned)digest[i]);
    }
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        (void)snprintf(numbers[i], sizeof numbers[i], "%" PRIu64, counts[i]);
    }
    return db_session_exec(session, sql, params, COUNT_OF(params));
}

void import_array_add(struct out *array, struct span element)
{
    out_text(array, array->len == 0 ? "{\"" : ",\"");
    for (size_t i = 0; i < element.len; i++) {
        if (element.at[i] == '"' || element.at[i] == '\\') {
            out_char(array, '\\');
        }
        out_char(array, element.at[i]);
    }
    out_char(array, '"');
}

const char *import_array_end(struct out *array)
{
    out_text(array, array->len == 0 ? "{}" : "}");
    out_bytes(array, "", 1);
    return out_failed(array) ? NULL : array->at;
}
