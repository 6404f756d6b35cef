/*
 * corridor: the command-line tool. Its one table is all there is to know of the subcommands: each
 * has its own file, its line here, and takes its arguments as main would. The hard part is being
 * understood when mistyped: names may have two words, and a wrong one gets the nearest right one
 * told.
 */
#include <corridor/version.h>

#include <ingest/check_aggregates.h>
#include <ingest/command.h>
#include <ingest/community.h>
#include <ingest/demo.h>
#include <ingest/export_tariffs.h>
#include <ingest/import_flows.h>
#include <ingest/import_rates.h>
#include <ingest/import_rpw.h>
#include <ingest/key_admin.h>
#include <ingest/migrate.h>
#include <ingest/moderator_admin.h>
#include <ingest/operator_admin.h>
#include <ingest/quarantine_admin.h>
#include <ingest/refresh.h>

#include <stdio.h>
#include <stdlib.h>

static const struct command commands[] = {
    {"migrate", "[--status]", "bring the database's schema up to date", migrate_details,
     migrate_command},
    {"import flows", "[--json] [--year YEAR] FILE.csv",
     "take the World Bank's matrix of flows between countries", import_flows_details,
     import_flows_command},
    {"import rates", "[--json] FILE.csv", "take the European Central Bank's reference rates",
     import_rates_details, import_rates_command},
    {"import rpw", "[--json] FILE.xlsx|FILE.csv", "take the World Bank's survey rows",
     import_rpw_details, import_rpw_command},
    {"demo", "[--if-empty] [--today YYYY-MM-DD]",
     "load or extend the invented demonstration market", demo_details, demo_command},
    {"refresh", "", "work out the figures of what changed, now", refresh_details, refresh_command},
    {"check aggregates", "[--history]", "compare the kept figures with the record",
     check_aggregates_details, check_aggregates_command},
    {"community list", "[--all] [--json]", "show what senders wrote and nobody has read yet",
     community_list_details, community_list_command},
    {"community approve", "NOTE", "show a note", community_decide_details,
     community_approve_command},
    {"community reject", "NOTE --reason TEXT", "do not show a note", community_decide_details,
     community_reject_command},
    {"export tariffs", "[--corridor FR-SN]", "write what every service charges now, as JSON Lines",
     export_tariffs_details, export_tariffs_command},
    {"operator add", "ID --name NAME --legal-name NAME ... [--json]",
     "register an operator for the feed", operator_add_details, operator_add_command},
    {"operator change", "OPERATOR --reason TEXT [--name NAME ...] [--json]",
     "correct what is told of an operator", operator_change_details, operator_change_command},
    {"operator list", "[--json]", "list the registered operators", NULL, operator_list_command},
    {"operator show", "OPERATOR [--json]", "tell all about an operator", NULL,
     operator_show_command},
    {"operator disable", "OPERATOR --reason TEXT",
     "refuse an operator's requests, withdraw its prices", operator_switch_details,
     operator_disable_command},
    {"operator enable", "OPERATOR --reason TEXT", "take them again", operator_switch_details,
     operator_enable_command},
    {"key issue", "OWNER --ed25519 FILE.pem|--hmac [--researcher] [--json]",
     "let an operator or a researcher sign with a key", key_issue_details, key_issue_command},
    {"key list", "[OWNER] [--json]", "list keys, and what became of them", NULL, key_list_command},
    {"key revoke", "OWNER KEY --reason TEXT", "end a key", key_revoke_details, key_revoke_command},
    {"moderator add", "ID --name NAME [--login LOGIN] [--operator OPERATOR] [--json]",
     "let somebody judge what is held back", moderator_add_details, moderator_add_command},
    {"moderator list", "[--json]", "list the moderators", NULL, moderator_list_command},
    {"moderator disable", "ID --reason TEXT", "end a moderator's rights", NULL,
     moderator_disable_command},
    {"quarantine list", "[--all] [--json]", "list the quotes that are held back",
     quarantine_details, quarantine_list_command},
    {"quarantine show", "QUOTE [--json]", "tell all about a held quote", quarantine_details,
     quarantine_show_command},
    {"quarantine release", "QUOTE --reason TEXT [--json]", "show a held quote",
     quarantine_decide_details, quarantine_release_command},
    {"quarantine reject", "QUOTE --reason TEXT [--json]", "never show a held quote",
     quarantine_decide_details, quarantine_reject_command},
    {"researcher add", "ID --name NAME [--institution NAME] [--contact CONTACT] [--json]",
     "let somebody report what a transfer cost", researcher_add_details, researcher_add_command},
    {"researcher list", "[--json]", "list the researchers", NULL, researcher_list_command},
};

static void list(FILE *out, const char *group)
{
    size_t group_len = group ? strlen(group) : 0;
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        const struct command *c = &commands[i];
        if (!group || (strncmp(c->name, group, group_len) == 0 && c->name[group_len] == ' ')) {
            fprintf(out, "  %-18s %s\n", c->name, c->help);
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

/* True for the first word of several commands: "import". */
static bool is_group(const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strncmp(commands[i].name, word, len) == 0 && commands[i].name[len] == ' ') {
            return true;
        }
    }
    return false;
}

static bool is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

/* The command whose name is at most two edits away from the first word or the first two; NULL when
 * none is. */
static const struct command *nearest(const char *first, const char *second)
{
    char typed[2 * NAME_MAX_LEN + 2];
    const struct command *found = NULL;
    unsigned found_distance = 3;
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        bool two = second && strchr(commands[i].name, ' ');
        snprintf(typed, sizeof typed, "%.*s%s%.*s", NAME_MAX_LEN, first, two ? " " : "",
                 NAME_MAX_LEN, two ? second : "");
        unsigned d = distance(typed, commands[i].name);
        if (d < found_distance) {
            found = &commands[i];
            found_distance = d;
        }
    }
    return found;
}

/* Nothing found: lists what there is, or says what was meant if that can be guessed. */
static enum command_exit unknown(const char *first, const char *second)
{
    bool group = is_group(first);
    if (group && second && is_help(second)) {
        list(stdout, first);
        return COMMAND_OK;
    }
    const struct command *meant = nearest(first, second);
    if (group && !second) {
        fprintf(stderr, "corridor %s: one word more is needed", first);
        meant = NULL;
    } else {
        fprintf(stderr, "corridor: there is no subcommand '%.40s%s%.40s'", first, group ? " " : "",
                group ? second : "");
    }
    if (meant) {
        fprintf(stderr, "; did you mean '%s'?\n", meant->name);
    } else {
        fputs(". There are:\n", stderr);
        list(stderr, group ? first : NULL);
    }
    return COMMAND_USAGE;
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
        return unknown(argv[1], argc > 2 ? argv[2] : NULL);
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
