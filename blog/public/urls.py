"""The public addresses: WordPress's defaults where it has one (DESIGN §5)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
