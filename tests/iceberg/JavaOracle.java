// SPDX-License-Identifier: Apache-2.0
// Iceberg's own library as a filter, for test_against_java.py: one commit a line in, fields parted by tabs (location,
// base document, updates…); one answer a line out (OK, number of changes, document; or ERR, exception, message).
package org.apache.iceberg;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

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
      TableMetadata base = TableMetadataParser.fromJson(fields[0], fields[1]);
      TableMetadata.Builder builder = TableMetadata.buildFrom(base);
      for (int i = 2; i < fields.length; i += 1) {
        MetadataUpdateParser.fromJson(fields[i]).applyTo(builder);
      }
      TableMetadata updated = builder.build();
      return "OK\t" + updated.changes().size() + "\t" + TableMetadataParser.toJson(updated);
    } catch (RuntimeException e) {
      String message = String.valueOf(e.getMessage()).replaceAll("[\\t\\n\\r]", " ");
      return "ERR\t" + e.getClass().getSimpleName() + "\t" + message;
    }
  }
}
