/*
 * What of a market is the same in every answer, written once when it is made: most of an answer's
 * bytes.
 */
#ifndef SERVER_MARKET_RENDER_H
#define SERVER_MARKET_RENDER_H

#include "server/market.h"

/* Fills the json members of a market that is being finished; its lists are the builder's own. */
void market_render(struct market *market, struct market_offer *offers,
                   struct market_observation *observations);

#endif
