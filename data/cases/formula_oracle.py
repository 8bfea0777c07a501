#!/usr/bin/env python3
"""A second opinion on formulas, by chance: the notation of docs/formulas.md read and computed anew.

Reads a JSON object a line from standard input and nothing of fondaco; answers a line each:

    amount WIDE low high, then for half-up, half-even, down, up: low rounded|exact rounded|high rounded
    unknown WIDE why why …
    loose                             what 28 digits lose decides which way it goes

Figures are fractions of two whole decimals, so that nothing is ever lost. Fondaco keeps 28 digits: a
step that needs more, or a division that does not end, makes `low` and `high` differ by what may be
lost. WIDE is 1 where any step did, 0 where none did; then `low` and `high` are the exact amount.
"""

import json
import re
import sys
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_CEILING,
    ROUND_FLOOR,
    Context,
    Decimal,
    Inexact,
    getcontext,
    setcontext,
)

# Whatever is not exact here is a mistake of this program.
setcontext(Context(prec=20000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact]))
DIGITS = 28
SHORT = Context(prec=DIGITS, traps=[])
ULP = Decimal("1e-27")
BELOW = Context(prec=DIGITS, rounding=ROUND_FLOOR, traps=[])
ABOVE = Context(prec=DIGITS, rounding=ROUND_CEILING, traps=[])
MODES = ("half-up", "half-even", "down", "up")
ONE, ZERO = Decimal(1), Decimal(0)


class Unknown(Exception):
    """Why it cannot be told; every reason that may be said."""

    def __init__(self, *why):
        super().__init__()
        self.why = set(why)


class Loose(Exception):
    """What 28 digits lose decides."""


# Fractions: above and below the line. None is negative.


def less(a, b):
    return a[0] * b[1] < b[0] * a[1]


def add(a, b):
    return (a[0] + b[0], a[1]) if a[1] == b[1] else (a[0] * b[1] + b[0] * a[1], a[1] * b[1])


def fits(fraction):
    """Whether the figure has at most 28 digits, before and after the point together."""
    SHORT.clear_flags()
    figure = SHORT.divide(*fraction)
    if SHORT.flags[Inexact]:
        return False
    figure = figure.normalize(SHORT)
    after = max(-figure.as_tuple().exponent, 0)
    before = max(figure.adjusted() + 1, 0)
    return before + after <= DIGITS


def rounded(fraction, digits, mode):
    """To so many digits, by whole division: nothing is lost before."""
    above, below = fraction[0].scaleb(digits), fraction[1]
    whole = above // below
    rest = above - whole * below
    twice = rest + rest
    up = (
        (mode == "up" and rest > 0)
        or (mode == "half-up" and twice >= below)
        or (mode == "half-even" and (twice > below or (twice == below and whole % 2 == 1)))
    )
    return (whole + (ONE if up else ZERO), ONE.scaleb(digits))


class Figure:
    """A figure: exact, and between what it may be with 28 digits."""

    __slots__ = ("low", "exact", "high")

    def __init__(self, low, exact, high):
        self.low, self.exact, self.high = low, exact, high

    @staticmethod
    def of(text):
        exact = (Decimal(text), ONE)
        return Figure(exact, exact, exact)

    def sharp(self):
        return self.low is self.high


