"""Every text that a person can read is written in the words of the trade."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from lxml import etree

SOURCE = Path(__file__).parents[1] / "oms_addon"
#: files without the ORM: their texts are messages and descriptions that are not translated
PLAIN = re.compile(r"(?:api|documents|tools)/|channels/\w+/parse_\w+\.py")
#: files whose docstrings appear on the page of the API
DESCRIBED = ("api/", "documents/")

#: findings that still stand, by file: at most so many; each file gets shorter, or leaves the list
KNOWN = {}

#: (pattern, what to write instead), for every text
WORDS = [
    (r"told|tells?|telling", "sent, reported, notified"),
    (r"goods", "items, products, units"),
    (r"somebody|someone|nobody(?:'s)?|no one", "another user; say who"),
    (r"mend(?:s|ed|ing)?", "correct, fix"),
    (r"waits?(?: \w+)? for a person|a person", "on hold, to review; a user"),
    (r"rehears\w+", "simulation, simulate"),
    (r"back-?fill\w*", "history import"),
    (r"gaps?(?: checks?)?", "reconciliation, missing orders"),
    (r"scarcest", "limited by component"),
    (r"lanes?", "background job"),
    (r"meters?", "rate limit"),
    (r"patience", "rate limit"),
    (r"heard|came", "received"),
    (r"(?:keep|keeps|kept|hold) back|put(?:s|ting)? back", "stock buffer; restock"),
    (r"set(?:s|ting)? aside|let(?:s|ting)? go|looked at", "dismiss, release"),
    (r"settled?|settles|settling", "resolve, resolved"),
    (r"(?:gave|given|give|gives|taken|takes?) (?:\w+ )?back", "refund, return"),
    (r"ships? (?:together|alone)|shared deliver\w+", "combined shipment, combine, split off"),
    (r"pieces?", "units, items"),
    (r"test orders?", "simulation"),
    (r"looks?(?:ed)? (?:on|at|whether)|look now", "check"),
    (r"leaves by|promised again", "ship by; new date"),
    (r"goes on|go on|going on|went on", "continue, retry"),
    (r"asked for|asks|be asked", "fetch, requested"),
    (r"by hand", "manually"),
    (r"by itself|by themselves", "automatically"),
    (r"in words|in all", "explanation; total"),
    (r"back-?office|kind of channels?", "channel type"),
    (r"e-mails?|e-mailed|authoris\w+|fulfil(?:s|ment|ments)?|kilometres?", "American spelling"),
    (r"canceled|canceling", "cancelled, as Odoo writes it"),
    (r"ours|theirs", "in Odoo, on the channel"),
    (r"worked off|works off", "processed"),
    (r"less than nothing", "negative"),
    (r"to be told|arriving|scarce", "to sync; incoming"),
]
#: the same for labels alone
LABELS = [
    (r"(?:here|there|ours|theirs|it|them|then)", "a noun: In Odoo, On the Channel"),
    (r".*\?|(?:how|why|what|where|who|whose)\b.*", "a noun, no question"),
    (
        r".*\b(?:of|for|with|from|in|after|before|than|as|up|against|about|between|if|and)"
        r"|(?:by|at|on|to|until)",
        "no preposition at the end",
    ),
    (r"oms\b.*", "no technical name"),
]
#: short words that stay in lower case within a title
SMALL = set(
    "a an and as at but by for from if in into nor of off on or over per than the to up via vs "
    "with within km".split()
)
#: what of a view is a title: labels, headings, buttons
TITLES = ("button", "filter", "page", "group", "separator", "field", "label", "setting")
#: attributes of views that people read
ATTRIBUTES = ("string", "help", "confirm", "placeholder", "title", "aria-label", "alt")
#: records in files of data, and what of them people read
#: names of views and rules, which nobody reads
TECHNICAL = re.compile(r"\s*[a-z_]+(?:\.[a-z_]+)+\b")
#: two words beside each other
SENTENCE = re.compile(r"[a-z]{2,} [a-z]")
#: regular expressions, and lists of technical names
PATTERN = re.compile(r"\(\?|\\[bsdw]|\w\?\)|^(?=.*(?:_|\.\w))[\w.\s]+$", re.DOTALL)
RECORDS = ("name", "help", "advice", "subject", "body_html", "description", "summary")


# === READING === #


def text_of(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def label_of(name):
    """:return: the label Odoo makes of the name of a field that declares none"""
    return re.sub(r"_ids?$", "", name).replace("_", " ").title()


def field_texts(name, call):
    """Yield what people read of the declaration of a field."""
    kind = call.func.attr
    words = {k.arg: k.value for k in call.keywords}
    first = {"Many2one": 1, "Selection": 1, "Reference": 1, "One2many": 2, "Many2many": 4}
    label = words.get("string") or next(
        (arg for arg in call.args[first.get(kind, 0) :] if text_of(arg)), None
    )
    if label is not None:
        yield label.lineno, "label", text_of(label) or ""
    elif "related" not in words:
        yield call.lineno, "label", label_of(name)
    if text_of(words.get("help")):
        yield words["help"].lineno, "text", text_of(words["help"])
    options = [words.get("selection"), words.get("selection_add"), *call.args[:1]]
    for option in [o for o in options if isinstance(o, ast.List)]:
        for pair in option.elts:
            if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and text_of(pair.elts[1]):
                yield pair.lineno, "text", text_of(pair.elts[1])


def python_texts(source):
    """Yield line, kind and text of what people read in a file of Python."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
            if name == "_description" and text_of(value):
                yield node.lineno, "title", text_of(value)
            func = getattr(value, "func", None)
            if isinstance(func, ast.Attribute) and getattr(func.value, "id", "") == "fields":
                yield from field_texts(name, value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "_" and node.args and text_of(node.args[0]):
                yield node.lineno, "text", text_of(node.args[0])
            elif node.func.attr in ("Constraint", "UniqueIndex") and len(node.args) > 1:
                yield node.lineno, "text", text_of(node.args[1]) or ""


def plain_texts(source, is_described):
    """Yield the same of a file without the ORM: sentences, and descriptions of classes."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    seen = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node):
            seen.add(node.body[0].value)
            if is_described and isinstance(node, ast.ClassDef):
                summary = ast.get_docstring(node).partition("\n\n")[0]
                yield node.lineno, "text", summary
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            seen.update(node.values)
            text = "".join(text_of(value) or "" for value in node.values)
        elif node in seen or not text_of(node):
            continue
        else:
            text = text_of(node)
        if SENTENCE.search(text) and not PATTERN.search(text):
            yield node.lineno, "text", text


def xml_texts(source):
    """Yield the same of a file of views, data or templates."""
    for node in etree.fromstring(source.encode()).iter(etree.Element):
        for name in ATTRIBUTES:
            value = node.get(name)
            if value and not value.startswith("{"):
                title = name == "string" and node.tag in TITLES
                yield node.sourceline, "title" if title else "text", value
        if node.tag == "menuitem" and node.get("name"):
            yield node.sourceline, "title", node.get("name")
        if node.tag == "field" and node.get("name") not in RECORDS and node.text:
            continue
        if node.tag not in ("script", "style"):
            for text in (node.text, *(child.tail for child in node)):
                if text and re.search(r"[A-Za-z]{2}", text) and not TECHNICAL.match(text):
                    yield node.sourceline, "text", text


def js_texts(source):
    """Yield the same of a file of JavaScript."""
    for found in re.finditer(r"_t\(\s*([\"'`])((?:(?!\1).)*)\1", source, re.DOTALL):
        yield source[: found.start()].count("\n") + 1, "text", found[2]


READERS = {".py": python_texts, ".xml": xml_texts, ".js": js_texts}


def texts():
    """Yield the file, the line, the kind and the text of all that people can read."""
    for path in sorted(SOURCE.rglob("*")):
        name = str(path.relative_to(SOURCE))
        if path.suffix not in READERS or name.startswith(
            ("migrations/", "static/lib", "static/tests")
        ):
            continue
        found = list(READERS[path.suffix](path.read_text()))
        if PLAIN.match(name) and path.suffix == ".py":
            found += plain_texts(path.read_text(), name.startswith(DESCRIBED))
        for line, kind, text in found:
            yield name, line, kind, re.sub(r"%\(\w+\)\w|\{\w*\}", "", " ".join(text.split()))


# === JUDGING === #


def title_case(text):
    """:return: the words of a title that should begin with a capital"""
    words = re.findall(r"[^\W\d_][\w'’.-]*", text)
    return [w for w in words[:1] + [w for w in words[1:] if w not in SMALL] if w.islower()]


def faults(kind, text):
    """:return: what is wrong with a text, as sentences"""
    found = [
        f"“{match[0]}”: {instead}"
        for pattern, instead in WORDS
        if (match := re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE))
    ]
    if kind != "text":
        found += [
            f"label: {instead}"
            for pattern, instead in LABELS
            if re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL)
        ]
        if wrong := title_case(text):
            found.append(f"Title Case: {', '.join(wrong)}")
    return found


def test_every_text_is_written_in_the_words_of_the_trade():
    found = defaultdict(list)
    for name, line, kind, text in texts():
        for fault in faults(kind, text):
            found[name].append(f"{name}:{line}: {text[:100]!r}: {fault}")
    wrong = [
        line for name, lines in found.items() if len(lines) > KNOWN.get(name, 0) for line in lines
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_no_two_menus_and_no_two_buttons_of_a_view_have_one_name():
    menus, wrong = defaultdict(list), []
    for path in sorted([*SOURCE.glob("views/*.xml"), *SOURCE.glob("wizard/*.xml")]):
        for menu in (tree := etree.parse(path)).iter("menuitem"):
            menus[menu.get("name")].append(menu.get("id"))
        for record in tree.iter("record"):
            names = defaultdict(set)
            for button in record.iter("button"):
                if button.get("string"):
                    names[button.get("string")].add(button.get("name") or button.get("special"))
            wrong += [
                f"{path.name}: {record.get('id')}: the buttons {sorted(b)} are all “{name}”"
                for name, b in names.items()
                if len(b) > 1
            ]
    wrong += [f"the menus {ids} are all “{name}”" for name, ids in menus.items() if len(ids) > 1]
    assert not wrong, "\n" + "\n".join(wrong)
