"""What stands around every request beyond Django's own."""

from django.contrib.auth.middleware import LoginRequiredMiddleware

from core.drafts import hold_for_login


class LogInAndGoOn(LoginRequiredMiddleware):
    """Sends whoever is not logged in to the log-in page; a form posted after the session ended is not lost by it."""

    def handle_no_permission(self, request, view_func):
        """Keep what was posted, then ask for the log-in."""
        hold_for_login(request)
        return super().handle_no_permission(request, view_func)
