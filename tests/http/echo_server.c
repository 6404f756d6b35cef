/*
 * A small program on the real engine, for tests/http/run.py to talk to: echo_server [PORT
 * [WORKERS]]. It prints its port and that of TLS, drains on SIGTERM or SIGINT, and reads its
 * certificates again on SIGHUP. The certificates' folder (HTTP_CERTIFICATES) and limits
 * (HTTP_HEAD_TIMEOUT ...) come from the environment, so that tests need not wait for the real ones.
 */
#include "../unit/http_echo.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned environment(const char *name)
{
    const char *text = getenv(name);
    return text == NULL ? 0 : (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    sigset_t ends;
    int error = 0;
    int signal = 0;
    struct http_config config = {
        .port = argc > 1 ? (uint16_t)strtoul(argv[1], NULL, 10) : 0,
        .workers = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1,
        .address = getenv("HTTP_ADDRESS"),
        .certificates = getenv("HTTP_CERTIFICATES"),
        .proxy_from = getenv("HTTP_PROXY_FROM"),
        .limits = {.connections = environment("HTTP_CONNECTIONS"),
                   .per_address = environment("HTTP_PER_ADDRESS"),
                   .requests = environment("HTTP_REQUESTS"),
                   .handshake_timeout = environment("HTTP_HANDSHAKE_TIMEOUT"),
                   .ticket_time = environment("HTTP_TICKET_TIME"),
                   .head_timeout = environment("HTTP_HEAD_TIMEOUT"),
                   .body_timeout = environment("HTTP_BODY_TIMEOUT"),
                   .idle_timeout = environment("HTTP_IDLE_TIMEOUT"),
                   .write_timeout = environment("HTTP_WRITE_TIMEOUT"),
                   .drain_timeout = environment("HTTP_DRAIN_TIMEOUT")},
        .request_log = (enum http_request_log)environment("HTTP_REQUEST_LOG"),
    };
    http_echo_open(&config);
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    struct http_server *server = http_server_start(&config, &error);
    if (server == NULL) {
        fprintf(stderr, "port %u: %s\n", config.port, strerror(error));
        http_echo_close();
        return 1;
    }
    printf("%u %u\n", http_server_port(server), http_server_tls_port(server));
    fflush(stdout);
    while (sigwait(&ends, &signal) == 0 && signal == SIGHUP) {
        http_server_reload(server);
    }
    http_server_drain(server);
    http_server_wait(server);
    http_echo_close();
    return 0;
}
