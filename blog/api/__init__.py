"""The API: what the site holds as JSON, and articles, pictures and votes from programs (docs/api.md).

It is one more front door: what may be read, and by whom, and what saving does is decided where pages and the
desk ask, too. A program signs in by an application password, which it sends with each request; no cookie
signs anybody in here, so another site's form can do nothing. No page of another site may read the answers:
there is no CORS.
"""
