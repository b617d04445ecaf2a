"""The product's addresses, and the benchmark's own beside them."""

from django.urls import path

from benchmarks.saving import api
from config.urls import urlpatterns as product

urlpatterns = [path("saving/", api.urls), *product]
