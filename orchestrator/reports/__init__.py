"""Reports of a run: one document (:mod:`.document`), shown in several ways."""
