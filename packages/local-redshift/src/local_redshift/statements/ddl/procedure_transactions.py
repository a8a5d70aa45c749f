"""What a stored procedure commits and rolls back, as PL/pgSQL of PostgreSQL.

- A handled exception undoes the transaction, its handler runs in a new one, which is committed, and the exception is
  raised again: https://docs.aws.amazon.com/redshift/latest/dg/stored-procedure-trapping-errors.html
- In a NONATOMIC procedure each statement commits by itself, an exception undoes its own statement only, and is not
  raised again: https://docs.aws.amazon.com/redshift/latest/dg/stored-procedure-transaction-management.html

PostgreSQL undoes a whole block with an EXCEPTION part, and can end no transaction inside of it. So a NONATOMIC block
gets a block with a handler around each of its statements. Inside a client's transaction nothing is committed; the
functions ``enter_block``, ``leave_block`` and ``may_end_transaction`` of the catalog know.

Contract: pure; one rewritten body in, one out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from local_redshift.statements.tokens.edits import Edits, matches
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import WORD, Token, tokenize

_CHANGES = keywords("INSERT UPDATE DELETE MERGE WITH CREATE DROP ALTER GRANT REVOKE COMMENT EXECUTE CALL ANALYZE")
_CAN_FAIL = _CHANGES | keywords("SELECT PERFORM FETCH OPEN RAISE LOCK SET RESET TRUNCATE")
#: After these a statement begins.
_BEFORE_STATEMENT = keywords("BEGIN THEN ELSE LOOP")
#: Besides BEGIN and IF, these are closed by END.
_OTHERS = keywords("CASE LOOP")
_ENTER, _LEAVE = "PERFORM redshift_catalog.enter_block();", "PERFORM redshift_catalog.leave_block();"
_MAY = "IF redshift_catalog.may_end_transaction() THEN"
_COMMIT = f"{_MAY} COMMIT; END IF;"


@dataclass
class _Block:
    """A block, by the indexes of its words.

    :param begin: of BEGIN.
    :param exception: of EXCEPTION; -1 without a handler.
    :param handler: of the handler's first word.
    :param end: of END.
    """

    begin: int
    exception: int = -1
    handler: int = -1
    end: int = -1

    def protects(self, at: int) -> bool:
        """Return whether an exception at a place is handled by the block."""
        return self.begin < at < self.exception


def end_transactions(body: str, *, atomic: bool, definer: bool) -> str:
    """Return a body that commits and rolls back as Redshift does.

    :param body: PL/pgSQL whose SQL is PostgreSQL's.
    :param atomic: whether the procedure is not NONATOMIC.
    :param definer: whether it is SECURITY DEFINER, in which PostgreSQL ends no transaction.
    :raises RedshiftError: for a handler of single conditions, and for blocks without an end.
    """
    tokens, edits = tokenize(body), Edits(body)
    blocks = _blocks(tokens)
    if atomic:
        _raise_again(tokens, blocks, edits, definer=definer)
    else:
        _commit_each(tokens, blocks, edits)
    return edits.apply(0, len(body))


def _raise_again(tokens: Sequence[Token], blocks: Sequence[_Block], edits: Edits, *, definer: bool) -> None:
    for block in blocks:
        if block.exception < 0:
            continue
        edits.insert(tokens[block.begin].end, f" {_ENTER}")
        edits.insert(tokens[block.exception].start, f"{_LEAVE} ")
        edits.insert(tokens[block.handler].start, "" if definer else f"{_MAY} ROLLBACK; END IF; ")
        edits.insert(tokens[block.end].start, "RAISE; " if definer else f"{_COMMIT} RAISE; ")


def _commit_each(tokens: Sequence[Token], blocks: Sequence[_Block], edits: Edits) -> None:
    handled = [block for block in blocks if block.exception >= 0]
    for number, block in enumerate(handled):
        edits.insert(tokens[block.begin].end, f" {_ENTER} <<redshift_block_{number}>> BEGIN")
        edits.insert(tokens[block.exception].start, f"END; {_LEAVE} ")
        if block is not blocks[0]:  # the end of the outermost block is the procedure's
            edits.insert(tokens[_semicolon(tokens, block.end)].end, f" {_COMMIT}")
    for first, end in _statements(tokens):
        protecting = [(n, block) for n, block in enumerate(handled) if block.protects(first)]
        if matches(tokens, first, "START", "TRANSACTION"):
            edits.replace(tokens[first].start, tokens[end - 1].end, "PERFORM redshift_catalog.enter_block()")
        elif protecting:
            number, block = max(protecting, key=lambda item: item[1].begin)
            handler = edits.text[tokens[block.handler].start : tokens[block.end].start]
            edits.insert(tokens[first].start, "BEGIN ")
            edits.insert(tokens[end].end, f" EXCEPTION WHEN OTHERS THEN {handler} EXIT redshift_block_{number}; END;")
        elif tokens[first].upper in _CHANGES:
            edits.insert(tokens[end].end, f" {_COMMIT}")


def _blocks(tokens: Sequence[Token]) -> list[_Block]:
    """Return the blocks in the order of their beginnings."""
    found: list[_Block] = []
    opened: list[_Block | None] = []  # None for IF, CASE and LOOP
    for index, token in enumerate(tokens):
        before = tokens[index - 1].upper if index else ""
        if token.kind is not WORD or before == ".":
            continue
        if token.upper == "BEGIN":
            found.append(_Block(index))
            opened.append(found[-1])
        elif token.upper == "END":
            _close(token, index, opened)
        elif (token.upper in _OTHERS and before != "END") or (
            token.upper == "IF" and before != "END" and _begins(tokens, index)
        ):
            opened.append(None)
        elif token.upper == "EXCEPTION" and matches(tokens, index + 1, "WHEN") and opened and opened[-1] is not None:
            _read_handler(tokens, index, opened[-1])
    if opened:
        raise syntax_error(None)
    return found


def _close(token: Token, index: int, opened: list[_Block | None]) -> None:
    if not opened:
        raise syntax_error(token._replace(start=-1))
    block = opened.pop()
    if block is not None:
        block.end = index


def _read_handler(tokens: Sequence[Token], at: int, block: _Block) -> None:
    if not matches(tokens, at + 2, "OTHERS", "THEN"):
        raise syntax_error(tokens[at + 2]._replace(start=-1), "The one condition that can be handled is OTHERS.")
    block.exception, block.handler = at, at + 4


def _begins(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a statement begins at a place."""
    before = tokens[index - 1] if index else None
    return before is None or before.text in (";", ">>") or before.upper in _BEFORE_STATEMENT


def _statements(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return where the statements that can fail begin, and where their semicolons are."""
    found, declaring, index = [], False, 0
    while index < len(tokens):
        token = tokens[index]
        declaring = token.upper == "DECLARE" or (declaring and token.upper != "BEGIN")
        if not declaring and _begins(tokens, index) and _is_statement(tokens, index):
            found.append((index, _semicolon(tokens, index)))
            index = found[-1][1]
        index += 1
    return found


def _semicolon(tokens: Sequence[Token], at: int) -> int:
    """Return the index of the semicolon that ends what is at a place."""
    while at < len(tokens) and tokens[at].text != ";":
        at += 1
    if at == len(tokens):
        raise syntax_error(None)
    return at


def _is_statement(tokens: Sequence[Token], index: int) -> bool:
    is_assignment = matches(tokens, index + 1, ":=") or matches(tokens, index + 1, ":", "=")
    return tokens[index].upper in _CAN_FAIL or is_assignment or matches(tokens, index, "START", "TRANSACTION")
