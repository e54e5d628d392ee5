# SPDX-License-Identifier: Apache-2.0
"""Goal: roles and grants work as SQL-standard security in Trino and Hive uses them. Method: each method against a running
server, with the calls that engines make, the words of every refusal included."""
import pytest

from hms_client import connection, hms, message_of, partition, table, unique

USER, ROLE, GROUP = hms.PrincipalType.USER, hms.PrincipalType.ROLE, hms.PrincipalType.GROUP
GRANT, REVOKE = hms.GrantRevokeType.GRANT, hms.GrantRevokeType.REVOKE


@pytest.fixture
def roles(client):
    """Names of two new roles."""
    names = [unique("Role"), unique("Role")]
    for name in names:
        client.create_role(hms.Role(roleName=name, createTime=0))
    yield names
    for name in names:
        client.drop_role(name)


def on_table(database, name):
    return hms.HiveObjectRef(objectType=hms.HiveObjectType.TABLE, dbName=database, objectName=name)


def on_database(database):
    return hms.HiveObjectRef(objectType=hms.HiveObjectType.DATABASE, dbName=database)


def privilege(ref, who, what, grantor="ann", type_=USER, option=False, authorizer="SQL"):
    info = hms.PrivilegeGrantInfo(privilege=what, createTime=0, grantor=grantor, grantorType=USER, grantOption=option)
    return hms.HiveObjectPrivilege(
        hiveObject=ref, principalName=who, principalType=type_, grantInfo=info, authorizer=authorizer
    )


def change(client, kind, *privileges, option_only=False):
    request = hms.GrantRevokePrivilegeRequest(
        requestType=kind, privileges=hms.PrivilegeBag(privileges=list(privileges)), revokeGrantOption=option_only
    )
    assert client.grant_revoke_privileges(request).success


def change_role(client, kind, role, who, type_=USER, option=False):
    request = hms.GrantRevokeRoleRequest(
        requestType=kind, roleName=role, principalName=who, principalType=type_, grantor="admin", grantorType=USER,
        grantOption=option,
    )
    assert client.grant_revoke_role(request).success


def grants_of(client, who, type_=USER):
    request = hms.GetRoleGrantsForPrincipalRequest(principal_name=who, principal_type=type_)
    return {g.roleName: g.grantOption for g in client.get_role_grants_for_principal(request).principalGrants}


def listed(client, ref, who=None, type_=USER):
    return sorted((p.principalName, p.grantInfo.privilege, p.grantInfo.grantOption)
                  for p in client.list_privileges(who, type_, ref))


def test_admin_and_public_are_there_and_stay(client, roles):
    names = client.get_role_names()
    assert {"admin", "public", *roles} <= set(names)
    for name in ("admin", "public"):
        with pytest.raises(hms.MetaException):
            client.drop_role(name)
    with pytest.raises(hms.MetaException):
        client.create_role(hms.Role(roleName="public"))
    assert client.create_role(hms.Role(roleName=roles[0])) is True
    assert client.drop_role("no_such_role") is True
    assert client.get_role_names().count(roles[0]) == 1


def test_a_role_is_held_by_users_and_roles(client, roles):
    first, second = roles
    who = unique("bob")
    change_role(client, GRANT, first, who)
    assert client.grant_role(second, first, ROLE, "admin", USER, True) is True
    assert grants_of(client, who) == {first: False, "public": False}
    assert grants_of(client, first, ROLE) == {second: True}
    assert sorted(r.roleName for r in client.list_roles(who, USER)) == sorted([first, "public"])
    members = client.get_principals_in_role(hms.GetPrincipalsInRoleRequest(roleName=first)).principalGrants
    assert [(m.principalName, m.principalType, m.grantorName) for m in members] == [(who, USER, "admin")]
    assert members[0].grantTime > 0
    other_case = hms.GetPrincipalsInRoleRequest(roleName=first.upper())
    assert client.get_principals_in_role(other_case).principalGrants == []
    change_role(client, GRANT, first, who, option=True)
    assert grants_of(client, who)[first] is True
    change_role(client, REVOKE, first, who, option=True)
    assert grants_of(client, who)[first] is False
    assert client.revoke_role(first, who, USER) is True
    assert grants_of(client, who) == {"public": False}


