// SPDX-License-Identifier: Apache-2.0
// Stored procedures and packages of HPL/SQL.

include "exceptions.thrift"
include "function.thrift"

namespace c_glib Hms

struct StoredProcedure {
  1: string name
  2: string dbName
  3: string catName
  4: string ownerName
  5: string source
}

struct StoredProcedureRequest {
  1: required string catName
  2: required string dbName
  3: required string procName
}

struct ListStoredProcedureRequest {
  1: required string catName
  2: optional string dbName
}

struct Package {
  1: string catName
  2: string dbName
  3: string packageName
  4: string ownerName
  5: string header
  6: string body
}

struct AddPackageRequest {
  1: string catName
  2: string dbName
  3: string packageName
  4: string ownerName
  5: string header
  6: string body
}

struct GetPackageRequest {
  1: required string catName
  2: required string dbName
  3: required string packageName
}

struct ListPackageRequest {
  1: required string catName
  2: optional string dbName
}

struct DropPackageRequest {
  1: required string catName
  2: required string dbName
  3: required string packageName
}

service Procedures extends function.Functions {
  /** Keeps an HPL/SQL procedure. */
  void create_stored_procedure(1: StoredProcedure proc)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "4.0")
  /** An HPL/SQL procedure. */
  StoredProcedure get_stored_procedure(1: StoredProcedureRequest request)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  /** Names of HPL/SQL procedures. */
  list<string> get_all_stored_procedures(1: ListStoredProcedureRequest request)
      throws (1: exceptions.MetaException o1) (since = "4.0")
  /** Drops an HPL/SQL procedure. */
  void drop_stored_procedure(1: StoredProcedureRequest request)
      throws (1: exceptions.MetaException o1) (since = "4.0")

  /** Keeps an HPL/SQL package. */
  void add_package(1: AddPackageRequest request) throws (1: exceptions.MetaException o1)
      (since = "4.0")
  /** An HPL/SQL package. */
  Package find_package(1: GetPackageRequest request)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  /** Names of HPL/SQL packages. */
  list<string> get_all_packages(1: ListPackageRequest request)
      throws (1: exceptions.MetaException o1) (since = "4.0")
  /** Drops an HPL/SQL package. */
  void drop_package(1: DropPackageRequest request) throws (1: exceptions.MetaException o1)
      (since = "4.0")
}
