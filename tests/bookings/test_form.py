"""The form in which a time is booked."""

from tests.browsing import signed_in
from tests.factories import a_user, an_offer, free_time, in_days


async def test_a_time_after_the_last_free_one_offers_those_before_it(app):
    offer, customer = await an_offer(), await a_user(language="en")
    await free_time(offer.provider, in_days(2, 12), 2)
    form = await (await signed_in(app, customer)).get(
        "/contratacoes/nova",
        params={"servico": offer.service, "inicio": in_days(20, 12).isoformat()},
    )
    assert form.status_code == 409
    assert "That time has just gone" in form.text
    assert "09:00" in form.text
