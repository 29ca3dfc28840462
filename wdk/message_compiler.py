# SPDX-License-Identifier: Apache-2.0
"""The header that the message compiler of Windows makes of a message text file (.mc).

Source: Microsoft Learn, "Message Text Files", "Header Section" and "Message Definitions": a value is two bits of severity, twelve of
facility and sixteen of message identifier.
"""
import re


class MessageError(Exception):
    """What is wrong with a message file, as one line that begins with file and line."""


class MessageFile:
    """One .mc file: names of severities and facilities, and a #define for each message."""

    KEYWORD = re.compile(r"\s*(\w+)\s*=\s*")

    def __init__(self, name, text):
        self.name = name
        self.lines = text.splitlines()
        self.number = 0
        self.typedef = ""
        self.severities = {"success": (0, None), "informational": (1, None), "warning": (2, None), "error": (3, None)}
        self.facilities = {"system": (0x0FF, None), "application": (0xFFF, None)}
        self.severity, self.facility, self.identifier = 0, 0xFFF, {}
        self.out = []
        self.named = False  # the names of severities and facilities are in the header
        self.read()

    def header(self):
        return "\n".join(["// Made by build-driver: what the message compiler makes of " + self.name + ".", *self.out]) + "\n"

    def fail(self, what, line=None):
        raise MessageError(f"{self.name}:{line or self.number}: {what}")

    def next(self):
        if self.number >= len(self.lines):
            return None
        self.number += 1
        return self.lines[self.number - 1]

    def read(self):
        pending = None  # the message whose text comes next
        while (line := self.next()) is not None:
            if line.startswith(";"):
                self.out.append(line[1:])
                continue
            entries = self.entries(line)
            for keyword, value in entries:
                if keyword == "messageid":
                    pending = {"id": value, "line": self.number}
                elif pending is not None and keyword in ("severity", "facility", "symbolicname"):
                    pending[keyword] = value
                elif pending is not None and keyword == "language":
                    self.emit(pending, self.text())
                    pending["done"] = True
                else:
                    self.setting(keyword, value)

    def entries(self, line):
        """Keyword=value pairs of a line; a parenthesized list goes on until its end."""
        found = []
        while line.strip():
            match = self.KEYWORD.match(line)
            if match is None:
                self.fail(f"expected Keyword=value, not '{line.strip()}'")
            rest = line[match.end():]
            if rest.startswith("("):
                while ")" not in rest:
                    more = self.next()
                    if more is None:
                        self.fail("( without )")
                    rest += "\n" + more
                value, line = rest[1:rest.index(")")], rest[rest.index(")") + 1:]
            else:
                value = re.match(r"\S*", rest)[0]
                if self.KEYWORD.match(rest):  # an empty value, and the next keyword
                    value = ""
                line = rest[len(value):]
            found.append((match[1].lower(), value))
        return found

    def setting(self, keyword, value):
        if keyword == "messageidtypedef":
            self.typedef = value
        elif keyword == "severitynames":
            self.severities.update(self.names(value))
        elif keyword == "facilitynames":
            self.facilities.update(self.names(value))
        elif keyword not in ("languagenames", "outputbase"):
            self.fail(f"keyword {keyword} is not known")

    def names(self, text):
        names = {}
        for name, number, symbol in re.findall(r"(\w+)\s*=\s*(\w+)\s*(?::\s*(\w+))?", text):
            names[name.lower()] = (self.integer(number), symbol or None)
        return names

    def integer(self, text):
        try:
            return int(text, 16) if text.lower().startswith("0x") else int(text, 10)
        except ValueError:
            self.fail(f"'{text}' is not a number")

    def text(self):
        lines = []
        while (line := self.next()) is not None:
            if line.rstrip() == ".":
                return lines
            lines.append(line)
        self.fail("the text of a message ends with a line of one dot")

    def looked_up(self, names, message, what, default):
        value = message.get(what)
        if value is None:
            return default
        if value.lower() not in names:
            self.fail(f"{what} {value} is not defined", message["line"])
        return names[value.lower()][0]

    def emit(self, message, text):
        if message.get("done"):
            return  # the same message in another language
        if not self.named:
            self.named = True
            for names in (self.facilities, self.severities):
                self.out += [f"#define {symbol} 0x{number:x}" for number, symbol in names.values() if symbol]
        self.severity = self.looked_up(self.severities, message, "severity", self.severity)
        self.facility = self.looked_up(self.facilities, message, "facility", self.facility)
        last = self.identifier.get(self.facility, 0)
        value = message["id"]
        number = last + 1 if not value else last + self.integer(value[1:]) if value.startswith("+") else self.integer(value)
        self.identifier[self.facility] = number
        code = f"0x{(self.severity << 30) | (self.facility << 16) | number:08X}L"
        if message.get("symbolicname"):
            self.out += [f"// {line}" for line in text]
            self.out.append(f"#define {message['symbolicname']} " + (f"(({self.typedef}){code})" if self.typedef else code))
