/*
 * The load of `make bench-ingest`: quotes sent to corridor-ingestd as an operator sends them, and
 * the same rows sent to PostgreSQL by a bare loop. One JSON line says what was seen.
 *
 *   bench_ingest post PORT OPERATOR KEY SECRET CONNECTIONS SUBMISSIONS QUOTES ROUND
 *   bench_ingest bulk PORT OPERATOR KEY SECRET QUOTES ROUND
 *   bench_ingest bare CONNINFO OPERATOR SUBMISSIONS QUOTES ROUND
 *
 * For post, OPERATOR, KEY and SECRET may be lists with commas: its connections take them in turn.
 *
 * The hard part is to be no limit itself: every request is written and signed before the clock
 * starts, the rows of the bare loop are arrays by then.
 */
#include "ingest/feed_store.h"

#include <corridor/codes.h>

#include <arpa/inet.h>
#include <assert.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define PARTIES_MAX     64
#define REFS            100000U /* services of the operator, quoted again and again */

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- Quotes and signatures ---- */

/* The quote of a service in a round: another rate each time, and no slip. */
static void write_quote(struct out *out, uint32_t service, uint32_t round)
{
    static const char *const to[] = {"SN", "ML", "CI", "BF", "TG", "BJ", "NE", "GW"};
    out_printf(out,
               "{\"ref\":\"r%u\",\"corridor\":\"FR-%s\",\"send_currency\":\"EUR\","
               "\"receive_currency\":\"XOF\",\"pay_in\":[\"debit_card\"],\"access_point\":["
               "\"online\"],\"pay_out\":[\"cash\"],\"speed\":\"same_day\",\"coverage\":\"high\","
               "\"pickup_points\":412,\"price\":\"regular\",\"tariff\":[{\"from\":\"0\",\"to\":"
               "\"100\",\"fee\":\"1.99\",\"fee_pct\":\"0\",\"fee_min\":\"0\",\"fee_max\":null,"
               "\"rate\":\"%u.%02u\"},",
               service, to[service % COUNT_OF(to)], 640 + round % 9, (service + round) % 100);
    out_printf(out,
               "{\"from\":\"100\",\"to\":\"2000\",\"fee\":\"0\",\"fee_pct\":\"1.2\",\"rate\":"
               "\"%u.%02u\"}],\"receive_fee\":\"0\",\"tax_pct\":\"0\",\"min\":\"1\",\"max\":"
               "\"2000\"}",
               641 + round % 9, (service + round) % 100);
}

struct signer {
    const char *operator_id;
    const char *key;
    unsigned char secret[64];
    int secret_len;
    const char *port;
};

static void base64(char *to, const unsigned char *bytes, int len)
{
    (void)EVP_EncodeBlock((unsigned char *)to, bytes, len);
}

/* The head of a signed submission. */
static void write_head(struct out *out, const struct signer *signer, const char *type,
                       const unsigned char sha256[32], size_t body, bool close)
{
    static uint64_t number;
    unsigned char mac[32];
    unsigned mac_len = sizeof mac;
    char digest[64];
    char signature[64];
    char base[1024];
    char parameters[256];
    unsigned char random[6];
    if (RAND_bytes(random, sizeof random) != 1) {
        die("random");
    }
    char nonce[32];
    base64(nonce, random, sizeof random);
    base64(digest, sha256, 32);
    (void)snprintf(parameters, sizeof parameters,
                   "(\"@method\" \"@target-uri\" \"content-digest\");created=%lld;nonce="
                   "\"%s%012" PRIu64 "\";keyid=\"%s\"",
                   (long long)time(NULL), nonce, ++number, signer->key);
    int len = snprintf(base, sizeof base,
                       "\"@method\": POST\n\"@target-uri\": "
                       "http://127.0.0.1:%s/v1/operators/%s/quotes\n\"content-digest\": "
                       "sha-256=:%s:\n\"@signature-params\": %s",
                       signer->port, signer->operator_id, digest, parameters);
    (void)HMAC(EVP_sha256(), signer->secret, signer->secret_len, (unsigned char *)base, (size_t)len,
               mac, &mac_len);
    base64(signature, mac, 32);
    out_printf(out,
               "POST /v1/operators/%s/quotes HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nContent-Type: "
               "%s\r\nContent-Length: %zu\r\nContent-Digest: sha-256=:%s:\r\nIdempotency-Key: "
               "%s%012" PRIu64 "\r\n",
               signer->operator_id, signer->port, type, body, digest, nonce, number);
    out_printf(out, "Signature-Input: sig1=%s\r\nSignature: sig1=:%s:\r\n%s\r\n", parameters,
               signature, close ? "Connection: close\r\n" : "");
}

