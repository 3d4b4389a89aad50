"""The first admin, made on the command line."""

import subprocess
import sys

from app.core.database import fetch_one
from tests.browsing import visitor
from tests.factories import email_of


def run(email: str, password: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "app.cli", "admin", email, "--name", "Chefe"]
    return subprocess.run(
        command, input=f"{password}\n", capture_output=True, text=True, timeout=30
    )


async def test_an_admin_made_on_the_command_line_signs_in(app):
    email = email_of(1)
    assert run(email, "uma-senha-de-chefe").returncode == 0

    user = await fetch_one("SELECT role, name FROM users WHERE email = $1", email)
    assert (user["role"], user["name"]) == ("admin", "Chefe")
    browser = visitor(app)
    await browser.post("/entrar", data={"email": email, "senha": "uma-senha-de-chefe"})
    # Their second factor comes first.
    assert (await browser.get("/admin")).headers["location"] == "/conta/segundo-fator"


async def test_a_short_password_and_a_second_account_are_refused():
    email = email_of(2)
    assert "10 to 128" in run(email, "curta").stderr
    run(email, "uma-senha-de-chefe")
    assert "account already" in run(email, "uma-senha-de-chefe").stderr
