# SPDX-License-Identifier: Apache-2.0
"""Casts that are written to: `((T)x)++` and `&(T)x` are an extension of Microsoft's C that clang does not have.

What the compiler refuses is taken as `*(T *)&x` in a copy of the file, which the compiler sees in the file's place.
"""
import json
import pathlib
import re

REFUSED = re.compile(r"error: (cannot take the address of an rvalue|assignment to cast is illegal, lvalue casts)")
# With this flag a message names the columns of the cast: FILE:LINE:COLUMN:{LINE:FIRST-LINE:END}...: error: ...
RANGES_FLAG = "-fdiagnostics-print-source-range-info"
PLACE = re.compile(r"^(?P<file>.+?):\d+:\d+:\{(?P<line>\d+):(?P<first>\d+)-(?P<last>\d+):(?P<end>\d+)\}.*" + REFUSED.pattern, re.MULTILINE)
CAST = re.compile(rb"\(([\w\s*]+)\)\s*(\S.*)")


def without_parentheses(text):
    """`((T)x)` as `(T)x`; `(T)(x)` as it is."""
    text = text.strip()
    if not re.match(rb"\(\s*\(", text):
        return text
    depth = 0
    for position, byte in enumerate(text):
        depth += {ord("("): 1, ord(")"): -1}.get(byte, 0)
        if depth == 0:
            return without_parentheses(text[1:-1]) if position == len(text) - 1 else text
    return text


def rewritten(line, first, end):
    """The line with the cast in its columns [first, end), counted in bytes from 1, as an lvalue; None when it holds none."""
    cast = CAST.fullmatch(without_parentheses(line[first - 1:end - 1]))
    if cast is None:
        return None
    return line[:first - 1] + b"(*(" + cast[1].strip() + b" *)&" + cast[2] + b")" + line[end - 1:]


class View:
    """Copies of files in which such casts are lvalues, as an overlay of the file system for one source."""

    def __init__(self, folder):
        self.folder = folder
        self.copies = {}  # by the file's path

    def add(self, messages):
        """Takes the messages of a compilation with RANGES_FLAG; tells whether any copy changed."""
        places = {(match["file"], int(match["line"]), int(match["first"]), int(match["end"]))
                  for match in PLACE.finditer(messages) if match["line"] == match["last"]}
        changed = False
        for file, number, first, end in sorted(places, reverse=True):  # the last of a line first: columns before it stay
            lines = self.lines_of(file)
            line = rewritten(lines[number - 1], first, end) if number <= len(lines) else None
            if line is not None:
                lines[number - 1] = line
                self.copies[file] = lines
                changed = True
        return changed

    def lines_of(self, file):
        path = pathlib.Path(file)
        return self.copies.get(file) or (path.read_bytes().split(b"\n") if path.is_file() else [])

    def flags(self):
        """Writes the copies; flags that make the compiler see them under the names of the files."""
        self.folder.mkdir(exist_ok=True)
        roots = []
        for number, (file, lines) in enumerate(self.copies.items()):
            copy = self.folder / str(number)
            copy.write_bytes(b"\n".join(lines))
            roots.append({"name": file, "type": "file", "external-contents": str(copy)})
        overlay = self.folder / "overlay.yaml"
        overlay.write_text(json.dumps({"version": 0, "use-external-names": "false", "overlay-relative": "false", "roots": roots}))
        return ["-ivfsoverlay", overlay]
