"""The mall's description: agencies, services, counters, promises, hours, as dated versions."""

from mpp.mall.created import Wanted, add_created, merge_created, slug, slugs
from mpp.mall.document import digest, from_document, to_document
from mpp.mall.load import Reading, examine, read
from mpp.mall.mistakes import DescriptionError, Mistake
from mpp.mall.model import Agency, Counter, Done, Mall, Service, Source, Version, Versions
from mpp.mall.texts import example_text, init_text

__all__ = [
    "Agency",
    "Counter",
    "DescriptionError",
    "Done",
    "Mall",
    "Mistake",
    "Reading",
    "Service",
    "Source",
    "Version",
    "Versions",
    "Wanted",
    "add_created",
    "digest",
    "examine",
    "example_text",
    "from_document",
    "init_text",
    "merge_created",
    "read",
    "slug",
    "slugs",
    "to_document",
]
