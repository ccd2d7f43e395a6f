"""Codes of ratings, tickets and pauses as people read them."""

from __future__ import annotations

from mpp.i18n import Words


def face(score: int, w: Words) -> str:
    """A score in words."""
    return {
        4: w.text("Very satisfied"),
        3: w.text("Satisfied"),
        2: w.text("Less satisfied"),
        1: w.text("Not satisfied"),
    }[score]


def reason(code: str, w: Words) -> str:
    """A visitor's reason as the visitor reads it."""
    return {
        "long_wait": w.text("Waited too long"),
        "unfriendly": w.text("Officer was not friendly"),
        "inattentive": w.text("Officer paid little attention"),
        "unfinished": w.text("Errand not finished"),
        "unclear_requirements": w.text("Requirements unclear"),
        "uncomfortable": w.text("Place uncomfortable"),
        "fast": w.text("Fast"),
        "friendly": w.text("Friendly"),
        "clear": w.text("Clear explanation"),
        "finished": w.text("Errand finished"),
        "comfortable": w.text("Place comfortable"),
    }[code]


def outcome(code: str | None, w: Words) -> str | None:
    """How a ticket ended; None while it is open."""
    known = {
        "served": w.text("served"),
        "no_show": w.text("no-show"),
        "left": w.text("left before service"),
        "cancelled": w.text("cancelled"),
        "unresolved": w.text("unresolved at closing"),
    }
    return None if code is None else known.get(code, code)


def result(code: str | None, w: Words) -> str | None:
    """How a service ended; None where its source does not say."""
    known = {
        "done": w.text("done on the spot"),
        "accepted": w.text("file accepted, in process"),
        "incomplete": w.text("file incomplete"),
        "consulted": w.text("consultation"),
        "referred": w.text("referred"),
        "refused": w.text("refused"),
        "system": w.text("system failure"),
    }
    return None if code is None else known.get(code, code)


def pause(code: str, w: Words) -> str:
    """Why a counter paused."""
    known = {
        "break": w.text("break"),
        "prayer": w.text("prayer"),
        "central_system": w.text("central system down"),
        "network_power": w.text("network or power down"),
        "out_of_forms": w.text("out of forms"),
        "quota_used": w.text("quota used"),
        "no_officer": w.text("no officer"),
        "meeting": w.text("meeting"),
        "other": w.text("other reason"),
    }
    return known.get(code, code)
