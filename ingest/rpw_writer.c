/*
 * A file is read at the same time as PostgreSQL stores it, each on a processor of its own. The hard
 * part is whose everything is: one batch at a time, and the session with it, belong to the thread,
 * from give to the next give. Nothing else is shared.
 */
#include <ingest/rpw_writer.h>

#include <corridor/db_session.h>

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct rpw_writer {
    struct db_session *session;
    pthread_t thread;
    bool started; /* the thread; with it the transaction */
    struct rpw_storing storing;

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t turn;
    struct rpw_batch *batch; /* to be stored, or being stored */
    bool ended;              /* there will be no other */
    bool failed;
};

struct rpw_writer *rpw_writer_new(struct db_session *session)
{
    struct rpw_writer *writer = calloc(1, sizeof *writer);
    if (writer) {
        writer->session = session;
        pthread_mutex_init(&writer->lock, NULL);
        pthread_cond_init(&writer->turn, NULL);
    }
    return writer;
}

static void *run(void *arg)
{
    struct rpw_writer *writer = arg;
    /* Not before there is something to store: a transaction's time is its beginning. */
    bool ok = db_session_begin(writer->session);
    pthread_mutex_lock(&writer->lock);
    for (;;) {
        while (!writer->batch && !writer->ended) {
            pthread_cond_wait(&writer->turn, &writer->lock);
        }
        if (!writer->batch) {
            break;
        }
        pthread_mutex_unlock(&writer->lock);
        ok = ok && rpw_batch_store(writer->batch, writer->session, &writer->storing);
        pthread_mutex_lock(&writer->lock);
        writer->batch = NULL;
        writer->failed = !ok;
        pthread_cond_signal(&writer->turn);
    }
    pthread_mutex_unlock(&writer->lock);
    return NULL;
}

/* The lock is held. */
static void wait_for_last(struct rpw_writer *writer)
{
    while (writer->batch) {
        pthread_cond_wait(&writer->turn, &writer->lock);
    }
}

bool rpw_writer_give(struct rpw_writer *writer, struct rpw_batch *batch)
{
    if (!writer->started) {
        if (pthread_create(&writer->thread, NULL, run, writer) != 0) {
            return false;
        }
        writer->started = true;
    }
    pthread_mutex_lock(&writer->lock);
    wait_for_last(writer);
    bool ok = !writer->failed;
    if (ok) {
        writer->batch = batch;
        pthread_cond_signal(&writer->turn);
    }
    pthread_mutex_unlock(&writer->lock);
    return ok;
}

void rpw_writer_stop(struct rpw_writer *writer)
{
    if (writer->started) {
        pthread_mutex_lock(&writer->lock);
        writer->ended = true;
        pthread_cond_signal(&writer->turn);
        pthread_mutex_unlock(&writer->lock);
        int joined = pthread_join(writer->thread, NULL);
        assert(joined == 0);
        (void)joined;
        writer->started = false;
    }
}

bool rpw_writer_finish(struct rpw_writer *writer)
{
    rpw_writer_stop(writer);
    return !writer->failed;
}

const char *rpw_writer_submission(const struct rpw_writer *writer)
{
    return writer->storing.submission;
}

void rpw_writer_free(struct rpw_writer *writer)
{
    if (writer) {
        rpw_writer_stop(writer);
        db_session_rollback(writer->session);
        pthread_cond_destroy(&writer->turn);
        pthread_mutex_destroy(&writer->lock);
        free(writer);
    }
}
