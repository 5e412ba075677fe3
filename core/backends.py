"""How the account of a request is loaded."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Count, Q

from core.models import User


class Backend(AuthenticationBackend):
    """allauth's, which in the same query counts the unread notices: every page shows how many there are."""

    def get_user(self, user_id):
        """The account with its `unread`; None if there is none that may log in."""
        unread = Count("notices", filter=Q(notices__read_at__isnull=True))
        user = User.objects.annotate(unread=unread).filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
