"""Answers of every shape the sources describe, and of some that none should have."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integrations.gateway import answers
from integrations.gateway.faults import Garbled, NotFound, Refused, StaleObject, Throttled, Unreachable
from integrations.gateway.rows import Page
from integrations.gateway.transport import Answer

pytestmark = pytest.mark.pure

TIME = "2026-11-20T11:00:00.123-08:00"
MOMENT = datetime(2026, 11, 20, 19, 0, 0, 123000, tzinfo=UTC)


def answer(text: str, status: int = 200, date: str = "") -> Answer:
    return Answer(status, text, intuit_tid="1-abc", date=date)


def timed(text: str) -> str:
    """With QuickBooks' clock in place of the sign."""
    return text.replace("@", TIME)


def page_of(text: str) -> Page:
    return answers.read_page(answer(text), "Bill")


def test_rows_keep_their_own_text_and_exact_numbers() -> None:
    first = '{ "Id":"1", "TotalAmt":1.10, "Memo":"brace } bracket ] quote \\" uni \\u00e9 é" }'
    second = '{"Id":"2","TotalAmt":20000000000000.01,"Line":[{"Amount":3}]}'
    text = f'{{"QueryResponse": {{ "Bill" : [{first} ,\n {second}], "startPosition":1}} , "time":"{TIME}"}}\n'

    page = page_of(text)

    assert [row.text for row in page.rows] == [first, second]
    assert [row.data["TotalAmt"] for row in page.rows] == [Decimal("1.10"), Decimal("20000000000000.01")]
    assert str(page.rows[0].data["TotalAmt"]) == "1.10"
    assert page.rows[0].data["Memo"] == 'brace } bracket ] quote " uni é é'
    assert page.server_time == MOMENT


@pytest.mark.parametrize(
    "inside",
    ["{}", '{"startPosition":1,"maxResults":0}', '{"Bill":[]}', '{"Bill":[],"totalCount":0}', "{ }"],
)
def test_no_rows_in_every_form(inside: str) -> None:
    assert page_of(f'{{"time":"{TIME}","QueryResponse":{inside}}}') == Page([], MOMENT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "null",
        "[]",
        "{}",
        timed('{"time":"@"}'),
        timed('{"QueryResponse":null,"time":"@"}'),
        timed('{"QueryResponse":[],"time":"@"}'),
        timed('{"QueryResponse":{"Invoice":[]},"time":"@"}'),
        timed('{"QueryResponse":{"maxResults":3},"time":"@"}'),
        '{"QueryResponse":{}}',
        '{"QueryResponse":{},"time":"yesterday"}',
        timed('{"QueryResponse":{},"time":"@"} trailing'),
        '{"QueryResponse":{"Bill":[{"Id":"1"}',
        timed('{"QueryResponse":{"Bill":[{"Id":"1"},]},"time":"@"}'),
        timed('{"QueryResponse":{"Bill":[{"Id":"1"} {"Id":"2"}]},"time":"@"}'),
        "<html><body>Welcome to the hotel network</body></html>",
        timed('{"Bill":{"Id":"1"},"time":"@"}'),
    ],
)
def test_anything_else_with_200_is_garbled_and_never_no_rows(text: str) -> None:
    with pytest.raises(Garbled):
        page_of(text)


def test_the_clock_may_come_from_the_date_header() -> None:
    read = answers.read_page(answer('{"QueryResponse":{}}', date="Fri, 20 Nov 2026 19:00:00 GMT"), "Bill")

    assert read.server_time == datetime(2026, 11, 20, 19, tzinfo=UTC)


def test_counts_are_read_and_missing_ones_are_not_zero() -> None:
    assert answers.read_count(answer(timed('{"QueryResponse":{"totalCount":0},"time":"@"}'))) == 0
    assert answers.read_count(answer(timed('{"QueryResponse":{"totalCount":37},"time":"@"}'))) == 37
    with pytest.raises(Garbled):
        answers.read_count(answer(timed('{"QueryResponse":{},"time":"@"}')))


