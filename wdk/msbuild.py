# SPDX-License-Identifier: Apache-2.0
"""Evaluates as much of an MSBuild project (.vcxproj and the .props it imports) as a driver's build needs.

Three passes, as MSBuild has them: properties and imports in the order of the files, then item definitions, then items.
Errors name file and line. What the kit of Windows would import ($(VCTargetsPath) and its like) does not exist here and plays no part.
"""
import fnmatch
import pathlib
import re
import xml.parsers.expat


class ProjectError(Exception):
    """What is wrong with a project, as one line that begins with file and line."""


class Element:
    """One element of a project file, with the line it begins on."""

    def __init__(self, tag, attributes, line):
        self.tag = tag
        self.attributes = attributes
        self.line = line
        self.children = []
        self.text = ""

    def get(self, name, default=""):
        return self.attributes.get(name, default)


def parse(path, text):
    """The root element of a project file."""
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    stack = [Element("", {}, 0)]

    def start(tag, attributes):
        element = Element(tag.rsplit(":", 1)[-1], attributes, parser.CurrentLineNumber)
        stack[-1].children.append(element)
        stack.append(element)

    def data(text):
        stack[-1].text += text

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: stack.pop()
    parser.CharacterDataHandler = data
    try:
        parser.Parse(re.sub(r"^<\?xml[^>]*\?>", lambda match: "\n" * match[0].count("\n"), text), True)
    except xml.parsers.expat.ExpatError as error:
        raise ProjectError(f"{path.name}:{error.lineno}: not readable as XML: {xml.parsers.expat.ErrorString(error.code)}") from error
    return stack[0].children[0]


def insensitive(base, relative):
    """The existing path below base that relative names on Windows: backslashes, any case. None when there is none."""
    text = str(relative).replace("\\", "/")
    current = pathlib.Path("/") if text.startswith("/") else base
    for part in text.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            current = current.parent
            continue
        if not current.is_dir():
            return None
        found = [entry for entry in current.iterdir() if entry.name.lower() == part.lower()]
        if not found:
            return None
        current = next((entry for entry in found if entry.name == part), found[0])
    return current


class Condition:
    """The grammar of Condition attributes: or, and, !, comparison, Exists(), HasTrailingSlash()."""

    TOKEN = re.compile(r"\s*(?:(?P<string>'[^']*')|(?P<operator>==|!=|<=|>=|<|>|!|\(|\))|(?P<word>[^\s'()=!<>]+))")

    def __init__(self, text, expand, exists):
        self.text = text
        self.expand = expand
        self.exists = exists
        self.tokens = []
        position = 0
        while text[position:].strip():
            match = self.TOKEN.match(text, position)
            # A bare $(Name) is one operand, parentheses and all.
            bare = re.compile(r"\s*(\$\([^()]*(?:\([^()]*\)[^()]*)*\))").match(text, position)
            if bare:
                self.tokens.append(("string", bare[1]))
                position = bare.end()
                continue
            if match is None:
                raise ValueError(f"unexpected {text[position:].strip()[:20]}")
            kind = match.lastgroup
            self.tokens.append((kind, match[kind][1:-1] if kind == "string" else match[kind]))
            position = match.end()
        self.position = 0

    def holds(self):
        result = self.either()
        if self.position != len(self.tokens):
            raise ValueError(f"unexpected {self.tokens[self.position][1]}")
        return result

    def peek(self):
        return self.tokens[self.position] if self.position < len(self.tokens) else ("end", "")

    def take(self, expected=None):
        token = self.peek()
        if token[0] == "end" or (expected is not None and token[1] != expected):
            raise ValueError(f"expected {expected or 'an operand'}")
        self.position += 1
        return token

    def joined(self, word, part, combine):
        result = part()
        while self.peek()[0] == "word" and self.peek()[1].lower() == word:
            self.take()
            result = combine(result, part())
        return result

    def either(self):
        return self.joined("or", self.both, lambda a, b: a or b)

    def both(self):
        return self.joined("and", self.one, lambda a, b: a and b)

    def one(self):
        kind, text = self.peek()
        if (kind, text) == ("operator", "!"):
            self.take()
            return not self.one()
        if (kind, text) == ("operator", "("):
            self.take()
            result = self.either()
            self.take(")")
            return result
        if kind == "word" and text.lower() in ("exists", "hastrailingslash"):
            self.take()
            self.take("(")
            argument = self.expand(self.take()[1])
            self.take(")")
            return self.exists(argument) if text.lower() == "exists" else argument.endswith(("/", "\\"))
        return self.comparison()

    def comparison(self):
        left = self.expand(self.take()[1])
        operator = self.peek()
        if operator[0] != "operator" or operator[1] in ("(", ")", "!"):
            if left.lower() in ("true", "on", "yes"):
                return True
            if left.lower() in ("false", "off", "no"):
                return False
            raise ValueError(f"'{left}' is neither true nor false")
        self.take()
        right = self.expand(self.take()[1])
        if operator[1] in ("==", "!="):
            same = left.lower() == right.lower() or self.number(left) is not None and self.number(left) == self.number(right)
            return same == (operator[1] == "==")
        numbers = self.number(left), self.number(right)
        if None in numbers:
            raise ValueError(f"'{left}' and '{right}' are not both numbers")
        return {"<": numbers[0] < numbers[1], ">": numbers[0] > numbers[1],
                "<=": numbers[0] <= numbers[1], ">=": numbers[0] >= numbers[1]}[operator[1]]

    @staticmethod
    def number(text):
        try:
            if text.lower().startswith("0x"):
                return (int(text, 16),)
            return tuple(int(part) for part in text.split("."))
        except ValueError:
            return None


