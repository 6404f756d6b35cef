/*
 * corridor: the command-line tool. Its one table is all there is to know of the subcommands: each
 * has its own file, its line here, and takes its arguments as main would. The hard part is being
 * understood when mistyped: names may have two words, and a wrong one gets the nearest right one
 * told.
 */
#include <corridor/version.h>

#include <ingest/command.h>
#include <ingest/import_rpw.h>
#include <ingest/migrate.h>

#include <stdio.h>
#include <stdlib.h>

static const struct command commands[] = {
    {"migrate", "[--status]", "bring the database's schema up to date", migrate_details,
     migrate_command},
    {"import rpw", "[--json] FILE.csv", "take the World Bank's survey rows", import_rpw_details,
     import_rpw_command},
};

static void list(FILE *out, const char *group)
{
    size_t group_len = group ? strlen(group) : 0;
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        const struct command *c = &commands[i];
        if (!group || (strncmp(c->name, group, group_len) == 0 && c->name[group_len] == ' ')) {
            fprintf(out, "  %-16s %s\n", c->name, c->help);
        }
    }
}

static void help(FILE *out)
{
    fputs("usage: corridor SUBCOMMAND [ARGUMENT ...]\n\n", out);
    list(out, NULL);
    fputs("\ncorridor SUBCOMMAND --help tells more of one; corridor --version says which release "
          "this is.\n",
          out);
}

static void help_one(const struct command *c)
{
    printf("usage: corridor %s%s%s\n\n%s\n", c->name, c->arguments[0] ? " " : "", c->arguments,
           c->help);
    if (c->details) {
        printf("\n%s", c->details);
    }
}

/* Single edits (one letter added, dropped, changed, or two neighbours swapped) from a to b, both
 * cut at NAME_MAX_LEN. */
#define NAME_MAX_LEN 32
static unsigned distance(const char *a, const char *b)
{
    unsigned d[NAME_MAX_LEN + 1][NAME_MAX_LEN + 1];
    size_t a_len = strnlen(a, NAME_MAX_LEN);
    size_t b_len = strnlen(b, NAME_MAX_LEN);
    for (size_t i = 0; i <= a_len; i++) {
        for (size_t j = 0; j <= b_len; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (unsigned)(i + j);
                continue;
            }
            unsigned best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = d[i - 1][j] + 1 < best ? d[i - 1][j] + 1 : best;
            best = d[i][j - 1] + 1 < best ? d[i][j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < best) {
                best = d[i - 2][j - 2] + 1;
            }
            d[i][j] = best;
        }
    }
    return d[a_len][b_len];
}

/* Nothing found: says what was meant, if that can be guessed. */
static enum command_exit unknown(const char *first, const char *second)
{
    char typed[2 * NAME_MAX_LEN + 2];
    const char *nearest = NULL;
    unsigned nearest_distance = 3;
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        bool two = strchr(commands[i].name, ' ') && second;
        snprintf(typed, sizeof typed, "%.*s%s%.*s", NAME_MAX_LEN, first, two ? " " : "",
                 two ? NAME_MAX_LEN : 0, two ? second : "");
        unsigned d = distance(typed, commands[i].name);
        if (d < nearest_distance) {
            nearest = commands[i].name;
            nearest_distance = d;
        }
    }
    fprintf(stderr, "corridor: there is no subcommand '%.40s'", first);
    if (nearest) {
        fprintf(stderr, "; did you mean '%s'?\n", nearest);
    } else {
        fputs(". These there are:\n", stderr);
        list(stderr, NULL);
    }
    return COMMAND_USAGE;
}

/* "corridor import": the first word of several; true when there are such, and they are listed. */
static bool list_group(const char *first)
{
    size_t len = strlen(first);
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strncmp(commands[i].name, first, len) == 0 && commands[i].name[len] == ' ') {
            fprintf(stderr, "corridor: what to %.40s is missing. These there are:\n", first);
            list(stderr, first);
            return true;
        }
    }
    return false;
}

/* The command named by the first one or two words; *words is how many it took. */
static const struct command *find(int argc, char **argv, int *words)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        const char *name = commands[i].name;
        const char *space = strchr(name, ' ');
        if (!space && strcmp(argv[1], name) == 0) {
            *words = 1;
            return &commands[i];
        }
        if (space && argc > 2 && strlen(argv[1]) == (size_t)(space - name) &&
            strncmp(argv[1], name, strlen(argv[1])) == 0 && strcmp(argv[2], space + 1) == 0) {
            *words = 2;
            return &commands[i];
        }
    }
    return NULL;
}

static bool is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

static enum command_exit dispatch(int argc, char **argv)
{
    if (argc < 2) {
        help(stderr);
        return COMMAND_USAGE;
    }
    if (is_help(argv[1]) || strcmp(argv[1], "help") == 0) {
        help(stdout);
        return COMMAND_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("corridor " CORRIDOR_VERSION);
        return COMMAND_OK;
    }
    int words = 0;
    const struct command *c = find(argc, argv, &words);
    if (!c) {
        return list_group(argv[1]) ? COMMAND_USAGE : unknown(argv[1], argc > 2 ? argv[2] : NULL);
    }
    for (int i = words + 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (is_help(argv[i])) {
            help_one(c);
            return COMMAND_OK;
        }
    }
    return c->run(argc - words, argv + words);
}

int main(int argc, char **argv)
{
    return (int)dispatch(argc, argv);
}
