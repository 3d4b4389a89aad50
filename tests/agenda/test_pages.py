"""The pages on which a provider says when they work."""

from datetime import timedelta

from app.accounts.tables import Role
from app.agenda.actions.time_off import add_time_off
from app.agenda.holidays import coming_holidays
from app.agenda.queries import booked_days
from app.core.database import fetch
from app.core.time import today_in
from tests.browsing import signed_in
from tests.factories import (
    a_booking,
    a_hold,
    a_provider,
    a_user,
    an_offer,
    free_time,
    in_days,
)

DAY = in_days(9).date()


async def a_new_provider(app):
    provider = await a_user(Role.PROVIDER, language="en")
    return provider, await signed_in(app, provider)


async def test_hours_are_saved_and_shown_again(app):
    provider, browser = await a_new_provider(app)
    week = {"abre-1-0": "08:00", "fecha-1-0": "12:00", "abre-1-1": "20:00", "fecha-1-1": "02:00"}
    answer = await browser.post("/painel/agenda/horarios", data=week)
    assert answer.headers["location"] == "/painel/agenda"
    page = (await browser.get("/painel/agenda/horarios")).text
    for value in week.values():
        assert f'value="{value}"' in page
    assert "until 02:00 of the next day" in page
    assert await fetch("SELECT FROM slot WHERE provider = $1", provider)


async def test_hours_that_overlap_or_are_half_filled_in_are_refused_and_kept(app):
    _, browser = await a_new_provider(app)
    for wrong in (
        {"abre-2-0": "08:00", "fecha-2-0": "12:00", "abre-2-1": "11:00", "fecha-2-1": "13:00"},
        {"abre-2-0": "20:00", "fecha-2-0": "02:00", "abre-2-1": "23:00", "fecha-2-1": "23:30"},
        {"abre-2-0": "08:00"},
        {"abre-2-0": "08:07", "fecha-2-0": "12:00"},
        {"abre-2-0": "25:00", "fecha-2-0": "12:00"},
    ):
        answer = await browser.post("/painel/agenda/horarios", data=wrong)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
        assert f'value="{wrong["abre-2-0"]}"' in answer.text


async def test_mondays_hours_are_copied_without_saving(app):
    provider, browser = await a_new_provider(app)
    monday = {"abre-1-0": "08:00", "fecha-1-0": "12:00"}
    page = (await browser.post("/painel/agenda/horarios?copiar=true", data=monday)).text
    assert page.count('value="08:00"') == 5
    assert "Save to keep it" in page
    assert not await fetch("SELECT FROM weekly_hours WHERE provider = $1", provider)


async def test_time_off_that_meets_a_booking_says_so_and_is_in_the_list(app):
    offer = await an_offer()
    await fetch("UPDATE users SET language = 'en' WHERE id = $1", offer.provider)
    await free_time(offer.provider, in_days(9, 15), 2)
    await a_booking(offer, in_days(9, 15))
    browser = await signed_in(app, offer.provider)
    period = {"dia": str(DAY), "nota": "Praia"}
    answer = await browser.post("/painel/agenda/folgas", data=period)
    assert answer.status_code == 303
    page = (await browser.get(answer.headers["location"])).text
    assert "lie outside your hours now: 1" in page
    assert "Praia" in page
    assert "1 booking lies outside your hours" in page
    listed = (await browser.get("/painel/agenda/folgas")).text
    assert "Praia" in listed
    # A whole day, without the midnights around it.
    assert "00:00" not in listed


async def test_a_period_that_is_none_is_refused_and_kept(app):
    _, browser = await a_new_provider(app)
    wrong = {"dia": str(DAY), "ateDia": str(DAY - timedelta(days=3)), "nota": "Praia"}
    for path in ("/painel/agenda/folgas", "/painel/agenda/extras"):
        answer = await browser.post(path, data=wrong)
        assert answer.status_code == 422
        assert "must end after it starts" in answer.text
        assert 'value="Praia"' in answer.text


async def test_national_holidays_are_offered_and_taken(app):
    provider, browser = await a_new_provider(app)
    page = (await browser.get("/painel/agenda/folgas")).text
    assert "Christmas Day" in page
    today = today_in("America/Sao_Paulo")
    over = (today.month, today.day) > (12, 25)
    christmas = f"{today.year + over}-12-25"
    await browser.post("/painel/agenda/feriados", data={"feriado": christmas})
    (off,) = await fetch("SELECT note FROM time_off WHERE provider = $1", provider)
    assert off["note"] == "Christmas Day"
    page = (await browser.get("/painel/agenda/folgas")).text
    assert f'value="{christmas}" checked disabled' in page


