"""Read external data within size limits: compressed data, ZIP archives, response bodies.

The unpacked size of compressed data is not known in advance: it is unpacked in blocks, and refused
when it exceeds the limit.
"""

import io
import zipfile
import zlib

from odoo.addons.oms_addon.documents.values import DocumentError

CHUNK = 64 * 1024
#: maximum unpacked size of a report or an uploaded archive, in bytes
MAX_UNPACKED = 64 * 1024**2
#: maximum number of files in an archive: a workbook has some dozens
MAX_ENTRIES = 1000
#: bytes unpacked per block
MAX_PIECE = 1024**2
#: maximum number of concatenated gzip members
MAX_MEMBERS = 4096
#: maximum number of content codings of one body: servers and proxies use one or two
MAX_CODINGS = 2

_ENTRY_MARK = b"PK\x01\x02"
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: window sizes of zlib by content coding (RFC 9110, 8.4.1)
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": zlib.MAX_WBITS}


class TooLarge(DocumentError):
    """The data exceeds the size limit."""

    def __init__(self, limit):
        super().__init__(f"there are more than {limit} bytes")
        self.limit = limit


def gunzip(data, limit=MAX_UNPACKED):
    """Return decompressed gzip data, of one member or several.

    :param bytes data: the gzip data
    :param int limit: maximum unpacked size in bytes
    :raise TooLarge: when the unpacked data is larger
    :raise DocumentError: when the data is corrupt or truncated
    """
    return _inflate(data, _WINDOWS["gzip"], limit)


def decode_content(data, coding, limit=MAX_UNPACKED):
    """Return the body of a response without its content codings.

    :param bytes data: the body as received
    :param str coding: the ``Content-Encoding`` header
    :raise TooLarge: when it unpacks to more than ``limit`` bytes
    :raise DocumentError: when it is corrupt, or in a coding that was not requested
    """
    codings = [name for name in coding.lower().replace(" ", "").split(",") if name]
    codings = [name for name in codings if name != "identity"]
    if len(codings) > MAX_CODINGS or not set(codings) <= _WINDOWS.keys():
        raise DocumentError(f"the coding {coding[:40]!r} is not supported")
    for name in reversed(codings):
        data = _inflate(data, _WINDOWS[name], limit) if data else data
    return data


def read_stream(stream, limit, read=None):
    """Return the content of a stream.

    :param stream: an object with ``read(size)``
    :param int limit: maximum size in bytes
    :param read: function to read with, if not ``stream.read``
    :raise TooLarge: when the content is larger
    """
    read, pieces, left = read or stream.read, [], limit
    while piece := read(min(CHUNK, left + 1)):
        left -= len(piece)
        if left < 0:
            raise TooLarge(limit)
        pieces.append(piece)
    return b"".join(pieces)


def open_zip(data):
    """Open an archive whose files can be read with :func:`read_entry`.

    :param bytes data: the archive
    :rtype: zipfile.ZipFile
    :raise DocumentError: when it is not a ZIP archive, or has more than the maximum of files
    """
    # Count the files before their list is built in memory.
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
    """Yield a file of an archive in blocks.

    :raise TooLarge: when it unpacks to more than ``limit`` bytes, whatever size the archive states
    :raise KeyError: when there is no such file
    :raise DocumentError: when it is corrupt, encrypted or uses an unsupported compression
    """
    entry = archive.getinfo(name)
    # Other methods can unpack blocks of unlimited size.
    if entry.compress_type not in _ZIP_METHODS or entry.flag_bits & 0x1:
        raise DocumentError(f"{name} is encrypted or has an unsupported compression")
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
    """:return: unpacked bytes; several members are concatenated"""
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
            # Zero padding after the last member, from tapes and blocks.
            if unpacker.eof and data[place : place + 1].strip(b"\x00"):
                members += 1
                if members > MAX_MEMBERS:
                    raise DocumentError(f"the compressed data has more than {MAX_MEMBERS} parts")
                unpacker = zlib.decompressobj(window)
    except zlib.error as error:
        raise DocumentError(f"the compressed data is broken: {error}") from error
    return b"".join(pieces)


def _window_of(data, window):
    """:return: ``wbits`` of a stream: some servers send raw data as ``deflate``"""
    if window != zlib.MAX_WBITS:
        return window
    is_framed = len(data) > 1 and data[0] & 15 == 8 and (data[0] << 8 | data[1]) % 31 == 0
    return window if is_framed else -window
