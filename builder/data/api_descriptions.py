"""The descriptions in the JSON Schemas of the API: of each class, and of each key of a class.

The classes themselves lack these descriptions: classes of `calc` ship to browsers, and their
docstrings are written for programmers of the project. A key without a description stops the build.
"""

_SOURCE = "Key of the source in `sources`."
_READING = "How we read a rule that is unclear; null where it is clear."
_VERSION = "Version of the API; a change that breaks clients gets a new one, at a new address."
_LICENCE = "SPDX identifier of the licence of the content. Name Tilskuddsstigen as the source."
_PERIODS = (
    "Where the scheme stands, as far as is known, from the day the data were made on, or from one "
    "before it; the last period has no end. Use the last one whose `start` is not after your own "
    "day."
)
_CALENDAR = "Addresses of the iCalendar file with the scheme's known deadlines."
_RULE_FILES = "The rules of each year as files of their own, newest first."
_CHECKED = "The day on which somebody last compared the facts with their sources."
_STATE = (
    "What the editor says: `active`, `closed` (for applications) or `archived` (history). Where "
    "the scheme stands on a day is in the periods."
)

DESCRIPTIONS: dict[str, str] = {
    "$schema": "Address of the JSON Schema of this file.",
    "Index": "The grant schemes of the site, or some of them where they are many; follow `next`.",
    "Index.api_version": _VERSION,
    "Index.built_for": "The day (Norwegian date) the data were made for.",
    "Index.licence": _LICENCE,
    "Index.total": "How many schemes the site has; this file may hold fewer.",
    "Index.page": "The number of this page of the index, from 1.",
    "Index.pages": "How many pages the index has.",
    "Index.next": "Address of the next page; null on the last one.",
    "Index.schemes": "The schemes of this page, by slug in alphabetical order.",
    "Entry": "A grant scheme in the index.",
    "Entry.slug": "The scheme's name in addresses; it never changes.",
    "Entry.name": "Full name.",
    "Entry.short_name": "Name for lists and headings.",
    "Entry.summary": "What the scheme is for, in a sentence or two.",
    "Entry.owner": "The public body that owns the scheme.",
    "Entry.state": _STATE,
    "Entry.periods": _PERIODS,
    "Entry.last_checked": _CHECKED,
    "Entry.data": "Address of all the scheme's data.",
    "Entry.page": "Addresses of the scheme's front page.",
    "Entry.calendar": _CALENDAR,
    "Entry.rules": _RULE_FILES,
    "Document": "All facts and rules of a grant scheme.",
    "Document.api_version": _VERSION,
    "Document.licence": _LICENCE,
    "Document.periods": _PERIODS,
    "Document.pages": "Addresses of the scheme's pages, by name.",
    "Document.calendar": _CALENDAR,
    "Document.rule_files": _RULE_FILES,
    "Document.scheme": "The facts and rules themselves.",
    "Period": "Where a scheme stands until the next period starts.",
    "Period.start": "First day or minute of the period (Norwegian time), as ISO text.",
    "Period.status": (
        "`open`: an application deadline is known and not over. `expected`: one is expected. "
        "`passed`: the latest one is over. `unknown`: none is known. `closed`, `archived`: as "
        "`state`."
    ),
    "Period.next_deadline": "The first application deadline to come that is known or expected.",
    "Addresses": "An address in each målform.",
    "Addresses.nb": "Bokmål.",
    "Addresses.nn": "Nynorsk.",
    "RuleFiles": "The rules of a year as files.",
    "RuleFiles.year": "The rule year.",
    "RuleFiles.yaml": "The file as the editor wrote it, with comments.",
    "RuleFiles.json": "What calculators are given; what a rule year does not have is left out.",
    "Text": "A text in bokmål and nynorsk.",
    "Text.nb": "Bokmål.",
    "Text.nn": "Nynorsk; null where nobody has written it.",
    "Scheme": "The facts and rules of a scheme.",
    "Scheme.slug": "The scheme's name in addresses; it never changes.",
    "Scheme.name": "Full name.",
    "Scheme.short_name": "Name for lists and headings.",
    "Scheme.summary": "What the scheme is for, in a sentence or two.",
    "Scheme.state": _STATE,
    "Scheme.notice": "What a reader must know first; always there unless the scheme is active.",
    "Scheme.owner": "The public body that owns the scheme.",
    "Scheme.administrator": "The body that handles applications; null where it is the owner.",
    "Scheme.target_group": "For whom the supported work is.",
    "Scheme.groups": "The kinds of people that it is for: what the list of schemes is narrowed by.",
    "Scheme.applicants": "Who may apply.",
    "Scheme.deadlines": "All deadlines we know of, also those of earlier years.",
    "Scheme.links": "Forms, rules and the owner's pages.",
    "Scheme.contacts": "Official mailboxes.",
    "Scheme.sources": "The sources of facts and deadlines, by key.",
    "Scheme.fact_sources": "Keys of the sources that the facts as a whole are from.",
    "Scheme.last_checked": _CHECKED,
    "Scheme.review_by": "The day before which the facts are to be checked again.",
    "Scheme.rules": "The rules of each year that we have, newest first. Other years are unknown.",
    "Body": "A public body.",
    "Body.name": "Name.",
    "Body.url": "Its page.",
    "Link": "A link out of the site.",
    "Link.kind": "`form`, `owner` (the owner's page) or `rules`.",
    "Link.label": "What the link leads to.",
    "Link.url": "Address.",
    "Contact": "An official mailbox.",
    "Contact.name": "Whose it is.",
    "Contact.email": "E-mail address.",
    "Deadline": "A deadline: exactly one of `date`, `expected` and `unknown` holds.",
    "Deadline.kind": "`application` (to apply) or `reporting` (to report on a grant).",
    "Deadline.for_year": "The calendar year that the money is, or was, for.",
    "Deadline.source": _SOURCE,
    "Deadline.opens": "The first day on which one can apply; null where it is not known.",
    "Deadline.date": "The last day; null where it is not known.",
    "Deadline.expected": "Month (YYYY-MM) in which it is expected; null where it is not.",
    "Deadline.unknown": "True where neither day nor month is known.",
    "Deadline.time": "Time of day (HH:MM, Norwegian) on `date`; null where none is stated.",
    "Deadline.area": "For whom it holds; null: no part of the country is named.",
    "Source": "Where a figure or fact stands.",
    "Source.title": "Title, in the language of the source.",
    "Source.publisher": "Who published it.",
    "Source.url": "Address, where it has one.",
    "Source.published": "The day it was published.",
    "Source.read": "The day we read it.",
    "Source.note": "What to know about the source.",
    "Rules": (
        "The rules for grants first awarded in one calendar year. Who got the grant that year "
        "keeps these rules in the years after."
    ),
    "Rules.year": "The rule year.",
    "Rules.sources": "The sources of this year's figures, by key.",
    "Rules.tracks": "The branches (spor, prioritet) of the scheme, by id.",
    "Rules.examples": "Worked examples, which are checked at every build.",
    "Track": (
        "A branch of a scheme with its own rates. The award is worked out from exactly one of "
        "`rate`, a `ladder` in kroner, `on_request` and `own_rules`, or `not_computable` says why "
        "it can't be. Every amount is a ceiling. Parts the track does not have are null."
    ),
    "Track.name": "Name.",
    "Track.rate": "Kroner per årsverk or person.",
    "Track.on_request": "The applicant asks for an amount of its own.",
    "Track.own_rules": "Always false here: true in a calculator where the reader types the rules.",
    "Track.max_units": "The most årsverk or persons that count.",
    "Track.caps": "The most that is given.",
    "Track.bands": "The most that is given, by the population of the kommune, smallest first.",
    "Track.other_costs": "Whether costs beyond the årsverk or persons can be covered.",
    "Track.ladder": "The taper (nedtrapping).",
    "Track.pre_project": "The most that is given for a pre-project (forprosjekt), grant year 0.",
    "Track.training": "Money for training, inside the award and not on top of it.",
    "Track.payment": "When the award is paid; null: each year its own.",
    "Track.use_years": "Over how many years an award paid at once may be used.",
    "Track.transition": "Set where this is a transitional arrangement.",
    "Track.national_frame": "What all applicants share; nothing is worked out from it.",
    "Track.not_computable": "Why no amount can be worked out in advance.",
    "Track.closed_from": "From which year nobody new is taken in.",
    "Track.start": "What our form is filled in with from the start: examples, no advice.",
    "Figure": (
        "A figure with unit and source. Either `value` or `unknown` is set, and the other is null."
    ),
    "Figure.unit": "Unit of `value`.",
    "Figure.source": _SOURCE,
    "Figure.value": (
        "A whole number; or, for `prosent` and `årsverk`, a decimal number as text: `66.7`."
    ),
    "Figure.unknown": (
        "Where to find a figure that no source gives: `tilskuddsbrevet` (the award letter) or "
        "`ingen` (nowhere)."
    ),
    "Figure.note": "What to know about the figure.",
    "Figure.reading": _READING,
    "Caps": "The most that is given; null where the rules have no such cap.",
    "Caps.team": "Per team.",
    "Caps.year": "Per year.",
    "Caps.applicant": "Per applicant.",
    "Band": "The most that a kommune of a certain size can get.",
    "Band.amount": "The amount.",
    "Band.up_to": "Most inhabitants, inclusive; null in the last band: all larger kommuner.",
    "Ladder": "The taper: a figure for each grant year.",
    "Ladder.years": (
        "The steps, grant year 1 first: shares of the full award (`prosent`), or kroner per unit. "
        "After the last one there is no grant."
    ),
    "Ladder.reading": _READING,
    "Training": "Money that is meant for training.",
    "Training.per_unit": "Kroner per årsverk or person.",
    "Training.limit": "`fixed`: that amount; `at_most`: at most that.",
    "OtherCosts": "Whether costs beyond the årsverk or persons can be covered.",
    "OtherCosts.allowed": "True if they can.",
    "OtherCosts.source": _SOURCE,
    "OtherCosts.reading": _READING,
    "OnRequest": "The applicant asks for an amount of its own.",
    "OnRequest.source": _SOURCE,
    "Payment": "When the award is paid.",
    "Payment.profile": "`yearly`, or `first_year`: the whole sum in the first year.",
    "Payment.source": _SOURCE,
    "Transition": (
        "A transitional arrangement, whose rules hold by calendar year and not by rule year. "
        "Nobody can enter it."
    ),
    "Transition.funded_in": "It is for those who had the grant in this calendar year.",
    "Transition.source": _SOURCE,
    "NotComputable": "Why no amount can be worked out in advance.",
    "NotComputable.because": (
        "`discretionary`: the amount is decided case by case; `basis_unknown`: we lack the rules."
    ),
    "NotComputable.text": "The reason in words.",
    "NotComputable.source": _SOURCE,
    "Closed": "From which year nothing new is awarded.",
    "Closed.year": "The first such year.",
    "Closed.text": "The reason in words.",
    "Closed.source": _SOURCE,
    "Example": "A worked example.",
    "Example.title": "Title.",
    "Example.answers": "What is filled in, by the names of the calculator's questions.",
    "Example.expect": "What the calculator must give; null where it is not compared.",
    "Expectation": "What a worked example must give; null where it is not compared.",
    "Expectation.status": "Status of the answer.",
    "Expectation.award": "The award of each year, kroner; null in a year where it can't be said.",
    "Expectation.own_funding": "Own funding of each year, kroner.",
    "Expectation.positions_part": "The part of the award that comes from årsverk, kroner.",
    "Expectation.total": "The sum of the awards, kroner.",
    "Expectation.missing": "The answers that the calculator still asks for.",
}
