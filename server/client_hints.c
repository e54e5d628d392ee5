/* SPDX-License-Identifier: Apache-2.0 */
/* The settings that each engine needs, with this server's own addresses filled in. Nothing here is
 * read by a program: it is printed once, by `skepd serve --print-clients`. */
#include "client_hints.h"

#include <string.h>

/* Engines read file: locations only when told to. */
static const char *
client_hints_trino_files(const ClientHints *hints)
{
    return g_str_has_prefix(hints->warehouse, "file:") ? "    fs.hadoop.enabled=true\n"
                                                       : "    fs.native-s3.enabled=true\n";
}

static void
client_hints_append_trino(GString *text, const ClientHints *hints)
{
    const char *files = client_hints_trino_files(hints);
    g_string_append_printf(text,
                           "Trino, etc/catalog/lake.properties (Iceberg through REST):\n"
                           "    connector.name=iceberg\n"
                           "    iceberg.catalog.type=rest\n"
                           "    iceberg.rest-catalog.uri=http://%s:%u\n"
                           "%s\n"
                           "Trino, etc/catalog/hive.properties (Hive tables):\n"
                           "    connector.name=hive\n"
                           "    hive.metastore.uri=thrift://%s:%u\n"
                           "%s\n",
                           hints->host, hints->rest_port, files, hints->host, hints->thrift_port,
                           files);
}

static void
client_hints_append_spark(GString *text, const ClientHints *hints)
{
    g_string_append_printf(
        text,
        "Spark (Hive tables and an Iceberg catalog named lake):\n"
        "    spark-sql --packages org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.10.2 \\\n"
        "      --conf spark.sql.catalogImplementation=hive \\\n"
        "      --conf spark.hadoop.hive.metastore.uris=thrift://%s:%u \\\n"
        "      --conf spark.sql.warehouse.dir=%s \\\n"
        "      --conf spark.sql.extensions="
        "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions \\\n"
        "      --conf spark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog \\\n"
        "      --conf spark.sql.catalog.lake.type=rest \\\n"
        "      --conf spark.sql.catalog.lake.uri=http://%s:%u\n\n",
        hints->host, hints->thrift_port, hints->warehouse, hints->host, hints->rest_port);
}

static void
client_hints_append_duckdb(GString *text, const ClientHints *hints)
{
    g_string_append_printf(text,
                           "DuckDB (INSTALL iceberg; LOAD iceberg;):\n"
                           "    ATTACH 'hive' AS lake (TYPE iceberg, ENDPOINT 'http://%s:%u', "
                           "AUTHORIZATION_TYPE 'none');\n\n",
                           hints->host, hints->rest_port);
}

static void
client_hints_append_pyiceberg(GString *text, const ClientHints *hints)
{
    g_string_append_printf(
        text,
        "PyIceberg (pip install 'pyiceberg[hive,pyarrow]'):\n"
        "    from pyiceberg.catalog import load_catalog\n"
        "    lake = load_catalog(\"lake\", type=\"rest\", uri=\"http://%s:%u\")\n"
        "    hive = load_catalog(\"hive\", type=\"hive\", uri=\"thrift://%s:%u\")\n\n",
        hints->host, hints->rest_port, hints->host, hints->thrift_port);
}

char *
client_hints_text(const ClientHints *hints)
{
    GString *text = g_string_new("\n");
    g_string_append_printf(text,
                           "Skep serves.\n"
                           "    Hive Metastore API   thrift://%s:%u\n"
                           "    Iceberg REST API     http://%s:%u\n"
                           "    health and metrics   http://%s:%u\n"
                           "    warehouse            %s\n\n",
                           hints->host, hints->thrift_port, hints->host, hints->rest_port,
                           hints->host, hints->management_port, hints->warehouse);
    client_hints_append_trino(text, hints);
    client_hints_append_spark(text, hints);
    client_hints_append_duckdb(text, hints);
    client_hints_append_pyiceberg(text, hints);
    g_string_append_printf(
        text,
        "The admin command:\n"
        "    %s --url http://%s:%u namespace list\n\n"
        "Ctrl-C stops everything; the next start goes on with the same tables.\n",
        hints->skepctl, hints->host, hints->rest_port);
    return g_string_free(text, FALSE);
}
