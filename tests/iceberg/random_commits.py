# SPDX-License-Identifier: Apache-2.0
"""Random commits to a table, from a seed: what clients send, now and then with an id that is not there.

The tests beside it put the same commits through the metadata module and through another implementation.
"""
import random
import time

TYPES = ["boolean", "int", "long", "float", "double", "date", "time", "timestamp", "timestamptz", "string", "uuid",
         "binary", "fixed[7]", "decimal(9, 2)"]
TYPES_OF_VERSION_3 = ["timestamp_ns", "timestamptz_ns", "unknown", "variant", "geometry", "geography"]
# A value that every reader takes, and one that none does.
DEFAULTS = {
    "boolean": (True, "true"), "int": (-2147483648, 1 << 31), "long": ((1 << 63) - 1, 1 << 63), "date": ("2020-02-29", "2020-02-30"),
    "time": ("22:31:08.123456", "22"), "timestamp": ("2017-11-16T22:31:08", "2017-11-16T22:31:08+00:00"),
    "timestamptz": ("2017-11-16T22:31:08.000001+00:00", "2017-11-16T22:31:08+01:00"), "string": ("", 7),
    "uuid": ("f79c3e09-677c-4bbd-a479-3f349cb785e7", "f79c3e09"), "binary": ("00ff", "0g"), "fixed[7]": ("01020304050607", "01"),
    "decimal(9, 2)": ("-14.20", "14.2"),
}
TRANSFORMS = {
    "int": ["identity", "bucket[4]", "truncate[3]"], "long": ["identity", "bucket[16]", "truncate[10]"],
    "date": ["identity", "year", "month", "day", "bucket[2]"],
    "timestamp": ["year", "month", "day", "hour"], "timestamptz": ["year", "month", "day", "hour", "bucket[3]"],
    "string": ["identity", "bucket[8]", "truncate[2]"], "uuid": ["identity", "bucket[2]"], "boolean": ["identity"],
    "decimal(9, 2)": ["identity", "bucket[2]", "truncate[2]"],
}


