"""How forms look, and the forms of accounts."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Fields drawn by our own templates: label above, error and hint below, all tied to the control."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
