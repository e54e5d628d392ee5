#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Source hygiene: format, layers, sizes, spelling. Run by `make lint` from the top of the tree.

Each check prints file:line: what is wrong; the run fails when any did.
"""
import pathlib
import re
import subprocess
import sys

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 600

# Who may include what: folder -> patterns that its files must not include (DESIGN: dependencies go downwards).
FORBIDDEN_INCLUDES = {
    "server/support": r'"(skep/(catalog|catalog_types|store|iceberg|warehouse|doors)\b|doors/|catalog/|store/|iceberg/|warehouse/)',
    "server/types": r'"(skep/(catalog\.h|store|iceberg|warehouse|doors)|doors/|catalog/|store/|iceberg/|warehouse/)',
    "server/iceberg": r'"(skep/(catalog|store|warehouse|doors|worker_pool)|doors/|catalog/|store/|warehouse/)',
    "server/warehouse": r'"(skep/(catalog|store|iceberg|doors)|doors/|catalog/|store/|iceberg/)',
    "server/store": r'"(skep/(catalog\.h|iceberg|warehouse|doors)|doors/|catalog/|iceberg/|warehouse/)',
    "server/catalog": r'"(skep/doors|doors/|store/)|<(libpq-fe|microhttpd)\.h>|<thrift',
    "server/doors": r'"(skep/(store|warehouse)|catalog/|store/|iceberg/|warehouse/)|<libpq-fe\.h>',
    "server/doors/thrift": r"<microhttpd\.h>|\"doors/rest/",
    "server/doors/rest": r"<thrift_c_glib|<hms_|\"doors/thrift/",
    "cli": r'"(skep/(catalog|store|iceberg|warehouse|doors)|server/)|<(libpq-fe|microhttpd)\.h>|<thrift',
}
LIBRARY_ROOMS = {  # a library's header -> the only folder that may include it
    r"<libpq-fe\.h>": ("server/store",),
    r"<microhttpd\.h>": ("server/doors/rest",),
    r"<thrift_c_glib/|<hms_": ("server/doors/thrift",),
    r"<curl/": ("cli", "server/warehouse"),
}
MISPLACED_WORDS = "ue,te,fo,ba,nd,ser,inout,fpr,crate,hist,als"
problems = []


def report(path, line, text):
    problems.append(f"{path}:{line}: {text}")


def tracked(*patterns):
    out = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        check=True, capture_output=True, text=True).stdout
    return [name for name in out.splitlines() if pathlib.Path(name).is_file()]


def check_format(sources):
    done = subprocess.run(["clang-format-14", "--dry-run", "--Werror", *sources], capture_output=True, text=True)
    for name, line in re.findall(r"^(\S+?):(\d+):\d+: error", done.stderr, re.M):
        report(name, line, "not as clang-format-14 has it (make format)")
    if done.returncode and not problems:
        report("clang-format-14", 0, done.stderr.strip()[:500] or "failed")


def check_includes(sources):
    for name in sources:
        text = pathlib.Path(name).read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            if not line.startswith("#include"):
                continue
            for folder, pattern in FORBIDDEN_INCLUDES.items():
                if name.startswith(folder + "/") and re.search(pattern, line):
                    report(name, number, f"{folder} must not include {line.split(None, 1)[1]}")
            if not name.startswith(("server/", "cli/")) or name == "server/main.c":
                continue
            for pattern, folders in LIBRARY_ROOMS.items():
                if re.search(pattern, line) and not name.startswith(tuple(f + "/" for f in folders)):
                    report(name, number, f"{line.split(None, 1)[1]} belongs to {', '.join(folders)} alone")


def check_heads(sources):
    for name in [*sources, *tracked("*.py", "*.sh", "server/*.sql")]:
        length = len(pathlib.Path(name).read_text(encoding="utf-8").splitlines())
        if length > FILE_LINES_MAX:
            report(name, length, f"{length} lines, more than {FILE_LINES_MAX}: split it")
    for name in sources:
        lines = pathlib.Path(name).read_text(encoding="utf-8").splitlines()
        if not lines or "SPDX-License-Identifier: Apache-2.0" not in lines[0]:
            report(name, 1, "first line is not the SPDX licence line")
        if len(lines) < 2 or not lines[1].startswith("/*"):
            report(name, 2, "no sentence that says what this file is responsible for")


def check_function_lengths(sources):
    done = subprocess.run(
        ["ctags", "-f", "-", "--languages=C", "--kinds-C=f", "--fields=+ne", "--sort=no", *sources],
        check=True, capture_output=True, text=True)
    for row in done.stdout.splitlines():
        found = re.search(r"^(\S+)\t(\S+)\t.*\tline:(\d+).*\tend:(\d+)", row)
        if not found:
            continue
        function, name, start, end = found[1], found[2], int(found[3]), int(found[4])
        if end - start + 1 > FUNCTION_LINES_MAX:
            report(name, start, f"{function} has {end - start + 1} lines, more than {FUNCTION_LINES_MAX}")


def check_sql_rooms():
    for name in tracked("server/*.c", "cli/*.c"):
        if name.startswith("server/store/"):
            continue
        for number, line in enumerate(pathlib.Path(name).read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r'"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s', line):
                report(name, number, "SQL outside server/store")


def check_folder_readmes():
    for folder in sorted({str(pathlib.Path(n).parent) for n in tracked("server/*.c")}):
        readme = pathlib.Path(folder, "README.md")
        if not readme.is_file():
            report(readme, 1, "each folder of server/ says what belongs there")
        elif len(readme.read_text(encoding="utf-8").splitlines()) > 25:
            report(readme, 26, "longer than 25 lines")


def check_named_files():
    """A comment or a page that names a file of C names one that is there."""
    names = {pathlib.Path(name).name for name in tracked("*.c", "*.h")}
    for name in tracked("*.md", "server/*.[ch]", "cli/*.[ch]", "include/*.h"):
        text = pathlib.Path(name).read_text(encoding="utf-8")
        for comment in [(0, text)] if name.endswith(".md") else [(m.start(), m[0]) for m in re.finditer(r"/\*.*?\*/", text, re.S)]:
            for found in re.finditer(r"(?<![\w*.>}-])[a-z]\w*\.[ch]\b(?!\()", comment[1]):
                if found[0] not in names and not found[0].endswith("_sql.h"):
                    line = text.count("\n", 0, comment[0] + found.start()) + 1
                    report(name, line, f"{found[0]}: there is no such file")


def check_command(command, files):
    if not files:
        return
    done = subprocess.run([*command, *files], capture_output=True, text=True)
    if done.returncode:
        for line in (done.stdout + done.stderr).strip().splitlines()[:40]:
            problems.append(f"{command[0]}: {line}")


def main():
    sources = tracked("*.c", "*.h")
    check_format(sources)
    check_includes(sources)
    check_heads(sources)
    check_function_lengths([s for s in sources if s.endswith(".c")])
    check_sql_rooms()
    check_folder_readmes()
    check_named_files()
    check_command(["shellcheck"], tracked("*.sh", ".ci/run"))
    check_command(["codespell", "-q", "3", "-L", MISPLACED_WORDS], tracked("*.c", "*.h", "*.md", "*.sql", "*.py", "*.thrift"))
    for problem in problems:
        print(problem)
    print(f"lint: {len(sources)} C files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
