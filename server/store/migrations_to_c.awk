# SPDX-License-Identifier: Apache-2.0
# Puts the texts of migrations/NNNN_verb_phrase.sql into a C source, in order, for migrate.c. Run by rules.mk with the
# files as arguments, in order. Numbers must count 1, 2, 3, ... without a gap.

function finish()
{
    if (number > 0) {
        printf "    },\n"
    }
}

BEGIN {
    print "/* SPDX-License-Identifier: Apache-2.0 */"
    print "/* Made from migrations/ by migrations_to_c.awk. */"
    print "#include \"store/migrations.h\"\n"
    print "const StoreMigration STORE_MIGRATIONS[] = {"
}

FNR == 1 {
    finish()
    file = FILENAME
    sub(/^.*\//, "", file)
    if (file !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+\.sql$/ || substr(file, 1, 4) + 0 != number + 1) {
        printf "%s: migrations are named NNNN_verb_phrase.sql and count without a gap\n", FILENAME > "/dev/stderr"
        failed = 1
        exit 1
    }
    number++
    sub(/\.sql$/, "", file)
    printf "    {\n        %d, \"%s\",\n", number, file
}

{
    gsub(/[\\"]/, "\\\\&")
    gsub(/\t/, "\\t")
    printf "        \"%s\\n\"\n", $0
}

END {
    if (failed) {
        exit 1
    }
    finish()
    print "    {0, 0, 0}};"
}
