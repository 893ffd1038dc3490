"""The preview: the site as it would be with what is saved now, drafts too, on this machine alone.

`project` makes pages of the content as it is, `watch` tells it what was saved, `answers` says what
an address gives, `server` speaks with the browser, and `command` is `make preview`. `mistakes` and
`bar` are what an editor is told: what must be mended, and what readers won't see.
"""
