"""Names, titles and places of the sample: made of its words, of every form, and the same for the same draws."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from local.sample import words
from local.sample.draws import Draws

MAKERS = [words.person, words.town, words.metropolis, words.band, words.title, words.user_agent]


@pytest.mark.parametrize("make", MAKERS)
def test_the_same_draws_make_the_same_and_others_make_others(make: Callable[[Draws], str]) -> None:
    def some(name: str) -> list[str]:
        draws = Draws(name)
        return [make(draws) for _ in range(20)]

    assert some("7/x") == some("7/x") != some("8/x")


@pytest.mark.parametrize("make", MAKERS)
def test_texts_are_plain_and_fit_into_the_columns(make: Callable[[Draws], str]) -> None:
    draws = Draws("texts")
    for _ in range(500):
        text = make(draws)
        assert text == text.strip()
        assert text.isprintable()
        assert 0 < len(text.encode()) <= 256


@pytest.mark.parametrize("gender", ["F", "M"])
def test_a_first_name_is_one_of_its_gender(gender: str) -> None:
    draws = Draws("names")
    assert {words.first_name(draws, gender) for _ in range(2000)} == set(words.FIRST_NAMES[gender])


def test_no_word_stands_twice_in_a_list() -> None:
    lists = [words.LAST_NAMES, words.PLACES, words.PLACE_ENDINGS, words.REGIONS, words.ADJECTIVES, words.NOUNS]
    for each in (*lists, words.BANDS, words.TITLE_NOTES, words.WORLD_PLACES, *words.FIRST_NAMES.values()):
        assert len(set(each)) == len(each)


def test_a_location_is_towns_and_their_states() -> None:
    draws = Draws("places")
    found = [words.metropolis(draws) for _ in range(300)]
    assert all(re.fullmatch(r"\w+(-\w+){0,2}, [A-Z]{2}(-[A-Z]{2})*", place) for place in found)
    assert {place.partition(",")[0].count("-") for place in found} == {0, 1, 2}


@pytest.mark.parametrize(
    ("make", "forms"),
    [
        (words.band, [r"The \S+ \S+", r"\S+ & \S+", r"[^&]+"]),
        (words.title, [r".* of the .*", r".*\(.* Song\).*", r'".*" for .*', r"Don't Wake .*", r".* \d+( .*)?"]),
        (words.title, [r".*\(Live\)", r".*/ Reprise", r".*\d"]),
        (
            words.user_agent,
            [r'"Mozilla.*Windows.*"', r'"Mozilla.*Macintosh.*"', r'".*iPhone.*"', r"Mozilla.*Firefox.*"],
        ),
    ],
)
def test_every_form_comes_up(make: Callable[[Draws], str], forms: list[str]) -> None:
    draws = Draws("forms")
    found = [make(draws) for _ in range(500)]
    for form in forms:
        assert any(re.fullmatch(form, text) for text in found), form
