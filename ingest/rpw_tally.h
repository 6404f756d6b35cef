/* What a survey's file holds and what of it was stored, counted while it passes. */
#ifndef INGEST_RPW_TALLY_H
#define INGEST_RPW_TALLY_H

#include <ingest/import_summary.h>
#include <ingest/rpw_batch.h>

#include <corridor/out.h>

struct rpw_tally;

/* NULL when memory is short. */
MUST_CHECK struct rpw_tally *rpw_tally_new(void);
void rpw_tally_free(struct rpw_tally *tally);

/* The quarter's number: four a year, from year 0. */
uint16_t rpw_period_number(const char period[8]);

/* A row that was taken. False when memory is short. */
MUST_CHECK bool rpw_tally_row(struct rpw_tally *tally, const struct rpw_observation *observation,
                              const char *operator_id, unsigned operator_number);
/* All rows of a batch that was stored. False when memory is short. */
MUST_CHECK bool rpw_tally_batch(struct rpw_tally *tally, const struct rpw_batch *batch);

/* Completes the summary. */
void rpw_tally_tell(const struct rpw_tally *tally, struct import_summary *summary);

/* Arrays as import_array_add makes them. Corridors whose rows were stored, or that a correction
 * moved a row away from. */
void rpw_tally_corridors(const struct rpw_tally *tally, struct out *corridors);
/* Operators of the rows that were stored: each with the name and the kind that its first row and
 * most of them have. */
void rpw_tally_operators(const struct rpw_tally *tally, struct out *ids, struct out *names,
                         struct out *types);

#endif
