-- Figures as reports give them: by corridor, by group and by operator, and in the columns of the United Nations' SDG dataflow.
--
-- What is asked for stands in settings, as for the views before (reports). Figures are those known at report_as_of(), which is
-- the time of a stand (stand_at) for all but operators. Averages are rounded to six decimals, once, here.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(22, 'report-figures');

CREATE FUNCTION report_stand(asked timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT s.recorded_at FROM corridor.stand_at(asked) s
$$;
COMMENT ON FUNCTION report_stand IS 'The as_of of a report made of worked-out figures: the last time they were by an instant.';

CREATE VIEW report_corridors AS
WITH years AS MATERIALIZED (
    SELECT p.period, flow_year_of(p.period, report_as_of()) AS year,
           coalesce((SELECT s.flow_submission FROM figure_stand s WHERE s.recorded_at = report_as_of()), 9223372036854775807)
               AS last
    FROM (SELECT DISTINCT q.period FROM quarter_figure q
          WHERE q.period BETWEEN (SELECT report_from()) AND (SELECT report_to())) p
)
SELECT q.period, q.corridor, f.iso3 || t.iso3 AS corridor_iso3,
       left(q.corridor, 2) AS sending_country, f.m49 AS sending_m49,
       right(q.corridor, 2) AS receiving_country, t.m49 AS receiving_m49, q.price_point_usd::integer AS price_point_usd,
       q.services, q.surveyed, q.not_transparent, cardinality(q.operator_ids) AS operators,
       round(q.average_pct, 6) AS average_pct, round(q.median_pct, 6) AS median_pct, q.best_pct AS lowest_pct,
       q.worst_pct AS highest_pct, q.smart_services, round(q.smart_pct, 6) AS smart_pct,
       CASE WHEN q.services = 0 THEN 'no_data' WHEN q.sum_pct <= 3 * q.services THEN 'meets'
            WHEN q.sum_pct <= 5 * q.services THEN 'near' ELSE 'must_fall' END AS status,
       q.services < 3 AS thin, w.usd_million AS flow_usd_million, y.year AS flow_year,
       round(w.usd_million * (q.average_pct - 3) * 10000, 2) AS at_stake_usd, q.demonstration
FROM quarter_figure q
JOIN years y ON y.period = q.period
LEFT JOIN country_code f ON f.country = left(q.corridor, 2)
LEFT JOIN country_code t ON t.country = right(q.corridor, 2)
CROSS JOIN LATERAL (SELECT flow_known(q.corridor, y.year, report_as_of(), y.last) AS usd_million) w
WHERE q.recorded_at <= (SELECT report_as_of()) AND q.superseded_at > (SELECT report_as_of());
COMMENT ON VIEW report_corridors IS 'The figures of every corridor, quarter and price point as known at report_as_of().';

CREATE VIEW report_series AS
WITH asked AS MATERIALIZED (
    SELECT DISTINCT q.price_point_usd::integer AS point, q.demonstration AS invented FROM quarter_figure q
    WHERE q.period BETWEEN (SELECT report_from()) AND (SELECT report_to()) AND q.recorded_at <= report_as_of()
      AND q.superseded_at > report_as_of()
)
SELECT f.period, k.kind AS group_kind, f.value AS group_code, a.point AS price_point_usd, f.services,
       round(f.average_pct, 6) AS average_pct, f.corridors, round(f.corridors_average_pct, 6) AS corridors_average_pct,
       round(f.flow_weighted_pct, 6) AS flow_weighted_pct, f.flows_year AS flow_year, round(f.smart_pct, 6) AS smart_pct,
       f.smart_corridors, f.smart_without, f.smart_at_most_5, f.meets, f.near, f.must_fall,
       round(f.at_stake_usd, 2) AS at_stake_usd, f.thin AS thin_corridors, f.surveyed, f.not_transparent,
       a.invented AS demonstration
FROM asked a
CROSS JOIN (VALUES ('world'), ('sender'), ('receiver'), ('sending_region'), ('receiving_region'), ('sending_income'),
                   ('receiving_income'), ('sending_g20'), ('receiving_g20')) k (kind)
CROSS JOIN LATERAL figures_by(k.kind, NULL, report_from(), report_to(), a.point, a.invented, report_as_of(), '{}') f
UNION ALL
SELECT f.period, f.kind, f.value, a.point, f.services, round(f.average_pct, 6), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, a.invented
FROM asked a
CROSS JOIN LATERAL service_figures_by('{firm_type,pay_in,pay_out,digital,speed}', NULL, report_from(), report_to(), a.point,
                                      a.invented, report_as_of(), '{}') f;
COMMENT ON VIEW report_series IS 'Averages by quarter, for the world and for every group, as known at report_as_of().';

CREATE VIEW report_operators AS
SELECT r.period, r.operator, o.name, o.type AS firm_type, r.services, r.not_transparent, r.corridors, r.average_pct_200,
       r.lowest_pct_200, r.highest_pct_200, r.average_pct_500, r.lowest_pct_500, r.highest_pct_500, r.demonstration
FROM (SELECT s.period, s.operator, count(*) FILTER (WHERE s.transparent) AS services,
             count(*) FILTER (WHERE NOT s.transparent) AS not_transparent, count(DISTINCT s.corridor) AS corridors,
             round(avg(s.total_cost_pct_200) FILTER (WHERE s.transparent), 6) AS average_pct_200,
             min(s.total_cost_pct_200) FILTER (WHERE s.transparent) AS lowest_pct_200,
             max(s.total_cost_pct_200) FILTER (WHERE s.transparent) AS highest_pct_200,
             round(avg(s.total_cost_pct_500) FILTER (WHERE s.transparent), 6) AS average_pct_500,
             min(s.total_cost_pct_500) FILTER (WHERE s.transparent) AS lowest_pct_500,
             max(s.total_cost_pct_500) FILTER (WHERE s.transparent) AS highest_pct_500, s.demonstration
      FROM (SELECT period, operator, corridor, transparent, total_cost_pct_200, total_cost_pct_500, demonstration
            FROM report_surveyed
            UNION ALL
            SELECT period, operator, corridor, transparent, total_cost_pct_200, total_cost_pct_500, demonstration
            FROM report_live) s
      GROUP BY s.period, s.operator, s.demonstration) r
CROSS JOIN LATERAL operator_at(r.operator, report_as_of()) o;
COMMENT ON VIEW report_operators IS 'What each operator''s services cost by quarter, over the rows of the services report, as known at report_as_of().';

-- ---- SDMX

-- Of a year its quarters together, each service once a quarter; the running year is provisional. Invented prices are left
-- out: what has the shape of official statistics must not hold them.
CREATE VIEW report_year AS
SELECT left(q.period, 4) AS year, q.corridor, f.m49 AS sending_m49, t.m49 AS receiving_m49, sum(q.services) AS services,
       sum(q.surveyed) AS surveyed, sum(q.sum_pct) AS sum_pct, avg(q.smart_pct) AS smart_pct
FROM quarter_figure q
JOIN country_code f ON f.country = left(q.corridor, 2)
JOIN country_code t ON t.country = right(q.corridor, 2)
WHERE left(q.period, 4) BETWEEN left((SELECT report_from()), 4) AND left((SELECT report_to()), 4)
  AND q.price_point_usd = 200 AND NOT q.demonstration AND q.services > 0
  AND q.recorded_at <= (SELECT report_as_of()) AND q.superseded_at > (SELECT report_as_of())
GROUP BY left(q.period, 4), q.corridor, f.m49, t.m49;
COMMENT ON VIEW report_year IS 'Each corridor''s year at 200 US dollars: the services of its quarters, real ones only.';

CREATE FUNCTION report_source(services numeric, surveyed numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN surveyed = services THEN 'World Bank, Remittance Prices Worldwide'
                WHEN surveyed = 0 THEN 'Operators'' own prices'
                ELSE 'World Bank, Remittance Prices Worldwide; operators'' own prices' END
$$;
COMMENT ON FUNCTION report_source IS 'Where a figure over so many services comes from, of which so many are rows of a survey.';

CREATE VIEW report_sdmx_corridors AS
SELECT 'IAEG-SDGs:DF_SDG_GLH(1.26)' AS dataflow, 'A' AS freq, 'G' AS reporting_type, 'SI_RMT_COST_BC' AS series,
       y.sending_m49::integer AS ref_area, '_T' AS sex, '_T' AS age, '_T' AS urbanisation, '_T' AS income_wealth_quantile,
       '_T' AS education_lev, '_T' AS occupation, 'C' || y.receiving_m49 AS cust_breakdown, '_T' AS composite_breakdown,
       '_T' AS disability_status, '_T' AS activity, '_T' AS product, y.year AS time_period,
       round(y.sum_pct / y.services, 6) AS obs_value, 0 AS unit_mult, 'PERCENT' AS unit_measure,
       CASE WHEN y.year >= to_char(report_as_of(), 'YYYY') THEN 'P' ELSE 'A' END AS obs_status, 'C' AS nature,
       y.year AS time_detail, y.services || ' services' AS comment_obs, report_source(y.services, y.surveyed) AS source_detail
FROM report_year y
UNION ALL
SELECT 'IAEG-SDGs:DF_SDG_GLH(1.26)' AS dataflow, 'A' AS freq, 'G' AS reporting_type, 'SI_RMT_COST_SC' AS series,
       y.sending_m49::integer AS ref_area, '_T' AS sex, '_T' AS age, '_T' AS urbanisation, '_T' AS income_wealth_quantile,
       '_T' AS education_lev, '_T' AS occupation, 'C' || y.receiving_m49 AS cust_breakdown, '_T' AS composite_breakdown,
       '_T' AS disability_status, '_T' AS activity, '_T' AS product, y.year AS time_period,
       round(y.smart_pct, 6) AS obs_value, 0 AS unit_mult, 'PERCENT' AS unit_measure,
       CASE WHEN y.year >= to_char(report_as_of(), 'YYYY') THEN 'P' ELSE 'A' END AS obs_status, 'C' AS nature,
       y.year AS time_detail, y.services || ' services' AS comment_obs, report_source(y.services, y.surveyed) AS source_detail
FROM report_year y WHERE y.smart_pct IS NOT NULL;
COMMENT ON VIEW report_sdmx_corridors IS 'SI_RMT_COST_BC and SI_RMT_COST_SC, annual, in the columns of the UN''s SDG dataflow: REF_AREA is the sender, CUST_BREAKDOWN the receiver.';

CREATE VIEW report_sdmx_series AS
SELECT 'IAEG-SDGs:DF_SDG_GLH(1.26)' AS dataflow, 'A' AS freq, 'G' AS reporting_type, 'SI_RMT_COST' AS series,
       1 AS ref_area, '_T' AS sex, '_T' AS age, '_T' AS urbanisation, '_T' AS income_wealth_quantile,
       '_T' AS education_lev, '_T' AS occupation, '_T' AS cust_breakdown, '_T' AS composite_breakdown,
       '_T' AS disability_status, '_T' AS activity, '_T' AS product, y.year AS time_period,
       round(sum(y.sum_pct) / sum(y.services), 6) AS obs_value, 0 AS unit_mult, 'PERCENT' AS unit_measure,
       CASE WHEN y.year >= to_char(report_as_of(), 'YYYY') THEN 'P' ELSE 'A' END AS obs_status, 'C' AS nature,
       y.year AS time_detail, sum(y.services) || ' services' AS comment_obs,
       report_source(sum(y.services), sum(y.surveyed)) AS source_detail
FROM report_year y GROUP BY y.year
UNION ALL
SELECT 'IAEG-SDGs:DF_SDG_GLH(1.26)' AS dataflow, 'A' AS freq, 'G' AS reporting_type, 'SI_RMT_COST' AS series,
       y.receiving_m49::integer AS ref_area, '_T' AS sex, '_T' AS age, '_T' AS urbanisation, '_T' AS income_wealth_quantile,
       '_T' AS education_lev, '_T' AS occupation, '_T' AS cust_breakdown, '_T' AS composite_breakdown,
       '_T' AS disability_status, '_T' AS activity, '_T' AS product, y.year AS time_period,
       round(sum(y.sum_pct) / sum(y.services), 6) AS obs_value, 0 AS unit_mult, 'PERCENT' AS unit_measure,
       CASE WHEN y.year >= to_char(report_as_of(), 'YYYY') THEN 'P' ELSE 'A' END AS obs_status, 'C' AS nature,
       y.year AS time_detail, sum(y.services) || ' services' AS comment_obs,
       report_source(sum(y.services), sum(y.surveyed)) AS source_detail
FROM report_year y GROUP BY y.year, y.receiving_m49
UNION ALL
SELECT 'IAEG-SDGs:DF_SDG_GLH(1.26)' AS dataflow, 'A' AS freq, 'G' AS reporting_type, 'SI_RMT_COST_SND' AS series,
       y.sending_m49::integer AS ref_area, '_T' AS sex, '_T' AS age, '_T' AS urbanisation, '_T' AS income_wealth_quantile,
       '_T' AS education_lev, '_T' AS occupation, '_T' AS cust_breakdown, '_T' AS composite_breakdown,
       '_T' AS disability_status, '_T' AS activity, '_T' AS product, y.year AS time_period,
       round(sum(y.sum_pct) / sum(y.services), 6) AS obs_value, 0 AS unit_mult, 'PERCENT' AS unit_measure,
       CASE WHEN y.year >= to_char(report_as_of(), 'YYYY') THEN 'P' ELSE 'A' END AS obs_status, 'C' AS nature,
       y.year AS time_detail, sum(y.services) || ' services' AS comment_obs,
       report_source(sum(y.services), sum(y.surveyed)) AS source_detail
FROM report_year y GROUP BY y.year, y.sending_m49;
COMMENT ON VIEW report_sdmx_series IS 'SI_RMT_COST (the world and each receiver) and SI_RMT_COST_SND (each sender), annual, in the columns of the UN''s SDG dataflow.';

CREATE VIEW report_sdmx_corridors_quarterly AS
SELECT 'CORRIDOR:DF_REMITTANCE_COST(1.0)' AS dataflow, 'Q' AS freq, v.series AS series, c.sending_m49 AS sender, c.receiving_m49 AS receiver,
       c.price_point_usd AS price_point, c.period AS time_period, v.value AS obs_value, 0 AS unit_mult, 'PERCENT' AS unit_measure,
       CASE WHEN c.period >= period_of(report_as_of()) THEN 'P' ELSE 'A' END AS obs_status, c.services AS services
FROM report_corridors c
CROSS JOIN LATERAL (VALUES ('AVERAGE', c.average_pct), ('MEDIAN', c.median_pct), ('SMART', c.smart_pct)) v (series, value)
WHERE NOT c.demonstration AND v.value IS NOT NULL;
COMMENT ON VIEW report_sdmx_corridors_quarterly IS 'Each corridor by quarter, under a structure of our own.';

CREATE VIEW report_sdmx_series_quarterly AS
SELECT 'CORRIDOR:DF_REMITTANCE_COST(1.0)' AS dataflow, 'Q' AS freq, v.series AS series, CASE WHEN g.group_kind = 'sender' THEN c.m49 ELSE '_T' END AS sender, CASE WHEN g.group_kind = 'receiver' THEN c.m49 ELSE '_T' END AS receiver,
       g.price_point_usd AS price_point, g.period AS time_period, v.value AS obs_value, 0 AS unit_mult, 'PERCENT' AS unit_measure,
       CASE WHEN g.period >= period_of(report_as_of()) THEN 'P' ELSE 'A' END AS obs_status, g.services AS services
FROM report_series g
LEFT JOIN country_code c ON c.country = g.group_code AND g.group_kind IN ('sender', 'receiver')
CROSS JOIN LATERAL (VALUES ('AVERAGE', g.average_pct), ('SMART', g.smart_pct)) v (series, value)
WHERE g.group_kind IN ('world', 'sender', 'receiver') AND NOT g.demonstration AND v.value IS NOT NULL;
COMMENT ON VIEW report_sdmx_series_quarterly IS 'The world, each sender and each receiver by quarter, under a structure of our own.';

COMMENT ON COLUMN report_corridors.period IS 'Quarter.';
COMMENT ON COLUMN report_corridors.corridor IS 'Alpha-2.';
COMMENT ON COLUMN report_corridors.corridor_iso3 IS 'Alpha-3.';
COMMENT ON COLUMN report_corridors.sending_country IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN report_corridors.sending_m49 IS 'UN M49.';
COMMENT ON COLUMN report_corridors.receiving_country IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN report_corridors.receiving_m49 IS 'UN M49.';
COMMENT ON COLUMN report_corridors.price_point_usd IS 'US dollars.';
COMMENT ON COLUMN report_corridors.services IS 'Services that count.';
COMMENT ON COLUMN report_corridors.surveyed IS 'Of these, rows of a survey.';
COMMENT ON COLUMN report_corridors.not_transparent IS 'Rows of a survey that do not count.';
COMMENT ON COLUMN report_corridors.operators IS 'Operators of the services that count.';
COMMENT ON COLUMN report_corridors.average_pct IS 'Simple mean of total costs, percent.';
COMMENT ON COLUMN report_corridors.median_pct IS 'Median, percent.';
COMMENT ON COLUMN report_corridors.lowest_pct IS 'The cheapest, percent.';
COMMENT ON COLUMN report_corridors.highest_pct IS 'The dearest, percent.';
COMMENT ON COLUMN report_corridors.smart_services IS 'Services that qualify for SmaRT.';
COMMENT ON COLUMN report_corridors.smart_pct IS 'Mean of the three cheapest that qualify, percent; null where fewer do.';
COMMENT ON COLUMN report_corridors.status IS 'meets (at most 3), near (at most 5), must_fall, no_data.';
COMMENT ON COLUMN report_corridors.thin IS 'Under three services.';
COMMENT ON COLUMN report_corridors.flow_usd_million IS 'Flow, millions of US dollars; null where not known.';
COMMENT ON COLUMN report_corridors.flow_year IS 'Year of the flow.';
COMMENT ON COLUMN report_corridors.at_stake_usd IS 'Flow times (average - 3 percent), US dollars.';
COMMENT ON COLUMN report_corridors.demonstration IS 'Invented.';
COMMENT ON COLUMN report_series.period IS 'Quarter.';
COMMENT ON COLUMN report_series.group_kind IS 'world, sender, receiver, a region, income group or G20 of either, or a kind of service.';
COMMENT ON COLUMN report_series.group_code IS 'Its code.';
COMMENT ON COLUMN report_series.price_point_usd IS 'US dollars.';
COMMENT ON COLUMN report_series.services IS 'Services that count.';
COMMENT ON COLUMN report_series.average_pct IS 'Mean over services, percent.';
COMMENT ON COLUMN report_series.corridors IS 'Corridors with a service that counts; null for kinds of service, and so the rest.';
COMMENT ON COLUMN report_series.corridors_average_pct IS 'Mean over corridors, percent.';
COMMENT ON COLUMN report_series.flow_weighted_pct IS 'Corridors weighted by flow, percent.';
COMMENT ON COLUMN report_series.flow_year IS 'Year of the flows.';
COMMENT ON COLUMN report_series.smart_pct IS 'Mean of the corridors SmaRT, percent.';
COMMENT ON COLUMN report_series.smart_corridors IS 'Corridors that have one.';
COMMENT ON COLUMN report_series.smart_without IS 'Corridors with fewer than three services that qualify.';
COMMENT ON COLUMN report_series.smart_at_most_5 IS 'Corridors whose SmaRT is at most 5.';
COMMENT ON COLUMN report_series.meets IS 'Corridors at most at 3.';
COMMENT ON COLUMN report_series.near IS 'Above 3, at most 5.';
COMMENT ON COLUMN report_series.must_fall IS 'Above 5.';
COMMENT ON COLUMN report_series.at_stake_usd IS 'Flow times (average - 3 percent), summed, US dollars.';
COMMENT ON COLUMN report_series.thin_corridors IS 'Corridors under three services.';
COMMENT ON COLUMN report_series.surveyed IS 'Services that are rows of a survey.';
COMMENT ON COLUMN report_series.not_transparent IS 'Rows of a survey that do not count.';
COMMENT ON COLUMN report_series.demonstration IS 'Invented.';
COMMENT ON COLUMN report_operators.period IS 'Quarter.';
COMMENT ON COLUMN report_operators.operator IS 'Id.';
COMMENT ON COLUMN report_operators.name IS 'Name.';
COMMENT ON COLUMN report_operators.firm_type IS 'Code.';
COMMENT ON COLUMN report_operators.services IS 'Transparent services.';
COMMENT ON COLUMN report_operators.not_transparent IS 'Others.';
COMMENT ON COLUMN report_operators.corridors IS 'Corridors.';
COMMENT ON COLUMN report_operators.average_pct_200 IS 'Mean at 200 US dollars, percent.';
COMMENT ON COLUMN report_operators.lowest_pct_200 IS 'The cheapest at 200 US dollars, percent.';
COMMENT ON COLUMN report_operators.highest_pct_200 IS 'The dearest at 200 US dollars, percent.';
COMMENT ON COLUMN report_operators.average_pct_500 IS 'Mean at 500 US dollars, percent.';
COMMENT ON COLUMN report_operators.lowest_pct_500 IS 'The cheapest at 500 US dollars, percent.';
COMMENT ON COLUMN report_operators.highest_pct_500 IS 'The dearest at 500 US dollars, percent.';
COMMENT ON COLUMN report_operators.demonstration IS 'Invented.';
COMMENT ON COLUMN report_year.year IS 'Year.';
COMMENT ON COLUMN report_year.corridor IS 'Alpha-2.';
COMMENT ON COLUMN report_year.sending_m49 IS 'UN M49.';
COMMENT ON COLUMN report_year.receiving_m49 IS 'UN M49.';
COMMENT ON COLUMN report_year.services IS 'Services that count, of all its quarters.';
COMMENT ON COLUMN report_year.surveyed IS 'Of these, rows of a survey.';
COMMENT ON COLUMN report_year.sum_pct IS 'Sum of their total costs, percent.';
COMMENT ON COLUMN report_year.smart_pct IS 'Mean of its quarters SmaRT.';
COMMENT ON COLUMN report_sdmx_corridors.dataflow IS 'The UNs harmonised SDG dataflow.';
COMMENT ON COLUMN report_sdmx_corridors.freq IS 'A: annual.';
COMMENT ON COLUMN report_sdmx_corridors.reporting_type IS 'G: global.';
COMMENT ON COLUMN report_sdmx_corridors.series IS 'SI_RMT_COST and its kin.';
COMMENT ON COLUMN report_sdmx_corridors.ref_area IS 'UN M49 as the UNs code list has it, without leading zeros; 1 is the world.';
COMMENT ON COLUMN report_sdmx_corridors.sex IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_corridors.age IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_corridors.urbanisation IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_corridors.income_wealth_quantile IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_corridors.education_lev IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_corridors.occupation IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_corridors.cust_breakdown IS 'C and the receivers M49, three digits; _T where there is none.';
COMMENT ON COLUMN report_sdmx_corridors.composite_breakdown IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_corridors.disability_status IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_corridors.activity IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_corridors.product IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_corridors.time_period IS 'Year.';
COMMENT ON COLUMN report_sdmx_corridors.obs_value IS 'Percent of the amount sent.';
COMMENT ON COLUMN report_sdmx_corridors.unit_mult IS 'Power of ten: 0.';
COMMENT ON COLUMN report_sdmx_corridors.unit_measure IS 'PERCENT.';
COMMENT ON COLUMN report_sdmx_corridors.obs_status IS 'A, or P (provisional) of the running year.';
COMMENT ON COLUMN report_sdmx_corridors.nature IS 'C: from the source, as surveyed.';
COMMENT ON COLUMN report_sdmx_corridors.time_detail IS 'The year.';
COMMENT ON COLUMN report_sdmx_corridors.comment_obs IS 'How many services it is over.';
COMMENT ON COLUMN report_sdmx_corridors.source_detail IS 'Where it comes from.';
COMMENT ON COLUMN report_sdmx_series.dataflow IS 'The UNs harmonised SDG dataflow.';
COMMENT ON COLUMN report_sdmx_series.freq IS 'A: annual.';
COMMENT ON COLUMN report_sdmx_series.reporting_type IS 'G: global.';
COMMENT ON COLUMN report_sdmx_series.series IS 'SI_RMT_COST and its kin.';
COMMENT ON COLUMN report_sdmx_series.ref_area IS 'UN M49 as the UNs code list has it, without leading zeros; 1 is the world.';
COMMENT ON COLUMN report_sdmx_series.sex IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_series.age IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_series.urbanisation IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_series.income_wealth_quantile IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_series.education_lev IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_series.occupation IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_series.cust_breakdown IS 'C and the receivers M49, three digits; _T where there is none.';
COMMENT ON COLUMN report_sdmx_series.composite_breakdown IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_series.disability_status IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_series.activity IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_series.product IS '_T: not used.';
COMMENT ON COLUMN report_sdmx_series.time_period IS 'Year.';
COMMENT ON COLUMN report_sdmx_series.obs_value IS 'Percent of the amount sent.';
COMMENT ON COLUMN report_sdmx_series.unit_mult IS 'Power of ten: 0.';
COMMENT ON COLUMN report_sdmx_series.unit_measure IS 'PERCENT.';
COMMENT ON COLUMN report_sdmx_series.obs_status IS 'A, or P (provisional) of the running year.';
COMMENT ON COLUMN report_sdmx_series.nature IS 'C: from the source, as surveyed.';
COMMENT ON COLUMN report_sdmx_series.time_detail IS 'The year.';
COMMENT ON COLUMN report_sdmx_series.comment_obs IS 'How many services it is over.';
COMMENT ON COLUMN report_sdmx_series.source_detail IS 'Where it comes from.';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.dataflow IS 'CORRIDOR:DF_REMITTANCE_COST(1.0).';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.freq IS 'Q: quarterly.';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.series IS 'AVERAGE, MEDIAN or SMART.';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.sender IS 'UN M49, three digits; _T for all.';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.receiver IS 'UN M49, three digits; _T for all.';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.price_point IS 'US dollars.';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.time_period IS 'Quarter: 2011-Q3.';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.obs_value IS 'Percent of the amount sent.';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.unit_mult IS 'Power of ten: 0.';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.unit_measure IS 'PERCENT.';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.obs_status IS 'A, or P (provisional) of the running quarter.';
COMMENT ON COLUMN report_sdmx_corridors_quarterly.services IS 'Services it is over.';
COMMENT ON COLUMN report_sdmx_series_quarterly.dataflow IS 'CORRIDOR:DF_REMITTANCE_COST(1.0).';
COMMENT ON COLUMN report_sdmx_series_quarterly.freq IS 'Q: quarterly.';
COMMENT ON COLUMN report_sdmx_series_quarterly.series IS 'AVERAGE, MEDIAN or SMART.';
COMMENT ON COLUMN report_sdmx_series_quarterly.sender IS 'UN M49, three digits; _T for all.';
COMMENT ON COLUMN report_sdmx_series_quarterly.receiver IS 'UN M49, three digits; _T for all.';
COMMENT ON COLUMN report_sdmx_series_quarterly.price_point IS 'US dollars.';
COMMENT ON COLUMN report_sdmx_series_quarterly.time_period IS 'Quarter: 2011-Q3.';
COMMENT ON COLUMN report_sdmx_series_quarterly.obs_value IS 'Percent of the amount sent.';
COMMENT ON COLUMN report_sdmx_series_quarterly.unit_mult IS 'Power of ten: 0.';
COMMENT ON COLUMN report_sdmx_series_quarterly.unit_measure IS 'PERCENT.';
COMMENT ON COLUMN report_sdmx_series_quarterly.obs_status IS 'A, or P (provisional) of the running quarter.';
COMMENT ON COLUMN report_sdmx_series_quarterly.services IS 'Services it is over.';

GRANT SELECT ON report_corridors, report_series, report_operators, report_year, report_sdmx_corridors, report_sdmx_series,
                report_sdmx_corridors_quarterly, report_sdmx_series_quarterly
    TO corridor_ingest, corridor_server, corridor_moderator, corridor_researcher;
GRANT EXECUTE ON FUNCTION report_stand, report_source TO corridor_moderator, corridor_researcher;

-- Whoever may read these views and the tables under them may work every figure out again: a report names the function.
GRANT EXECUTE ON FUNCTION
    offers_at, announced_at, period_end, observations_of, survey_in_force, latest_survey, euro_rate, reference_rate_at,
    currency_exponent, tariff_cost_pct, corridor_services, qualifies_for_smart, corridor_figures, latest_period, flows_of,
    period_of, period_close, period_before, periods_between, digital_of_service, groups_of_service, median_of, quarter_offers,
    quarter_services, figures_of, stand_at, country_groups_of, flow_years, flow_known, figures_by, service_figures_by,
    operators_by, quantile_of, cost_deciles, observatory_ask, period_number, trend_at, outlook_of, world_course,
    figures_kept, figures_apart, versions_apart, periods_with_figures, quarter_groups, quarter_corridors, flow_year_of
    TO corridor_moderator, corridor_researcher;
COMMIT;
