-- Currencies with a fixed rate that their law or their central bank keeps and their market follows. Left out: bands and
-- baskets (HKD, MOP, KWD, DKK), pegs to a currency we hold no rates for, and what could not be confirmed.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(8, 'pegs');

INSERT INTO peg (currency, anchor, rate, valid_from, valid_to, source) VALUES
    ('XOF', 'EUR', 655.957,         '1999-01-01', NULL, 'BCEAO under Council Decision 98/683/EC'),
    ('XAF', 'EUR', 655.957,         '1999-01-01', NULL, 'BEAC under Council Decision 98/683/EC'),
    ('KMF', 'EUR', 491.96775,       '1999-01-01', NULL, 'Banque centrale des Comores under Council Decision 98/683/EC'),
    ('CVE', 'EUR', 110.265,         '1999-01-01', NULL, 'Banco de Cabo Verde under Council Decision 98/744/EC'),
    -- 1,000 francs are 8.38 euros.
    ('XPF', 'EUR', 119.331742243437, '1999-01-01', NULL, 'IEOM under French decree 98-1152'),
    ('BAM', 'EUR', 1.95583,         '1999-01-01', NULL, 'Central Bank of Bosnia and Herzegovina, currency board'),
    ('BGN', 'EUR', 1.95583,         '1999-01-01', '2025-12-31', 'Bulgarian National Bank, currency board'),
    ('AED', 'USD', 3.6725,          '1999-01-01', NULL, 'Central Bank of the UAE'),
    ('SAR', 'USD', 3.75,            '1999-01-01', NULL, 'Saudi Central Bank'),
    ('QAR', 'USD', 3.64,            '2001-07-31', NULL, 'Qatar Central Bank under Amiri Decree 34 of 2001'),
    ('OMR', 'USD', 0.3845,          '1999-01-01', NULL, 'Central Bank of Oman'),
    ('BHD', 'USD', 0.376,           '2002-01-01', NULL, 'Central Bank of Bahrain'),
    ('JOD', 'USD', 0.709,           '1999-01-01', NULL, 'Central Bank of Jordan'),
    -- The official rate stayed until 2023-01-31, but from September 2019 the market left it: no middle of anything.
    ('LBP', 'USD', 1507.5,          '1999-12-31', '2019-08-31', 'Banque du Liban'),
    ('DJF', 'USD', 177.721,         '1999-01-01', NULL, 'Banque centrale de Djibouti, currency board'),
    ('XCD', 'USD', 2.7,             '1999-01-01', NULL, 'Eastern Caribbean Central Bank'),
    ('BBD', 'USD', 2,               '1999-01-01', NULL, 'Central Bank of Barbados'),
    ('BSD', 'USD', 1,               '1999-01-01', NULL, 'Central Bank of The Bahamas'),
    ('BMD', 'USD', 1,               '1999-01-01', NULL, 'Bermuda Monetary Authority'),
    ('BZD', 'USD', 2,               '1999-01-01', NULL, 'Central Bank of Belize'),
    ('PAB', 'USD', 1,               '1999-01-01', NULL, 'Republic of Panama, by law'),
    ('AWG', 'USD', 1.79,            '1999-01-01', NULL, 'Centrale Bank van Aruba'),
    ('ANG', 'USD', 1.79,            '1999-01-01', '2025-06-30', 'Centrale Bank van Curaçao en Sint Maarten'),
    ('XCG', 'USD', 1.79,            '2025-03-31', NULL, 'Centrale Bank van Curaçao en Sint Maarten'),
    ('LSL', 'ZAR', 1,               '1999-01-01', NULL, 'Central Bank of Lesotho in the Common Monetary Area'),
    ('NAD', 'ZAR', 1,               '1999-01-01', NULL, 'Bank of Namibia in the Common Monetary Area'),
    ('SZL', 'ZAR', 1,               '1999-01-01', NULL, 'Central Bank of Eswatini in the Common Monetary Area'),
    ('NPR', 'INR', 1.6,             '1999-01-01', NULL, 'Nepal Rastra Bank'),
    ('BTN', 'INR', 1,               '1999-01-01', NULL, 'Royal Monetary Authority of Bhutan');
COMMIT;
