"""Every regular expression of the code base, and texts that make a bad one slow."""

import ast
import importlib
import re
from collections import deque
from pathlib import Path

try:
    import re._constants as sre_constants
    import re._parser as sre_parse
except ImportError:  # Python 3.10
    import sre_constants
    import sre_parse

SOURCES = Path(__file__).parents[2] / "oms_addon"
PACKAGE = "odoo.addons.oms_addon"
FUNCTIONS = "compile match search fullmatch sub subn split findall finditer".split()
#: what texts are made of besides what a pattern itself names
SEEDS = (
    *(
        "a",
        "A",
        "1",
        " ",
        "\n",
        ".",
        "-",
        "_",
        ",",
        "(",
        ")",
        "[",
        "]",
        "{",
        '"',
        "@",
        "/",
        "<",
        "x",
    ),
    *("1.", "1,", "a.", "a ", "1 ", " 1", "a-", "a@", '""', "<a", "<br>", "\\", "1e", "\u00e4"),
)
TAILS = ("", "\x00!")


def modules():
    """:return: the sources of the add-on by the names of their modules"""
    names = {}
    for path in sorted(SOURCES.rglob("*.py")):
        parts = path.relative_to(SOURCES).with_suffix("").parts
        if parts[0] != "migrations" and parts[-1] != "__manifest__":
            names[".".join((PACKAGE, *parts)).removesuffix(".__init__")] = path
    return names


def of_sources():
    """Find all patterns of the add-on's Python.

    :return: patterns by where they stand; what could not be found
    """
    found, missing = {}, []
    for name, path in modules().items():
        tree = ast.parse(path.read_text())
        calls = [node for node in ast.walk(tree) if _is_call(node)]
        if not calls:
            continue
        module = importlib.import_module(name)
        held = list(_held(vars(module)))
        for key, pattern in held:
            found[f"{name}.{key}"] = pattern
        texts = {pattern.pattern for _key, pattern in held}
        for call in calls:
            place = f"{path.relative_to(SOURCES)}:{call.lineno}"
            if pattern := _evaluated(call, vars(module)):
                if pattern.pattern not in texts:
                    found[place] = pattern
            elif not _is_held(tree, call):
                missing.append(place)
    return found, missing


def _is_call(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") == "re"
        and node.func.attr in FUNCTIONS
    )


def _evaluated(call, names):
    """:return: the pattern of a call made of constants, else ``None``"""
    flags = [word.value for word in call.keywords if word.arg == "flags"]
    if call.func.attr == "compile" or call.func.attr in ("match", "search", "fullmatch"):
        place = 1 if call.func.attr == "compile" else 2
        flags += call.args[place : place + 1]
    try:
        pattern, *values = (
            eval(compile(ast.Expression(part), "pattern", "eval"), dict(names))  # noqa: S307
            for part in (call.args[0], *flags)
        )
        return pattern if isinstance(pattern, re.Pattern) else re.compile(pattern, *values)
    except (NameError, TypeError):
        return None


def _is_held(tree, call):
    """:return: whether a call stands in an assignment of the module, whose value is looked at"""
    return any(
        call in ast.walk(statement)
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
    )


def _held(values):
    """Yield (name, pattern) of the patterns in the values of a module, in whatever holds them."""
    queue = deque((key, value, 0) for key, value in values.items() if key != "__builtins__")
    seen = set()
    while queue:
        key, value, depth = queue.popleft()
        if isinstance(value, re.Pattern):
            yield key, value
        elif depth < 4 and id(value) not in seen:
            seen.add(id(value))
            if isinstance(value, dict):
                queue += ((f"{key}[{k!r}]", v, depth + 1) for k, v in value.items())
            elif isinstance(value, list | tuple | set | frozenset):
                queue += ((f"{key}[{i}]", v, depth + 1) for i, v in enumerate(value))
            elif isinstance(value, type) and value.__module__ == values.get("__name__"):
                queue += ((f"{key}.{k}", v, depth + 1) for k, v in vars(value).items())


def of_schemas(*schemas):
    """:return: the patterns of JSON schemas by where they stand"""
    found, queue = {}, deque(("schema", schema) for schema in schemas)
    while queue:
        path, value = queue.popleft()
        if isinstance(value, dict):
            if isinstance(value.get("pattern"), str):
                found[f"{path}.pattern"] = re.compile(value["pattern"])
            for key in value.get("patternProperties") or ():
                found[f"{path}.{key}"] = re.compile(key)
            queue += ((f"{path}.{key}", item) for key, item in value.items())
        elif isinstance(value, list | tuple):
            queue += ((f"{path}[{index}]", item) for index, item in enumerate(value))
    return found


#: a literal of JavaScript stands where a value begins
_LITERAL = re.compile(
    r"(?:^|[=(,:\[!&|?{};]|return)[ \t]*/((?:[^/\\\n\[*]|\\.|\[(?:[^\]\\\n]|\\.)*\])"
    r"(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])*)/([a-z]*)",
    re.M,
)
_BUILT = re.compile(r"new RegExp\(|\bRegExp\(")


