-- Reference (mid-market) rates: published ones by day, and pegs, which are a source too.
BEGIN;
SET LOCAL search_path = corridor;
SELECT register_migration(6, 'rates');

CREATE TABLE reference_rate (
    base        text        NOT NULL CHECK (base ~ '^[A-Z]{3}$'),
    currency    text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    day         date        NOT NULL,
    source      text        NOT NULL CHECK (source IN ('ECB', 'demonstration')),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    rate        numeric     NOT NULL CHECK (rate > 0),
    submission  bigint      NOT NULL REFERENCES submission,
    PRIMARY KEY (currency, base, source, day, recorded_at)
);
COMMENT ON TABLE reference_rate IS 'Mid-market rates by day, as published; a corrected day adds a version.';
COMMENT ON COLUMN reference_rate.base IS 'One unit of this…';
COMMENT ON COLUMN reference_rate.currency IS '… is worth rate units of this.';
COMMENT ON COLUMN reference_rate.day IS 'The day it holds for.';
COMMENT ON COLUMN reference_rate.source IS 'ECB: the European Central Bank''s euro reference rates; demonstration: invented, used for invented offers only.';
COMMENT ON COLUMN reference_rate.recorded_at IS 'Transaction time: when we learned it.';
COMMENT ON COLUMN reference_rate.rate IS 'Units of currency for one unit of base.';
COMMENT ON COLUMN reference_rate.submission IS 'The file it came in.';

CREATE TABLE peg (
    currency   text    NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    anchor     text    NOT NULL CHECK (anchor IN ('EUR', 'USD', 'ZAR', 'INR')),
    rate       numeric NOT NULL CHECK (rate > 0),
    valid_from date    NOT NULL,
    valid_to   date    CHECK (valid_to >= valid_from),
    source     text    NOT NULL,
    PRIMARY KEY (currency, valid_from)
);
COMMENT ON TABLE peg IS 'Currencies held at a fixed rate to another by law or by their central bank, with the dates.';
COMMENT ON COLUMN peg.currency IS 'The pegged currency.';
COMMENT ON COLUMN peg.anchor IS 'What it is pegged to.';
COMMENT ON COLUMN peg.rate IS 'Units of currency for one unit of anchor.';
COMMENT ON COLUMN peg.valid_from IS 'First day we know it to hold. Published rates begin in 1999, and so do older pegs.';
COMMENT ON COLUMN peg.valid_to IS 'Last day; null while it lasts.';
COMMENT ON COLUMN peg.source IS 'The act or authority that fixes it.';

CREATE FUNCTION euro_rate(this_currency text, on_day date, known_at timestamptz, demonstration boolean,
                          OUT rate numeric, OUT source text, OUT day date)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
DECLARE
    fixed peg;
BEGIN
    IF this_currency = 'EUR' THEN
        rate := 1; source := 'identity'; day := on_day;
        RETURN;
    END IF;
    SELECT * INTO fixed FROM peg p
    WHERE p.currency = this_currency AND on_day BETWEEN p.valid_from AND coalesce(p.valid_to, 'infinity')
    ORDER BY p.valid_from DESC LIMIT 1;
    IF FOUND AND fixed.anchor = 'EUR' THEN
        rate := fixed.rate; source := 'peg: ' || fixed.source; day := on_day;
        RETURN;
    END IF;
    -- Published rates are for working days; the longest closure seen in the ECB's series is five days. Past ten days a
    -- rate is no longer the market's and the margin is unknown.
    SELECT r.rate, r.source, r.day INTO rate, source, day FROM reference_rate r
    WHERE r.base = 'EUR' AND r.currency = this_currency AND r.day BETWEEN on_day - 10 AND on_day AND r.recorded_at <= known_at
      AND r.source = CASE WHEN demonstration THEN 'demonstration' ELSE 'ECB' END
    ORDER BY r.day DESC, r.recorded_at DESC LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    IF fixed.currency IS NOT NULL THEN
        SELECT a.rate * fixed.rate, a.source || ', peg: ' || fixed.source, a.day INTO rate, source, day
        FROM euro_rate(fixed.anchor, on_day, known_at, demonstration) a WHERE a.rate IS NOT NULL;
        RETURN;
    END IF;
    rate := NULL; source := NULL; day := NULL;
END $$;
COMMENT ON FUNCTION euro_rate IS 'Units of a currency for one euro on a day as known at an instant: a peg to the euro, else a rate published in the ten days up to it, else a peg through its anchor. Nulls when unknown. Invented rates serve invented offers and only those.';

CREATE FUNCTION reference_rate_at(send text, receive text, on_day date, known_at timestamptz, demonstration boolean,
                                  OUT rate numeric, OUT source text, OUT day date)
LANGUAGE plpgsql STABLE SET search_path = corridor, pg_temp AS $$
DECLARE
    s record;
    r record;
BEGIN
    IF send = receive THEN
        rate := 1; source := 'identity'; day := on_day;
        RETURN;
    END IF;
    SELECT * INTO s FROM euro_rate(send, on_day, known_at, demonstration);
    SELECT * INTO r FROM euro_rate(receive, on_day, known_at, demonstration);
    IF s.rate IS NULL OR r.rate IS NULL THEN
        RETURN;
    END IF;
    rate := round(r.rate / s.rate, 12);
    source := concat_ws('; ', nullif(s.source, 'identity'), nullif(nullif(r.source, 'identity'), s.source));
    day := least(s.day, r.day);
END $$;
COMMENT ON FUNCTION reference_rate_at IS 'Units of the receiving currency for one of the sending currency, 12 decimals half up, crossed through the euro; day is the older of the two rates''.';

GRANT SELECT ON reference_rate, peg TO corridor_ingest, corridor_server, corridor_moderator, corridor_researcher;
GRANT INSERT ON reference_rate TO corridor_ingest;
COMMIT;
