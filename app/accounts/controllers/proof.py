"""At which field it is shown that somebody has not shown who they are."""

from app.accounts.actions.credentials import WrongPassword
from app.accounts.actions.second_factor import SecondFactorNeeded, WrongCode
from app.core.errors import DomainError

WRONG_PROOF: dict[type[DomainError], str] = {
    WrongPassword: "senhaAtual",
    SecondFactorNeeded: "codigoAtual",
    WrongCode: "codigoAtual",
}
