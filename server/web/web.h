/*
 * The site: what corridord's route table needs of it. Patterns and handlers:
 *
 *   /v1/text                   web_text       a short message
 *   /                          web_root       to the reader's language
 *   /robots.txt                web_robots
 *   /sitemap.xml               web_sitemap, of /{lang}/sitemap.xml web_sitemap_language
 *   /assets/{file}             web_asset      style sheet and icon, at addresses that name their
 * bytes
 *   /{lang}/                   web_home
 *   /{lang}/compare            web_compare    where the form sends to; leads on to the corridor
 *   /{lang}/operators          web_operators  the firms
 *   /{lang}/operators/{id}     web_operator   one of them
 *   /{lang}/methodology …      web_prose      a page that is a text (prose.c)
 *   /{lang}/{corridor}         web_corridor   "/fr/FR-SN?amount=200"
 *   /embed/{corridor}          web_embed      for a frame on another site
 *   /{lang}/{corridor}/community        web_community, web_community_write   what senders say
 *   /{lang}/{corridor}/feed.atom         web_atom_corridor
 *   /{lang}/operators/{id}/feed.atom     web_atom_operator
 *   anything else              web_not_found  as the server's fallback
 */
#ifndef CORRIDOR_WEB_H
#define CORRIDOR_WEB_H

#include <corridor/http.h>

/* Reads languages, texts and assets. origin ("https://corridor.example") and contact (an e-mail
 * address, an https address or "") must outlive the site. Call once after codes_open, before the
 * server starts. False, having logged why, when something is missing. */
MUST_CHECK bool web_open(const char *origin, const char *contact);
void web_close(void);
/* Scheme and host of the site, for addresses that must be whole; safe in an attribute. */
const char *web_origin(void);

http_handler web_text;
http_handler web_root;
http_handler web_robots;
http_handler web_sitemap;
http_handler web_sitemap_language;
http_handler web_manifest;
http_handler web_security;
http_handler web_asset;
http_handler web_home;
http_handler web_compare;
http_handler web_operators;
http_handler web_operator;
http_handler web_prose;
http_handler web_corridor;
http_handler web_articles;
http_handler web_article;
http_handler web_observatory;
http_handler web_report;
http_handler web_community;
http_handler web_community_write;
http_handler web_embed;
http_handler web_atom_corridor;
http_handler web_atom_operator;
http_handler web_not_found;

#endif
