"""The answer to a POST that worked."""

from django.http.response import HttpResponseRedirectBase


class SeeOther(HttpResponseRedirectBase):
    """Now GET this page (RFC 9110, 15.4.4)."""

    status_code = 303
