/*
 * What the programs of this folder share: the private cluster that CORRIDOR_VAR names, reached as
 * any role, and started, stopped or struck.
 */
#ifndef TESTS_DB_CLUSTER_H
#define TESTS_DB_CLUSTER_H

#include "../unit/unit.h"

#include <corridor/config.h>
#include <corridor/db_session.h>

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static inline int64_t cluster_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How to reach the cluster, logging in as a role. Good until the next call. */
static inline const char *cluster_conninfo(const char *role)
{
    static char conninfo[CONFIG_DB_SIZE];
    struct config config;
    assert_true(config_load(&config));
    assert_true(config_db(&config, role, conninfo, sizeof conninfo));
    return conninfo;
}

static inline struct db_session *cluster_session(const char *role)
{
    char error[512];
    struct db_session *session = db_session_open(
        &(struct db_session_config){
            .conninfo = cluster_conninfo(role), .application_name = "test", .timeout_ms = 20000},
        error, sizeof error);
    if (!session) {
        fail_msg("%s", error);
    }
    return session;
}

/* A statement of a session's that must work. */
static inline void cluster_exec(struct db_session *session, const char *sql)
{
    if (!db_session_exec(session, sql, NULL, 0)) {
        fail_msg("%s: %s", sql, db_session_error(session));
    }
}

/* Its one value, as a number. */
static inline int64_t cluster_number(struct db_session *session, const char *sql)
{
    int64_t number = 0;
    struct db_result *result = db_session_query(session, sql, NULL, 0);
    if (!result) {
        fail_msg("%s: %s", sql, db_session_error(session));
    }
    assert_true(db_result_int64(result, 0, 0, &number));
    db_result_free(result);
    return number;
}

/* deploy/dev/cluster.sh start, stop; from the project's root, where the tests run. */
static inline void cluster_command(const char *what)
{
    char script[] = "deploy/dev/cluster.sh";
    char argument[16];
    char *argv[] = {script, argument, NULL};
    pid_t pid = 0;
    int status = 0;
    snprintf(argument, sizeof argument, "%s", what);
    assert_int_equal(posix_spawn(&pid, script, NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static inline pid_t cluster_postmaster(void)
{
    char path[CONFIG_PATH_SIZE + 32];
    char line[32];
    struct config config;
    assert_true(config_load(&config));
    snprintf(path, sizeof path, "%s/pg/postmaster.pid", config.var);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_int_equal(fclose(file), 0);
    long pid = strtol(line, NULL, 10);
    assert_true(pid > 1);
    return (pid_t)pid;
}

#endif
