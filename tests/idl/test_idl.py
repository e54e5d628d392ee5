#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the IDL in schema/thrift with the facts in this folder, both ways, and fails on any difference.

The facts say what clients of every release send and expect: numbers, names, types, requiredness, defaults,
exceptions, one-way calls. They are kept apart from the IDL on purpose: who changes one has to change the other.

usage: test_idl.py JSON_DIRECTORY     (made by `thrift -r --gen json schema/thrift/hive_metastore.thrift`)
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent


def fact_rows(name):
    """Rows of one table of facts, padded to five columns; lines that start with # say what the columns are."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [(line.split("\t") + [""] * 5)[:5] for line in lines if line and not line.startswith("#")]


def read_facts():
    """What should be: a dict from a label such as 'Table 16' to a line of text."""
    facts = {}
    enums = {}
    for owner, name, value, _, _ in fact_rows("values.tsv"):
        if owner in ("string", "i8"):
            facts["constant " + name] = f"{owner} {value}"
        else:
            facts[f"enum {owner}.{name}"] = value
            enums.setdefault(owner, {})[name] = value

    def wire_type(text):
        return re.sub(r"\w+", lambda word: "i32" if word[0] in enums else word[0], text)

    def default_value(text, type_name):
        return enums[type_name][text] if type_name in enums and text else text.strip('"')

    for owner, key, name, type_name, default in fact_rows("fields.tsv"):
        kind, struct = owner.split() if " " in owner else ("struct", owner)
        facts[f"struct {struct}"] = kind
        if key != "-":
            number = key.rstrip("!?")
            need = {"!": "required", "?": "optional"}.get(key[-1], "default")
            value = default_value(default, type_name)
            facts[f"field {struct} {number}"] = f"{need} {wire_type(type_name)} {name} = {value}"

    for method, returns, arguments, exceptions, releases in fact_rows("methods.tsv"):
        facts[f"method {method}"] = f"{wire_type(returns)} releases {releases or 'all'}"
        for item in filter(None, arguments.split("; ")):
            head, _, default = item.partition(" = ")
            number, name, type_name = head.split(" ")
            facts[f"argument {method} {number}"] = f"{wire_type(type_name)} {name} = {default}"
        for item in filter(None, exceptions.split("; ")):
            number, name, type_name = item.split(" ")
            facts[f"exception {method} {number}"] = f"{type_name} {name}"
    return facts


def idl_type(type_id, spec):
    """The text of a type in thrift's JSON, without the file that a name comes from."""
    if type_id in ("struct", "union", "exception"):
        return spec["class"].split(".")[-1]
    if type_id in ("list", "set"):
        return f"{type_id}<{idl_type(spec['elemTypeId'], spec.get('elemType'))}>"
    if type_id == "map":
        key = idl_type(spec["keyTypeId"], spec.get("keyType"))
        return f"map<{key},{idl_type(spec['valueTypeId'], spec.get('valueType'))}>"
    return "i8" if type_id == "byte" else type_id


def idl_default(field):
    """The default of a field as text; booleans arrive as 0 and 1."""
    value = field.get("default", "")
    if field["typeId"] == "bool" and value != "":
        return "true" if value else "false"
    return str(value)


def add_structs(idl, document):
    for struct in document["structs"]:
        kind = "exception" if struct["isException"] else "union" if struct["isUnion"] else "struct"
        idl[f"struct {struct['name']}"] = kind
        for field in struct["fields"]:
            need = {"required": "required", True: "required", "optional": "optional"}.get(field["required"], "default")
            need = "default" if kind == "union" else need
            text = f"{need} {idl_type(field['typeId'], field.get('type'))} {field['name']} = {idl_default(field)}"
            idl[f"field {struct['name']} {field['key']}"] = text


def add_methods(idl, document):
    for function in (f for service in document["services"] for f in service["functions"]):
        name = function["name"]
        notes = function.get("annotations", {})
        releases = "-".join((notes.get("since", ""), notes.get("removed", ""))) if notes else "all"
        returns = "oneway" if function["oneway"] else idl_type(function["returnTypeId"], function.get("returnType"))
        if f"method {name}" in idl:
            sys.exit(f"method {name} is there twice")
        idl[f"method {name}"] = f"{returns} releases {releases}"
        for field in function["arguments"]:
            text = f"{idl_type(field['typeId'], field.get('type'))} {field['name']} = {idl_default(field)}"
            idl[f"argument {name} {field['key']}"] = text
        for field in function["exceptions"]:
            idl[f"exception {name} {field['key']}"] = f"{idl_type(field['typeId'], field['type'])} {field['name']}"


def read_idl(directory):
    """What is: the same labels and lines, from thrift's own reading of the IDL."""
    idl = {}
    for path in sorted(pathlib.Path(directory).glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        for enum in document["enums"]:
            for member in enum["members"]:
                idl[f"enum {enum['name']}.{member['name']}"] = str(member["value"])
        for constant in document["constants"]:
            type_name = idl_type(constant["typeId"], constant.get("type"))
            idl[f"constant {constant['name']}"] = f"{type_name} {constant['value']}"
        add_structs(idl, document)
        add_methods(idl, document)
    return idl


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    facts, idl = read_facts(), read_idl(sys.argv[1])
    wrong = [label for label in sorted(facts.keys() | idl.keys()) if facts.get(label) != idl.get(label)]
    for label in wrong:
        print(f"{label}: should be `{facts.get(label, 'absent')}`, is `{idl.get(label, 'absent')}`")
    if not idl:
        sys.exit(f"{sys.argv[1]} holds no IDL")
    print(f"idl: {len(facts)} facts, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
