# SPDX-License-Identifier: Apache-2.0
# Turns server/store/<noun>.sql into a C header of StoreQuery constants (see query.h for the form of the input).
# Run by rules.mk as: awk -v noun=<noun> -f sql_to_header.awk <noun>.sql. Plain POSIX awk. A mistake in the input ends it
# with a message and status 1, so that the build stops there.

function fail(message)
{
    printf "%s:%d: %s\n", FILENAME, FNR, message > "/dev/stderr"
    failed = 1
    exit 1
}

function trim(text)
{
    sub(/^[ \t]+/, "", text)
    sub(/[ \t]+$/, "", text)
    return text
}

# "$1 bigint table_id  $2 text name" -> types[], count
function take_parameters(text,    parts, pieces, i, type)
{
    pieces = split(text, parts, "$")
    for (i = 2; i <= pieces; i++) {
        if (match(parts[i], /^[0-9]+/) == 0 || substr(parts[i], 1, RLENGTH) + 0 != count + 1) {
            fail("parameter lines must count $1, $2, ... in order")
        }
        type = trim(substr(parts[i], RLENGTH + 1))
        if (type ~ /^double precision /) {
            type = "double precision"
        } else {
            sub(/[ \t].*$/, "", type)
        }
        if (!(type in oid)) {
            fail("unknown parameter type: " type)
        }
        types[++count] = oid[type]
    }
}

# Words that write, or that take a lock somebody may wait for: such a statement is not sent twice blindly.
function only_reads(text)
{
    text = " " tolower(text) " "
    gsub(/'[^']*'/, " ", text)
    gsub(/[^a-z0-9_]+/, " ", text)
    return text !~ / (insert|update|delete|merge|truncate|create|drop|alter|lock|nextval|setval|call|share|notify) / &&
           text !~ / pg_(try_)?advisory/
}

function escape(text)
{
    gsub(/[\\"]/, "\\\\&", text)
    return text
}

function finish(    macro, i, lines, n, line, used)
{
    if (name == "") {
        return
    }
    if (why == 0) {
        fail("query " name " has no comment that says why")
    }
    sub(/[ \t\n]*;[ \t\n]*$/, "", sql)
    if (trim(sql) == "") {
        fail("query " name " is empty")
    }
    if (index(sql, ";") > 0) {
        fail("query " name " is more than one statement")
    }
    for (i = 1; i <= count; i++) {
        if (sql !~ ("\\$" i "([^0-9]|$)")) {
            fail("query " name " does not use $" i)
        }
    }
    if (sql ~ ("\\$" (count + 1) "([^0-9]|$)")) {
        fail("query " name " uses $" (count + 1) ", which no comment declares")
    }
    macro = "SQL_" toupper(name)
    if (count > 0) {
        printf "static const guint32 %s_TYPES[] = {", macro
        for (i = 1; i <= count; i++) {
            printf "%s%d", (i > 1 ? ", " : ""), types[i]
        }
        print "};"
    }
    printf "static const StoreQuery %s = {\n    \"%s\",\n", macro, name
    n = split(sql, lines, "\n")
    used = 0
    for (i = 1; i <= n; i++) {
        line = lines[i]
        if (trim(line) != "") {
            printf "    \"%s\\n\"\n", escape(line)
        }
    }
    printf "    ,\n    %s, %d, %s, %s, FALSE, %s, %s};\n\n", (count > 0 ? macro "_TYPES" : "NULL"), count,
           (only_reads(sql) ? "TRUE" : "FALSE"), (retry_safe ? "TRUE" : "FALSE"), (is_long ? "TRUE" : "FALSE"),
           (for_replica ? "TRUE" : "FALSE")
    all[++total] = macro
}

BEGIN {
    oid["boolean"] = 16; oid["bytea"] = 17; oid["bigint"] = 20; oid["smallint"] = 21; oid["integer"] = 23
    oid["text"] = 25; oid["json"] = 114; oid["double precision"] = 701; oid["uuid"] = 2950; oid["jsonb"] = 3802
    oid["xid8"] = 5069; oid["integer[]"] = 1007; oid["text[]"] = 1009; oid["bigint[]"] = 1016
    print "/* SPDX-License-Identifier: Apache-2.0 */"
    printf "/* Made from server/store/%s.sql by sql_to_header.awk. */\n#pragma once\n\n#include \"store/query.h\"\n\n", noun
}

/^-- name:/ {
    finish()
    name = trim(substr($0, 9))
    if (name !~ /^[a-z][a-z0-9_]*$/) {
        fail("a query's name is lower case letters, digits and _: " name)
    }
    if (name in seen) {
        fail("two queries are named " name)
    }
    seen[name] = 1
    sql = ""; count = 0; why = 0; retry_safe = 0; is_long = 0; for_replica = 0; in_head = 1
    next
}

name == "" {
    if ($0 !~ /^--/ && trim($0) != "") {
        fail("SQL before the first \"-- name:\" line")
    }
    next
}

in_head && /^--/ {
    if ($0 ~ /^-- \$[0-9]/) {
        take_parameters(substr($0, 4))
    } else if ($0 ~ /^-- retry: safe[ \t]*$/) {
        retry_safe = 1
    } else if ($0 ~ /^-- long: yes[ \t]*$/) {
        is_long = 1
    } else if ($0 ~ /^-- replica: yes[ \t]*$/) {
        for_replica = 1
    } else if (trim(substr($0, 3)) != "") {
        why++
    }
    next
}

{
    # A comment inside a statement stays out of what is sent; one after its end is a heading of the file.
    if ($0 ~ /^[ \t]*--/) {
        next
    }
    if (trim($0) != "") {
        in_head = 0
    }
    sql = sql $0 "\n"
}

END {
    if (failed) {
        exit 1
    }
    finish()
    if (failed) {
        exit 1
    }
    printf "static const StoreQuery *const SQL_ALL_OF_%s[] = {\n", toupper(noun)
    for (i = 1; i <= total; i++) {
        printf "    &%s,\n", all[i]
    }
    print "    NULL};"
}
