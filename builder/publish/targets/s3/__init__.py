"""A bucket of an S3-compatible store.

A store knows no releases, and no request switches a whole site. So the order of the requests
protects readers: first the files whose content never changes at an address, then other files, then
pages, the service worker and the record, and at last the objects that the release no longer has are
removed. A reader who comes meanwhile gets each page whole, with all files that the page needs; for
a moment some pages are of the new release and some of the old one.

Objects of our own lie below `.tilskuddsstigen/`: the record, the lock, the list of all objects that
we have put in the store, and an object with the changes since that list was written (a list of
20 000 objects is far larger than a change to it). An object that is not on the list is never
removed.
"""
