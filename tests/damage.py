"""Files spoiled in every way that files are: bytes flipped, cut, put in, repeated, swapped; cells of odd content."""

from collections.abc import Sequence

from hypothesis import strategies as st

#: What stands in a cell where something else should.
ODD_CELLS = (
    "", " ", "0", "-1", "-0.0", "7.5", "1e999", "-1e30", "nan", "inf", "NULL", "#N/A", "..", "*", "-", "abc", "3 500",
    "1,234", "9" * 40, "00011", "11.0", "½", "٣", "\u202e21", "א" * 300, '"', "'", "<b>&amp;</b>", "=1+1", "a\nb",
    "2022-01-01", "True", "None", "1;2", "1,2", "\ufffd", "\x07",
)  # fmt: skip
#: Words of the formats themselves, as they come out where a program or a person mends by hand.
ODD_WORDS = (b"\x00", b"\xff\xff\xff\xff", b"null", b"NaN", b"1e999", b"-9999999999999999999", b"[]", b"{}", b'""',
             b"<", b">", b"&bad;", b"\xef\xbb\xbf", b"\r", b"\n", b",", b'"', b"]", b"}", b"180.0000001", b"0", b"-1",
             "א".encode(), "\u202e".encode(), b"\x80")  # fmt: skip


#: Kind, where and where else as shares of the length, a number.
Edit = tuple[str, float, float, int]
#: What stands in JSON where something else should.
ODD_VALUES = (*ODD_CELLS, None, True, 0, -1, 7.5, 1e300, 10**30, [], {}, [[]], [1e400], {"a": 1}, 31.2, 34.8, 200.0)


def edited(raw: bytes, edits: Sequence[Edit]) -> bytes:
    """Apply edits (kind, where and where else as shares of the length, a number) one after the other."""
    for kind, share, other, number in edits:
        filled = [i for i, byte in enumerate(raw) if byte] or [0]
        at, to = sorted(filled[min(int(s * len(filled)), len(filled) - 1)] for s in (share, other))
        width = min(number, 400)
        if kind == "flip":
            raw = raw[:at] + bytes([(raw[at] if raw else 0) ^ (1 << number % 8)]) + raw[at + 1 :]
        elif kind == "set":
            raw = raw[:at] + bytes([number % 256]) + raw[at + 1 :]
        elif kind == "cut":
            raw = raw[:at]
        elif kind == "drop":
            raw = raw[:at] + raw[at + width :]
        elif kind == "insert":
            raw = raw[:at] + ODD_WORDS[number % len(ODD_WORDS)] + raw[at:]
        elif kind == "over":
            word = ODD_WORDS[number % len(ODD_WORDS)]
            raw = raw[:at] + word + raw[at + len(word) :]
        elif kind == "repeat":
            raw = raw[: at + width] + raw[at:]
        else:
            raw = raw[:at] + raw[to : to + width] + raw[at + width : to] + raw[at : at + width] + raw[to + width :]
    return raw


#: Where in a file or a table, as a share of its length.
shares = st.floats(0, 1, exclude_max=True, width=32)
_kinds = st.sampled_from(["flip", "flip", "set", "cut", "drop", "insert", "over", "repeat", "swap"])
#: One to four edits of a file's bytes.
edits = st.lists(st.tuples(_kinds, shares, shares, st.integers(0, 1000)), min_size=1, max_size=4)
#: One to six cells of a table, each with what it comes to hold.
odd_cells = st.lists(st.tuples(shares, shares, st.sampled_from(ODD_CELLS)), min_size=1, max_size=6)


def with_odd_cells(rows: Sequence[Sequence[object]], changes: Sequence[tuple[float, float, str]]) -> list[list[object]]:
    """Return the rows of a table with some cells changed."""
    table = [list(row) for row in rows]
    for down, along, cell in changes:
        row = table[int(down * len(table))]
        row[int(along * len(row))] = cell
    return table
