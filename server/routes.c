/* Every address, in order: literals stand before parameters. */
#include "server/routes.h"

#include "server/web/web.h"

#include <corridor/published.h>

#define PRICES  "public, max-age=30, stale-while-revalidate=300"
#define FIGURES "public, max-age=60, stale-while-revalidate=600"
#define LISTS   "public, max-age=300, stale-while-revalidate=3600"

#define API     HTTP_ROUTE_API

const struct http_route routes[] = {
    {"GET", "/v1/compare", api_compare, API, 0, PRICES, NULL},
    {"GET", "/v1/corridors", api_corridors, API, 0, PRICES, NULL},
    {"GET", "/v1/corridors/{id}", api_corridor, API, 0, PRICES, NULL},
    {"GET", "/v1/countries", api_countries, API, 0, LISTS, NULL},
    {"GET", "/v1/operators", api_operators, API, 0, LISTS, NULL},
    {"GET", "/v1/operators/{id}", api_operator, API, 0, LISTS, NULL},
    {"GET", "/v1/rates/{base}/{currency}", api_rate, API, 0, LISTS, NULL},
    {"GET", "/v1/refusals", published_refusals, API, 0, NULL, NULL},
    {"GET", "/v1/schemas/quote.json", published_quote_schema, API, 0, NULL, NULL},
    {"GET", "/v1/observatory", api_observatory, API, 0, FIGURES, NULL},
    {"GET", "/v1/observatory/corridors", api_observatory_corridors, API, 0, FIGURES, NULL},
    {"GET", "/v1/observatory/series", api_observatory_series, API, 0, FIGURES, NULL},
    {"GET", "/v1/methodology", api_methodology, API, 0, LISTS, NULL},
    {"GET", "/v1/text", web_text, API, 0, PRICES, NULL},
    {"GET", "/v1/reports/structure.xml", api_report_structure, API, 0, LISTS, NULL},
    {"GET", "/v1/reports/{file}", api_report, API, 0, LISTS, NULL},
    {"GET", "/data/", api_data_catalogue, API, 0, LISTS, NULL},
    {"GET", "/v4/comparisons", api_comparisons, API, 0, PRICES, NULL},
    {"GET", "/healthz", api_healthz, 0, 0, "no-store", NULL},
    {"GET", "/readyz", api_readyz, 0, 0, "no-store", NULL},
    {"GET", "/metrics", http_metrics, 0, 0, "no-store", NULL},
    {"GET", "/robots.txt", web_robots, 0, 0, NULL, NULL},
    {"GET", "/sitemap.xml", web_sitemap, 0, 0, NULL, NULL},
    {"GET", "/sw.js", web_asset, 0, 0, NULL, NULL},
    {"GET", "/openapi.json", web_asset, API, 0, NULL, NULL},
    {"GET", "/{lang}/manifest.webmanifest", web_manifest, 0, 0, NULL, NULL},
    {"GET", "/.well-known/security.txt", web_security, 0, 0, NULL, NULL},
    {"GET", "/assets/{file}", web_asset, 0, 0, NULL, NULL},
    {"GET", "/embed/{corridor}", web_embed, 0, 0, NULL, NULL},
    {"GET", "/", web_root, 0, 0, NULL, NULL},
    {"GET", "/{lang}/", web_home, 0, 0, NULL, NULL},
    {"GET", "/{lang}/reports/{corridor}", web_report, 0, 0, NULL, NULL},
    {"GET", "/{lang}/observatory", web_observatory, 0, 0, NULL, NULL},
    {"GET", "/{lang}/compare", web_compare, 0, 0, NULL, NULL},
    {"GET", "/{lang}/{corridor}/community", web_community, 0, 0, NULL, NULL},
    {"POST", "/{lang}/{corridor}/community", web_community_write, 0, 16384, NULL, NULL},
    {"GET", "/{lang}/{corridor}/feed.atom", web_atom_corridor, 0, 0, LISTS, NULL},
    {"GET", "/{lang}/operators/{id}/feed.atom", web_atom_operator, 0, 0, LISTS, NULL},
    {"GET", "/{lang}/sitemap.xml", web_sitemap_language, 0, 0, NULL, NULL},
    {"GET", "/{lang}/operators", web_operators, 0, 0, NULL, NULL},
    {"GET", "/{lang}/operators/{id}", web_operator, 0, 0, NULL, NULL},
    {"GET", "/{lang}/articles/", web_articles, 0, 0, NULL, NULL},
    {"GET", "/{lang}/articles/{article}", web_article, 0, 0, NULL, NULL},
    {"GET", "/{lang}/methodology", web_prose, 0, 0, NULL, NULL},
    {"GET", "/{lang}/data", web_prose, 0, 0, NULL, NULL},
    {"GET", "/{lang}/about", web_prose, 0, 0, NULL, NULL},
    {"GET", "/{lang}/privacy", web_prose, 0, 0, NULL, NULL},
    {"GET", "/{lang}/accessibility", web_prose, 0, 0, NULL, NULL},
    {"GET", "/{lang}/contact", web_prose, 0, 0, NULL, NULL},
    {"GET", "/{lang}/developers", web_prose, 0, 0, NULL, NULL},
    {"GET", "/{lang}/{corridor}", web_corridor, 0, 0, NULL, NULL},
};
const size_t route_count = COUNT_OF(routes);
