"""Length of a limit (时限长短): how many working days a case may take, and which days do
not count."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from app.domain.casework.case_facts import Exclusion, Item, ItemKind, TimeLimitFacts
from app.domain.casework.limits import Exclusions, TimeLimitChapter
from app.domain.day import ImpossibleFact
from app.domain.decision import Caution, Finding, Result
from app.domain.provision import Provision

MOST_DAYS: Final = 36_500  # longer limits and exclusions are typing errors, not law


@dataclass(frozen=True, slots=True)
class Limit:
    """How many working days the case may take; None where a fact is missing."""

    days: int | None
    findings: tuple[Finding, ...] = ()
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Pauses:
    """The days that do not count, each with the procedure that excludes it."""

    days: Mapping[date, str]
    findings: tuple[Finding, ...] = ()
    cautions: tuple[Caution, ...] = ()


def limit_of(layers: tuple[TimeLimitChapter, ...], facts: TimeLimitFacts) -> Limit:
    """How many working days: none for an instant item, else the promise within its ceilings,
    shortened or extended."""
    local, item = layers[0], facts.item
    source = local.limit or local.counting
    assert source is not None, "a chapter that counts has a source of its limit"  # noqa: S101
    if item is None:
        return Limit(None, (Finding.unknown(source, "facts.item"),))
    if item.kind is None:
        return Limit(None, (Finding.unknown(source, "facts.item.kind"),))
    if item.kind is ItemKind.INSTANT:
        return _on_the_spot(layers, facts)
    base = _by_law(local, item) or _as_promised(layers, source, item)
    green = _green(local, facts, base)
    extended = _extended(layers, facts, green)
    steps = (base, green, extended)
    found = tuple(finding for step in steps for finding in step.findings)
    return Limit(extended.days, found, tuple(said for step in steps for said in step.cautions))


def _on_the_spot(layers: tuple[TimeLimitChapter, ...], facts: TimeLimitFacts) -> Limit:
    """No day at all, whatever was promised; nothing is shortened or extended."""
    rule = layers[0].instant or layers[0].limit
    found = (Finding.under(rule, met=True, expected=0, actual=0),) if rule else ()
    known = layers[0].final or any(layer.extension for layer in layers)
    return Limit(0, found, () if known or facts.extension is None else (WITHOUT_RULE,))


def _by_law(local: TimeLimitChapter, item: Item) -> Limit | None:
    """What a law sets in place of the promise and its ceilings, where the text gives way to it."""
    law, rule = item.legal_limit, local.precedence
    if law is None or rule is None:
        return None
    stated = {"facts.item.legal_limit.law": law.law, "facts.item.legal_limit.days": law.days}
    missing = [name for name, value in stated.items() if value is None]
    if law.days is None or missing:
        return Limit(None, (Finding.unknown(rule, *missing),))
    days = _length("facts.item.legal_limit.days", law.days)
    return Limit(days, (Finding.under(rule, met=True, expected=days, actual=str(law)),))


def _as_promised(
    layers: tuple[TimeLimitChapter, ...],
    source: Provision[Any],  # Any: the limit's source or the counting
    item: Item,
) -> Limit:
    said = (LAW_WITHOUT_RULE,) if item.legal_limit else ()
    promise = _promise(layers, item)
    if promise is None:
        return Limit(None, (Finding.unknown(source, "facts.item.promised_days"),), said)
    base = _under_ceilings(layers, item, promise)
    named = layers[0].limit
    first = (Finding.under(named, met=True, expected=promise, actual=base.days),) if named else ()
    return Limit(base.days, (*first, *base.findings), said)


def _promise(layers: tuple[TimeLimitChapter, ...], item: Item) -> int | None:
    if item.promised_days is not None:
        return _length("facts.item.promised_days", item.promised_days)
    default = _default_days(layers)
    source = layers[0].limit
    if default is not None or (source is not None and source.terms.or_statutory):
        return default if item.statutory_days is None else item.statutory_days
    return None


def _default_days(layers: Iterable[TimeLimitChapter]) -> int | None:
    return next(
        (
            layer.ceiling.terms.default_days
            for layer in layers
            if layer.ceiling and layer.ceiling.terms.default_days is not None
        ),
        None,
    )


def _under_ceilings(layers: Iterable[TimeLimitChapter], item: Item, promise: int) -> Limit:
    days, findings = promise, []
    statutory = item.statutory_days
    if statutory is not None:
        _length("facts.item.statutory_days", statutory)
    for layer in layers:
        if (ceiling := layer.ceiling) is None:
            continue
        bound = ceiling.terms.default_days if statutory is None else statutory
        if bound is None:
            findings.append(Finding.unknown(ceiling, "facts.item.statutory_days"))
            continue
        met = promise <= bound
        findings.append(Finding.under(ceiling, met=met, expected=bound, actual=promise))
        days = min(days, bound)
    return Limit(days, tuple(findings))


def _green(local: TimeLimitChapter, facts: TimeLimitFacts, base: Limit) -> Limit:
    if facts.green_channel is None:
        return Limit(base.days)
    wanted = facts.green_channel.limit_days
    if wanted is not None:
        _length("facts.green_channel.limit_days", wanted)
    if (green := local.green) is None:
        said = Caution(
            code="green_channel_without_rule", message="本规章没有绿色通道的规定，时限不变。"
        )
        return Limit(base.days, (), (said,))
    if base.days is None:
        return Limit(None)
    longest = base.days // green.terms.divisor
    if wanted is None:
        wanted = longest
    finding = Finding.under(green, met=wanted <= longest, expected=longest, actual=wanted)
    return Limit(min(wanted, longest), (finding,))


def _extended(layers: tuple[TimeLimitChapter, ...], facts: TimeLimitFacts, base: Limit) -> Limit:
    extension = facts.extension
    if extension is None:
        return Limit(base.days)
    if final := layers[0].final:
        refused = Finding.under(final, met=False, expected=0, actual=extension.days)
        return Limit(base.days, (refused,))
    rule = next((layer.extension for layer in layers if layer.extension), None)
    if rule is None:
        return Limit(base.days, (), (WITHOUT_RULE,))
    if base.days is None:
        return Limit(None)
    if extension.days is None:
        return Limit(base.days, (Finding.unknown(rule, "facts.extension.days"),))
    most = rule.terms.working_days
    _length("facts.extension.days", extension.days)
    approved = bool(extension.approved_by and extension.approved_by.strip())
    met = approved and extension.days <= most
    finding = Finding.under(rule, met=met, expected=most, actual=extension.days)
    return Limit(base.days + (min(extension.days, most) if approved else 0), (finding,))


LAW_WITHOUT_RULE: Final = Caution(
    code="legal_limit_without_rule",
    message="本规章没有法律法规另有规定从其规定的条款，所列法律的时限不在此计入；"
    "法定时限请写入 statutory_days。",
)
WITHOUT_RULE: Final = Caution(
    code="exclusion_without_rule",
    message="本规章没有不计时或延长的规定，所列特别程序或延长不影响时限。",
)


def pauses_of(layers: tuple[TimeLimitChapter, ...], facts: TimeLimitFacts) -> Pauses:
    """The days that do not count, as far as every layer that knows the procedure lets them out."""
    days: dict[date, str] = {}
    findings: list[Finding] = []
    unknown_to_all = False
    for number, exclusion in enumerate(facts.exclusions or ()):
        knowing = [layer.exclusions for layer in layers if layer.exclusions]
        place = f"facts.exclusions.{number}"
        weighed = [_excludes(rule, exclusion, place) for rule in knowing]
        findings.extend(weighed)
        unknown_to_all = unknown_to_all or not knowing
        if weighed and all(finding.result is Result.SATISFIED for finding in weighed):
            days.update(_named_days(exclusion, place))
    return Pauses(days, tuple(findings), (WITHOUT_RULE,) if unknown_to_all else ())


def _excludes(rule: Provision[Exclusions], exclusion: Exclusion, place: str) -> Finding:
    terms = rule.terms
    stated: dict[str, object] = {
        "kind": exclusion.kind,
        "from": exclusion.from_,
        "to": exclusion.to,
    }
    if terms.announced:
        stated["announced_in_guide"] = exclusion.announced_in_guide
    if missing := [f"{place}.{name}" for name, value in stated.items() if value is None]:
        return Finding.unknown(rule, *missing)
    met = (
        exclusion.kind in terms.kinds
        and (not terms.announced or exclusion.announced_in_guide is True)
        and (not terms.told or exclusion.applicant_told_in_writing is True)
    )
    return Finding.under(rule, met=met, expected=tuple(terms.kinds), actual=exclusion.kind)


def _named_days(exclusion: Exclusion, place: str) -> Iterator[tuple[date, str]]:
    since, until = exclusion.from_, exclusion.to
    if since is None or until is None or exclusion.kind is None:
        return
    length = (until - since).days + 1
    if length < 1:
        raise ImpossibleFact(f"{place}.to", "止日早于起日")
    _length(f"{place}.to", length)
    for number in range(length):
        yield since + timedelta(days=number), exclusion.kind


def _length(field: str, days: int) -> int:
    if not 0 <= days <= MOST_DAYS:
        raise ImpossibleFact(field, f"天数应在 0 至 {MOST_DAYS} 之间")
    return days