def test_changes_are_grouped_with_tombstones_apart() -> None:
    bill = '{"Id":"145","SyncToken":"2"}'
    stub = (
        '{"status":"Deleted","domain":"QBO","Id":"139","MetaData":'
        '{"LastUpdatedTime":"2026-11-20T10:00:00-08:00"}}'
    )
    groups = f'{{"Bill":[{bill},{stub}],"startPosition":1,"maxResults":2}},{{}},{{"Vendor":[{{"Id":"7"}}]}}'
    text = f'{{"CDCResponse":[{{"QueryResponse":[{groups}]}}],"time":"{TIME}"}}'

    changes = answers.read_changes(answer(text))

    assert {entity: [row.text for row in rows] for entity, rows in changes.rows.items()} == {
        "Bill": [bill],
        "Vendor": ['{"Id":"7"}'],
    }
    assert changes.deleted == {
        "Bill": [("139", datetime(2026, 11, 20, 18, tzinfo=UTC))],
        "Vendor": [],
    }
    assert (changes.server_time, changes.is_truncated) == (MOMENT, False)


@pytest.mark.parametrize("group", ["{}", '{"startPosition":1}', ""])
def test_no_changes(group: str) -> None:
    changes = answers.read_changes(
        answer(f'{{"CDCResponse":[{{"QueryResponse":[{group}]}}],"time":"{TIME}"}}')
    )

    assert (changes.rows, changes.deleted, changes.is_truncated) == ({}, {}, False)


@pytest.mark.parametrize(("total", "is_truncated"), [(999, False), (1000, True)])
def test_a_thousand_changes_may_be_the_beginning_of_more(total: int, is_truncated: bool) -> None:
    stubs = [{"Id": str(number), "status": "Deleted"} for number in range(400)]
    vendors = [{"Id": str(number)} for number in range(total - 400)]
    groups = [{"Bill": stubs}, {"Vendor": vendors}]
    text = json.dumps({"CDCResponse": [{"QueryResponse": groups}], "time": TIME})

    changes = answers.read_changes(answer(text))

    assert (len(changes.rows["Vendor"]), len(changes.deleted["Bill"])) == (total - 400, 400)
    assert changes.is_truncated is is_truncated


@pytest.mark.parametrize(
    "text",
    [
        timed('{"CDCResponse":[{"Fault":{"Error":[{"code":"500"}],"type":"ValidationFault"}}],"time":"@"}'),
        timed('{"CDCResponse":[{"QueryResponse":[{"Fault":{"Error":[{"code":"500"}]}}]}],"time":"@"}'),
    ],
)
def test_a_fault_inside_changes_is_a_fault(text: str) -> None:
    with pytest.raises(Refused) as caught:
        answers.read_changes(answer(text))

    assert caught.value.code == "500"


def test_changes_without_their_key_are_garbled() -> None:
    with pytest.raises(Garbled):
        answers.read_changes(answer(timed('{"QueryResponse":{},"time":"@"}')))


def test_batch_answers_come_back_in_order_of_the_questions() -> None:
    text = """{"BatchItemResponse":[
      {"QueryResponse":{"totalCount":4},"bId":"q1"},
      {"bId":"q3","Fault":{"type":"ValidationFault","Error":[{"code":"4001","Message":"Invalid query"}]}},
      {"bId":"q0","QueryResponse":{"Bill":[{"Id":"1","TotalAmt":1.10}]}},
      {"bId":"q4","QueryResponse":{"Vendor":[]}},
      {"bId":"q5","Fault":{"type":"SERVICE","Error":[{"code":"610"}]}}
    ],"time":"@"}"""
    wanted = [
        ("Bill", False),
        ("Bill", True),
        ("Item", False),
        ("Bill", False),
        ("Bill", False),
        ("Bill", True),
    ]

    page, count, missing, refused, other, gone = answers.read_batch(answer(timed(text)), wanted)

    assert isinstance(page, Page)
    assert [row.text for row in page.rows] == ['{"Id":"1","TotalAmt":1.10}']
    assert page.server_time == MOMENT
    assert count == 4
    assert isinstance(missing, Garbled)
    assert (type(refused), getattr(refused, "code", "")) == (Refused, "4001")
    assert isinstance(other, Garbled)
    assert isinstance(gone, NotFound)


def test_a_document_is_taken_by_its_own_key() -> None:
    text = timed('{"Bill":{"Id":"145", "TotalAmt":1.10},"time":"@"}')

    assert answers.read_document(answer(text), "Bill").text == '{"Id":"145", "TotalAmt":1.10}'
    with pytest.raises(Garbled):
        answers.read_document(answer(text), "Vendor")


# Faults -----------------------------------------------------------------------------------------------------

