# SPDX-License-Identifier: Apache-2.0
"""What clients are given for the files of a table, in each mode of a warehouse. Against a store and an STS in memory."""
import json
import time

import pytest
from fake_store import FakeStore
from rest_client import SCHEMA, Rest

BOTH = {"X-Iceberg-Access-Delegation": "vended-credentials,remote-signing"}
KEYS = {"X-Iceberg-Access-Delegation": "vended-credentials"}
SECRET = "own-secret-of-the-server"


@pytest.fixture(scope="module")
def store():
    made = FakeStore()
    yield made
    made.stop()


class Place:
    """A catalog with a warehouse of its own in the store, and a namespace "n" there."""

    def __init__(self, rest, store, name, access, directory, **storage):
        keys = directory / f"{name}.keys"
        keys.write_text(f"[default]\naws_access_key_id = own-key\naws_secret_access_key = {SECRET}\n")
        self.rest, self.store, self.name, self.directory = rest, store, name, directory
        body = {"name": name, "location": f"s3://lake/{name}", "storage": {
            "endpoint": store.url, "path-style": True, "access": access, "key-source": "file", "key-file": str(keys),
            **storage}}
        if access == "vended":
            body["storage"]["role-arn"] = "arn:aws:iam:::role/lake"
        answer = rest.post("/management/v1/warehouses?skipCheck=true", body)
        assert answer.status_code == 200, answer.text
        answer = rest.post(f"/v1/{name}/namespaces", {"namespace": ["n"]})
        assert answer.status_code == 200, answer.text
        self.tables = f"/v1/{name}/namespaces/n/tables"

    def alter(self, **members):
        answer = self.rest.post(f"/management/v1/warehouses/{self.name}?skipCheck=true", members)
        assert answer.status_code == 200, answer.text

    def create(self, table="t", headers=None, **members):
        return self.rest.post(self.tables, {"name": table, "schema": SCHEMA, **members}, headers=headers or {})

    def load(self, table="t", headers=None):
        return self.rest.get(f"{self.tables}/{table}", headers=headers or {})

    def sign(self, uri, method="GET", table="t", headers=None, path=None, **members):
        return self.rest.post(path or f"{self.tables}/{table}/sign", {
            "region": "us-east-1", "uri": self.store.url + uri, "method": method, "headers": headers or {}, **members})


@pytest.fixture
def place(rest, store, fresh_name, tmp_path):
    return lambda access, **storage: Place(rest, store, fresh_name(), access, tmp_path, **storage)


def test_no_mode_gives_anything_unasked(place):
    for access in ("none", "static", "vended", "signed"):
        here = place(access)
        assert here.create().json()["config"] == {}
        body = here.load().json()
        assert body["config"] == {} and "storage-credentials" not in body and "remote-signing-config" not in body


def test_vended_keys_come_with_create_load_plan_and_refresh(place, store):
    here = place("vended", region="eu-x")
    before = len(store.roles)
    created = here.create(headers=KEYS)
    assert created.headers["Cache-Control"] == "no-store"
    config = created.json()["config"]
    assert config["s3.access-key-id"] == f"made-{before + 1}"
    assert config["s3.session-token"] == f"made-token-{before + 1}"
    assert config["s3.endpoint"] == store.url and config["client.region"] == "eu-x"
    assert config["s3.path-style-access"] == "true"
    assert config["client.refresh-credentials-endpoint"] == here.tables[1:] + "/t/credentials"
    assert int(config["s3.session-token-expires-at-ms"]) > (time.time() + 1800) * 1000
    [credential] = created.json()["storage-credentials"]
    location = created.json()["metadata"]["location"]
    assert credential["prefix"] == location + "/"
    assert credential["config"]["s3.secret-access-key"] == f"made-secret-{before + 1}"

    policy = json.loads(store.roles[-1]["Policy"])
    key = location.removeprefix("s3://")
    assert policy["Statement"][0]["Resource"] == [f"arn:aws:s3:::{key}/*"]
    assert store.roles[-1]["RoleArn"] == "arn:aws:iam:::role/lake"

    assert here.load(headers=BOTH).json()["storage-credentials"] == [credential]
    refreshed = here.rest.get(f"{here.tables}/t/credentials")
    assert refreshed.json()["storage-credentials"] == [credential]
    assert refreshed.headers["Cache-Control"] == "no-store"
    planned = here.rest.post(f"{here.tables}/t/plan", {}, headers=KEYS)
    assert planned.json()["storage-credentials"] == [credential]
    assert "storage-credentials" not in here.rest.post(f"{here.tables}/t/plan", {}).json()
    assert len(store.roles) == before + 1  # one call of STS for all of them
    assert SECRET not in created.text + refreshed.text + planned.text


