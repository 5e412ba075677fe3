"""What we decide differently from allauth."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from an invitation, never from a sign-up page."""

    def is_open_for_signup(self, request) -> bool:
        """No: sign-up is closed."""
        return False
