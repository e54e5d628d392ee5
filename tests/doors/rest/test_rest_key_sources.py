# SPDX-License-Identifier: Apache-2.0
"""Goal: the server's own keys come from where a warehouse says, are changed when they change there, and what is wrong with
them is told apart. Method: a store and an STS in memory that check every signature, session token, expiry and identity token."""
import pytest
from rest_client import SCHEMA, Rest
from strict_store import StrictStore

ROLE = "arn:aws:iam:::role/lake"


@pytest.fixture
def store():
    made = StrictStore()
    yield made
    made.stop()


@pytest.fixture
def token(tmp_path):
    """Sets the identity token as Kubernetes does: another file takes the place of the one before."""
    file = tmp_path / "token"

    def write(text):
        (tmp_path / "next").write_text(text + "\n")
        (tmp_path / "next").rename(file)
    write.file = file
    return write


class Lake:
    """A warehouse in the store, not tried when it is made."""

    def __init__(self, rest, store, name, **storage):
        self.rest, self.name, self.tables = rest, name, f"/v1/{name}/namespaces/default/tables"
        answer = rest.post("/management/v1/warehouses?skipCheck=true", {
            "name": name, "location": f"s3://lake/{name}", "storage": {"endpoint": store.url, **storage}})
        assert answer.status_code == 200, answer.text

    def create(self, name):
        return self.rest.post(self.tables, {"name": name, "schema": SCHEMA})

    def refusal(self, name, status):
        answer = self.create(name)
        assert answer.status_code == status, answer.text
        return answer.json()["error"]["message"]


@pytest.fixture
def lake(rest, store, fresh_name):
    return lambda **storage: Lake(rest, store, fresh_name(), **storage)


def by_token(lake, token, **storage):
    return lake(**{"key-source": "web-identity", "token-file": str(token.file), "role-arn": ROLE, **storage})


def test_a_token_becomes_keys_that_are_used_until_they_near_their_end(store, lake, token):
    token("first-token")
    store.tokens["first-token"] = None
    here = by_token(lake, token)
    assert here.create("a").status_code == 200
    assert here.create("b").status_code == 200
    assert len(store.asked) == 1
    form = store.asked[0]
    assert (form["RoleArn"], form["WebIdentityToken"], form["Version"]) == (ROLE, "first-token", "2011-06-15")
    assert form["RoleSessionName"] and int(form["DurationSeconds"]) >= 900
    assert set(store.used) == {"made-1"}


def test_a_token_that_was_changed_is_read_for_the_next_keys(store, lake, token):
    store.lifetime_s = 60  # less than what is left when keys are made anew: with each request
    token("old-token")
    store.tokens.update({"old-token": None, "new-token": None})
    here = by_token(lake, token)
    assert here.create("a").status_code == 200
    token("new-token")
    store.tokens["old-token"] = (400, "ExpiredTokenException")
    assert here.create("b").status_code == 200
    assert store.asked[0]["WebIdentityToken"] == "old-token" and store.asked[-1]["WebIdentityToken"] == "new-token"
    # STS is away, and the keys of before are still good.
    store.tokens["new-token"] = (503, "ServiceUnavailable")
    before = len(store.asked)
    assert here.create("c").status_code == 200
    assert len(store.asked) > before


def test_keys_that_the_store_calls_expired_are_made_anew(store, lake, token):
    token("t")
    store.tokens["t"] = None
    here = by_token(lake, token)
    assert here.create("a").status_code == 200
    secret, session, _ = store.keys["made-1"]
    store.keys["made-1"] = (secret, session, 0)  # earlier than it was said
    assert here.create("b").status_code == 200
    assert len(store.asked) == 2 and store.used[-1] == "made-2"


def test_what_is_wrong_with_a_token_is_told_apart(store, lake, token):
    here = by_token(lake, token)
    assert "web identity token cannot be read" in here.refusal("a", 403)
    for name, refusal, status in (("expired", (400, "ExpiredTokenException"), 403), ("denied", (403, "AccessDenied"), 403),
                                  ("away", (503, "ServiceUnavailable"), 503)):
        token(name + "-canary")
        store.tokens[name + "-canary"] = refusal
        said = here.refusal("a", status)
        assert refusal[1] in said and "AssumeRoleWithWebIdentity" in said and "canary" not in said
    token("good")
    store.tokens["good"] = None
    assert here.create("a").status_code == 200


