/*
 * The honest client of tests/http/attacks.py: honest PORT. It asks on one connection once a
 * millisecond, and comes anew on another a hundred times a second, as somebody does who arrives in
 * the middle of an attack. Each line on its input ends a phase, of which it then tells in JSON; its
 * end ends it.
 *
 * The hard part is to wait for the server and for nothing else. The client shares its core with
 * those who attack, so what counts is when the last byte of an answer reached the client's kernel,
 * which the kernel writes beside it (SO_TIMESTAMPNS) on the server's core, and not when the client
 * came to read it. And a server that stalls must not hide the stall by keeping the client from
 * asking: a request that was due while the one before it was waiting counts from when it was due.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define KEPT_EVERY_NS 1000000U
#define NEW_EVERY_NS  10000000U
#define PATIENCE      2 /* seconds that somebody new waits; who is in waits ten times as long */
#define TIMES_MAX     ((size_t)1 << 18)

static const char request[] = "GET /param/a/b HTTP/1.1\r\nHost: example.org\r\n\r\n";
static const char answer_begin[] = "HTTP/1.1 200 ";
static const char answer_end[] = "\r\n\r\na|b";

/* What one kind of asking waited in this phase. */
struct series {
    const char *name;
    uint64_t every_ns;
    bool anew; /* a connection for each */
    pthread_mutex_t lock;
    uint32_t *arrived; /* microseconds until an answer was there */
    uint32_t *read;    /* until it was read */
    size_t count;
    size_t unserved; /* wrong answers and none */
};

static uint16_t port;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* The clock that the kernel stamps by. */
static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
    const struct timespec at = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
    while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &at, NULL) == EINTR) {
    }
}

/* -1: the server is not there, or says no. */
static int connect_here(time_t patience)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval wait = {patience, 0};
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0) {
        die("socket");
    }
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* As recv, and when that reached the kernel. */
static ssize_t receive(int fd, char *to, size_t len, uint64_t *arrived_ns)
{
    union {
        char bytes[CMSG_SPACE(sizeof(struct timespec))];
        struct cmsghdr align;
    } control;
    struct iovec piece = {to, len};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got = recvmsg(fd, &message, 0);
    *arrived_ns = now_ns(); /* where it bears no stamp */
    const struct cmsghdr *said = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (said != NULL && said->cmsg_type == SCM_TIMESTAMPNS) {
        struct timespec at;
        memcpy(&at, CMSG_DATA(said), sizeof at);
        *arrived_ns = (uint64_t)at.tv_sec * 1000000000 + (uint64_t)at.tv_nsec;
    }
    return got;
}

/* False: no answer, or a wrong one. */
static bool ask(int fd, uint64_t *arrived_ns)
{
    char bytes[4096] = "";
    size_t len = 0;
    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) != (ssize_t)sizeof request - 1) {
        return false;
    }
    while (len < sizeof bytes - 1 && strstr(bytes, answer_end) == NULL) {
        ssize_t got = receive(fd, bytes + len, sizeof bytes - 1 - len, arrived_ns);
        if (got <= 0) {
            return false;
        }
        len += (size_t)got;
        bytes[len] = '\0';
    }
    return strncmp(bytes, answer_begin, sizeof answer_begin - 1) == 0;
}

static void note(struct series *series, bool served, uint64_t begun, uint64_t arrived)
{
    uint64_t read = now_ns();
    pthread_mutex_lock(&series->lock);
    series->unserved += served ? 0 : 1;
    if (served && series->count < TIMES_MAX) {
        series->arrived[series->count] = (uint32_t)((arrived - begun) / 1000);
        series->read[series->count++] = (uint32_t)((read - begun) / 1000);
    }
    pthread_mutex_unlock(&series->lock);
}

static void *run(void *arg)
{
    struct series *series = arg;
    int fd = series->anew ? -1 : connect_here(PATIENCE * 10);
    uint64_t due = now_ns();
    uint64_t arrived = 0;
    while (series->anew || fd >= 0) {
        bool waited = arrived > due; /* for the one before */
        sleep_until(due);
        uint64_t begun = waited ? due : now_ns();
        fd = series->anew ? connect_here(PATIENCE) : fd;
        bool served = fd >= 0 && ask(fd, &arrived);
        note(series, served, begun, arrived);
        if (fd >= 0 && (series->anew || !served)) {
            close(fd);
            fd = -1;
        }
        due = begun + series->every_ns;
    }
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a;
    uint32_t other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

static double share_ms(uint32_t *times, size_t count, unsigned percent)
{
    qsort(times, count, sizeof *times, by_size);
    return count == 0 ? 0 : times[(count - 1) * percent / 100] / 1e3;
}

/* What a phase was; the next begins. */
static void tell(struct series *series)
{
    uint32_t *next_arrived = calloc(TIMES_MAX, sizeof *next_arrived);
    uint32_t *next_read = calloc(TIMES_MAX, sizeof *next_read);
    if (next_arrived == NULL || next_read == NULL) {
        die("memory");
    }
    pthread_mutex_lock(&series->lock);
    uint32_t *arrived = series->arrived;
    uint32_t *read = series->read;
    size_t count = series->count;
    size_t unserved = series->unserved;
    series->arrived = next_arrived;
    series->read = next_read;
    series->count = series->unserved = 0;
    pthread_mutex_unlock(&series->lock);
    printf("\"%s\": {\"count\": %zu, \"unserved\": %zu, \"p50_ms\": %.3f, \"p99_ms\": %.3f, "
           "\"max_ms\": %.3f, \"read_p99_ms\": %.3f}",
           series->name, count, unserved, share_ms(arrived, count, 50),
           share_ms(arrived, count, 99), share_ms(arrived, count, 100), share_ms(read, count, 99));
    free(arrived);
    free(read);
}

int main(int argc, char **argv)
{
    static struct series kept = {
        .name = "kept", .every_ns = KEPT_EVERY_NS, .lock = PTHREAD_MUTEX_INITIALIZER};
    static struct series anew = {
        .name = "new", .every_ns = NEW_EVERY_NS, .anew = true, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct series *const all[] = {&kept, &anew};
    if (argc != 2) {
        fputs("honest PORT\n", stderr);
        return 2;
    }
    port = (uint16_t)strtoul(argv[1], NULL, 10);
    prctl(PR_SET_TIMERSLACK, 1UL);
    for (unsigned i = 0; i < 2; i++) {
        pthread_t thread;
        all[i]->arrived = calloc(TIMES_MAX, sizeof *all[i]->arrived);
        all[i]->read = calloc(TIMES_MAX, sizeof *all[i]->read);
        if (all[i]->arrived == NULL || all[i]->read == NULL ||
            pthread_create(&thread, NULL, run, all[i]) != 0) {
            die("threads");
        }
        pthread_detach(thread);
    }
    for (int byte = getchar(); byte != EOF; byte = getchar()) {
        fputs("{", stdout);
        tell(&kept);
        fputs(", ", stdout);
        tell(&anew);
        fputs("}\n", stdout);
        fflush(stdout);
    }
    return 0;
}
