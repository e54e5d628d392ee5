# SPDX-License-Identifier: Apache-2.0
"""How a store is reached: buckets as names of hosts, and TLS by an authority that the system does not know. The gateway is
real, its names end in .localhost, and its certificate is of the tests' own authority. One server; each store is a warehouse."""
import pyarrow as pa
import pytest
import requests

from storage.conftest import keys_below, store_environment
from storage.rgw import make_certificate

ROWS = pa.table({"id": pa.array([1, 2, 3], pa.int64())})
SCHEMA = {"type": "struct", "fields": [{"id": 1, "name": "id", "type": "long", "required": False}]}
VENDED = {"X-Iceberg-Access-Delegation": "vended-credentials"}


@pytest.fixture(scope="module")
def server(gateway, bucket, skepd_factory, tmp_path_factory):
    server = skepd_factory(environment=store_environment(gateway, f"s3://{bucket}/addresses-home")).start()
    server.keys = tmp_path_factory.mktemp("keys") / "keys"
    server.keys.write_text(f"[default]\naws_access_key_id={gateway.access_key}\naws_secret_access_key={gateway.secret_key}\n")
    return server


@pytest.fixture
def make_warehouse(server, gateway, bucket):
    """The answer to POST; what is made is tried by the server first."""
    def make(name, **storage):
        profile = {"endpoint": gateway.endpoint, "key-source": "file", "key-file": str(server.keys), "role-arn": gateway.role}
        profile.update({key.replace("_", "-"): value for key, value in storage.items()})
        return requests.post(f"{server.rest_url}/management/v1/warehouses", timeout=60, json={
            "name": name, "location": f"s3://{bucket}/addresses/{name}", "storage": profile})
    return make


def make_table(server, warehouse, name):
    answer = requests.post(f"{server.rest_url}/v1/{warehouse}/namespaces/default/tables", timeout=60,
                           json={"name": name, "schema": SCHEMA})
    assert answer.status_code == 200, answer.text
    return answer.json()["metadata"]["location"]


def assert_refused(answer, *said):
    assert answer.status_code in (422, 503), answer.text
    message = answer.json()["error"]["message"]
    assert all(words in message for words in said), message


def test_buckets_as_names_of_hosts(server, make_warehouse, iceberg, gateway, objects, bucket):
    made = make_warehouse("by-host", endpoint=gateway.named_endpoint, path_style=False)
    assert made.status_code == 200, made.text
    catalog = iceberg(server, warehouse="by-host")
    table = catalog.create_table("default.t", ROWS.schema)
    table.append(ROWS)
    assert catalog.load_table("default.t").scan().to_arrow().num_rows == 3
    # The gateway takes either form: its log says which one the server sent.
    place = table.location().removeprefix(f"s3://{bucket}/")
    paths = [line.split('"')[1].split()[1] for line in gateway.access_log() if '"skepd/' in line and place in line]
    assert any(path.startswith(f"/{place}/metadata/") for path in paths)
    assert not any(path.startswith(f"/{bucket}/") for path in paths)
    # Listings and batches of deletions have nothing but the host to say which bucket.
    requests.delete(f"{server.rest_url}/v1/by-host/namespaces/default/tables/t?purgeRequested=true", timeout=30)
    gateway.wait_until(lambda: keys_below(objects, table.location()) == [])


def test_signatures_for_buckets_as_names_of_hosts(server, make_warehouse, gateway, bucket):
    made = make_warehouse("by-host-signed", endpoint=gateway.named_endpoint, path_style=False, access="signed")
    assert made.status_code == 200, made.text
    key, other = (make_table(server, "by-host-signed", name).removeprefix(f"s3://{bucket}/") for name in ("t", "t1"))
    host = f"{bucket}.{gateway.named_endpoint.removeprefix('http://')}"

    def sign(method, path):
        return requests.post(f"{server.rest_url}/v1/by-host-signed/namespaces/default/tables/t/sign", timeout=30, json={
            "method": method, "region": "us-east-1", "uri": f"http://{host}/{path}", "headers": {}})

    def send(method, path, **options):
        answer = sign(method, path)
        assert answer.status_code == 200, answer.text
        headers = {name: values[0] for name, values in answer.json()["headers"].items()}
        # By address: not every resolver knows the name, which the Host header says.
        uri = answer.json()["uri"].replace(f"//{host}", f"//127.0.0.1:{gateway.port}")
        return requests.request(method, uri, headers={**headers, "Host": host}, timeout=30, **options)

    assert send("PUT", f"{key}/data/x", data=b"hello").status_code == 200
    assert send("GET", f"{key}/data/x").content == b"hello"
    assert sign("GET", f"{other}/data/x").status_code == 403
    assert sign("GET", f"{bucket}/{key}/data/x").status_code == 403  # the bucket is not in the path


