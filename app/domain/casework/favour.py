"""Favour (绿色通道与全程代办): on what ground a case goes faster, and who asked for it."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.decision import Finding
from app.domain.provision import Bare, Provision, Written
from app.domain.words import Word


class GreenGround(Word):
    """Why a case goes through the green channel."""

    MAJOR_INVESTMENT = "major_investment", "重大招商引资项目"
    SPECIAL_MATTER = "special_matter", "特事特办"
    MAJOR_INDUSTRY = "major_industry", "重大产业"
    KEY_PROJECT = "key_project", "重点项目"
    ORDINARY = "ordinary", "一般项目"


@dataclass(frozen=True, slots=True, kw_only=True)
class Favoured(Written):
    """The grounds of which one is needed; with `project` the project's record is named too."""

    grounds: tuple[GreenGround, ...]
    project: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FavourChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate.

    `green`: the grounds for the green channel; `agency`: the centre handles it all (全程代办) only
    where the applicant has entrusted it.
    """

    green: Provision[Favoured] | None = None
    agency: Provision[Bare] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Favour(Written):
    """What an application asks for; `project` is the number or name under which the project is on
    record, `entrustment` the number of the applicant's paper."""

    green: bool = False
    ground: GreenGround | None = None
    project: str | None = None
    full_agency: bool = False
    entrustment: str | None = None


def may_be_favoured(chapter: FavourChapter, asked: Favour) -> Iterator[Finding]:
    """May the case go through the green channel (敖汉旗 第四十条; 南昌市 第二十四条, for a project
    that is on record), may the centre act for the applicant (敖汉旗 第四十条)?"""
    if (rule := chapter.green) and asked.green:
        missing = tuple(_not_said(rule.terms, asked))
        yield Finding.under(
            rule,
            met=asked.ground in rule.terms.grounds and not missing,
            expected=tuple(rule.terms.grounds),
            actual=asked.ground,
            missing=missing,
        )
    if (rule_of_agency := chapter.agency) and asked.full_agency:
        lacking = () if _says(asked.entrustment) else ("entrustment",)
        yield Finding.under(rule_of_agency, met=not lacking, missing=lacking)


def _not_said(terms: Favoured, asked: Favour) -> Iterator[str]:
    if asked.ground is None:
        yield "green_ground"
    if terms.project and not _says(asked.project):
        yield "green_project"


def _says(text: str | None) -> bool:
    return bool(text and text.strip())
