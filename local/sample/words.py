"""The words that names, titles and places are made of. All invented or plain dictionary words."""

from __future__ import annotations

from local.sample.draws import Draws

FIRST_NAMES = {
    "F": (
        "Ada Alma Amélie Anouk Astrid Beatriz Carla Chloé Dana Edith Elif Fatima Freya Grete Hana Ines Ingrid "
        "Iris Jana Joan Kaja Lena Lucía Maren Mei Mira Nadia Nora Olga Petra Renée Rosa Selma Sofía Tamar Thea Uma "
        "Vera Wanda Yara Zoë"
    ).split(),
    "M": (
        "Abel Aldo Amir Anton Björn Bruno Carlos Casper Dario Dov Emil Enzo Félix Finn Georg Hugo Ivan Jakob Jens "
        "José Karim Kenji Lars Leo Luca Marek Mateo Mikkel Nils Omar Oskar Pavel Rafael René Samuel Søren Theo Tomas "
        "Ugo Viktor Willem Yusuf"
    ).split(),
}
LAST_NAMES = (
    "Abbott Adler Albers Arslan Barros Beck Bergström Blume Borges Brandt Castro Cho Cruz D'Amico Dahl Dietrich "
    "Duarte Eklund Engel Farkas Fischer Fontaine Garza Grün Haddad Halvorsen Hart Ibarra Ito Jansen Jørgensen Kaya "
    "Keller Klein Kowal Krämer Lind Lopes Marchetti Meyer Moreau Muñoz Nakamura Novak O'Dell Okafor Olsen Peres "
    "Pham Quist Reyes Rossi Sato Schäfer Silva Soto Tanaka Thorne Urban Vogel Wagner Weiss Yilmaz Zeman Zhou Ågren"
).split()
PLACES = (
    "Alderton Ashford Bay Bexley Birch Briar Brook Cedar Clear Cold Cove Crown Dover East Elm Fair Falcon Fern Glen "
    "Gold Grand Green Harbor Hazel Iron Juniper Kings Lake Laurel Lynn Maple Marsh Mill North Oak Orchard Pine "
    "Quarry Raven River Saint Silver Spring Stone Sun Timber Union Vale West Willow Winter"
).split()
PLACE_ENDINGS = (
    "burg dale field ford haven holm land mont mouth port ridge stead ton view ville water wick wood".split()
)
REGIONS = "AZ CA CO FL GA IL MA MI MN NC NY OH OR PA TN TX VA WA WI NY-NJ-PA IL-IN-WI DC-VA-MD MN-WI OR-WA".split()
WORLD_PLACES = (
    "Köln, Deutschland|São Paulo, Brasil|Málaga, España|Göteborg, Sverige|Kraków, Polska|Montréal, Québec|"
    "Reykjavík, Ísland|Łódź, Polska|Lyon, France|Porto, Portugal|Osaka, Japan|Dakar, Sénégal|London, England"
).split("|")
ADJECTIVES = (
    "Amber Blind Blue Bright Broken Burning Distant Electric Empty Faded Fallen Fearless Frozen Gentle Ghostly Golden "
    "Heavy Hidden Hollow Late Lonely Lost Lucky Midnight Naïve Neon Northern Pale Paper Quiet Restless Rolling Rusty "
    "Sacred Secret Slow Southern Stray Velvet Violet Wandering Wild"
).split()
NOUNS = (
    "Anthem Arcade Autumn Avenue Balloon Bridge Café Canyon Carousel Cathedral Circus Comet Compass Corner Crossroads "
    "Daylight Desert Diamond Dreamer Echo Empire Engine Fever Fiancée Firefly Forest Garden Guitar Highway Horizon "
    "Island Jukebox Kingdom Ladder Lantern Letter Lighthouse Machine Mirror Moonlight Motel Ocean Orchestra Parade "
    "Piano Planet Prairie Radio Rainfall River Rocket Sailor Satellite Season Señorita Shadow Signal Skyline Station "
    "Stranger Summer Telephone Thunder Tiger Tornado Valley Voyage Whisper Window Wolf Zeppelin"
).split()
BANDS = (
    "Architects Brothers Choir Collective Delegates Ensemble Explorers Foxes Gamblers Herons Kings Lovers Mechanics "
    "Mourners Orchestra Pilots Pirates Quartet Rebels Riders Robots Saints Sisters Sparrows Strangers Trio Union "
    "Vandals Wolves"
).split()
TITLE_NOTES = ("(Live)", "(Album Version)", "(Remastered)", "(Radio Edit)", "[Acoustic]", "(Remix)", "/ Reprise")


