-- Roles, who holds them, and what is granted on which object. They are kept and answered, not enforced. Principal types
-- and object types are Hive's numbers (1 user, 2 role, 3 group; 1 global, 2 database, 3 table, 5 column). Locks: new
-- objects only.

-- Everybody holds public without a row.
CREATE TABLE skep.roles (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text COLLATE "C" NOT NULL,
    owner_name text,
    created_s  bigint NOT NULL,
    CONSTRAINT roles_name_key UNIQUE (name)
);
INSERT INTO skep.roles (name, owner_name, created_s)
SELECT seed.name, seed.name, extract(epoch FROM now())::bigint FROM (VALUES ('admin'), ('public')) AS seed (name);

-- member_role_id: set when a role holds the role; then principal_name is its name, which never changes.
CREATE TABLE skep.role_members (
    role_id        bigint NOT NULL CONSTRAINT role_members_role_fkey REFERENCES skep.roles (id) ON DELETE CASCADE,
    principal_type smallint NOT NULL,
    principal_name text COLLATE "C" NOT NULL,
    member_role_id bigint CONSTRAINT role_members_member_fkey REFERENCES skep.roles (id) ON DELETE CASCADE,
    grant_option   boolean NOT NULL,
    granted_s      bigint NOT NULL,
    grantor_name   text,
    grantor_type   smallint NOT NULL DEFAULT 0,
    CONSTRAINT role_members_pkey PRIMARY KEY (role_id, principal_type, principal_name)
);
CREATE INDEX role_members_principal_idx ON skep.role_members (principal_type, principal_name);
CREATE INDEX role_members_member_idx ON skep.role_members (member_role_id) WHERE member_role_id IS NOT NULL;

-- Grants hang on the object's id: a rename keeps them, a drop takes them along. A grant on a table or column has table_id
-- alone, one on a database namespace_id alone, a global one neither. role_id: set when the principal is a role.
CREATE TABLE skep.privileges (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object_type    smallint NOT NULL,
    namespace_id   bigint CONSTRAINT privileges_namespace_fkey REFERENCES skep.namespaces (id) ON DELETE CASCADE,
    table_id       bigint CONSTRAINT privileges_table_fkey REFERENCES skep.tables (id) ON DELETE CASCADE,
    column_name    text COLLATE "C" NOT NULL DEFAULT '',
    principal_type smallint NOT NULL,
    principal_name text COLLATE "C" NOT NULL,
    role_id        bigint CONSTRAINT privileges_role_fkey REFERENCES skep.roles (id) ON DELETE CASCADE,
    privilege      text COLLATE "C" NOT NULL,
    grant_option   boolean NOT NULL,
    granted_s      bigint NOT NULL,
    grantor_name   text COLLATE "C" NOT NULL DEFAULT '',
    grantor_type   smallint NOT NULL DEFAULT 0,
    authorizer     text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX privileges_grant_key ON skep.privileges (
    principal_type, principal_name, object_type, coalesce(table_id, 0), coalesce(namespace_id, 0), column_name,
    lower(privilege), lower(grantor_name), authorizer);
CREATE INDEX privileges_table_idx ON skep.privileges (table_id) WHERE table_id IS NOT NULL;
CREATE INDEX privileges_namespace_idx ON skep.privileges (namespace_id) WHERE namespace_id IS NOT NULL;
CREATE INDEX privileges_role_idx ON skep.privileges (role_id) WHERE role_id IS NOT NULL;
