/* Who keeps a fixed rate, in the reader's language. The record has it in English, once, in the
 * migrations; what is in force there must be here (tests/check/messages.sh looks). */
#include "server/web/pegs.h"

#include "server/web/i18n.h"

#include <corridor/base.h>

const char *pegs_source(const char *source)
{
    /* Translators: who fixes a currency's rate; it stands in parentheses. */
    static const char *const SOURCES[] = {
        MESSAGE("BCEAO under Council Decision 98/683/EC"),
        MESSAGE("BEAC under Council Decision 98/683/EC"),
        MESSAGE("Banco de Cabo Verde under Council Decision 98/744/EC"),
        MESSAGE("Bank of Namibia in the Common Monetary Area"),
        MESSAGE("Banque centrale de Djibouti, currency board"),
        MESSAGE("Banque centrale des Comores under Council Decision 98/683/EC"),
        MESSAGE("Bermuda Monetary Authority"),
        MESSAGE("Central Bank of Bahrain"),
        MESSAGE("Central Bank of Barbados"),
        MESSAGE("Central Bank of Belize"),
        MESSAGE("Central Bank of Bosnia and Herzegovina, currency board"),
        MESSAGE("Central Bank of Eswatini in the Common Monetary Area"),
        MESSAGE("Central Bank of Jordan"),
        MESSAGE("Central Bank of Lesotho in the Common Monetary Area"),
        MESSAGE("Central Bank of Oman"),
        MESSAGE("Central Bank of The Bahamas"),
        MESSAGE("Central Bank of the UAE"),
        MESSAGE("Centrale Bank van Aruba"),
        MESSAGE("Centrale Bank van Curaçao en Sint Maarten"),
        MESSAGE("Eastern Caribbean Central Bank"),
        MESSAGE("IEOM under French decree 98-1152"),
        MESSAGE("Nepal Rastra Bank"),
        MESSAGE("Qatar Central Bank under Amiri Decree 34 of 2001"),
        MESSAGE("Republic of Panama, by law"),
        MESSAGE("Royal Monetary Authority of Bhutan"),
        MESSAGE("Saudi Central Bank"),
    };

    for (size_t i = 0; i < COUNT_OF(SOURCES); i++) {
        if (strcmp(source, SOURCES[i]) == 0)
            return SOURCES[i];
    }
    return NULL;
}
