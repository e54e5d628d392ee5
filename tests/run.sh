#!/bin/sh
# Runs test sets against a build: tests/run.sh BUILD PYTHON SET...
#   idl      the Thrift IDL against the project's facts
#   unit     Check programs without disk or network
#   store    Check programs on a private PostgreSQL
#   doors    both protocols against a running skepd (pytest starts it)
#   faults   what dies, hangs or is cut while clients commit: the short form (tests marked `heavy` are left out)
#   faults-heavy  the rest of it
#   interop  PyIceberg through both doors, and its metadata rules beside ours
#   storage  the S3 client, PyIceberg, Spark and Trino on a Ceph RADOS Gateway that the tests start
#   engines  the heavy clients (Spark, Trino), and Iceberg's Java library beside our metadata rules
# Prints one line per failing program with its output, and fails when any failed.
set -u
build=$1 python=$2
shift 2
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:exitcode=99}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}"
export G_SLICE=always-malloc CK_FORK="${CK_FORK:-no}" CK_DEFAULT_TIMEOUT=120
SKEPD=$(realpath "$build/skepd") SKEPCTL=$(realpath "$build/skepctl")
METADATA_APPLY=$build/tests/iceberg/metadata_apply
MANIFEST_ROWS=$build/tests/iceberg/manifest_rows
export SKEPD SKEPCTL METADATA_APPLY MANIFEST_ROWS
# What programs leave behind (Java's and pytest's do) goes with the run; the embedded PostgreSQL's user must get through.
TMPDIR=$(mktemp -d -t check-XXXXXX) && chmod 755 "$TMPDIR" || exit 1
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 130' INT TERM
export TMPDIR JAVA_TOOL_OPTIONS="-Djava.io.tmpdir=$TMPDIR -XX:-UsePerfData"
failed=0 passed=0

run_programs() {
    for program in $(find "$build/tests/$1" -type f -name 'test_*' -perm -u+x ! -name '*.*' 2>/dev/null | sort); do
        if output=$("$program" 2>&1); then
            passed=$((passed + 1))
            echo "ok    ${program#"$build"/tests/}  $(echo "$output" | grep -E '^[0-9]+%: Checks' | tail -1)"
        else
            failed=$((failed + 1))
            echo "FAIL  ${program#"$build"/tests/}"
            echo "$output" | tail -60
        fi
    done
}

run_pytest() {
    if "$python" -m pytest -q -p no:cacheprovider --timeout="${TEST_TIMEOUT:-600}" "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
}

for set_name; do
    echo "== $set_name"
    case $set_name in
    idl) run_pytest tests/idl ;;
    unit) run_programs unit ;;
    store) run_programs store ;;
    doors) run_programs doors && run_pytest tests/doors tests/process tests/cli ;;
    faults) run_pytest -m "not heavy" tests/faults ;;
    faults-heavy) run_pytest -m heavy tests/faults ;;
    interop) run_pytest tests/interop tests/iceberg/test_golden.py tests/iceberg/test_against_pyiceberg.py tests/iceberg/test_manifests.py ;;
    storage) TEST_TIMEOUT=1200 run_pytest tests/storage ;;
    engines) TEST_TIMEOUT=1500 run_pytest tests/engines tests/iceberg/test_against_java.py ;;
    *) echo "no such test set: $set_name" >&2 && exit 2 ;;
    esac
done
echo "programs and suites: $passed passed, $failed failed"
[ "$failed" = 0 ]
