import time, cProfile, pstats
import pytest
from integrations.gateway import Gateway
from integrations.gateway.transport import send
from integrations.gateway.calls import build_query_call
from tests.support.quickbooks import connect, use_sandbox
from tests.support.workers import run_threads

@pytest.mark.django_db(transaction=True)
def test_bench(cast, realm, sandbox, settings, capsys):
    use_sandbox(settings, sandbox)
    c = connect(realm, cast.ridge)
    g = Gateway(c)
    g.count("Vendor")
    call = build_query_call("select count(*) from Vendor", "Vendor")
    t=time.perf_counter()
    for _ in range(200): send(call, realm_id=c.realm_id, token=c.access_token)
    raw=(time.perf_counter()-t)/200
    t=time.perf_counter()
    for _ in range(200): g.count("Vendor")
    full=(time.perf_counter()-t)/200
    t=time.perf_counter()
    run_threads(8, lambda: [g.count("Vendor") for _ in range(25)])
    thr=(time.perf_counter()-t)/200
    p=cProfile.Profile(); p.enable()
    for _ in range(100): g.count("Vendor")
    p.disable()
    with capsys.disabled():
        print(f"\nraw {raw*1000:.2f} ms, gateway {full*1000:.2f} ms, 8 threads {thr*1000:.2f} ms each")
        pstats.Stats(p).sort_stats("cumulative").print_stats(45)