class Case:
    def __init__(self, case, name):
        self.case = case
        self.name = name
        self.wide = False
        self.units = {u: (base, factor) for u, base, factor in case["units"] if "*" not in base}
        self.products = [
            (u, base.split("*"), factor) for u, base, factor in case["units"] if "*" in base
        ]
        self.facts = {name.lower(): figure for name, figure in case["facts"]}
        self.duty = None

    # One step each; a step that needs more than 28 digits may lose what is behind them.

    def step(self, of, *figures):
        if all(f.sharp() for f in figures):
            exact = of(*(f.exact for f in figures))
            if fits(exact):
                return Figure(exact, exact, exact)
            low = high = exact
        else:
            low = of(*(f.low for f in figures))
            exact = of(*(f.exact for f in figures))
            high = of(*(f.high for f in figures))
        self.wide = True
        lost = (ULP * max(ONE, ABOVE.divide(*high)), ONE)
        down = (low[0] - lost[0] * low[1], low[1])
        return Figure(down if down[0] > 0 else (ZERO, ONE), exact, add(high, lost))

    def times(self, a, b):
        return self.step(lambda x, y: (x[0] * y[0], x[1] * y[1]), a, b)

    def over(self, a, figure):
        return self.step(lambda x: (x[0], x[1] * figure), a)

    def plus(self, a, b):
        return self.step(add, a, b)

    def minus(self, a, b):
        """Not below zero."""

        def taken(x, y):
            top = x[0] * y[1] - y[0] * x[1]
            return (top, x[1] * y[1]) if top > 0 else (ZERO, ONE)

        if a.sharp() and b.sharp():
            return self.step(taken, a, b)
        self.wide = True
        crossed = Figure(b.high, b.exact, b.low)
        return self.step(taken, a, crossed)

    @staticmethod
    def best(figures, greatest):
        def pick(all_of):
            best = all_of[0]
            for one in all_of[1:]:
                if less(best, one) == greatest and less(best, one) != less(one, best):
                    best = one
            return best

        low, exact, high = (pick([getattr(f, n) for f in figures]) for n in ("low", "exact", "high"))
        sharp = all(f.sharp() for f in figures)
        return Figure(exact, exact, exact) if sharp else Figure(low, exact, high)

    def round(self, figure, digits, mode):
        if figure.sharp():
            exact = rounded(figure.exact, digits, mode)
            return Figure(exact, exact, exact)
        return Figure(*(rounded(f, digits, mode) for f in (figure.low, figure.exact, figure.high)))

    # Where the figures come from.

    def rate(self, currency):
        if currency == self.case["own"]:
            return Figure.of("1")
        rows = [
            (first, per_unit)
            for of, per_unit, first in self.case["rates"]
            if of == currency and first <= self.case["day"]
        ]
        if not rows:
            raise Unknown(f"no-rate:{currency}")
        return Figure.of(max(rows)[1])

    def value(self):
        if self.case["price"] is None:
            raise Unknown("no-value")
        try:
            rate = self.rate(self.case["currency"])
        except Unknown:
            raise Unknown("no-value") from None
        return self.round(self.times(Figure.of(self.case["price"]), rate), *self.case["value"])

    def base(self):
        """The value and the taxes computed before; rounded as the value is."""
        why, parts = set(), []
        try:
            parts.append(self.value())
        except Unknown as unknown:
            why |= unknown.why
        if self.case["duty_in_base"]:
            try:
                parts.append(self.tax("DTY"))
            except Unknown as unknown:
                why |= unknown.why
        if why:
            raise Unknown(*why)
        base = parts[0] if len(parts) == 1 else self.plus(*parts)
        return self.round(base, *self.case["value"])

    def tax(self, name):
        """What a tax computed before comes to; nothing where it does not bear on the goods."""
        if name != "DTY" or self.case["duty"] is None:
            return Figure.of("0")
        if self.duty is None:
            computing = Case({**self.case, "duty_in_base": False, "duty": None}, "DTY")
            try:
                amount = computing.compute(parse(self.case["duty"]))
                self.duty = computing.round(amount, *self.case["duty_rounding"])
            except Unknown:
                self.duty = Unknown("depends-on:DTY")
            self.wide |= computing.wide
        if isinstance(self.duty, Unknown):
            raise self.duty
        return self.duty

    def convert(self, figure, unit, wanted):
        if unit == wanted:
            return Figure.of(figure)
        if unit not in self.units or wanted not in self.units:
            return None
        (base, factor), (wanted_base, wanted_factor) = self.units[unit], self.units[wanted]
        if base != wanted_base:
            return None
        return self.over(self.times(Figure.of(figure), Figure.of(factor)), Decimal(wanted_factor))

    def stated(self, wanted):
        """The first stated quantity, above zero, that converts to the unit asked for."""
        lines = self.case["tax_quantities"]
        stated = [(figure, unit) for figure, unit, tax in lines if tax in (self.name, "")]
        for figure, unit in self.case["supplementary"]:
            stated.append((figure, unit or self.case["measure_unit"] or self.case["line_unit"]))
        if self.case["net_mass"] is not None:
            stated.append((self.case["net_mass"], "KGM"))
        for figure, unit in stated:
            if unit and Decimal(figure) > 0:
                found = self.convert(figure, unit, wanted)
                if found is not None:
                    return found
        return None

    def quantity(self, wanted):
        found = self.stated(wanted)
        for unit, (a, b), factor in self.products:
            if found is None and unit == wanted:
                a, b = self.stated(a), self.stated(b)
                if a is not None and b is not None:
                    found = self.times(self.times(a, b), Figure.of(factor))
        if found is None:
            raise Unknown(f"no-quantity:{wanted}")
        return found

    def fact(self, name, kind):
        """A figure below zero is as good as not stated."""
        figure = self.facts.get(name.lower())
        if figure is None or Decimal(figure) < 0:
            raise Unknown(f"{kind}:{name}")
        return Figure.of(figure)

    # The formula.

    def all_of(self, *asked):
        """Every one of them, or every reason why not."""
        got, why = [], set()
        for ask in asked:
            try:
                got.append(ask())
            except Unknown as unknown:
                why |= unknown.why
        if why:
            raise Unknown(*why)
        return got

    def compute(self, tree):
        kind, *args = tree
        match kind:
            case "free":
                return Figure.of("0")
            case "percent":
                percent, part = args
                of = self.base() if part is None else self.fact(part, "no-part")
                return self.over(self.times(of, Figure.of(percent)), Decimal(100))
            case "specific":
                amount, currency, per, unit, part = args

                def counted():
                    return self.quantity(unit) if part is None else self.fact(part, "no-part")

                count, rate = self.all_of(counted, lambda: self.rate(currency))
                whole = self.times(self.times(count, Figure.of(amount)), rate)
                return self.over(whole, Decimal(per))
            case "+":
                a, b = self.all_of(*(lambda x=x: self.compute(x) for x in args))
                return self.plus(a, b)
            case "-":
                a, b = self.all_of(*(lambda x=x: self.compute(x) for x in args))
                return self.minus(a, b)
            case "max" | "min":
                figures = self.all_of(*(lambda x=x: self.compute(x) for x in args[0]))
                return self.best(figures, kind == "max")
            case "*":
                formula, fact = args
                return self.times(
                    *self.all_of(lambda: self.compute(formula), lambda: self.fact(fact, "no-fact"))
                )
            case "upto":
                formula, tax = args
                return self.minus(
                    *self.all_of(lambda: self.compute(formula), lambda: self.tax(tax))
                )
            case "entry":
                bands, otherwise = args
                base = self.base()
                for threshold, formula in bands:
                    reached = self.compute(threshold)
                    if not less(base.low, reached.high):
                        return self.compute(formula)
                    if not less(base.high, reached.low):
                        raise Loose
                return self.compute(otherwise)
            case "note":
                raise Unknown(f"note:{args[0]}")
        raise ValueError(kind)