def test_registered_and_staged_tables_have_keys_too(place):
    here = place("vended")
    location = here.create().json()["metadata-location"]
    assert here.rest.delete(f"{here.tables}/t").status_code == 204
    registered = here.rest.post(here.tables.replace("/tables", "/register"), {
        "name": "r", "metadata-location": location}, headers=KEYS)
    assert registered.json()["config"]["s3.access-key-id"].startswith("made-")
    staged = here.create("s", headers=KEYS, **{"stage-create": True})
    assert staged.json()["storage-credentials"][0]["prefix"] == staged.json()["metadata"]["location"] + "/"


def test_places_beside_the_table_are_opened_with_it(place, store):
    here = place("vended")
    answer = here.create(headers=KEYS, properties={"write.data.path": f"s3://lake/{here.name}/data/x"})
    assert answer.status_code == 200, answer.text
    resources = json.loads(store.roles[-1]["Policy"])["Statement"][0]["Resource"]
    assert f"arn:aws:s3:::lake/{here.name}/data/x/*" in resources and len(resources) == 2
    assert answer.json()["storage-credentials"][0]["prefix"] == f"s3://lake/{here.name}/"


def test_unchanged_is_said_only_while_the_keys_last(place, store):
    here = place("vended")
    here.create()
    plain = here.load().headers["ETag"]
    keyed = here.load(headers=KEYS).headers["ETag"]
    assert plain != keyed
    assert here.load(headers={"If-None-Match": plain}).status_code == 304
    answer = here.load(headers={**KEYS, "If-None-Match": keyed})
    assert answer.status_code == 304 and answer.headers["ETag"] == keyed
    # Without keys, with other keys or with ones that are as good as gone, the answer is whole.
    assert here.load(headers={"If-None-Match": keyed}).status_code == 200
    assert here.load(headers={**KEYS, "If-None-Match": plain}).status_code == 200
    start = keyed[:keyed.index("-k")]
    for left_s, status in ((-10, 200), (200, 200), (400, 304)):
        tag = f'{start}-k{int((time.time() + left_s) * 1000):x}"'
        assert here.load(headers={**KEYS, "If-None-Match": tag}).status_code == status, left_s
    assert here.load(headers={**KEYS, "If-None-Match": start + '-kx"'}).status_code == 200


def test_an_sts_that_is_away_fails_a_load_and_no_create(place, store):
    here = place("vended")
    store.sts_status = 503
    try:
        created = here.create(headers=KEYS)
        assert created.status_code == 200 and created.json()["config"] == {}
        loaded = here.load(headers=KEYS)
        assert loaded.status_code == 503, loaded.text
        assert here.load().status_code == 200
        staged = here.create("s", headers=KEYS, **{"stage-create": True})
        assert staged.status_code == 503
        store.sts_status = 403
        assert here.load(headers=KEYS).status_code == 403
    finally:
        store.sts_status = 200
    assert here.load(headers=KEYS).status_code == 200


