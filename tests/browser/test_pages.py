import time
from playwright.sync_api import Page
from tests.browser.stage import Demo, sign_in
from tests.browser.axe import *

def test_probe(page: Page, demo: Demo) -> None:
    t=time.time()
    sign_in(page); print("sign in", time.time()-t)
    for path in (demo.budget_url, demo.url("settings-cost-codes"), demo.url("quickbooks"), demo.url("sync-log")):
        t=time.time(); page.goto(path); t1=time.time(); v=find_violations(page); t2=time.time(); page.emulate_media(color_scheme="dark"); c=find_colour_violations(page); t3=time.time()
        page.emulate_media(color_scheme="light")
        print(path, t1-t, t2-t1, t3-t2, len(v), len(c), v[:3], c[:3], measure_overflow(page))
        page.screenshot(path=f"/tmp/browser/{path.strip('/').replace('/','_')}.png")