# The notation.

TOKEN = re.compile(
    r"""\s*(?:
        "(?P<text>[^"]*)"
      | (?P<code>[0-9]*[A-Za-z][A-Za-z0-9\#]*)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<sign>[-+*/%(),:])
    )""",
    re.VERBOSE,
)


def parse(text):
    tokens, at = [], 0
    while at < len(text.rstrip()):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"no token at {at}: {text}")
        tokens.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    tokens.append(("end", ""))
    tree, rest = parse_sum(tokens, 0)
    if tokens[rest][0] != "end":
        raise ValueError(f"more behind the formula: {text}")
    return tree


def want(tokens, at, sign):
    if tokens[at] != ("sign", sign):
        raise ValueError(f"want {sign}, have {tokens[at]}")
    return at + 1


def parse_sum(tokens, at):
    tree, at = parse_product(tokens, at)
    while tokens[at] in (("sign", "+"), ("sign", "-")):
        sign = tokens[at][1]
        other, at = parse_product(tokens, at + 1)
        tree = (sign, tree, other)
    return tree, at


def parse_product(tokens, at):
    tree, at = parse_factor(tokens, at)
    while tokens[at] == ("sign", "*"):
        tree, at = ("*", tree, tokens[at + 1][1]), at + 2
    return tree, at