@pytest.mark.parametrize("path_style", [True, False])
def test_tls_by_an_authority_of_its_own(server, make_warehouse, gateway, path_style):
    name = f"tls-{path_style}".lower()
    # Made with vended keys: the store and its STS are tried, both by TLS.
    made = make_warehouse(name, endpoint=gateway.secure_endpoint, ca_file=str(gateway.ca_file), path_style=path_style,
                          access="vended")
    assert made.status_code == 200, made.text
    make_table(server, name, "t")
    loaded = requests.get(f"{server.rest_url}/v1/{name}/namespaces/default/tables/t", headers=VENDED, timeout=60).json()
    config = loaded["storage-credentials"][0]["config"]
    assert config["s3.session-token"] and config["s3.endpoint"] == gateway.secure_endpoint
    assert config["s3.path-style-access"] == str(path_style).lower()


def test_another_authority_another_name_and_no_file_are_refused_and_said(make_warehouse, gateway, tmp_path):
    make_certificate(tmp_path, "other", "DNS:other.localhost")
    (tmp_path / "empty").write_text("no certificate\n")
    secure, by_address = gateway.secure_endpoint, f"https://127.0.0.1:{gateway.secure_port}"
    assert_refused(make_warehouse("r", endpoint=secure, ca_file=f"{tmp_path}/other.ca"), "certificate", "is not trusted")
    assert_refused(make_warehouse("r", endpoint=secure), "is not trusted (by the system's authorities)")
    assert_refused(make_warehouse("r", endpoint=by_address, ca_file=str(gateway.ca_file)), "certificate", "127.0.0.1'")
    assert_refused(make_warehouse("r", endpoint=secure, ca_file=f"{tmp_path}/absent"), "absent cannot be read")
    assert_refused(make_warehouse("r", endpoint=secure, ca_file=f"{tmp_path}/empty"), "empty cannot be read, or holds none")


def test_sts_is_held_to_its_certificate_too(make_warehouse, gateway, tmp_path):
    make_certificate(tmp_path, "other", "DNS:other.localhost")
    by_address = f"https://127.0.0.1:{gateway.secure_port}"
    # The store itself is reached without TLS.
    assert_refused(make_warehouse("s", access="vended", sts_endpoint=gateway.secure_endpoint, ca_file=f"{tmp_path}/other.ca"),
                   "certificate", "is not trusted")
    assert_refused(make_warehouse("s", access="vended", sts_endpoint=by_address, ca_file=str(gateway.ca_file)),
                   "certificate", "127.0.0.1'")
    made = make_warehouse("s", access="vended", sts_endpoint=gateway.secure_endpoint, ca_file=str(gateway.ca_file))
    assert made.status_code == 200, made.text


def test_a_file_of_authorities_that_changes_is_read_again(server, make_warehouse, gateway, tmp_path):
    make_certificate(tmp_path, "other", "DNS:other.localhost")
    authorities = tmp_path / "ca.pem"

    def trust(source):
        (tmp_path / "next").write_bytes(source.read_bytes())
        (tmp_path / "next").rename(authorities)

    def check():
        steps = requests.post(f"{server.rest_url}/management/v1/warehouses/turning/check", timeout=60).json()
        return steps["works"], str(steps)

    trust(gateway.ca_file)
    made = make_warehouse("turning", endpoint=gateway.secure_endpoint, ca_file=str(authorities), access="vended")
    assert made.status_code == 200, made.text
    trust(tmp_path / "other.ca")  # the connections of before are trusted no more
    works, said = check()
    assert not works and "is not trusted" in said, said
    trust(gateway.ca_file)
    works, said = check()
    assert works, said
