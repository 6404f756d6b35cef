/*
 * Whose turn it is: a crowd does something all at once, and a guest, who was served before, asks
 * behind it. He is answered while many of the crowd still wait, and in the end each of the crowd
 * has had what it wants.
 */
#include "http_wire.h"
#include "unit.h"

#include <sys/socket.h>
#include <unistd.h>

#define CROWD 400U
/* One asking of the kernel tells of 32 sockets at first, and of twice as many each time after. */
#define TURNS_MOST 8U

static const char question[] = "GET /param/a/b HTTP/1.1\r\nHost: example.org\r\n\r\n";

static int crowd[CROWD];

static void say(int client, const char *text)
{
    size_t len = strlen(text);
    assert_int_equal(send(client, text, len, MSG_NOSIGNAL), len);
}

static bool answered(int client)
{
    char bytes[4096];
    ssize_t got = recv(client, bytes, sizeof bytes, 0);
    return got > 13 && memcmp(bytes, "HTTP/1.1 200 ", 13) == 0;
}

/* They are guests too. */
static void crowd_serve(void)
{
    for (unsigned i = 0; i < CROWD; i++) {
        say(crowd[i], question);
    }
    wire_steps();
    for (unsigned i = 0; i < CROWD; i++) {
        assert_true(answered(crowd[i]));
    }
}

static void crowd_leave(void)
{
    for (unsigned i = 0; i < CROWD; i++) {
        close(crowd[i]);
    }
}

static void crowd_ask(void)
{
    for (unsigned i = 0; i < CROWD; i++) {
        say(crowd[i], question);
    }
}

static void crowd_begin(void)
{
    for (unsigned i = 0; i < CROWD; i++) {
        say(crowd[i], "G");
    }
}

/* How many are not served yet: they are connected, or without an answer. */
static unsigned crowd_connected(void)
{
    return wire_connections() - 1;
}

static unsigned crowd_unanswered(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < CROWD; i++) {
        char byte;
        count += recv(crowd[i], &byte, 1, MSG_PEEK) < 0 ? 1 : 0;
    }
    return count;
}

static void crowd_gone(void)
{
    assert_int_equal(wire_connections(), 1);
}

static void crowd_answered(void)
{
    for (unsigned i = 0; i < CROWD; i++) {
        assert_true(answered(crowd[i]));
    }
}

static void crowd_end(void)
{
    for (unsigned i = 0; i < CROWD; i++) {
        say(crowd[i], question + 1);
    }
    wire_steps();
    crowd_answered();
}

static const struct {
    const char *what;
    void (*before)(void);
    void (*crowds)(void);
    unsigned (*unserved)(void); /* when the guest is; NULL: nothing shows it */
    void (*after)(void);
    bool leaves;
} rows[] = {
    {"guests leave together", crowd_serve, crowd_leave, crowd_connected, crowd_gone, true},
    {"those who just came leave together", NULL, crowd_leave, crowd_connected, crowd_gone, true},
    {"those who just came ask together", NULL, crowd_ask, crowd_unanswered, crowd_answered, false},
    {"those who just came begin a head", NULL, crowd_begin, NULL, crowd_end, false},
};

static void answers_a_guest_before_a_crowd(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        wire_open();
        int guest = wire_client();
        say(guest, question);
        wire_steps();
        assert_true(answered(guest));
        for (unsigned k = 0; k < CROWD; k++) {
            crowd[k] = wire_client();
        }
        if (rows[i].before != NULL) {
            rows[i].before();
        }
        rows[i].crowds();
        say(guest, question);
        unsigned turns = 0;
        bool served = false;
        while (!served && turns++ < TURNS_MOST) {
            wire_step();
            served = answered(guest);
        }
        unsigned left = rows[i].unserved == NULL ? CROWD : rows[i].unserved();
        if (!served || left < CROWD / 4) {
            fail_msg("%s: the guest %s after %u turns, %u of the crowd left", rows[i].what,
                     served ? "was answered" : "waits", turns, left);
        }
        wire_steps();
        rows[i].after();
        for (unsigned k = 0; k < CROWD && !rows[i].leaves; k++) {
            close(crowd[k]);
        }
        close(guest);
        wire_steps();
        assert_int_equal(wire_connections(), 0);
        wire_close();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_a_guest_before_a_crowd),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
