"""Settings of Pelican, each with its why. The work itself is in `builder/site/plugin.py`."""

import os

from jinja2 import StrictUndefined

SITENAME = "Tilskuddsstigen"
# Where the site will stand, without a slash at the end. Search engines and shared links need it;
# without it, addresses in the pages are relative to whatever host serves them.
SITEURL = os.environ.get("SITE_ADDRESS", "").rstrip("/")
# Whether drafts are shown, as in the preview.
DRAFTS = False
# The scheme to make a site of, where it isn't all of them; and where that of all of them stands.
SCHEME = ""
WHOLE_SITE = ""
DEFAULT_LANG = "nb"
TIMEZONE = "Europe/Oslo"

PATH = "content"
THEME = "theme"
OUTPUT_PATH = "output"
# What is left of an earlier build goes when it is known what is in this one.
DELETE_OUTPUT_DIRECTORY = False

PLUGINS = ["builder.site.plugin"]
# All pages are made by our own generator from the content model: schemes have facts and rules
# beside their prose, and every page exists in two målformer. Pelican's blog parts are off.
ARTICLE_PATHS: list[str] = []
PAGE_PATHS: list[str] = []
STATIC_PATHS: list[str] = []
THEME_STATIC_PATHS: list[str] = []
DIRECT_TEMPLATES: list[str] = []
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
ARCHIVES_SAVE_AS = AUTHORS_SAVE_AS = CATEGORIES_SAVE_AS = TAGS_SAVE_AS = ""
# Pelican's feeds list blog articles, of which there are none.
FEED_ATOM = FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None

# A name that a template does not know stops the build; text is escaped unless marked safe.
JINJA_ENVIRONMENT = {
    "undefined": StrictUndefined,
    "autoescape": True,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "extensions": [],
}

# Markdown is read by `builder.content`, where it is checked too, not by Pelican's readers, some
# of which would start, and warn about bokmål.
READERS = {"rst": None, "html": None, "md": None}
CACHE_CONTENT = False