def test_what_no_role_can_be_given_is_refused(client, roles):
    first, second = roles
    change_role(client, GRANT, first, second, ROLE)
    refused = [
        (GRANT, second, first, ROLE),  # a circle
        (GRANT, first, first, ROLE),
        (GRANT, first, second, ROLE),  # held already
        (GRANT, "no_such_role", "bob", USER),
        (GRANT, first, "no_such_role", ROLE),
        (GRANT, "public", "bob", USER),
        (REVOKE, "public", "bob", USER),
        (REVOKE, first, "nobody", USER),
    ]
    for arguments in refused:
        with pytest.raises(hms.MetaException):
            change_role(client, *arguments)
    assert grants_of(client, second, ROLE) == {first: False}


def test_a_dropped_role_takes_its_grants_along(client, database, roles):
    first, second = roles
    client.create_table(table(database, "t"))
    change_role(client, GRANT, first, "bob")
    change_role(client, GRANT, second, first, ROLE)
    change(client, GRANT, privilege(on_table(database, "t"), first, "select", type_=ROLE))
    client.drop_role(first)
    client.create_role(hms.Role(roleName=first))
    assert first not in grants_of(client, "bob")
    assert grants_of(client, first, ROLE) == {}
    assert listed(client, on_table(database, "t")) == []


def test_privileges_are_granted_listed_and_taken(client, database):
    client.create_table(table(database, "t"))
    ref = on_table(database.upper(), "T")
    change(client, GRANT, privilege(ref, "bob", "select,insert"), privilege(ref, "eve", "select", option=True))
    assert listed(client, ref) == [("bob", "insert", False), ("bob", "select", False), ("eve", "select", True)]
    assert listed(client, ref, "eve") == [("eve", "select", True)]
    back = client.list_privileges("eve", USER, ref)[0]
    assert (back.hiveObject.dbName, back.hiveObject.objectName, back.authorizer) == (database, "t", "SQL")
    assert back.grantInfo.createTime > 0 and back.grantInfo.grantor == "ann"
    change(client, REVOKE, privilege(ref, "eve", "SELECT"), option_only=True)
    assert listed(client, ref, "eve") == [("eve", "select", False)]
    with pytest.raises(hms.MetaException) as raised:
        change(client, REVOKE, privilege(ref, "eve", "select"), option_only=True)
    assert "does not have grant option with privilege select" in message_of(raised.value)
    client.revoke_privileges(hms.PrivilegeBag(privileges=[privilege(ref, "bob", "select")]))
    assert listed(client, ref, "bob") == [("bob", "insert", False)]
    anywhere = hms.HiveObjectRef()
    assert ("bob", "insert", False) in listed(client, anywhere, "bob")


def test_refused_grants_change_nothing(client, database):
    ref = on_database(database)
    assert client.grant_privileges(hms.PrivilegeBag(privileges=[privilege(ref, "bob", "select", "adm")])) is True
    with pytest.raises(hms.MetaException) as raised:
        change(client, GRANT, privilege(ref, "bob", "insert", "adm"), privilege(ref, "bob", "select", "adm"))
    assert f"select is already granted on database {database} by adm" in message_of(raised.value)
    with pytest.raises(hms.MetaException) as raised:
        change(client, REVOKE, privilege(ref, "bob", "select"), privilege(ref, "bob", "delete"))
    assert f"No database grant found for privileges delete on database {database}" in message_of(raised.value)
    assert listed(client, ref) == [("bob", "select", False)]
    for missing in (on_database("no_such_db"), on_table(database, "no_such_table")):
        with pytest.raises(hms.MetaException):
            change(client, GRANT, privilege(missing, "bob", "select"))
        assert listed(client, missing) == []
    with pytest.raises(hms.MetaException):
        change(client, GRANT, privilege(ref, "no_such_role", "select", type_=ROLE))


def test_grants_follow_a_renamed_table_and_end_with_it(client, database):
    client.create_table(table(database, "t"))
    change(client, GRANT, privilege(on_table(database, "t"), "bob", "select"))
    renamed = client.get_table(database, "t")
    renamed.tableName = "u"
    client.alter_table(database, "t", renamed)
    assert listed(client, on_table(database, "u")) == [("bob", "select", False)]
    client.drop_table(database, "u", True)
    client.create_table(table(database, "u"))
    assert listed(client, on_table(database, "u")) == []


