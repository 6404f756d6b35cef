/*
 * The plural rule of a gettext catalogue: "nplurals=2; plural=(n > 1);". The expression is C's,
 * over n, as the gettext manual says ("Additional functions for plural forms").
 */
#ifndef CORRIDOR_WEB_PLURAL_H
#define CORRIDOR_WEB_PLURAL_H

#include <corridor/base.h>

#define PLURAL_FORMS_MAX 6U
#define PLURAL_STEPS_MAX 96U

struct plural {
    unsigned forms; /* how many the language has, 1 to PLURAL_FORMS_MAX */
    unsigned count; /* of steps */
    struct plural_step {
        uint8_t op;
        uint32_t number; /* of a constant, or the step to jump to */
    } steps[PLURAL_STEPS_MAX];
};

/* Reads the value of a catalogue's Plural-Forms line. False when it is not of that form or too
 * long. */
MUST_CHECK bool plural_parse(struct plural *out, struct span line);
/* The form for n things, below plural->forms. */
unsigned plural_form(const struct plural *plural, uint64_t n);

#endif
