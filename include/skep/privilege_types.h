/* SPDX-License-Identifier: Apache-2.0 */
/* The records of roles and privileges, with the conventions of catalog_types.h. Role and principal
 * names keep their case. Principal types are Hive's numbers: 1 user, 2 role, 3 group; 0 absent. */
#pragma once

#include <glib.h>

#define CATALOG_ROLE_ADMIN  "admin"
#define CATALOG_ROLE_PUBLIC "public" /* everybody holds it */

#define CATALOG_PRINCIPAL_USER  1
#define CATALOG_PRINCIPAL_ROLE  2
#define CATALOG_PRINCIPAL_GROUP 3

typedef struct {
    char *name;
    char *owner_name;
    gint32 create_time_s;
} CatalogRole;

/* That a principal holds a role. */
typedef struct {
    char *role_name;
    char *principal_name;
    gint32 principal_type;
    gboolean grant_option; /* may grant it further */
    gint32 grant_time_s;
    char *grantor_name;
    gint32 grantor_type;
} CatalogRoleGrant;

/* What a privilege is granted on; the numbers are Hive's. */
typedef enum {
    CATALOG_OBJECT_ANY = 0, /* in questions alone */
    CATALOG_OBJECT_GLOBAL = 1,
    CATALOG_OBJECT_NAMESPACE = 2,
    CATALOG_OBJECT_TABLE = 3,
    CATALOG_OBJECT_PARTITION = 4,
    CATALOG_OBJECT_COLUMN = 5
} CatalogObjectType;

typedef struct {
    CatalogObjectType type;
    char *catalog;
    char *namespace_name;
    char *table_name;
    char *column_name;
    GStrv partition_values; /* of a partition, or of one that has the column; NULL: none. Clients
                               send them, the catalog makes the name of them */
    char *partition_name;   /* NULL: none */
} CatalogObject;

/* One privilege of one principal on one object. */
typedef struct {
    CatalogObject object;
    char *principal_name;
    gint32 principal_type;
    char *privilege; /* as its grantor wrote it; compared without case */
    gboolean grant_option;
    gint32 grant_time_s;
    char *grantor_name;
    gint32 grantor_type;
    char *authorizer; /* which part of the client manages it; NULL: not said */
} CatalogPrivilege;

CatalogRole *catalog_role_new(const char *name, const char *owner_name);
void catalog_role_free(CatalogRole *role);
CatalogRoleGrant *catalog_role_grant_new(void);
void catalog_role_grant_free(CatalogRoleGrant *grant);
void catalog_object_clear(CatalogObject *object);
CatalogPrivilege *catalog_privilege_new(void);
CatalogPrivilege *catalog_privilege_copy(const CatalogPrivilege *privilege);
void catalog_privilege_free(CatalogPrivilege *privilege);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogRole, catalog_role_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogRoleGrant, catalog_role_grant_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogPrivilege, catalog_privilege_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CatalogObject, catalog_object_clear)
