"""The Pelican plugin: fills Pelican's generators with the site, and adds one that makes its files.

It stands first in `PLUGINS`, so that other plugins get pages and changes by Pelican's signals.
"""

from contextlib import nullcontext
from pathlib import Path

from pelican import Pelican, signals
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator
from pelican.log import console

from builder.site.contents import SiteWriter, add_articles, add_pages
from builder.site.generator import GENERATOR, SiteGenerator
from builder.site.materials import CompiledTemplates
from builder.site.settings import mistakes_in_words, set_addresses
from builder.views.template_values import FILTERS


def register() -> None:
    """Connect to Pelican's signals; Pelican calls this."""
    # The sign that Pelican moves on a terminal is a thread, and a process with threads can't be
    # forked. The plugin shows the progress instead. Pelican has no setting for it.
    console.status = lambda *_, **__: nullcontext()
    signals.initialized.connect(_initialize)
    signals.generator_init.connect(_set_up_templates)
    signals.get_generators.connect(_generators)
    signals.get_writer.connect(_writer)
    signals.article_generator_pretaxonomy.connect(_add_articles)
    signals.page_generator_finalized.connect(_add_pages)
    signals.all_generators_finalized.connect(_write_first)


def _initialize(pelican: Pelican) -> None:
    with mistakes_in_words(pelican.settings):
        set_addresses(pelican.settings)


def _set_up_templates(generator: Generator) -> None:
    """Add our filters, unless `JINJA_FILTERS` has others; compile each version of a file once."""
    generator.env.filters = FILTERS | generator.env.filters
    generator.env.bytecode_cache = CompiledTemplates(Path(generator.path).parent)


def _generators(_pelican: Pelican) -> type[Generator]:
    return SiteGenerator


def _writer(_pelican: Pelican) -> type[SiteWriter]:
    return SiteWriter


def _add_articles(generator: ArticlesGenerator) -> None:
    """Begin the build, of which this signal is the first, and add the published changes."""
    site = generator.context[GENERATOR]
    site.begin()
    add_articles(generator, site.pages.changes)


def _add_pages(generator: PagesGenerator) -> None:
    site = generator.context[GENERATOR]
    if site.is_heard:
        site.objects = add_pages(generator, site.pages.plan())


def _write_first(generators: list[Generator]) -> None:
    """Let the site be written first, which deletes all files in the folder that are not of it."""
    generators.sort(key=lambda generator: not isinstance(generator, SiteGenerator))