def first_name(draws: Draws, gender: str) -> str:
    """Return a first name."""
    return draws.pick(FIRST_NAMES[gender])


def person(draws: Draws) -> str:
    """Return a full name."""
    return f"{first_name(draws, draws.pick('FM'))} {draws.pick(LAST_NAMES)}"


def town(draws: Draws) -> str:
    """Return the name of a town."""
    return draws.pick(PLACES) + draws.pick(PLACE_ENDINGS)


def metropolis(draws: Draws) -> str:
    """Return a listener's location: one to three towns and the states they are in."""
    return "-".join(town(draws) for _ in range(1 + draws.below(3))) + ", " + draws.pick(REGIONS)


def band(draws: Draws) -> str:
    """Return an artist's name."""
    form = draws.below(5)
    if form == 0:
        return person(draws)
    if form == 1:
        return f"{draws.pick(LAST_NAMES)} & {draws.pick(LAST_NAMES)}"
    if form == 2:
        return f"{draws.pick(ADJECTIVES)} {draws.pick(NOUNS)}"
    return f"The {draws.pick(ADJECTIVES)} {draws.pick(BANDS)}"


def title(draws: Draws) -> str:
    """Return a song's title."""
    form = draws.below(6)
    if form == 0:
        words = f"{draws.pick(NOUNS)} of the {draws.pick(ADJECTIVES)} {draws.pick(NOUNS)}"
    elif form == 1:
        words = f"{draws.pick(ADJECTIVES)} {draws.pick(NOUNS)} ({draws.pick(NOUNS)} Song)"
    elif form == 2:
        words = f'"{draws.pick(NOUNS)}" for {draws.pick(FIRST_NAMES["F"])}'
    elif form == 3:
        words = f"Don't Wake the {draws.pick(ADJECTIVES)} {draws.pick(NOUNS)}"
    else:
        words = f"{draws.pick(ADJECTIVES)} {draws.pick(NOUNS)} {1 + draws.below(99)}"
    return f"{words} {draws.pick(TITLE_NOTES)}" if draws.chance(0.2) else words


def user_agent(draws: Draws) -> str:
    """Return a browser's name for itself. Most come with quotes of their own, as the real logs have them."""
    chrome, firefox, safari = 33 + draws.below(37), 28 + draws.below(35), 8 + draws.below(4)
    webkit = f"5{30 + draws.below(8)}.{draws.below(80)}"
    agents = (
        f'"Mozilla/5.0 (Windows NT 6.{draws.below(4)}; WOW64) AppleWebKit/{webkit} (KHTML, like Gecko) '
        f'Chrome/{chrome}.0.{1700 + draws.below(1700)}.{draws.below(150)} Safari/{webkit}"',
        f'"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_{7 + draws.below(7)}) AppleWebKit/{webkit} '
        f'(KHTML, like Gecko) Version/{safari}.0 Safari/{webkit}"',
        f'"Mozilla/5.0 (iPhone; CPU iPhone OS {safari}_{draws.below(5)} like Mac OS X) AppleWebKit/{webkit} '
        f'(KHTML, like Gecko) Mobile/{safari}A{draws.below(600)}"',
        f"Mozilla/5.0 (X11; Linux x86_64; rv:{firefox}.0) Gecko/20100101 Firefox/{firefox}.0",
        f"Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:{safari + 3}.0) like Gecko",
    )
    return draws.pick(agents)