def test_a_place_that_was_taken_away_is_given_to_nobody(place):
    for access in ("static", "vended", "signed"):
        here = place(access)
        here.alter(**{"allowed-prefixes": ["s3://lake/more-" + here.name]})
        location = f"s3://lake/more-{here.name}/t"
        assert here.create(location=location).status_code == 200
        assert here.load(headers=BOTH).status_code == 200
        here.alter(**{"allowed-prefixes": []})
        time.sleep(1.1)  # for so long a warehouse is not looked up again
        assert here.load(headers=BOTH).status_code == 403, access
        assert here.rest.get(f"{here.tables}/t/credentials").status_code == 403, access
        if access == "signed":
            assert here.sign(f"/lake/more-{here.name}/t/data/x").status_code == 403


def test_the_whole_warehouse_is_given_to_nobody(place):
    here = place("vended")
    made = here.create("w", location=f"s3://lake/{here.name}")
    if made.status_code == 200:
        assert here.load("w", headers=KEYS).status_code == 403


def test_names_that_no_policy_can_hold_are_refused_with_the_reason(place):
    here = place("vended")
    for odd in ("a*", "a?", "a${aws:username}"):
        assert here.create(odd[:1] + "x", location=f"s3://lake/{here.name}/{odd}").status_code == 200
        answer = here.load(odd[:1] + "x", headers=KEYS)
        assert answer.status_code == 403 and "narrowed" in answer.json()["error"]["message"]
        here.rest.delete(f"{here.tables}/{odd[:1]}x")


def test_static_keys_are_the_servers_own(place):
    here = place("static")
    here.create()
    answer = here.load(headers=KEYS)
    config = answer.json()["config"]
    assert config["s3.access-key-id"] == "own-key" and config["s3.secret-access-key"] == SECRET
    assert "s3.session-token" not in config and "client.refresh-credentials-endpoint" not in config
    assert answer.headers["Cache-Control"] == "no-store"
    tag = answer.headers["ETag"]
    assert here.load(headers={**KEYS, "If-None-Match": tag}).status_code == 304
    signing_alone = here.load(headers={"X-Iceberg-Access-Delegation": "remote-signing"})
    assert signing_alone.json()["config"] == {}


def test_nothing_is_given_where_clients_bring_their_own(place):
    here = place("none")
    here.create(headers=BOTH)
    assert here.load(headers=BOTH).json()["config"] == {}
    assert here.rest.get(f"{here.tables}/t/credentials").json() == {"storage-credentials": []}
    assert here.sign(f"/lake/{here.name}/n.db/t/x").status_code == 406


def test_signatures_say_where_they_are_had_and_nothing_secret(place):
    here = place("signed")
    answer = here.create(headers=KEYS)
    config = answer.json()["config"]
    assert config["s3.remote-signing-enabled"] == "true"
    assert config["s3.signer.endpoint"] == config["signer.endpoint"] == here.tables[1:] + "/t/sign"
    assert config["s3.signer"] == "S3V4RestSigner"
    assert answer.json()["remote-signing-config"] == {"properties": {}}
    assert "storage-credentials" not in answer.json() and SECRET not in answer.text and "own-key" not in answer.text
    assert here.rest.get(f"{here.tables}/t/credentials").json() == {"storage-credentials": []}


def test_requests_within_the_table_are_signed(place):
    here = place("signed")
    key = here.create().json()["metadata"]["location"].removeprefix("s3:/")
    answer = here.sign(f"{key}/data/x.parquet", headers={"Range": ["bytes=0-9"], "amz-sdk-request": ["attempt=1"]})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "private"
    body = answer.json()
    assert body["uri"] == f"{here.store.url}{key}/data/x.parquet"
    [authorization] = [value[0] for name, value in body["headers"].items() if name.lower() == "authorization"]
    assert "Credential=own-key/" in authorization and "range" not in authorization
    assert body["headers"]["Range"] == ["bytes=0-9"]
    assert here.sign(f"{key}/data/y", "PUT").headers["Cache-Control"] == "no-cache"
    listing = f"{key.split('/')[0]}/{key.split('/')[1]}?list-type=2&prefix={key.split('/', 2)[2]}/"
    assert here.sign(listing).status_code == 200
    delete = f"<Delete><Object><Key>{key.split('/', 2)[2]}/data/y</Key></Object></Delete>"
    assert here.sign("/lake?delete", "POST", body=delete).status_code == 200