class Evaluation:
    """What a project says for one configuration: properties, and items of each kind with their metadata."""

    def __init__(self, path, read, properties):
        self.path = path
        self.read = read
        self.fixed = {name.lower() for name in properties}  # global properties: a project cannot change them
        self.properties = {name.lower(): value for name, value in properties.items()}
        self.definitions = {}
        self.items = {}
        self.notes = []
        self.file = path
        self.later = []  # (file, element): item definitions and items, for the passes after the first
        folder = str(path.parent)
        self.properties.update({
            "msbuildprojectdirectory": folder, "projectdir": folder + "/", "msbuildprojectname": path.stem, "projectname": path.stem,
            "msbuildprojectfullpath": str(path), "msbuildprojectfile": path.name, "projectpath": str(path),
            "solutiondir": str(self.solution_folder()) + "/"})
        self.walk_file(path)
        for wanted in ("ItemDefinitionGroup", "ItemGroup"):
            for file, element in self.later:
                if element.tag == wanted:
                    self.enter(file)
                    self.define(element) if wanted == "ItemDefinitionGroup" else self.collect(element)

    def solution_folder(self):
        for folder in self.path.parents:
            if any(folder.glob("*.sln")):
                return folder
        return self.path.parent

    def enter(self, file):
        self.file = file
        self.properties.update({"msbuildthisfiledirectory": str(file.parent) + "/", "msbuildthisfile": file.name,
                                "msbuildthisfilefullpath": str(file), "msbuildthisfilename": file.stem})

    def fail(self, element, what):
        raise ProjectError(f"{self.file.name}:{element.line}: {what}")

    # ---- expressions ---------------------------------------------------------------------------------------------------------

    def holds(self, element, metadata=None):
        text = element.get("Condition").strip()
        if not text:
            return True
        try:
            return Condition(text, lambda value: self.expand(element, value, metadata), self.exists).holds()
        except ValueError as error:
            self.fail(element, f"Condition \"{text}\": {error}")

    def exists(self, text):
        return bool(text.strip()) and insensitive(self.file.parent, text.strip()) is not None

    def expand(self, element, text, metadata=None):
        """Text with its $(properties) and %(metadata) replaced; unknown ones are empty, as in MSBuild."""
        out, position = "", 0
        while (start := text.find("$(", position)) >= 0:
            end, depth = start + 2, 1
            while end < len(text) and depth:
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
            if depth:
                self.fail(element, f"$( without ) in '{text}'")
            out += text[position:start] + self.value(element, text[start + 2:end - 1].strip(), metadata)
            position = end
        out += text[position:]
        return re.sub(r"%\((?:\w+\.)?(\w+)\)", lambda match: (metadata or {}).get(match[1].lower(), ""), out)

    def value(self, element, expression, metadata):
        if re.fullmatch(r"[\w-]+", expression):
            return self.properties.get(expression.lower(), "")
        if expression.startswith("Registry:"):
            return ""
        call = re.match(r"\[([\w.]+)\]::(\w+)(?:\((.*)\))?$", expression, re.DOTALL)
        if call:
            arguments = self.arguments(element, call[3] or "", metadata)
            return self.static_function(element, call[1], call[2], arguments)
        call = re.match(r"(\w+)((?:\.\w+(?:\([^()]*\))?)+)$", expression)
        if call:
            result = self.properties.get(call[1].lower(), "")
            for name, _, arguments in re.findall(r"\.(\w+)(\(([^()]*)\))?", call[2]):
                result = self.method(element, result, name, self.arguments(element, arguments, metadata))
            return result
        self.fail(element, f"$({expression}) is not understood")

    def arguments(self, element, text, metadata):
        parts = re.findall(r"\s*('[^']*'|\"[^\"]*\"|`[^`]*`|(?:\$\((?:[^()]|\([^()]*\))*\)|[^,])+)\s*(?:,|$)", text) if text.strip() else []
        return [self.expand(element, part.strip().strip("'\"`"), metadata) for part in parts]

    def method(self, element, text, name, arguments):
        methods = {
            "tolower": lambda: text.lower(), "toupper": lambda: text.upper(), "trim": lambda: text.strip(),
            "tolowerinvariant": lambda: text.lower(), "toupperinvariant": lambda: text.upper(), "length": lambda: str(len(text)),
            "replace": lambda: text.replace(arguments[0], arguments[1]), "contains": lambda: str(arguments[0] in text),
            "startswith": lambda: str(text.startswith(arguments[0])), "endswith": lambda: str(text.endswith(arguments[0])),
            "trimend": lambda: text.rstrip(arguments[0]), "trimstart": lambda: text.lstrip(arguments[0]),
            "indexof": lambda: str(text.find(arguments[0])),
            "substring": lambda: text[int(arguments[0]):][:int(arguments[1]) if len(arguments) > 1 else None]}
        return self.called(element, f".{name}", methods.get(name.lower()))

    def static_function(self, element, owner, name, arguments):
        def path(text):
            return text.replace("\\", "/")

        def above(file):
            for folder in [self.file.parent, *self.file.parent.parents]:
                if (folder / file).is_file():
                    return folder
            return None

        functions = {
            "msbuild.ensuretrailingslash": lambda: arguments[0] if arguments[0].endswith(("/", "\\")) else arguments[0] + "/",
            "msbuild.valueordefault": lambda: arguments[0] or arguments[1],
            "msbuild.getdirectorynameoffileabove": lambda: str(above(arguments[1]) or ""),
            "msbuild.getpathoffileabove": lambda: str(above(arguments[0]) / arguments[0]) if above(arguments[0]) else "",
            "msbuild.normalizepath": lambda: str(self.file.parent.joinpath(*map(path, arguments)).resolve()),
            "msbuild.normalizedirectory": lambda: str(self.file.parent.joinpath(*map(path, arguments)).resolve()) + "/",
            "msbuild.add": lambda: str(int(arguments[0]) + int(arguments[1])),
            "msbuild.versiongreaterthanorequals": lambda: str(Condition.number(arguments[0]) >= Condition.number(arguments[1])),
            "msbuild.versionlessthan": lambda: str(Condition.number(arguments[0]) < Condition.number(arguments[1])),
            "msbuild.isosplatform": lambda: str(arguments[0].lower() == "windows"),
            "system.io.path.combine": lambda: str(pathlib.PurePosixPath(*map(path, arguments))),
            "system.io.path.getfullpath": lambda: str((self.file.parent / path(arguments[0])).resolve()),
            "system.io.path.getdirectoryname": lambda: str(pathlib.PurePosixPath(path(arguments[0])).parent),
            "system.io.path.getfilename": lambda: pathlib.PurePosixPath(path(arguments[0])).name,
            "system.io.path.getfilenamewithoutextension": lambda: pathlib.PurePosixPath(path(arguments[0])).stem,
            "system.io.file.exists": lambda: str(self.exists(arguments[0])),
            "system.string.isnullorempty": lambda: str(not arguments[0]),
            "system.environment.getenvironmentvariable": lambda: "",
            "system.datetime.now": lambda: "1980-01-01"}
        return self.called(element, f"[{owner}]::{name}", functions.get(f"{owner}.{name}".lower()))

    def called(self, element, name, function):
        if function is None:
            self.fail(element, f"property function {name} is not known")
        try:
            return function()
        except (IndexError, ValueError, TypeError):
            self.fail(element, f"property function {name} does not take these arguments")

    # ---- first pass: properties and imports ----------------------------------------------------------------------------------

    def walk_file(self, path):
        before = self.file
        self.enter(path)
        root = parse(path, self.read(path))
        if root.tag != "Project":
            self.fail(root, f"<{root.tag}> is no MSBuild project")
        self.walk(root)
        self.enter(before)

    def walk(self, group):
        for element in group.children:
            if element.tag in ("ItemDefinitionGroup", "ItemGroup"):
                self.later.append((self.file, element))
            elif not self.holds(element):
                continue
            elif element.tag == "PropertyGroup":
                for entry in element.children:
                    if entry.tag.lower() not in self.fixed and self.holds(entry):
                        self.properties[entry.tag.lower()] = self.expand(entry, entry.text.strip())
            elif element.tag == "ImportGroup":
                self.walk(element)
            elif element.tag == "Import":
                self.import_file(element)
            elif element.tag == "Choose":
                chosen = next((part for part in element.children if part.tag == "Otherwise" or self.holds(part)), None)
                if chosen is not None:
                    self.walk(chosen)

    def import_file(self, element):
        named = element.get("Project")
        if re.match(r"\$\((VCTargetsPath|VCTargets\w*|UserRootDir|MSBuild\w*ExtensionsPath\w*|WindowsSdkDir|WDKContentRoot)\)", named, re.I):
            return
        text = self.expand(element, named)
        file = insensitive(self.file.parent, text) if text else None
        if file is None or not file.is_file():
            self.notes.append(f"{self.file.name}:{element.line}: imports {named}, which is not there: left out")
        else:
            self.walk_file(file)

    # ---- then item definitions and items -------------------------------------------------------------------------------------

    def apply(self, element, metadata):
        """The metadata that an element's children and attributes give, on top of what there was."""
        for entry in element.children:
            if self.holds(entry, metadata):
                metadata[entry.tag.lower()] = self.expand(entry, entry.text.strip(), metadata)

    def define(self, group):
        if self.holds(group):
            for element in group.children:
                if self.holds(element):
                    self.apply(element, self.definitions.setdefault(element.tag.lower(), {}))

    def collect(self, group):
        if not self.holds(group):
            return
        for element in group.children:
            if not self.holds(element):
                continue
            items = self.items.setdefault(element.tag.lower(), [])
            excluded = {path for path, _ in self.matching(element, element.get("Exclude"))}
            for path, text in self.matching(element, element.get("Include")):
                if path is not None and path in excluded:
                    continue
                metadata = dict(self.definitions.get(element.tag.lower(), {}))
                metadata.update({"identity": text, "filename": pathlib.PurePosixPath(text.replace("\\", "/")).stem})
                self.apply(element, metadata)
                items.append((path, text, metadata, f"{self.file.name}:{element.line}"))
            removed = {path for path, _ in self.matching(element, element.get("Remove"))}
            items[:] = [item for item in items if item[0] not in removed]
            updated = {path for path, _ in self.matching(element, element.get("Update"))}
            for path, _, metadata, _ in items:
                if path in updated:
                    self.apply(element, metadata)

    def matching(self, element, text):
        """(path or None, what the project says) for each entry of an Include list, wildcards resolved."""
        for entry in filter(None, (part.strip() for part in self.expand(element, text).split(";"))):
            if "*" not in entry and "?" not in entry:
                yield insensitive(self.path.parent, entry), entry
                continue
            pattern = entry.replace("\\", "/")
            fixed = re.match(r"(?:[^*?/]*/)*", pattern)[0]
            base = insensitive(self.path.parent, fixed)
            if base is None:
                continue
            rest = pattern[len(fixed):].lower()
            for file in sorted(base.rglob("*") if "**" in rest else base.iterdir()):
                relative = str(file.relative_to(base)).lower()
                if file.is_file() and any(fnmatch.fnmatch(relative, form) for form in (rest, rest.replace("**/", ""))):
                    yield file, str(file)
