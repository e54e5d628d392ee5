# SPDX-License-Identifier: Apache-2.0
"""Goal: resource plans keep the rules that HiveServer2 counts on: one active plan, edits of disabled plans alone, and no
plan enabled that is not sound. Method: each method against a running server, in a cluster namespace of the test's own."""
import pytest

from hms_client import hms, message_of, unique

ACTIVE, ENABLED, DISABLED = 1, 2, 3


class Plans:
    def __init__(self, client):
        self.client = client
        self.ns = unique("ns")

    def create(self, name, parallelism=None, copy_from=None):
        plan = hms.WMResourcePlan(name=name, queryParallelism=parallelism, ns=self.ns)
        self.client.create_resource_plan(hms.WMCreateResourcePlanRequest(resourcePlan=plan, copyFrom=copy_from))

    def get(self, name):
        return self.client.get_resource_plan(hms.WMGetResourcePlanRequest(resourcePlanName=name, ns=self.ns)).resourcePlan

    def active(self):
        return self.client.get_active_resource_plan(hms.WMGetActiveResourcePlanRequest(ns=self.ns)).resourcePlan

    def statuses(self):
        plans = self.client.get_all_resource_plans(hms.WMGetAllResourcePlanRequest(ns=self.ns)).resourcePlans
        return {p.name: p.status for p in plans}

    def alter(self, plan, activate=False, deactivate=False, replace=False, **changes):
        return self.client.alter_resource_plan(hms.WMAlterResourcePlanRequest(
            resourcePlanName=plan, ns=self.ns, resourcePlan=hms.WMNullableResourcePlan(**changes),
            isEnableAndActivate=activate, isForceDeactivate=deactivate, isReplace=replace)).fullResourcePlan

    def pool(self, plan, path, fraction=0.5, parallelism=2, policy=None):
        self.client.create_wm_pool(hms.WMCreatePoolRequest(pool=hms.WMPool(
            resourcePlanName=plan, poolPath=path, allocFraction=fraction, queryParallelism=parallelism,
            schedulingPolicy=policy, ns=self.ns)))

    def alter_pool(self, plan, path, **changes):
        changes.setdefault("poolPath", path)
        self.client.alter_wm_pool(hms.WMAlterPoolRequest(
            pool=hms.WMNullablePool(resourcePlanName=plan, ns=self.ns, **changes), poolPath=path))

    def drop_pool(self, plan, path):
        self.client.drop_wm_pool(hms.WMDropPoolRequest(resourcePlanName=plan, poolPath=path, ns=self.ns))

    def trigger(self, plan, name, condition="BYTES_READ > 1", action="KILL"):
        self.client.create_wm_trigger(hms.WMCreateTriggerRequest(trigger=hms.WMTrigger(
            resourcePlanName=plan, triggerName=name, triggerExpression=condition, actionExpression=action, ns=self.ns)))

    def tie(self, plan, trigger, pool, drop=False):
        self.client.create_or_drop_wm_trigger_to_pool_mapping(hms.WMCreateOrDropTriggerToPoolMappingRequest(
            resourcePlanName=plan, triggerName=trigger, poolPath=pool, drop=drop, ns=self.ns))

    def map(self, plan, kind, name, pool, update=False, ordering=None):
        self.client.create_or_update_wm_mapping(hms.WMCreateOrUpdateMappingRequest(update=update, mapping=hms.WMMapping(
            resourcePlanName=plan, entityType=kind, entityName=name, poolPath=pool, ordering=ordering, ns=self.ns)))

    def unmap(self, plan, kind, name):
        self.client.drop_wm_mapping(hms.WMDropMappingRequest(mapping=hms.WMMapping(
            resourcePlanName=plan, entityType=kind, entityName=name, ns=self.ns)))

    def validate(self, name):
        answer = self.client.validate_resource_plan(hms.WMValidateResourcePlanRequest(resourcePlanName=name, ns=self.ns))
        return answer.errors, answer.warnings

    def drop(self, name):
        self.client.drop_resource_plan(hms.WMDropResourcePlanRequest(resourcePlanName=name, ns=self.ns))


@pytest.fixture
def plans(client):
    return Plans(client)


def test_no_plan_is_active_at_first(plans):
    assert plans.active() is None
    assert plans.statuses() == {}


def test_a_new_plan_is_disabled_and_has_a_default_pool(plans):
    plans.create("Plan", parallelism=7)
    full = plans.get("PLAN")
    assert (full.plan.name, full.plan.status, full.plan.queryParallelism) == ("plan", DISABLED, 7)
    assert (full.plan.defaultPoolPath, full.plan.ns) == ("default", plans.ns)
    assert [(p.poolPath, p.allocFraction, p.queryParallelism) for p in full.pools] == [("default", 1.0, 4)]


