"""The form of an account: what it asks, and the account it describes."""

from __future__ import annotations

from markupsafe import Markup

from mpp.access import BOUND, PEOPLE
from mpp.i18n import Words
from mpp.live.described import Described
from mpp.people import accounts
from mpp.people.accounts import Wish
from mpp.web.admin.fields import Checks, Choice, Field, Given
from mpp.web.admin.kinds import counter_options
from mpp.web.people.sign_in import role_words
from mpp.web.plain import el


def person_fields(state: Described, w: Words) -> list[Field]:
    """What is asked about an account."""
    agencies = state.mall.agencies if state.mall else ()
    return [
        Field(key="name", label=w.text("Name"), hint=w.text("Such as Siti Rahmawati"), required=True),
        Field(
            key="login",
            label=w.text("Login"),
            hint=w.text("What is typed to sign in: small letters, such as siti.rahmawati"),
            required=True,
        ),
        Choice(
            key="role",
            label=w.text("Role"),
            hint=w.text("What the person may see and do"),
            options=[("", w.text("choose")), *((role, role_words(role, w)) for role in PEOPLE)],
        ),
        Checks(
            key="agencies",
            label=w.text("Agencies (of agency staff and counter officers)"),
            hint=w.text("They see these and no other"),
            options=[(agency.code, agency.short) for agency in agencies],
        ),
        Counters(
            key="counters",
            label=w.text("Counters (of counter officers)"),
            hint=w.text("Nothing ticked: every counter of the agencies above"),
            options=counter_options(state),
        ),
        Field(
            key="subject",
            label=w.text("Single sign-on identity"),
            hint=w.text("Issuer and subject, where the mall signs in with OpenID Connect"),
        ),
    ]


def wish_of(given: Given, state: Described, w: Words) -> Wish:
    """What the form says an account is to be. Raises AccountError."""
    wish = Wish(
        login=given.get("login", ""),
        name=given.get("name", ""),
        role=given.get("role", ""),
        agencies=frozenset(given.getlist("agencies")),
        counters=frozenset(
            (agency, counter)
            for agency, _, counter in (pair.partition("/") for pair in given.getlist("counters"))
        ),
        subject=given.get("subject") or None,
    )
    if wish.role not in BOUND:
        # What was ticked before another role was chosen means nothing.
        wish = Wish(wish.login, wish.name, wish.role, subject=wish.subject)
    return accounts.checked(wish, state.places, w)


class Counters(Checks):
    """Counters to tick, folded away: a mall has a hundred."""

    def draw(self, given: Given, wrong: str, w: Words) -> Markup:
        """Open where something is ticked or wrong."""
        ticked = len(given.getlist(self.key))
        made = Checks.draw(self, given, wrong, w)
        return el(
            "details",
            el("summary", self.label, ticked > 0 and f" – {w.plural('{n} chosen', '{n} chosen', ticked)}"),
            made,
            open=bool(ticked or wrong),
            class_="field fold",
        )
