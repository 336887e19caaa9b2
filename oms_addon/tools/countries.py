"""Countries: ISO 3166-1 codes, countries without postcodes, and English names."""

from functools import cache

from babel import Locale

#: ISO 3166-1 alpha-2, and XK (Kosovo), which Odoo and the carriers use.
COUNTRY_CODES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN
    BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ
    DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL
    GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM
    JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP
    NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD
    SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """.split()
)

#: Countries whose addresses have no postcode.
NO_POSTCODE_COUNTRIES = frozenset(
    """
    AE AG AO AW BF BI BJ BO BQ BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GQ
    GY HK JM KI KM KN KP LC LY ML MO MR MW NR NU QA RW SB SC SL SR SS ST SX SY TD TF TG
    TK TO TV TZ UG VU WS YE ZW
    """.split()
)

#: Names that stores use for countries besides the English name and the code.
_OTHER_NAMES = {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "eire": "IE",
    "republic of ireland": "IE",
    "usa": "US",
    "united states of america": "US",
    "america": "US",
    "holland": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "hong kong": "HK",
    "macau": "MO",
    "turkey": "TR",
    "ivory coast": "CI",
    "russian federation": "RU",
    "uae": "AE",
    "korea": "KR",
    "republic of korea": "KR",
}


@cache
def _names():
    territories = Locale("en").territories
    names = {territories[code].casefold(): code for code in COUNTRY_CODES}
    return names | _OTHER_NAMES


def country_code(text):
    """Return the code of a country, from a code or an English name.

    :param str text: e.g. ``gb``, ``United Kingdom`` or ``USA``
    :return: the alpha-2 code, or the stripped text when no country has that name
    """
    stripped = text.strip()
    if stripped.upper() in COUNTRY_CODES:
        return stripped.upper()
    return _names().get(stripped.casefold(), stripped)
