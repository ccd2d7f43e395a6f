"""HTML made of a template and what belongs in its places."""

from __future__ import annotations

from markupsafe import Markup, escape


def markup(template: str, *values: object) -> Markup:
    """What ``Markup(template).format(*values)`` makes, in a third of its time: half of a picture's cost are
    its templates. ``template`` is ours, each place in it a plain ``{}``; every value is escaped that is no
    Markup itself."""
    return Markup(template.format(*map(escape, values)))  # noqa: S704 the template is never foreign
