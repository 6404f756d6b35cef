/* Every address corridord answers, in one table: the table is the documentation. */
#ifndef SERVER_ROUTES_H
#define SERVER_ROUTES_H

#include <corridor/http.h>

extern const struct http_route routes[];
extern const size_t route_count;

http_handler api_compare;
http_handler api_comparisons;
http_handler api_corridors;
http_handler api_corridor;
http_handler api_countries;
http_handler api_methodology;
http_handler api_observatory;
http_handler api_observatory_corridors;
http_handler api_observatory_series;
http_handler api_operators;
http_handler api_operator;
http_handler api_rate;
http_handler api_report;
http_handler api_report_structure;
http_handler api_data_catalogue;
http_handler api_healthz;
http_handler api_readyz;

#endif
