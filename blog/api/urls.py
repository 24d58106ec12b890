"""The addresses of the API. Another version of it will be another folder of addresses."""

from django.urls import path

from blog.api import description, rating, reading, writing
from blog.api.answers import endpoint, nothing
from blog.public import converters  # noqa: F401 (it registers its own)

urlpatterns = [
    path("", endpoint(GET=reading.index), name="api"),
    path("openapi.json", endpoint(GET=description.openapi), name="api-description"),
    path("me/", endpoint(GET=reading.me), name="api-me"),
    path("articles/", endpoint(GET=reading.articles, POST=writing.create), name="api-articles"),
    path(
        "articles/<page:pk>/",
        endpoint(GET=reading.article, PATCH=writing.change, DELETE=writing.remove),
        name="api-article",
    ),
    path("articles/<page:pk>/comments/", endpoint(GET=reading.comments), name="api-comments"),
    path(
        "articles/<page:pk>/rating/",
        endpoint(GET=rating.read, PUT=rating.vote, DELETE=rating.withdraw),
        name="api-rating",
    ),
    path("media/", endpoint(POST=writing.upload), name="api-media"),
    path("categories/", endpoint(GET=reading.categories), name="api-categories"),
    path("tags/", endpoint(GET=reading.tags), name="api-tags"),
    path("authors/", endpoint(GET=reading.authors), name="api-authors"),
    path("pages/", endpoint(GET=reading.pages), name="api-pages"),
    path("pages/<page:pk>/", endpoint(GET=reading.page), name="api-page"),
    path(
        "<path:rest>",
        endpoint(GET=nothing, POST=nothing, PUT=nothing, PATCH=nothing, DELETE=nothing),
    ),
]