def test_an_sts_that_nobody_answers_for_is_away(store, lake, token):
    token("t")
    here = by_token(lake, token, **{"sts-endpoint": "http://127.0.0.1:1"})
    assert "127.0.0.1:1" in here.refusal("a", 503)


def test_keys_by_a_token_make_narrow_keys_for_clients(store, lake, token):
    token("t")
    store.tokens["t"] = None
    here = by_token(lake, token, access="vended")
    assert here.create("a").status_code == 200
    given = here.rest.get(f"{here.tables}/a", headers={"X-Iceberg-Access-Delegation": "vended-credentials"})
    config = given.json()["storage-credentials"][0]["config"]
    # By AssumeRole, which keys by the token had signed.
    assert config["s3.access-key-id"] == f"made-{len(store.roles)}"
    assert store.roles[-1]["Action"] == "AssumeRole" and store.roles[-1]["Policy"]


def test_a_file_of_keys_that_was_changed_is_read_again(store, lake, tmp_path):
    file = tmp_path / "keys"

    def write(name, session):
        (tmp_path / "next").write_text(f"[lake]\naws_access_key_id = {name}\naws_secret_access_key = secret-of-{name}\n"
                                       f"aws_session_token = {session}\n")
        (tmp_path / "next").rename(file)

    write("one", "session-one")
    store.know("one", "session-one")
    here = lake(**{"key-source": "file", "key-file": str(file), "key-profile": "lake"})
    assert here.create("a").status_code == 200
    store.know("two", "session-two")
    store.know("one", "session-one", seconds=-1)
    assert "the keys may have expired" in here.refusal("b", 503)  # of HEAD, which has no words
    read = here.rest.post(here.tables.replace("/tables", "/register"), {
        "name": "b", "metadata-location": f"s3://lake/{here.name}/b/metadata/x.metadata.json"})
    assert read.status_code == 403 and "ExpiredToken" in read.json()["error"]["message"], read.text
    write("two", "session-two")
    assert here.create("b").status_code == 200
    assert store.used[-1] == "two"
    write("two", "session-other")
    assert "session" not in here.refusal("c", 403)
    file.unlink()
    assert "object store's keys cannot be read" in here.refusal("c", 403)


def test_keys_of_the_environment(store, skepd_factory):
    store.know("from-environment", "session")
    server = skepd_factory(environment={
        "AWS_ACCESS_KEY_ID": "from-environment", "AWS_SECRET_ACCESS_KEY": "secret-of-from-environment",
        "AWS_SESSION_TOKEN": "session"}).start()
    here = Lake(Rest(server.rest_url), store, "lake", **{"key-source": "environment"})
    assert here.create("a").status_code == 200
    assert set(store.used) == {"from-environment"}
    server.stop()


def test_hadoops_words_in_a_hive_site_file_reach_the_store(store, skepd_factory, tmp_path):
    store.know("hadoop", "session")
    words = {"hive.metastore.warehouse.dir": "s3a://lake/hadoop", "fs.s3a.endpoint": store.url.removeprefix("http://"),
             "fs.s3a.connection.ssl.enabled": "false", "fs.s3a.path.style.access": "true", "fs.s3a.access.key": "hadoop",
             "fs.s3a.secret.key": "secret-of-hadoop", "fs.s3a.session.token": "session", "fs.s3a.endpoint.region": "",
             "fs.s3a.bucket.lake.endpoint": "elsewhere"}
    site = tmp_path / "hive-site.xml"
    site.write_text("<configuration>" + "".join(f"<property><name>{name}</name><value>{value}</value></property>"
                                                for name, value in words.items()) + "</configuration>")
    server = skepd_factory(arguments=["--hive-site", str(site)]).start()
    answer = Rest(server.rest_url).post("/v1/namespaces/default/tables", {"name": "t", "schema": SCHEMA})
    assert answer.status_code == 200, answer.text
    assert answer.json()["metadata"]["location"].startswith(("s3a://lake/hadoop", "s3://lake/hadoop"))
    assert set(store.used) == {"hadoop"}
    log = server.log_text()
    assert "fs.s3a.bucket.lake.endpoint does not apply" in log and "fs.s3a.connection" not in log
    assert "secret-of-hadoop" not in log
    server.stop()