def test_plans_need_a_name_of_their_own_and_positive_parallelism(plans):
    plans.create("p")
    with pytest.raises(hms.AlreadyExistsException):
        plans.create("P")
    for name, parallelism in (("", None), ("  ", None), ("q", 0), ("q", -1)):
        with pytest.raises(hms.InvalidObjectException):
            plans.create(name, parallelism)


def test_a_missing_plan_is_told_by_name_and_namespace(plans):
    with pytest.raises(hms.NoSuchObjectException) as failure:
        plans.get("X")
    assert message_of(failure.value) == f"There is no resource plan named: x in {plans.ns}"
    with pytest.raises(hms.NoSuchObjectException):
        plans.drop("x")
    with pytest.raises(hms.NoSuchObjectException):
        plans.trigger("x", "t")


def test_one_plan_at_most_is_active(plans):
    for name in ("a", "b"):
        plans.create(name)
    with pytest.raises(hms.InvalidOperationException):
        plans.alter("a", status=ACTIVE)
    assert plans.alter("a", status=ENABLED) is None
    assert plans.alter("a", status=ACTIVE).plan.status == ACTIVE
    assert plans.alter("b", activate=True, status=ACTIVE).plan.name == "b"
    assert plans.statuses() == {"a": ENABLED, "b": ACTIVE}
    assert plans.active().plan.name == "b"
    with pytest.raises(hms.InvalidOperationException):
        plans.alter("b", status=ENABLED)
    with pytest.raises(hms.InvalidOperationException):
        plans.drop("b")
    assert plans.alter(None, deactivate=True, status=ENABLED) is None
    assert plans.active() is None


def test_a_plan_that_is_not_sound_is_not_enabled(plans):
    plans.create("p", parallelism=3)
    plans.pool("p", "etl", fraction=0.5, parallelism=2)
    errors, warnings = plans.validate("p")
    assert len(errors) == 2 and "exceeds resource plan query parallelism: 3" in errors[0]
    with pytest.raises(hms.InvalidOperationException):
        plans.alter("p", status=ENABLED)
    plans.alter_pool("p", "default", allocFraction=0.5, queryParallelism=1)
    assert plans.validate("p") == ([], [])
    plans.alter("p", isSetQueryParallelism=True, queryParallelism=9)
    assert len(plans.validate("p")[1]) == 1
    plans.alter("p", status=ENABLED)


def test_only_a_disabled_plan_is_edited(plans):
    plans.create("p")
    plans.alter("p", status=ENABLED)
    with pytest.raises(hms.InvalidOperationException):
        plans.drop_pool("p", "default")
    with pytest.raises(hms.InvalidOperationException):
        plans.alter("p", name="q")
    with pytest.raises(hms.InvalidOperationException):
        plans.alter("p", status=DISABLED, name="q")
    plans.alter("p", status=DISABLED)
    plans.alter("p", name="q", isSetDefaultPoolPath=True)
    assert plans.get("q").plan.defaultPoolPath is None
    with pytest.raises(hms.NoSuchObjectException):
        plans.alter("q", isSetDefaultPoolPath=True, defaultPoolPath="nope")


def test_a_moved_pool_takes_all_below_it_along(plans):
    plans.create("p")
    plans.pool("p", "default.a")
    plans.pool("p", "default.a.b", policy="fifo")
    plans.trigger("p", "T")
    plans.tie("p", "t", "default.a.b")
    plans.map("p", "user", "Ann", "default.a.b", ordering=3)
    plans.alter_pool("p", "default", poolPath="main")
    full = plans.get("p")
    assert [p.poolPath for p in full.pools] == ["main", "main.a", "main.a.b"]
    assert full.plan.defaultPoolPath == "main"
    assert [(t.pool, t.trigger) for t in full.poolTriggers] == [("main.a.b", "t")]
    assert [(m.entityType, m.entityName, m.poolPath, m.ordering) for m in full.mappings] == [
        ("USER", "ann", "main.a.b", 3)]
    for path in ("main.a.c", "other.a"):
        with pytest.raises((hms.NoSuchObjectException, hms.InvalidObjectException)):
            plans.alter_pool("p", "main.a", poolPath=path if path == "other.a" else "main.a.b.c")


def test_pools_are_checked(plans):
    plans.create("p")
    with pytest.raises(hms.AlreadyExistsException):
        plans.pool("p", "default")
    with pytest.raises(hms.NoSuchObjectException):
        plans.pool("p", "no.parent")
    for path, policy in (("", None), ("default..x", None), ("x", "random")):
        with pytest.raises((hms.InvalidObjectException, hms.MetaException)):
            plans.pool("p", path, policy=policy)
    plans.pool("p", "x")
    plans.pool("p", "x.y")
    plans.map("p", "GROUP", "g", "x.y")
    for path in ("default", "x", "x.y"):
        with pytest.raises(hms.InvalidOperationException):
            plans.drop_pool("p", path)
    plans.unmap("p", "group", "G")
    plans.drop_pool("p", "x.y")
    plans.drop_pool("p", "x")
    with pytest.raises(hms.NoSuchObjectException):
        plans.drop_pool("p", "x")


