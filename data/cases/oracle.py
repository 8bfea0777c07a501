#!/usr/bin/env python3
"""A second opinion on the golden duty cases: the column `formula` computed with `decimal`.

Reads data/cases/<pack>/duties*.csv and data/demo/rates-<pack>.csv, and nothing of fondaco. Prints a
JSON object a case: name, base, assessed. A case without a formula has nothing to compute.

A formula is steps, `;` between them. It may name `value` (price at the rate of exchange), `price`,
`kg` (net mass), `qty` (the quantity as stated) and a currency (its rate). `base` is the tax base, by
default the value; `amount` (or `amount1`, `amount2` …) is what is assessed. Each step is rounded: a
base and the value half-up to two digits, anything else as the pack rounds its taxes.
"""

import ast
import csv
import json
import sys
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, getcontext
from pathlib import Path

getcontext().prec = 60
HERE = Path(__file__).resolve().parent
OWN = {"eaeu": "RUB", "cn": "CNY", "us": "USD", "gb": "GBP"}
# How the pack rounds a tax: profile.toml.
MODE = {"eaeu": ROUND_HALF_UP, "cn": ROUND_HALF_UP, "us": ROUND_HALF_UP, "gb": ROUND_DOWN}


def rounded(figure, mode):
    return figure.quantize(Decimal("0.01"), rounding=mode)


def rates(pack, on):
    """Currency to its rate on the day; the latest published where several are in force."""
    found = {OWN[pack]: ("", Decimal(1))}
    with open(HERE.parent / "demo" / f"rates-{pack}.csv", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            inside = row["from"] <= on and (not row["until"] or on <= row["until"])
            if inside and row["from"] >= found.get(row["currency"], ("",))[0]:
                found[row["currency"]] = (row["from"], Decimal(row["per_unit"]))
    return {currency: rate for currency, (_, rate) in found.items()}


def compute(text, names):
    """An arithmetic expression over decimals; nothing else is taken."""

    def walk(node):
        match node:
            case ast.Expression(body=body):
                return walk(body)
            case ast.Constant():
                return Decimal(ast.get_source_segment(text, node))
            case ast.Name(id=name):
                return names[name]
            case ast.BinOp(left=left, op=op, right=right):
                a, b = walk(left), walk(right)
                match op:
                    case ast.Add():
                        return a + b
                    case ast.Sub():
                        return a - b
                    case ast.Mult():
                        return a * b
                    case ast.Div():
                        return a / b
            case ast.Call(func=ast.Name(id="max"), args=args):
                return max(walk(x) for x in args)
            case ast.Call(func=ast.Name(id="min"), args=args):
                return min(walk(x) for x in args)
        raise ValueError(f"not arithmetic: {text}")

    return walk(ast.parse(text, mode="eval"))


def work(row):
    """The names of a case after its last step, and the steps with their results."""
    exchange = rates(row["pack"], row["on"])
    names = dict(exchange)
    for name, column in (("price", "price"), ("kg", "net_mass"), ("qty", "quantity")):
        if row[column]:
            names[name] = Decimal(row[column])
    steps = []
    if row["price"] and row["currency"] in exchange:
        rate = exchange[row["currency"]]
        names["value"] = names["base"] = rounded(Decimal(row["price"]) * rate, ROUND_HALF_UP)
        at = "" if rate == 1 else f" at {rate} = {names['value']}"
        steps.append(("value", f"{row['price']} {row['currency']}{at}", names["value"]))
    for step in filter(None, (s.strip() for s in row["formula"].split(";"))):
        name, text = (part.strip() for part in step.split("=", 1))
        mode = ROUND_HALF_UP if name in ("base", "value") else MODE[row["pack"]]
        names[name] = rounded(compute(text, names), mode)
        steps.append((name, text, names[name]))
    return names, steps


def cases(packs=OWN):
    for pack in packs:
        for path in sorted((HERE / pack).glob("duties*.csv")):
            with open(path, encoding="utf-8-sig") as file:
                yield from csv.DictReader(file)


def main():
    wrong = 0
    for row in cases():
        if not row["formula"]:
            continue
        names, _ = work(row)
        amounts = [names[n] for n in sorted(names) if n.startswith("amount")]
        assessed = "|".join(str(a) for a in amounts)
        base = "|".join([str(names["base"])] * len(amounts))
        print(json.dumps({"name": row["name"], "base": base, "assessed": assessed}))
        if (base, assessed) != (row["expect_base"], row["expect_assessed"]):
            stated = f"{row['expect_base']} {row['expect_assessed']}"
            print(f"{row['name']}: stated {stated}, computed {base} {assessed}", file=sys.stderr)
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
