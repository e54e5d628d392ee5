# SPDX-License-Identifier: Apache-2.0
"""Goal: what clients report of scans and commits can be read again, newest first, and what is no report is refused.

Method: reports posted through the specification's route, by hand and by PyIceberg's shape, read back page by page.
"""
import pytest
from rest_client import assert_error, view_request

SCAN = {"report-type": "scan-report", "table-name": "hive.d.t", "snapshot-id": 3055729675574597004, "schema-id": 0,
        "filter": {"type": "eq", "term": "id", "value": 9223372036854775807}, "projected-field-ids": [1],
        "projected-field-names": ["id"],
        "metrics": {"total-planning-duration": {"count": 1, "time-unit": "nanoseconds", "total-duration": 2644235116}}}
COMMIT = {"report-type": "commit-report", "table-name": "hive.d.t", "snapshot-id": 23, "sequence-number": 1,
          "operation": "append", "metrics": {"attempts": {"unit": "count", "value": 1}}}


def post(rest, namespace, name, report):
    return rest.post(f"/v1/namespaces/{namespace}/tables/{name}/metrics", report)


def reports_of(rest, namespace, name, query=""):
    answer = rest.get(f"/management/v1/hive/namespaces/{namespace}/tables/{name}/reports{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_reports_come_back_as_they_were_sent(rest, namespace):
    rest.create_table(namespace, "t")
    assert reports_of(rest, namespace, "t") == {"reports": [], "next-page-token": None}
    for report in (SCAN, COMMIT):
        answer = post(rest, namespace, "t", report)
        assert answer.status_code == 204 and answer.content == b""
    newest, oldest = reports_of(rest, namespace, "t")["reports"]
    assert newest["report"] == COMMIT and oldest["report"] == SCAN
    assert (newest["report-type"], newest["snapshot-id"], newest["operation"]) == ("commit-report", 23, "append")
    assert (oldest["report-type"], oldest["snapshot-id"]) == ("scan-report", SCAN["snapshot-id"])
    assert "operation" not in oldest and newest["received-at-ms"] >= oldest["received-at-ms"]


def test_pages_are_stable_while_more_reports_come(rest, namespace):
    rest.create_table(namespace, "t")
    for number in range(5):
        post(rest, namespace, "t", {**SCAN, "snapshot-id": number})
    seen, token = [], ""
    while token is not None:
        page = reports_of(rest, namespace, "t", f"?pageSize=2&pageToken={token}")
        seen += [report["snapshot-id"] for report in page["reports"]]
        token = page["next-page-token"]
        post(rest, namespace, "t", {**SCAN, "snapshot-id": 100})
    assert seen == [4, 3, 2, 1, 0]


def test_only_iceberg_tables_have_reports(rest, namespace):
    assert rest.post(f"/v1/namespaces/{namespace}/views", view_request("v")).status_code == 200
    for name in ("v", "missing"):
        assert_error(post(rest, namespace, name, SCAN), 404, "NoSuchTableException")
        assert_error(rest.get(f"/management/v1/namespaces/{namespace}/tables/{name}/reports"), 404, "NoSuchTableException")


@pytest.mark.parametrize("report,status", [
    ({}, 400), ({"report-type": 1}, 400), ({**SCAN, "snapshot-id": "7"}, 400), ({**COMMIT, "operation": 1}, 400),
    ({**SCAN, "table-name": "a\x00b"}, 400), ({**SCAN, "table-name": "x" * 70000}, 413)])
def test_what_is_no_report_is_refused(rest, namespace, report, status):
    rest.create_table(namespace, "t")
    assert post(rest, namespace, "t", report).status_code == status
    assert reports_of(rest, namespace, "t")["reports"] == []


@pytest.mark.parametrize("token", ["x", "-1", "0", "1.5", "99999999999999999999"])
def test_an_invented_token_is_400(rest, namespace, token):
    rest.create_table(namespace, "t")
    answer = rest.get(f"/management/v1/namespaces/{namespace}/tables/t/reports?pageToken={token}")
    assert_error(answer, 400, "BadRequestException", "token")
