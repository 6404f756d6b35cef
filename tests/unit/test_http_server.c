/* A server's life: starting, what stops a start, posts from other threads, draining, ending. */
#include "http_echo.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORKERS 2
#define POSTERS 3
#define POSTS   2000

static struct http_config config;

static int open_echo(void **state)
{
    (void)state;
    config = (struct http_config){.workers = WORKERS};
    http_echo_open(&config);
    return 0;
}

static int close_echo(void **state)
{
    (void)state;
    http_echo_close();
    return 0;
}

static struct http_server *start(void)
{
    int error = -1;
    struct http_server *server = http_server_start(&config, &error);
    assert_non_null(server);
    assert_int_equal(error, 0);
    return server;
}

static void end(struct http_server *server)
{
    http_server_drain(server);
    http_server_wait(server);
}

static void tells_what_stops_a_start(void **state)
{
    static const struct {
        const char *address;
        int error;
    } rows[] = {
        {"127.0.0.1", EADDRINUSE},    {"localhost", EADDRNOTAVAIL},   {"", EADDRNOTAVAIL},
        {"192.0.2.1", EADDRNOTAVAIL}, {"127.0.0.300", EADDRNOTAVAIL},
    };
    struct http_server *server = start();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_config other = config;
        int error = 0;
        other.port = http_server_port(server);
        other.address = rows[i].address;
        assert_null(http_server_start(&other, &error));
        if (error != rows[i].error) {
            fail_msg("%s: %s", rows[i].address, strerror(error));
        }
    }
    end(server);
}

static unsigned opened;
static unsigned closed;

static bool open_first_only(struct http_worker *worker, void *arg)
{
    assert_ptr_equal(arg, &opened);
    assert_non_null(http_worker_base(worker));
    return http_worker_index(worker) == opened++ && opened < WORKERS;
}

static void count_closed(struct http_worker *worker, void *arg)
{
    (void)worker;
    (void)arg;
    closed++;
}

static void closes_the_workers_it_opened(void **state)
{
    struct http_config other = config;
    int error = 0;
    (void)state;
    other.worker_init = open_first_only;
    other.worker_done = count_closed;
    other.arg = &opened;
    assert_null(http_server_start(&other, &error));
    assert_int_equal(error, ECANCELED);
    assert_int_equal(opened, WORKERS);
    assert_int_equal(closed, WORKERS - 1);
}

/* ---- Posts ---- */

struct poster {
    struct http_server *server;
    pthread_t thread;
    unsigned next[WORKERS]; /* what each worker expects; touched by that worker only */
    bool in_order[WORKERS];
};

struct letter {
    struct poster *poster;
    unsigned number;
};

static void receive(struct http_worker *worker, void *arg)
{
    struct letter *letter = arg;
    unsigned index = http_worker_index(worker);
    struct poster *poster = letter->poster;
    poster->in_order[index] = poster->in_order[index] && poster->next[index]++ == letter->number;
    free(letter);
}

static void *post_all(void *arg)
{
    struct poster *poster = arg;
    for (unsigned i = 0; i < POSTS * WORKERS; i++) {
        struct letter *letter = malloc(sizeof *letter);
        if (letter == NULL) {
            abort();
        }
        *letter = (struct letter){poster, i / WORKERS};
        if (!http_worker_post(http_server_worker(poster->server, i % WORKERS), receive, letter)) {
            abort();
        }
    }
    return NULL;
}

static void runs_posts_in_order(void **state)
{
    static struct poster posters[POSTERS];
    struct http_server *server = start();
    (void)state;
    assert_int_equal(http_server_workers(server), WORKERS);
    for (unsigned i = 0; i < POSTERS; i++) {
        posters[i] = (struct poster){.server = server, .in_order = {true, true}};
        assert_int_equal(pthread_create(&posters[i].thread, NULL, post_all, &posters[i]), 0);
    }
    for (unsigned i = 0; i < POSTERS; i++) {
        pthread_join(posters[i].thread, NULL);
    }
    /* What was posted runs, at the latest while the workers end. */
    end(server);
    for (unsigned i = 0; i < POSTERS; i++) {
        for (unsigned worker = 0; worker < WORKERS; worker++) {
            assert_true(posters[i].in_order[worker]);
            assert_int_equal(posters[i].next[worker], POSTS);
        }
    }
}

static void post_again(struct http_worker *worker, void *arg)
{
    unsigned *left = arg;
    if (*left > 0) {
        --*left;
        assert_true(http_worker_post(worker, post_again, left));
    }
}

static void runs_posts_of_posts(void **state)
{
    unsigned left = 100;
    struct http_server *server = start();
    (void)state;
    assert_true(http_worker_post(http_server_worker(server, 0), post_again, &left));
    end(server);
    assert_int_equal(left, 0);
}

/* ---- Addresses ---- */

static void listens_on_ipv6(void **state)
{
    struct http_config other = config;
    int error = 0;
    (void)state;
    other.address = "::1";
    struct http_server *server = http_server_start(&other, &error);
    if (server == NULL) {
        assert_int_equal(error, EADDRNOTAVAIL); /* a machine without IPv6 */
        skip();
    }
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    static const char ask[] = "GET /param/a/b HTTP/1.0\r\n\r\n";
    char answer[1024] = "";
    size_t len = 0;
    ssize_t got = 0;
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    address.sin6_port = htons(http_server_port(server));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(write(fd, ask, sizeof ask - 1), sizeof ask - 1);
    while (len < sizeof answer - 1 && (got = read(fd, answer + len, sizeof answer - 1 - len)) > 0) {
        len += (size_t)got;
    }
    close(fd);
    end(server);
    assert_non_null(strstr(answer, "\r\n\r\na|b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_stops_a_start), cmocka_unit_test(closes_the_workers_it_opened),
        cmocka_unit_test(runs_posts_in_order),      cmocka_unit_test(runs_posts_of_posts),
        cmocka_unit_test(listens_on_ipv6),
    };
    return UNIT_RUN(tests, open_echo, close_echo);
}
