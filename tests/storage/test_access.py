# SPDX-License-Identifier: Apache-2.0
"""Clients without a key of their own: what the catalog gives them opens their table, and no other, of a real gateway."""
import os

os.environ.setdefault("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")  # what the gateway takes; read once
os.environ.setdefault("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required")

import pyarrow as pa
import pytest
import requests

ROWS = pa.table({"id": [1, 2, 3], "name": ["a", "b", "c"]})
SIGNED = {"X-Iceberg-Access-Delegation": "remote-signing"}


def two_tables(catalog):
    catalog.create_namespace("n")
    tables = [catalog.create_table(f"n.{name}", schema=ROWS.schema) for name in ("t1", "t10")]
    return tables


def test_vended_keys_write_their_table_and_reach_no_other(make_server, iceberg):
    catalog = iceberg(make_server(s3_access="vended"), own_keys=False)
    own, other = two_tables(catalog)
    for table in (own, other):
        table.append(ROWS)
    assert catalog.load_table("n.t1").scan().to_arrow().num_rows == 3
    files = catalog.load_table("n.t1").io
    with files.new_output(own.location() + "/data/mine").create() as stream:
        stream.write(b"mine")
    files.delete(own.location() + "/data/mine")
    with pytest.raises(OSError, match="ACCESS_DENIED"):
        files.new_input(other.metadata_location).open()
    with pytest.raises(OSError, match="ACCESS_DENIED"):
        files.new_output(other.location() + "/data/theirs").create(overwrite=True).close()
    with pytest.raises(OSError, match="ACCESS_DENIED"):
        files.delete(other.metadata_location)
    assert catalog.load_table("n.t10").scan().to_arrow().num_rows == 3


class Signer:
    def __init__(self, server, gateway, table):
        self.url = f"{server.rest_url}/v1/namespaces/n/tables/{table}/sign"
        self.endpoint = gateway.endpoint

    def ask(self, method, path, body=None):
        members = {"body": body} if body else {}
        return requests.post(self.url, timeout=30, json={
            "method": method, "region": "us-east-1", "uri": self.endpoint + path, "headers": {}, **members})

    def send(self, method, path, data=None, body=None, added=None):
        answer = self.ask(method, path, body)
        assert answer.status_code == 200, answer.text
        headers = {name: values[0] for name, values in answer.json()["headers"].items()}
        return requests.request(method, answer.json()["uri"], timeout=30, data=data, headers={**headers, **(added or {})})


@pytest.mark.parametrize("role", ["with", "without"])
def test_signed_requests_work_on_their_table_and_no_other(make_server, iceberg, gateway, role):
    server = make_server(s3_access="signed", **({} if role == "with" else {"s3_role_arn": ""}))
    own, other = two_tables(iceberg(server))
    key, sibling = (table.location().removeprefix("s3:/") for table in (own, other))
    signer = Signer(server, gateway, "t1")
    assert signer.send("HEAD", f"{key}/data/x").status_code == 404
    assert signer.send("PUT", f"{key}/data/x", data=b"hello").status_code == 200
    assert signer.send("GET", f"{key}/data/x").content == b"hello"
    bucket, prefix = key.split("/")[1], key.split("/", 2)[2]
    assert "data/x" in signer.send("GET", f"/{bucket}?list-type=2&prefix={prefix}/data/").text
    body = f"<Delete><Object><Key>{prefix}/data/x</Key></Object></Delete>"
    other_body = body.replace(prefix, sibling.split("/", 2)[2])
    assert signer.send("POST", f"/{bucket}?delete", data=other_body, body=body).status_code >= 400
    assert signer.send("POST", f"/{bucket}?delete", data=body, body=body).status_code == 200
    assert signer.send("HEAD", f"{key}/data/x").status_code == 404
    for method in ("GET", "PUT", "DELETE"):
        assert signer.ask(method, f"{sibling}/data/x").status_code == 403
    # What this gateway would take unsigned from whoever has a signature.
    copied = signer.send("PUT", f"{key}/data/y", added={"x-amz-copy-source": other.metadata_location.removeprefix("s3:/")})
    assert copied.status_code == 403
    assert signer.send("HEAD", f"{key}/data/y").status_code == 404
