"""Says by pySigma's reading of rules which rows they match: a JSON object a line in, one a line out.

Only pySigma's parser is used; what its conditions mean is written here, from the specification.
"""

import ipaddress
import json
import re
import sys

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.rule import SigmaRule
from sigma.types import (
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SpecialChars,
)

ABSENT = object()


def text_of(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def number_of(value):
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return value
    return float(value) if re.fullmatch(r"[+-]?\d+(\.\d+)?", value) else None


def pattern_of(wanted):
    out = ""
    for piece in wanted.s:
        if piece is SpecialChars.WILDCARD_MULTI:
            out += ".*"
        elif piece is SpecialChars.WILDCARD_SINGLE:
            out += "."
        else:
            out += re.escape(piece)
    cased = isinstance(wanted, SigmaCasedString)
    return re.compile(out, re.S | (0 if cased else re.I))


def regex_of(wanted):
    flags = 0
    for flag in wanted.flags:
        flags |= wanted.sigma_to_python_flags[flag]
    signs = {SpecialChars.WILDCARD_MULTI: "*", SpecialChars.WILDCARD_SINGLE: "?"}
    return re.compile("".join(signs.get(piece, piece) for piece in wanted.regexp.s), flags)


def holds(value, wanted):
    text = text_of(value)
    if text is None:
        return False
    if isinstance(wanted, SigmaString):
        return pattern_of(wanted).fullmatch(text) is not None
    if isinstance(wanted, SigmaNumber):
        return number_of(value) == wanted.number
    if isinstance(wanted, SigmaBool):
        return text.lower() == ("true" if wanted.boolean else "false")
    if isinstance(wanted, SigmaRegularExpression):
        return regex_of(wanted).search(text) is not None
    if isinstance(wanted, SigmaCIDRExpression):
        try:
            return ipaddress.ip_address(text) in wanted.network
        except ValueError:
            return False
    if isinstance(wanted, SigmaCompareExpression):
        number, bound = number_of(value), wanted.number.number
        if number is None:
            return False
        return {
            "LT": number < bound,
            "LTE": number <= bound,
            "GT": number > bound,
            "GTE": number >= bound,
        }.get(wanted.op.name, number != bound)
    raise ValueError(type(wanted).__name__)


def listed(value):
    return value if isinstance(value, list) else [value]


def referred(value, other, wanted):
    for one in map(text_of, listed(value)):
        for two in map(text_of, listed(other)):
            if one is None or two is None:
                continue
            a, b = one.lower(), two.lower()
            if wanted.starts_with and wanted.ends_with:
                found = b in a
            elif wanted.starts_with:
                found = a.startswith(b)
            else:
                found = a.endswith(b) if wanted.ends_with else a == b
            if found:
                return True
    return False


def of_field(row, field, wanted):
    value = row.get(field, ABSENT)
    if isinstance(wanted, SigmaExpansion):
        return any(of_field(row, field, each) for each in wanted.values)
    if isinstance(wanted, SigmaNull):
        return value is ABSENT or value is None
    if isinstance(wanted, SigmaExists):
        return (value is not ABSENT) == wanted.exists.boolean
    if value is ABSENT:
        return False
    if isinstance(wanted, SigmaFieldReference):
        other = row.get(wanted.field, ABSENT)
        return other is not ABSENT and referred(value, other, wanted)
    return any(holds(each, wanted) for each in listed(value))


def of_any_field(row, wanted):
    if isinstance(wanted, SigmaExpansion):
        return any(of_any_field(row, each) for each in wanted.values)
    if isinstance(wanted, SigmaNumber):
        wanted = SigmaString(str(wanted.number))
    find = regex_of(wanted) if isinstance(wanted, SigmaRegularExpression) else pattern_of(wanted)
    texts = [text_of(each) for value in row.values() for each in listed(value)]
    return any(find.search(text) for text in texts if text is not None)


def is_true(node, row):
    if isinstance(node, ConditionAND):
        return all(is_true(each, row) for each in node.args)
    if isinstance(node, ConditionOR):
        return any(is_true(each, row) for each in node.args)
    if isinstance(node, ConditionNOT):
        return not is_true(node.args[0], row)
    if isinstance(node, ConditionFieldEqualsValueExpression):
        return of_field(row, node.field, node.value)
    if isinstance(node, ConditionValueExpression):
        return of_any_field(row, node.value)
    raise ValueError(type(node).__name__)


for line in sys.stdin:
    case = json.loads(line)
    try:
        rule = SigmaRule.from_yaml(case["rule"])
        nodes = [each.parsed for each in rule.detection.parsed_condition]
        answer = {"matches": [any(is_true(node, row) for node in nodes) for row in case["rows"]]}
    except Exception as failed:  # whatever pySigma refuses with
        answer = {"refused": f"{type(failed).__name__}: {failed}"}
    print(json.dumps(answer), flush=True)
