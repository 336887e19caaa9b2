"""Reading of compressed data and archives, within limits."""

import ast
import gzip
import io
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.tools import bounded

SOURCES = Path(bounded.__file__).parents[1]
MEGABYTE = 1024**2
#: what unpacks, or reads whole bodies, without a limit
UNBOUNDED = {
    "gzip": None,
    "bz2": None,
    "lzma": None,
    "tarfile": None,
    "zipfile": None,
    "openpyxl": {"load_workbook"},
    "zlib": {"decompress", "decompressobj"},
    "shutil": {"unpack_archive"},
}


def peak(call):
    """:return: the most memory a call takes, in bytes, and what it gives or raises"""
    tracemalloc.start()
    try:
        try:
            result = call()
        except DocumentError as error:
            result = error
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_members_one_after_the_other_are_one_file(parts):
    packed = b"".join(map(gzip.compress, parts))
    assert bounded.gunzip(packed) == b"".join(parts)


def test_a_bomb_is_left_where_the_limit_is_reached():
    packed = gzip.compress(bytes(200 * MEGABYTE))
    memory, error = peak(lambda: bounded.gunzip(packed, MEGABYTE * 8))
    assert isinstance(error, bounded.TooLarge)
    assert error.limit == MEGABYTE * 8
    assert memory < MEGABYTE * 12


def test_exactly_the_limit_is_read():
    packed = gzip.compress(b"x" * MEGABYTE)
    assert len(bounded.gunzip(packed, MEGABYTE)) == MEGABYTE
    with pytest.raises(bounded.TooLarge):
        bounded.gunzip(packed, MEGABYTE - 1)


def test_a_crowd_of_tiny_members_is_refused():
    with pytest.raises(DocumentError, match="more than 4096 parts"):
        bounded.gunzip(gzip.compress(b"") * 5000)


@given(data=st.binary(min_size=1, max_size=300), cut=st.integers(1, 8))
def test_what_is_cut_off_is_refused(data, cut):
    with pytest.raises(DocumentError, match="cut off"):
        bounded.gunzip(gzip.compress(data)[:-cut])


@given(data=st.binary(min_size=1, max_size=300))
def test_any_bytes_are_unpacked_or_refused(data):
    for read in (bounded.gunzip, lambda it: bounded.decode_content(it, "deflate")):
        try:
            read(data)
        except DocumentError as error:
            assert str(error)


def bare(data):
    """:return: a deflate stream without a frame"""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("", bytes),
        ("identity", bytes),
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", bare),
        ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
    ],
)
def test_a_body_comes_out_of_its_codings(coding, pack):
    text = b"what a shop answered" * 9000
    assert bounded.decode_content(pack(text), coding) == text


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br", "gzip, gzip, gzip"])
def test_codings_nobody_asked_for_are_refused(coding):
    with pytest.raises(DocumentError, match="is not supported"):
        bounded.decode_content(b"x", coding)


def test_a_bomb_in_a_bomb_is_left_at_the_limit():
    packed = gzip.compress(gzip.compress(bytes(300 * MEGABYTE)))
    memory, error = peak(lambda: bounded.decode_content(packed, "gzip, gzip", MEGABYTE * 8))
    assert isinstance(error, bounded.TooLarge)
    assert memory < MEGABYTE * 12


def archive(method=zipfile.ZIP_DEFLATED, **files):
    """:return: the bytes of a zip archive"""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return file.getvalue()


def test_a_file_of_an_archive_is_read_within_its_limit():
    with bounded.open_zip(archive(a=b"x" * 100_000)) as found:
        assert b"".join(bounded.read_entry(found, "a", 100_000)) == b"x" * 100_000
        with pytest.raises(bounded.TooLarge):
            list(bounded.read_entry(found, "a", 99_999))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_a_limit_are_refused(method):
    with bounded.open_zip(archive(method, a=b"x")) as found:
        with pytest.raises(DocumentError, match="unsupported compression"):
            list(bounded.read_entry(found, "a"))


def test_a_crowd_of_files_is_refused_before_it_is_listed():
    data = archive(**{f"f{i}": b"" for i in range(1001)})
    with pytest.raises(DocumentError, match="more than 1000 files"):
        bounded.open_zip(data)


def test_a_stream_is_read_within_its_limit():
    assert bounded.read_stream(io.BytesIO(b"x" * 70_000), 70_000) == b"x" * 70_000
    with pytest.raises(bounded.TooLarge):
        bounded.read_stream(io.BytesIO(b"x" * 70_001), 70_000)


def _names(path):
    """Yield (line, name) of all that unpacks without a limit in a source."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if UNBOUNDED.get(alias.name, ()) is None:
                    yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module in UNBOUNDED:
            names = UNBOUNDED[node.module]
            yield from ((node.lineno, a.name) for a in node.names if not names or a.name in names)
        elif isinstance(node, ast.Attribute):
            owner = getattr(node.value, "id", "")
            if node.attr in (UNBOUNDED.get(owner) or ()):
                yield node.lineno, f"{owner}.{node.attr}"
            if node.attr in ("content", "iter_content") and owner in ("response", "answer"):
                yield node.lineno, f"{owner}.{node.attr}"


def test_what_is_packed_is_read_again():
    files = {"a.json": "{}", "b.html": "<p>Ä</p>"}
    with bounded.open_zip(bounded.pack(files)) as found:
        read = {name: b"".join(bounded.read_entry(found, name)) for name in found.namelist()}
    assert {name: data.decode() for name, data in read.items()} == files


def test_nothing_is_unpacked_but_by_the_bounded_reader():
    found = [
        f"{path.relative_to(SOURCES)}:{line}: {name}"
        for path in sorted(SOURCES.rglob("*.py"))
        if path.name != "bounded.py"
        for line, name in _names(path)
    ]
    assert found == []
