// SPDX-License-Identifier: Apache-2.0
// Catalogs: the level above databases, `hive` being the one that is always there.

include "exceptions.thrift"
include "privilege.thrift"

namespace c_glib Hms

struct Catalog {
  1: string name
  2: optional string description
  3: string locationUri
  4: optional i32 createTime
  5: optional map<string, string> parameters
}

struct CreateCatalogRequest {
  1: Catalog catalog
}

struct AlterCatalogRequest {
  1: string name
  2: Catalog newCat
}

struct GetCatalogRequest {
  1: string name
}

struct GetCatalogResponse {
  1: Catalog catalog
}

struct GetCatalogsResponse {
  1: list<string> names
}

struct DropCatalogRequest {
  1: string name
  2: optional bool ifExists = true
}

service Catalogs extends privilege.Privileges {
  /** Makes a catalog with its default database. It is a warehouse of the REST door too. */
  void create_catalog(1: CreateCatalogRequest catalog)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3) (since = "3.0")
  /** A catalog. */
  GetCatalogResponse get_catalog(1: GetCatalogRequest catName)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "3.0")
  /** Names of all catalogs. */
  GetCatalogsResponse get_catalogs() throws (1: exceptions.MetaException o1) (since = "3.0")
  /** Changes a catalog's description or location. */
  void alter_catalog(1: AlterCatalogRequest rqst)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.MetaException o3) (since = "3.0")
  /** Drops a catalog that holds nothing but an empty default database. */
  void drop_catalog(1: DropCatalogRequest catName)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.MetaException o3) (since = "3.0")
}
