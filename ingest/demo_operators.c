/*
 * The invented firms. Every name is coined so as to be no real firm's; whoever adds one looks it up
 * first. The identifiers all begin with "demo-".
 */
#include <ingest/demo_market.h>

static const char *const region_names[DEMO_REGION_COUNT] = {
    [DEMO_EAP] = "EAP",   [DEMO_ECA] = "ECA", [DEMO_LAC] = "LAC",
    [DEMO_MENA] = "MENA", [DEMO_SA] = "SAS",  [DEMO_SSA] = "SSA",
};

#define EUROPE "FR BE CH DE ES GB IT NL PT"
#define GULF   "AE SA QA KW"

const struct demo_operator demo_operators[] = {
    /* networks of agents */
    {"demo-meridane", "Meridane", DEMO_AGENT, "US", "", ""},
    {"demo-korvane", "Korvane Money", DEMO_AGENT, "GB", "", ""},
    {"demo-tavelo", "Tavelo Transfer", DEMO_AGENT, "ES", "", ""},
    {"demo-quindara", "Quindara", DEMO_AGENT, "NL", "", ""},
    {"demo-lumbaro", "Lumbaro Cash", DEMO_AGENT, "AE", "", ""},
    {"demo-passereo", "Passeréo", DEMO_AGENT, "FR", EUROPE, "SSA MENA LAC"},
    {"demo-djolofa", "Djolofa Transfert", DEMO_AGENT, "SN", "FR IT ES BE US", "SSA"},
    {"demo-mandeka", "Mandéka Envoi", DEMO_AGENT, "ML", "FR ES BE DE", "SSA"},
    {"demo-kongori", "Kongori Express", DEMO_AGENT, "CD", "FR BE GB ZA KE", "SSA"},
    {"demo-yasmira", "Yasmira Transfert", DEMO_AGENT, "MA", "FR BE NL ES DE IT SA KW", "MENA"},
    {"demo-chamelika", "Chamelika Remit", DEMO_AGENT, "IN", "GB US CA AU SG MY " GULF, "SAS"},
    {"demo-monsoona", "Monsoona", DEMO_AGENT, "LK", "FR IT CH GB JP MY " GULF, "SAS"},
    {"demo-sampalita", "Sampalita Padala", DEMO_AGENT, "PH", "", "PH"},
    {"demo-mekaro", "Mekaro Transfer", DEMO_AGENT, "VN", "FR DE US AU JP KR TH", "VN KH"},
    {"demo-koralina", "Koralina Pacific", DEMO_AGENT, "NZ", "AU NZ", "FJ WS TO"},
    {"demo-nusaranta", "Nusaranta Kirim", DEMO_AGENT, "ID", "SG MY", "ID"},
    {"demo-ceibalia", "Ceibalia Giros", DEMO_AGENT, "MX", "US ES CL CR CA", "LAC"},
    {"demo-palmarina", "Palmarina Envíos", DEMO_AGENT, "DO", "US ES FR CA CL", "LAC"},
    {"demo-danubela", "Danubela", DEMO_AGENT, "RS", "FR DE CH", "ECA"},
    {"demo-bosforelle", "Bosforelle", DEMO_AGENT, "TR", "FR DE", "TR"},
    {"demo-limporo", "Limporo Money", DEMO_AGENT, "ZA", "ZA KE GH", "SSA"},
    /* without agents */
    {"demo-plumevo", "Plumevo", DEMO_DIGITAL, "FR", "", ""},
    {"demo-zipparo", "Zipparo", DEMO_DIGITAL, "GB", "", ""},
    {"demo-nuvolella", "Nuvolella", DEMO_DIGITAL, "EE", "", ""},
    {"demo-fennika", "Fennika", DEMO_DIGITAL, "SE", "", ""},
    {"demo-hirondo", "Hirondo", DEMO_DIGITAL, "US", "", ""},
    {"demo-klaribo", "Klaribo", DEMO_DIGITAL, "SG", "", "EAP SAS ECA LAC"},
    {"demo-saheline", "Sahéline", DEMO_DIGITAL, "SN", EUROPE " US CA", "SSA"},
    {"demo-atlasso", "Atlasso", DEMO_DIGITAL, "MA", EUROPE " " GULF, "MENA"},
    {"demo-tortolina", "Tortolina", DEMO_DIGITAL, "CO", "US ES PT FR CL CR CA JP", "LAC"},
    /* banks of the sending side */
    {"demo-deux-rivages", "Banque des Deux Rivages", DEMO_BANK, "FR", "FR", ""},
    {"demo-credit-vermeil", "Crédit Vermeil", DEMO_BANK, "FR", "FR", ""},
    {"demo-caisse-ponant", "Caisse du Grand Ponant", DEMO_BANK, "FR", "FR", ""},
    {"demo-scaldienne", "Banque Scaldienne", DEMO_BANK, "BE", "BE", ""},
    {"demo-firnegg", "Bankhaus Firnegg", DEMO_BANK, "CH", "CH", ""},
    {"demo-havelmark", "Havelmark Kontorbank", DEMO_BANK, "DE", "DE", ""},
    {"demo-olmedilla", "Banco Olmedilla", DEMO_BANK, "ES", "ES", ""},
    {"demo-vellarossa", "Banca Vellarossa", DEMO_BANK, "IT", "IT", ""},
    {"demo-waterlinde", "Waterlinde Bank", DEMO_BANK, "NL", "NL", ""},
    {"demo-serramar", "Banco Serramaré", DEMO_BANK, "PT", "PT", ""},
    {"demo-severnmoor", "Severnmoor Bank", DEMO_BANK, "GB", "GB", ""},
    {"demo-thistlegate", "Thistlegate Bank", DEMO_BANK, "GB", "GB", ""},
    {"demo-prairie-lantern", "Prairie Lantern Bank", DEMO_BANK, "US", "US", ""},
    {"demo-cobblewharf", "Cobblewharf National", DEMO_BANK, "US", "US", ""},
    {"demo-borealine", "Boréaline Bank", DEMO_BANK, "CA", "CA", ""},
    {"demo-dunemark", "Dunemark Bank", DEMO_BANK, "AE", "AE", ""},
    {"demo-najdara", "Najdara Bank", DEMO_BANK, "SA", "SA", ""},
    {"demo-lulwaya", "Lulwaya Bank", DEMO_BANK, "QA", "QA", ""},
    {"demo-dhowline", "Dhowline Bank", DEMO_BANK, "KW", "KW", ""},
    {"demo-wattlebrook", "Wattlebrook Bank", DEMO_BANK, "AU", "AU", ""},
    {"demo-kowhairi", "Kowhairi Bank", DEMO_BANK, "NZ", "NZ", ""},
    {"demo-hoshimori", "Hoshimori Bank", DEMO_BANK, "JP", "JP", ""},
    {"demo-straitsline", "Straitsline Bank", DEMO_BANK, "SG", "SG", ""},
    {"demo-selasihan", "Bank Selasihan", DEMO_BANK, "MY", "MY", ""},
    {"demo-bomnalae", "Bomnalae Bank", DEMO_BANK, "KR", "KR", ""},
    {"demo-chaolaya", "Chaolaya Bank", DEMO_BANK, "TH", "TH", ""},
    {"demo-protealand", "Protealand Bank", DEMO_BANK, "ZA", "ZA", ""},
    {"demo-savanora", "Savanora Bank", DEMO_BANK, "KE", "KE", ""},
    {"demo-adinkrabel", "Adinkrabel Bank", DEMO_BANK, "GH", "GH", ""},
    {"demo-lengamar", "Banco Lengamar", DEMO_BANK, "CL", "CL", ""},
    {"demo-guarialba", "Banco Guarialba", DEMO_BANK, "CR", "CR", ""},
    /* banks of the receiving side with an office abroad */
    {"demo-kassera", "Banque de la Kasséra", DEMO_BANK, "SN", "FR IT BE ES DE", "SSA"},
    {"demo-volta-lagune", "Comptoir Volta-Lagune", DEMO_BANK, "CI", "FR GB US ZA KE GH", "SSA"},
    {"demo-tamezrina", "Banque Tamezrina", DEMO_BANK, "TN", "FR BE NL ES DE " GULF, "MENA"},
    {"demo-cedarelle", "Cedarelle Bank", DEMO_BANK, "LB", "FR " GULF, "MENA"},
    {"demo-indravali", "Bank of Indravali", DEMO_BANK, "IN", "", "SAS"},
    {"demo-perlaguna", "Perlaguna Bank", DEMO_BANK, "PH", "", "EAP"},
    {"demo-altamirela", "Banco Altamirela", DEMO_BANK, "CO", "US ES PT FR CL CR CA JP", "LAC"},
    {"demo-moravina", "Moravina Banka", DEMO_BANK, "RS", "FR DE CH", "ECA"},
    /* post offices */
    {"demo-poste-horizons", "Poste des Horizons", DEMO_POST, "FR", "FR", ""},
    {"demo-poste-scarpe", "Poste de la Haute-Scarpe", DEMO_POST, "BE", "BE", ""},
    {"demo-postkontor", "Postkontor Falkenau", DEMO_POST, "DE", "DE CH", ""},
    {"demo-correo-cantabra", "Correo de Cantabraña", DEMO_POST, "ES", "ES PT", ""},
    {"demo-sportello", "Sportello Postale Tirreno", DEMO_POST, "IT", "IT", ""},
    {"demo-crownlane", "Crownlane Post", DEMO_POST, "GB", "GB", ""},
    {"demo-plains-post", "Plains Post Counter", DEMO_POST, "US", "US CA", ""},
    {"demo-outpost", "Wombat Creek Post", DEMO_POST, "AU", "AU NZ", ""},
    {"demo-yamabato", "Yamabato Post", DEMO_POST, "JP", "JP KR", ""},
    {"demo-pos-melati", "Pos Melatira", DEMO_POST, "MY", "MY SG TH", ""},
    {"demo-marula-post", "Marulaland Post", DEMO_POST, "ZA", "ZA KE GH", ""},
    {"demo-correo-sur", "Correo Surandino", DEMO_POST, "CL", "CL CR", ""},
    /* mobile operators */
    {"demo-ventheole", "Venthéole Mobile", DEMO_MOBILE, "FR", "FR BE", "SSA MENA LAC"},
    {"demo-simbaro", "Simbaro Mobile", DEMO_MOBILE, "KE", "GB DE IT US ZA KE GH", "SSA"},
    {"demo-tamtamio", "Tamtamio", DEMO_MOBILE, "CI", "FR", "SSA"},
    {"demo-noorasel", "Noorasel", DEMO_MOBILE, "EG", "ES DE NL BE " GULF, "MENA SAS"},
    {"demo-bijolika", "Bijolika Mobile", DEMO_MOBILE, "BD", "GB IT SG MY", "SAS"},
    {"demo-lagundi", "Lagundia Mobile", DEMO_MOBILE, "PH", "", "EAP"},
    {"demo-tucanel", "Tucanel Móvil", DEMO_MOBILE, "CO", "US ES CL CA", "LAC"},
    /* others */
    {"demo-kartelio", "Kartelio", DEMO_CARD, "FR", "", ""},
    {"demo-verdolina", "Carta Verdolina", DEMO_CARD, "IT", "", ""},
    {"demo-sahraba", "Sahraba Exchange", DEMO_EXCHANGE, "AE", GULF, ""},
    {"demo-marjanet", "Marjanet Exchange", DEMO_EXCHANGE, "QA", GULF, ""},
    {"demo-pasarmas", "Pasarmas Money Changer", DEMO_EXCHANGE, "MY", "MY SG TH", ""},
    {"demo-lanternwick", "Lanternwick Credit Union", DEMO_CREDIT_UNION, "US", "US", ""},
    {"demo-caisse-erable", "Caisse de l’Érablière", DEMO_CREDIT_UNION, "CA", "CA", ""},
    {"demo-harrowdale", "Harrowdale Building Society", DEMO_BUILDING_SOCIETY, "GB", "GB", ""},
    {"demo-quandong-plains", "Quandong Plains Building Society", DEMO_BUILDING_SOCIETY, "AU",
     "AU NZ", ""},
};
const size_t demo_operator_count = COUNT_OF(demo_operators);

/* Whether a word stands in a list of words with one space between; an empty list holds all. */
static bool listed(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = list; *at;) {
        size_t here = strcspn(at, " ");
        if (here == len && memcmp(at, word, len) == 0) {
            return true;
        }
        at += here;
        at += *at == ' ';
    }
    return *list == '\0';
}

bool demo_operator_serves(const struct demo_operator *firm, const struct demo_corridor *corridor)
{
    const struct demo_receiver *receiver = demo_receiver_find(corridor->to);
    return listed(firm->senders, corridor->from) &&
           (listed(firm->receivers, corridor->to) ||
            listed(firm->receivers, region_names[receiver->region]));
}