static int connect_to(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        die("connect");
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void send_all(int fd, const char *at, size_t len)
{
    while (len > 0) {
        ssize_t sent = write(fd, at, len);
        if (sent <= 0) {
            die("write");
        }
        at += sent;
        len -= (size_t)sent;
    }
}

/* ---- Many connections ---- */

struct connection {
    int fd;
    size_t next; /* request, of this connection's */
    double since;
    size_t got;
    char answer[64 << 10];
};

/* Whether the answer is whole; it must be a receipt. */
static bool whole(struct connection *c)
{
    c->answer[c->got] = '\0';
    const char *end = strstr(c->answer, "\r\n\r\n");
    if (!end) {
        return false;
    }
    const char *length = strcasestr(c->answer, "content-length:");
    if (strncmp(c->answer, "HTTP/1.1 201", 12) != 0 || !length) {
        (void)fprintf(stderr, "not a receipt: %s\n", c->answer);
        exit(1);
    }
    return c->got >= (size_t)(end + 4 - c->answer) + strtoul(length + 15, NULL, 10);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static int post(const struct signer *signers, size_t parties, size_t connections,
                size_t submissions, size_t quotes, uint32_t round)
{
    static struct connection all[CONNECTIONS_MAX];
    struct pollfd polled[CONNECTIONS_MAX];
    struct out *requests = calloc(submissions, sizeof *requests);
    double *took = calloc(submissions, sizeof *took);
    struct out body;
    if (!requests || !took || connections > CONNECTIONS_MAX) {
        die("memory");
    }
    out_init(&body, (size_t)64 << 20);
    for (size_t i = 0; i < submissions; i++) {
        unsigned char sha256[32];
        out_clear(&body);
        out_text(&body, quotes > 1 ? "[" : "");
        for (size_t k = 0; k < quotes; k++) {
            /* A connection has services of its own, so that nobody waits for another's. */
            size_t place = i / connections * quotes + k;
            size_t own = REFS / connections;
            out_text(&body, k > 0 ? "," : "");
            write_quote(&body, (uint32_t)(i % connections * own + place % own),
                        round + (uint32_t)(place / own));
        }
        out_text(&body, quotes > 1 ? "]" : "");
        (void)EVP_Digest(body.at, body.len, sha256, NULL, EVP_sha256(), NULL);
        out_init(&requests[i], (size_t)64 << 20);
        write_head(&requests[i], &signers[i % connections % parties], "application/json", sha256,
                   body.len, false);
        out_span_append(&requests[i], out_span(&body));
    }
    double began = seconds_now();
    for (size_t i = 0; i < connections; i++) {
        all[i].fd = connect_to(signers->port);
        all[i].next = i;
        polled[i] = (struct pollfd){all[i].fd, POLLIN, 0};
        all[i].since = seconds_now();
        send_all(all[i].fd, requests[i].at, requests[i].len);
    }
    for (size_t done = 0; done < submissions;) {
        if (poll(polled, connections, 60000) <= 0) {
            die("poll");
        }
        for (size_t i = 0; i < connections; i++) {
            struct connection *c = &all[i];
            if (!(polled[i].revents & (POLLIN | POLLHUP | POLLERR))) {
                continue;
            }
            ssize_t got = read(c->fd, c->answer + c->got, sizeof c->answer - 1 - c->got);
            if (got <= 0) {
                die("read");
            }
            c->got += (size_t)got;
            if (!whole(c)) {
                continue;
            }
            double now = seconds_now();
            took[done++] = now - c->since;
            c->got = 0;
            c->next += connections;
            if (c->next < submissions) {
                c->since = now;
                send_all(c->fd, requests[c->next].at, requests[c->next].len);
            } else {
                polled[i].fd = -1;
            }
        }
    }
    double seconds = seconds_now() - began;
    qsort(took, submissions, sizeof *took, by_value);
    (void)printf("{\"submissions\":%zu,\"quotes\":%zu,\"seconds\":%.4f,\"p50_ms\":%.3f,\"p99_ms\":"
                 "%.3f}\n",
                 submissions, submissions * quotes, seconds, 1e3 * took[submissions / 2],
                 1e3 * took[submissions * 99 / 100]);
    return 0;
}

/* ---- One stream ---- */

static int bulk(const struct signer *signer, size_t quotes, uint32_t round)
{
    char name[] = "/tmp/bench-ingest-XXXXXX";
    int file = mkstemp(name);
    struct out out;
    unsigned char sha256[32];
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    size_t body = 0;
    if (file < 0 || !digest || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1) {
        die("a file for the lines");
    }
    (void)unlink(name);
    out_init(&out, (size_t)4 << 20);
    for (size_t i = 0; i < quotes; i++) {
        write_quote(&out, (uint32_t)i, round);
        out_char(&out, '\n');
        if (out.len > (1U << 20) || i + 1 == quotes) {
            (void)EVP_DigestUpdate(digest, out.at, out.len);
            send_all(file, out.at, out.len);
            body += out.len;
            out_clear(&out);
        }
    }
    (void)EVP_DigestFinal_ex(digest, sha256, NULL);
    write_head(&out, signer, "application/x-ndjson", sha256, body, true);
    double began = seconds_now();
    int fd = connect_to(signer->port);
    send_all(fd, out.at, out.len);
    static char buffer[256 << 10];
    ssize_t got;
    (void)lseek(file, 0, SEEK_SET);
    while ((got = read(file, buffer, sizeof buffer)) > 0) {
        send_all(fd, buffer, (size_t)got);
    }
    double sent = seconds_now() - began;
    /* The receipt comes behind COMMIT; its first byte is what counts. */
    got = read(fd, buffer, sizeof buffer - 1);
    double seconds = seconds_now() - began;
    buffer[got > 0 ? got : 0] = '\0';
    size_t receipt = 0;
    char counts[256] = "";
    const char *at = strstr(buffer, "\"counts\"");
    while (got > 0) {
        receipt += (size_t)got;
        if (counts[0] == '\0' && at) {
            (void)snprintf(counts, sizeof counts, "%.*s", (int)strcspn(at, "}") + 1, at);
        }
        got = read(fd, buffer, sizeof buffer - 1);
        buffer[got > 0 ? got : 0] = '\0';
        at = strstr(buffer, "\"counts\"");
    }
    if (counts[0] == '\0') {
        (void)fprintf(stderr, "not a receipt: %s\n", buffer);
        return 1;
    }
    (void)printf(
        "{\"quotes\":%zu,\"bytes\":%zu,\"seconds\":%.4f,\"sent\":%.4f,\"receipt\":%zu,%s}\n",
        quotes, body, seconds, sent, receipt, counts);
    return 0;
}

/* ---- The ceiling ---- */

static PGresult *run(PGconn *pg, const char *name, const struct db_command *command)
{
    const char *values[DB_PARAMS_MAX];
    int lengths[DB_PARAMS_MAX];
    int formats[DB_PARAMS_MAX];
    int count = (int)command->statement->params;
    for (int i = 0; i < count; i++) {
        values[i] = command->values[i].at;
        lengths[i] = (int)command->values[i].len;
        formats[i] = command->values[i].binary;
    }
    PGresult *result = PQexecPrepared(pg, name, count, values, lengths, formats, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK) {
        (void)fprintf(stderr, "%s", PQresultErrorMessage(result));
        exit(1);
    }
    return result;
}

/* param is $1, or NULL where there is none. */
static int64_t first_number(PGconn *pg, const char *sql, const char *param)
{
    PGresult *result = PQexecParams(pg, sql, param ? 1 : 0, NULL, &param, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) {
        (void)fprintf(stderr, "%s: %s", sql, PQerrorMessage(pg));
        exit(1);
    }
    int64_t number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return number;
}

/* The operator's services exist: a first round was sent through corridor-ingestd. */
static int bare(const char *conninfo, const char *operator_id, size_t submissions, size_t quotes,
                uint32_t round)
{
    PGconn *pg = PQconnectdb(conninfo);
    struct feed_store *stores = calloc(submissions, sizeof *stores);
    struct db_command(*commands)[FEED_STORE_COMMANDS] = calloc(submissions, sizeof *commands);
    struct feed_item *item = calloc(1, sizeof *item);
    struct out text;
    if (PQstatus(pg) != CONNECTION_OK || !stores || !commands || !item || !codes_open()) {
        (void)fprintf(stderr, "%s", PQerrorMessage(pg));
        return 1;
    }
    int64_t service =
        first_number(pg, "SELECT min(id) FROM corridor.service WHERE operator = $1", operator_id);
    int64_t id = first_number(pg,
                              "SELECT setval('corridor.quote_id', nextval('corridor.quote_id') + "
                              "10000000)",
                              NULL) -
                 9999999;
    int64_t now =
        first_number(pg, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint", NULL);
    int64_t submission = first_number(pg, "SELECT max(id) FROM corridor.submission", NULL);
    out_init(&text, 1U << 20);
    for (size_t i = 0; i < submissions; i++) {
        size_t count = 0;
        feed_store_init(&stores[i]);
        feed_store_begin(&stores[i], now + (int64_t)i);
        for (size_t k = 0; k < quotes; k++) {
            uint32_t place = (uint32_t)(i * quotes + k);
            out_clear(&text);
            write_quote(&text, place % REFS, round + place / REFS);
            if (!feed_item_read(item, out_span(&text), now) || item->status != FEED_ACCEPTED) {
                (void)fprintf(stderr, "refused: %s\n", item->why.reason);
                return 1;
            }
            item->id = id++;
            item->service = service + place % REFS;
            item->price = (struct judge_price){978952, 651200000000000, -1000, 10000, 10000};
            feed_store_item(&stores[i], operator_id, submission, item);
        }
        if (!feed_store_commands(&stores[i], commands[i], &count) ||
            commands[i][0].statement->params != 1 + FEED_QUOTE_COUNT) {
            die("memory");
        }
    }
    PQclear(PQprepare(pg, "store", commands[0][0].statement->sql, 0, NULL));
    double began = seconds_now();
    for (size_t i = 0; i < submissions; i++) {
        PQclear(run(pg, "store", &commands[i][0]));
    }
    double seconds = seconds_now() - began;
    (void)printf("{\"batches\":%zu,\"quotes\":%zu,\"seconds\":%.4f}\n", submissions,
                 submissions * quotes, seconds);
    PQfinish(pg);
    return 0;
}

static size_t read_signers(struct signer *signers, const char *port, char *operators, char *keys,
                           char *secrets)
{
    size_t count = 0;
    char *operator_id;
    while (count < PARTIES_MAX && (operator_id = strsep(&operators, ",")) != NULL) {
        struct signer *signer = &signers[count++];
        const char *secret;
        *signer =
            (struct signer){.operator_id = operator_id, .key = strsep(&keys, ","), .port = port};
        secret = strsep(&secrets, ",");
        if (!signer->key || !secret || strlen(secret) > 88) {
            die("a key and a secret for each operator");
        }
        /* EVP_DecodeBlock counts the padding as zero bytes. */
        signer->secret_len =
            EVP_DecodeBlock(signer->secret, (const unsigned char *)secret, (int)strlen(secret));
        for (size_t i = strlen(secret); i > 0 && secret[i - 1] == '='; i--) {
            signer->secret_len--;
        }
    }
    return count;
}

int main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "bare") == 0) {
        return bare(argv[2], argv[3], strtoul(argv[4], NULL, 10), strtoul(argv[5], NULL, 10),
                    (uint32_t)strtoul(argv[6], NULL, 10));
    }
    if (argc < 8) {
        (void)fprintf(stderr, "usage: see the head of tests/bench/bench_ingest.c\n");
        return 2;
    }
    static struct signer signers[PARTIES_MAX];
    size_t parties = read_signers(signers, argv[2], argv[3], argv[4], argv[5]);
    if (argc == 8 && strcmp(argv[1], "bulk") == 0) {
        return bulk(signers, strtoul(argv[6], NULL, 10), (uint32_t)strtoul(argv[7], NULL, 10));
    }
    if (argc == 10 && strcmp(argv[1], "post") == 0) {
        return post(signers, parties, strtoul(argv[6], NULL, 10), strtoul(argv[7], NULL, 10),
                    strtoul(argv[8], NULL, 10), (uint32_t)strtoul(argv[9], NULL, 10));
    }
    (void)fprintf(stderr, "usage: see the head of tests/bench/bench_ingest.c\n");
    return 2;
}
