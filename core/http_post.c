/* Work for a worker from other threads: a short list behind a lock, and an eventfd that wakes the
 * worker. */
#include "http_engine.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool http_post_open(struct http_worker *worker)
{
    worker->post_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    worker->posts_end = &worker->posts;
    return worker->post_fd >= 0 && pthread_mutex_init(&worker->post_lock, NULL) == 0;
}

void http_post_wake(struct http_worker *worker)
{
    const uint64_t one = 1;
    /* Fails only when the counter is full, and then the worker is awake already. */
    ssize_t ignored = write(worker->post_fd, &one, sizeof one);
    (void)ignored;
}

bool http_worker_post(struct http_worker *worker, void (*fn)(struct http_worker *worker, void *arg),
                      void *arg)
{
    struct http_post *post = malloc(sizeof *post);
    if (post == NULL) {
        return false;
    }
    *post = (struct http_post){fn, arg, NULL};
    pthread_mutex_lock(&worker->post_lock);
    bool taken = !worker->post_closed;
    if (taken) {
        *worker->posts_end = post;
        worker->posts_end = &post->next;
        http_post_wake(worker); /* under the lock: afterwards the worker may end at once */
    }
    pthread_mutex_unlock(&worker->post_lock);
    if (!taken) {
        free(post);
    }
    return taken;
}

static struct http_post *post_take(struct http_worker *worker, bool close)
{
    pthread_mutex_lock(&worker->post_lock);
    struct http_post *posts = worker->posts;
    worker->posts = NULL;
    worker->posts_end = &worker->posts;
    worker->post_closed = worker->post_closed || (close && posts == NULL);
    pthread_mutex_unlock(&worker->post_lock);
    return posts;
}

static bool post_run(struct http_worker *worker, bool close)
{
    struct http_post *post = post_take(worker, close);
    bool any = post != NULL;
    while (post != NULL) {
        struct http_post *next = post->next;
        post->fn(worker, post->arg);
        free(post);
        post = next;
    }
    return any;
}

void http_post_run(struct http_worker *worker)
{
    post_run(worker, false);
}

void http_post_close(struct http_worker *worker)
{
    while (post_run(worker, true)) {
    }
}