def test_a_table_is_made_with_its_owners_privileges_or_not_at_all(client, database):
    info = hms.PrivilegeGrantInfo(privilege="INSERT", createTime=0, grantor="ann", grantorType=USER, grantOption=True)
    owned = table(database, "owned")
    owned.privileges = hms.PrincipalPrivilegeSet(userPrivileges={"ann": [info]}, groupPrivileges={}, rolePrivileges={})
    client.create_table(owned)
    assert listed(client, on_table(database, "owned")) == [("ann", "INSERT", True)]
    owned.tableName, owned.privileges.rolePrivileges = "half", {"no_such_role": [info]}
    with pytest.raises((hms.NoSuchObjectException, hms.MetaException, hms.InvalidObjectException)):
        client.create_table(owned)
    assert client.get_all_tables(database) == ["owned"]


def test_the_privilege_set_has_what_groups_and_roles_give(client, database, roles):
    first, second = roles
    who, crew = unique("bob"), unique("crew")
    ref = on_database(database)
    change_role(client, GRANT, first, crew, GROUP)
    change_role(client, GRANT, second, first, ROLE)
    change(client, GRANT, privilege(ref, who, "a"), privilege(ref, crew, "b", type_=GROUP),
           privilege(ref, second, "c", type_=ROLE), privilege(ref, "public", "d", type_=ROLE),
           privilege(ref, "somebody_else", "e"))
    held = client.get_privilege_set(ref, who, [crew])
    names = [{k: [i.privilege for i in v] for k, v in part.items()}
             for part in (held.userPrivileges, held.groupPrivileges, held.rolePrivileges)]
    assert names == [{who: ["a"]}, {crew: ["b"]}, {second: ["c"], "public": ["d"]}]
    alone = client.get_privilege_set(ref, who, [])
    assert set(alone.rolePrivileges) == {"public"} and alone.groupPrivileges == {}


def test_refreshing_replaces_what_one_authorizer_manages(client, database):
    client.create_table(table(database, "t"))
    ref = on_table(database, "t")
    change(client, GRANT, privilege(ref, "bob", "select", authorizer="RANGER"), privilege(ref, "eve", "select"))
    bag = hms.PrivilegeBag(privileges=[privilege(ref, "joe", "insert", authorizer="RANGER")])
    request = hms.GrantRevokePrivilegeRequest(requestType=GRANT, privileges=bag)
    assert client.refresh_privileges(ref, "RANGER", request).success
    assert listed(client, ref) == [("eve", "select", False), ("joe", "insert", False)]


def test_a_global_grant_needs_no_object(client):
    who = unique("bob")
    ref = hms.HiveObjectRef(objectType=hms.HiveObjectType.GLOBAL)
    change(client, GRANT, privilege(ref, who, "create"))
    assert listed(client, ref, who) == [(who, "create", False)]
    change(client, REVOKE, privilege(ref, who, "create"))
    assert listed(client, ref, who) == []


# --- partitions and their columns ---


@pytest.fixture
def parted(client, database):
    client.create_table(table(database, "t", keys=[("ds", "string"), ("hr", "int")]))
    of = client.get_table(database, "t")
    client.add_partitions([partition(of, ["a b", "1"]), partition(of, ["b", "2"])])
    return database


def on_partition(database, *values, column=None):
    kind = hms.HiveObjectType.PARTITION if column is None else hms.HiveObjectType.COLUMN
    return hms.HiveObjectRef(
        objectType=kind, dbName=database, objectName="t", partValues=list(values), columnName=column
    )