def of_scripts():
    """Find all patterns of the add-on's JavaScript, and of its pages.

    :return: patterns by where they stand; those that are built while the script runs
    """
    found, built = {}, []
    for path in sorted(SOURCES.rglob("*")):
        if path.suffix not in (".js", ".mjs") or "/lib/" in path.as_posix():
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        text = re.sub(r"(^|[ \t])//[^\n]*", "", text)
        place = str(path.relative_to(SOURCES))
        for match in _LITERAL.finditer(text):
            flags = re.I if "i" in match[2] else 0
            source = re.sub(r"\(\?<(?![=!])", "(?P<", match[1])
            found[f"{place}: /{match[1]}/"] = re.compile(source, flags)
        built += [place for _match in _BUILT.finditer(text)]
    for path in sorted(SOURCES.rglob("*.xml")):
        for match in re.finditer(r'<input[^>]*\bpattern="([^"]*)"', path.read_text()):
            found[f"{path.relative_to(SOURCES)}: {match[1]}"] = re.compile(match[1])
    return found, built


def hostile(pattern, size):
    """Yield (name, text) of texts of a size that a pattern begins to match, and fails at the end.

    What is repeated is taken from the pattern: one round of each of its repetitions, behind the
    shortest text that leads there; and what people type.
    """
    tree = sre_parse.parse(pattern.pattern, pattern.flags & ~sre_constants.SRE_FLAG_DEBUG)
    rounds = dict.fromkeys(("", seed) for seed in SEEDS)
    for before, body in _repeats(tree, ""):
        rounds |= dict.fromkeys((before, one) for one in (body, f"{body} ", f"{body}a") if one)
    whole = _shortest(tree)
    if whole:
        rounds |= dict.fromkeys((("", whole), ("", whole[:-1]), ("", f"{whole} "), (whole, " ")))
    for before, body in rounds:
        if body:
            text = before + body * max((size - len(before)) // len(body), 1)
            for tail in TAILS:
                yield f"{before!r} + {body!r} … {tail!r}", text[:size] + tail


def _repeats(tree, before):
    """Yield (the shortest text before it, one round) of each repetition of a parsed pattern."""
    for kind, value in tree:
        if kind in _REPEATS:
            _least, most, body = value
            if most > 1:
                yield before, _shortest(body)
                yield "", _shortest(body)
                for other in _choices(body):
                    yield before, other
            yield from _repeats(body, before)
        elif kind is sre_constants.SUBPATTERN:
            yield from _repeats(value[-1], before)
        elif kind is sre_constants.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, before)
        elif kind in _LOOKS:
            yield from _repeats(value[1], before)
        before += _shortest([(kind, value)])


_REPEATS = {
    getattr(sre_constants, name)
    for name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
    if hasattr(sre_constants, name)
}
_LOOKS = {sre_constants.ASSERT, sre_constants.ASSERT_NOT}
_KINDS = {
    sre_constants.CATEGORY_DIGIT: "1",
    sre_constants.CATEGORY_NOT_DIGIT: "a",
    sre_constants.CATEGORY_SPACE: " ",
    sre_constants.CATEGORY_NOT_SPACE: "a",
    sre_constants.CATEGORY_WORD: "a",
    sre_constants.CATEGORY_NOT_WORD: " ",
}


def _choices(tree):
    """:return: a text for each of the characters and branches a repetition begins with"""
    found = []
    for kind, value in tree:
        if kind is sre_constants.IN:
            found += [_of_set([part]) for part in value if part[0] is not sre_constants.NEGATE]
        elif kind is sre_constants.BRANCH:
            found += [_shortest(branch) for branch in value[1]]
        elif kind is sre_constants.SUBPATTERN:
            found += _choices(value[-1])
    return [text for text in found if text]


def _shortest(tree):
    """:return: a short text that a parsed pattern matches, looks aside"""
    text = ""
    for kind, value in tree:
        if kind is sre_constants.LITERAL:
            text += chr(value)
        elif kind is sre_constants.NOT_LITERAL:
            text += "a" if value != ord("a") else "b"
        elif kind is sre_constants.ANY:
            text += "a"
        elif kind is sre_constants.IN:
            text += _of_set(value)
        elif kind is sre_constants.BRANCH:
            text += min((_shortest(branch) for branch in value[1]), key=len)
        elif kind is sre_constants.SUBPATTERN:
            text += _shortest(value[-1])
        elif kind in _REPEATS:
            text += _shortest(value[2]) * value[0]
    return text


def _of_set(parts):
    """:return: a character of a set"""
    if parts and parts[0][0] is sre_constants.NEGATE:
        test = re.compile("[" + "".join(_source(part) for part in parts[1:]) + "]")
        return next(c for c in "a1 .-\n@x\"'<" if not test.match(c))
    kind, value = parts[0]
    if kind is sre_constants.LITERAL:
        return chr(value)
    if kind is sre_constants.RANGE:
        return chr(value[0])
    return _KINDS.get(value, "a")


def _source(part):
    kind, value = part
    if kind is sre_constants.LITERAL:
        return re.escape(chr(value))
    if kind is sre_constants.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return {"1": r"\d", " ": r"\s"}.get(_KINDS.get(value), r"\w")
