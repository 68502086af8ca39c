"""Boolean formulas as text: parsed by hand, never evaluated as code.

From the tightest to the loosest, as in Python, with ``xor`` between ``and`` and ``or``:

==========================================  ====================================================
``x1``, ``0``, ``1``, ``( … )``             an input (counted from 1), constants, parentheses
``maj(…)``, ``parity(…)``                   more than half of the arguments; an odd number of them
``threshold(k, …)``                         at least k of the arguments
``ite(a, b, c)``                            b where a is 1, else c
``[a + b + c > 1]``                         a count of arguments compared: ``> >= < <= ==``
``~a``, ``!a``                              negation
``a & b``, then ``a ^ b``, then ``a | b``   and, exclusive or, or
``not a``                                   negation of all that binds tighter
``a and b``, then ``a xor b``, ``a or b``   the same three, looser
==========================================  ====================================================

So ``not x1 & x2`` is ``~(x1 & x2)``, and ``x1 & not x2`` is refused, as in Python.
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from simplicity.functions.packing import (
    MAX_INPUTS,
    checked_n_inputs,
    input_table,
    pack,
)

Table = npt.NDArray[np.bool_]

MAX_LENGTH = 10_000
MAX_DEPTH = 50  # each takes up to ten of the thousand calls that Python nests

_TOKEN = re.compile(r"\s*(?:(?P<name>[A-Za-z_]\w*)|(?P<number>\d+)|(?P<sign>[<>=]=|[-+<>&|^~!(),\[\]]))")
_INPUT = re.compile(r"[xX](\d+)")
#: Binary operators from the loosest to the tightest; what ``not`` negates starts at level 3.
_LEVELS = {"or": 0, "xor": 1, "and": 2, "|": 3, "^": 4, "&": 5}
_LEVEL_OF_NOT = 3
_WORDS = {"and", "or", "xor", "not"}
_FUNCTIONS = ("maj", "parity", "threshold", "ite")
_COMPARISONS = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
}


class FormulaError(ValueError):
    """A formula that cannot be read: what is wrong, and where.

    Parameters
    ----------
    problem : str
        What is wrong, on one line.
    text : str
        The formula.
    column : int
        Counted from 1.
    """

    def __init__(self, problem: str, text: str, column: int) -> None:
        super().__init__(problem, text, column)
        self.problem, self.text, self.column = problem, text, column

    @property
    def summary(self) -> str:
        """The message on one line."""
        return f"{self.problem} at column {self.column} of {self._shown()[0]!r}"

    def _shown(self) -> tuple[str, int]:
        """The part of the text around the column, and the place of the column in it."""
        start = max(0, self.column - 1 - 40)
        part = re.sub(r"\s", " ", self.text[start : start + 80])
        return part, self.column - 1 - start

    def __str__(self) -> str:
        part, place = self._shown()
        return f"{self.problem} at column {self.column}:\n    {part}\n    {' ' * place}^"


class _Token(NamedTuple):
    kind: str  # "name", "number", "sign" or "end"
    text: str
    column: int


def _tokens(text: str) -> list[_Token]:
    found, place = [], 0
    while match := _TOKEN.match(text, place):
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind], match.start(kind) + 1))
        place = match.end()
    rest = text[place:].lstrip()
    column = len(text) - len(rest) + 1
    if rest:
        raise FormulaError(f"unexpected character {rest[0]!r}", text, column)
    return [*found, _Token("end", "", column)]


class _Parser:
    """Recursive descent by levels of precedence; the value of a part is its truth table."""

    def __init__(self, text: str, tokens: list[_Token], n_inputs: int) -> None:
        self.text, self.tokens, self.n_inputs = text, tokens, n_inputs
        self.columns = input_table(n_inputs).T.astype(bool)
        self.place, self.depth = 0, 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.place]

    def fail(self, problem: str, token: _Token | None = None) -> NoReturn:
        raise FormulaError(problem, self.text, (token or self.next).column)

    def take(self, *texts: str) -> _Token | None:
        """The next token if it is one of these."""
        token = self.next
        if token.kind != "end" and token.text in texts:
            self.place += 1
            return token
        return None

    def expect(self, *texts: str) -> _Token:
        token = self.take(*texts)
        if token is None:
            wanted = " or ".join(repr(text) for text in texts)
            self.fail(f"expected {wanted}, found {self.found()}")
        return token

    def found(self) -> str:
        return repr(self.next.text) if self.next.kind != "end" else "the end"

    def expression(self, loosest: int = 0) -> Table:
        """Everything that binds at least as tightly as this level."""
        negations = 0
        while loosest <= _LEVEL_OF_NOT and self.take("not"):
            negations += 1
        value = self.expression(_LEVEL_OF_NOT) if negations else self.operand()
        if negations % 2:
            value = ~value
        while (level := _LEVELS.get(self.next.text, -1)) >= loosest:
            operator = self.next.text
            self.place += 1
            right = self.expression(level + 1)
            if operator in ("and", "&"):
                value = value & right
            elif operator in ("or", "|"):
                value = value | right
            else:
                value = value ^ right
        return value

    def operand(self) -> Table:
        negations = 0
        while self.take("~", "!"):
            negations += 1
        value = self.atom()
        return ~value if negations % 2 else value

    def atom(self) -> Table:
        token = self.next
        if self.take("("):
            return self.nested(")")[0]
        if self.take("["):
            return self.comparison()
        if token.kind == "number":
            if token.text not in ("0", "1"):
                self.fail(f"the number {token.text[:20]} is no constant; constants are 0 and 1")
            self.place += 1
            return np.full(2**self.n_inputs, token.text == "1")
        if token.kind == "name":
            return self.named()
        self.fail(f"expected an input, a constant or '(', found {self.found()}")

    def named(self) -> Table:
        token = self.next
        if match := _INPUT.fullmatch(token.text):
            self.place += 1
            return self.columns[int(match[1]) - 1]
        if token.text == "not":
            self.fail("'not' binds looser than the operator before it: use '~', or parentheses around it")
        if token.text in _WORDS:
            self.fail(f"expected an input before {token.text!r}")
        if token.text not in _FUNCTIONS:
            known = ", ".join(_FUNCTIONS)
            self.fail(f"unknown name {token.text[:20]!r} (known are x1, x2, … and {known})")
        self.place += 1
        self.expect("(")
        least = self.count() if token.text == "threshold" else 0
        if token.text == "threshold":
            self.expect(",")
        values = self.nested(")", separator=",")
        if token.text == "ite":
            if len(values) != 3:
                self.fail(f"ite takes 3 arguments, got {len(values)}", token)
            return np.where(values[0], values[1], values[2])
        total = np.sum(values, axis=0)
        if token.text == "parity":
            return total % 2 == 1
        return 2 * total > len(values) if token.text == "maj" else total >= least

    def comparison(self) -> Table:
        """What stands after the opening bracket of ``[a + b > 1]``."""
        total = np.sum(self.nested(*_COMPARISONS, separator="+"), axis=0)
        compare = _COMPARISONS[self.tokens[self.place - 1].text]
        limit = self.count()
        self.expect("]")
        return compare(total, limit)

    def nested(self, *closing: str, separator: str | None = None) -> list[Table]:
        """Expressions with separators between them up to a closing sign, one level deeper."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"parentheses are nested more than {MAX_DEPTH} deep")
        values = [self.expression()]
        while separator and self.take(separator):
            values.append(self.expression())
        self.expect(*([separator] if separator else []), *closing)
        self.depth -= 1
        return values

    def count(self) -> int:
        token = self.next
        if token.kind != "number" or len(token.text) > 6:
            self.fail(f"expected a whole number below a million, found {self.found()}")
        self.place += 1
        return int(token.text)


