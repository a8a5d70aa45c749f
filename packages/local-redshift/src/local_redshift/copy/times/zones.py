"""Which texts name a time zone: https://docs.aws.amazon.com/redshift/latest/dg/time-zone-names.html

The database decides what a name means, when it reads the rows: an integration test compares these names with its own.
"""

from __future__ import annotations

import re
import zoneinfo
from functools import cache

_ABBREVIATIONS = """
acdt acsst acst act acwst adt aedt aesst aest aft akdt akst almst almt amst amt anast anat arst art ast awsst awst
azost azot azst azt bdst bdt bnt bort bot bra brst brt bst btt cadt cast cct cdt cest cet cetdst chadt chast chut ckt
clst clt cot cst cxt davt ddut easst east eat edt eest eet eetdst egst egt est fet fjst fjt fkst fkt fnst fnt galt
gamt gest get gft gilt gmt gyt hkt hst ict idt iot irkst irkt irt ist jayt jst kdt kgst kgt kost krast krat kst lhdt
lhst ligt lint lkt magst magt mart mawt mdt mest mesz met metdst mez mht mmt mpt msd msk mst must mut mvt myt ndt nft
novst novt npt nst nut nzdt nzst nzt omsst omst pdt pet petst pett pgt pht pkst pkt pmdt pmst pont pst pwt pyst pyt
ret sadt sast sct sgt taht tft tjt tkt tmt tot trut tvt uct ulast ulat ut utc uyst uyt uzst uzt vet vlast vlat volt
vut wadt wakt wast wat wdt wet wetdst wft wgst wgt xjt yakst yakt yapt yekst yekt z zulu
"""
#: What pg_timezone_abbrevs() returns.
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())

#: PST8PDT and its like: https://docs.aws.amazon.com/redshift/latest/dg/r_timezone_config.html
_POSIX = re.compile(r"[a-z]{3,}[+-]?(?:\d|1\d|2[0-4])(?::[0-5]\d)?(?:[a-z]{3,})?")

_OFFSET = re.compile(r"([+-])\s*(\d+)(?::(\d{1,2}))?(?::(\d{1,2}))?")


def is_abbreviation(text: str) -> bool:
    """Return whether a text in lower case is a zone's abbreviation, such as ``pst``."""
    return text in ABBREVIATIONS


def is_zone_name(text: str) -> bool:
    """Return whether a text in lower case is a zone's full name, such as ``us/pacific`` or ``pst8pdt``."""
    return text in _names() or _POSIX.fullmatch(text) is not None


def offset(text: str) -> str | None:
    """Return an offset from UTC as ``+HH:MM:SS``; None when it is not an offset, or has 16 hours or more.

    :param text: ``-8``, ``+05:30`` or ``+0530``, for instance.
    """
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = found[2], int(found[3] or 0), int(found[4] or 0)
    if found[3] is None and len(hours) > 2:  # +0530
        hours, minutes = hours[:-2], int(hours[-2:])
    if len(hours) > 2 or int(hours) > 15 or minutes > 59 or seconds > 59:
        return None
    return f"{found[1]}{int(hours):02}:{minutes:02}:{seconds:02}"


@cache
def _names() -> frozenset[str]:
    return frozenset(name.lower() for name in zoneinfo.available_timezones())
