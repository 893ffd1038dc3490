"""Settings of Pelican, each with its why. docs/reference.md says which others act.

A function in a setting, such as a filter of Jinja, is best written in this file: when the file
changes, all pages are made anew.
"""

from jinja2 import StrictUndefined

SITENAME = "Tilskuddsstigen"
# Where the site will stand, without a slash at the end. Search engines and shared links need it.
# Where it is empty, SITE_ADDRESS of the environment counts, or else `content/publish.yaml`; without
# any, addresses in the pages are relative to whatever host serves them.
SITEURL = ""
# Whether drafts are shown, as in the preview.
DRAFTS = False
# The scheme to make a site of, where it isn't all of them; and where that of all of them stands,
# which `content/publish.yaml` says where it is empty.
SCHEME = ""
WHOLE_SITE = ""
# The målform of pages that other plugins see as the original; the other one is its translation.
DEFAULT_LANG = "nb"
# The days of published changes begin at midnight there.
TIMEZONE = "Europe/Oslo"

PATH = "content"
THEME = "theme"
OUTPUT_PATH = "output"

# First of all plugins, so that others get our pages. Not in the namespace `pelican.plugins`, where
# the command `pelican` would not find it in this folder.
PLUGINS = ["builder.site.plugin"]
# No file of the content is a page, an article or an image to Pelican, which gets pages and changes
# from the plugin: schemes have facts and rules beside their prose, and every page exists in two
# målformer.
ARTICLE_PATHS: list[str] = []
PAGE_PATHS: list[str] = []
STATIC_PATHS: list[str] = []
DIRECT_TEMPLATES: list[str] = []
# Pages of a scheme list its changes, so these have no page of a category.
CATEGORY_SAVE_AS = ""
# Our own feed lists published changes: its entries retain their ids where the address changes.
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None

# A name that a template does not know stops the build; text is escaped unless marked safe.
JINJA_ENVIRONMENT = {
    "undefined": StrictUndefined,
    "autoescape": True,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "extensions": [],
}

# This reader would warn that it knows no bokmål.
READERS = {"rst": None}
