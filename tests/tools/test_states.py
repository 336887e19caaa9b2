import pytest

from odoo.addons.oms_addon.tools.states import find_state, state_names

KNOWN = {
    "JP": {"JP-13": "東京都", "JP-27": "大阪府"},
    "TR": {"34": "İstanbul", "03": "Afyonkarahisar"},
    "CN": {"京": "北京市", "蒙": "内蒙古自治区"},
    "MX": {"CMX": "Ciudad de México", "JAL": "Jalisco"},
    "MY": {"MY-01": "Johor"},
    "NZ": {"AUK": "Auckland"},
    "IE": {"C": "Cork", "D": "Dublin"},
    "IT": {"RM": "Roma", "MB": "Monza e Brianza"},
    "ES": {"B": "Barcelona", "M": "Madrid", "ME": "Melilla"},
    "GB": {"A1": "Aberdeenshire"},
    "CR": {"2": "Alajuela"},
    "EC": {"17": "Pichincha"},
    "EG": {"ALX": "Alexandria"},
    "GT": {"QUE": "Quetzaltenango"},
}


@pytest.mark.parametrize(
    "country, told, code",
    [
        # WooCommerce
        ("JP", "JP13", "JP-13"),
        ("TR", "TR34", "34"),
        ("TR", "TR03", "03"),
        ("CN", "CN2", "京"),
        ("MX", "DF", "CMX"),
        ("MY", "JHR", "MY-01"),
        ("NZ", "AK", "AUK"),
        ("IE", "CO", "C"),
        ("ES", "ML", "ME"),
        ("EC", "EC-P", "17"),
        ("EG", "EGALX", "ALX"),
        ("GT", "GT-QZ", "QUE"),
        # Shopify
        ("JP", "JP-27", "JP-27"),
        ("CN", "NM", "蒙"),
        ("MX", "JAL", "JAL"),
        ("CR", "CR-A", "2"),
        # PrestaShop
        ("CN", "11", "京"),
        ("GB", "ABD", "A1"),
        ("ES", "ES-M", "M"),
        # names, as Amazon and people write them
        ("JP", "Tokyo", "JP-13"),
        ("JP", "東京都", "JP-13"),
        ("TR", "Istanbul", "34"),
        ("IE", "Co. Dublin", "D"),
        ("IE", "County Cork", "C"),
        ("IT", "Monza e della Brianza", "MB"),
        ("ES", "Provincia de Barcelona", "B"),
        ("ES", "BARCELONA", "B"),
        ("MX", "Ciudad de Mexico", "CMX"),
        # nothing is guessed
        ("ES", "ESM", None),
        ("IT", "Toscana", None),
        ("JP", "", None),
        ("XK", "Pristina", None),
    ],
)
def test_a_state_is_found_however_a_shop_writes_it(country, told, code):
    known = {}
    for odoo_code, name in KNOWN.get(country, {}).items():
        known[odoo_code.casefold()] = odoo_code
        for words in state_names(name):
            known.setdefault(words, odoo_code)
    assert find_state(country, told, known) == code