def test_a_partition_has_grants_of_its_own(client, parted):
    ref = on_partition(parted, "a b", "1")
    change(client, GRANT, privilege(ref, "bob", "select"), privilege(on_table(parted, "t"), "bob", "insert"))
    assert listed(client, ref) == [("bob", "select", False)]
    assert listed(client, on_table(parted, "t")) == [("bob", "insert", False)]
    assert listed(client, on_partition(parted, "b", "2")) == []
    found = client.list_privileges(None, USER, ref)[0].hiveObject
    assert (found.objectType, found.partValues) == (hms.HiveObjectType.PARTITION, ["a b", "1"])
    effective = client.get_privilege_set(ref, "bob", [])
    assert [info.privilege for info in effective.userPrivileges["bob"]] == ["select"]
    everywhere = listed(client, hms.HiveObjectRef(dbName=parted, objectName="t"), "bob")
    assert everywhere == [("bob", "insert", False), ("bob", "select", False)]
    with pytest.raises(hms.MetaException) as raised:
        change(client, GRANT, privilege(ref, "bob", "SELECT"))
    assert f"SELECT is already granted on partition [{parted},t,ds=a b/hr=1] by ann" in message_of(raised.value)
    change(client, REVOKE, privilege(ref, "bob", "select"))
    assert listed(client, ref) == []
    with pytest.raises(hms.MetaException) as raised:
        change(client, REVOKE, privilege(ref, "bob", "select"))
    assert "No grant (select) found  on table t, partition is ds=a b/hr=1" in message_of(raised.value)


def test_a_column_of_one_partition_is_not_the_column_of_the_table(client, parted):
    name = client.get_table(parted, "t").sd.cols[0].name
    of_one = on_partition(parted, "b", "2", column=name)
    of_all = hms.HiveObjectRef(
        objectType=hms.HiveObjectType.COLUMN, dbName=parted, objectName="t", columnName=name
    )
    change(client, GRANT, privilege(of_one, "bob", "select"), privilege(of_all, "eve", "select"))
    assert listed(client, of_one) == [("bob", "select", False)]
    assert listed(client, of_all) == [("eve", "select", False)]
    assert client.list_privileges(None, USER, of_one)[0].hiveObject.partValues == ["b", "2"]


def test_grants_follow_their_partition_and_need_it(client, parted):
    ref = on_partition(parted, "b", "2")
    change(client, GRANT, privilege(ref, "bob", "select", option=True))
    moved = client.get_partition(parted, "t", ["b", "2"])
    moved.values = ["c", "3"]
    client.rename_partition(parted, "t", ["b", "2"], moved)
    assert listed(client, ref) == []
    assert listed(client, on_partition(parted, "c", "3")) == [("bob", "select", True)]
    client.drop_partition(parted, "t", ["c", "3"], False)
    client.add_partition(partition(client.get_table(parted, "t"), ["c", "3"]))
    assert listed(client, on_partition(parted, "c", "3")) == []
    with pytest.raises(hms.MetaException):
        change(client, GRANT, privilege(on_partition(parted, "no", "9"), "bob", "select"))
    with pytest.raises(hms.MetaException):
        change(client, GRANT, privilege(on_partition(parted, "c"), "bob", "select"))
    gone = hms.HiveObjectRef(
        objectType=hms.HiveObjectType.PARTITION, dbName=parted, objectName="nope", partValues=["c", "3"]
    )
    assert listed(client, gone) == []


def test_partitions_get_the_grants_of_a_table_that_says_so(client, database):
    parameters = {"PARTITION_LEVEL_PRIVILEGE": "TRUE"}
    client.create_table(table(database, "t", keys=[("ds", "string")], parameters=parameters))
    of = client.get_table(database, "t")
    column = hms.HiveObjectRef(
        objectType=hms.HiveObjectType.COLUMN, dbName=database, objectName="t", columnName=of.sd.cols[0].name
    )
    change(client, GRANT, privilege(on_table(database, "t"), "bob", "select", option=True),
           privilege(column, "eve", "update"))
    client.add_partitions([partition(of, ["a"]), partition(of, ["b"])])
    for value in "ab":
        assert listed(client, on_partition(database, value)) == [("bob", "select", True)]
        assert listed(client, on_partition(database, value, column=of.sd.cols[0].name)) == [("eve", "update", False)]
    assert listed(client, on_table(database, "t")) == [("bob", "select", True)]


def test_users_named_in_the_settings_are_admins_from_the_start(skepd_factory, monkeypatch):
    server = skepd_factory(environment={"SKEP_ADMIN_USERS": "ann, bob"})
    for _ in range(2):  # a second start grants nothing twice
        server.start()
        monkeypatch.setenv("SKEP_THRIFT_URL", f"127.0.0.1:{server.thrift_port}")
        with connection() as client:
            grants = client.get_principals_in_role(hms.GetPrincipalsInRoleRequest(roleName="admin")).principalGrants
            assert sorted((grant.principalName, grant.grantOption) for grant in grants) == [("ann", True), ("bob", True)]
        server.stop()
