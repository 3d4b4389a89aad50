from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct, field

from app.accounts.passwords import LONGEST, SHORTEST
from app.accounts.tables import Role
from app.core.forms import VERBATIM

# As browsers check it (HTML, "valid e-mail address"), with at least two labels.
Email = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
        r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$",
    ),
]
# One that is held against what is kept; nothing is said about its shape.
Password = Annotated[str, Meta(max_length=LONGEST, extra=VERBATIM)]
NewPassword = Annotated[str, Meta(min_length=SHORTEST, max_length=LONGEST, extra=VERBATIM)]
Code = Annotated[str, Meta(max_length=40)]


class SignInForm(Struct):
    email: Annotated[str, Meta(max_length=254)] = field(name="email")
    password: Password = field(name="senha")
    back: str = field(name="proximo", default="")


class ApiSignInForm(Struct, forbid_unknown_fields=True):
    email: Annotated[str, Meta(max_length=254)] = field(name="email")
    password: Annotated[str, Meta(max_length=LONGEST)] = field(name="senha")
    code: Code = field(name="codigo", default="")


class RefreshForm(Struct, forbid_unknown_fields=True):
    token: Annotated[str, Meta(max_length=200)] = field(name="refreshToken")


class CodeForm(Struct):
    code: Code = field(name="codigo")
    back: str = field(name="proximo", default="")


class SignUpForm(Struct):
    name: Annotated[str, Meta(max_length=80)] = field(name="nome")
    email: Email = field(name="email")
    password: NewPassword = field(name="senha")
    role: Literal["CLIENTE", "PRESTADOR"] = field(name="role", default="CLIENTE")
    back: str = field(name="proximo", default="")

    @property
    def chosen_role(self) -> Role:
        return {"CLIENTE": Role.CUSTOMER, "PRESTADOR": Role.PROVIDER}[self.role]


class LanguageForm(Struct):
    language: Literal["pt", "en"] = field(name="idioma")
    back: str = field(name="proximo", default="")


class PhoneForm(Struct):
    phone: Annotated[str, Meta(max_length=30)] = field(name="telefone", default="")


class ForgottenForm(Struct):
    email: Email = field(name="email")


class LinkForm(Struct):
    token: Annotated[str, Meta(max_length=1000)] = field(name="codigo")


class NewPasswordForm(LinkForm):
    password: NewPassword = field(name="senha")


class Proof(NamedTuple):
    """What somebody shows to be who they are; code: of their authenticator, if they have one."""

    password: str
    code: str = ""


class ProofForm(Struct, kw_only=True):
    """Asked once more before something delicate."""

    password: Password = field(name="senhaAtual")
    # Of those who have an authenticator.
    code: Code = field(name="codigoAtual", default="")

    @property
    def proof(self) -> Proof:
        return Proof(self.password, self.code)


class ChangePasswordForm(ProofForm, kw_only=True):
    new: NewPassword = field(name="senha")


class ChangeEmailForm(ProofForm, kw_only=True):
    email: Email = field(name="email")


class AuthenticatorForm(ProofForm, kw_only=True):
    first_code: Code = field(name="codigo")
    offer: Annotated[str, Meta(max_length=400)] = field(name="oferta")


class PasskeyForm(ProofForm, kw_only=True):
    name: Annotated[str, Meta(max_length=60)] = field(name="nome")


class EndSessionForm(ProofForm, kw_only=True):
    # Of one session, or "outras" for all the others.
    session: Annotated[str, Meta(pattern="^([0-9a-f]{64}|outras)$")] = field(name="sessao")
