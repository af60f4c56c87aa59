"""The first words with a company that is not connected yet: is this really the realm that was named?

The realm comes back through the person's browser, so it is believed only when the new token opens it. No
row exists yet whose turn could be taken; it is one request, and our limits leave room for it.
"""

import time

from integrations.gateway import answers
from integrations.gateway.calls import build_read_call
from integrations.gateway.client import measure_back_off
from integrations.gateway.exchanges import Outcome, current_request_id, recording
from integrations.gateway.faults import Unreachable
from integrations.gateway.rows import Row
from integrations.gateway.transport import send


def read_company_info(*, realm_id: str, token: str) -> Row:
    """Raises Unauthorized when the token belongs to another company."""
    try:
        return ask_company_info(realm_id, token)
    except Unreachable:
        time.sleep(measure_back_off(1))
    return ask_company_info(realm_id, token)


def ask_company_info(realm_id: str, token: str) -> Row:
    call = build_read_call("CompanyInfo", realm_id)
    outcome = Outcome(call.operation, call.entity, call.is_metered, request_id=current_request_id())
    with recording(None, outcome):
        outcome.leave()
        answer = send(call, realm_id=realm_id, token=token)
        outcome.arrive(status=answer.status, intuit_tid=answer.intuit_tid)
        answers.raise_for_status(answer)
        return answers.read_document(answer, "CompanyInfo")
