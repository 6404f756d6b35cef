-- The survey rows and live prices behind every figure, one row a service and quarter, as reports give them.
--
-- What a report is asked for stands in settings of its transaction, since COPY takes no parameters: corridor.report_from and
-- corridor.report_to (quarters) and corridor.report_as_of (an instant). Without them the views give everything as known now.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(21, 'reports');

CREATE TABLE country_code (
    country text PRIMARY KEY CHECK (country ~ '^[A-Z]{2}$'),
    iso3    text NOT NULL UNIQUE CHECK (iso3 ~ '^[A-Z]{3}$'),
    m49     text NOT NULL UNIQUE CHECK (m49 ~ '^[0-9]{3}$')
);
COMMENT ON TABLE country_code IS 'The codes of countries that statistics use, those of core/codes.c.';
COMMENT ON COLUMN country_code.country IS 'ISO 3166-1 alpha-2; XK is Kosovo.';
COMMENT ON COLUMN country_code.iso3 IS 'ISO 3166-1 alpha-3; XKX is Kosovo, as the World Bank writes it.';
COMMENT ON COLUMN country_code.m49 IS 'UN M49, three digits; 412 is Kosovo, as UN statistics write it.';
INSERT INTO country_code (country, iso3, m49) VALUES
    ('AD', 'AND', '020'), ('AE', 'ARE', '784'), ('AF', 'AFG', '004'), ('AG', 'ATG', '028'), ('AI', 'AIA', '660'), ('AL', 'ALB', '008'),
    ('AM', 'ARM', '051'), ('AO', 'AGO', '024'), ('AQ', 'ATA', '010'), ('AR', 'ARG', '032'), ('AS', 'ASM', '016'), ('AT', 'AUT', '040'),
    ('AU', 'AUS', '036'), ('AW', 'ABW', '533'), ('AX', 'ALA', '248'), ('AZ', 'AZE', '031'), ('BA', 'BIH', '070'), ('BB', 'BRB', '052'),
    ('BD', 'BGD', '050'), ('BE', 'BEL', '056'), ('BF', 'BFA', '854'), ('BG', 'BGR', '100'), ('BH', 'BHR', '048'), ('BI', 'BDI', '108'),
    ('BJ', 'BEN', '204'), ('BL', 'BLM', '652'), ('BM', 'BMU', '060'), ('BN', 'BRN', '096'), ('BO', 'BOL', '068'), ('BQ', 'BES', '535'),
    ('BR', 'BRA', '076'), ('BS', 'BHS', '044'), ('BT', 'BTN', '064'), ('BV', 'BVT', '074'), ('BW', 'BWA', '072'), ('BY', 'BLR', '112'),
    ('BZ', 'BLZ', '084'), ('CA', 'CAN', '124'), ('CC', 'CCK', '166'), ('CD', 'COD', '180'), ('CF', 'CAF', '140'), ('CG', 'COG', '178'),
    ('CH', 'CHE', '756'), ('CI', 'CIV', '384'), ('CK', 'COK', '184'), ('CL', 'CHL', '152'), ('CM', 'CMR', '120'), ('CN', 'CHN', '156'),
    ('CO', 'COL', '170'), ('CR', 'CRI', '188'), ('CU', 'CUB', '192'), ('CV', 'CPV', '132'), ('CW', 'CUW', '531'), ('CX', 'CXR', '162'),
    ('CY', 'CYP', '196'), ('CZ', 'CZE', '203'), ('DE', 'DEU', '276'), ('DJ', 'DJI', '262'), ('DK', 'DNK', '208'), ('DM', 'DMA', '212'),
    ('DO', 'DOM', '214'), ('DZ', 'DZA', '012'), ('EC', 'ECU', '218'), ('EE', 'EST', '233'), ('EG', 'EGY', '818'), ('EH', 'ESH', '732'),
    ('ER', 'ERI', '232'), ('ES', 'ESP', '724'), ('ET', 'ETH', '231'), ('FI', 'FIN', '246'), ('FJ', 'FJI', '242'), ('FK', 'FLK', '238'),
    ('FM', 'FSM', '583'), ('FO', 'FRO', '234'), ('FR', 'FRA', '250'), ('GA', 'GAB', '266'), ('GB', 'GBR', '826'), ('GD', 'GRD', '308'),
    ('GE', 'GEO', '268'), ('GF', 'GUF', '254'), ('GG', 'GGY', '831'), ('GH', 'GHA', '288'), ('GI', 'GIB', '292'), ('GL', 'GRL', '304'),
    ('GM', 'GMB', '270'), ('GN', 'GIN', '324'), ('GP', 'GLP', '312'), ('GQ', 'GNQ', '226'), ('GR', 'GRC', '300'), ('GS', 'SGS', '239'),
    ('GT', 'GTM', '320'), ('GU', 'GUM', '316'), ('GW', 'GNB', '624'), ('GY', 'GUY', '328'), ('HK', 'HKG', '344'), ('HM', 'HMD', '334'),
    ('HN', 'HND', '340'), ('HR', 'HRV', '191'), ('HT', 'HTI', '332'), ('HU', 'HUN', '348'), ('ID', 'IDN', '360'), ('IE', 'IRL', '372'),
    ('IL', 'ISR', '376'), ('IM', 'IMN', '833'), ('IN', 'IND', '356'), ('IO', 'IOT', '086'), ('IQ', 'IRQ', '368'), ('IR', 'IRN', '364'),
    ('IS', 'ISL', '352'), ('IT', 'ITA', '380'), ('JE', 'JEY', '832'), ('JM', 'JAM', '388'), ('JO', 'JOR', '400'), ('JP', 'JPN', '392'),
    ('KE', 'KEN', '404'), ('KG', 'KGZ', '417'), ('KH', 'KHM', '116'), ('KI', 'KIR', '296'), ('KM', 'COM', '174'), ('KN', 'KNA', '659'),
    ('KP', 'PRK', '408'), ('KR', 'KOR', '410'), ('KW', 'KWT', '414'), ('KY', 'CYM', '136'), ('KZ', 'KAZ', '398'), ('LA', 'LAO', '418'),
    ('LB', 'LBN', '422'), ('LC', 'LCA', '662'), ('LI', 'LIE', '438'), ('LK', 'LKA', '144'), ('LR', 'LBR', '430'), ('LS', 'LSO', '426'),
    ('LT', 'LTU', '440'), ('LU', 'LUX', '442'), ('LV', 'LVA', '428'), ('LY', 'LBY', '434'), ('MA', 'MAR', '504'), ('MC', 'MCO', '492'),
    ('MD', 'MDA', '498'), ('ME', 'MNE', '499'), ('MF', 'MAF', '663'), ('MG', 'MDG', '450'), ('MH', 'MHL', '584'), ('MK', 'MKD', '807'),
    ('ML', 'MLI', '466'), ('MM', 'MMR', '104'), ('MN', 'MNG', '496'), ('MO', 'MAC', '446'), ('MP', 'MNP', '580'), ('MQ', 'MTQ', '474'),
    ('MR', 'MRT', '478'), ('MS', 'MSR', '500'), ('MT', 'MLT', '470'), ('MU', 'MUS', '480'), ('MV', 'MDV', '462'), ('MW', 'MWI', '454'),
    ('MX', 'MEX', '484'), ('MY', 'MYS', '458'), ('MZ', 'MOZ', '508'), ('NA', 'NAM', '516'), ('NC', 'NCL', '540'), ('NE', 'NER', '562'),
    ('NF', 'NFK', '574'), ('NG', 'NGA', '566'), ('NI', 'NIC', '558'), ('NL', 'NLD', '528'), ('NO', 'NOR', '578'), ('NP', 'NPL', '524'),
    ('NR', 'NRU', '520'), ('NU', 'NIU', '570'), ('NZ', 'NZL', '554'), ('OM', 'OMN', '512'), ('PA', 'PAN', '591'), ('PE', 'PER', '604'),
    ('PF', 'PYF', '258'), ('PG', 'PNG', '598'), ('PH', 'PHL', '608'), ('PK', 'PAK', '586'), ('PL', 'POL', '616'), ('PM', 'SPM', '666'),
    ('PN', 'PCN', '612'), ('PR', 'PRI', '630'), ('PS', 'PSE', '275'), ('PT', 'PRT', '620'), ('PW', 'PLW', '585'), ('PY', 'PRY', '600'),
    ('QA', 'QAT', '634'), ('RE', 'REU', '638'), ('RO', 'ROU', '642'), ('RS', 'SRB', '688'), ('RU', 'RUS', '643'), ('RW', 'RWA', '646'),
    ('SA', 'SAU', '682'), ('SB', 'SLB', '090'), ('SC', 'SYC', '690'), ('SD', 'SDN', '729'), ('SE', 'SWE', '752'), ('SG', 'SGP', '702'),
    ('SH', 'SHN', '654'), ('SI', 'SVN', '705'), ('SJ', 'SJM', '744'), ('SK', 'SVK', '703'), ('SL', 'SLE', '694'), ('SM', 'SMR', '674'),
    ('SN', 'SEN', '686'), ('SO', 'SOM', '706'), ('SR', 'SUR', '740'), ('SS', 'SSD', '728'), ('ST', 'STP', '678'), ('SV', 'SLV', '222'),
    ('SX', 'SXM', '534'), ('SY', 'SYR', '760'), ('SZ', 'SWZ', '748'), ('TC', 'TCA', '796'), ('TD', 'TCD', '148'), ('TF', 'ATF', '260'),
    ('TG', 'TGO', '768'), ('TH', 'THA', '764'), ('TJ', 'TJK', '762'), ('TK', 'TKL', '772'), ('TL', 'TLS', '626'), ('TM', 'TKM', '795'),
    ('TN', 'TUN', '788'), ('TO', 'TON', '776'), ('TR', 'TUR', '792'), ('TT', 'TTO', '780'), ('TV', 'TUV', '798'), ('TW', 'TWN', '158'),
    ('TZ', 'TZA', '834'), ('UA', 'UKR', '804'), ('UG', 'UGA', '800'), ('UM', 'UMI', '581'), ('US', 'USA', '840'), ('UY', 'URY', '858'),
    ('UZ', 'UZB', '860'), ('VA', 'VAT', '336'), ('VC', 'VCT', '670'), ('VE', 'VEN', '862'), ('VG', 'VGB', '092'), ('VI', 'VIR', '850'),
    ('VN', 'VNM', '704'), ('VU', 'VUT', '548'), ('WF', 'WLF', '876'), ('WS', 'WSM', '882'), ('XK', 'XKX', '412'), ('YE', 'YEM', '887'),
    ('YT', 'MYT', '175'), ('ZA', 'ZAF', '710'), ('ZM', 'ZMB', '894'), ('ZW', 'ZWE', '716');

