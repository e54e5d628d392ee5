# SPDX-License-Identifier: Apache-2.0
"""Manifest lists as PyIceberg writes and reads them, of manifests that are not there."""
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.manifest import ManifestContent, ManifestFile, read_manifest_list, write_manifest_list

IO = PyArrowFileIO()


def manifest_path(snapshot):
    return f"file:///data/m{snapshot}.avro"


def read_list(location):
    return list(read_manifest_list(IO.new_input(location)))


def write_list(snapshot, seen=None, version=2):
    """For `snapshot`, at the place that it names, what a fast append writes: a manifest of its own, and those of the
    snapshot that was seen."""
    own = ManifestFile.from_args(
        manifest_path=manifest_path(snapshot["snapshot-id"]), manifest_length=1000, partition_spec_id=0,
        content=ManifestContent.DATA, sequence_number=-1, min_sequence_number=-1, added_snapshot_id=snapshot["snapshot-id"],
        added_files_count=1, existing_files_count=0, deleted_files_count=0, added_rows_count=1, existing_rows_count=0,
        deleted_rows_count=0, partitions=[], key_metadata=None)
    with write_manifest_list(version, IO.new_output(snapshot["manifest-list"]), snapshot["snapshot-id"],
                             snapshot.get("parent-snapshot-id"), snapshot["sequence-number"], "deflate") as writer:
        writer.add_manifests([own] + (read_list(seen["manifest-list"]) if seen else []))
