/* The questions of feed_ask.c, in the order in which they are asked. */
#include "ingest/feed_ask_sql.h"

/* The instant is taken behind the locks: whoever has a lock later has a later instant. */
const struct db_statement feed_ask_locks_sql = {
    "feed_ask_locks",
    "SELECT o, pg_try_advisory_xact_lock(corridor.feed_lock(o)),"
    " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM unnest($1::text[]) AS o",
    1};

const struct db_statement feed_ask_keys_sql = {
    "feed_ask_keys",
    "SELECT k.n, nextval('corridor.submission_id_seq'),"
    " k.key IS NULL OR pg_try_advisory_xact_lock(corridor.feed_lock(k.operator || ' ' || k.key)),"
    " (extract(epoch FROM t.at) * 1000000)::bigint, t.submission"
    " FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (operator, key, n)"
    " LEFT JOIN corridor.feed_turn t ON t.operator = k.operator ORDER BY k.n",
    2};

/* By the key's index alone: planned while the table is small, it might be found by the operator's,
 * which then grows with every submission. */
const struct db_statement feed_ask_earlier_sql = {
    "feed_ask_earlier",
    "SELECT k.n, d.id, d.source, encode(d.sha256, 'hex'), d.status, d.answer"
    " FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (operator, key, n)"
    " CROSS JOIN LATERAL (SELECT * FROM corridor.submission d WHERE d.idempotency_key = k.key"
    "  AND d.operator || '' = k.operator OFFSET 0) d",
    2};

const struct db_statement feed_ask_nonces_sql = {
    "feed_ask_nonces",
    "SELECT item, state FROM corridor.feed_take_nonces($1::text[], $2::text[], $3::bigint[])", 3};

/* Of those whose nonce was taken in an earlier transaction: whose key has been ended since. */
const struct db_statement feed_ask_standing_sql = {
    "feed_ask_standing",
    "SELECT k.n FROM unnest($1::text[]) WITH ORDINALITY AS k (id, n)"
    " WHERE NOT EXISTS (SELECT FROM corridor.valid_feed_key v WHERE v.id = k.id)",
    1};

/*
 * OFFSET 0 keeps each look-up what it is, by its index, however small the tables are at first. What
 * was withdrawn while nothing but a held price stood has no price to judge by: the one before has.
 */
const struct db_statement feed_ask_items_sql = {
    "feed_ask_items",
    "SELECT coalesce(s.id, nextval('corridor.service_id_seq')), s.id IS NOT NULL, s.corridor,"
    " nextval('corridor.quote_id'), c.quote,"
    " (extract(epoch FROM c.valid_until) * 1000000)::bigint, encode(c.content, 'hex'),"
    " coalesce(c.judged_pair, w.judged_pair), coalesce(c.judged_rate, w.judged_rate),"
    " coalesce(c.judged_log, w.judged_log), coalesce(c.judged_fee_200, w.judged_fee_200),"
    " coalesce(c.judged_terms, w.judged_terms),"
    " h.id, encode(h.content, 'hex'), h.code, h.field, h.reason,"
    " (extract(epoch FROM greatest(c.recorded_at, h.recorded_at)) * 1000000)::bigint"
    " FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS u (operator, ref, price, "
    "n)"
    " LEFT JOIN LATERAL (SELECT * FROM corridor.service s"
    "  WHERE s.operator = u.operator AND s.ref = u.ref OFFSET 0) s ON true"
    " LEFT JOIN LATERAL (SELECT * FROM corridor.current_offer c"
    "  WHERE c.service = s.id AND c.price = u.price"
    "  ORDER BY c.recorded_at DESC, c.quote DESC LIMIT 1) c ON true"
    " LEFT JOIN LATERAL (SELECT * FROM corridor.withdrawal w"
    "  WHERE c.quote IS NULL AND w.service = s.id AND w.price = u.price"
    "  AND w.judged_pair IS NOT NULL"
    "  ORDER BY w.recorded_at DESC, w.id DESC LIMIT 1) w ON true"
    " LEFT JOIN LATERAL (SELECT max(w.recorded_at) AS recorded_at FROM corridor.withdrawal w"
    "  WHERE c.quote IS NULL AND w.service = s.id AND w.price = u.price) gone ON true"
    " LEFT JOIN LATERAL (SELECT * FROM corridor.quarantined_quote h"
    "  WHERE h.service = s.id AND h.price = u.price"
    "  ORDER BY h.recorded_at DESC LIMIT 1) h"
    "  ON h.recorded_at > greatest(c.recorded_at, gone.recorded_at, '-infinity')"
    "  AND h.valid_until > now() AND NOT EXISTS (SELECT FROM corridor.quarantine_decision d"
    "   WHERE d.quote = h.id AND d.decision = 'reject')"
    " ORDER BY u.n",
    3};

const struct db_statement feed_ask_gone_sql = {
    "feed_ask_gone",
    "SELECT g.n, o.service, o.price"
    " FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS g (operator, ref, n)"
    " JOIN corridor.service s ON s.operator = g.operator AND s.ref = g.ref"
    " CROSS JOIN LATERAL corridor.open_prices(s.id) o ORDER BY g.n",
    2};