async def test_a_holiday_that_is_off_already_is_not_taken_again(app):
    provider, browser = await a_new_provider(app)
    christmas = next(
        day for day in coming_holidays(in_days(0).date(), "en") if (day.month, day.day) == (12, 25)
    )
    for _ in range(2):
        await browser.post("/painel/agenda/feriados", data={"feriado": str(christmas)})
    assert len(await fetch("SELECT FROM time_off WHERE provider = $1", provider)) == 1


async def test_what_is_removed_in_the_week_leads_back_to_it(app):
    provider, browser = await a_new_provider(app)
    for what, table in {"folgas": "time_off", "extras": "extra_hours"}.items():
        await browser.post(f"/painel/agenda/{what}", data={"dia": str(DAY), "inicio": "10:00"})
        (entry,) = await fetch(f"SELECT id FROM {table} WHERE provider = $1", provider)
        path = f"/painel/agenda/{what}/{entry['id']}/remocao"
        assert f"{path}?dia={DAY}" in (await browser.get(f"/painel/agenda?semana={DAY}")).text
        answer = await browser.post(f"{path}?dia={DAY}")
        assert answer.headers["location"].endswith(f"&dia={DAY}")
        assert not await fetch(f"SELECT FROM {table} WHERE provider = $1", provider)


async def test_rules_are_saved_for_the_agenda_and_for_a_service(app):
    offer = await an_offer()
    browser = await signed_in(app, offer.provider)
    rules = {
        "fuso": "America/Recife", "passo": "15", "folgaAntes": "10", "folgaDepois": "20",
        "antecedencia": "120", "horizonte": "60", "resposta": "240", "gratisAte": "12",
        "multa": "30", "imediata": "1",
    }  # fmt: skip
    assert (await browser.post("/painel/agenda/regras", data=rules)).status_code == 303
    (row,) = await fetch("SELECT * FROM agenda_settings WHERE provider = $1", offer.provider)
    assert (row["zone"], row["step_minutes"], row["instant"]) == ("America/Recife", 15, True)
    page = (await browser.get("/painel/agenda/regras")).text
    assert "<option selected>America/Recife</option>" in page

    own = {"passo": "60", "antecedencia": ""}
    path = f"/painel/agenda/servicos/{offer.service}/regras"
    assert (await browser.post(path, data=own)).status_code == 303
    (service,) = await fetch("SELECT * FROM service WHERE id = $1", offer.service)
    assert (service["step_minutes"], service["notice_minutes"]) == (60, None)
    assert (await browser.post(path, data={"passo": "50"})).status_code == 422


async def test_wrong_rules_are_refused_and_kept(app):
    _, browser = await a_new_provider(app)
    rules = {"fuso": "Mars/Olympus", "passo": "30", "multa": "101"}
    answer = await browser.post("/painel/agenda/regras", data=rules)
    assert answer.status_code == 422
    assert "Mars/Olympus" in answer.text


async def test_a_period_over_which_the_clock_jumps_is_refused_if_nothing_is_left_of_it(app):
    provider = await a_provider(zone="America/New_York")
    browser = await signed_in(app, provider)
    for page in ("folgas", "extras"):
        wrong = {"dia": "2027-03-14", "inicio": "02:30", "fim": "03:15"}
        assert (await browser.post(f"/painel/agenda/{page}", data=wrong)).status_code == 422
        right = {"dia": "2027-03-14", "inicio": "01:30", "fim": "03:15"}
        assert (await browser.post(f"/painel/agenda/{page}", data=right)).status_code == 303


async def test_a_service_cannot_be_open_for_longer_than_its_agenda(app):
    offer = await an_offer()
    browser = await signed_in(app, offer.provider)
    address = f"/painel/agenda/servicos/{offer.service}/regras"
    refused = await browser.post(address, data={"horizonte": "91"})
    assert refused.status_code == 422
    assert 'value="91"' in refused.text
    assert (await browser.post(address, data={"horizonte": "90"})).status_code == 303


async def test_what_somebody_only_holds_is_no_booking_outside_of_the_hours():
    offer = await an_offer()
    await free_time(offer.provider, in_days(9, 15), 2)
    await a_hold(offer, in_days(9, 15))
    assert await add_time_off(offer.provider, in_days(9, 15), in_days(9, 17), "") == 0
    assert await booked_days(offer.provider, "America/Sao_Paulo", [DAY]) == {}
