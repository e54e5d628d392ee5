#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the rows of the dispatcher's method table, in C, to standard output.

What each method is called, which types carry its arguments and its result, and which exceptions it declares, comes
from thrift's JSON of the IDL; the names of C types come from the headers that thrift made, so that its rules for
names need not be known here. server/doors/thrift/methods.c includes the output; methods.h says what a row means.

usage: method_rows.py DIRECTORY     (holds hms_*_types.h and json/)
"""
import json
import pathlib
import re
import sys


def read_type_functions(headers):
    """The function that gives the GType of each generated struct: {'HmsTable': 'hms_table_get_type'}."""
    functions = {}
    for header in headers:
        text = header.read_text(encoding="utf-8")
        pattern = r"typedef struct _(Hms\w+)Class \1Class;\s*GType (\w+) \(void\);"
        functions.update(re.findall(pattern, text))
    return functions


def read_methods(json_files):
    """All methods as (service, function), by wire name."""
    methods = {}
    for path in json_files:
        for service in json.loads(path.read_text(encoding="utf-8"))["services"]:
            for function in service["functions"]:
                methods[function["name"]] = (service["name"], function)
    return dict(sorted(methods.items()))


def exception_symbol(class_name):
    """MetaException -> THRIFT_META_EXCEPTION, UnknownDBException -> THRIFT_UNKNOWN_DB_EXCEPTION."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+", class_name)
    return "THRIFT_" + "_".join(word.upper() for word in words)


def c_string(text):
    escaped = text.strip().replace("\\", "\\\\").replace('"', '\\"') if text else ""
    return f'"{escaped}"' if escaped else "NULL"


def print_method(service, function, functions):
    name = function["name"]
    stem = f"Hms{service}" + "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    notes = function.get("annotations", {})
    row = [
        f"        .name = {c_string(name)},",
        f"        .since = {c_string(notes.get('since'))},",
        f"        .removed = {c_string(notes.get('removed'))},",
        f"        .does = {c_string(function.get('doc'))},",
        f"        .callers = {c_string(notes.get('callers'))},",
        f"        .args_type = {functions[stem + 'Args']},",
    ]
    if function["oneway"]:
        row.append("        .is_oneway = TRUE,")
    else:
        row.append(f"        .result_type = {functions[stem + 'Result']},")
    if function["exceptions"]:
        row += ["        .exceptions =", "            (const ThriftDeclaredException[]){"]
        for field in function["exceptions"]:
            class_name = field["type"]["class"].split(".")[-1]
            row += [
                f"                {{{exception_symbol(class_name)}, {functions['Hms' + class_name]},",
                f"                 G_STRUCT_OFFSET({stem}Result, {field['name']}),",
                f"                 G_STRUCT_OFFSET({stem}Result, __isset_{field['name']})}},",
            ]
        row += ["            },", f"        .exception_count = {len(function['exceptions'])},"]
    print("    {", *row, "    },", sep="\n")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    directory = pathlib.Path(sys.argv[1])
    headers = sorted(directory.glob("hms_*_types.h"))
    functions = read_type_functions(headers)
    methods = read_methods(sorted(directory.glob("json/*.json")))

    for header in headers:
        print(f"#include <{header.name}>")
    print("\n/* Every generated type, to be registered before threads run. */")
    print("static GType (*const hms_types[])(void) = {")
    for function in sorted(functions.values()):
        print(f"    {function},")
    print("};\n\n/* By name. */\nstatic const ThriftMethod hms_methods[] = {")
    for service, function in methods.values():
        print_method(service, function, functions)
    print("};")


if __name__ == "__main__":
    main()