def parse_part(tokens, at):
    return (tokens[at + 1][1], at + 2) if tokens[at] == ("code", "of") else (None, at)


def parse_factor(tokens, at):
    kind, text = tokens[at]
    if kind == "sign" and text == "(":
        tree, at = parse_sum(tokens, at + 1)
        return tree, want(tokens, at, ")")
    if kind == "number":
        if tokens[at + 1] == ("sign", "%"):
            part, at = parse_part(tokens, at + 2)
            return ("percent", text, part), at
        currency = tokens[at + 1][1]
        at = want(tokens, at + 2, "/")
        per = "1"
        if tokens[at][0] == "number":
            per, at = tokens[at][1], at + 1
        unit = tokens[at][1]
        part, at = parse_part(tokens, at + 1)
        return ("specific", text, currency, per, unit, part), at
    if kind != "code":
        raise ValueError(f"want a formula, have {tokens[at]}")
    if text == "free":
        return ("free",), at + 1
    at = want(tokens, at + 1, "(")
    if text == "note":
        return ("note", tokens[at][1]), want(tokens, at + 1, ")")
    if text in ("max", "min"):
        first, at = parse_sum(tokens, at)
        trees = [first]
        while tokens[at] == ("sign", ","):
            one, at = parse_sum(tokens, at + 1)
            trees.append(one)
        return (text, trees), want(tokens, at, ")")
    if text == "upto":
        tree, at = parse_sum(tokens, at)
        at = want(tokens, at, ",")
        return ("upto", tree, tokens[at][1]), want(tokens, at + 1, ")")
    if text == "entry":
        bands = []
        while tokens[at] != ("code", "else"):
            threshold, at = parse_sum(tokens, at)
            formula, at = parse_sum(tokens, want(tokens, at, ":"))
            bands.append((threshold, formula))
            at = want(tokens, at, ",")
        otherwise, at = parse_sum(tokens, want(tokens, at + 1, ":"))
        return ("entry", bands, otherwise), want(tokens, at, ")")
    raise ValueError(f"no such formula: {text}")


def shown(fraction, context):
    return format(context.divide(*fraction), "f")


def answer(line):
    case = Case(json.loads(line), "TST")
    try:
        figure = case.compute(parse(case.case["formula"]))
    except Unknown as unknown:
        whys = (why.replace(" ", "_") for why in sorted(unknown.why))
        return f"unknown {int(case.wide)} {' '.join(whys)}"
    except Loose:
        return "loose"
    out = [shown(figure.low, BELOW), shown(figure.high, ABOVE)]
    for mode in MODES:
        ends = ((figure.low, BELOW), (figure.exact, SHORT), (figure.high, ABOVE))
        out.append("|".join(shown(rounded(f, case.case["digits"], mode), by) for f, by in ends))
    return f"amount {int(case.wide)} {' '.join(out)}"


def main():
    for line in sys.stdin:
        print(answer(line))


if __name__ == "__main__":
    main()
