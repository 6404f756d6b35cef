"""Whether the record holds what the clients were told, all of it, once, and nothing else."""
import json

# Every submission of an operator: its key, what was stored of it, and its answer word for word.
SUBMISSIONS = """
SELECT s.idempotency_key, s.id,
       coalesce(s.answer, (SELECT string_agg(a.body, '' ORDER BY a.part) FROM corridor.submission_answer a
                           WHERE a.submission = s.id)),
       (SELECT coalesce(json_agg(json_build_array(q.id, v.ref, q.tariff -> 0 ->> 'rate') ORDER BY q.id), '[]')
        FROM corridor.quote q JOIN corridor.service v ON v.id = q.service WHERE q.submission = s.id),
       (SELECT count(*) FROM corridor.withdrawal w WHERE w.submission = s.id)
FROM corridor.submission s WHERE s.operator = '{operator}' ORDER BY s.id"""
CURRENT = """
SELECT coalesce(json_object_agg(v.ref, q.tariff -> 0 ->> 'rate'), '{{}}')
FROM corridor.current_offer c JOIN corridor.quote q ON q.id = c.quote AND q.recorded_at = c.recorded_at
JOIN corridor.service v ON v.id = c.service WHERE v.operator = '{operator}'"""
# What foreign keys would promise, and what the change log must: asked of the whole record.
WHOLE = {
    "quotes of no submission": "SELECT count(*) FROM corridor.quote q WHERE NOT EXISTS (SELECT FROM corridor.submission s "
                               "WHERE s.id = q.submission)",
    "quotes of no service": "SELECT count(*) FROM corridor.quote q WHERE NOT EXISTS (SELECT FROM corridor.service s WHERE "
                            "s.id = q.service AND s.corridor = q.corridor)",
    "current offers without their quote": "SELECT count(*) FROM corridor.current_offer c WHERE NOT EXISTS (SELECT FROM "
                                          "corridor.quote q WHERE q.id = c.quote AND q.recorded_at = c.recorded_at)",
    "services with two prices in force": "SELECT count(*) FROM (SELECT FROM corridor.current_offer GROUP BY service, price "
                                         "HAVING count(*) > 1) x",
    "transactions with quotes that told no server": "SELECT count(*) FROM (SELECT DISTINCT q.xmin, q.corridor FROM "
                                                    "corridor.quote q) x WHERE NOT EXISTS (SELECT FROM corridor.change_log "
                                                    "l WHERE l.xmin = x.xmin AND l.corridor = x.corridor)",
}


def number(place, statement):
    return int(place.sql(statement))


def rows_of(place, statement):
    """Rows as lists: text, and what is JSON read."""
    wrapped = f"SELECT json_agg(x) FROM ({statement}) x(key, id, answer, quotes, withdrawn)"
    return json.loads(place.sql(wrapped) or "[]") or []


def check_operator(place, client, found):
    stored = {}
    for row in rows_of(place, SUBMISSIONS.format(operator=client.operator)):
        found["twice"] += row["key"] in stored
        stored[row["key"]] = row
    for told in client.ledger:
        row = stored.pop(told["key"], None)
        found["submissions"] += 1
        if row is None:
            found["lost"] += max(1, len(told["quotes"]))
            continue
        sent = {quote["ref"]: quote["tariff"][0]["rate"] for quote in told["quotes"]}
        accepted = [[quote["quote"], quote["ref"], sent[quote["ref"]]] for quote in told["receipt"]["quotes"]
                    if quote["status"] == "accepted" and quote["ref"] in sent]
        found["accepted"] += len(accepted)
        missing = [quote for quote in accepted if quote not in row["quotes"]]
        extra = [quote for quote in row["quotes"] if quote not in accepted]
        found["lost"] += len(missing)
        found["twice"] += len(extra)
        found["half"] += bool(missing or extra) or row["withdrawn"] != told["receipt"]["counts"]["withdrawn"]
        found["other answer"] += row["answer"] != told["answer"] or row["id"] != told["receipt"]["submission"]
    found["never told"] += len(stored)  # clients ask until they are told
    current = json.loads(place.sql(CURRENT.format(operator=client.operator)))
    found["other price in force"] += len(set(current.items()) ^ set(client.current.items()))


def check(place, clients):
    """Counts: how much was sent, and of each thing that must never be, how many there are."""
    found = dict.fromkeys(("submissions", "accepted", "lost", "twice", "half", "other answer", "never told",
                           "other price in force"), 0)
    for client in clients:
        check_operator(place, client, found)
    for name, statement in WHOLE.items():
        found[name] = number(place, statement)
    return found