def test_requests_outside_the_table_are_not_signed(place):
    here = place("signed")
    key = here.create().json()["metadata"]["location"].removeprefix("s3:/")
    here.create("t2")
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        for uri in (f"{key}2/x", f"{key}0/x", f"{key}/../t2/x", f"{key}/%2e%2e/t2/x", "/lake/x", f"{key}/x?acl",
                    "/other" + key + "/x"):
            assert here.sign(uri, method).status_code in (400, 403), (method, uri)
    assert here.sign("/lake?list-type=2&prefix=").status_code == 403
    assert here.sign(f"{key}/x", "PUT", headers={"x-amz-acl": ["public-read"]}).status_code == 403
    assert here.sign(f"{key}/x", "PUT", headers={"x-amz-copy-source": [f"{key}2/x"]}).status_code == 403
    assert here.sign("/lake?delete", "POST").status_code == 403  # whose body nobody has seen
    other = here.rest.post(f"{here.tables}/t/sign", {
        "region": "x", "uri": f"http://elsewhere{key}/x", "method": "GET", "headers": {}})
    assert other.status_code == 400
    assert here.sign(f"{key}/x", table="gone").status_code == 404


def test_who_drops_a_table_first_may_delete_its_files_then(place):
    here = place("signed")
    key = here.create().json()["metadata"]["location"].removeprefix("s3:/")
    prefix = key.removeprefix("/lake/")

    def batch(*names):
        keys = "".join(f"<Object><Key>{name}</Key></Object>" for name in names)
        return here.sign("/lake?delete", "POST", body=f"<Delete>{keys}</Delete>").status_code

    def codes():
        return [here.sign(f"{key}/data/x", method).status_code for method in ("GET", "HEAD", "DELETE", "PUT")]

    assert codes() == [200, 200, 200, 200] and batch(f"{prefix}/data/x") == 200
    assert here.rest.delete(f"{here.tables}/t").status_code == 204
    assert codes() == [200, 200, 200, 404] and batch(f"{prefix}/data/x") == 200
    assert batch(f"{prefix}/data/x", f"{prefix}0/data/x") == 403
    assert here.sign(f"{key}/data/x?uploads", "POST").status_code == 404
    assert here.sign(f"{key}0/data/x", "DELETE").status_code == 403
    assert here.sign(f"{key}/data/x", "DELETE", table="other").status_code == 404
    # Not once another table lies there, and not when it was purged by the server.
    assert here.create("other", location=f"s3:/{key}").status_code == 200
    assert here.sign(f"{key}/data/x", "DELETE").status_code == 403
    assert here.rest.delete(f"{here.tables}/other?purgeRequested=true").status_code == 204
    assert here.sign(f"{key}/data/x", "DELETE", table="other").status_code == 404