def parse(text: str, n_inputs: int | None = None) -> npt.NDArray[np.uint64]:
    """Return the function that a Boolean formula computes.

    Parameters
    ----------
    text : str
        In the notation at the head of this module, which includes all of `names`.
    n_inputs : int, optional
        Number of inputs; default the largest that the formula names, or 1.

    Returns
    -------
    ndarray of uint64, shape (words,)
        The packed function.

    Raises
    ------
    FormulaError
        A ValueError that marks the place, if the text is no formula, names an input that does not exist, is
        longer than 10,000 characters or nested more than 50 deep.
    ValueError
        If `n_inputs` is not an integer from 1 to `MAX_INPUTS`.

    Examples
    --------
    >>> from simplicity.functions import to_strings
    >>> to_strings(parse("x1 ^ x2"), 2), to_strings(parse("maj(x1, x2, not x3) | 0"), 3)
    (['0110'], ['00101011'])
    >>> try:
    ...     parse("x1 ^ y")
    ... except ValueError as error:
    ...     print(error)
    unknown name 'y' (known are x1, x2, … and maj, parity, threshold, ite) at column 6:
        x1 ^ y
             ^
    """
    if not isinstance(text, str):
        raise ValueError(f"a formula must be text, got {type(text).__name__}")
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            f"a formula may have {MAX_LENGTH} characters, this one has {len(text)}", text, MAX_LENGTH + 1
        )
    limit = MAX_INPUTS if n_inputs is None else checked_n_inputs(n_inputs)
    tokens = _tokens(text)
    largest = 1
    for token in tokens:
        match = _INPUT.fullmatch(token.text)
        if token.kind == "name" and match:
            number = int(match[1]) if len(match[1]) < 10 else limit + 1
            if not 1 <= number <= limit:
                raise FormulaError(
                    f"there is no input {token.text[:20]}: inputs are x1 to x{limit}", text, token.column
                )
            largest = max(largest, number)
    parser = _Parser(text, tokens, largest if n_inputs is None else limit)
    value = parser.expression()
    if parser.next.kind != "end":
        parser.fail(f"expected an operator or the end, found {parser.found()}")
    return pack(value)
