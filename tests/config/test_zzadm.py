import pytest
@pytest.mark.django_db
def test_x(client):
    r=client.get("/admin/", follow=True); print(r.redirect_chain)
    import re; print(re.findall(r"<label[^>]*>.*?</label>|<button.*?</button>|<input[^>]*submit[^>]*>", r.content.decode(), re.S))
    assert 0
