# SPDX-License-Identifier: Apache-2.0
"""A full disk for the programs of a test: full_disk.c is loaded into them, and asks a file of the test's what is full."""
import os
import pathlib
import shutil

from postgres import give_away, make_directory

NO_SPACE = "No space left on device"


class FullDisk:
    """fill() makes it full, free() makes room again; who was started with environment() is concerned. Both may be read
    by the user postgres, which the place where the program is built may not."""

    def __init__(self):
        self.root = make_directory()
        self.shim, self.switch = self.root / "full_disk.so", self.root / "switch"
        shutil.copy(pathlib.Path(os.environ["SKEPD"]).parent / "tests/faults/full_disk.so", self.shim)
        give_away(self.root)

    def environment(self):
        """For a program under ASan too, which wants to be the first that is loaded and need not be."""
        options = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
        return {"LD_PRELOAD": str(self.shim), "FULL_DISK_SWITCH": str(self.switch), "ASAN_OPTIONS": options}

    def fill(self, kind, directory):
        """At once for every program: the file is there whole or not at all."""
        made = self.root / "made"
        made.write_text(f"{kind} {directory}\n")
        made.chmod(0o644)
        made.rename(self.switch)

    def free(self):
        self.switch.unlink(missing_ok=True)

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)