class Commits:
    """Makes the updates of one commit at a time for whatever document is current."""

    def __init__(self, seed, types_of_version_3=TYPES_OF_VERSION_3):
        self.random = random.Random(seed)
        self.types_of_version_3 = types_of_version_3
        self.clock = int(time.time() * 1000)

    def chance(self, share):
        return self.random.random() < share

    def new_id(self):
        return self.random.choice([self.random.getrandbits(62), (1 << 63) - 1 - self.random.randrange(1 << 20),
                                   (1 << 53) + self.random.randrange(1000), self.random.randrange(1, 1000)])

    # ---- schemas, specs, orders ----

    def type(self, version):
        """Now and then one that is too young for the table."""
        if self.chance(0.3 if version > 2 else 0.02):
            return self.random.choice(self.types_of_version_3)
        return self.random.choice(TYPES)

    def defaults(self, kind, version):
        """Of a field that may have some; mostly good ones."""
        if version < 3 and self.chance(0.9) or not isinstance(kind, str) or kind not in DEFAULTS or self.chance(0.6):
            return {}
        keys = self.random.choice([["initial-default"], ["write-default"], ["initial-default", "write-default"]])
        if version < 3:
            keys = ["initial-default"]
        return {key: DEFAULTS[kind][self.chance(0.05)] for key in keys}

    def field(self, field_id, depth=0, version=2):
        kind = self.random.random()
        if depth < 2 and kind < 0.1:
            nested = {"type": "list", "element-id": field_id + 1, "element": self.type(version),
                      "element-required": self.chance(0.5)}
            used = 2
        elif depth < 2 and kind < 0.2:
            nested = {"type": "map", "key-id": field_id + 1, "key": "string", "value-id": field_id + 2,
                      "value": self.type(version), "value-required": self.chance(0.5)}
            used = 3
        elif depth < 2 and kind < 0.3:
            inner, used = self.field(field_id + 1, depth + 1, version)
            nested = {"type": "struct", "fields": [inner]}
            used += 1
        else:
            nested, used = self.type(version), 1
        field = {"id": field_id, "name": f"c{field_id}", "required": self.chance(0.3), "type": nested}
        if self.chance(0.2):
            field["doc"] = "words"
        return {**field, **self.defaults(nested, version)}, used

    def schema(self, table):
        current = next(s for s in table["schemas"] if s["schema-id"] == table["current-schema-id"])
        fields = [dict(f) for f in current["fields"]]
        if self.chance(0.25):
            fields = [dict(f) for f in self.random.choice(table["schemas"])["fields"]]
        last = table["last-column-id"]
        for _ in range(self.random.randrange(3)):
            field, used = self.field(last + 1, version=table["format-version"])
            last += used
            fields.append(field)
        if len(fields) > 3 and self.chance(0.3):
            fields.pop(self.random.randrange(3, len(fields)))
        schema = {"type": "struct", "schema-id": self.random.randrange(5), "fields": fields}
        required = [f["id"] for f in fields if f["required"] and f["type"] in ("long", "int", "string")]
        if required and self.chance(0.3):
            schema["identifier-field-ids"] = required[:1]
        return schema

    def sources(self, table, schema=None):
        if schema is None:
            schema = next(s for s in table["schemas"] if s["schema-id"] == table["current-schema-id"])
        return [f for f in schema["fields"] if isinstance(f["type"], str) and f["type"] in TRANSFORMS]

    def spec(self, table):
        fields, seen = [], set()
        next_id = table["last-partition-id"]
        for source in self.random.sample(self.sources(table), k=min(len(self.sources(table)), self.random.randrange(3))):
            transform = self.random.choice(TRANSFORMS[source["type"]])
            field_id = None
            for spec in table["partition-specs"]:
                for old in spec["fields"]:
                    if (old["source-id"], old["transform"]) == (source["id"], transform):
                        field_id = old["field-id"]
            if field_id is None or field_id in seen:
                next_id += 1
                field_id = next_id
            seen.add(field_id)
            fields.append({"name": f"p{source['id']}_{transform.split('[')[0]}", "transform": transform,
                           "source-id": source["id"], "field-id": field_id})
        return {"spec-id": self.random.randrange(5), "fields": fields}

    def order(self, table):
        fields = [{"transform": self.random.choice(TRANSFORMS[s["type"]]), "source-id": s["id"],
                   "direction": self.random.choice(["asc", "desc"]),
                   "null-order": self.random.choice(["nulls-first", "nulls-last"])}
                  for s in self.random.sample(self.sources(table), k=min(len(self.sources(table)), self.random.randrange(3)))]
        return {"order-id": self.random.randrange(1, 5) if fields else 0, "fields": fields}

    # ---- snapshots ----

    def snapshot(self, table):
        self.clock = max(self.clock, int(time.time() * 1000))
        version = table["format-version"]
        snapshot = {"snapshot-id": self.new_id(), "timestamp-ms": self.clock, "schema-id": table["current-schema-id"],
                    "manifest-list": "s3://b/t/metadata/snap.avro",
                    "summary": {"operation": self.random.choice(["append", "overwrite", "delete", "replace"]),
                                "total-records": "7"}}
        if version > 1:
            snapshot["sequence-number"] = table["last-sequence-number"] + self.random.choice([1, 1, 1, 1, 2, 0])
        if table["snapshots"] and self.chance(0.9):
            snapshot["parent-snapshot-id"] = self.random.choice(table["snapshots"])["snapshot-id"]
        elif version > 1:
            snapshot["sequence-number"] = table["last-sequence-number"] + 1
        if version > 2:
            snapshot["first-row-id"] = table["next-row-id"] + self.random.choice([0, 0, 0, 5, -1])
            snapshot["added-rows"] = self.random.randrange(100)
            if snapshot["first-row-id"] < 0:
                snapshot["first-row-id"] = 0
        if table.get("encryption-keys") and self.chance(0.5):
            snapshot["key-id"] = self.random.choice(table["encryption-keys"])["key-id"]
        return snapshot

    def any_snapshot_id(self, table):
        if table["snapshots"] and self.chance(0.95):
            return self.random.choice(table["snapshots"])["snapshot-id"]
        return self.new_id()

    def ref(self, table, snapshot_id=None, name=None):
        name = name or self.random.choice(["main", "audit", "v1", "v2"])
        update = {"action": "set-snapshot-ref", "ref-name": name,
                  "type": "tag" if name.startswith("v") else "branch",
                  "snapshot-id": self.any_snapshot_id(table) if snapshot_id is None else snapshot_id}
        if self.chance(0.3):
            update["max-ref-age-ms"] = self.new_id()
        if update["type"] == "branch" and self.chance(0.3):
            update["min-snapshots-to-keep"] = self.random.randrange(1, 9)
        return update

    # ---- one commit ----

    def change_schema(self, table):
        updates = [{"action": "add-schema", "schema": self.schema(table), "last-column-id": 1000}]
        if self.chance(0.7):
            updates.append({"action": "set-current-schema", "schema-id": -1})
        return updates

    def change_spec(self, table):
        updates = [{"action": "add-spec", "spec": self.spec(table)}]
        if self.chance(0.7):
            updates.append({"action": "set-default-spec", "spec-id": -1})
        return updates

    def change_order(self, table):
        updates = [{"action": "add-sort-order", "sort-order": self.order(table)}]
        if self.chance(0.7):
            updates.append({"action": "set-default-sort-order", "sort-order-id": -1})
        return updates

    def append(self, table):
        snapshot = self.snapshot(table)
        updates = [{"action": "add-snapshot", "snapshot": snapshot}]
        if self.chance(0.9):
            updates.append(self.ref(table, snapshot["snapshot-id"], "main" if self.chance(0.8) else "audit"))
        return updates

    def two_appends(self, table):
        first, second = self.snapshot(table), self.snapshot(table)
        if "sequence-number" in second:
            second["sequence-number"] = first["sequence-number"] + 1
        if "first-row-id" in second:
            second["first-row-id"] = first["first-row-id"] + first["added-rows"]
        second["parent-snapshot-id"] = first["snapshot-id"]
        return [{"action": "add-snapshot", "snapshot": first}, self.ref(table, first["snapshot-id"], "main"),
                {"action": "add-snapshot", "snapshot": second}, self.ref(table, second["snapshot-id"], "main")]

    def expire(self, table):
        ids = [s["snapshot-id"] for s in table["snapshots"] if self.chance(0.3)]
        return [{"action": "remove-snapshots", "snapshot-ids": ids}]

    def statistics(self, table):
        snapshot_id = self.any_snapshot_id(table)
        return self.random.choice([
            [{"action": "set-statistics", "snapshot-id": snapshot_id, "statistics": {
                "snapshot-id": snapshot_id, "statistics-path": f"s3://b/{self.random.randrange(9)}",
                "file-size-in-bytes": self.new_id(), "file-footer-size-in-bytes": 5,
                "blob-metadata": [{"type": "apache-datasketches-theta-v1", "snapshot-id": snapshot_id, "sequence-number": 1, "fields": [1],
                                   "properties": {"ndv": "9"}}]}}],
            [{"action": "set-partition-statistics", "partition-statistics": {
                "snapshot-id": snapshot_id, "statistics-path": "s3://b/p", "file-size-in-bytes": self.new_id()}}],
            [{"action": "remove-statistics", "snapshot-id": snapshot_id}],
            [{"action": "remove-partition-statistics", "snapshot-id": snapshot_id}],
        ])

    def properties(self, table):
        return self.random.choice([
            [{"action": "set-properties", "updates": {f"k{self.random.randrange(4)}": str(self.random.random())}}],
            [{"action": "set-properties",
              "updates": {"write.metadata.previous-versions-max": str(self.random.randrange(0, 6))}}],
            [{"action": "remove-properties", "removals": [f"k{self.random.randrange(4)}"]}],
            [{"action": "set-location", "location": f"s3://b/t{self.random.randrange(3)}"}],
            [{"action": "assign-uuid", "uuid": table["table-uuid"]}],
            [{"action": "upgrade-format-version",
              "format-version": min(3, table["format-version"] + (1 if self.chance(0.15) else 0))}],
        ])

    def keys(self, table):
        name = f"key{self.random.randrange(4)}"
        key = {"key-id": name, "encrypted-key-metadata": self.random.choice(["YQ==", "YWI=", "YWJj", ""])}
        if self.chance(0.5):
            key["encrypted-by-id"] = f"key{self.random.randrange(4)}"
        if self.chance(0.5):
            key["properties"] = {"p": str(self.random.random())}
        return self.random.choice([[{"action": "add-encryption-key", "encryption-key": key}],
                                   [{"action": "remove-encryption-key", "key-id": name}]])

    def removals(self, table):
        return self.random.choice([
            [{"action": "remove-snapshot-ref", "ref-name": self.random.choice(["main", "audit", "v1", "none"])}],
            [{"action": "remove-schemas", "schema-ids": [self.random.choice(table["schemas"])["schema-id"]]}],
            [{"action": "remove-partition-specs",
              "spec-ids": [self.random.choice(table["partition-specs"])["spec-id"]]}],
            [{"action": "set-current-schema", "schema-id": self.random.choice(table["schemas"])["schema-id"]}],
            [{"action": "set-default-spec", "spec-id": self.random.choice(table["partition-specs"])["spec-id"]}],
            [{"action": "set-default-sort-order",
              "sort-order-id": self.random.choice(table["sort-orders"])["order-id"]}],
        ])

    def commit(self, table):
        kinds = [self.append] * 4 + [self.two_appends, self.change_schema, self.change_spec, self.change_order,
                                     self.expire, self.statistics, self.properties, self.removals, self.keys,
                                     lambda t: [self.ref(t)]]
        updates = []
        for _ in range(self.random.choice([1, 1, 1, 2])):
            updates += self.random.choice(kinds)(table)
        return updates

    def first_table(self, version):
        table = {
            "format-version": version, "table-uuid": "11111111-2222-4333-8444-555555555555", "location": "s3://b/t",
            "last-updated-ms": self.clock, "last-column-id": 4, "current-schema-id": 0,
            "schemas": [{"type": "struct", "schema-id": 0, "fields": [
                {"id": 1, "name": "c1", "required": True, "type": "long"},
                {"id": 2, "name": "c2", "required": False, "type": "timestamptz"},
                {"id": 3, "name": "c3", "required": False, "type": "string"},
                {"id": 4, "name": "c4", "required": False, "type": "date"}]}],
            "default-spec-id": 0, "partition-specs": [{"spec-id": 0, "fields": []}], "last-partition-id": 999,
            "default-sort-order-id": 0, "sort-orders": [{"order-id": 0, "fields": []}], "properties": {"k1": "v"},
            "current-snapshot-id": -1 if version < 3 else None, "refs": {}, "snapshots": [], "statistics": [],
            "partition-statistics": [], "snapshot-log": [], "metadata-log": []}
        if version == 1:
            table["schema"] = dict(table["schemas"][0])
            table["partition-spec"] = []
        if version > 1:
            table["last-sequence-number"] = 0
        if version > 2:
            table["next-row-id"] = 0
        return table

    # ---- requirements ----

    def requirement(self, table):
        """One that holds, or nearly."""
        off = self.random.choice([0, 0, 1, -1])
        name = self.random.choice(["main", "audit", "v1", "none"])
        found = table["refs"].get(name, {}).get("snapshot-id")
        return self.random.choice([
            {"type": "assert-table-uuid", "uuid": self.random.choice([table["table-uuid"], "99999999-2222-4333-8444-555555555555"])},
            {"type": "assert-ref-snapshot-id", "ref": name, "snapshot-id": self.random.choice([found, found, None, self.new_id()])},
            {"type": "assert-last-assigned-field-id", "last-assigned-field-id": table["last-column-id"] + off},
            {"type": "assert-current-schema-id", "current-schema-id": table["current-schema-id"] + off},
            {"type": "assert-last-assigned-partition-id", "last-assigned-partition-id": table["last-partition-id"] + off},
            {"type": "assert-default-spec-id", "default-spec-id": table["default-spec-id"] + off},
            {"type": "assert-default-sort-order-id", "default-sort-order-id": table["default-sort-order-id"] + off},
            {"type": "assert-create"},
        ])

    # ---- createTable ----

    def create_request(self, version):
        """A schema with ids in no order, a spec and an order on it."""
        fields, last = [], 0
        for _ in range(self.random.randrange(1, 7)):
            field, used = self.field(last + 1, version=version)
            last += used
            fields.append(field)
        ids = list(range(1, 3 * last + 1))
        self.random.shuffle(ids)
        for field in fields:
            renumber(field, ids)
        schema = {"type": "struct", "schema-id": self.random.randrange(3), "fields": fields}
        table = {"last-partition-id": 999, "partition-specs": [], "schemas": [schema],
                 "current-schema-id": schema["schema-id"]}
        return {"schema": schema, "partition-spec": self.spec(table), "write-order": self.order(table),
                "properties": {"format-version": str(version), "k": "v", "snapshot-count": "7"}}

    # ---- views ----

    def first_view(self):
        return {"view-uuid": "11111111-2222-4333-8444-555555555555", "format-version": 1, "location": "s3://b/v",
                "properties": {}, "current-version-id": 1, "version-log": [{"timestamp-ms": self.clock, "version-id": 1}],
                "schemas": [{"type": "struct", "schema-id": 0, "fields": [
                    {"id": 1, "name": "a", "required": False, "type": "long"}]}],
                "versions": [self.view_version(1, 0, ["spark"])]}

    def view_version(self, version_id, schema_id, dialects):
        return {"version-id": version_id, "timestamp-ms": max(self.clock, int(time.time() * 1000)),
                "schema-id": schema_id, "summary": {"engine": "x"}, "default-namespace": ["n"],
                "representations": [{"type": "sql", "sql": f"select {self.random.randrange(6)}", "dialect": dialect}
                                    for dialect in dialects]}

    def view_commit(self, view):
        updates = []
        if self.chance(0.3):
            updates.append({"action": "set-properties", "updates": self.random.choice(
                [{"replace.drop-dialect.allowed": self.random.choice(["true", "false"])},
                 {"version.history.num-entries": str(self.random.randrange(0, 5))}, {"k": str(self.random.random())}])})
        if self.chance(0.2):
            updates.append({"action": "remove-properties", "removals": ["k"]})
        if self.chance(0.2):
            updates.append(self.random.choice([
                {"action": "set-location", "location": f"s3://b/v{self.random.randrange(3)}"},
                {"action": "assign-uuid", "uuid": self.random.choice([view["view-uuid"], "99999999-2222-4333-8444-555555555555"])},
                {"action": "upgrade-format-version", "format-version": 1}]))
        schema_id = self.random.choice(view["schemas"])["schema-id"]
        if self.chance(0.3):
            updates.append({"action": "add-schema", "last-column-id": 1, "schema": {
                "type": "struct", "schema-id": 0, "fields": [
                    {"id": 1, "name": f"a{self.random.random()}", "required": False, "type": "long"}]}})
            schema_id = -1
        if self.chance(0.8):
            dialects = self.random.choice([["spark"], ["spark"], ["spark", "trino"], ["trino"]])
            updates.append({"action": "add-view-version", "view-version": self.view_version(
                1 + max(version["version-id"] for version in view["versions"]), schema_id, dialects)})
            updates.append({"action": "set-current-view-version", "view-version-id": -1})
        elif self.chance(0.7):
            updates.append({"action": "set-current-view-version",
                            "view-version-id": self.random.choice(view["versions"])["version-id"]})
        return updates


def renumber(value, ids):
    """Gives every field id below `value` one of `ids`."""
    if isinstance(value, dict):
        for key in ("id", "element-id", "key-id", "value-id"):
            if key in value:
                value[key] = ids.pop()
        for key in ("type", "element", "key", "value", "fields"):
            renumber(value.get(key), ids)
    elif isinstance(value, list):
        for element in value:
            renumber(element, ids)
