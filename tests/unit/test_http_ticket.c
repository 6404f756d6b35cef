/* The keys of session tickets: each seals for its time, opens for two more, and is gone. */
#include "core/http_tls.h"
#include "unit.h"

static struct http_tickets tickets;

/* As if its time were over. */
static void replace(void)
{
    tickets.next_us = 0;
    http_tickets_tick(&tickets);
}

static bool holds(const struct http_ticket_key *key, unsigned place)
{
    return memcmp(tickets.keys[place].cipher, key->cipher, sizeof key->cipher) == 0;
}

static void a_key_is_forgotten(void **state)
{
    struct http_ticket_key first;
    (void)state;
    assert_true(http_tickets_open(&tickets, 1000));
    first = tickets.keys[0];
    assert_true(first.set && !tickets.keys[1].set && !tickets.keys[2].set);
    http_tickets_tick(&tickets);
    assert_true(holds(&first, 0));
    replace();
    assert_true(holds(&first, 1) && !holds(&first, 0) && tickets.keys[0].set);
    replace();
    assert_true(holds(&first, 2));
    replace();
    for (unsigned i = 0; i < HTTP_TICKET_KEYS; i++) {
        assert_true(tickets.keys[i].set && !holds(&first, i));
    }
    http_tickets_close(&tickets);
    for (size_t i = 0; i < sizeof tickets.keys; i++) {
        assert_int_equal(((const unsigned char *)tickets.keys)[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_key_is_forgotten)};
    return UNIT_RUN(tests, NULL, NULL);
}
