/*
 * Survey rows into the record. The hard part is to be quick and exact at once: rows are stored
 * while the file is still being read, in one transaction that a fault at its very end takes back
 * whole; so what the file as a whole decides (which ids repeat, which operators are new) is kept
 * here, in little memory, and stored last.
 */
#include <ingest/rpw_store.h>

#include <ingest/import_ids.h>
#include <ingest/import_session.h>
#include <ingest/operator_directory.h>
#include <ingest/rpw_tally.h>
#include <ingest/rpw_writer.h>

#include <stdio.h>
#include <stdlib.h>

enum {
    ARRAY_LIMIT = 64 * 1024 * 1024 /* of every operator's name, in a file that is all operators */
};

static const char operators_sql[] =
    "INSERT INTO corridor.operator (id, name, type, origin) "
    "SELECT id, name, type, 'survey' FROM unnest($1::text[], $2::text[], $3::text[]) o "
    "(id, name, type) ON CONFLICT (id) DO NOTHING";

static const char changes_sql[] =
    "INSERT INTO corridor.change_log (corridor) SELECT unnest($1::text[])";

struct rpw_store {
    struct db_session *session;
    struct operator_directory *operators;
    struct import_ids *ids;
    struct rpw_tally *tally;
    struct rpw_writer *writer;
    /* One is filled while the other, if it has rows, is with the writer. */
    struct rpw_batch *filling;
    struct rpw_batch *given;
};

static bool load_operators(struct rpw_store *store)
{
    struct db_result *known = db_session_query(
        store->session,
        "SELECT id, name, origin <> 'demonstration' FROM corridor.operator ORDER BY id", NULL, 0);
    size_t count = known ? db_result_rows(known) : 0;
    bool ok = known != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        ok = operator_directory_enter(store->operators, db_result_span(known, i, 0),
                                      db_result_span(known, i, 1), db_result_bool(known, i, 2));
    }
    db_result_free(known);
    return ok;
}

struct rpw_store *rpw_store_open(struct db_session *session)
{
    struct rpw_store *store = calloc(1, sizeof *store);
    if (!store) {
        return NULL;
    }
    store->session = session;
    store->operators = operator_directory_new();
    store->ids = import_ids_new();
    store->tally = rpw_tally_new();
    store->writer = rpw_writer_new(session);
    store->filling = rpw_batch_new();
    store->given = rpw_batch_new();
    if (!store->operators || !store->ids || !store->tally || !store->writer || !store->filling ||
        !store->given || !load_operators(store)) {
        rpw_store_close(store);
        return NULL;
    }
    return store;
}

const char *rpw_store_error(struct rpw_store *store)
{
    rpw_writer_stop(store->writer); /* the session is its until then */
    return db_session_error(store->session);
}

void rpw_store_close(struct rpw_store *store)
{
    if (store) {
        rpw_writer_free(store->writer);
        rpw_batch_free(store->filling);
        rpw_batch_free(store->given);
        rpw_tally_free(store->tally);
        import_ids_free(store->ids);
        operator_directory_free(store->operators);
        free(store);
    }
}

/*
 * An id names a row of one quarter. Where a file has it in another quarter too (its two sheets may
 * count alike), that is another row: it is kept under its id and quarter, 123@2017-Q1, the earlier
 * row under the id alone. Within a quarter a second row of an id is refused. *id becomes that under
 * which the row is kept, in the buffer where it differs.
 */
