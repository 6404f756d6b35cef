/*
 * The settings, from three places with one order: environment, corridor.env, default. The hard part
 * is finding the project's root without being told, so that a program run by hand from any folder
 * meets the same file and the same private cluster as `make up`: it is the folder above the build/
 * that the program itself lies in.
 */
#include "http_peer.h"

#include <corridor/config.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    FILE_SIZE_MAX = 64 * 1024
};

struct source {
    char root[CONFIG_PATH_SIZE]; /* empty when installed outside a build folder */
    char file[FILE_SIZE_MAX];    /* corridor.env, NUL-terminated; empty when there is none */
};

static void find_root(char *root, size_t size)
{
    char path[CONFIG_PATH_SIZE];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    root[0] = '\0';
    if (len <= 0) {
        return;
    }
    path[len] = '\0';
    char *build = NULL;
    for (char *at = strstr(path, "/build/"); at; at = strstr(at + 1, "/build/")) {
        build = at;
    }
    if (build) {
        *build = '\0';
        (void)snprintf(root, size, "%s", path);
    }
}

/* Reads at most size - 1 bytes; false when the file is absent, unreadable or longer. */
static bool read_file(const char *path, char *buffer, size_t size)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        buffer[0] = '\0';
        return false;
    }
    size_t len = fread(buffer, 1, size, file);
    bool ok = !ferror(file) && len < size;
    buffer[ok ? len : 0] = '\0';
    (void)fclose(file);
    return ok;
}

/* Copies a setting's value; the fallback where neither place has one. False when it does not fit.
 */
static bool get(const struct source *source, const char *key, const char *fallback, char *buffer,
                size_t size)
{
    struct span value = {"", 0};
    const char *environment = getenv(key);
    if (environment) {
        value = span_of(environment);
    } else {
        size_t key_len = strlen(key);
        for (const char *line = source->file; *line;) {
            size_t len = strcspn(line, "\n");
            if (len > key_len && line[key_len] == '=' && strncmp(line, key, key_len) == 0) {
                value = (struct span){line + key_len + 1, len - key_len - 1};
                break; /* the first of two, as in the scripts */
            }
            line += len + (line[len] == '\n');
        }
    }
    if (value.len == 0) {
        value = span_of(fallback);
    }
    if (value.len >= size) {
        (void)fprintf(stderr, "%s is %zu bytes long; at most %zu are allowed\n", key, value.len,
                      size - 1);
        return false;
    }
    memcpy(buffer, value.at, value.len);
    buffer[value.len] = '\0';
    return true;
}

static bool get_number(const struct source *source, const char *key, const char *fallback,
                       unsigned least, unsigned most, const char *what, unsigned *number)
{
    char text[16];
    if (!get(source, key, fallback, text, sizeof text)) {
        return false;
    }
    unsigned long value = 0;
    char *end = text;
    if (text[0] >= '0' && text[0] <= '9') {
        errno = 0;
        value = strtoul(text, &end, 10);
    }
    if (end == text || *end != '\0' || value < least || value > most) {
        (void)fprintf(stderr, "%s is '%s'; it must be %s from %u to %u\n", key, text, what, least,
                      most);
        return false;
    }
    *number = (unsigned)value;
    return true;
}

static bool get_port(const struct source *source, const char *key, const char *fallback,
                     uint16_t *port)
{
    unsigned number = 0;
    if (!get_number(source, key, fallback, 1, 65535, "a port number", &number)) {
        return false;
    }
    *port = (uint16_t)number;
    return true;
}

static bool get_address(const struct source *source, char *buffer, size_t size)
{
    struct in6_addr ignored;
    if (!get(source, "CORRIDOR_ADDRESS", "127.0.0.1", buffer, size)) {
        return false;
    }
    if (inet_pton(AF_INET, buffer, &ignored) != 1 && inet_pton(AF_INET6, buffer, &ignored) != 1) {
        (void)fprintf(stderr,
                      "CORRIDOR_ADDRESS is '%s'; it must be an IPv4 or IPv6 address of this "
                      "machine, such as 127.0.0.1, 0.0.0.0 or ::\n",
                      buffer);
        return false;
    }
    return true;
}

/* A relative path is taken from the project's root, as the scripts do. */
static bool get_path(const struct source *source, const char *key, const char *fallback,
                     char *buffer, size_t size)
{
    char path[CONFIG_PATH_SIZE];
    if (!get(source, key, fallback, path, sizeof path)) {
        return false;
    }
    bool relative = path[0] != '/' && source->root[0] != '\0';
    int len =
        snprintf(buffer, size, "%s%s%s", relative ? source->root : "", relative ? "/" : "", path);
    if (len < 0 || (size_t)len >= size) {
        (void)fprintf(stderr, "%s is too long: %s\n", key, path);
        return false;
    }
    return true;
}