def test_triggers_are_kept_and_tied_to_pools(plans):
    plans.create("p")
    plans.trigger("p", "Big")
    with pytest.raises(hms.AlreadyExistsException):
        plans.trigger("p", "big")
    plans.client.alter_wm_trigger(hms.WMAlterTriggerRequest(trigger=hms.WMTrigger(
        resourcePlanName="p", triggerName="big", actionExpression="MOVE TO x", isInUnmanaged=True, ns=plans.ns)))
    request = hms.WMGetTriggersForResourePlanRequest(resourcePlanName="p", ns=plans.ns)
    kept = plans.client.get_triggers_for_resourceplan(request).triggers
    assert [(t.triggerName, t.triggerExpression, t.actionExpression, t.isInUnmanaged) for t in kept] == [
        ("big", "BYTES_READ > 1", "MOVE TO x", True)]
    for _ in range(2):
        plans.tie("p", "big", "default")
    assert [(t.pool, t.trigger) for t in plans.get("p").poolTriggers] == [("default", "big")]
    plans.tie("p", "big", "default", drop=True)
    assert not plans.get("p").poolTriggers
    with pytest.raises(hms.NoSuchObjectException):
        plans.tie("p", "big", "nope")
    drop = hms.WMDropTriggerRequest(resourcePlanName="p", triggerName="big", ns=plans.ns)
    plans.client.drop_wm_trigger(drop)
    with pytest.raises(hms.NoSuchObjectException):
        plans.client.drop_wm_trigger(drop)


def test_mappings_are_put_and_dropped(plans):
    plans.create("p")
    plans.map("p", "USER", "ann", "default")
    with pytest.raises(hms.AlreadyExistsException):
        plans.map("p", "user", "ANN", "default")
    plans.map("p", "user", "ann", None, update=True)
    assert [(m.entityName, m.poolPath) for m in plans.get("p").mappings] == [("ann", None)]
    with pytest.raises(hms.NoSuchObjectException):
        plans.map("p", "user", "bob", "default", update=True)
    with pytest.raises(hms.InvalidObjectException):
        plans.map("p", "robot", "r2", "default")
    plans.unmap("p", "user", "ann")
    with pytest.raises(hms.NoSuchObjectException):
        plans.unmap("p", "user", "ann")


def test_a_copy_has_all_that_its_source_has(plans):
    plans.create("p", parallelism=6)
    plans.pool("p", "x")
    plans.trigger("p", "t")
    plans.tie("p", "t", "x")
    plans.map("p", "APPLICATION", "app", "x")
    plans.create("q", copy_from="P")
    before, after = plans.get("p"), plans.get("q")
    assert (after.plan.queryParallelism, after.plan.defaultPoolPath) == (6, "default")
    for part in ("pools", "triggers", "mappings", "poolTriggers"):
        assert len(getattr(before, part)) == len(getattr(after, part)) > 0
    with pytest.raises(hms.InvalidObjectException):
        plans.create("r", copy_from="nope")


def test_a_replaced_plan_gives_its_name_and_status(plans):
    for name in ("live", "next"):
        plans.create(name)
    plans.alter("live", activate=True, status=ACTIVE)
    plans.alter("next", isSetQueryParallelism=True, queryParallelism=4)
    answer = plans.alter("next", replace=True, status=ACTIVE)
    assert (answer.plan.name, answer.plan.status, answer.plan.queryParallelism) == ("live", ACTIVE, 4)
    old = [name for name in plans.statuses() if name.startswith("live_old_")]
    assert len(old) == 1 and plans.statuses()[old[0]] == DISABLED
    with pytest.raises(hms.InvalidOperationException):
        plans.alter("live", replace=True, name="live")
    with pytest.raises(hms.InvalidOperationException):
        plans.alter(None, replace=True, name="live")


def test_namespaces_do_not_see_one_another(plans, client):
    other = Plans(client)
    plans.create("p")
    other.create("p")
    plans.alter("p", activate=True, status=ACTIVE)
    assert other.active() is None
    with pytest.raises(hms.InvalidOperationException):
        plans.alter("p", ns=other.ns, status=ENABLED, deactivate=True)
    plans.alter(None, deactivate=True, status=DISABLED)
    plans.drop("p")
    assert (plans.statuses(), other.statuses()) == ({}, {"p": DISABLED})