static enum rpw_stored apart(struct rpw_store *store, const char *period, struct span *id,
                             char buffer[RPW_ID_MAX + 16])
{
    uint16_t number = rpw_period_number(period);
    uint16_t first = number;
    enum import_id entered = import_ids_enter(store->ids, *id, &first);
    if (entered == IMPORT_ID_KNOWN && first != number) {
        (void)snprintf(buffer, RPW_ID_MAX + 16, "%.*s@%s", (int)id->len, id->at, period);
        *id = span_of(buffer);
        entered = import_ids_enter(store->ids, *id, &first);
    }
    switch (entered) {
    case IMPORT_ID_NEW:
        return RPW_STORED;
    case IMPORT_ID_KNOWN:
        return RPW_STORED_REPEATED;
    case IMPORT_ID_TOO_MANY:
        return RPW_STORED_TOO_MANY;
    case IMPORT_ID_NO_MEMORY:
        break;
    }
    return RPW_STORED_FAILED;
}

/* The full batch to the writer, and the one that it has stored back. */
static bool turn(struct rpw_store *store)
{
    struct rpw_batch *full = store->filling;
    if (!rpw_writer_give(store->writer, full) || !rpw_tally_batch(store->tally, store->given)) {
        return false;
    }
    store->filling = store->given;
    store->given = full;
    rpw_batch_clear(store->filling);
    return true;
}

enum rpw_stored rpw_store_add(struct rpw_store *store, const struct rpw_observation *o,
                              struct span published)
{
    char kept_id[RPW_ID_MAX + 16];
    struct span id = o->id;
    const struct directory_operator *operator_known =
        operator_directory_find(store->operators, o->firm);
    if (!operator_known) {
        return RPW_STORED_NO_NAME;
    }
    enum rpw_stored stored = apart(store, o->period, &id, kept_id);
    if (stored != RPW_STORED) {
        return stored;
    }
    if (rpw_batch_is_full(store->filling, id.len + o->firm.len + published.len) && !turn(store)) {
        return RPW_STORED_FAILED;
    }
    return rpw_tally_row(store->tally, o, operator_known->id, operator_known->number) &&
                   rpw_batch_add(store->filling, o, id, operator_known->id, operator_known->number,
                                 published)
               ? RPW_STORED
               : RPW_STORED_FAILED;
}

/* The last batch; then nobody but this thread uses the session. */
static bool finish(struct rpw_store *store)
{
    return (store->filling->count == 0 || turn(store)) && rpw_writer_finish(store->writer) &&
           rpw_tally_batch(store->tally, store->given);
}

static bool store_operators(struct rpw_store *store)
{
    struct out arrays[3];
    const char *params[COUNT_OF(arrays)];
    bool ok = true;
    for (size_t i = 0; i < COUNT_OF(arrays); i++) {
        out_init(&arrays[i], ARRAY_LIMIT);
    }
    rpw_tally_operators(store->tally, &arrays[0], &arrays[1], &arrays[2]);
    for (size_t i = 0; i < COUNT_OF(arrays); i++) {
        params[i] = import_array_end(&arrays[i]);
        ok = ok && params[i];
    }
    ok = ok && db_session_exec(store->session, operators_sql, params, COUNT_OF(params));
    for (size_t i = 0; i < COUNT_OF(arrays); i++) {
        out_free(&arrays[i]);
    }
    return ok;
}

static bool store_changes(struct rpw_store *store)
{
    struct out corridors;
    out_init(&corridors, ARRAY_LIMIT);
    rpw_tally_corridors(store->tally, &corridors);
    const char *const params[] = {import_array_end(&corridors)};
    bool ok = params[0] && db_session_exec(store->session, changes_sql, params, COUNT_OF(params)) &&
              db_session_script(store->session, "NOTIFY corridor_changes");
    out_free(&corridors);
    return ok;
}

bool rpw_store_commit(struct rpw_store *store, struct import_summary *summary,
                      const unsigned char *digest)
{
    struct db_session *session = store->session;
    if (!finish(store)) {
        return false;
    }
    rpw_tally_tell(store->tally, summary);
    if (summary->added + summary->corrected == 0) {
        return true;
    }
    return import_submission(session, rpw_writer_submission(store->writer), "survey", summary,
                             digest) &&
           store_operators(store) && store_changes(store) && db_session_commit(session);
}