/* TLS is off without its port; the certificates lie beside the data unless told otherwise. */
static bool get_tls(const struct source *source, struct config *config)
{
    char port[16];
    char folder[CONFIG_PATH_SIZE + 8];
    config->tls_port = 0;
    (void)snprintf(folder, sizeof folder, "%s/tls", config->var);
    if (!get(source, "CORRIDOR_TLS_PORT", "", port, sizeof port) ||
        (port[0] != '\0' && !get_port(source, "CORRIDOR_TLS_PORT", "", &config->tls_port)) ||
        !get_path(source, "CORRIDOR_TLS_CERTS", folder, config->tls_certs,
                  sizeof config->tls_certs)) {
        return false;
    }
    if (config->tls_port == config->port || config->tls_port == config->feed_port) {
        (void)fprintf(stderr, "CORRIDOR_TLS_PORT is %u, as another port is; they must differ\n",
                      (unsigned)config->tls_port);
        return false;
    }
    return true;
}

/* A scheme, a host, a port perhaps, and no path: what may stand in a link as it is. Or nothing. */
static bool get_origin(const struct source *source, const char *key, const char *fallback,
                       char *buffer, size_t size)
{
    static const char host[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    if (!get(source, key, fallback, buffer, size)) {
        return false;
    }
    size_t scheme = strncmp(buffer, "https://", 8) == 0  ? 8
                    : strncmp(buffer, "http://", 7) == 0 ? 7
                                                         : 0;
    if (buffer[0] != '\0' && (scheme == 0 || buffer[scheme] == '\0' ||
                              buffer[scheme + strspn(buffer + scheme, host)] != '\0')) {
        (void)fprintf(stderr,
                      "%s is '%s'; it must be https:// or http:// and a host, without a path, such "
                      "as https://corridor.example\n",
                      key, buffer);
        return false;
    }
    return true;
}

static bool get_origins(const struct source *source, struct config *config)
{
    char fallback[64];
    (void)snprintf(fallback, sizeof fallback, "http://127.0.0.1:%u", (unsigned)config->port);
    return get_origin(source, "CORRIDOR_ORIGIN", fallback, config->origin, sizeof config->origin) &&
           get_origin(source, "CORRIDOR_FEED_ORIGIN", "", config->feed_origin,
                      sizeof config->feed_origin);
}

/* What identifies who pushes and who moderates. The master key lies beside the data, not in it. */
static bool get_identity(const struct source *source, struct config *config)
{
    char file[CONFIG_PATH_SIZE + 16];
    (void)snprintf(file, sizeof file, "%s/master.key", config->var);
    return get_path(source, "CORRIDOR_MASTER_KEY_FILE", file, config->master_key_file,
                    sizeof config->master_key_file) &&
           get(source, "CORRIDOR_MODERATOR", "", config->moderator, sizeof config->moderator);
}

/* A word of a list, by its place in it. */
static bool get_word(const struct source *source, const char *key, const char *const *words,
                     unsigned count, unsigned *word)
{
    char text[16];
    if (!get(source, key, words[0], text, sizeof text)) {
        return false;
    }
    for (*word = 0; *word < count; (*word)++) {
        if (strcmp(text, words[*word]) == 0) {
            return true;
        }
    }
    (void)fprintf(stderr, "%s is '%s'; it must be one of:", key, text);
    for (unsigned i = 0; i < count; i++) {
        (void)fprintf(stderr, " %s", words[i]);
    }
    (void)fputs("\n", stderr);
    return false;
}

static bool get_http(const struct source *source, struct config *config)
{
    static const char *const logs[] = {"off", "errors", "sampled", "all"}; /* http_request_log */
    const struct {
        const char *key, *fallback;
        unsigned least, most;
        unsigned *number;
    } numbers[] = {
        {"CORRIDOR_CONNECTIONS", "0", 0, 1000000, &config->connections},
        {"CORRIDOR_CONNECTIONS_PER_ADDRESS", "1024", 1, 1000000, &config->per_address},
        {"CORRIDOR_HANDSHAKE_SECONDS", "10", 1, 3600, &config->handshake_seconds},
        {"CORRIDOR_HEAD_SECONDS", "10", 1, 3600, &config->head_seconds},
        {"CORRIDOR_BODY_SECONDS", "10", 1, 3600, &config->body_seconds},
        {"CORRIDOR_BODY_RATE", "512", 1, 1000000, &config->body_rate},
        {"CORRIDOR_WRITE_SECONDS", "30", 1, 3600, &config->write_seconds},
        {"CORRIDOR_WRITE_RATE", "256", 1, 1000000, &config->write_rate},
        {"CORRIDOR_IDLE_SECONDS", "60", 1, 3600, &config->idle_seconds},
        {"CORRIDOR_DRAIN_SECONDS", "10", 1, 3600, &config->drain_seconds},
        {"CORRIDOR_STREAM_SECONDS", "900", 1, 86400, &config->stream_seconds},
    };
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        if (!get_number(source, numbers[i].key, numbers[i].fallback, numbers[i].least,
                        numbers[i].most, "a number", numbers[i].number)) {
            return false;
        }
    }
    if (!get(source, "CORRIDOR_PROXY_FROM", "", config->proxy_from, sizeof config->proxy_from)) {
        return false;
    }
    struct http_prefixes prefixes;
    if (!http_prefixes_parse(&prefixes, config->proxy_from)) {
        (void)fprintf(
            stderr,
            "CORRIDOR_PROXY_FROM is '%s'; it must be at most %u IP addresses or networks, "
            "such as 10.0.0.5,2001:db8::/32\n",
            config->proxy_from, HTTP_PREFIXES_MAX);
        return false;
    }
    return get_word(source, "CORRIDOR_REQUEST_LOG", logs, COUNT_OF(logs), &config->request_log);
}

