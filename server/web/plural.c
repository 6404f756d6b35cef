/*
 * Plural rules as small programs: the expression is translated once, by recursive descent, into
 * steps for a machine with a stack, so that a page runs it without parsing. The hard part is to
 * translate "a ? b : c", "&&" and "||" into jumps that leave exactly one number behind.
 */
#include "server/web/plural.h"

#include <assert.h>

enum op {
    OP_N,
    OP_NUMBER,
    OP_NOT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_MODULO,
    OP_ADD,
    OP_SUBTRACT,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_AND,
    OP_OR,
    OP_JUMP_IF_ZERO, /* takes the number off the stack */
    OP_JUMP,
};

/* C's binary operators, longest spelling first where one begins another; a higher level binds more
 * tightly. */
static const struct binary {
    const char *spelling;
    uint8_t level;
    uint8_t op;
} BINARIES[] = {
    {"||", 1, OP_OR},        {"&&", 2, OP_AND},        {"==", 3, OP_EQUAL},
    {"!=", 3, OP_NOT_EQUAL}, {"<=", 4, OP_LESS_EQUAL}, {">=", 4, OP_GREATER_EQUAL},
    {"<", 4, OP_LESS},       {">", 4, OP_GREATER},     {"+", 5, OP_ADD},
    {"-", 5, OP_SUBTRACT},   {"*", 6, OP_MULTIPLY},    {"/", 6, OP_DIVIDE},
    {"%", 6, OP_MODULO},
};

#define DEPTH_MAX 16 /* of brackets and nested choices, and of the stack that runs them */

struct parser {
    struct plural *out;
    const char *at;
    const char *end;
    unsigned depth;
    bool ok;
};

static void skip_blanks(struct parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t'))
        p->at++;
}

static bool take(struct parser *p, const char *text)
{
    size_t len = strlen(text);

    skip_blanks(p);
    if ((size_t)(p->end - p->at) < len || memcmp(p->at, text, len) != 0)
        return false;
    p->at += len;
    return true;
}

static bool take_number(struct parser *p, uint32_t *out)
{
    uint32_t value = 0;
    const char *start;

    skip_blanks(p);
    for (start = p->at; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
        if (value > 100000)
            return false;
        value = value * 10 + (uint32_t)(*p->at - '0');
    }
    *out = value;
    return p->at > start;
}

static unsigned emit(struct parser *p, enum op op, uint32_t number)
{
    if (p->out->count == PLURAL_STEPS_MAX) {
        p->ok = false;
        return 0;
    }
    p->out->steps[p->out->count] = (struct plural_step){(uint8_t)op, number};
    return p->out->count++;
}

static void choice(struct parser *p);

static void operand(struct parser *p)
{
    uint32_t number;

    if (++p->depth > DEPTH_MAX)
        p->ok = false;
    if (!p->ok)
        return;
    if (take(p, "!")) {
        operand(p);
        emit(p, OP_NOT, 0);
    } else if (take(p, "(")) {
        choice(p);
        p->ok = p->ok && take(p, ")");
    } else if (take(p, "n")) {
        emit(p, OP_N, 0);
    } else if (take_number(p, &number)) {
        emit(p, OP_NUMBER, number);
    } else {
        p->ok = false;
    }
    p->depth--;
}

/* Everything that binds at least as tightly as the level. n and constants have no side effects, so
 * && and || may reckon both sides. */
static void binary(struct parser *p, unsigned level)
{
    operand(p);
    while (p->ok) {
        const struct binary *found = NULL;
        const char *before = p->at;

        for (size_t i = 0; i < COUNT_OF(BINARIES) && found == NULL; i++) {
            if (take(p, BINARIES[i].spelling))
                found = &BINARIES[i];
        }
        if (found == NULL || found->level < level) {
            p->at = before;
            return;
        }
        if (++p->depth > DEPTH_MAX)
            p->ok = false;
        else
            binary(p, found->level + 1U);
        p->depth--;
        emit(p, (enum op)found->op, 0);
    }
}

static void choice(struct parser *p)
{
    binary(p, 1);
    if (p->ok && take(p, "?")) {
        unsigned past_yes;
        unsigned past_no;

        if (++p->depth > DEPTH_MAX) {
            p->ok = false;
            return;
        }
        past_yes = emit(p, OP_JUMP_IF_ZERO, 0);
        choice(p);
        p->ok = p->ok && take(p, ":");
        past_no = emit(p, OP_JUMP, 0);
        p->out->steps[past_yes].number = p->out->count;
        choice(p);
        p->out->steps[past_no].number = p->out->count;
        p->depth--;
    }
}

bool plural_parse(struct plural *out, struct span line)
{
    struct parser p = {.out = out, .at = line.at, .end = line.at + line.len, .ok = true};
    uint32_t forms;

    out->count = 0;
    if (!take(&p, "nplurals") || !take(&p, "=") || !take_number(&p, &forms) || !take(&p, ";") ||
        forms < 1 || forms > PLURAL_FORMS_MAX || !take(&p, "plural") || !take(&p, "="))
        return false;
    out->forms = forms;
    choice(&p);
    (void)take(&p, ";");
    skip_blanks(&p);
    return p.ok && p.at == p.end;
}

static uint64_t combine(enum op op, uint64_t a, uint64_t b)
{
    switch (op) {
    case OP_MULTIPLY:
        return a * b;
    case OP_DIVIDE:
        return b == 0 ? 0 : a / b;
    case OP_MODULO:
        return b == 0 ? 0 : a % b;
    case OP_ADD:
        return a + b;
    case OP_SUBTRACT:
        return a - b;
    case OP_LESS:
        return a < b;
    case OP_LESS_EQUAL:
        return a <= b;
    case OP_GREATER:
        return a > b;
    case OP_GREATER_EQUAL:
        return a >= b;
    case OP_EQUAL:
        return a == b;
    case OP_NOT_EQUAL:
        return a != b;
    case OP_AND:
        return a != 0 && b != 0;
    case OP_OR:
        return a != 0 || b != 0;
    default:
        assert(false && "an operator of two numbers");
        return 0;
    }
}

struct stack {
    uint64_t numbers[PLURAL_STEPS_MAX]; /* a step adds at most one */
    unsigned count;
};

static void push(struct stack *stack, uint64_t number)
{
    assert(stack->count < PLURAL_STEPS_MAX);
    stack->numbers[stack->count++] = number;
}

static uint64_t pop(struct stack *stack)
{
    assert(stack->count > 0);
    return stack->numbers[--stack->count];
}

unsigned plural_form(const struct plural *plural, uint64_t n)
{
    struct stack stack = {.count = 0};
    unsigned at = 0;
    uint64_t form;

    while (at < plural->count) {
        const struct plural_step *step = &plural->steps[at++];

        if (step->op == OP_N) {
            push(&stack, n);
        } else if (step->op == OP_NUMBER) {
            push(&stack, step->number);
        } else if (step->op == OP_NOT) {
            push(&stack, pop(&stack) == 0);
        } else if (step->op == OP_JUMP_IF_ZERO) {
            at = pop(&stack) == 0 ? step->number : at;
        } else if (step->op == OP_JUMP) {
            at = step->number;
        } else {
            uint64_t right = pop(&stack);
            uint64_t left = pop(&stack);

            push(&stack, combine((enum op)step->op, left, right));
        }
    }
    form = pop(&stack);
    return form < plural->forms ? (unsigned)form : 0;
}
