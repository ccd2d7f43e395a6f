"""Why items and rows wait in quarantine, in words; their codes and details stay English."""

from __future__ import annotations

from mpp.i18n import Words


def reason_text(code: str, w: Words) -> str:
    """What a reason means, in the language of ``w``; the code itself where it is not known."""
    return _texts(w).get(code, code)


def _texts(w: Words) -> dict[str, str]:
    return {
        "not_an_object": w.text("no JSON object"),
        "bad_envelope": w.text("not a proper CloudEvent"),
        "bad_data": w.text("data cannot be read"),
        "unknown_type": w.text("unknown type of event"),
        "bad_time": w.text("time cannot be read"),
        "too_old": w.text("too old"),
        "too_far_ahead": w.text("lies in the future"),
        "missing_field": w.text("a field is missing"),
        "bad_field": w.text("a field cannot hold this"),
        "unknown_service": w.text("unknown service"),
        "unknown_counter": w.text("unknown counter"),
        "wrong_columns": w.text("wrong number of columns"),
        "missing_key": w.text("the key is empty"),
        "bad_key": w.text("unfit key"),
        "bad_encoding": w.text("wrong encoding"),
        "duplicate_key": w.text("same key, other content"),
        "ambiguous_label": w.text("two words for one code"),
        "missing_time": w.text("no time is filled"),
        "unreadable_time": w.text("time cannot be read"),
        "out_of_period": w.text("outside the stated period"),
        "unknown_outcome": w.text("unknown word for the outcome"),
        "unknown_result": w.text("unknown word for the result"),
    }
