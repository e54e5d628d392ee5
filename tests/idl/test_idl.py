#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the IDL in schema/thrift with the facts in this folder, both ways, and fails on any difference.

The facts say what clients of every release send and expect: numbers, names, types, requiredness, defaults,
exceptions, one-way calls. They are kept apart from the IDL on purpose: who changes one has to change the other.

Runs under pytest, and alone with nothing but python3 and thrift.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE.parent.parent / "schema" / "thrift"


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
        releases = "-".join((notes.get("since", ""), notes.get("removed", "")))
        releases = "all" if releases == "-" else releases
        returns = "oneway" if function["oneway"] else idl_type(function["returnTypeId"], function.get("returnType"))
        assert f"method {name}" not in idl, f"method {name} is there twice"
        idl[f"method {name}"] = f"{returns} releases {releases}"
        for field in function["arguments"]:
            text = f"{idl_type(field['typeId'], field.get('type'))} {field['name']} = {idl_default(field)}"
            idl[f"argument {name} {field['key']}"] = text
        for field in function["exceptions"]:
            idl[f"exception {name} {field['key']}"] = f"{idl_type(field['typeId'], field['type'])} {field['name']}"


def read_idl(schema):
    """What is: the same labels and lines, from thrift's own reading of the IDL."""
    idl = {}
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(schema) / "hive_metastore.thrift"
        subprocess.run(["thrift", "-nowarn", "-r", "--gen", "json", "-out", directory, root], check=True)
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


def differences(schema):
    """One line for every fact that the IDL contradicts, lacks, or adds."""
    facts, idl = read_facts(), read_idl(schema)
    return [
        f"{label}: should be `{facts.get(label, 'absent')}`, is `{idl.get(label, 'absent')}`"
        for label in sorted(facts.keys() | idl.keys())
        if facts.get(label) != idl.get(label)
    ]


def test_the_idl_says_what_the_facts_say():
    assert differences(SCHEMA) == []


def test_a_changed_idl_is_noticed(tmp_path):
    """Each of these slips leaves an IDL that compiles."""
    for file, before, after, label in (
        ("table.thrift", "optional string catName", "string catName", "field Table 17"),
        ("table.thrift", "16: optional CreationMetadata", "16: optional SourceTable", "field Table 16"),
        ("lock.thrift", "EXCL_WRITE = 4", "EXCL_WRITE = 5", "enum LockType.EXCL_WRITE"),
        ("partition_listing.thrift", "i16 max_parts = -1", "i16 max_parts", "argument get_partitions 3"),
        ("fb303.thrift", "oneway void shutdown", "void shutdown", "method shutdown"),
        ("lock.thrift", "2: exceptions.TxnOpenException", "3: exceptions.TxnOpenException", "exception unlock 3"),
    ):
        changed = tmp_path / "changed"
        shutil.copytree(SCHEMA, changed)
        text = (changed / file).read_text(encoding="utf-8")
        assert before in text
        (changed / file).write_text(text.replace(before, after), encoding="utf-8")
        assert any(line.startswith(label + ":") for line in differences(changed)), label
        shutil.rmtree(changed)


if __name__ == "__main__":
    found = differences(SCHEMA)
    print(*found, sep="\n", end="\n" if found else "")
    print(f"idl: {len(found)} differences")
    sys.exit(1 if found else 0)
