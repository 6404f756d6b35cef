-- The live market as oracle.py reads it: JSON Lines, one object for each offer that holds now or has lapsed without a
-- successor. Run by tests/golden/offers.sh.
SELECT jsonb_build_object(
    'corridor', q.corridor, 'operator', s.operator, 'name', o.name, 'service', s.ref, 'price', q.price,
    'speed', q.speed, 'send_currency', q.send_currency, 'receive_currency', q.receive_currency,
    'tariff', q.tariff, 'receive_fee', q.receive_fee::text, 'tax_pct', q.tax_pct::text, 'min', q.min::text,
    'max', q.max::text, 'reference_rate', r.rate::text,
    'valid_from', q.valid_from, 'valid_until', nullif(q.valid_until, 'infinity'))
FROM (SELECT DISTINCT corridor FROM corridor.service) c
CROSS JOIN LATERAL corridor.offers_at(c.corridor, now(), now()) q
JOIN corridor.service s ON s.id = q.service
JOIN corridor.operator o ON o.id = s.operator
CROSS JOIN LATERAL corridor.reference_rate_at(q.send_currency, q.receive_currency, (now() AT TIME ZONE 'UTC')::date,
                                              now(), o.origin = 'demonstration') r
ORDER BY q.corridor, s.operator, s.ref, q.price;
