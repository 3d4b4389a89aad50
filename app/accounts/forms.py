from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from app.accounts.tables import Role

Email = Annotated[str, Meta(max_length=254, pattern=r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$")]
Password = Annotated[str, Meta(min_length=10, max_length=128)]


class SignInForm(Struct):
    email: Annotated[str, Meta(max_length=254)] = field(name="email")
    password: Annotated[str, Meta(max_length=128)] = field(name="senha")
    back: str = field(name="proximo", default="")


class SignUpForm(Struct):
    name: Annotated[str, Meta(max_length=80)] = field(name="nome")
    email: Email = field(name="email")
    password: Password = field(name="senha")
    role: Literal["CLIENTE", "PRESTADOR"] = field(name="role", default="CLIENTE")
    back: str = field(name="proximo", default="")

    @property
    def chosen_role(self) -> Role:
        return {"CLIENTE": Role.CUSTOMER, "PRESTADOR": Role.PROVIDER}[self.role]


class LanguageForm(Struct):
    language: Literal["pt", "en"] = field(name="idioma")
    back: str = field(name="proximo", default="")
