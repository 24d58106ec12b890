"""Write to those who run the site."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from accounts.visitors import country_of, network_hash, remember_visitor, visitor_of
from blog.comments.writers import Writer
from blog.pages.messages import TooFast, send_message
from blog.pages.models import Page
from blog.public.access import reader_of
from blog.public.contact import ContactForm, receipt_token
from blog.public.message_rules import judge_message
from blog.public.origin import same_origin_only
from blog.public.pages import page_response
from blog.public.see_other import SeeOther
from blog.site.middleware import site_of


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only  # no token in pages that everybody shares: DESIGN, rule 3
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a message in by the form of a page. A ban closes the comments, not this: one may ask why."""
    page = Page.objects.published().filter(pk=pk, kind=Page.Kind.CONTACT).first()
    if page is None:
        raise Http404
    if request.method != "POST":  # a refused form, loaded again
        return HttpResponseRedirect(page.get_absolute_url())
    form = ContactForm(request.POST)
    if not form.is_valid():
        return page_response(request, page, status=422, contact_form=form)
    reader = reader_of(request)
    user = reader if reader.is_authenticated else None
    visitor = None if user else visitor_of(request) or uuid.uuid4()
    fields = {name: form.cleaned_data[name] for name in ("name", "email", "subject", "body")}
    network = network_hash(request)
    writer = Writer(
        user,
        visitor,
        fields["name"],
        fields["email"],
        network_hash=network,
        country=country_of(request),
    )
    judged = judge_message(form, writer)
    try:
        sent = send_message(
            page=page,
            site=site_of(request),
            user=user,
            visitor=visitor,
            network_hash=network,
            score=judged.score,
            is_spam=judged.is_spam,
            reason=judged.reason,
            **fields,
        )
    except TooFast as refused:
        form.add_error(None, str(refused))
        return page_response(request, page, status=429, contact_form=form)
    response = SeeOther(f"{page.get_absolute_url()}?sent={receipt_token(sent)}#contact")
    if visitor:
        remember_visitor(response, visitor)
    return response
