import threading, pytest
from datetime import timedelta
from django.utils import timezone
from django.db import connection as database
from django.conf import settings as ds
from integrations.models import *
from integrations.sync import perform_sync
from ressio.scoping import scope
from tests.browser.conftest import *
from tests.support.quickbooks import connect, use_sandbox
from decimal import Decimal

@pytest.mark.django_db(transaction=True)
def test_shot(live_server, page, cast, sandbox, settings, client):
    use_sandbox(settings, sandbox)
    realm = sandbox.open_company("demo")
    with scope(company=cast.ridge):
        c = connect(realm, cast.ridge, user=cast.alice.user)
        client.force_login(cast.alice.user)
        cookie = client.cookies["sessionid"]
        page.context.add_cookies([{"name":"sessionid","value":cookie.value,"url":str(live_server)}])
        page.goto("/c/ridge/settings/integrations/quickbooks/")
        page.screenshot(path="/tmp/sync/shots/0-page.png", full_page=True)
        page.get_by_role("button", name="Sync now").click()
        page.wait_for_selector(".run-progress")
        page.screenshot(path="/tmp/sync/shots/1-waiting.png")
        run = SyncRun.objects.get()
        realm.send("POST","faults",{"action":"slow:1.5","operation":"query","entity":"Bill","times":3})
        realm.send("POST","faults",{"action":"slow:1.5","operation":"batch","nth":2})
        def work():
            perform_sync(run.pk); database.close()
        t=threading.Thread(target=work); t.start()
        page.wait_for_timeout(1800)
        page.screenshot(path="/tmp/sync/shots/2-running.png")
        t.join()
        page.wait_for_selector(".run-progress", state="detached")
        page.screenshot(path="/tmp/sync/shots/3-done.png")
        SyncIssue.objects.create(company=cast.ridge, connection=c, reason="x", subject_type="item", subject_id="77", subject_label="Framing & Trim", title="Framing & Trim is not linked to a cost code", way_out="Link the product to a cost code; its lines count at once.", fix_url="/c/ridge/settings/cost-codes/", fix_label="Link it", amount=Decimal("12345.50"), line_count=31)
        SyncIssue.objects.create(company=cast.ridge, connection=c, reason="y", level="setting", subject_type="project", subject_id="7", subject_label="Ridge House", title="Vendor credits are left out", way_out="Turn on Enable QuickBooks Vendor Credits in the project's Financials.", fix_url="/x/", fix_label="Open the switches", amount=Decimal("-310.00"), line_count=2)
        realm.fail_next("fault:6190", operation="batch", times=50)
        from tests.integrations.sync.books import run_sync
        run_sync(c)
        page.goto("/c/ridge/settings/integrations/quickbooks/log/")
        page.locator("details.run").first.click()
        page.locator("details.run").nth(1).locator("summary").click()
        page.wait_for_timeout(1500)
        page.screenshot(path="/tmp/sync/shots/4-log.png")
        page.screenshot(path="/tmp/sync/shots/4-log-full.png", full_page=True)
        page.set_viewport_size({"width":375,"height":800})
        page.goto("/c/ridge/settings/integrations/quickbooks/log/")
        page.screenshot(path="/tmp/sync/shots/5-phone.png")
        from axe_playwright_python.sync_playwright import Axe
        for u in ("/c/ridge/settings/integrations/quickbooks/log/", f"/c/ridge/settings/integrations/quickbooks/log/{run.pk}/", "/c/ridge/settings/integrations/quickbooks/"):
            page.goto(u)
            res = Axe().run(page)
            print(u, res.violations_count, [ (v["id"], [n["html"][:150] for n in v["nodes"][:3]]) for v in res.response["violations"]])
    realm.close()
