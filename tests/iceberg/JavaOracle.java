// SPDX-License-Identifier: Apache-2.0
// Iceberg's own library as a filter, for test_against_java.py. One request a line in, fields parted by tabs:
// TABLE, location, base, updates…; VIEW, location, base, updates…; CREATE, location, schema, spec, order, properties;
// REQUIRE, location, base or null, requirement.
// One answer a line out: OK, number of changes, document; or ERR, exception, message.
package org.apache.iceberg;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.view.ViewMetadata;
import org.apache.iceberg.view.ViewMetadataParser;

public class JavaOracle {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(answer(line.split("\t")));
      System.out.flush();
    }
  }

  private static String answer(String[] fields) {
    try {
      switch (fields[0]) {
        case "TABLE":
          return table(fields);
        case "VIEW":
          return view(fields);
        case "REQUIRE":
          return require(fields);
        default:
          return create(fields);
      }
    } catch (RuntimeException e) {
      String message = String.valueOf(e.getMessage()).replaceAll("[\\t\\n\\r]", " ");
      return "ERR\t" + e.getClass().getSimpleName() + "\t" + message;
    }
  }

  private static String table(String[] fields) {
    TableMetadata.Builder builder = TableMetadata.buildFrom(TableMetadataParser.fromJson(fields[1], fields[2]));
    for (int i = 3; i < fields.length; i += 1) {
      MetadataUpdateParser.fromJson(fields[i]).applyTo(builder);
    }
    TableMetadata updated = builder.build();
    return "OK\t" + updated.changes().size() + "\t" + TableMetadataParser.toJson(updated);
  }

  private static String require(String[] fields) {
    TableMetadata base = fields[2].equals("null") ? null : TableMetadataParser.fromJson(fields[1], fields[2]);
    UpdateRequirementParser.fromJson(fields[3]).validate(base);
    return "OK\t0\tnull";
  }

  private static String view(String[] fields) {
    ViewMetadata.Builder builder = ViewMetadata.buildFrom(ViewMetadataParser.fromJson(fields[2]));
    for (int i = 3; i < fields.length; i += 1) {
      MetadataUpdateParser.fromJson(fields[i]).applyTo(builder);
    }
    ViewMetadata updated = builder.build();
    return "OK\t" + updated.changes().size() + "\t" + ViewMetadataParser.toJson(updated);
  }

  private static String create(String[] fields) {
    Schema schema = SchemaParser.fromJson(fields[2]);
    PartitionSpec spec = PartitionSpecParser.fromJson(schema, fields[3]);
    SortOrder order = SortOrderParser.fromJson(schema, fields[4]);
    Map<String, String> properties = new HashMap<>();
    for (int i = 5; i + 1 < fields.length; i += 2) {
      properties.put(fields[i], fields[i + 1]);
    }
    TableMetadata created = TableMetadata.newTableMetadata(schema, spec, order, fields[1], properties);
    return "OK\t1\t" + TableMetadataParser.toJson(created);
  }
}
