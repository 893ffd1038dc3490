"""The preview: the site with everything that is saved now, drafts too, on this machine alone.

`command` is `make preview`. `watch` notices saved files, `project` makes pages of the saved content
by the `generator`, `answers` chooses the answer to a request, and `server` speaks with the browser.
`checker` checks the content in the background. `mistakes` and `bar` are for the editor: the
mistakes that must be mended, and the parts of a page that readers do not see.
"""
