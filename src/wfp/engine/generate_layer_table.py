#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Writes layer_table.inc and layer_id.h from two tables of facts (layers.tsv, guids.tsv). Run once per Windows kit:
#   generate_layer_table.py LAYERS_TSV GUIDS_TSV OUTPUT_FOLDER
import contextlib
import csv
import re
import sys
import textwrap

TYPES = {
    "FWP_UINT8": "uint8", "FWP_UINT16": "uint16", "FWP_UINT32": "uint32", "FWP_UINT64": "uint64",
    "FWP_BYTE_BLOB_TYPE": "byte_blob", "FWP_BYTE_ARRAY16_TYPE": "byte_array16",
    "FWP_BYTE_ARRAY6_TYPE": "byte_array6", "FWP_SID": "sid",
    "FWP_TOKEN_ACCESS_INFORMATION_TYPE": "token_access_information",
    "FWP_TOKEN_INFORMATION_TYPE": "token_information",
}
KINDS = {"FWPM_FIELD_RAW_DATA": "raw", "FWPM_FIELD_IP_ADDRESS": "address", "FWPM_FIELD_FLAGS": "flags"}
FAMILIES = {"v4": "ipv4", "v6": "ipv6", "-": "none"}
DIRECTIONS = {"-": "none", "both": "both", "inbound": "inbound", "outbound": "outbound",
              "forward": "forward", "ingress": "ingress", "egress": "egress"}


def rows(path):
    with open(path, newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def guid_text(text):
    a, b, c, d, e = text.split("-")
    tail = re.findall("..", d + e)
    return "{0x%s, 0x%s, 0x%s, {%s}}" % (a, b, c, ", ".join("0x" + byte for byte in tail))


def wrapped(items, indent="    "):
    return textwrap.fill(", ".join(items) + ",", 99, initial_indent=indent, subsequent_indent=indent,
                         break_long_words=False, break_on_hyphens=False)


def write_ids(layers):
    print("// SPDX-License-Identifier: Apache-2.0")
    print("// Written by generate_layer_table.py. The run-time numbers of the filtering layers, by name.")
    print("#pragma once\n\n#include <cstddef>\n#include <cstdint>\n\nnamespace drydock::wfp {\n")
    print("// FWPS_BUILTIN_LAYERS of the 26100 kit; numbers below 87 are the kernel's and only ever appended to.")
    print("enum class LayerId : std::uint16_t {")
    for number, layer in layers.items():
        print("  %s = %d," % (layer["fwps_layer"].removeprefix("FWPS_LAYER_").lower(), number))
    print("};\n\ninline constexpr std::size_t layer_count = %d;\n\n}  // namespace drydock::wfp" % len(layers))


def main(layers_path, guids_path, folder):
    guids = {row["name"]: row["guid"] for row in rows(guids_path)}
    layers = {}
    for row in rows(layers_path):
        layer = layers.setdefault(int(row["layer_id"]), dict(row, fields=[]))
        if row["fwpm_condition"] != "-":
            assert int(row["field_index"]) == len(layer["fields"]), row
            layer["fields"].append((row["fwpm_condition"].removeprefix("FWPM_CONDITION_"),
                                    TYPES[row["data_type"]], KINDS[row["fwpm_field_type"]]))
    assert sorted(layers) == list(range(len(layers)))
    with open(folder + "/layer_id.h", "w") as output, contextlib.redirect_stdout(output):
        write_ids(layers)
    with open(folder + "/layer_table.inc", "w") as output, contextlib.redirect_stdout(output):
        write_table(layers, guids)


def write_table(layers, guids):
    conditions = sorted({field[0] for layer in layers.values() for field in layer["fields"]})
    print("// SPDX-License-Identifier: Apache-2.0")
    print("// Written by generate_layer_table.py; not edited by hand. Included by layers.cpp only.")
    print("// clang-format off\n")
    print("enum class C : std::uint8_t {\n%s\n};\n" % wrapped(conditions, "  "))
    print("constexpr Condition condition_table[] = {")
    for name in conditions:
        print('    {"FWPM_CONDITION_%s", %s},' % (name, guid_text(guids["FWPM_CONDITION_" + name])))
    print("};\n")

    names = {}
    for number, layer in layers.items():
        fields = tuple(layer["fields"])
        if fields and fields not in names:
            names[fields] = "fields_of_layer_%d" % number
            print("constexpr FieldRow %s[] = {" % names[fields])
            print(wrapped(["{C::%s,T::%s,K::%s}" % field for field in fields]))
            print("};")
    print("\nconstexpr LayerRow layer_table[] = {")
    for number, layer in layers.items():
        key = guids.get(layer["fwpm_layer"]) or layer["fwpm_layer"].split(" ")[0]
        discard = layer["discard_twin"]
        print('    {"%s", %s, Family::%s, Direction::%s, %s, %s, %s},' % (
            layer["fwps_layer"], guid_text(key), FAMILIES[layer["family"]], DIRECTIONS[layer["direction"]],
            "true" if discard == "is-discard" else "false", number + 1 if discard == "yes" else -1,
            names.get(tuple(layer["fields"]), "{}")))
    print("};")


main(*sys.argv[1:])
