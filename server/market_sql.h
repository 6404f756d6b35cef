/*
 * The statements that read markets from the record. All take $1, the corridors as a PostgreSQL
 * array ("{FR-SN,US-MX}"; null: every corridor with a service or a survey), and give the corridor
 * first and then the columns of market_builder.h, in order of corridors.
 */
#ifndef SERVER_MARKET_SQL_H
#define SERVER_MARKET_SQL_H

#include <corridor/db.h>

/* Today's market as it stands in current_offer. $1 only. */
extern const struct db_statement market_sql_offers_now;
/* $2 the instant asked about, $3 the instant of knowledge, both microseconds. One corridor. */
extern const struct db_statement market_sql_offers_past;
/*
 * $2 the day, $3 the instant of knowledge, $4 and $5 countries and their legal tenders as two
 * arrays: rates of every pair an offer has and of the corridor's own two currencies.
 */
extern const struct db_statement market_sql_references_now;
/* The same, with $6 the instant asked about. */
extern const struct db_statement market_sql_references_past;
/* $2 the day, $3 the instant of knowledge. */
extern const struct db_statement market_sql_standing;
extern const struct db_statement market_sql_observations;
/* $2 the instant of knowledge. The latest quarter with a price, at 200 US dollars. */
extern const struct db_statement market_sql_figures;
/* One corridor $1 (as text), quarter $2 (null: the latest), price point $3, as known at $4. */
extern const struct db_statement market_sql_figures_of;

/* Arrays for $4 and $5: "{FR,SN,…}" and "{EUR,XOF,…}", made once by market_sql_open. */
void market_sql_open(void);
extern const char *market_sql_countries;
extern const char *market_sql_tenders;

#endif
