/* Rates fixed by law, in words. */
#ifndef CORRIDOR_WEB_PEGS_H
#define CORRIDOR_WEB_PEGS_H

/* A message that says who fixes a rate, of the source as the record has it ("Central Bank of
 * Jordan"); NULL for one that is in no catalogue. */
const char *pegs_source(const char *source);

#endif
