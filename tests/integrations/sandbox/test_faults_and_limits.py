"""Fault rules of the control API, and the throttles."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.integrations.sandbox.client import Company, fault_code, refused


def rule(company: Company, action: str, **fields: object) -> None:
    company.control("POST", "faults", {"action": action, **fields})


def test_actions_answer_as_the_real_ones_do(company: Company) -> None:
    def answer(action: str) -> requests.Response:
        company.control("DELETE", "faults")
        rule(company, action)
        return company.get("preferences")

    throttled, unauthorized, gateway = answer("429"), answer("401"), answer("html502")

    assert refused(throttled) == (429, "3001")
    assert throttled.json()["Fault"]["type"] == "SERVICE"
    assert "Retry-After" not in throttled.headers
    assert unauthorized.status_code == 401
    assert unauthorized.json()["fault"]["error"][0]["code"] == "3200"
    assert isinstance(unauthorized.json()["time"], int)
    assert unauthorized.headers["WWW-Authenticate"].startswith("Bearer")
    assert (gateway.status_code, gateway.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert refused(answer("500")) == (500, "10000")
    assert answer("503").status_code == 503
    assert refused(answer("fault:6190")) == (400, "6190")


def test_switches_shape_the_throttle_answer(company: Company) -> None:
    rule(company, "429")

    company.switch(throttle_code="003001", retry_after="60")
    assert fault_code(company.get("preferences")) == "003001"
    assert company.get("preferences").headers["Retry-After"] == "60"
    company.switch(throttle_envelope="B")
    assert company.get("preferences").json()["fault"]["error"][0]["code"] == "003001"
    company.switch(throttle_body="xml")
    xml = company.get("preferences")
    assert xml.headers["Content-Type"] == "application/xml"
    assert '<Error code="003001">' in xml.text


def test_rules_match_operation_entity_and_turn(company: Company) -> None:
    rule(company, "500", operation="query", entity="Bill", nth=2)
    query = {"query": "select * from Bill"}

    statuses = [company.get("query", **query).status_code for _ in range(4)]

    assert statuses == [200, 500, 200, 200]
    assert company.get("query", query="select * from Vendor").status_code == 200


def test_times_limits_how_often(company: Company) -> None:
    rule(company, "500", times=2)

    assert [company.get("preferences").status_code for _ in range(4)] == [500, 500, 200, 200]


def test_nth_with_times_goes_on_from_there(company: Company) -> None:
    rule(company, "500", nth=2, times=2)

    assert [company.get("preferences").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_probability_is_repeatable_by_seed(company: Company) -> None:
    def run() -> list[int]:
        company.control("DELETE", "faults")
        rule(company, "500", probability=0.5, seed=7)
        return [company.get("preferences").status_code for _ in range(20)]

    first = run()

    assert run() == first
    assert 4 < first.count(500) < 16


def test_dropped_before_does_nothing_dropped_after_does_the_work(company: Company) -> None:
    rule(company, "drop_before", operation="create", entity="Vendor", times=1)
    with pytest.raises(requests.ConnectionError):
        company.post("vendor", {"DisplayName": "One"})
    assert company.query("select count(*) from Vendor") == {"totalCount": 0}

    company.control("DELETE", "faults")
    rule(company, "drop_after", operation="create", entity="Vendor", times=1)
    with pytest.raises(requests.ConnectionError):
        company.post("vendor", {"DisplayName": "One"})
    assert company.query("select count(*) from Vendor") == {"totalCount": 1}


def test_slow_answers_late(company: Company) -> None:
    rule(company, "slow:0.3")

    started = time.monotonic()

    assert company.get("preferences").status_code == 200
    assert time.monotonic() - started >= 0.3


def test_rules_are_listed_with_what_they_did_and_belong_to_their_company(company: Company) -> None:
    rule(company, "500", operation="read", times=1)
    company.get("preferences")

    rules = company.control("GET", "faults")["faults"]
    mine = [shown for shown in rules if shown.get("realm") == company.realm]

    assert [(shown["action"], shown["operation"], shown["seen"], shown["fired"]) for shown in mine] == [
        ("500", "read", 1, 1)
    ]
    other = Company(company.url, company.control("POST", "companies", {"company": "empty"})["realm"])
    rule(company, "500")
    assert other.get("preferences").status_code == 200
    other.control("DELETE", f"companies/{other.realm}")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"action": "explode"},
        {"action": "slow:x"},
        {"action": "slow:-1"},
        {"action": "500", "operation": "x"},
        {"action": "500", "entity": "Bil"},
        {"action": "500", "nth": 0},
        {"action": "500", "times": "2"},
        {"action": "500", "probability": 2},
        {"verb": 1},
    ],
)
def test_wrong_rules_are_refused(company: Company, wrong: dict[str, object]) -> None:
    assert company.send_control("POST", "faults", wrong).status_code == 400


def test_slowness_is_a_switch_too(company: Company) -> None:
    company.control(
        "POST", "documents", {"Vendor": [{"DisplayName": f"V {number}"} for number in range(100)]}
    )
    company.switch(latency_ms=100, per_row_ms=2)

    started = time.monotonic()
    company.rows("select * from Vendor")

    assert time.monotonic() - started >= 0.3


# Limits


def statuses_of(company: Company, count: int, workers: int = 1) -> list[int]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda _: company.get("preferences").status_code, range(count)))


def refusals(company: Company) -> dict[str, int]:
    found: dict[str, int] = company.control("GET", "requests")["refusals"]
    return found


def test_ten_requests_a_second(company: Company) -> None:
    company.switch(limits=True)

    statuses = statuses_of(company, 15)

    assert statuses[:10] == [200] * 10
    assert 429 in statuses[10:]
    assert set(refusals(company)) == {"per_second"}


def test_a_second_later_there_is_room_again(company: Company) -> None:
    company.switch(limits=True)
    statuses_of(company, 11)
    time.sleep(1.05)

    assert company.get("preferences").status_code == 200


def test_ten_in_flight(company: Company) -> None:
    """Requests slower than a second, sent in two waves, so that only the number in flight is over."""
    company.switch(limits=True, latency_ms=2500)
    with ThreadPoolExecutor(14) as pool:
        first = [pool.submit(company.get, "preferences") for _ in range(9)]
        time.sleep(1.1)
        second = [pool.submit(company.get, "preferences") for _ in range(4)]
        statuses = [future.result().status_code for future in [*first, *second]]

    assert statuses[:9] == [200] * 9
    assert sorted(statuses[9:]) == [200, 429, 429, 429]
    assert refusals(company) == {"in_flight": 3}
    assert company.control("GET", "requests")["highest_in_flight"] >= 10


def test_highest_in_flight_is_counted(company: Company) -> None:
    company.switch(latency_ms=200)

    statuses_of(company, 6, workers=6)

    assert company.control("GET", "requests")["highest_in_flight"] == 6


def test_builder_cap_stops_reads_and_not_writes(company: Company) -> None:
    company.get("preferences")
    company.switch(builder_cap=2)

    assert [company.get("preferences").status_code for _ in range(2)] == [200, 429]
    assert company.post("vendor", {"DisplayName": "One"}).status_code == 200
    company.switch(builder_cap_status=403)
    assert company.get("preferences").status_code == 403
