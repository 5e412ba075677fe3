"""What stands around every request beyond Django's own."""

from django.contrib.auth.middleware import LoginRequiredMiddleware

from core.drafts import hold_for_login


class LogInAndGoOn(LoginRequiredMiddleware):
    """Sends whoever is not logged in to the log-in page; a form posted after the session ended is not lost by it."""

    def handle_no_permission(self, request, view_func):
        """Keep what was posted, then ask for the log-in."""
        hold_for_login(request)
        return super().handle_no_permission(request, view_func)


def kept_private(get_response):
    """What we answer is somebody's. No cache on the way keeps it; the browser's own keeps pages, to go back to what was
    typed, but asks before it shows one again, and keeps no files and no data. A view may say something else."""

    def answer(request):
        response = get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        response.setdefault("Cache-Control", "private, no-cache" if is_page else "private, no-store")
        return response

    return answer
