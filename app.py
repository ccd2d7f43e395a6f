"""Built for serving: ``server`` (WSGI), ``asgi`` (with the live streams), ``python app.py`` for the
embedded default. The one module that works at import."""

from mpp import create_app
from mpp.web import logs
from mpp.web.server import asgi_of, checked, run

try:
    settings = checked()
    logs.configure(settings)
    server = create_app(settings)
except ValueError as error:
    raise SystemExit(f"mpp: {error}") from None
asgi = asgi_of(server)

if __name__ == "__main__":
    run(server, asgi)
