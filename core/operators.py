"""The pages at /admin/: for operators, who look after the installation, to look and not to touch.

Everything is written by services, with its history; here nobody adds, changes or deletes. Tables of libraries are not
shown at all: they hold second factors, API tokens and sessions.
"""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator

SECRET = {"password", "token"}
_COLUMNS = 8
_LONG = (models.TextField, models.JSONField)
_SEARCHED = ("code", "name", "username", "theme", "title_text", "object_name", "staff_number", "sha256")
# Shown by their names in a list; of other tables a list shows the id, or each row would ask for its own.
_NAMED = ("core.user", "core.organisation")


class ReadOnlyAdmin(admin.ModelAdmin):
    """Any table: the first columns as a list, all columns on a page, nothing to press."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def _shown(self):
        return [field for field in self.opts.concrete_fields if field.name not in SECRET]

    def get_list_display(self, request):
        """The first columns that are short."""
        short = [field for field in self._shown() if not isinstance(field, _LONG)]
        return [field.name if self._is_named(field) else field.attname for field in short[:_COLUMNS]]

    def get_list_select_related(self, request):
        """What the list names, in the same query."""
        return [field.name for field in self._shown() if self._is_named(field)] or False

    def _is_named(self, field):
        return field.is_relation and field.related_model._meta.label_lower in _NAMED

    def get_ordering(self, request):
        """Newest first."""
        return ["-pk"]

    def get_search_fields(self, request):
        """What somebody would look for."""
        return [field.name for field in self._shown() if field.name in _SEARCHED]

    def get_fields(self, request, obj=None):
        """All columns, those that no form shows too."""
        return [field.name for field in self._shown()]

    get_readonly_fields = get_fields

    def has_view_permission(self, request, obj=None):
        """The site asks who it is."""
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request):
        """As above."""
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request):
        """Never."""
        return False

    def has_change_permission(self, request, obj=None):
        """Never."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Never."""
        return False


class OperatorSite(admin.AdminSite):
    """The site of the operators. Its way in is that of everybody, with its lock-out and second factor."""

    site_header = site_title = "支部台账 · 运维查看"
    index_title = "只看不改；改动请用命令或页面"

    def has_permission(self, request):
        """Superusers only, who are staff too."""
        user = request.user
        return user.is_active and user.is_staff and user.is_superuser

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only what `register` below brings: libraries register tables full of secrets."""
        if admin_class is ReadOnlyAdmin:
            super().register(model_or_iterable, admin_class, **options)

    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        """No second way in: whoever is nobody yet goes to the usual one, whoever is no operator stays outside."""
        if request.user.is_authenticated:
            if self.has_permission(request):
                return HttpResponseRedirect(reverse("admin:index"))
            raise PermissionDenied
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))

    def password_change(self, request, extra_context=None):
        """The usual page, which asks for the present password and tells the history."""
        return HttpResponseRedirect(resolve_url("account_change_password"))


def register(app_label: str) -> None:
    """Show every table of the app to operators."""
    for model in apps.get_app_config(app_label).get_models():
        admin.site.register(model, ReadOnlyAdmin)