def test_the_place_of_an_object_says_whose_request_it_is(place, rest):
    here = place("signed")
    path = f"/v1/{here.name}/aws/s3/sign"
    key = here.create().json()["metadata"]["location"].removeprefix("s3:/")
    bucket, prefix = "/lake", key.removeprefix("/lake/")
    answer = here.sign(f"{key}/data/x.parquet", path=path, properties={})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "private"
    assert any(name.lower() == "authorization" for name in answer.json()["headers"])
    assert here.sign(f"{key}/data/y", "PUT", path=path).headers["Cache-Control"] == "no-cache"
    assert here.sign(f"{bucket}?list-type=2&prefix={prefix}/", path=path).status_code == 200
    keys = "".join(f"<Object><Key>{prefix}{name}</Key></Object>" for name in ("/a", "/b"))
    assert here.sign(f"{bucket}?delete", "POST", path=path, body=f"<Delete>{keys}</Delete>").status_code == 200
    keys += f"<Object><Key>{prefix}2/b</Key></Object>"
    assert here.sign(f"{bucket}?delete", "POST", path=path, body=f"<Delete>{keys}</Delete>").status_code == 403
    assert here.sign(f"{bucket}?delete", "POST", path=path).status_code == 403
    for uri in (f"{key}2/x", "/lake/x", f"{bucket}?list-type=2&prefix=", f"{key}/x?acl", f"/other{key}/x"):
        assert here.sign(uri, path=path).status_code == 403, uri
    assert here.sign(f"{key}/%2e%2e/x", path=path).status_code == 400
    assert here.sign(f"{key}/x", "PUT", path=path, headers={"x-amz-acl": ["public-read"]}).status_code == 403
    assert here.sign(f"{key}/x", path="/v1/nocatalog/aws/s3/sign").status_code == 404
    endpoints = rest.get("/v1/config").json()["endpoints"]
    assert not any("aws/s3/sign" in endpoint for endpoint in endpoints)

    # From before the warehouse signed: a table within another's place has its own; two at one place have none.
    here.alter(storage={"access": "none"})
    for name in ("inner", "twin"):
        assert here.create(name, location=f"s3:/{key}/in").status_code == 200
        here.alter(storage={"access": "signed"})
        assert here.sign(f"{key}/in/x", path=path).status_code == (200 if name == "inner" else 403)
        assert here.sign(f"{bucket}?delete", "POST", path=path, body=f"<Delete><Object><Key>{prefix}/in/a</Key></Object>"
                         f"<Object><Key>{prefix}/b</Key></Object></Delete>").status_code == 403
        here.alter(storage={"access": "none"})
    assert place("vended").sign(f"{key}/x", path=path.replace(here.name, "hive")).status_code == 406


def test_a_staged_table_is_signed_for_by_what_its_create_answered(place):
    here = place("signed")
    staged = here.create("s", headers=BOTH, **{"stage-create": True})
    key = staged.json()["metadata"]["location"].removeprefix("s3:/")
    path = "/" + staged.json()["config"]["s3.signer.endpoint"]
    assert staged.headers["Cache-Control"] == "no-store"
    assert here.sign(f"{key}/data/x", "PUT").status_code == 404
    assert here.sign(f"{key}/data/x", "PUT", path=path).status_code == 200
    assert here.sign(f"{key}/data/x", "PUT", path=path.split("?")[0], table="s",
                     properties=staged.json()["remote-signing-config"]["properties"]).status_code == 200
    assert here.sign(f"{key}2/data/x", "PUT", path=path).status_code == 403
    assert here.sign(f"{key}/data/x", "PUT", path=path.replace("/s/sign", "/other/sign")).status_code == 403
    assert here.sign(f"{key}/data/x", "PUT", path=path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 403
    assert here.sign(f"{key}/data/x", "PUT", path=path.split("~")[0]).status_code == 403


def test_no_key_of_a_store_is_kept_with_an_idempotent_answer(place, store):
    here = place("vended")
    key = {"Idempotency-Key": "01890a5d-ac96-774b-bcce-b302099a8057"[:-4] + f"{len(store.roles) % 9999:04d}", **KEYS}
    for name, members in (("t", {}),):
        first = here.create(name, headers=key, **members).json()
        again = here.create(name, headers=key, **members).json()
        assert again == first and again["config"]["s3.access-key-id"].startswith("made-")
    staged = {**key, "Idempotency-Key": key["Idempotency-Key"].replace("01890a5d", "01890a5e")}
    first = here.create("s", headers=staged, **{"stage-create": True}).json()
    assert here.create("s", headers=staged, **{"stage-create": True}).json() == first
    assert first["config"]["s3.access-key-id"].startswith("made-")


def test_what_was_given_is_counted(place, management_url):
    here = place("static")
    here.create()
    here.load(headers=KEYS)
    text = Rest(management_url).get("/metrics").text
    assert 'skep_vended_credentials_total{mode="static"}' in text