SERVICE = '{"Fault":{"Error":[{"Message":"m","Detail":"d","code":"%s","element":""}],"type":"x"},"time":"t"}'
GATEWAY = (
    '{"warnings":null,"fault":{"error":[{"message":"message=x; errorCode=%s; statusCode=1","detail":null,'
    '"code":"%s","element":null}],"type":"SERVICE"},"queryResponse":null,"batchItemResponse":[],'
    '"time":1763659262345,"cdcresponse":[]}'
)
XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="2016-01-01T00:00:00-08:00" '
    'xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error code="%s"><Message>message='
    "ThrottleExceeded; errorCode=003001; statusCode=429</Message></Error></Fault></IntuitResponse>"
)
PLAIN = '{"code":"%s","type":"x","message":"m","detail":"d","moreInfo":"i"}'


@pytest.mark.parametrize(
    ("status", "text", "family", "code"),
    [
        (400, SERVICE % "5010", StaleObject, "5010"),
        (400, SERVICE % "610", NotFound, "610"),
        (400, SERVICE % "6240", Refused, "6240"),
        (400, GATEWAY % ("006240", "6240"), Refused, "6240"),
        (400, PLAIN % "2020", Refused, "2020"),
        (400, "nonsense", Refused, "400"),
        (400, "{}", Refused, "400"),
        (404, "<html>not here</html>", Refused, "404"),
        (403, SERVICE % "5020", Refused, "5020"),
        (401, SERVICE % "120", Refused, "120"),
        (429, SERVICE % "3001", Throttled, "3001"),
        (429, SERVICE % "003001", Throttled, "003001"),
        (429, GATEWAY % ("003001", "3001"), Throttled, "3001"),
        (429, XML % "3001", Throttled, "3001"),
        (429, "", Throttled, "429"),
        (403, SERVICE % "3001", Throttled, "3001"),
        (500, SERVICE % "10000", Unreachable, "10000"),
        (502, "<html><h1>502 Bad Gateway</h1></html>", Unreachable, "502"),
        (503, SERVICE % "150", Unreachable, "150"),
        (400, SERVICE % "140", Unreachable, "140"),
        (504, "", Unreachable, "504"),
    ],
)
def test_faults_are_told_apart_by_code_and_status(
    status: int, text: str, family: type[Exception], code: str
) -> None:
    with pytest.raises(family) as caught:
        answers.raise_for_status(answer(text, status))

    assert type(caught.value) is family
    assert (getattr(caught.value, "code", ""), getattr(caught.value, "intuit_tid", "")) == (code, "1-abc")


@pytest.mark.parametrize("key", ["Fault", "fault", "FAULT"])
def test_a_fault_with_status_200_is_a_fault(key: str) -> None:
    text = f'{{"{key}":{{"Error":[{{"code":"10000"}}],"type":"SystemFault"}},"time":"{TIME}"}}'

    with pytest.raises(Refused) as caught:
        page_of(text)

    assert caught.value.code == "10000"


def test_what_is_said_to_people_is_ours_and_the_log_text_holds_no_detail() -> None:
    text = (
        '{"Fault":{"Error":[{"code":"6240","Message":"Duplicate Name","Detail":"Marker Name already used"}]}}'
    )

    with pytest.raises(Refused) as caught:
        answers.raise_for_status(answer(text, 400))

    assert str(caught.value) == "code=6240 status=400 intuit_tid=1-abc"
    assert caught.value.detail_for_people == "QuickBooks Online refused this request."


@pytest.mark.parametrize("inside", ['{"Bill":[{"Id":"1"}]}', '"busy"', "null"])
def test_changes_of_another_shape_are_not_taken_for_no_changes(inside: str) -> None:
    with pytest.raises(Garbled):
        answers.read_changes(answer(timed(f'{{"CDCResponse":[{{"QueryResponse":{inside}}}],"time":"@"}}')))


def test_letters_that_no_database_stores_become_a_sign() -> None:
    """NUL, and one half of a letter that was cut in two; whole letters and written-out escapes stay."""
    sent = r'{"Id":"1","Memo":"cut \ud83d, nul \u0000, low \uDC00, whole \ud83d\ude00, said \\u0000 \\ud83d"}'

    page = page_of(timed(f'{{"QueryResponse":{{"Bill":[{sent}]}},"time":"@"}}'))

    assert page.rows[0].data["Memo"] == "cut �, nul �, low �, whole 😀, said \\u0000 \\ud83d"
    assert json.loads(page.rows[0].text) == page.rows[0].data
