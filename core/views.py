"""Pages that belong to no domain."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.tasks import WORKER_SEEN


@login_not_required
@never_cache
@require_safe
def healthz(request):
    """Whether the database answers (else 503), and whether a worker was seen in the last minute.

    The worker's mark comes through scheduler, broker and worker, so it stands for all three. Without it pages
    still work, so it is told and does not fail the check.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        worker = cache.get(WORKER_SEEN) is not None
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": False}, status=503)
    return JsonResponse({"status": "ok", "database": True, "worker": worker})


def styleguide(request):
    """Every piece of the design system, for whoever builds or judges a page."""
    return render(request, "core/styleguide.html")
