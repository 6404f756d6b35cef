/*
 * Text for telephones: the alphabet of short messages (3GPP TS 23.038, GSM 7 bit). A message that
 * keeps to it has 160 characters, any other 70.
 */
#ifndef CORRIDOR_WEB_GSM_H
#define CORRIDOR_WEB_GSM_H

#include <corridor/out.h>

#define GSM_MESSAGE_MAX 160 /* characters */

/* Asks ICU once how letters outside the alphabet are written with those inside. Before threads
 * start. False when ICU cannot say. */
MUST_CHECK bool gsm_open(void);

/*
 * Appends a text with every Latin letter in the alphabet: "Sahéline" stays, "Příbram" is "Pribram".
 * Characters that count twice there, as [ and €, and marks and signs without a likeness are written
 * by those that count once, or left out; other scripts stay as they are.
 */
void gsm_append(struct out *out, struct span text);

#endif
