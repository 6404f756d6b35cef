-- Regions, income groups and the G20: what the survey's averages are grouped by. Facts, so that nothing is needed to begin.
--
-- Regions are those of the survey's reports. In its fiscal year 2026 the World Bank moved Afghanistan and Pakistan out of
-- South Asia; its published averages by region, which ours are checked against, were made with the regions below.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(9, 'country-groups');

CREATE TABLE country_group (
    country     text     NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    region      text     NOT NULL CHECK (region IN ('EAS', 'ECS', 'LCN', 'MEA', 'NAC', 'SAS', 'SSF')),
    income      text     NOT NULL CHECK (income IN ('LIC', 'LMC', 'UMC', 'HIC', 'INX')),
    lending     text     NOT NULL CHECK (lending IN ('IBD', 'IDB', 'IDX', 'LNX')),
    g20         boolean  NOT NULL,
    fiscal_year smallint NOT NULL,
    source      text     NOT NULL,
    PRIMARY KEY (country, fiscal_year)
);
COMMENT ON TABLE country_group IS 'The World Bank''s groups of economies and the members of the G20, one row a country and year of classification.';
COMMENT ON COLUMN country_group.country IS 'ISO 3166-1 alpha-2. JG is the World Bank''s Channel Islands, given for Guernsey and Jersey too.';
COMMENT ON COLUMN country_group.region IS 'The World Bank''s code: EAS East Asia and Pacific, ECS Europe and Central Asia, LCN Latin America and the Caribbean, MEA Middle East and North Africa, NAC North America, SAS South Asia, SSF Sub-Saharan Africa.';
COMMENT ON COLUMN country_group.income IS 'The World Bank''s code: LIC low, LMC lower middle, UMC upper middle, HIC high income, INX not classified.';
COMMENT ON COLUMN country_group.lending IS 'The World Bank''s code: IBD IBRD, IDX IDA, IDB both (blend), LNX neither.';
COMMENT ON COLUMN country_group.g20 IS 'One of the nineteen countries that are members; the European and African Unions are members too, their countries are not.';
COMMENT ON COLUMN country_group.fiscal_year IS 'The World Bank''s fiscal year the classification was made for; it begins on 1 July of the year before.';
COMMENT ON COLUMN country_group.source IS 'Who classifies.';

