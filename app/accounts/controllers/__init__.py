from app.accounts.controllers.account import (
    AccountController,
    EmailController,
    PasswordController,
    PhoneController,
)
from app.accounts.controllers.email import ConfirmationController
from app.accounts.controllers.passkeys import PasskeysController
from app.accounts.controllers.password import ForgottenController, ResetController
from app.accounts.controllers.second_factor import SecondFactorController
from app.accounts.controllers.sessions import SessionsController
from app.accounts.controllers.sign_in import (
    CodeController,
    PasskeySignInController,
    SignInController,
    SignOutController,
    WelcomeController,
)
from app.accounts.controllers.sign_up import LanguageController, SignUpController

CONTROLLERS = [
    SignInController,
    CodeController,
    PasskeySignInController,
    SignUpController,
    SignOutController,
    WelcomeController,
    LanguageController,
    ForgottenController,
    ResetController,
    ConfirmationController,
    AccountController,
    EmailController,
    PhoneController,
    PasswordController,
    SecondFactorController,
    PasskeysController,
    SessionsController,
]
