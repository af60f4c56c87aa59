"""requestid: the same write sent again is done once and answered alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.integrations.sandbox.client import Company, identity, refused


def count(company: Company) -> int:
    return int(company.query("select count(*) from Vendor")["totalCount"])


def test_a_write_is_done_once_and_its_first_answer_repeated(company: Company) -> None:
    first = company.post("vendor", {"DisplayName": "One"}, requestid="r1")
    again = company.post("vendor", {"DisplayName": "Something else"}, requestid="r1")

    assert (again.status_code, again.text) == (first.status_code, first.text)
    assert count(company) == 1


def test_update_delete_and_void_are_replayed_too(company: Company) -> None:
    bill = company.bill(company.vendor())
    update = {**identity(bill), "sparse": True, "PrivateNote": "x"}
    updated = company.post("bill", update, requestid="u")
    delete = identity(updated.json()["Bill"])
    deleted = company.post("bill", delete, operation="delete", requestid="d")

    assert company.post("bill", update, requestid="u").text == updated.text
    assert company.post("bill", delete, operation="delete", requestid="d").text == deleted.text


def test_a_refused_write_can_be_sent_again_with_the_same_id(company: Company) -> None:
    assert refused(company.post("vendor", {"DisplayName": "a:b"}, requestid="r1")) == (400, "2040")
    assert company.post("vendor", {"DisplayName": "ab"}, requestid="r1").status_code == 200


def test_another_company_has_ids_of_its_own(company: Company, server: object) -> None:
    company.post("vendor", {"DisplayName": "One"}, requestid="shared")
    other_realm = company.control("POST", "companies", {"company": "empty"})["realm"]
    other = Company(company.url, other_realm)

    other.post("vendor", {"DisplayName": "One"}, requestid="shared")

    assert count(other) == 1
    other.control("DELETE", f"companies/{other_realm}")


def test_ids_are_kept_for_a_day(company: Company) -> None:
    company.post("vendor", {"DisplayName": "One"}, requestid="r1")
    company.control("POST", "clock", {"hours": 25})
    company.sign_in()
    assert refused(company.post("vendor", {"DisplayName": "One"}, requestid="r1")) == (400, "6240")

    company.switch(requestid_retention="forever")
    company.post("vendor", {"DisplayName": "Two"}, requestid="r2")
    company.control("POST", "clock", {"days": 400})
    company.sign_in()
    assert company.post("vendor", {"DisplayName": "Two"}, requestid="r2").status_code == 200


def test_id_format(company: Company) -> None:
    assert refused(company.post("vendor", {"DisplayName": "One"}, requestid="x" * 51)) == (400, "2130")
    assert company.post("vendor", {"DisplayName": "One"}, requestid="x" * 50).status_code == 200


def test_while_the_first_is_in_flight_the_second_is_refused(company: Company) -> None:
    statuses = send_twice_at_once(company)

    assert sorted(statuses) == [(200, ""), (400, "600")]
    assert count(company) == 1


def test_or_waits_for_it_when_switched(company: Company) -> None:
    company.switch(requestid_in_flight="wait")

    assert send_twice_at_once(company) == [(200, ""), (200, "")]
    assert count(company) == 1


def send_twice_at_once(company: Company) -> list[tuple[int, str]]:
    """The first one is held up in the middle of its work, so that the second meets it there."""
    company.control("POST", "faults", {"operation": "create", "action": "slow_work:1", "nth": 1})

    def send(_: int) -> tuple[int, str]:
        response = Company(company.url, company.realm).post("vendor", {"DisplayName": "One"}, requestid="r1")
        return (200, "") if response.status_code == 200 else refused(response)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(send, range(2)))


def test_a_cut_connection_after_the_work_is_repaired_by_a_replay(company: Company) -> None:
    company.control("POST", "faults", {"operation": "create", "action": "drop_after", "nth": 1})

    answer = None
    for _ in range(2):
        try:
            answer = company.post("vendor", {"DisplayName": "One"}, requestid="r1")
            break
        except OSError:
            continue

    assert answer is not None
    assert answer.json()["Vendor"]["DisplayName"] == "One"
    assert count(company) == 1