INSERT INTO country_group (country, region, income, lending, g20, fiscal_year, source)
SELECT v.*, 2025, 'World Bank country and lending groups of 1 July 2024; G20 members' FROM (VALUES
    -- East Asia and Pacific
    ('AS', 'EAS', 'HIC', 'LNX', false), ('AU', 'EAS', 'HIC', 'LNX', true), ('BN', 'EAS', 'HIC', 'LNX', false),
    ('CN', 'EAS', 'UMC', 'IBD', true), ('FJ', 'EAS', 'UMC', 'IDB', false), ('FM', 'EAS', 'LMC', 'IDX', false),
    ('GU', 'EAS', 'HIC', 'LNX', false), ('HK', 'EAS', 'HIC', 'LNX', false), ('ID', 'EAS', 'UMC', 'IBD', true),
    ('JP', 'EAS', 'HIC', 'LNX', true), ('KH', 'EAS', 'LMC', 'IDX', false), ('KI', 'EAS', 'LMC', 'IDX', false),
    ('KP', 'EAS', 'LIC', 'LNX', false), ('KR', 'EAS', 'HIC', 'LNX', true), ('LA', 'EAS', 'LMC', 'IDX', false),
    ('MH', 'EAS', 'UMC', 'IDX', false), ('MM', 'EAS', 'LMC', 'IDX', false), ('MN', 'EAS', 'UMC', 'IBD', false),
    ('MO', 'EAS', 'HIC', 'LNX', false), ('MP', 'EAS', 'HIC', 'LNX', false), ('MY', 'EAS', 'UMC', 'IBD', false),
    ('NC', 'EAS', 'HIC', 'LNX', false), ('NR', 'EAS', 'HIC', 'IBD', false), ('NZ', 'EAS', 'HIC', 'LNX', false),
    ('PF', 'EAS', 'HIC', 'LNX', false), ('PG', 'EAS', 'LMC', 'IDB', false), ('PH', 'EAS', 'LMC', 'IBD', false),
    ('PW', 'EAS', 'HIC', 'IBD', false), ('SB', 'EAS', 'LMC', 'IDX', false), ('SG', 'EAS', 'HIC', 'LNX', false),
    ('TH', 'EAS', 'UMC', 'IBD', false), ('TL', 'EAS', 'LMC', 'IDB', false), ('TO', 'EAS', 'UMC', 'IDX', false),
    ('TV', 'EAS', 'UMC', 'IDX', false), ('TW', 'EAS', 'HIC', 'LNX', false), ('VN', 'EAS', 'LMC', 'IBD', false),
    ('VU', 'EAS', 'LMC', 'IDX', false), ('WS', 'EAS', 'LMC', 'IDX', false),
    -- Europe and Central Asia
    ('AD', 'ECS', 'HIC', 'LNX', false), ('AL', 'ECS', 'UMC', 'IBD', false), ('AM', 'ECS', 'UMC', 'IBD', false),
    ('AT', 'ECS', 'HIC', 'LNX', false), ('AZ', 'ECS', 'UMC', 'IBD', false), ('BA', 'ECS', 'UMC', 'IBD', false),
    ('BE', 'ECS', 'HIC', 'LNX', false), ('BG', 'ECS', 'HIC', 'IBD', false), ('BY', 'ECS', 'UMC', 'IBD', false),
    ('CH', 'ECS', 'HIC', 'LNX', false), ('CY', 'ECS', 'HIC', 'LNX', false), ('CZ', 'ECS', 'HIC', 'LNX', false),
    ('DE', 'ECS', 'HIC', 'LNX', true), ('DK', 'ECS', 'HIC', 'LNX', false), ('EE', 'ECS', 'HIC', 'LNX', false),
    ('ES', 'ECS', 'HIC', 'LNX', false), ('FI', 'ECS', 'HIC', 'LNX', false), ('FO', 'ECS', 'HIC', 'LNX', false),
    ('FR', 'ECS', 'HIC', 'LNX', true), ('GB', 'ECS', 'HIC', 'LNX', true), ('GE', 'ECS', 'UMC', 'IBD', false),
    ('GG', 'ECS', 'HIC', 'LNX', false), ('GI', 'ECS', 'HIC', 'LNX', false), ('GL', 'ECS', 'HIC', 'LNX', false),
    ('GR', 'ECS', 'HIC', 'LNX', false), ('HR', 'ECS', 'HIC', 'IBD', false), ('HU', 'ECS', 'HIC', 'LNX', false),
    ('IE', 'ECS', 'HIC', 'LNX', false), ('IM', 'ECS', 'HIC', 'LNX', false), ('IS', 'ECS', 'HIC', 'LNX', false),
    ('IT', 'ECS', 'HIC', 'LNX', true), ('JE', 'ECS', 'HIC', 'LNX', false), ('JG', 'ECS', 'HIC', 'LNX', false),
    ('KG', 'ECS', 'LMC', 'IDX', false), ('KZ', 'ECS', 'UMC', 'IBD', false), ('LI', 'ECS', 'HIC', 'LNX', false),
    ('LT', 'ECS', 'HIC', 'LNX', false), ('LU', 'ECS', 'HIC', 'LNX', false), ('LV', 'ECS', 'HIC', 'LNX', false),
    ('MC', 'ECS', 'HIC', 'LNX', false), ('MD', 'ECS', 'UMC', 'IBD', false), ('ME', 'ECS', 'UMC', 'IBD', false),
    ('MK', 'ECS', 'UMC', 'IBD', false), ('NL', 'ECS', 'HIC', 'LNX', false), ('NO', 'ECS', 'HIC', 'LNX', false),
    ('PL', 'ECS', 'HIC', 'IBD', false), ('PT', 'ECS', 'HIC', 'LNX', false), ('RO', 'ECS', 'HIC', 'IBD', false),
    ('RS', 'ECS', 'UMC', 'IBD', false), ('RU', 'ECS', 'HIC', 'IBD', true), ('SE', 'ECS', 'HIC', 'LNX', false),
    ('SI', 'ECS', 'HIC', 'LNX', false), ('SK', 'ECS', 'HIC', 'LNX', false), ('SM', 'ECS', 'HIC', 'LNX', false),
    ('TJ', 'ECS', 'LMC', 'IDX', false), ('TM', 'ECS', 'UMC', 'IBD', false), ('TR', 'ECS', 'UMC', 'IBD', true),
    ('UA', 'ECS', 'UMC', 'IBD', false), ('UZ', 'ECS', 'LMC', 'IDB', false), ('XK', 'ECS', 'UMC', 'IDX', false),
    -- Latin America and the Caribbean. The Netherlands Antilles (AN) ended in 2010, were surveyed for years after, and
    -- stand as what came of them.
    ('AN', 'LCN', 'HIC', 'LNX', false),
    ('AG', 'LCN', 'HIC', 'IBD', false), ('AR', 'LCN', 'UMC', 'IBD', true), ('AW', 'LCN', 'HIC', 'LNX', false),
    ('BB', 'LCN', 'HIC', 'IBD', false), ('BO', 'LCN', 'LMC', 'IBD', false), ('BR', 'LCN', 'UMC', 'IBD', true),
    ('BS', 'LCN', 'HIC', 'LNX', false), ('BZ', 'LCN', 'UMC', 'IDB', false), ('CL', 'LCN', 'HIC', 'IBD', false),
    ('CO', 'LCN', 'UMC', 'IBD', false), ('CR', 'LCN', 'UMC', 'IBD', false), ('CU', 'LCN', 'UMC', 'LNX', false),
    ('CW', 'LCN', 'HIC', 'LNX', false), ('DM', 'LCN', 'UMC', 'IDB', false), ('DO', 'LCN', 'UMC', 'IBD', false),
    ('EC', 'LCN', 'UMC', 'IBD', false), ('GD', 'LCN', 'UMC', 'IDB', false), ('GT', 'LCN', 'UMC', 'IBD', false),
    ('GY', 'LCN', 'HIC', 'IDX', false), ('HN', 'LCN', 'LMC', 'IDX', false), ('HT', 'LCN', 'LMC', 'IDX', false),
    ('JM', 'LCN', 'UMC', 'IBD', false), ('KN', 'LCN', 'HIC', 'IBD', false), ('KY', 'LCN', 'HIC', 'LNX', false),
    ('LC', 'LCN', 'UMC', 'IDB', false), ('MF', 'LCN', 'HIC', 'LNX', false), ('MX', 'LCN', 'UMC', 'IBD', true),
    ('NI', 'LCN', 'LMC', 'IDX', false), ('PA', 'LCN', 'HIC', 'IBD', false), ('PE', 'LCN', 'UMC', 'IBD', false),
    ('PR', 'LCN', 'HIC', 'LNX', false), ('PY', 'LCN', 'UMC', 'IBD', false), ('SR', 'LCN', 'UMC', 'IBD', false),
    ('SV', 'LCN', 'UMC', 'IBD', false), ('SX', 'LCN', 'HIC', 'LNX', false), ('TC', 'LCN', 'HIC', 'LNX', false),
    ('TT', 'LCN', 'HIC', 'IBD', false), ('UY', 'LCN', 'HIC', 'IBD', false), ('VC', 'LCN', 'UMC', 'IDB', false),
    ('VE', 'LCN', 'INX', 'IBD', false), ('VG', 'LCN', 'HIC', 'LNX', false), ('VI', 'LCN', 'HIC', 'LNX', false),
    -- Middle East and North Africa
    ('AE', 'MEA', 'HIC', 'LNX', false), ('BH', 'MEA', 'HIC', 'LNX', false), ('DJ', 'MEA', 'LMC', 'IDX', false),
    ('DZ', 'MEA', 'UMC', 'IBD', false), ('EG', 'MEA', 'LMC', 'IBD', false), ('IL', 'MEA', 'HIC', 'LNX', false),
    ('IQ', 'MEA', 'UMC', 'IBD', false), ('IR', 'MEA', 'UMC', 'IBD', false), ('JO', 'MEA', 'LMC', 'IBD', false),
    ('KW', 'MEA', 'HIC', 'LNX', false), ('LB', 'MEA', 'LMC', 'IBD', false), ('LY', 'MEA', 'UMC', 'IBD', false),
    ('MA', 'MEA', 'LMC', 'IBD', false), ('MT', 'MEA', 'HIC', 'LNX', false), ('OM', 'MEA', 'HIC', 'LNX', false),
    ('PS', 'MEA', 'LMC', 'LNX', false), ('QA', 'MEA', 'HIC', 'LNX', false), ('SA', 'MEA', 'HIC', 'LNX', true),
    ('SY', 'MEA', 'LIC', 'IDX', false), ('TN', 'MEA', 'LMC', 'IBD', false), ('YE', 'MEA', 'LIC', 'IDX', false),
    -- North America
    ('BM', 'NAC', 'HIC', 'LNX', false), ('CA', 'NAC', 'HIC', 'LNX', true), ('US', 'NAC', 'HIC', 'LNX', true),
    -- South Asia
    ('AF', 'SAS', 'LIC', 'IDX', false), ('BD', 'SAS', 'LMC', 'IDX', false), ('BT', 'SAS', 'LMC', 'IDX', false),
    ('IN', 'SAS', 'LMC', 'IBD', true), ('LK', 'SAS', 'LMC', 'IDX', false), ('MV', 'SAS', 'UMC', 'IDX', false),
    ('NP', 'SAS', 'LMC', 'IDX', false), ('PK', 'SAS', 'LMC', 'IDB', false),
    -- Sub-Saharan Africa
    ('AO', 'SSF', 'LMC', 'IBD', false), ('BF', 'SSF', 'LIC', 'IDX', false), ('BI', 'SSF', 'LIC', 'IDX', false),
    ('BJ', 'SSF', 'LMC', 'IDX', false), ('BW', 'SSF', 'UMC', 'IBD', false), ('CD', 'SSF', 'LIC', 'IDX', false),
    ('CF', 'SSF', 'LIC', 'IDX', false), ('CG', 'SSF', 'LMC', 'IDB', false), ('CI', 'SSF', 'LMC', 'IDX', false),
    ('CM', 'SSF', 'LMC', 'IDB', false), ('CV', 'SSF', 'LMC', 'IDB', false), ('ER', 'SSF', 'LIC', 'IDX', false),
    ('ET', 'SSF', 'LIC', 'IDX', false), ('GA', 'SSF', 'UMC', 'IBD', false), ('GH', 'SSF', 'LMC', 'IDX', false),
    ('GM', 'SSF', 'LIC', 'IDX', false), ('GN', 'SSF', 'LMC', 'IDX', false), ('GQ', 'SSF', 'UMC', 'IBD', false),
    ('GW', 'SSF', 'LIC', 'IDX', false), ('KE', 'SSF', 'LMC', 'IDB', false), ('KM', 'SSF', 'LMC', 'IDX', false),
    ('LR', 'SSF', 'LIC', 'IDX', false), ('LS', 'SSF', 'LMC', 'IDX', false), ('MG', 'SSF', 'LIC', 'IDX', false),
    ('ML', 'SSF', 'LIC', 'IDX', false), ('MR', 'SSF', 'LMC', 'IDX', false), ('MU', 'SSF', 'UMC', 'IBD', false),
    ('MW', 'SSF', 'LIC', 'IDX', false), ('MZ', 'SSF', 'LIC', 'IDX', false), ('NA', 'SSF', 'UMC', 'IBD', false),
    ('NE', 'SSF', 'LIC', 'IDX', false), ('NG', 'SSF', 'LMC', 'IDB', false), ('RW', 'SSF', 'LIC', 'IDX', false),
    ('SC', 'SSF', 'HIC', 'IBD', false), ('SD', 'SSF', 'LIC', 'IDX', false), ('SL', 'SSF', 'LIC', 'IDX', false),
    ('SN', 'SSF', 'LMC', 'IDX', false), ('SO', 'SSF', 'LIC', 'IDX', false), ('SS', 'SSF', 'LIC', 'IDX', false),
    ('ST', 'SSF', 'LMC', 'IDX', false), ('SZ', 'SSF', 'LMC', 'IDB', false), ('TD', 'SSF', 'LIC', 'IDX', false),
    ('TG', 'SSF', 'LIC', 'IDX', false), ('TZ', 'SSF', 'LMC', 'IDX', false), ('UG', 'SSF', 'LIC', 'IDX', false),
    ('ZA', 'SSF', 'UMC', 'IBD', true), ('ZM', 'SSF', 'LMC', 'IDX', false), ('ZW', 'SSF', 'LMC', 'IDB', false)
) v;

GRANT SELECT ON country_group TO corridor_ingest, corridor_server, corridor_moderator, corridor_researcher;
COMMIT;