-- ---- What a report is asked for

CREATE FUNCTION report_as_of() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('corridor.report_as_of', true), '')::timestamptz, now())
$$;
COMMENT ON FUNCTION report_as_of IS 'The instant whose knowledge a report gives: the setting corridor.report_as_of, else now.';
CREATE FUNCTION report_from() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('corridor.report_from', true), ''), '1970-Q1')
$$;
COMMENT ON FUNCTION report_from IS 'A report''s first quarter: the setting corridor.report_from.';
CREATE FUNCTION report_to() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('corridor.report_to', true), ''), '9999-Q4')
$$;
COMMENT ON FUNCTION report_to IS 'A report''s last quarter: the setting corridor.report_to.';

CREATE FUNCTION report_cell(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN ascii(value) IN (9, 10, 13, 39, 43, 45, 61, 64, 65291, 65293, 65309, 65312) THEN '''' || value ELSE value END
$$;
COMMENT ON FUNCTION report_cell IS 'A text from outside, for CSV that a spreadsheet may open: one that begins with = + - @ (or their full-width forms), a tab, a line break or an apostrophe gets an apostrophe in front, so that it is never run as a formula. To have the original, drop one leading apostrophe.';

CREATE VIEW report_standing AS
SELECT report_as_of() AS as_of,
       (SELECT count(*) FROM submission s WHERE s.recorded_at <= report_as_of() OR s.kind = 'demonstration') AS submissions,
       (SELECT coalesce(max(s.id), 0) FROM submission s
        WHERE s.recorded_at <= report_as_of() OR s.kind = 'demonstration') AS last_submission;
COMMENT ON VIEW report_standing IS 'What the record held at report_as_of(). Nothing in it is ever changed, so two reports with the same question and the same standing are the same.';
COMMENT ON COLUMN report_standing.as_of IS 'report_as_of().';
COMMENT ON COLUMN report_standing.submissions IS 'Deliveries known by then. (The demonstration dates its prices back, so its deliveries always count.)';
COMMENT ON COLUMN report_standing.last_submission IS 'The highest number among them.';
CREATE INDEX submission_recorded ON submission (recorded_at, id);

CREATE FUNCTION report_latest() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT greatest((SELECT max(s.recorded_at) FROM corridor.submission s WHERE s.recorded_at <= now()),
                    (SELECT max(d.recorded_at) FROM corridor.quarantine_decision d
                     WHERE d.decision = 'release' AND d.recorded_at <= now()),
                    (SELECT max(p.superseded_at) FROM corridor.operator_past p WHERE p.superseded_at <= now()),
                    date_trunc('day', now(), 'UTC'))
$$;
COMMENT ON FUNCTION report_latest IS 'The as_of of a report that is asked for without one: when the record last learned something (a delivery, a held price that was released, what an operator is), or the beginning of today (UTC) where that is later, since prices begin and lapse by themselves. So the same report is the same until something changes.';
GRANT SELECT (decision, recorded_at) ON quarantine_decision TO corridor_server, corridor_researcher;

-- ---- Surveys

CREATE VIEW report_surveyed AS
SELECT o.period, o.corridor, f.iso3 || t.iso3 AS corridor_iso3,
       left(o.corridor, 2) AS sending_country, f.m49 AS sending_m49,
       right(o.corridor, 2) AS receiving_country, t.m49 AS receiving_m49,
       'survey' AS kind, 's' || o.id AS quote, o.source, o.source_id AS source_ref, o.operator, o.firm, o.firm_type,
       nullif(array_to_string(o.pay_in, ';'), '') AS pay_in, nullif(array_to_string(o.access_point, ';'), '') AS access_point,
       nullif(array_to_string(o.pay_out, ';'), '') AS pay_out, o.speed, o.coverage, o.transparent, o.collected_on,
       o.send_currency, NULL::text AS receive_currency, o.reference_rate,
       a.principal AS principal_200, a.fee AS fee_200, a.rate AS rate_200, a.margin_pct AS margin_pct_200,
       a.total_cost_pct AS total_cost_pct_200,
       b.principal AS principal_500, b.fee AS fee_500, b.rate AS rate_500, b.margin_pct AS margin_pct_500,
       b.total_cost_pct AS total_cost_pct_500, false AS demonstration
FROM observation o
LEFT JOIN country_code f ON f.country = left(o.corridor, 2)
LEFT JOIN country_code t ON t.country = right(o.corridor, 2)
LEFT JOIN observed_price a ON a.observation = o.id AND a.price_point_usd = 200
LEFT JOIN observed_price b ON b.observation = o.id AND b.price_point_usd = 500
WHERE o.period >= (SELECT report_from()) AND o.period <= (SELECT report_to())
  AND o.recorded_at = (SELECT max(v.recorded_at) FROM observation v
                       WHERE v.source = o.source AND v.source_id = o.source_id AND v.recorded_at <= (SELECT report_as_of()));
COMMENT ON VIEW report_surveyed IS 'Survey rows as known at report_as_of(), each in the version known then. The columns are those of the services report.';

-- ---- Live prices

CREATE FUNCTION tariff_at(tariff jsonb, principal numeric, send text, tax_pct numeric, OUT fee numeric, OUT rate numeric)
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    SELECT least(greatest(round(coalesce((b ->> 'fee')::numeric, 0) + coalesce((b ->> 'fee_pct')::numeric, 0) * principal / 100,
                                corridor.currency_exponent(send)), coalesce((b ->> 'fee_min')::numeric, 0)),
                 (b ->> 'fee_max')::numeric)
           + round(tax_pct * principal / 100, corridor.currency_exponent(send)), (b ->> 'rate')::numeric
    INTO fee, rate
    FROM jsonb_array_elements(tariff) WITH ORDINALITY AS e (b, place)
    WHERE (b ->> 'from')::numeric <= principal
      AND (b ->> 'to' IS NULL OR principal < (b ->> 'to')::numeric
           OR (place = jsonb_array_length(tariff) AND principal = (b ->> 'to')::numeric));
END $$;
COMMENT ON FUNCTION tariff_at IS 'Fee with tax, sending currency, and rate of a tariff at a principal: the parts of tariff_cost_pct. Nulls when no band holds.';

CREATE FUNCTION report_live_of(this_corridor text, this_period text, known_at timestamptz)
RETURNS TABLE (quote text, source text, source_ref text, operator text, firm text, firm_type text, pay_in text[],
               access_point text[], pay_out text[], speed text, coverage text, collected_on date, send_currency text,
               receive_currency text, reference_rate numeric, principal_200 numeric, fee_200 numeric, rate_200 numeric,
               margin_pct_200 numeric, total_cost_pct_200 numeric, principal_500 numeric, fee_500 numeric, rate_500 numeric,
               margin_pct_500 numeric, total_cost_pct_500 numeric, transparent boolean, demonstration boolean)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    -- As quarter_services does, with the parts of each cost.
    RETURN QUERY
    WITH live AS MATERIALIZED (
        SELECT (o.offer).*, s.operator, s.ref, firm.name, firm.type, op.origin, op.origin = 'demonstration' AS invented, o.day
        FROM quarter_offers(this_corridor, this_period, known_at) o
        JOIN service s ON s.id = (o.offer).service
        JOIN operator op ON op.id = s.operator
        CROSS JOIN LATERAL operator_at(s.operator, known_at) firm
    ), rates AS MATERIALIZED (
        SELECT pair.*, r.rate AS reference, usd.rate AS dollar
        FROM (SELECT DISTINCT l.send_currency, l.receive_currency, l.day, l.invented FROM live l) pair
        CROSS JOIN LATERAL reference_rate_at(pair.send_currency, pair.receive_currency, pair.day, known_at, pair.invented) r
        CROSS JOIN LATERAL reference_rate_at('USD', pair.send_currency, pair.day, known_at, pair.invented) usd
    ), priced AS (
        SELECT l.*, r.reference, a.principal AS principal_a, b.principal AS principal_b
        FROM live l
        LEFT JOIN rates r ON r.send_currency = l.send_currency AND r.receive_currency = l.receive_currency AND r.day = l.day
                         AND r.invented = l.invented
        -- The price point's worth, to the whole unit; null outside the offer's limits.
        CROSS JOIN LATERAL (SELECT CASE WHEN round(200 * r.dollar) >= l.min AND (l.max IS NULL OR round(200 * r.dollar) <= l.max)
                                        THEN round(200 * r.dollar) END) a (principal)
        CROSS JOIN LATERAL (SELECT CASE WHEN round(500 * r.dollar) >= l.min AND (l.max IS NULL OR round(500 * r.dollar) <= l.max)
                                        THEN round(500 * r.dollar) END) b (principal)
    )
    SELECT 'q' || p.id, p.origin, p.ref, p.operator, p.name, p.type, p.pay_in, p.access_point, p.pay_out, p.speed, p.coverage,
           (p.collected_at AT TIME ZONE 'UTC')::date, p.send_currency, p.receive_currency, trim_scale(p.reference),
           p.principal_a, a.fee, a.rate, round(100 * (p.reference - a.rate) / nullif(p.reference, 0), 6),
           round(100 * (a.fee / p.principal_a + (p.reference - a.rate) / nullif(p.reference, 0)
                        + p.receive_fee / nullif(p.principal_a * p.reference, 0)), 6),
           p.principal_b, b.fee, b.rate, round(100 * (p.reference - b.rate) / nullif(p.reference, 0), 6),
           round(100 * (b.fee / p.principal_b + (p.reference - b.rate) / nullif(p.reference, 0)
                        + p.receive_fee / nullif(p.principal_b * p.reference, 0)), 6),
           -- The margin can be reckoned: at a price point, or anywhere where it has neither.
           p.reference IS NOT NULL AND CASE WHEN p.principal_a IS NULL AND p.principal_b IS NULL
               THEN EXISTS (SELECT FROM jsonb_array_elements(p.tariff) band WHERE band ->> 'rate' IS NOT NULL)
               ELSE coalesce(a.rate, b.rate) IS NOT NULL END, p.invented
    FROM priced p
    CROSS JOIN LATERAL tariff_at(p.tariff, p.principal_a, p.send_currency, p.tax_pct) a
    CROSS JOIN LATERAL tariff_at(p.tariff, p.principal_b, p.send_currency, p.tax_pct) b
    ORDER BY p.operator, p.ref, p.id;
END $$;
COMMENT ON FUNCTION report_live_of IS 'The live services of a corridor in a quarter, one row each: the regular price in force at its end (now, in a running quarter), or the last within it, at the worth of 200 and of 500 US dollars. Columns as in report_live.';

CREATE VIEW report_live AS
SELECT quarter.period, c.corridor, f.iso3 || t.iso3 AS corridor_iso3,
       left(c.corridor, 2) AS sending_country, f.m49 AS sending_m49,
       right(c.corridor, 2) AS receiving_country, t.m49 AS receiving_m49,
       'live' AS kind, l.quote, l.source, l.source_ref, l.operator, l.firm, l.firm_type,
       nullif(array_to_string(l.pay_in, ';'), '') AS pay_in, nullif(array_to_string(l.access_point, ';'), '') AS access_point,
       nullif(array_to_string(l.pay_out, ';'), '') AS pay_out, l.speed, l.coverage,
       l.transparent, l.collected_on,
       l.send_currency, l.receive_currency, l.reference_rate,
       l.principal_200, l.fee_200, l.rate_200, l.margin_pct_200, l.total_cost_pct_200,
       l.principal_500, l.fee_500, l.rate_500, l.margin_pct_500, l.total_cost_pct_500, l.demonstration
FROM (SELECT s.corridor, (SELECT min(q.valid_from) FROM quote q WHERE q.corridor = s.corridor) AS first
      FROM (SELECT DISTINCT corridor FROM service) s) c
LEFT JOIN country_code f ON f.country = left(c.corridor, 2)
LEFT JOIN country_code t ON t.country = right(c.corridor, 2)
CROSS JOIN LATERAL (
    SELECT to_char(at, 'YYYY"-Q"Q') AS period
    FROM generate_series(date_trunc('quarter', c.first AT TIME ZONE 'UTC'), report_as_of() AT TIME ZONE 'UTC', interval '3 months') at
    WHERE to_char(at, 'YYYY"-Q"Q') BETWEEN (SELECT report_from()) AND (SELECT report_to())) quarter
CROSS JOIN LATERAL report_live_of(c.corridor, quarter.period, report_as_of()) l;
COMMENT ON VIEW report_live IS 'Live services as known at report_as_of(), one row a service and quarter. The columns are those of the services report.';

COMMENT ON COLUMN report_surveyed.period IS 'Quarter: 2011-Q3.';
COMMENT ON COLUMN report_surveyed.corridor IS 'Sending and receiving country, alpha-2.';
COMMENT ON COLUMN report_surveyed.corridor_iso3 IS 'The same in alpha-3, as the World Bank writes it.';
COMMENT ON COLUMN report_surveyed.sending_country IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN report_surveyed.sending_m49 IS 'UN M49.';
COMMENT ON COLUMN report_surveyed.receiving_country IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN report_surveyed.receiving_m49 IS 'UN M49.';
COMMENT ON COLUMN report_surveyed.kind IS 'survey or live.';
COMMENT ON COLUMN report_surveyed.quote IS 'Public number of the quote.';
COMMENT ON COLUMN report_surveyed.source IS 'The survey, or how the operator came here.';
COMMENT ON COLUMN report_surveyed.source_ref IS 'Its name there.';
COMMENT ON COLUMN report_surveyed.operator IS 'The operator''s id.';
COMMENT ON COLUMN report_surveyed.firm IS 'Its name, in a survey as published.';
COMMENT ON COLUMN report_surveyed.firm_type IS 'Firm type code.';
COMMENT ON COLUMN report_surveyed.pay_in IS 'Codes, divided by ;.';
COMMENT ON COLUMN report_surveyed.access_point IS 'Codes, divided by ;.';
COMMENT ON COLUMN report_surveyed.pay_out IS 'Codes, divided by ;.';
COMMENT ON COLUMN report_surveyed.speed IS 'Speed class code.';
COMMENT ON COLUMN report_surveyed.coverage IS 'Coverage code.';
COMMENT ON COLUMN report_surveyed.transparent IS 'Fee and rate are known beforehand.';
COMMENT ON COLUMN report_surveyed.collected_on IS 'Day of collection.';
COMMENT ON COLUMN report_surveyed.send_currency IS 'ISO 4217.';
COMMENT ON COLUMN report_surveyed.receive_currency IS 'ISO 4217; null for surveys, which do not say.';
COMMENT ON COLUMN report_surveyed.reference_rate IS 'Interbank or reference rate.';
COMMENT ON COLUMN report_surveyed.principal_200 IS 'Amount sent, sending currency, worth 200 US dollars.';
COMMENT ON COLUMN report_surveyed.fee_200 IS 'Fee at 200, sending currency.';
COMMENT ON COLUMN report_surveyed.rate_200 IS 'Applied rate at 200.';
COMMENT ON COLUMN report_surveyed.margin_pct_200 IS 'Margin at 200, percent.';
COMMENT ON COLUMN report_surveyed.total_cost_pct_200 IS 'Total cost at 200, percent of the principal.';
COMMENT ON COLUMN report_surveyed.principal_500 IS 'Amount sent, sending currency, worth 500 US dollars.';
COMMENT ON COLUMN report_surveyed.fee_500 IS 'Fee at 500, sending currency.';
COMMENT ON COLUMN report_surveyed.rate_500 IS 'Applied rate at 500.';
COMMENT ON COLUMN report_surveyed.margin_pct_500 IS 'Margin at 500, percent.';
COMMENT ON COLUMN report_surveyed.total_cost_pct_500 IS 'Total cost at 500, percent of the principal.';
COMMENT ON COLUMN report_surveyed.demonstration IS 'Invented.';
COMMENT ON COLUMN report_live.period IS 'Quarter: 2011-Q3.';
COMMENT ON COLUMN report_live.corridor IS 'Sending and receiving country, alpha-2.';
COMMENT ON COLUMN report_live.corridor_iso3 IS 'The same in alpha-3, as the World Bank writes it.';
COMMENT ON COLUMN report_live.sending_country IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN report_live.sending_m49 IS 'UN M49.';
COMMENT ON COLUMN report_live.receiving_country IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN report_live.receiving_m49 IS 'UN M49.';
COMMENT ON COLUMN report_live.kind IS 'survey or live.';
COMMENT ON COLUMN report_live.quote IS 'Public number of the quote.';
COMMENT ON COLUMN report_live.source IS 'The survey, or how the operator came here.';
COMMENT ON COLUMN report_live.source_ref IS 'Its name there.';
COMMENT ON COLUMN report_live.operator IS 'The operator''s id.';
COMMENT ON COLUMN report_live.firm IS 'Its name, in a survey as published.';
COMMENT ON COLUMN report_live.firm_type IS 'Firm type code.';
COMMENT ON COLUMN report_live.pay_in IS 'Codes, divided by ;.';
COMMENT ON COLUMN report_live.access_point IS 'Codes, divided by ;.';
COMMENT ON COLUMN report_live.pay_out IS 'Codes, divided by ;.';
COMMENT ON COLUMN report_live.speed IS 'Speed class code.';
COMMENT ON COLUMN report_live.coverage IS 'Coverage code.';
COMMENT ON COLUMN report_live.transparent IS 'Fee, rate and reference rate are known, so that the margin can be reckoned.';
COMMENT ON COLUMN report_live.collected_on IS 'Day of collection.';
COMMENT ON COLUMN report_live.send_currency IS 'ISO 4217.';
COMMENT ON COLUMN report_live.receive_currency IS 'ISO 4217; null for surveys, which do not say.';
COMMENT ON COLUMN report_live.reference_rate IS 'Interbank or reference rate.';
COMMENT ON COLUMN report_live.principal_200 IS 'Amount sent, sending currency, worth 200 US dollars.';
COMMENT ON COLUMN report_live.fee_200 IS 'Fee at 200, sending currency.';
COMMENT ON COLUMN report_live.rate_200 IS 'Applied rate at 200.';
COMMENT ON COLUMN report_live.margin_pct_200 IS 'Margin at 200, percent.';
COMMENT ON COLUMN report_live.total_cost_pct_200 IS 'Total cost at 200, percent of the principal.';
COMMENT ON COLUMN report_live.principal_500 IS 'Amount sent, sending currency, worth 500 US dollars.';
COMMENT ON COLUMN report_live.fee_500 IS 'Fee at 500, sending currency.';
COMMENT ON COLUMN report_live.rate_500 IS 'Applied rate at 500.';
COMMENT ON COLUMN report_live.margin_pct_500 IS 'Margin at 500, percent.';
COMMENT ON COLUMN report_live.total_cost_pct_500 IS 'Total cost at 500, percent of the principal.';
COMMENT ON COLUMN report_live.demonstration IS 'Invented.';

GRANT SELECT ON country_code, report_standing, report_surveyed, report_live
    TO corridor_ingest, corridor_server, corridor_moderator, corridor_researcher;
GRANT EXECUTE ON FUNCTION report_as_of, report_from, report_to, report_latest, report_cell, report_live_of, tariff_at
    TO corridor_moderator, corridor_researcher;
COMMIT;