/* What may stand in a link as it is. */
static bool get_contact(const struct source *source, char *buffer, size_t size)
{
    if (!get(source, "CORRIDOR_CONTACT", "", buffer, size)) {
        return false;
    }
    bool web = strncmp(buffer, "https://", 8) == 0 && buffer[8] != '\0';
    bool mail = strchr(buffer, '@') != NULL && strpbrk(buffer, ":/?") == NULL;
    if (buffer[0] != '\0' && ((!web && !mail) || strpbrk(buffer, " \t\"'<>") != NULL)) {
        (void)fprintf(stderr,
                      "CORRIDOR_CONTACT is '%s'; it must be an e-mail address or an https:// "
                      "address\n",
                      buffer);
        return false;
    }
    return true;
}

bool config_load(struct config *config)
{
    struct source source;
    find_root(source.root, sizeof source.root);
    char path[CONFIG_PATH_SIZE + 16];
    (void)snprintf(path, sizeof path, "%s/corridor.env", source.root);
    source.file[0] = '\0';
    if (source.root[0] != '\0' && access(path, F_OK) == 0 &&
        !read_file(path, source.file, sizeof source.file)) {
        (void)fprintf(stderr, "%s cannot be read, or has more than %d bytes\n", path,
                      FILE_SIZE_MAX - 1);
        return false;
    }
    return get_address(&source, config->address, sizeof config->address) &&
           get_port(&source, "CORRIDOR_PORT", "8080", &config->port) &&
           get_port(&source, "CORRIDOR_FEED_PORT", "8081", &config->feed_port) &&
           get_origins(&source, config) &&
           get_contact(&source, config->contact, sizeof config->contact) &&
           get_path(&source, "CORRIDOR_VAR", "var", config->var, sizeof config->var) &&
           get_tls(&source, config) && get_http(&source, config) && get_identity(&source, config) &&
           get_number(&source, "CORRIDOR_CACHE_MB", "16", 0, 65536, "a number of MiB",
                      &config->cache_mb) &&
           get(&source, "CORRIDOR_DB", "", config->db, sizeof config->db) &&
           get(&source, "CORRIDOR_USER", geteuid() == 0 ? "nobody" : "", config->user,
               sizeof config->user);
}

bool config_db(const struct config *config, const char *role, char *buffer, size_t size)
{
    char private[CONFIG_DB_SIZE];
    char path[CONFIG_PATH_SIZE + 16];
    int len = 0;
    if (config->db[0] != '\0') {
        len = snprintf(buffer, size, "%s", config->db);
    } else {
        (void)snprintf(path, sizeof path, "%s/connection", config->var);
        if (!read_file(path, private, sizeof private)) {
            (void)fprintf(stderr,
                          "no database: %s is not there, so the private cluster never ran "
                          "(`make up` starts it), and CORRIDOR_DB is not set\n",
                          path);
            return false;
        }
        private[strcspn(private, "\n")] = '\0';
        len = snprintf(buffer, size, "%s user=%s", private, role);
    }
    if (len < 0 || (size_t)len >= size) {
        (void)fprintf(stderr, "the database connection string has more than %zu bytes\n", size - 1);
        return false;
    }
    return true;
}
