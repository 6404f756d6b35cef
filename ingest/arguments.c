/*
 * Options read by a table. The hard part is a complaint that helps: it names the option as it was
 * typed, and when something needed is missing it says what that is for.
 */
#include <ingest/arguments.h>

#include <corridor/out.h>

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    CHARACTERS = 200
};

/* Control characters would break the lines of every list that shows the value. */
static const char *fault_of(const char *value, size_t most)
{
    struct span rest = span_of(value);
    size_t characters = 0;
    if (rest.len == 0) {
        return "is empty";
    }
    for (; rest.len > 0; characters++) {
        const size_t len = utf8_character(rest);
        if (len == 0) {
            return "is not UTF-8";
        }
        if ((unsigned char)rest.at[0] < 0x20 || rest.at[0] == 0x7f) {
            return "has a control character in it";
        }
        rest.at += len;
        rest.len -= len;
    }
    return characters > most ? "is too long" : NULL;
}

static bool take(const char *name, const struct argument *argument, const char *value)
{
    const size_t most = argument->most ? argument->most : CHARACTERS;
    const char *fault = fault_of(value, most);
    const char *shown = argument->option ? argument->option : argument->what;
    if (*argument->value) {
        (void)command_usage(name, "%s is given twice", shown);
        return false;
    }
    if (fault) {
        (void)command_usage(name, "%s (%s) %s; it is one line of at most %zu characters", shown,
                            argument->what, fault, most);
        return false;
    }
    *argument->value = value;
    return true;
}

static const struct argument *find(const char *typed, const struct argument *known, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const bool word = typed[0] != '-' || typed[1] == '\0';
        if (word ? !known[i].option && !*known[i].value
                 : known[i].option && strcmp(known[i].option, typed) == 0) {
            return &known[i];
        }
    }
    return NULL;
}

bool arguments_read(const char *name, int argc, char **argv, const struct argument *known,
                    size_t count)
{
    for (int i = 1; i < argc; i++) {
        const struct argument *argument = find(argv[i], known, count);
        if (!argument) {
            (void)command_usage(name, "'%.60s' is not understood", argv[i]);
            return false;
        }
        if (!argument->value) {
            *argument->flag = true;
            continue;
        }
        if (argument->option && i + 1 == argc) {
            (void)command_usage(name, "%s needs a value: %s", argument->option, argument->what);
            return false;
        }
        if (!take(name, argument, argv[argument->option ? ++i : i])) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (known[i].needed && known[i].value && !*known[i].value) {
            (void)command_usage(name, known[i].option ? "%s (%s) is missing" : "%s is missing",
                                known[i].option ? known[i].option : known[i].what, known[i].what);
            return false;
        }
    }
    return true;
}

const char *arguments_person(void)
{
    const char *person = getuid() == 0 ? getenv("SUDO_USER") : NULL;
    const struct passwd *user = getpwuid(getuid());
    if (!person || fault_of(person, 100)) {
        person = user && !fault_of(user->pw_name, 100) ? user->pw_name : "unknown";
    }
    return person;
}
