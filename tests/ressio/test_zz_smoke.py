from django.urls import reverse
import pytest
from ressio.scoping import scope
URLS="""projects project-new settings-general settings-activity settings-cost-codes cost-code-new cost-codes-add-many cost-codes-export settings-team member-invite settings-vendors vendor-new account account-password api-tokens""".split()
def test_smoke(cast, sign_in, visitor):
    c=sign_in(cast.alice)
    for u in URLS:
        r=c.get(reverse(u,kwargs={"company":"ridge"}))
        assert r.status_code==200,(u,r.status_code)
    for u,k in [("project-overview",{"project_id":cast.ridge_house.pk}),("project-edit",{"project_id":cast.ridge_house.pk}),("project-team",{"project_id":cast.ridge_house.pk}),("settings-member",{"member_id":cast.bob.pk}),("cost-code-edit",{"cost_code_id":cast.framing.pk}),("vendor-edit",{"vendor_id":cast.lumber_yard.pk})]:
        r=c.get(reverse(u,kwargs={"company":"ridge",**k}))
        assert r.status_code==200,(u,r.status_code)
    assert c.get("/c/summit/projects/").status_code==404
    assert c.get("/nope/").status_code==404
    for u in ["/sign-in/","/reset-password/","/start-company/"]:
        assert visitor.get(u).status_code==200
    r=visitor.get("/c/ridge/projects/"); assert r.status_code==302, r
    print(r.headers)
