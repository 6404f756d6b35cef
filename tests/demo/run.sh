#!/bin/bash
# The demonstration market in databases of its own, in the cluster that CORRIDOR_VAR names: what it holds, that a day makes
# one market however often and in however many steps it is loaded, and that real data keep it out.
set -euo pipefail
cd "$(dirname "$0")/../.."

corridor=build/corridor
connection=$(cat "$CORRIDOR_VAR/connection")
work=$(mktemp -d /tmp/corridor-demo-XXXXXX)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

psql() { # DATABASE, then options
    deploy/dev/cluster.sh psql -qAtX -v ON_ERROR_STOP=1 -d "$@"
}

# Makes a migrated database and points CORRIDOR_DB at it.
fresh() { # NAME
    psql postgres -U postgres -c "CREATE DATABASE $1 OWNER corridor_owner"
    use "$1"
    $corridor migrate >/dev/null
}

use() { # NAME
    database=$1
    export CORRIDOR_DB="$connection dbname=$1 user=corridor_owner"
}

verdict() { # WHAT STATUS
    if [ "$2" = 0 ]; then
        echo "ok - $1"
        passed=$((passed + 1))
    else
        echo "not ok - $1"
        failed=$((failed + 1))
    fi
}

# A query whose rows are what is wrong: none is well.
none() { # WHAT SQL
    local wrong
    wrong=$(psql "$database" -c 'SET search_path = corridor' -c "$2" 2>&1) || wrong="$wrong (failed)"
    [ -z "$wrong" ] || head -5 <<<"$wrong"
    verdict "$1" "$([ -z "$wrong" ] && echo 0 || echo 1)"
}

# A command's exit status and a word of what it says.
says() { # WHAT STATUS PATTERN COMMAND...
    local what=$1 wanted=$2 pattern=$3 status=0
    shift 3
    "$@" >"$work/out" 2>&1 || status=$?
    if [ "$status" = "$wanted" ] && grep -q "$pattern" "$work/out"; then
        verdict "$what" 0
    else
        cat "$work/out"
        verdict "$what ($status)" 1
    fi
}

# Everything that a market is, without the numbers that a database gives.
dump() { # DATABASE [CONDITION]
    psql "$1" -c 'SET search_path = corridor' -c "
        COPY (SELECT s.operator, s.ref, q.corridor, q.recorded_at, q.price, q.send_currency, q.receive_currency, q.pay_in,
                     q.access_point, q.pay_out, q.speed, q.coverage, q.pickup_points, q.tariff, q.receive_fee, q.tax_pct,
                     q.min, q.max, q.collected_at, q.valid_from, q.valid_until
              FROM quote q JOIN service s ON s.id = q.service WHERE ${2:-true} ORDER BY 1, 2, 4, 5) TO STDOUT" \
        -c "COPY (SELECT currency, day, rate, recorded_at FROM reference_rate WHERE ${3:-true} ORDER BY 1, 2) TO STDOUT"
}

same() { # WHAT FILE FILE
    local status=0
    { cmp "$2" "$3" && [ -s "$2" ]; } || status=1
    verdict "$1" $status
}

today=$(date -u +%F)
before=$(date -u -d "$today - 30 days" +%F)
start=$(date -u -d "$today - 3 years" +%F)

# ---- What it holds ----

fresh demo_whole
says 'an empty database is loaded' 0 'none of it is real' $corridor demo --if-empty --today "$today"
says 'on the same day there is nothing to do' 0 'nothing to do' $corridor demo --today "$today"
says 'and a container that starts again is content' 0 'nothing to do' $corridor demo --if-empty

