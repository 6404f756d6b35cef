/* Opens and closes the tables of countries and currencies, and reads a corridor's name in its
 * several spellings. */
#include "codes.h"

bool codes_open(void)
{
    if (currencies_open() && countries_open())
        return true;
    codes_close();
    return false;
}

void codes_close(void)
{
    countries_close();
    currencies_close();
    names_drop();
}

bool corridor_parse(struct span text, const struct country **from, const struct country **to)
{
    const char *dash = text.len > 0 ? memchr(text.at, '-', text.len) : NULL;
    size_t first = dash ? (size_t)(dash - text.at) : 3;
    size_t second = dash ? first + 1 : first;

    if (text.len < second || (!dash && text.len != 6))
        return false;
    *from = country_find((struct span){text.at, first});
    *to = country_find((struct span){text.at + second, text.len - second});
    return *from && *to && *from != *to;
}

void corridor_print(char buffer[6], const struct country *from, const struct country *to)
{
    memcpy(buffer, from->iso2, 2);
    buffer[2] = '-';
    memcpy(buffer + 3, to->iso2, 3);
}
