"""What we decide differently from allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.urls import reverse

from core import accounts


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from an invitation, never from a sign-up page."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "用户名或密码不对",
        "too_many_login_attempts": "密码连续输错次数太多，请 15 分钟后再试，或请支部书记给您一个重设密码链接",
        "enter_current_password": "现在的密码不对",
        "incorrect_password": "密码不对",
    }

    def is_open_for_signup(self, request) -> bool:
        """No: sign-up is closed."""
        return False

    def set_password(self, user, password):
        """The changed password goes through our service, so that the history knows."""
        user.password = accounts.set_password(user, password, by=user).password

    def get_password_change_redirect_url(self, request) -> str:
        """Back to where it was changed from."""
        return reverse("core:settings")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Its sentences, as we say them."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": "验证码不对或已过期"}
