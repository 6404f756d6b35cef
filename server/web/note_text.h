/*
 * What somebody wrote, made fit to be shown: no way to reach anybody, no markup to speak of. Pure.
 */
#ifndef CORRIDOR_WEB_NOTE_TEXT_H
#define CORRIDOR_WEB_NOTE_TEXT_H

#include <corridor/out.h>

#define NOTE_CHARACTERS_MAX 1000
#define NOTE_NAME_MAX       40

/* How many of each were taken out; "[…]" stands in their places. */
struct note_taken {
    unsigned links; /* addresses of the web, and @names */
    unsigned emails;
    unsigned telephones;
};

/*
 * Appends a text without links, e-mail addresses and telephone numbers, without control characters
 * and those that turn the direction of writing, blanks at its ends, more than one blank or more
 * than two line ends in a row. An amount ("1 250 000"), a year, a date and a time of day stay.
 */
void note_text(struct out *out, struct span text, struct note_taken *taken);

#endif
