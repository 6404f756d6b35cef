/*
 * Keeps the figures of quarters up to date while corridor-ingestd runs: after each notification of
 * a change, and every ten seconds in any case. On a database connection of its own, so that no
 * quote waits for it.
 */
#ifndef INGEST_FIGURES_UPKEEP_H
#define INGEST_FIGURES_UPKEEP_H

struct event_base;
struct figures_upkeep;

/* Begins when the loop runs; conninfo is copied. NULL when memory is short. */
struct figures_upkeep *figures_upkeep_new(struct event_base *base, const char *conninfo);
/* Before any is made. */
void figures_upkeep_register_metrics(void);
/* Never from one of the loop's callbacks. NULL is nothing to free. */
void figures_upkeep_free(struct figures_upkeep *upkeep);

#endif