none 'France sends to the countries it always did' "
    SELECT coalesce(a.to, b.to) FROM (SELECT DISTINCT substr(corridor, 4) AS to FROM service WHERE corridor LIKE 'FR-%') a
    FULL JOIN unnest('{DZ,BJ,BR,BF,CM,CV,CN,KM,CG,CI,GA,HT,MU,MG,ML,MA,CD,SN,LK,TN,VN,TG,IN,LB,RS,TR}'::text[]) b (\"to\")
    USING (\"to\") WHERE a.to IS NULL OR b.to IS NULL"
none 'forty corridors and more start elsewhere' "
    SELECT count(DISTINCT corridor) FROM service WHERE corridor NOT LIKE 'FR-%' HAVING count(DISTINCT corridor) < 40"
none 'in five regions of the world and more' "
    WITH region (name, country) AS (VALUES ('Europe', '{DE,IT,ES,GB}'::text[]), ('North America', '{US,CA}'),
        ('Gulf', '{AE,SA,QA,KW}'), ('East Asia', '{JP,KR,SG,MY}'), ('Pacific', '{AU,NZ}'), ('Africa', '{ZA,KE,GH}'),
        ('Latin America', '{CL,CR}'))
    SELECT name FROM region WHERE NOT EXISTS (SELECT FROM service WHERE substr(corridor, 1, 2) = ANY (country))"
none 'each corridor has 8 to 25 services' "
    SELECT corridor, count(*) FROM service GROUP BY 1 HAVING count(*) NOT BETWEEN 8 AND 25"
none 'every service has a price in force or just lapsed' "
    SELECT s.corridor, s.ref FROM service s WHERE NOT EXISTS (
        SELECT FROM current_offer c WHERE c.service = s.id AND c.price = 'regular' AND c.valid_from <= now())"
none 'every operator is marked as invented' "
    SELECT id FROM operator WHERE origin <> 'demonstration' OR id NOT LIKE 'demo-%' OR website !~ 'example\.org/\$'"
none 'every kind of firm' "
    SELECT unnest('{bank,mto,post_office,mobile_operator,non_bank_fi,credit_union,building_society}'::text[])
    EXCEPT SELECT o.type FROM operator o JOIN service s ON s.operator = o.id"
none 'every way to pay in' "
    SELECT unnest('{cash,bank_account,debit_card,credit_card,prepaid_card,mobile_money}'::text[])
    EXCEPT SELECT unnest(pay_in) FROM quote"
none 'every access point' "
    SELECT unnest('{agent,branch,online,mobile,call_centre}'::text[]) EXCEPT SELECT unnest(access_point) FROM quote"
none 'every way to pay out' "
    SELECT unnest('{cash,bank_account,mobile_wallet,card,home_delivery}'::text[]) EXCEPT SELECT unnest(pay_out) FROM quote"
none 'every speed' "
    SELECT unnest('{less_than_one_hour,same_day,next_day,2_days,3_5_days,6_days_or_more}'::text[])
    EXCEPT SELECT speed FROM quote"
none 'tariffs of one to five bands' "
    SELECT n FROM generate_series(1, 5) n EXCEPT SELECT jsonb_array_length(tariff) FROM quote"

enough() { # WHAT LEAST CONDITION, over current offers as o and their quotes as q
    none "$1" "SELECT 'only ' || count(*) FROM current_offer o JOIN quote q ON q.id = o.quote AND q.recorded_at = o.recorded_at
               WHERE $3 HAVING count(*) < $2"
}
enough 'promotions for a first transfer' 50 "q.price = 'first_transfer'"
enough 'services that hide their rate' 20 "q.tariff -> 0 ->> 'rate' IS NULL"
enough 'a rate hidden for large amounts only' 5 "q.tariff -> 0 ->> 'rate' IS NOT NULL AND q.tariff -> -1 ->> 'rate' IS NULL"
enough 'rates that depend on the amount' 50 "q.tariff -> 0 ->> 'rate' <> q.tariff -> -1 ->> 'rate'"
enough 'lapsed prices' 10 "q.price = 'regular' AND q.valid_until <= now()"
enough 'announced prices' 5 "q.valid_from > now()"
enough 'limits' 200 "q.max IS NOT NULL AND q.min > 0"
enough 'fees on the receiving side' 20 "q.receive_fee > 0"
enough 'a tax' "$([[ $today < 2026-02-01 ]] && echo 0 || echo 5)" "q.tax_pct > 0"
enough 'fees in percent with a least and a most' 50 "(q.tariff -> 0 ->> 'fee_min')::numeric > 0 AND q.tariff -> 0 ->> 'fee_max' IS NOT NULL"
none 'two currencies are paid out in some corridors' "
    SELECT 'only ' || count(*) FROM (SELECT corridor FROM quote GROUP BY 1 HAVING count(DISTINCT receive_currency) > 1) c
    HAVING count(*) < 5"
none 'promotions never outlive the price they go with' "
    SELECT p.id FROM quote p JOIN quote r ON r.service = p.service AND r.recorded_at = p.recorded_at AND r.price = 'regular'
    WHERE p.price = 'first_transfer' AND p.valid_until > r.valid_until + interval '30 days'"

# ---- What it costs ----

period=$(date -u -d "$today" +%Y)-Q$((($(date -u -d "$today" +%-m) + 2) / 3))
psql "$database" -c 'SET search_path = corridor' -c "
    CREATE TABLE market AS SELECT c.corridor, s.* FROM (SELECT DISTINCT corridor FROM service) c,
        corridor_services(c.corridor, '$period', 200, now()) s;
    CREATE TABLE market_before AS SELECT c.corridor, s.* FROM (SELECT DISTINCT corridor FROM service) c,
        corridor_services(c.corridor, '$(($(date -u -d "$today" +%Y) - 2))-Q1', 200, now()) s;
    CREATE TABLE region (name text, receivers text[]);
    INSERT INTO region VALUES ('South Asia', '{IN,PK,BD,NP,LK}'),
        ('Sub-Saharan Africa', '{BJ,BF,CM,CV,KM,CG,CI,GA,MU,MG,ML,CD,SN,TG,NG,GH,KE,UG,TZ,ZW,MZ,LS}');"
mean() { # WHAT LOW HIGH CONDITION [TABLE]
    none "$1: $2 to $3 %" "
        SELECT round(avg(total_cost_pct), 2) FROM ${5:-market} m WHERE $4
        HAVING avg(total_cost_pct) NOT BETWEEN $2 AND $3 OR count(*) = 0"
}
mean 'the world' 6 7 true
mean 'two years earlier it was dearer' 6.5 7.6 true market_before
mean 'South Asia' 4 5.2 "substr(corridor, 4) IN (SELECT unnest(receivers) FROM region WHERE name = 'South Asia')"
mean 'Sub-Saharan Africa' 8 9.5 "substr(corridor, 4) IN (SELECT unnest(receivers) FROM region WHERE name = 'Sub-Saharan Africa')"
mean 'banks' 11 13.5 "firm_type = 'bank'"
mean 'money transfer operators' 4.6 6 "firm_type = 'mto'"
mean 'of them, what is ordered without an agent' 3.4 4.6 "firm_type = 'mto' AND access_point <@ '{online,mobile}'"
mean 'post offices' 5 9 "firm_type = 'post_office'"
none 'every corridor has something for at most 3 %' "
    SELECT corridor, min(total_cost_pct) FROM market GROUP BY 1 HAVING min(total_cost_pct) > 3"
none 'and something dear' "
    SELECT corridor, max(total_cost_pct) FROM market GROUP BY 1 HAVING max(total_cost_pct) < 5"
none 'nothing costs less than nothing, or absurdly much' "
    SELECT corridor, service, total_cost_pct FROM market WHERE total_cost_pct NOT BETWEEN 0 AND 35"
none 'only what hides its rate, or its limits, is left out of the figures' "
    SELECT c.corridor, s.operator, s.ref FROM current_offer c JOIN quote q ON q.id = c.quote AND q.recorded_at = c.recorded_at
    JOIN service s ON s.id = c.service
    WHERE q.price = 'regular' AND c.valid_from <= now() AND q.tariff -> 0 ->> 'rate' IS NOT NULL
      AND (q.max IS NULL OR q.tariff -> -1 ->> 'rate' IS NOT NULL)
      AND NOT EXISTS (SELECT FROM market m WHERE m.service = s.operator || ':' || s.ref AND m.corridor = s.corridor)"
none 'each corridor has a price at the beginning and in every quarter since' "
    SELECT c.corridor, f.day FROM (SELECT DISTINCT corridor FROM service) c,
        LATERAL (SELECT day FROM generate_series('$start'::timestamptz, now(), interval '91 days') day
                 WHERE (SELECT count(*) FROM offers_at(c.corridor, day, now())) < 8) f"

# ---- Times ----

none 'nothing was learned later than now, or three years and a season ago' "
    SELECT id, recorded_at FROM quote WHERE recorded_at >= '$today'::timestamptz
        OR recorded_at < '$start'::timestamptz - interval '100 days'"
none 'everything was collected when it was learned, before it began' "
    SELECT id FROM quote WHERE collected_at <> recorded_at OR recorded_at > valid_from OR valid_from > recorded_at + interval '15 days'"
none 'numbers follow time' "
    SELECT id FROM (SELECT id, recorded_at, lag(recorded_at) OVER (ORDER BY id) AS before FROM quote) q WHERE before > recorded_at"
none 'there is a rate for every day and currency' "
    SELECT currency, count(*) FROM reference_rate WHERE source = 'demonstration' GROUP BY 1
    HAVING count(*) <> '$today'::date - '$start'::date + 1 OR min(day) <> '$start' OR max(day) <> '$today'"
cat >"$work/current.sql" <<'SQL'
    WITH chosen AS (
        -- What any instant from now on can show: now, and each time a later price begins.
        SELECT o.service, o.price, o.id FROM (SELECT DISTINCT corridor FROM service) c,
            LATERAL (SELECT DISTINCT valid_from AS at FROM quote q WHERE q.corridor = c.corridor AND valid_from > now()
                     UNION SELECT now()) t,
            LATERAL offers_at(c.corridor, t.at, now()) o
    )
    SELECT coalesce(a.service, b.service), coalesce(a.price, b.price), a.id, b.quote
    FROM (SELECT DISTINCT * FROM chosen) a FULL JOIN current_offer b ON b.service = a.service AND b.price = a.price AND b.quote = a.id
    WHERE a.id IS NULL OR b.quote IS NULL
SQL
none 'current_offer holds what can be shown from now on, and nothing else' "$(cat "$work/current.sql")"
none 'the servers are told of every corridor and of the rates' "
    SELECT corridor FROM service EXCEPT SELECT corridor FROM change_log
    UNION ALL (SELECT '*' EXCEPT SELECT corridor FROM change_log)"

# ---- One day, one market ----

dump demo_whole >"$work/whole"
fresh demo_again
$corridor demo --today "$today" >/dev/null
dump demo_again >"$work/again"
same 'the same day makes the same market' "$work/whole" "$work/again"
none 'and the same digest' "
    SELECT sha256 FROM submission WHERE encode(sha256, 'hex') <> '$(psql demo_whole -c "SELECT encode(sha256, 'hex') FROM corridor.submission")'"

fresh demo_steps
$corridor demo --today "$before" >/dev/null
says 'a later day extends it' 0 'extended to' $corridor demo --if-empty --today "$today"
since="q.valid_until > '$start'::timestamptz + interval '1 year'"
dump demo_whole "$since" "day >= '$start'" >"$work/whole"
dump demo_steps "$since" "day >= '$start'" >"$work/steps"
same 'extended or made whole, it is one market' "$work/whole" "$work/steps"
none 'current_offer is right after an extension too' "$(cat "$work/current.sql")"
says 'an earlier day changes nothing' 0 'nothing to do' $corridor demo --today "$before"

# ---- Export ----

use demo_whole
$corridor export tariffs >"$work/tariffs"
wc -l <"$work/tariffs" >"$work/lines"
psql demo_whole -c "SELECT count(DISTINCT (service, price)) FROM corridor.current_offer WHERE valid_from <= now()" >"$work/count"
same 'every offer of now is exported once' "$work/lines" "$work/count"
status=0
python3 - "$work/tariffs" <<'PYTHON' || status=1
import json, sys
from decimal import Decimal
members = {"quote", "corridor", "operator", "operator_name", "service", "price", "send_currency", "receive_currency",
           "send_exponent", "receive_exponent", "tariff", "receive_fee", "tax_pct", "min", "max", "speed", "valid_from",
           "valid_until", "reference_rate", "demonstration"}
for line in open(sys.argv[1], encoding="utf-8"):
    offer = json.loads(line)
    assert set(offer) == members, set(offer) ^ members
    assert Decimal(offer["reference_rate"]) > 0 and offer["demonstration"] is True, line
PYTHON
verdict 'with all its members, and a reference rate' $status
says 'one corridor' 0 '"FR-SN"' $corridor export tariffs --corridor FRA-SEN
says 'no corridor' 2 'FR-SN' $corridor export tariffs --corridor FR-FR
verdict 'a corridor without offers is empty' "$($corridor export tariffs --corridor FR-US | wc -l)"

# ---- Restraint ----

says 'a day that does not exist' 2 'today' $corridor demo --today 2026-02-30
says 'a day that has not come' 2 'today' $corridor demo --today "$(date -u -d "$today + 1 day" +%F)"
fresh demo_real
psql demo_real -c "INSERT INTO corridor.operator (id, name, type, origin) VALUES ('real', 'Real', 'mto', 'feed');
    INSERT INTO corridor.service (operator, ref, corridor) VALUES ('real', 'a', 'FR-SN')"
says 'real quotes keep it out' 1 'real' $corridor demo
says 'quietly where asked' 0 'real data' $corridor demo --if-empty
none 'and nothing was stored' "SELECT id FROM operator WHERE origin = 'demonstration' UNION ALL SELECT id::text FROM submission"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
