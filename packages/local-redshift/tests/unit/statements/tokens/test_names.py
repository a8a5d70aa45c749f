"""Names as Redshift reads them: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html"""

from __future__ import annotations

import pytest

from local_redshift.statements.tokens.lexer import tokenize
from local_redshift.statements.tokens.names import fold_names
from local_redshift.wire.errors import RedshiftError


def test_quoted_names_fold_to_lower_case_and_everything_keeps_its_place() -> None:
    text = 'SELECT "MyColumn", \'Text\', Other FROM "T"'
    folded, tokens = fold_names(text, tokenize(text))
    assert folded == 'SELECT "mycolumn", \'Text\', Other FROM "t"'
    assert [folded[token.start : token.end] for token in tokens] == [token.text for token in tokens]


def test_a_text_without_capitals_in_quotes_is_the_same_text() -> None:
    text = 'SELECT "a" FROM T'
    assert fold_names(text, tokenize(text))[0] is text


@pytest.mark.parametrize(
    ("name", "refused"), [("n" * 63, False), ("n" * 64, True), ("é" * 31, False), ("é" * 32, True)]
)
def test_a_name_that_postgresql_would_cut_off_is_refused(name: str, refused: bool) -> None:
    text = f'SELECT "{name}"'
    if refused:
        with pytest.raises(RedshiftError, match="of 64 bytes"):
            fold_names(text, tokenize(text))
    else:
        fold_names(text, tokenize(text))
