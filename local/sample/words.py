"""Made-up names, words and places."""

from __future__ import annotations

import random

FIRST_NAMES = (
    "Ada Alba Amir Anouk Aria Bao Basil Bela Bruno Carla Celia Chidi Clara Dario Dora Edda Eero Elif Emil Enzo Esra "
    "Fadi Femi Freya Gita Gustav Hana Hugo Ida Ines Ivo Jana João Juno Kai Kaya Lars Leïla Lena Luca Maja Malik Mina "
    "Nadia Nils Noor Olga Omar Orla Pablo Petra Quinn Rania Rémi Rosa Ruben Saga Sami Selma Søren Talia Theo Tomás Uma "
    "Vera Viktor Wanda Xenia Yara Yusuf Zoë Zuri"
).split()

LAST_NAMES = (
    "Abel Aydin Bakker Barros Berg Castillo Chen Dahl Dubois Eklund Ferrari Fischer Gomez Haas Hansen Ito Jansen Kaur "
    "Keller Kovač Lang Lima Marino Meyer Moreau Müller Nguyen Novak Okafor Olsen Park Petrov Quist Rao Reyes Rossi "
    "Santos Schmidt Silva Sørensen Tanaka Urban Vargas Virtanen Weber Wu Yilmaz Zhang"
).split()

PLACES = (
    "Arden-Lakeview, CA",
    "Bexley-Marlow-Stone Harbor, NY-NJ",
    "Calder Bay-St. Brendan, FL",
    "Dunmore-Eastgate, IL-IN-WI",
    "Elmwood-Port Hale, WA",
    "Fairhaven, MA",
    "Granby-Northfield, MN",
    "Holloway-Pine Ridge, TX",
    "Ironwood, AZ",
    "Juniper Falls-Oak Creek, GA",
    "Kingsmere, OH",
    "Larkspur-San Tomé, CA",
    "Millbrook-West Arbor, MI",
    "Norwell-Quarry Hill, PA",
)

#: The second has quotes of its own, as browsers' agents in app logs do.
USER_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:31.0) Gecko/20100101 Firefox/31.0",
    '"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_4) AppleWebKit/537.36 (KHTML, like Gecko) Version/7.0 Safari/537.36"',
    '"Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/36.0 Safari/537.36"',
    "Mozilla/5.0 (iPhone; CPU iPhone OS 7_1 like Mac OS X) AppleWebKit/537.51 (KHTML, like Gecko) Mobile/11D257",
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
)

_ADJECTIVES = (
    "Amber Blue Broken Crimson Distant Electric Fading Golden Hollow Iron Jade Last Lonely Midnight Neon Open Paper "
    "Quiet Restless Silver Sleeping Tender Velvet Wild"
).split()

_NOUNS = (
    "Avenue Bridge Café Carousel Dreams Echoes Fields Garden Harbour Island Jungle Lights Mirrors Nights Ocean Parade "
    "Rain Rivers Señal Shadows Stars Summer Thunder Voices Waves Winter"
).split()

_ENDINGS = ("", "", "", "", " (Live)", " (Album Version)", " [Remastered]", " (feat. Zoë & Søren)", ' "Reprise"')


def title(rng: random.Random) -> str:
    """Return a song's title."""
    first = rng.choice(_ADJECTIVES)
    rest = rng.choice(_NOUNS)
    form = rng.randrange(4)
    if form == 0:
        return f"{first} {rest}{rng.choice(_ENDINGS)}"
    if form == 1:
        return f"{rest} of the {first} {rng.choice(_NOUNS)}{rng.choice(_ENDINGS)}"
    if form == 2:
        return f"The {first} {rest}{rng.choice(_ENDINGS)}"
    return f"{first} {rng.choice(_ADJECTIVES)} {rest} {rng.randrange(1, 100)}"


def band(rng: random.Random) -> str:
    """Return an artist's name."""
    if rng.random() < 0.4:
        return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    return f"The {rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)}"
