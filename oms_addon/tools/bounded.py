"""Reading of what others send, never more of it than is allowed: compressed data, zip archives,
answers of servers.

Compressed data says nothing about how large it becomes: it is unpacked piece by piece, and
refused where the limit is reached.
"""

import io
import zipfile
import zlib

from odoo.addons.oms_addon.documents.values import DocumentError

CHUNK = 64 * 1024
#: what a report or an uploaded archive may become, in bytes
MAX_UNPACKED = 64 * 1024**2
#: files in an archive: a workbook has some dozens
MAX_ENTRIES = 1000
#: what is unpacked at once
MAX_PIECE = 1024**2
#: streams that follow each other in one file
MAX_MEMBERS = 4096
#: wrappings of one body: servers and proxies compress once, at most twice
MAX_CODINGS = 2

_ENTRY_MARK = b"PK\x01\x02"
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: window sizes of zlib by content coding (RFC 9110, 8.4.1)
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": zlib.MAX_WBITS}


class TooLarge(DocumentError):
    """There is more than is read."""

    def __init__(self, limit):
        super().__init__(f"there are more than {limit} bytes")
        self.limit = limit


def gunzip(data, limit=MAX_UNPACKED):
    """Return what gzip packed, of one member or several.

    :param bytes data: as ``gzip`` writes it
    :param int limit: bytes it becomes at most
    :raise TooLarge: when it becomes more
    :raise DocumentError: when it is broken or cut off
    """
    return _inflate(data, _WINDOWS["gzip"], limit)


def decode_content(data, coding, limit=MAX_UNPACKED):
    """Return the body of an answer without its content codings.

    :param bytes data: as it was sent
    :param str coding: the header ``Content-Encoding``
    :raise TooLarge: when it becomes more than ``limit`` bytes
    :raise DocumentError: when it is broken, or in a coding that was not asked for
    """
    codings = [name for name in coding.lower().replace(" ", "").split(",") if name]
    codings = [name for name in codings if name != "identity"]
    if len(codings) > MAX_CODINGS or not set(codings) <= _WINDOWS.keys():
        raise DocumentError(f"the coding {coding[:40]!r} was not asked for")
    for name in reversed(codings):
        data = _inflate(data, _WINDOWS[name], limit) if data else data
    return data


def read_stream(stream, limit, read=None):
    """Return what a stream holds.

    :param stream: anything with ``read(size)``
    :param int limit: bytes it may hold
    :param read: what to read with, where it is not ``stream.read``
    :raise TooLarge: when it holds more
    """
    read, pieces, left = read or stream.read, [], limit
    while piece := read(min(CHUNK, left + 1)):
        left -= len(piece)
        if left < 0:
            raise TooLarge(limit)
        pieces.append(piece)
    return b"".join(pieces)


def open_zip(data):
    """Return an archive whose files can be read with :func:`read_entry`.

    :param bytes data: the archive
    :rtype: zipfile.ZipFile
    :raise DocumentError: when it is none, or has more files than anybody packs
    """
    # Its list of files is counted before it is made.
    if data.count(_ENTRY_MARK) > MAX_ENTRIES:
        raise DocumentError(f"the archive has more than {MAX_ENTRIES} files")
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise DocumentError("this is not a zip archive") from error


def pack(files):
    """Pack texts into an archive.

    :param dict files: texts by the names of their files
    :return: a ZIP file
    :rtype: bytes
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def read_entry(archive, name, limit=MAX_UNPACKED):
    """Yield a file of an archive in pieces.

    :raise TooLarge: when it becomes more than ``limit`` bytes, whatever the archive says
    :raise KeyError: when there is no such file
    :raise DocumentError: when it is broken, encrypted or packed in an unusual way
    """
    entry = archive.getinfo(name)
    # Other methods unpack a piece of any size at once.
    if entry.compress_type not in _ZIP_METHODS or entry.flag_bits & 0x1:
        raise DocumentError(f"{name} is encrypted, or packed in an unusual way")
    left = limit
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(CHUNK):
                left -= len(piece)
                if left < 0:
                    raise TooLarge(limit)
                yield piece
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise DocumentError(f"{name} cannot be unpacked") from error


def _inflate(data, window, limit):
    """:return: unpacked bytes; several members are put together"""
    pieces, left, place, members = [], limit, 0, 1
    try:
        unpacker = zlib.decompressobj(_window_of(data, window))
        while not unpacker.eof:
            packed = data[place : place + CHUNK]
            piece = unpacker.decompress(packed, min(MAX_PIECE, left + 1))
            left -= len(piece)
            if left < 0:
                raise TooLarge(limit)
            pieces.append(piece)
            place += len(packed) - len(unpacker.unconsumed_tail) - len(unpacker.unused_data)
            if not packed and not piece:
                raise DocumentError("the compressed data is cut off")
            # What stands behind the last member are zeros, of tapes and blocks.
            if unpacker.eof and data[place : place + 1].strip(b"\x00"):
                members += 1
                if members > MAX_MEMBERS:
                    raise DocumentError(f"the compressed data has more than {MAX_MEMBERS} parts")
                unpacker = zlib.decompressobj(window)
    except zlib.error as error:
        raise DocumentError(f"the compressed data is broken: {error}") from error
    return b"".join(pieces)


def _window_of(data, window):
    """:return: how a stream is framed: some servers send a bare one as ``deflate``"""
    if window != zlib.MAX_WBITS:
        return window
    is_framed = len(data) > 1 and data[0] & 15 == 8 and (data[0] << 8 | data[1]) % 31 == 0
    return window if is_framed else -window
